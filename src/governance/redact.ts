// Takes personal data out of a text before it leaves for a model, and puts it back into the answer where that was declared. Pure.
// First what the record itself knows, then typed patterns. Each value becomes a token, the same value the same token within one request; the table of tokens never
// leaves. It knows patterns, not people: a name that no record gives is not found, and where a class must never leave, the field must not be sent.
import { findCards, findIbans } from "./find-account.ts";
import { findEmails, findPhones } from "./find-contact.ts";
import { findBirthDates, findIps, findNationalIds } from "./find-identity.ts";
import { findKnown, folded, type Known } from "./find-known.ts";
import { type Span, viewOf } from "./scan.ts";

/** In the order in which they are looked for: digits that are a card's are no telephone's, whatever is asked for first. */
const FINDERS = {
  email: findEmails,
  iban: findIbans,
  card: findCards,
  "national-id": findNationalIds,
  "birth-date": findBirthDates,
  ip: findIps,
  phone: findPhones,
} as const satisfies Record<string, (view: string) => Iterable<Span>>;

export type RedactionKind = keyof typeof FINDERS;
export const REDACTION_KINDS = Object.keys(FINDERS) as readonly RedactionKind[];

const TOKEN = /\[[A-Z][A-Z-]{1,30}_\d{1,6}\]/g;

interface Found extends Span {
  readonly kind: string;
  /** What is put back; what the record says, where it knows better than the text. */
  readonly value: string;
}

export interface Restored {
  readonly text: string;
  /** Tokens that stand for nothing: the model made them up, or the record's own text held them. They are left where they are. */
  readonly invented: readonly string[];
}

/** One request's table of tokens. `texts`: all that will be masked, so that no token is given out that a text already holds by itself. */
export class Redactor {
  readonly #known: Known;
  readonly #taken: ReadonlySet<string>;
  readonly #tokens = new Map<string, string>();
  readonly #values = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  constructor({ known = {}, texts = [] }: { readonly known?: Known; readonly texts?: readonly string[] } = {}) {
    this.#known = known;
    this.#taken = new Set(texts.flatMap((text) => text.match(TOKEN) ?? []));
  }

  /** The text with tokens, and how many values of each kind were taken out. */
  mask(text: string, kinds: readonly RedactionKind[]): { readonly text: string; readonly removed: Readonly<Record<string, number>> } {
    const removed: Record<string, number> = {};
    let out = "";
    let from = 0;
    for (const { start, end, kind, value } of this.#find(text, kinds)) {
      out += text.slice(from, start) + this.#tokenFor(kind, value);
      from = end;
      removed[kind] = (removed[kind] ?? 0) + 1;
    }
    return { text: out + text.slice(from), removed };
  }

  /** Values for their tokens. */
  restore(text: string): Restored {
    const invented: string[] = [];
    const restored = text.replace(TOKEN, (token) => {
      const value = this.#values.get(token);
      if (value === undefined) invented.push(token);
      return value ?? token;
    });
    return { text: restored, invented };
  }

  /** What was taken out: none of it may stand in what leaves. */
  get values(): readonly string[] {
    return [...this.#values.values()];
  }

  #find(text: string, kinds: readonly RedactionKind[]): Found[] {
    const found: Found[] = [];
    const covered = new Uint8Array(text.length);
    const take = (one: Found) => {
      if (covered.subarray(one.start, one.end).includes(1)) return;
      covered.fill(1, one.start, one.end);
      found.push(one);
    };
    for (const match of text.matchAll(TOKEN)) covered.fill(1, match.index, match.index + match[0].length);
    for (const one of findKnown(text, this.#known)) take(one);
    const view = viewOf(text);
    for (const kind of REDACTION_KINDS) {
      if (!kinds.includes(kind)) continue;
      for (const { start, end } of FINDERS[kind](view)) take({ kind, start, end, value: text.slice(start, end) });
    }
    return found.sort((a, b) => a.start - b.start);
  }

  #tokenFor(kind: string, value: string): string {
    const key = `${kind} ${folded(value).replace(/[^\p{L}\p{N}@]/gu, "")}`;
    const known = this.#tokens.get(key);
    if (known) return known;
    const name = kind.toUpperCase().replace(/[^A-Z]/g, "-");
    let token: string;
    do {
      const count = (this.#counts.get(name) ?? 0) + 1;
      this.#counts.set(name, count);
      token = `[${name}_${count}]`;
    } while (this.#taken.has(token));
    this.#tokens.set(key, token);
    this.#values.set(token, value);
    return token;
  }
}

/** One text by itself. */
export const redact = (text: string, kinds: readonly RedactionKind[], known: Known = {}): string =>
  new Redactor({ known, texts: [text] }).mask(text, kinds).text;
