// What all finders of personal data share: a span, the text as they read it, and what the words before a number say it is. Pure.
// Every pattern here and in the finders is bounded: a text of any make costs no more than its length.

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Full-width forms, unusual spaces and dashes as their plain ones. The same length: a place in the view is a place in the text. */
export function viewOf(text: string): string {
  return text
    .replace(/[\uff01-\uff5e]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0))
    .replace(/[\u00a0\u2000-\u200a\u202f\u205f\u3000\t]/g, " ")
    .replace(/[\u2010-\u2015\u2212]/g, "-");
}

export interface Digits extends Span {
  readonly digits: string;
}

export const digitGroups = (view: string): Digits[] =>
  [...view.matchAll(/\d+/g)].map((match) => ({ digits: match[0], start: match.index, end: match.index + match[0].length }));

/** Letters or digits directly beside a span make it a part of something longer. */
export const standsAlone = (view: string, { start, end }: Span): boolean =>
  !/[\p{L}\p{N}_]/u.test(view[start - 1] ?? " ") && !/[\p{L}\p{N}_]/u.test(view[end] ?? " ");

/** Characters before a number in which a word may say what the number is: a label with its colon, or the end of a short sentence. */
const CUE_REACH = 30;

const TELEPHONE =
  /(?<!\p{L})(?:tel|telephone|telefon|telefono|teléfono|telefone|téléphone|phone|call|ring|dial|text me|reach me|mobile|mobil|handy|cell|cellulare|celular|móvil|movil|portable|telemóvel|telefoon|whatsapp|sms|fax|gsm|natel|komórka|erreichbar|anrufen|rufen sie|appelez|rappelez|bel me|bellen)(?!\p{L})|電話|携帯/giu;
const BUSINESS =
  /(?<!\p{L})(?:orders?|invoice|ticket|case|customer|client|contract|policy|claim|part|serial|sku|ean|isbn|imei|iccid|siret|siren|vat|tracking|parcel|awb|reference|ref|po|meter|version|firmware|build|release|router|app|v|unix time|pedido|factura|commande|facture|ordine|fattura|ordernummer|klantnummer|bestelnummer|zamówienie|faktura|beleg|aktenzeichen|protocolo|nota fiscal|auftrag|sendung|vertrag|rechnung|zähler|konto|blz)(?:nummer|nr|snr|snummer)?(?!\p{L})|(?<!\p{L})(?:bestell|kunden|auftrags|rechnungs|vertrags|konto|zähler|sendungs)(?:nummer|nr)(?!\p{L})|#|注文番号/giu;

/** What the nearest word before says of a number. */
export function cueBefore(view: string, start: number): "telephone" | "business" | null {
  const before = view.slice(Math.max(0, start - CUE_REACH), start);
  const telephone = lastOf(before, TELEPHONE);
  const business = lastOf(before, BUSINESS);
  if (telephone < 0 && business < 0) return null;
  return telephone > business ? "telephone" : "business";
}

/** Does one of these words stand shortly before? */
export const saysBefore = (view: string, start: number, words: RegExp): boolean =>
  words.test(view.slice(Math.max(0, start - CUE_REACH), start));

function lastOf(text: string, words: RegExp): number {
  let last = -1;
  for (const match of text.matchAll(words)) last = match.index;
  return last;
}
