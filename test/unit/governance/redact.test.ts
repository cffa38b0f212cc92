// Typed personal data leaves a text and nothing else does; and no text, however it is made, costs more than its length.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { REDACTION_KINDS, Redactor, redact } from "../../../src/governance/redact.ts";

const all = (text: string): string => redact(text, REDACTION_KINDS);

describe("an e-mail address", () => {
  it.each([
    "jo@example.com",
    "Jo.Doe+tickets@mail.example.co.uk",
    "jo_doe%x-y@example-shop.example",
    "jürgen@müller.example",
    "用户@例子.测试",
    `${"a".repeat(64)}@example.com`,
  ])("is taken out: %s", (address) => {
    expect(redact(`Please write to ${address}, thanks.`, ["email"])).toBe("Please write to [EMAIL_1], thanks.");
  });

  it("is taken out at a sentence's end, in brackets, and each of several", () => {
    expect(redact("<jo@example.com>, mailto:jo@example.com. Or ann@example.com!", ["email"])).toBe(
      "<[EMAIL_1]>, mailto:[EMAIL_1]. Or [EMAIL_2]!",
    );
  });

  it.each(["@jo on the forum", "5 @ 3 euro", "jo@home", "a@b"])("is not seen in %j", (text) => {
    expect(redact(text, ["email"])).toBe(text);
  });
});

describe("a card number", () => {
  it.each([
    ["Visa", "4111111111111111"],
    ["Visa in groups", "4111 1111 1111 1111"],
    ["Visa with dashes", "4111-1111-1111-1111"],
    ["Mastercard", "5555 5555 5555 4444"],
    ["American Express", "3782 822463 10005"],
    ["Diners Club", "3056 930902 5904"],
    ["of 13 digits", "4222222222222"],
    ["of 19 digits", "6304 0000 0000 0000 000"],
  ])("is taken out: %s", (_, card) => {
    expect(redact(`Card ${card}.`, ["card"])).toBe("Card [CARD_1].");
  });

  it.each([
    ["its expiry date", "My card is 4111 1111 1111 1111 12/27", "My card is [CARD_1] 12/27"],
    ["its expiry date without a slash", "4111111111111111 1227", "[CARD_1] 1227"],
    ["its check number", "4111 1111 1111 1111 737", "[CARD_1] 737"],
    ["a number before it", "Order 12 4111 1111 1111 1111", "Order 12 [CARD_1]"],
    ["numbers on both sides", "2 4111 1111 1111 1111 12 27", "2 [CARD_1] 12 27"],
    ["another card", "4111 1111 1111 1111 5555 5555 5555 4444", "[CARD_1] [CARD_2]"],
  ])("is taken out beside %s", (_, text, expected) => {
    expect(redact(text, ["card"])).toBe(expected);
  });

  it.each([
    "Order 4111 1111 1111 1112 has not arrived",
    "Tracking number 1234567890123456",
    "Serial 0000111122223333444455556666",
    "IBAN DE89 3704 0044 0532 0130 00",
    "12 4 7 9 300 18",
  ])("is not seen in what fails the Luhn check or has another length: %s", (text) => {
    expect(redact(text, ["card"])).toBe(text);
  });
});

describe("a telephone number", () => {
  it.each([
    "+49 30 1234567",
    "+49 (0)30 1234567",
    "+49 (30) 123-4567",
    "+4915112345678",
    "+1 555 123 4567",
    "+1-555-123-4567",
    "+33 6 12 34 56 78",
    "+44 20 7946 0958",
    "030 1234567",
    "0170 1234567",
    "089/12345678",
    "020 7946 0958",
    "06 12 34 56 78",
    "06.12.34.56.78",
    "(555) 123-4567",
    "555-123-4567",
  ])("is taken out: %s", (number) => {
    expect(redact(`Call ${number} please`, ["phone"])).toBe("Call [PHONE_1] please");
  });

  it("leaves the number's neighbours alone", () => {
    expect(redact("Tel. 030 1234567, Fax 030 1234568; room 12", ["phone"])).toBe("Tel. [PHONE_1], Fax [PHONE_2]; room 12");
  });
});

describe("what is nobody's data", () => {
  it.each([
    "Order 48213 of 2026-01-05",
    "Order 77120943",
    "Ticket #100482",
    "Ticket 4711 and ticket 4712",
    "SKU AB-1234-XY",
    "SKU 8806095-300",
    "Invoice INV-2026-000123",
    "Invoice 2026/000123",
    "Version 10.15.7",
    "IP 192.168.178.21",
    "Costs 1,299.00 euro, was 1.499,00",
    "At 09:30 on 05.01.2026",
    "A box of 30 x 40 x 50 cm",
    "Postcode 01067 Dresden",
    "EAN 4006381333931 is not a card",
  ])("stays: %s", (text) => {
    expect(all(text)).toBe(text);
  });
});

describe("redaction", () => {
  it("does only what it is asked to", () => {
    const text = "jo@example.com, +49 30 1234567, 4111 1111 1111 1111";
    expect(redact(text, [])).toBe(text);
    expect(redact(text, ["email"])).toBe("[EMAIL_1], +49 30 1234567, 4111 1111 1111 1111");
    expect(redact(text, ["phone"])).toContain("[PHONE_1], 4111 1111 1111 1111");
    expect(redact(text, ["card"])).toBe("jo@example.com, +49 30 1234567, [CARD_1]");
  });

  it("takes a card for a card and not for a telephone number, in whatever order it is asked", () => {
    for (const kinds of [
      ["phone", "card"],
      ["card", "phone"],
    ] as const) {
      expect(redact("4111 1111 1111 1111", kinds)).toBe("[CARD_1]");
    }
  });

  it("changes nothing when it is done again", () => {
    const once = all("jo@example.com, +49 30 1234567, 4111 1111 1111 1111 12/27");
    expect(all(once)).toBe(once);
  });

  it("gives the same value the same token in all texts of a request, however it is written", () => {
    const redactor = new Redactor();
    const [subject, body] = [
      "From jo@example.com, DE89370400440532013000",
      "JO@example.com: DE89 3704 0044 0532 0130 00, ann@example.com",
    ].map((text) => redactor.mask(text, REDACTION_KINDS).text);
    expect(subject).toBe("From [EMAIL_1], [IBAN_1]");
    expect(body).toBe("[EMAIL_1]: [IBAN_1], [EMAIL_2]");
  });

  it("says how many of each kind it took out", () => {
    expect(new Redactor().mask("jo@example.com, ann@example.com, 4111111111111111", REDACTION_KINDS).removed).toEqual({
      email: 2,
      card: 1,
    });
  });

  it("leaves an empty text empty", () => {
    expect(all("")).toBe("");
  });
});

const SOURCES = ["redact", "scan", "find-contact", "find-account", "find-identity", "find-known"];

describe("a token", () => {
  it("is put back as what it stands for", () => {
    const redactor = new Redactor({ known: { person: ["Joanna Doe"] } });
    redactor.mask("Joanna Doe, jo@example.com", REDACTION_KINDS);
    expect(redactor.restore("Dear [PERSON_1], we write to [EMAIL_1].")).toEqual({
      text: "Dear Joanna Doe, we write to jo@example.com.",
      invented: [],
    });
  });

  it("that the model made up is left and named", () => {
    const redactor = new Redactor();
    redactor.mask("jo@example.com", REDACTION_KINDS);
    expect(redactor.restore("[EMAIL_2] and [IBAN_1]")).toEqual({ text: "[EMAIL_2] and [IBAN_1]", invented: ["[EMAIL_2]", "[IBAN_1]"] });
  });

  it("that the record held by itself stands for nothing: none of the same name is given out", () => {
    const text = "Send [EMAIL_1] what jo@example.com has";
    const redactor = new Redactor({ texts: [text] });
    expect(redactor.mask(text, REDACTION_KINDS).text).toBe("Send [EMAIL_1] what [EMAIL_2] has");
    expect(redactor.restore("[EMAIL_1] [EMAIL_2]")).toEqual({ text: "[EMAIL_1] jo@example.com", invented: ["[EMAIL_1]"] });
  });
});

describe("an adversarial text", () => {
  const seeds: [string, string][] = [
    ["letters without an end", "a"],
    ["addresses without a domain", "a@"],
    ["domains without an end", "a@a."],
    ["dots and letters", "a."],
    ["at signs", "@"],
    ["plus signs", "+1"],
    ["digits", "1"],
    ["digits and spaces", "1 "],
    ["digits and dashes", "4-"],
    ["digits and brackets", "(0)"],
    ["zeros", "0"],
    ["groups of four", "4111 "],
    ["half telephone numbers", "+49 ("],
    ["a telephone number's beginning", "030 "],
    ["letters of other scripts", "é"],
    ["beginnings of account numbers", "DE89 "],
    ["beginnings of account numbers without a gap", "DE89"],
    ["colons", "a:"],
    ["dots and digits", "1.1."],
    ["words of a cue", "tel "],
    ["born and dates", "born 1.1."],
    ["tokens", "[EMAIL_1]"],
    ["known names", "Doe "],
  ];

  /** Processor time, the best of several: how fast the machine is and what else it does cancels out in the ratio. One that is below `enough` is good enough. */
  function cost(text: string, enough = 0): number {
    let best = Number.POSITIVE_INFINITY;
    for (let run = 0; run < 4 && best >= enough; run++) {
      const before = process.cpuUsage();
      redact(text, REDACTION_KINDS, { person: ["Joanna Doe Doe"], phone: ["+49 30 1234567"] });
      const { user, system } = process.cpuUsage(before);
      best = Math.min(best, user + system);
    }
    return best;
  }

  it.each(seeds)("of %s costs in proportion to its length", (_, seed) => {
    const text = (length: number) => seed.repeat(Math.ceil(length / seed.length));
    cost(text(1_500));
    const short = Math.max(cost(text(1_500)), 1_000);
    // 16 times the length is 16 times the work; were it quadratic, it would be 256 times. What is too quick to be measured is quick enough.
    for (const times of [16, 64]) {
      const limit = short * times * 5;
      expect(cost(text(1_500 * times), limit), `${times} times the length`).toBeLessThan(limit);
    }
  });

  it("meets no pattern that could repeat without bound: each place of the text is tried a fixed number of times", () => {
    const source = SOURCES.map((name) => readFileSync(`src/governance/${name}.ts`, { encoding: "utf8" })).join("\n");
    const patterns = source.match(/(?<=[=(]\s*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\n])+\/[a-z]*/g) ?? [];
    expect(patterns.length).toBeGreaterThanOrEqual(30);
    // One class and nothing that would have to match beside it cannot go back and forth.
    for (const pattern of patterns.filter((one) => !/^\/(\\b)?(?:\\[dD]|\[[^\]]*\])\+?(\\b)?\/gu?$/.test(one))) {
      const quantifiers = pattern.replace(/\\./g, "x").replace(/\[[^\]]*\]/g, "x");
      expect(quantifiers, pattern).not.toMatch(/[*+](?!\w*$)|\{\d+,\}/);
    }
  });
});
