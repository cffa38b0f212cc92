// Removes typed personal data from a text before it leaves for a model. Pure. It knows patterns, not people: names in free text are not found, and where a
// class must never leave, the field itself must not be sent.
/** Digits that pass the Luhn check (ISO/IEC 7812-1) and have a card number's length. */
function isCard(text: string): boolean {
  const digits = text.replace(/\D/g, "");
  if (digits.length < 13 || digits.length > 19) return false;
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

const EMAIL = /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/gu;
const DIGITS = /\b\d+\b/g;
const CARD = /\b\d(?:[ -]?\d){12,18}\b/g;
/** International (+49 …), or national with a leading zero or area code in brackets and separators; a bare run of digits is an order number. */
const PHONE =
  /(?:\+\d{1,3}[\s().-]{0,2}(?:\d[\s().-]{0,2}){6,13}\d)|(?:\b0\d(?:[ .-]\d{2}){4}\b)|(?:\(\d{2,5}\)[\s-]?\d{3,4}[\s-]?\d{3,4})|(?:\b0\d{2,4}[\s/-]\d{3,5}[\s-]?\d{2,6}\b)|(?:\b\d{3}-\d{3}-\d{4}\b)/g;

/** Beside a card number there may stand other numbers: its expiry date, an order. So each group of digits may be a card's first, and any after it the last. */
function redactGroupedCards(text: string): string {
  const groups = [...text.matchAll(DIGITS)].map((match) => ({ digits: match[0], start: match.index, end: match.index + match[0].length }));
  let out = "";
  let from = 0;
  for (let first = 0; first < groups.length; first++) {
    let card: number | null = null;
    let digits = "";
    for (let last = first; last < groups.length; last++) {
      const group = groups[last] as (typeof groups)[number];
      if (last > first && !/^[ -]$/.test(text.slice(groups[last - 1]?.end, group.start))) break;
      digits += group.digits;
      if (digits.length > 19) break;
      if (isCard(digits) && /^[2-6]/.test(digits)) card = last;
      // Cards are written in groups of four and more; only the last may be shorter.
      if (group.digits.length < 4) break;
    }
    if (card === null) continue;
    out += `${text.slice(from, groups[first]?.start)}[CARD]`;
    from = groups[card]?.end ?? from;
    first = card;
  }
  return out + text.slice(from);
}

export function redact(text: string, kinds: readonly ("email" | "phone" | "card")[]): string {
  let out = text;
  if (kinds.includes("email")) out = out.replace(EMAIL, "[EMAIL]");
  if (kinds.includes("card")) out = redactGroupedCards(out).replace(CARD, (match) => (isCard(match) ? "[CARD]" : match));
  if (kinds.includes("phone")) out = out.replace(PHONE, "[PHONE]");
  return out;
}
