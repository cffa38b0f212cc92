// Everything in a text that can be read as an amount of money, each with the way it was read: "1,234" is read with its comma as grouping and as a decimal mark.
// It must not choose among them, nor read what is part of a longer code (a date, a telephone number).
import type { Mention } from "./read-dates.ts";

// Digits with marks between them; a sign may stand before a currency ("-RM 0.02").
const NUMBER = /(?<![\d.,/:])(\d{1,3}(?:[ ,.'’]\d{3})+(?:[.,]\d{1,4})?|\d+(?:[.,] ?\d{1,4})?)(?![\d/:]|[.,-]\d)/g;
const MINUS = /-\s*(?:[A-Z]{1,3}|[$€£¥])?\s*$/;
const CURRENCY = /(?:[A-Z]{2,3}|[$€£¥])\.?\s*$/;

export function readAmounts(text: string): Mention[] {
  const mentions: Mention[] = [];
  for (const match of text.matchAll(NUMBER)) {
    const before = text.slice(Math.max(0, match.index - 6), match.index);
    const sign = MINUS.test(before) ? "-" : "";
    const place = { start: match.index, end: match.index + match[0].length };
    for (const { digits, reading } of readingsOf(match[0])) {
      const value = plain(digits, sign);
      if (value !== null) mentions.push({ value, ...place, reading: `${reading}${sign}${CURRENCY.test(before) ? " currency" : ""}` });
    }
  }
  return mentions;
}

function readingsOf(written: string): { digits: string; reading: string }[] {
  const text = written.replaceAll("’", "'");
  const last = Math.max(text.lastIndexOf("."), text.lastIndexOf(","));
  const whole = text.replace(/\D/g, "");
  if (last < 0) return [{ digits: `${whole}.`, reading: /\D/.test(text) ? "grouped" : "whole" }];
  const after = text.slice(last + 1).trim();
  const before = text.slice(0, last).replace(/\D/g, "");
  const mark = text[last] === "." ? "point" : "comma";
  const decimal = { digits: `${before}.${after}`, reading: `${mark} ${after.length}` };
  // Three digits behind the only kind of mark can be a group; behind a second kind they cannot be one.
  const kinds = new Set(text.slice(0, last).replace(/\d/g, ""));
  const group = after.length === 3 && [...kinds].every((kind) => kind === text[last]);
  const only = text.indexOf(text[last]!) === last;
  return group ? [{ digits: `${whole}.`, reading: `${mark} group` }, ...(only ? [decimal] : [])] : [decimal];
}

/** At least two decimals, no zeros in front; null for more than an amount can have. */
function plain(digits: string, sign: string): string | null {
  const [whole = "", fraction = ""] = digits.split(".");
  const front = whole.replace(/^0+(?=\d)/, "");
  const trimmed = fraction.replace(/0+$/, "").padEnd(2, "0");
  if (front.length > 15 || front.length === 0 || trimmed.length > 4) return null;
  const amount = `${front}.${trimmed}`;
  return /[1-9]/.test(amount) ? `${sign}${amount}` : amount;
}

/** The one form of an amount that is written plainly ("9", "9.000", "9.00" are "9.00"); null for any other text. */
export function plainAmount(text: string): string | null {
  const [, sign, digits] = /^(-?)(\d{1,20}(?:\.\d{1,20})?)$/.exec(text.trim()) ?? [];
  return digits === undefined ? null : plain(digits.includes(".") ? digits : `${digits}.`, sign!);
}
