// An instant written in RFC 3339, read strictly: a date, a time and a zone must all be there and must exist.
// Date.parse is not enough for a security check: it accepts dates without a zone (local time) and 30 February (2 March).

/** RFC 3339 section 5.6; its ABNF strings are case-insensitive, so `t` and `z` count. A space for the T does not. */
const SHAPE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})t([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]+)?(?:z|([+-])([0-9]{2}):([0-9]{2}))$/i;

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : (DAYS[month - 1] ?? 0);
}

/**
 * Epoch milliseconds (with a fraction where the text has one below a millisecond), or null for anything else.
 * A leap second (23:59:60) is refused: no clock that it could be compared with has that instant.
 */
export function parseRfc3339(text: string): number | null {
  const match = SHAPE.exec(text);
  if (!match) return null;
  const [, year, month, day, hour, minute, second, fraction, sign, offsetHour, offsetMinute] = match;
  const date = Number(day);
  if (date < 1 || date > daysIn(Number(year), Number(month))) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  if (Number(offsetHour ?? 0) > 23 || Number(offsetMinute ?? 0) > 59) return null;
  // Date.parse of the full form, not Date.UTC: the latter reads the years 0 to 99 as 1900 to 1999.
  const local = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const offset = (Number(offsetHour ?? 0) * 60 + Number(offsetMinute ?? 0)) * 60_000;
  return local - (sign === "-" ? -offset : offset) + Number(`0${fraction ?? ""}`) * 1000;
}
