// The data flow where a run meets it: no agreement, no request; a forbidden value, no request; values put back where that is declared; and a text that points
// somewhere the record does not is asked about before it is written.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { ProviderCard } from "../../../src/governance/data-flow.ts";
import { type Body, type LedgerScenario, ledgerWorld, sure } from "./ledger-world.ts";

const card: ProviderCard = {
  provider: "test",
  host: "model.example",
  dpaSignedOn: "2025-06-01",
  dpaExpires: "2026-06-30",
  region: "eu",
  zeroRetention: true,
};
const note = {
  text: "Joanna Doe, jo@example.com, https://pics.example.com/1",
  title: "Broken",
  password: "hunter2-hunter2",
  colour: "red",
};
const judge =
  (more: object = {}): Body =>
  ({ mind }) =>
    mind.decide("judge", { instruction: "Is it ours?", record: { note }, ...more });

describe("a provider outside", () => {
  it.each([
    ["has no card", null],
    ["has no signed agreement", { ...card, dpaSignedOn: null }],
    ["has one that has ended", { ...card, dpaExpires: "2026-01-04" }],
    ["has one for another host", { ...card, host: "other.example" }],
  ])("is sent nothing when it %s: a person decides", async (_, known) => {
    const world = ledgerWorld(judge(), {
      remote: { host: "model.example", card: known },
      answer: ({ digest }) => ({ kind: "edited", digest, values: { verdict: "no" } }),
    });
    expect(await world.engine.run()).toMatchObject({ state: { output: { value: { verdict: "no" }, decidedBy: "ada@example.com" } } });
    expect(world.asked).toEqual([]);
    expect(world.engine.entries("decision.made")).toMatchObject([
      { notSent: ["note.password", "note.colour"], tried: [{ code: "model.no_agreement" }] },
    ]);
    expect(world.engine.entries("decision.made")[0]).not.toHaveProperty("sent");
  });

  it("is asked under an agreement that holds", async () => {
    const world = ledgerWorld(judge(), { remote: { host: "model.example", card } });
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed" } });
    expect(world.asked).toHaveLength(1);
  });
});

describe("a provider behind a gateway", () => {
  const place = { provider: "cloudflare", host: "gateway.example" };
  const own = { ...card, ...place };

  it.each([
    ["the gateway has none", card, null, "cloudflare (gateway.example)"],
    ["the gateway's has ended", card, { ...own, dpaExpires: "2026-01-04" }, "cloudflare"],
    ["the provider has none", null, own, "test (model.example)"],
  ])("is sent nothing where the one card holds and %s", async (_, known, atGateway, named) => {
    const world = ledgerWorld(judge(), {
      remote: { host: "model.example", card: known, gateway: { ...place, card: atGateway } },
      answer: ({ digest }) => ({ kind: "edited", digest, values: { verdict: "no" } }),
    });
    await world.engine.run();
    expect(world.asked).toEqual([]);
    expect(world.engine.entries("decision.made")).toMatchObject([
      { tried: [{ code: "model.no_agreement", message: expect.stringContaining(named) }] },
    ]);
  });

  it("is asked where both hold", async () => {
    const world = ledgerWorld(judge(), { remote: { host: "model.example", card, gateway: { ...place, card: own } } });
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed" } });
    expect(world.asked).toHaveLength(1);
  });
});

describe("a decision about a record", () => {
  it("is asked with the declared paths, and the journal says how each left and what did not", async () => {
    const world = ledgerWorld(judge({ known: { person: ["Joanna Doe"] } }));
    await world.engine.run();
    expect(world.asked[0]?.input).toEqual({ "note.text": "[PERSON_1], [EMAIL_1], https://pics.example.com/1", "note.title": "Broken" });
    expect(world.engine.entries("decision.made")).toMatchObject([
      {
        notSent: ["note.password", "note.colour"],
        input: { "note.text": "[PERSON_1], [EMAIL_1], https://pics.example.com/1", "note.title": "Broken" },
        sent: [
          { element: "note.text", treatment: "mask", removed: { person: 1, email: 1 } },
          { element: "note.title", treatment: "send" },
        ],
      },
    ]);
  });

  it.each([
    ["the instruction holds a secret element's value", { instruction: "The password is hunter2-hunter2" }, "note.password"],
    ["a text holds what must never leave", { never: ["pics.example.com"] }, "must never leave"],
  ])("is not asked when %s, and the value is not in the error", async (_, more, named) => {
    const world = ledgerWorld(judge(more));
    // A person is asked, and nobody answers.
    expect(await world.engine.run()).toMatchObject({ state: { status: "failed", error: { code: "decision.unanswered" } } });
    const asked = world.engine.entries("question.asked");
    expect(asked).toMatchObject([{ tried: [{ code: "model.forbidden_value", message: expect.stringContaining(named) }] }]);
    expect(JSON.stringify(asked)).not.toContain("hunter2");
    expect(world.asked).toEqual([]);
  });
});

describe("an answer in the model's own words", () => {
  const decisions = { judge: z.object({ verdict: z.enum(["yes", "no"]), reply: z.string(), note: z.string() }) };
  const says = (reply: string): Pick<LedgerScenario, "says"> => {
    const { decision } = sure() as Extract<ReturnType<typeof sure>, { ok: true }>;
    return { says: [{ ok: true, decision: { ...decision, value: { verdict: "yes", reply, note: "[EMAIL_1]" } } }] };
  };
  /** Reads, asks, and writes what the model said. */
  const writes: Body = async ({ book, mind }) => {
    await book.getRecord("load", { id: "a" });
    const answer = await mind.decide("judge", { instruction: "Answer it", record: { note } });
    const { reply } = answer.value as unknown as { reply: string };
    return { answer: answer.value, written: await book.addLine("say", { text: reply }, { basedOn: answer }) };
  };

  it("has values back in the declared fields only, and what the model made up is left and named", async () => {
    const world = ledgerWorld(judge(), {
      ...says("Dear [EMAIL_1] and [EMAIL_9]"),
      declares: { decisions, reinsert: { judge: ["reply"] } },
    });
    expect(await world.engine.run()).toMatchObject({
      state: { status: "completed", output: { value: { reply: "Dear jo@example.com and [EMAIL_9]", note: "[EMAIL_1]" } } },
    });
    expect(world.engine.entries("decision.made")).toMatchObject([{ invented: ["[EMAIL_9]"] }]);
  });

  it.each([
    ["a link", "See https://evil.example/pay"],
    ["an address", "Write to dsi@example.com"],
    ["an invented token", "Write to [EMAIL_9]"],
  ])("is asked about before it is written when it holds %s from nowhere, though the spec asks for nothing", async (_, reply) => {
    const world = ledgerWorld(writes, { ...says(reply), declares: { decisions } });
    // Nobody answers here, and the time to decide passes.
    expect(await world.engine.run()).toMatchObject({ state: { output: { written: { status: "refused", because: "expired" } } } });
    expect(world.engine.entries("effect.ruled")).toMatchObject([{ ruling: { outcome: "require_approval", rule: "tainted" } }]);
    expect(world.engine.entries("effect.sending")).toEqual([]);
  });

  it.each([
    ["nothing that points anywhere", "We look into it", {}],
    ["a link from the declared list", "See https://status.example.com/today", { mayWrite: ["https://status.example.com"] }],
  ])("is written when it holds %s", async (_, reply, more) => {
    const world = ledgerWorld(writes, { ...says(reply), declares: { decisions, ...more } });
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed", output: { written: { status: "applied" } } } });
  });
});
