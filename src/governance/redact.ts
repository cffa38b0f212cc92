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
const CARD = /\b\d(?:[ -]?\d){12,18}\b/g;
/** International (+49 …), or national with a leading zero or area code in brackets and separators; a bare run of digits is an order number. */
const PHONE =
  /(?:\+\d{1,3}[\s().-]?(?:\d[\s().-]?){6,13}\d)|(?:\(\d{2,5}\)[\s-]?\d{3,4}[\s-]?\d{3,4})|(?:\b0\d{2,4}[\s/-]\d{3,5}[\s-]?\d{2,6}\b)|(?:\b\d{3}-\d{3}-\d{4}\b)/g;

export function redact(text: string, kinds: readonly ("email" | "phone" | "card")[]): string {
  let out = text;
  if (kinds.includes("email")) out = out.replace(EMAIL, "[EMAIL]");
  if (kinds.includes("card")) out = out.replace(CARD, (match) => (isCard(match) ? "[CARD]" : match));
  if (kinds.includes("phone")) out = out.replace(PHONE, "[PHONE]");
  return out;
}
