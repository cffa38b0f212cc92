// What leaves for a model is what was declared, treated as it was declared, to a provider with an agreement; and the exact text is looked at before it goes.
import { describe, expect, it } from "vitest";
import { decideSend, type FlowRow, forbiddenIn, type ProviderCard, prepare, treatmentOf } from "../../../src/governance/data-flow.ts";

const row = (element: string, more: Partial<FlowRow> = {}): FlowRow => ({ element, class: "personal", ...more });
const card: ProviderCard = {
  provider: "acme",
  host: "api.acme.example",
  dpaSignedOn: "2026-01-15",
  dpaExpires: "2026-12-31",
  region: "eu",
  zeroRetention: false,
};
const to = { provider: "acme", host: "api.acme.example" };
const at = (day: string): number => Date.parse(`${day}:00Z`);

describe("a treatment", () => {
  it("is what is declared; without one, what names something to take out is masked, and all else is sent", () => {
    expect(treatmentOf(row("a"))).toBe("send");
    expect(treatmentOf(row("a", { redact: ["email"] }))).toBe("mask");
    expect(treatmentOf(row("a", { redact: ["email"], treatment: "hash" }))).toBe("hash");
  });

  it("of a secret is no, whatever is declared", () => {
    expect(treatmentOf(row("a", { class: "secret", treatment: "send" }))).toBe("no");
  });
});

describe("what is prepared from a record", () => {
  const rows = [
    row("ticket.subject", { treatment: "send" }),
    row("ticket.body", { treatment: "mask", redact: ["email"] }),
    row("ticket.requester", { treatment: "hash" }),
    row("ticket.iban", { treatment: "no" }),
    row("ticket.missing"),
  ];
  const ticket = {
    subject: "Refund",
    body: "Joanna Doe, jo@example.com",
    requester: "joanna",
    iban: "DE89370400440532013000",
    tags: ["vip"],
    via: { channel: "mail", source: null },
  };
  const prepared = prepare(rows, { record: { ticket }, known: { person: ["Joanna Doe"] } }, "run-1");

  it("is the declared paths, each treated as declared", () => {
    expect(prepared.sent).toEqual({
      "ticket.subject": "Refund",
      "ticket.body": "[PERSON_1], [EMAIL_1]",
      "ticket.requester": expect.stringMatching(/^#[0-9a-f]{16}$/),
    });
    expect(prepared.treated).toEqual([
      { element: "ticket.subject", treatment: "send" },
      { element: "ticket.body", treatment: "mask", removed: { person: 1, email: 1 } },
      { element: "ticket.requester", treatment: "hash" },
    ]);
  });

  it("names every other field of the record as not sent", () => {
    expect(prepared.notSent).toEqual(["ticket.iban", "ticket.tags", "ticket.via.channel", "ticket.via.source"]);
  });

  it("forbids the values of treatment no", () => {
    expect(prepared.forbidden).toEqual([{ name: "ticket.iban", value: "DE89370400440532013000" }]);
  });

  it("hashes the same value alike within a request, and otherwise in another", () => {
    const hash = (salt: string) => prepare(rows, { record: { ticket } }, salt).sent["ticket.requester"];
    expect(hash("run-1")).toBe(prepared.sent["ticket.requester"]);
    expect(hash("run-2")).not.toBe(hash("run-1"));
  });

  it("reaches nothing that an object inherits", () => {
    expect(prepare([row("ticket.constructor.name")], { record: { ticket } }, "s").sent).toEqual({});
  });
});

describe("a provider", () => {
  const refusals: [string, ProviderCard | null, string, string][] = [
    ["without a card", null, "2026-06-01T12:00", "No provider card"],
    ["whose agreement is not signed", { ...card, dpaSignedOn: null }, "2026-06-01T12:00", "not signed"],
    ["whose agreement has no readable day", { ...card, dpaSignedOn: "soon" }, "2026-06-01T12:00", "not signed"],
    ["whose agreement begins tomorrow", card, "2026-01-14T23:59", "holds from 2026-01-15"],
    ["whose agreement has ended", card, "2027-01-01T00:00", "ended on 2026-12-31"],
    ["whose end cannot be read", { ...card, dpaExpires: "31.12.2026" }, "2026-06-01T12:00", "ended on"],
    ["at another host", { ...card, host: "api.other.example" }, "2026-06-01T12:00", "No provider card"],
  ];

  it.each(refusals)("%s is sent nothing", (_, known, day, why) => {
    expect(decideSend(to, known, at(day))).toContain(why);
  });

  it("is sent what is declared from the first day of its agreement to the end of the last, or without an end", () => {
    for (const day of ["2026-01-15T00:00", "2026-12-31T23:59"]) expect(decideSend(to, card, at(day))).toBeNull();
    expect(decideSend(to, { ...card, dpaExpires: null }, at("2099-01-01T00:00"))).toBeNull();
  });

  it("must meet what each element asks", () => {
    const now = at("2026-06-01T12:00");
    expect(decideSend(to, card, now, [{ regions: ["eu"] }])).toBeNull();
    expect(decideSend(to, card, now, [{ regions: ["ch"] }])).toContain("processes in eu");
    expect(decideSend(to, card, now, [{}, { zeroRetention: true }])).toContain("keeps requests");
  });
});

describe("the last look", () => {
  const forbidden = [{ name: "customer.iban", value: "DE89 3704 0044 0532 0130 00" }];
  const body = (text: string) => JSON.stringify({ messages: [{ content: `<input>\n${JSON.stringify({ text })}` }] });

  it.each([
    ["as it is", "pay to DE89 3704 0044 0532 0130 00 now"],
    ["without its spaces", "DE89370400440532013000"],
    ["in small letters", "de89 3704 0044 0532 0130 00"],
    ["with invisible characters", "DE89\u200b3704\u200b0044\u200b0532\u200b0130\u200b00"],
    ["in full-width characters", "ＤＥ８９370400440532013000"],
  ])("finds a value %s, and names the element and not the value", (_, text) => {
    expect(forbiddenIn(body(text), forbidden)).toBe("customer.iban");
  });

  it("sees through JSON inside JSON", () => {
    expect(forbiddenIn(body('pass "word"\n<x>'), [{ name: "s", value: 'pass "word"\n<x>' }])).toBe("s");
    expect(forbiddenIn(body("a <secret> b").replaceAll("<", "\\u003c"), [{ name: "s", value: "a <secret> b" }])).toBe("s");
  });

  it("finds nothing where nothing is, and takes no account of what is too short to mean anything", () => {
    expect(forbiddenIn(body("DE89 3704 0044 0532 0130 01"), forbidden)).toBeNull();
    expect(forbiddenIn(body("now"), [{ name: "x", value: "no" }])).toBeNull();
  });
});
