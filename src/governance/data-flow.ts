// What may be sent to a model, and to whom: from the declared elements, the record and the provider's card to the texts that leave, or a refusal. Pure.
// A prompt is built from declared elements only. It must not drop anything in silence: what is held back is named.
// Sequence: record -> declared paths -> treatment (send, mask, hash, no) -> provider's card -> last look at the exact text.
import { digest, type Json } from "../core/json.ts";
import { standingOf } from "./card-standing.ts";
import type { Known } from "./find-known.ts";
import { type RedactionKind, Redactor } from "./redact.ts";

/** send: as it is. mask: personal data become tokens. hash: only whether it is the same again can be told. no: never. */
export type Treatment = "send" | "mask" | "hash" | "no";

/** What an element asks of the provider beside an agreement. */
export interface ProviderDemands {
  /** Where it may be processed, as the card names it. */
  readonly regions?: readonly string[];
  /** The provider keeps nothing of a request. */
  readonly zeroRetention?: true;
}

/** The part of a declared element that enforcement reads. */
export interface FlowRow {
  readonly element: string;
  readonly class: "none" | "personal" | "special" | "secret";
  readonly treatment?: Treatment;
  readonly redact?: readonly RedactionKind[];
  readonly requires?: ProviderDemands;
}

/** A secret is never sent, whatever else is declared; what names something to take out is masked. */
export function treatmentOf(row: FlowRow): Treatment {
  if (row.class === "secret") return "no";
  return row.treatment ?? (row.redact ? "mask" : "send");
}

// ---- which texts ----

export interface Treated {
  readonly element: string;
  readonly treatment: Treatment;
  /** How many values of each kind were taken out. */
  readonly removed?: Readonly<Record<string, number>>;
}

export interface Prepared {
  /** What may leave, by element, in the order of the declaration. */
  readonly sent: Readonly<Record<string, string>>;
  readonly treated: readonly Treated[];
  /** Elements of treatment "no", elements without a value, and fields of the record that nobody has declared. */
  readonly notSent: readonly string[];
  /** Elements that were given and are in no declaration. */
  readonly undeclared: readonly string[];
  /** What may not stand in what leaves, by the name that a person knows it by. */
  readonly forbidden: readonly Forbidden[];
  readonly redactor: Redactor;
  readonly demands: readonly ProviderDemands[];
}

export interface Source {
  /** Elements by name, as the workflow picked them. */
  readonly input?: Readonly<Record<string, string | undefined>>;
  /** The records that the decision is about, by name: "ticket.subject" is the subject of `ticket`. Declared paths are sent, all others are named as not sent. */
  readonly record?: Readonly<Record<string, unknown>>;
  readonly known?: Known;
  /** Values that must not leave in any form. */
  readonly never?: readonly string[];
}

/** `salt`: what hashes of this request are made with; the provider is not told it. */
export function prepare(rows: readonly FlowRow[], source: Source, salt: string): Prepared {
  const given = new Map<string, string | undefined>();
  for (const { element } of rows) {
    const text = source.input?.[element] ?? textOf(at(source.record ?? {}, element));
    if (text !== undefined || Object.hasOwn(source.input ?? {}, element)) given.set(element, text);
  }
  const declared = new Set(rows.map(({ element }) => element));
  const masked = rows.filter((row) => treatmentOf(row) === "mask").flatMap(({ element }) => given.get(element) ?? []);
  const redactor = new Redactor({ known: source.known ?? {}, texts: masked });
  const sent: Record<string, string> = {};
  const treated: Treated[] = [];
  const notSent: string[] = [];
  const forbidden: Forbidden[] = (source.never ?? []).map((value) => ({ name: "a value that must never leave", value }));
  const demands: ProviderDemands[] = [];
  for (const row of rows) {
    const { element } = row;
    if (!given.has(element)) continue;
    const text = given.get(element);
    const treatment = treatmentOf(row);
    if (treatment === "no" && text !== undefined) forbidden.push({ name: element, value: text });
    if (treatment === "no" || text === undefined) {
      notSent.push(element);
      continue;
    }
    if (row.requires) demands.push(row.requires);
    if (treatment === "mask") {
      const { text: out, removed } = redactor.mask(text, row.redact ?? []);
      sent[element] = out;
      treated.push({ element, treatment, removed });
    } else {
      sent[element] = treatment === "hash" ? `#${digest({ salt, element, text }).slice(0, HASH_LENGTH)}` : text;
      treated.push({ element, treatment });
    }
  }
  const fields = Object.entries(source.record ?? {}).flatMap(([name, value]) => leavesOf(name, value));
  notSent.push(...fields.filter((path) => ![...declared].some((element) => path === element || path.startsWith(`${element}.`))));
  return {
    sent,
    treated,
    notSent,
    undeclared: Object.keys(source.input ?? {}).filter((element) => !declared.has(element)),
    forbidden,
    redactor,
    demands,
  };
}

/** 64 bits: two values of one request do not meet by chance. */
const HASH_LENGTH = 16;

function at(record: Readonly<Record<string, unknown>>, path: string): unknown {
  let value: unknown = record;
  for (const name of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value as Json);
}

function leavesOf(path: string, value: unknown): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(`${path}.${name}`, inner));
}

// ---- to whom ----

/** What is on record about a provider's data-processing agreement (GDPR Art. 28). One per provider and host: another address is another recipient. */
export interface ProviderCard {
  readonly provider: string;
  readonly host: string;
  /** YYYY-MM-DD; null while it is not signed. */
  readonly dpaSignedOn: string | null;
  /** The last day on which it holds, YYYY-MM-DD; null where it has no end. */
  readonly dpaExpires: string | null;
  readonly region: string;
  readonly zeroRetention: boolean;
}

/** Why nothing may be sent to this provider, or null. `now` is epoch milliseconds; days are days in UTC. */
export function decideSend(
  recipient: { readonly provider: string; readonly host: string },
  card: ProviderCard | null,
  now: number,
  demands: readonly ProviderDemands[] = [],
): string | null {
  const who = `${recipient.provider} (${recipient.host})`;
  if (!card || card.provider !== recipient.provider || card.host !== recipient.host) return `No provider card is on record for ${who}`;
  const agreement = `The data-processing agreement with ${who}`;
  const standing = standingOf(card, now);
  if (standing.state === "unsigned") return `${agreement} is not signed`;
  if (standing.state === "not_yet") return `${agreement} holds from ${standing.from} only`;
  if (standing.state === "expired") return `${agreement} ended on ${standing.on}`;
  for (const { regions, zeroRetention } of demands) {
    if (regions && !regions.includes(card.region)) return `${who} processes in ${card.region}; the data flow allows ${regions.join(", ")}`;
    if (zeroRetention && !card.zeroRetention) return `${who} keeps requests; the data flow allows it no retention`;
  }
  return null;
}

// ---- the last look ----

export interface Forbidden {
  /** What a person knows it by; never the value. */
  readonly name: string;
  readonly value: string;
}

/** Shorter values ("no", "new") stand in every text by chance. */
const LEAST_LENGTH = 4;

/**
 * The name of the first forbidden value that the exact text of a request holds, or null. The text is looked at as it is and with JSON's escapes undone twice (the
 * input is JSON inside JSON); case, spaces and invisible characters do not hide a value.
 */
export function forbiddenIn(body: string, forbidden: readonly Forbidden[]): string | null {
  if (forbidden.length === 0) return null;
  const once = unescaped(body);
  const views = [body, once, unescaped(once)].map(plain);
  const compacts = views.map(compact);
  for (const { name, value } of forbidden) {
    const wanted = plain(value);
    if (wanted.length < LEAST_LENGTH) continue;
    if (views.some((view) => view.includes(wanted))) return name;
    // A number in groups is the number without them.
    const digits = compact(wanted);
    if (/\d{6}/.test(digits) && compacts.some((view) => view.includes(digits))) return name;
  }
  return null;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

const unescaped = (text: string): string =>
  text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, hex: string | undefined, char: string) =>
    hex === undefined ? (ESCAPES[char] ?? char) : String.fromCharCode(Number.parseInt(hex, 16)),
  );

const plain = (text: string): string =>
  text
    .normalize("NFKC")
    .replace(/[\p{Cf}\p{Co}]/gu, "")
    .toLowerCase()
    .replace(/\s+/g, " ")
    .trim();

const compact = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, "");
