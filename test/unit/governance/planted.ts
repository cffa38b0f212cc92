// A planted set for the redactor: letters as customers write them, with the personal data that must be found and the business identifiers that must survive.
// It was written before the redactor that it measures, and is not to be fitted to it: what is missed stays in here and is counted.
// Numbers are reserved for fiction or documentation, or are published test values; nobody's data are among them.

export interface Planted {
  readonly text: string;
  /** What the record itself says about the person: given to the redactor as known. */
  readonly known?: Readonly<Record<string, readonly string[]>>;
  /** Kind and exact text of each thing that must not leave. */
  readonly find?: readonly (readonly [kind: string, value: string])[];
  /** Business identifiers, amounts and dates that must still stand there afterwards. */
  readonly keep?: readonly string[];
}

export const planted: readonly Planted[] = [
  // ---- e-mail ----
  { text: "Please answer to jo.doe@example.com about order 48213.", find: [["email", "jo.doe@example.com"]], keep: ["48213"] },
  {
    text: "Schreiben Sie an jürgen@müller.example, Rechnung RE-2026-00815.",
    find: [["email", "jürgen@müller.example"]],
    keep: ["RE-2026-00815"],
  },
  {
    text: "Mon adresse : marie.curie+shop@mail.example.fr, commande n° 7712-0943.",
    find: [["email", "marie.curie+shop@mail.example.fr"]],
    keep: ["7712-0943"],
  },
  { text: "<mailto:ana@example.es> pedido ES-2026-118", find: [["email", "ana@example.es"]], keep: ["ES-2026-118"] },
  {
    text: "CC: JO.DOE@EXAMPLE.COM; ann_b@example.co.uk",
    find: [
      ["email", "JO.DOE@EXAMPLE.COM"],
      ["email", "ann_b@example.co.uk"],
    ],
  },
  { text: "write to 田中@例え.テスト please, SKU AB-1234-XY", find: [["email", "田中@例え.テスト"]], keep: ["AB-1234-XY"] },
  { text: "my mail is jo (at) example (dot) com", find: [["email", "jo (at) example (dot) com"]] },
  {
    text: "login: https://shop.example.com/reset?mail=jo.doe%40example.com&ticket=100482",
    find: [["email", "jo.doe%40example.com"]],
    keep: ["ticket=100482"],
  },
  // ---- telephone ----
  { text: "Rufen Sie mich an: +49 30 23125 123, Ticket #35436", find: [["phone", "+49 30 23125 123"]], keep: ["#35436"] },
  { text: "Tel. 030 23125 014 (Mo-Fr 9-17 Uhr), Bestellung 3012345678", find: [["phone", "030 23125 014"]], keep: ["3012345678", "9-17"] },
  { text: "Handy 0171 3920012, Kundennummer 0171392", find: [["phone", "0171 3920012"]], keep: ["Kundennummer 0171392"] },
  { text: "mobil: 01522 8817386", find: [["phone", "01522 8817386"]] },
  { text: "Erreichbar unter 015228817386.", find: [["phone", "015228817386"]] },
  { text: "Call me on 020 7946 0958 after 5, invoice INV-2026-000123", find: [["phone", "020 7946 0958"]], keep: ["INV-2026-000123"] },
  {
    text: "my mobile is 07700 900123 and the order is 203-1234567-1234567",
    find: [["phone", "07700 900123"]],
    keep: ["203-1234567-1234567"],
  },
  { text: "ring +44 (0)1632 960 001", find: [["phone", "+44 (0)1632 960 001"]] },
  { text: "Phone: (202) 555-0143 ext. 12, PO 4500012345", find: [["phone", "(202) 555-0143"]], keep: ["4500012345"] },
  { text: "I'm at 202-555-0187 until noon. Case 00012345.", find: [["phone", "202-555-0187"]], keep: ["00012345"] },
  { text: "text me at 2025550143 thanks", find: [["phone", "2025550143"]] },
  { text: "Mon portable : 06 39 98 12 34, facture F-2026/0042", find: [["phone", "06 39 98 12 34"]], keep: ["F-2026/0042"] },
  { text: "téléphone 01.99.00.12.34 le matin", find: [["phone", "01.99.00.12.34"]] },
  { text: "Appelez le 0033 1 99 00 56 78", find: [["phone", "0033 1 99 00 56 78"]] },
  { text: "Mi móvil es 612 34 56 78, pedido 2026-4471", find: [["phone", "612 34 56 78"]], keep: ["2026-4471"] },
  { text: "Il mio cellulare: 347 123 4567", find: [["phone", "347 123 4567"]] },
  { text: "Bel me op 06-12345678, ordernummer 5501-2", find: [["phone", "06-12345678"]], keep: ["5501-2"] },
  { text: "Mój telefon to 512 345 678", find: [["phone", "512 345 678"]] },
  { text: "Ring mig på 070-174 06 05", find: [["phone", "070-174 06 05"]] },
  { text: "WhatsApp +55 11 96123-4567, nota fiscal 000.123.456", find: [["phone", "+55 11 96123-4567"]], keep: ["000.123.456"] },
  { text: "電話は 03-5555-0123 です。注文番号 250-1234567-7654321", find: [["phone", "03-5555-0123"]], keep: ["250-1234567-7654321"] },
  { text: "My number: +91 98765 43210. AWB 125-12345675", find: [["phone", "+91 98765 43210"]], keep: ["125-12345675"] },
  { text: "Natel 079 123 45 67, Vertrag V-4711-0815", find: [["phone", "079 123 45 67"]], keep: ["V-4711-0815"] },
  // ---- bank account ----
  {
    text: "Bitte erstatten auf DE89 3704 0044 0532 0130 00, Betrag 1.299,00 €",
    find: [["iban", "DE89 3704 0044 0532 0130 00"]],
    keep: ["1.299,00 €"],
  },
  { text: "IBAN: DE89370400440532013000, USt-IdNr. DE123456789", find: [["iban", "DE89370400440532013000"]], keep: ["DE123456789"] },
  {
    text: "refund to GB82 WEST 1234 5698 7654 32, VAT GB 999 9999 73",
    find: [["iban", "GB82 WEST 1234 5698 7654 32"]],
    keep: ["GB 999 9999 73"],
  },
  {
    text: "Mon RIB FR14 2004 1010 0505 0001 3M02 606, TVA FR40303265045",
    find: [["iban", "FR14 2004 1010 0505 0001 3M02 606"]],
    keep: ["FR40303265045"],
  },
  { text: "rekening nl91 abna 0417 1643 00 graag", find: [["iban", "nl91 abna 0417 1643 00"]] },
  { text: "cuenta ES91-2100-0418-4502-0005-1332", find: [["iban", "ES91-2100-0418-4502-0005-1332"]] },
  { text: "conto IT60X0542811101000000123456 intestato a me", find: [["iban", "IT60X0542811101000000123456"]] },
  { text: "Konto CH93 0076 2011 6238 5295 7.", find: [["iban", "CH93 0076 2011 6238 5295 7"]] },
  {
    text: "konto PL61 1090 1014 0000 0712 1981 2874, faktura FV/2026/11/0042",
    find: [["iban", "PL61 1090 1014 0000 0712 1981 2874"]],
    keep: ["FV/2026/11/0042"],
  },
  // ---- card ----
  { text: "My card 4111 1111 1111 1111 12/27 was charged 59.90 EUR", find: [["card", "4111 1111 1111 1111"]], keep: ["59.90 EUR"] },
  { text: "Karte 5555-5555-5555-4444, Serial 5CG1234XYZ", find: [["card", "5555-5555-5555-4444"]], keep: ["5CG1234XYZ"] },
  { text: "amex 378282246310005", find: [["card", "378282246310005"]] },
  { text: "carte 2223 0031 2200 3222 débitée deux fois", find: [["card", "2223 0031 2200 3222"]] },
  { text: "card no. 6011111111111117; tracking 1Z999AA10123456784", find: [["card", "6011111111111117"]], keep: ["1Z999AA10123456784"] },
  { text: "４１１１ １１１１ １１１１ １１１１ is my card", find: [["card", "４１１１ １１１１ １１１１ １１１１"]] },
  // ---- national numbers, birth dates, network addresses ----
  { text: "My SSN is 219-09-9999, claim 219-09-1", find: [["national-id", "219-09-9999"]], keep: ["219-09-1"] },
  { text: "NI number AB 12 34 56 C, meter reading 012345", find: [["national-id", "AB 12 34 56 C"]], keep: ["012345"] },
  { text: "DNI 12345678Z y pedido 12345678", find: [["national-id", "12345678Z"]], keep: ["pedido 12345678"] },
  { text: "codice fiscale RSSMRA85T10A562S", find: [["national-id", "RSSMRA85T10A562S"]] },
  { text: "n° sécu 2 55 08 14 168 025 38", find: [["national-id", "2 55 08 14 168 025 38"]] },
  { text: "PESEL: 44051401359", find: [["national-id", "44051401359"]] },
  { text: "Mijn BSN is 111222333, klantnummer 111222444", find: [["national-id", "111222333"]], keep: ["111222444"] },
  { text: "Steuer-ID 86 095 742 719, Aktenzeichen 86/095", find: [["national-id", "86 095 742 719"]], keep: ["86/095"] },
  { text: "CPF 529.982.247-25, protocolo 529982", find: [["national-id", "529.982.247-25"]], keep: ["protocolo 529982"] },
  {
    text: "I was born on 14 March 1985 and bought it on 5 January 2026",
    find: [["birth-date", "14 March 1985"]],
    keep: ["5 January 2026"],
  },
  { text: "geb. 03.07.1979, gekauft am 12.11.2026", find: [["birth-date", "03.07.1979"]], keep: ["12.11.2026"] },
  { text: "DOB: 1990-02-28; delivered 2026-11-20", find: [["birth-date", "1990-02-28"]], keep: ["2026-11-20"] },
  { text: "née le 02/09/1988, livraison le 20/11/2026", find: [["birth-date", "02/09/1988"]], keep: ["20/11/2026"] },
  { text: "I was logged in from 203.0.113.77 with version 10.0.19045.3803", find: [["ip", "203.0.113.77"]], keep: ["10.0.19045.3803"] },
  { text: "blocked address 2001:db8:85a3::8a2e:370:7334 at 10:15:30", find: [["ip", "2001:db8:85a3::8a2e:370:7334"]], keep: ["10:15:30"] },
  // ---- what the record knows ----
  {
    text: "Hello, this is Joanna Doe. joanna doe ordered twice. Thanks, JOANNA",
    known: { person: ["Joanna Doe"] },
    find: [
      ["person", "Joanna Doe"],
      ["person", "joanna doe"],
      ["person", "JOANNA"],
    ],
  },
  { text: "Mit freundlichen Grüßen, Jürgen Müller", known: { person: ["Jürgen Müller"] }, find: [["person", "Jürgen Müller"]] },
  {
    text: "Regards, Jose\u0301  Garci\u0301a (order 118-A)",
    known: { person: ["José García"] },
    find: [["person", "Jose\u0301  Garci\u0301a"]],
    keep: ["118-A"],
  },
  {
    text: "Please deliver to 12 Example Street,\nLondon SW1A 1AA, order 55-12",
    known: { address: ["12 Example Street, London SW1A 1AA"] },
    find: [["address", "12 Example Street"]],
    keep: ["55-12"],
  },
  { text: "Doe, Joanna wants her money back", known: { person: ["Joanna Doe"] }, find: [["person", "Doe, Joanna"]] },
  { text: "My number changed from 0301234567 to another", known: { phone: ["+49 30 1234567"] }, find: [["phone", "0301234567"]] },
  {
    text: "A marking of Mark's on the market is no mark",
    known: { person: ["Mark Twain"] },
    find: [["person", "Mark's"]],
    keep: ["marking", "market"],
  },
  // ---- names and addresses that no record knows: best effort, and counted ----
  { text: "Best regards, Thandiwe Nkosi", find: [["person", "Thandiwe Nkosi"]] },
  { text: "Ich wohne in der Musterstraße 12, 01067 Dresden", find: [["address", "Musterstraße 12"]] },
  // ---- nobody's data ----
  { text: "Bestellnummer 0301234567, Sendung 00340434161094042557", keep: ["0301234567", "00340434161094042557"] },
  { text: "Tracking JD014600003828392837 and RR123456785DE", keep: ["JD014600003828392837", "RR123456785DE"] },
  { text: "SIRET 443 061 841 00047, SIREN 732829320", keep: ["443 061 841 00047", "732829320"] },
  { text: "IMEI 490154203237518, ICCID 8949020000012345678", keep: ["490154203237518", "8949020000012345678"] },
  { text: "EAN 4006381333931, ISBN 978-3-16-148410-0", keep: ["4006381333931", "978-3-16-148410-0"] },
  { text: "SKU 8806095-300, part 0 280 158 117", keep: ["8806095-300", "0 280 158 117"] },
  { text: "Firmware 2.14.0.7, app v4.18.2, build 20261123.4", keep: ["2.14.0.7", "v4.18.2", "20261123.4"] },
  { text: "Costs 1,299.00 euro, was 1.499,00; 3 x 19.99 = 59.97", keep: ["1,299.00", "1.499,00", "59.97"] },
  {
    text: "run 550e8400-e29b-41d4-a716-446655440000 at 2026-11-23T18:35:15Z",
    keep: ["550e8400-e29b-41d4-a716-446655440000", "2026-11-23T18:35:15Z"],
  },
  { text: "unix time 1767225600, error 0x80070005, port 8443", keep: ["1767225600", "0x80070005", "8443"] },
  { text: "Ticket 4711 and ticket 4712, page 12-14, 09:30 on 05.01.2026", keep: ["4711", "4712", "12-14", "05.01.2026"] },
  { text: "box 30 x 40 x 50 cm, 1012 AB Amsterdam, 52.5200, 13.4050", keep: ["30 x 40 x 50", "52.5200, 13.4050"] },
  { text: "Amazon order 302-1234567-7654321, eBay 12-34567-89012", keep: ["302-1234567-7654321", "12-34567-89012"] },
  { text: "MAC 00:1B:44:11:3A:B7, router 192.168.178.1", keep: ["00:1B:44:11:3A:B7", "192.168.178.1"] },
  { text: "Order number 4111 1111 1111 1112, meter no. 1 ESY 1160 1234 5678", keep: ["4111 1111 1111 1112", "1160 1234 5678"] },
  {
    text: "VAT IDs ATU12345678, NL123456789B01, ESX1234567X, IT12345670785",
    keep: ["ATU12345678", "NL123456789B01", "ESX1234567X", "IT12345670785"],
  },
  { text: "Zeitraum 01.10.2026-31.10.2026, Vertragsnr. 2026 0815 4711", keep: ["01.10.2026-31.10.2026", "2026 0815 4711"] },
  { text: "Kontonr. 0532013000 BLZ 37040044, Beleg 020/2026/0017", keep: ["020/2026/0017"] },
];
