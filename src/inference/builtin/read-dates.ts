// Everything in a text that can be read as a day, each with the way it was read: "03/04/18" is three days, and which one is meant is learned, not assumed.
// It must not choose among them, and gives no day that there is not (31 June). Month names are English; a year of two digits below 80 is of this century.

export interface Mention {
  /** Normalised: a day as YYYY-MM-DD, an amount as a plain decimal. */
  value: string;
  start: number;
  end: number;
  /** How it was read. */
  reading: string;
}

const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const NAME = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}";
const GAP = "[\\s./,'-]{0,3}";
const YEAR = "((?:19|20)\\d\\d|\\d\\d)";

// A time of day may stand right behind a year ("20188:13"): after four digits anything may follow, after two no digit.
const NUMERIC = /(?<![\d.,])(\d{4}|\d{1,2}) ?([/.-]) ?(\d{1,2}) ?\2 ?((?:19|20)\d\d|\d\d(?!\d))/g;
const DAY_NAME = new RegExp(`(?<!\\d)(\\d{1,2})(?:st|nd|rd|th)?${GAP}${NAME}${GAP}${YEAR}`, "gi");
const NAME_DAY = new RegExp(`(?<![a-z])${NAME}${GAP}(\\d{1,2})(?:st|nd|rd|th)?(?!\\d)${GAP}${YEAR}(?!\\d)`, "gi");
const COMPACT = /(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)/g;
const COMPACT_DAY_FIRST = /(?<!\d)(\d\d)(\d\d)((?:19|20)\d\d)(?!\d)/g;

export function readDates(text: string): Mention[] {
  const mentions: Mention[] = [];
  const add = (match: RegExpExecArray, reading: string, year: number, month: number, day: number) => {
    const value = dayOf(year, month, day);
    if (value !== null) mentions.push({ value, start: match.index, end: match.index + match[0].length, reading });
  };
  for (const match of text.matchAll(NUMERIC)) {
    const [, first, separator, second, third] = match as unknown as [string, string, string, string, string];
    const [a, b, c] = [Number(first), Number(second), Number(third)];
    if (first.length === 4) {
      add(match, `ymd${separator}`, a, b, c);
      continue;
    }
    add(match, `dmy${separator}`, fullYear(third), b, a);
    // The same day both ways round ("05/05/18") is one reading.
    if (a !== b) add(match, `mdy${separator}`, fullYear(third), a, b);
    if (third.length === 2 && first.length === 2) add(match, `ymd2${separator}`, fullYear(first), b, c);
  }
  for (const match of text.matchAll(DAY_NAME)) add(match, "d name y", fullYear(match[3]!), monthOf(match[2]!), Number(match[1]));
  for (const match of text.matchAll(NAME_DAY)) add(match, "name d y", fullYear(match[3]!), monthOf(match[1]!), Number(match[2]));
  for (const match of text.matchAll(COMPACT)) add(match, "compact", Number(match[1]), Number(match[2]), Number(match[3]));
  for (const match of text.matchAll(COMPACT_DAY_FIRST)) add(match, "compact dmy", Number(match[3]), Number(match[2]), Number(match[1]));
  return mentions;
}

const fullYear = (digits: string): number =>
  digits.length === 4 ? Number(digits) : Number(digits) < 80 ? 2000 + Number(digits) : 1900 + Number(digits);

const monthOf = (name: string): number => MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1;

function dayOf(year: number, month: number, day: number): string | null {
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  return `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;
}

const daysIn = (year: number, month: number): number =>
  month === 2 ? (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;

const two = (number: number): string => String(number).padStart(2, "0");
