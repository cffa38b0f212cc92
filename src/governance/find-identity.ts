// Finds numbers that a state gives to a person, dates of birth and network addresses. Pure. Where a number has check digits they must be right; where it is only
// a run of digits, a word before it must say what it is.
import { cueBefore, type Span, saysBefore, standsAlone } from "./scan.ts";

interface NationalId {
  readonly form: RegExp;
  readonly holds?: (compact: string) => boolean;
  /** What must stand before it, where its form alone says too little. */
  readonly cue?: RegExp;
}

const numbers = (text: string): number[] => [...text].map(Number);
const weighted = (digits: readonly number[], weights: readonly number[]): number =>
  weights.reduce((sum, weight, index) => sum + weight * (digits[index] ?? 0), 0);

const NATIONAL: readonly NationalId[] = [
  // United States: social security number, never given out with these parts.
  { form: /(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}/g },
  // United Kingdom: national insurance number.
  { form: /[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]/g },
  // Spain: DNI and NIE, with their letter.
  {
    form: /[XYZ\d][ -]?\d{7}[ -]?[A-Z]/g,
    holds: (id) =>
      "TRWAGMYFPDXBNJZSQVHLCKE"[Number(id.slice(0, -1).replace(/^[XYZ]/, (first) => String("XYZ".indexOf(first)))) % 23] === id.at(-1),
  },
  { form: /[A-Z]{6}\d{2}[A-EHLMPR-T]\d{2}[A-Z]\d{3}[A-Z]/g, holds: isCodiceFiscale },
  // France: numéro de sécurité sociale with its key.
  {
    form: /[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?\d{2} ?\d{3} ?\d{3} ?\d{2}/g,
    holds: (id) => 97 - Number(BigInt(id.slice(0, 13)) % 97n) === Number(id.slice(13)),
  },
  {
    form: /\d{3}\.\d{3}\.\d{3}-\d{2}/g,
    // Brazil: CPF.
    holds: (id) => {
      const digits = numbers(id);
      const check = (count: number) =>
        ((digits.slice(0, count).reduce((sum, digit, index) => sum + digit * (count + 1 - index), 0) * 10) % 11) % 10;
      return check(9) === digits[9] && check(10) === digits[10];
    },
  },
  {
    form: /\d{11}/g,
    cue: /pesel[^\p{L}\d]{0,6}$/iu,
    holds: (id) => (10 - (weighted(numbers(id), [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10 === Number(id[10]),
  },
  {
    form: /\d{9}/g,
    cue: /(?:bsn|burgerservicenummer|sofinummer)(?: is)?[^\p{L}\d]{0,6}$/iu,
    holds: (id) => weighted(numbers(id), [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0,
  },
  // Germany: tax identification number (ISO 7064, MOD 11,10).
  {
    form: /\d{2} ?\d{3} ?\d{3} ?\d{3}/g,
    cue: /(?:steuer-?id|steuer-?idnr|idnr|identifikationsnummer|steuernummer)[^\p{L}\d]{0,6}$/iu,
    holds: isTaxId,
  },
];

function isTaxId(id: string): boolean {
  let product = 10;
  for (const digit of numbers(id.slice(0, 10))) {
    const sum = (digit + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 === Number(id[10]);
}

/** Italy: https://it.wikipedia.org/wiki/Codice_fiscale#Carattere_di_controllo: odd places by this table, even ones by their own value. */
function isCodiceFiscale(id: string): boolean {
  const odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
  let sum = 0;
  for (let place = 0; place < 15; place++) {
    const char = id.charCodeAt(place);
    const value = char >= 65 ? char - 65 : char - 48;
    sum += place % 2 === 0 ? (odd[value] as number) : value;
  }
  return String.fromCharCode(65 + (sum % 26)) === id[15];
}

export function* findNationalIds(view: string): Generator<Span> {
  for (const { form, holds, cue } of NATIONAL) {
    for (const match of view.matchAll(form)) {
      const span = { start: match.index, end: match.index + match[0].length };
      if (!standsAlone(view, span) || (cue && !saysBefore(view, span.start, cue))) continue;
      if (!holds || holds(match[0].replace(/[ .-]/g, ""))) yield span;
    }
  }
}

const BIRTH =
  /(?<!\p{L})(?:born(?: on)?|d\.?o\.?b\.?|date of birth|birthday|birth date|geb\.?|geboren(?: am| op)?|geburtsdatum|n[ée]e? le|naissance|nacid[oa](?: el)?|nacimiento|nat[oa] il|nascita|urodzon[ya]|född|nascid[oa](?: em)?)[^\p{L}\d]{0,4}$/iu;
const DATES =
  /\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}\.? (?:of )?\p{L}{3,12}\.?,? \d{4}|\p{L}{3,12} \d{1,2}(?:st|nd|rd|th)?,? \d{4}/giu;

/** A date alone is a delivery or an invoice. */
export function* findBirthDates(view: string): Generator<Span> {
  for (const match of view.matchAll(DATES)) {
    if (saysBefore(view, match.index, BIRTH)) yield { start: match.index, end: match.index + match[0].length };
  }
}

const IPV4 = /\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}/g;
const IPV6 = /[0-9a-f]{0,4}:[0-9a-f:]{2,40}/gi;
/** Private, loopback, link-local, shared and multicast networks (RFC 6890) name nobody outside. */
const NOT_PUBLIC =
  /^(?:0|10|127|22[4-9]|23\d|24\d|25\d)\.|^192\.168\.|^172\.(?:1[6-9]|2\d|3[01])\.|^169\.254\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./;

export function* findIps(view: string): Generator<Span> {
  for (const match of view.matchAll(IPV4)) {
    const span = { start: match.index, end: match.index + match[0].length };
    const isAddress = match[0].split(".").every((part) => Number(part) <= 255);
    const goesOn = /^\.\d/.test(view.slice(span.end, span.end + 2)) || view[span.start - 1] === ".";
    if (isAddress && !goesOn && standsAlone(view, span) && !NOT_PUBLIC.test(match[0]) && cueBefore(view, span.start) !== "business")
      yield span;
  }
  for (const match of view.matchAll(IPV6)) {
    const span = { start: match.index, end: match.index + match[0].length };
    if (isIpv6(match[0]) && standsAlone(view, span)) yield span;
  }
}

function isIpv6(text: string): boolean {
  const groups = text.split(":");
  if (groups.some((group) => group.length > 4)) return false;
  const shortened = text.includes("::");
  if (shortened ? text.indexOf("::") !== text.lastIndexOf("::") || groups.length > 8 : groups.length !== 8) return false;
  return groups.filter((group) => group !== "").length >= 3 && !/^(?:fe[89ab]|f[cd])/i.test(text);
}
