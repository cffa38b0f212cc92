// Finds bank account numbers (IBAN, by their country's form and check digits) and payment cards (by issuer range, length and the Luhn check). Pure.
// A number that only looks like one is an order, and stays.
import { countrySpecs, isValidIBAN } from "ibantools";
import { type Digits, digitGroups, type Span } from "./scan.ts";

const IBAN_START = /(?<![\p{L}\p{N}])[a-z]{2}\d{2}/giu;
/** The longest IBAN has 34 characters; in groups of four, one separator after each. */
const IBAN_REACH = 48;

export function* findIbans(view: string): Generator<Span> {
  for (const match of view.matchAll(IBAN_START)) {
    const country = match[0].slice(0, 2).toUpperCase();
    const length = (countrySpecs as Record<string, { chars?: number | null } | undefined>)[country]?.chars;
    if (!length) continue;
    let characters = "";
    let at = match.index;
    for (; at < view.length && at < match.index + IBAN_REACH && characters.length < length; at++) {
      const char = view[at] as string;
      if (/[a-z0-9]/i.test(char)) characters += char.toUpperCase();
      else if (!/[ .-]/.test(char) || /[ .-]/.test(view[at + 1] ?? "")) break;
    }
    if (characters.length === length && !/[\p{L}\p{N}]/u.test(view[at] ?? " ") && isValidIBAN(characters))
      yield { start: match.index, end: at };
  }
}

/** Digits that pass the Luhn check (ISO/IEC 7812-1). */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    let digit = Number(digits[digits.length - 1 - i]);
    if (i % 2 === 1) {
      digit *= 2;
      if (digit > 9) digit -= 9;
    }
    sum += digit;
  }
  return sum % 10 === 0;
}

/** First digits and lengths that the schemes have given out: an IMEI passes Luhn as well, and a SIRET does; neither is of a scheme. */
const SCHEMES: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^3(?:0[0-5]|[689])/, [14, 16, 17, 18, 19]],
  [/^35/, [16, 17, 18, 19]],
  [/^(?:6011|64[4-9]|65|62|81)/, [16, 17, 18, 19]],
  [/^(?:50|5[6-8]|6[0-9])/, [13, 14, 15, 16, 17, 18, 19]],
];

const isCard = (digits: string): boolean =>
  SCHEMES.some(([first, lengths]) => lengths.includes(digits.length) && first.test(digits)) && passesLuhn(digits);

/** Beside a card number there may stand other numbers: its expiry date, an order. So each group of digits may be a card's first, and any after it the last. */
export function* findCards(view: string): Generator<Span> {
  const groups = digitGroups(view);
  const joins = (left: Digits | undefined, right: Digits | undefined): boolean =>
    left !== undefined && right !== undefined && /^[ -]$/.test(view.slice(left.end, right.start));
  for (let first = 0; first < groups.length; first++) {
    const begin = groups[first] as Digits;
    // Cards are written in groups of four and more; in shorter ones only where nothing else stands beside them.
    const isShort = begin.digits.length < 4;
    if (isShort && joins(groups[first - 1], begin)) continue;
    let card: number | null = null;
    let digits = "";
    let hasShort = false;
    for (let last = first; last < groups.length; last++) {
      const group = groups[last] as Digits;
      if (last > first && !joins(groups[last - 1], group)) break;
      digits += group.digits;
      if (digits.length > 19) break;
      const isEnd = !joins(group, groups[last + 1]);
      if (isCard(digits) && (!(isShort || hasShort) || isEnd)) card = last;
      hasShort ||= group.digits.length < 4;
    }
    if (card === null) continue;
    const span = { start: begin.start, end: (groups[card] as Digits).end };
    if (/[\p{L}_]/u.test(view[span.start - 1] ?? " ") || /[\p{L}_]/u.test(view[span.end] ?? " ")) continue;
    yield span;
    first = card;
  }
}
