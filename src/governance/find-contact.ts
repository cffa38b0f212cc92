// Finds e-mail addresses and telephone numbers. Whether digits could be somebody's number is libphonenumber's to say; whether they are meant as one is told by their
// form, or by a word before them: nearly every run of nine digits is a valid number in some country, and most such runs in a business are orders.
// The `min` metadata suffices: which kind of line it is does not matter here, and `max` (72 KB more) refuses ranges that are given out later.
import { type CountryCode, parsePhoneNumberFromString } from "libphonenumber-js/min";
import { cueBefore, type Digits, digitGroups, type Span } from "./scan.ts";

/** An address is looked for from its sign outwards: most of a text is not beside one. */
const SIGN = /@|%40/g;
const MAILBOX = /[\p{L}\p{N}._%+-]{1,64}$/u;
const DOMAIN = /^[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/u;
/** A domain name's longest form (RFC 1035). */
const DOMAIN_REACH = 254;
const BRACKETED_SIGN = /[([{] ?(?:at|@|ät) ?[)\]}]/gi;
/** As people write it who do not want it to be read by machines. */
const SPELLED_MAILBOX = /[\p{L}\p{N}._+-]{1,64} ?$/u;
const SPELLED_DOMAIN = /^ ?[\p{L}\p{N}-]{1,63}(?: ?(?:[([{] ?(?:dot|punkt|point|punto) ?[)\]}]|\.) ?[\p{L}\p{N}-]{1,63}){1,4}/giu;

export function* findEmails(view: string): Generator<Span> {
  yield* around(view, SIGN, MAILBOX, DOMAIN);
  yield* around(view, BRACKETED_SIGN, SPELLED_MAILBOX, SPELLED_DOMAIN);
}

function* around(view: string, sign: RegExp, before: RegExp, after: RegExp): Generator<Span> {
  for (const { 0: found, index } of view.matchAll(sign)) {
    const domain = after.exec(view.slice(index + found.length, index + found.length + DOMAIN_REACH));
    // One character more than a mailbox may have: it must not begin in the middle of a surrogate pair.
    const mailbox = domain && before.exec(view.slice(Math.max(0, index - 66), index));
    if (mailbox) yield { start: index - mailbox[0].length, end: index + found.length + domain[0].length };
  }
}

/** Countries whose national form is tried. A number with its country code needs none. */
const COUNTRIES: readonly CountryCode[] = ["DE", "GB", "US", "FR", "IT", "ES", "NL", "PL", "SE", "JP", "AT", "CH", "BE", "BR", "IN"];
/** E.164 has 15 digits at most; below 7 nothing is told from a room or a year. */
const MAX_DIGITS = 15;
const MIN_DIGITS = 7;
const MAX_GROUPS = 8;
/** A letter has a handful. Beyond this many candidates the rest is taken out by form alone, so that a text that is made of numbers does not cost seconds. */
const MAX_CHECKED = 300;

type IsNumber = (text: string, countries: readonly CountryCode[]) => boolean;

export function* findPhones(view: string): Generator<Span> {
  const groups = digitGroups(view);
  let checked = 0;
  const isNumber: IsNumber = (text, countries) => {
    if (++checked > MAX_CHECKED) return true;
    return countries.some((country) => parsePhoneNumberFromString(text, country)?.isPossible() === true);
  };
  for (let first = 0; first < groups.length; first++) {
    const last = phoneAt(view, groups, first, isNumber);
    if (last === null) continue;
    const { start } = groups[first] as Digits;
    yield { start: start - leadOf(view, start), end: (groups[last] as Digits).end };
    first = last;
  }
}

/** The plus sign or bracket that belongs to the number. */
const leadOf = (view: string, start: number): number => {
  if (view[start - 1] === "+" || view[start - 1] === "(") return view[start - 2] === "+" || view[start - 2] === "(" ? 2 : 1;
  return 0;
};

function phoneAt(view: string, groups: readonly Digits[], first: number, isNumber: IsNumber): number | null {
  const begin = groups[first] as Digits;
  const lead = leadOf(view, begin.start);
  const before = view[begin.start - lead - 1] ?? " ";
  if (/[\p{L}\p{N}_.,/:@=-]/u.test(before) && !(lead > 0 && /[:=]/.test(before)) && !/[\u3040-\u30ff\u4e00-\u9fff]/.test(before))
    return null;
  const isInternational = view[begin.start - 1] === "+" || view[begin.start - 2] === "+" || /^00[1-9]/.test(begin.digits);
  let said: ReturnType<typeof cueBefore> | undefined;
  const cue = () => {
    if (said === undefined) said = cueBefore(view, begin.start);
    return said;
  };
  let found: number | null = null;
  let digits = "";
  for (let last = first; last < groups.length && last < first + MAX_GROUPS; last++) {
    const group = groups[last] as Digits;
    if (last > first && !/^[ ().\-/]{1,3}$/.test(view.slice((groups[last - 1] as Digits).end, group.start))) break;
    digits += group.digits;
    if (digits.length > MAX_DIGITS + 2) break;
    const after = view[group.end] ?? " ";
    if (digits.length < MIN_DIGITS || (/[\p{L}\p{N}_]/u.test(after) && !/[\u3040-\u30ff\u4e00-\u9fff]/.test(after))) continue;
    const written = view.slice(begin.start - lead, group.end);
    if (isInternational ? isInternationalForm(written, isNumber) : isNationalForm(view, written, cue, groups, first, last, isNumber))
      found = last;
  }
  return found;
}

function isInternationalForm(written: string, isNumber: IsNumber): boolean {
  return isNumber(written.replace(/^[+(]{0,2}(?:00(?=[1-9]))?/, "+").replace("(0)", ""), ["DE"]);
}

function isNationalForm(
  view: string,
  written: string,
  cue: () => ReturnType<typeof cueBefore>,
  groups: readonly Digits[],
  first: number,
  last: number,
  isNumber: IsNumber,
): boolean {
  if (DATE.test(written)) return false;
  // A number goes on behind it (an order of 3-7-7 digits, a range): not this one.
  const next = groups[last + 1];
  if (next && /^[-/]$/.test(view.slice((groups[last] as Digits).end, next.start))) return false;
  const hasForm = TRUNK.test(written) || PAIRS.test(written) || AREA_CODE.test(written) || NORTH_AMERICAN.test(written);
  if (cue() === "business" || (cue() === null && (!hasForm || isCardLike(groups, first, last)))) return false;
  return isNumber(written, COUNTRIES);
}

/** National forms that are read without a word before them: trunk zero and area code apart, French pairs, an area code in brackets, 3-3-4. */
const TRUNK = /^0\d{1,4}[ /-]\d{3,5}[ -]?\d{2,6}(?:[ -]\d{2,4})?$/;
const PAIRS = /^0\d(?:[ .-]\d{2}){4}$/;
const AREA_CODE = /^\(\d{2,5}\)[ -]?\d{3,4}[ -]?\d{3,4}$/;
const NORTH_AMERICAN = /^[2-9]\d{2}-\d{3}-\d{4}$/;
const DATE = /^(?:\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}-\d{2}-\d{2}|\d{4}[ -]\d{4})$/;

const isCardLike = (groups: readonly Digits[], first: number, last: number): boolean =>
  last - first >= 3 && groups.slice(first, last + 1).every(({ digits }) => digits.length === 4);
