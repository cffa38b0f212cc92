// The taint rule: what could lead a reader or a system somewhere (a link, an address, an account, a number, an amount, an id) may stand in a text that is written only
// if the record holds it, or a declared list. Else a person is asked. Pure. It does not judge what a text says, only what it points to.
import type { Json, JsonObject } from "../core/json.ts";
import { findIbans } from "./find-account.ts";
import { findEmails, findPhones } from "./find-contact.ts";
import { type Span, viewOf } from "./scan.ts";
import type { ActionRule } from "./spec.ts";

export interface Taint {
  /**
   * hint: the record speaks to the model; target: the record to write to was named by the model; token: a token of ours that stands for nothing; draft: a text that
   * a model wrote as a whole.
   */
  readonly kind: "url" | "email" | "iban" | "phone" | "amount" | "id" | "token" | "target" | "hint" | "draft";
  readonly field: string;
  /** What was found, cut to a length that a page can show. */
  readonly text: string;
}

export interface TaintRule {
  readonly rule: "tainted" | "injection_hint" | "draft";
  readonly outcome: "require_approval";
  readonly reason: string;
  readonly field: string;
}

/** What the taint comes to in a ruling. Signs of an injection are about what the model decided; what is written without a decision is not touched by them. */
export function taintRules(tainted: readonly Taint[], { ask, fields }: Pick<ActionRule, "ask" | "fields">): TaintRule[] {
  return tainted.flatMap(({ kind, field, text }): TaintRule[] => {
    if (kind === "draft") {
      const isRuled = Object.hasOwn(fields, field) && Object.keys(fields[field] ?? {}).length > 0;
      const lacks = isRuled ? "is written without asking only where the spec never asks" : "has no rule of its own in the spec";
      const reason = `${field}: a model wrote this text, and it ${lacks}`;
      return ask === "never" && isRuled ? [] : [{ rule: "draft", outcome: "require_approval", field, reason }];
    }
    if (kind === "hint") {
      const reason = `The record ${text}: a person has to look whether it misled the model`;
      return ask === "never" ? [] : [{ rule: "injection_hint", outcome: "require_approval", field, reason }];
    }
    const reason =
      kind === "target"
        ? `The model named what to write to: ${text}`
        : `${field}: the ${WORDS[kind]} ${text} is neither in the record nor on the declared list`;
    return [{ rule: "tainted", outcome: "require_approval", field, reason }];
  });
}

const WORDS: Record<Exclude<Taint["kind"], "hint" | "target" | "draft">, string> = {
  url: "link",
  email: "address",
  iban: "bank account",
  phone: "telephone number",
  amount: "amount",
  id: "number",
  token: "token",
};

const SHOWN = 120;

/** Schemes, and names without one: readers and chat systems make links of both. */
const URL =
  /\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s<>"'`)\]}]{1,2000}|\b(?:javascript|data|mailto|tel|sms|file):[^\s<>"'`)\]}]{1,2000}|\bwww\.[^\s<>"'`)\]}]{1,2000}|(?<![@\p{L}\p{N}._-])(?:[\p{L}\p{N}-]{1,63}\.){1,6}(?:com|net|org|io|dev|app|info|biz|xyz|top|site|online|shop|link|click|ru|cn|de|uk|fr|eu|us|co|me|ly|ai|ch|at|nl|it|es|pl|se|test|example)(?![\p{L}\p{N}-])(?:\/[^\s<>"'`)\]}]{0,2000})?/giu;
const AMOUNT =
  /(?:[$€£¥]|\b(?:eur|usd|gbp|chf|jpy|pln|sek|nok|dkk|inr|brl|cad|aud)) ?\d[\d.,' ]{0,20}\d|(?:[$€£¥]|\b(?:eur|usd|gbp|chf)) ?\d\b|\b\d(?:[\d.,']{0,20}\d)? ?(?:[$€£¥]|(?:eur|euros?|usd|gbp|chf|jpy|pln|sek|nok|dkk|inr|brl|cad|aud|dollars?|pounds?)\b)/giu;
/** Three digits and more in one piece, with letters before or between: what a system would take for a key. */
const ID = /(?<![\p{L}\p{N}])(?=[\p{L}\p{N}_/-]{0,40}\d{3})#?[\p{L}\p{N}](?:[\p{L}\p{N}_/-]{0,60}[\p{L}\p{N}])?/gu;
const TOKEN = /\[[A-Z][A-Z-]{1,30}_\d{1,6}\]/g;

const matches = (pattern: RegExp) =>
  function* (text: string): Generator<Span> {
    for (const match of text.matchAll(pattern)) yield { start: match.index, end: match.index + match[0].length };
  };

/** In this order: the address inside a link is the link's. */
const FINDERS: readonly (readonly [Taint["kind"], (text: string) => Iterable<Span>])[] = [
  ["token", matches(TOKEN)],
  ["email", findEmails],
  ["url", matches(URL)],
  ["iban", findIbans],
  ["amount", matches(AMOUNT)],
  ["phone", findPhones],
  ["id", matches(ID)],
];

export interface TaintContext {
  /** All that the run was given and has read: the event, the records. */
  readonly sources: readonly Json[];
  /** What the workflow may write whatever the record says: its own links, say. A link is allowed with everything below it. */
  readonly allowed: readonly string[];
}

/** Every pointer in the texts of `values` that comes from nowhere. */
export function taintedIn(values: JsonObject, { sources, allowed }: TaintContext): Taint[] {
  let known: Origins | undefined;
  const found: Taint[] = [];
  for (const [field, value] of Object.entries(values)) {
    for (const text of textsOf(value)) {
      const view = viewOf(text)
        .normalize("NFKC")
        .replace(/\p{Cf}/gu, "");
      let rest = view;
      for (const [kind, find] of FINDERS) {
        for (const { start, end } of [...find(rest)]) {
          const one = rest.slice(start, end).replace(/[.,;:!?]{1,5}$/, "");
          known ??= originsOf([...sources, ...allowed]);
          if (kind === "token" || !(comesFrom(known, kind, one) || isAllowed(allowed, kind, one)))
            found.push({ kind, field, text: one.slice(0, SHOWN) });
          rest = rest.slice(0, start) + " ".repeat(end - start) + rest.slice(end);
        }
      }
    }
  }
  return found;
}

interface Origins {
  readonly text: string;
  readonly compact: string;
  readonly words: ReadonlySet<string>;
  readonly amounts: ReadonlySet<string>;
}

function originsOf(sources: readonly Json[]): Origins {
  const texts = sources.flatMap(textsOf);
  const text = texts.map(plain).join("\n");
  return {
    text,
    compact: texts.map(compact).join("\n"),
    words: new Set(text.match(/[\p{L}\p{N}_/-]+/gu)?.flatMap((word) => [word, word.replace(/^[/_-]+|[/_-]+$/g, "")]) ?? []),
    amounts: new Set(text.match(/\d[\d.,']{0,20}/g)?.map(amountOf) ?? []),
  };
}

function comesFrom(known: Origins, kind: Taint["kind"], one: string): boolean {
  const wanted = plain(one);
  switch (kind) {
    // Whole: a longer address that ends like the record's is another.
    case "url":
    case "email":
      return standsIn(known.text, wanted);
    case "iban":
    case "phone":
      return known.compact.includes(compact(one));
    case "amount":
      return known.amounts.has(amountOf(/\d[\d.,' ]{0,30}/.exec(one)?.[0] ?? ""));
    default:
      return known.words.has(wanted) || known.words.has(wanted.replace(/^#/, ""));
  }
}

function standsIn(text: string, wanted: string): boolean {
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    if (!/[\p{L}\p{N}._%+@/-]/u.test(text[at - 1] ?? " ") && !/[\p{L}\p{N}_%+@/?=&#-]/u.test(text[at + wanted.length] ?? " ")) return true;
  }
  return false;
}

const isAllowed = (allowed: readonly string[], kind: Taint["kind"], one: string): boolean =>
  kind === "url" && allowed.some((prefix) => plain(one).startsWith(prefix.endsWith("/") ? plain(prefix) : `${plain(prefix)}/`));

/** "1.299,00" and "1,299.00" and "1299" are one amount. */
function amountOf(text: string): string {
  const digits = text.replace(/[' ]/g, "").replace(/[.,]+$/, "");
  const cents = /[.,](\d{1,2})$/.exec(digits);
  const whole = (cents ? digits.slice(0, cents.index) : digits).replace(/[.,]/g, "");
  return `${whole}.${(cents?.[1] ?? "").padEnd(2, "0")}`;
}

function textsOf(value: Json): string[] {
  if (typeof value === "string") return [value];
  if (typeof value === "number") return [String(value)];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return typeof value === "object" && value !== null ? Object.values(value as JsonObject).flatMap(textsOf) : [];
}

const plain = (text: string): string =>
  viewOf(text)
    .normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .toLowerCase();

const compact = (text: string): string => plain(text).replace(/[^\p{L}\p{N}]/gu, "");
