// What reaches a model: only declared elements, redacted before they leave, never a secret; and what a run does when the model cannot answer.
import { describe, expect, it } from "vitest";
import { MAX_ATTEMPTS } from "../../../src/engine/retry.ts";
import type { ModelFailure } from "../../../src/inference/model.ts";
import { type Body, ledgerWorld, sure } from "./ledger-world.ts";
import { triageWorld } from "./triage-world.ts";

const ask =
  (input: Record<string, string | undefined>): Body =>
  ({ mind }) =>
    mind.decide("judge", { instruction: "Is it ours?", input });

const TEXT = "Write to jo.doe@example.com or call +49 30 1234567; the card is 4111 1111 1111 1111, the order 48213.";

describe("what a model is sent", () => {
  it("is redacted before it leaves, as each element's declaration says", async () => {
    const world = ledgerWorld(ask({ "note.text": TEXT, "note.title": TEXT }));
    await world.engine.run();
    expect(world.asked).toHaveLength(1);
    expect(world.asked[0]?.input).toEqual({
      "note.text": "Write to [EMAIL_1] or call [PHONE_1]; the card is [CARD_1], the order 48213.",
      "note.title": TEXT,
    });
  });

  it("holds nothing of the run but the declared elements, the instruction and the decision's name", async () => {
    const world = ledgerWorld(ask({ "note.text": "x" }));
    await world.engine.run();
    const [{ schema: _, ...request }] = world.asked as [(typeof world.asked)[number]];
    expect(request).toEqual({
      decision: "judge",
      instruction: "Is it ours?",
      input: { "note.text": "x" },
      schemaName: "judge",
      modelId: "scripted",
    });
  });

  it("never holds a secret, and the journal says that it was not sent", async () => {
    const world = ledgerWorld(ask({ "note.text": "x", "note.password": "hunter2" }));
    await world.engine.run();
    expect(world.asked[0]?.input).toEqual({ "note.text": "x" });
    expect(JSON.stringify(world.asked)).not.toContain("hunter2");
    expect(world.engine.entries("decision.made")).toMatchObject([{ notSent: ["note.password"] }]);
  });

  it("leaves out an element that this record does not have", async () => {
    const world = ledgerWorld(ask({ "note.text": "x", "note.title": undefined }));
    await world.engine.run();
    expect(world.asked[0]?.input).toEqual({ "note.text": "x" });
  });

  it.each(["note.author", "toString", "__proto__"])(
    "never holds an element that is not declared: %s is named, and nothing is asked",
    async (element) => {
      const world = ledgerWorld(
        ask(
          Object.fromEntries([
            ["note.text", "x"],
            [element, "y"],
          ]),
        ),
      );
      const end = await world.engine.run();
      expect(end).toMatchObject({ state: { status: "failed", error: { code: "workflow.undeclared", field: element } } });
      expect(JSON.stringify(end)).toContain(element);
      expect(world.asked).toEqual([]);
    },
  );

  it("is nothing for a decision that is not declared", async () => {
    const world = ledgerWorld(({ mind }) => mind.decide("guess" as never, { instruction: "?", input: { "note.text": "x" } }));
    expect(await world.engine.run()).toMatchObject({ state: { status: "failed", error: { code: "workflow.undeclared" } } });
    expect(world.asked).toEqual([]);
  });

  it("is redacted in ticket triage", async () => {
    const world = triageWorld();
    const ticket = world.zendesk.tickets.get(world.id);
    if (ticket) ticket.description = TEXT;
    const seen: string[] = [];
    const { decide } = world.model;
    world.model.decide = (request, now) => {
      seen.push(...Object.values(request.input));
      return decide(request, now);
    };
    await world.engine.run();
    expect(seen.join()).not.toMatch(/example\.com|4111|1234567/);
    expect(seen.join()).toContain("[EMAIL_1]");
  });
});

describe("a model's answer", () => {
  const based: Body = async ({ book, mind }) => {
    const judged = await mind.decide("judge", { instruction: "?", input: { "note.text": "x" } });
    return book.addLine("add", { text: judged.value.verdict }, { basedOn: judged });
  };
  const whenUnsure = { actions: { "ledger.addLine": { ask: "when_unsure" as const, fields: { text: {} } } } };

  it("is asked once and kept: a replay gets the same one", async () => {
    const world = ledgerWorld(based);
    await world.engine.run();
    await world.again().run();
    expect(world.asked).toHaveLength(1);
  });

  it("at its threshold is acted on, and just below it a person is asked", async () => {
    const at = ledgerWorld(based, { spec: whenUnsure, says: [sure(0.6)], answer: () => expect.unreachable("sure enough") });
    expect(await at.engine.run()).toMatchObject({ state: { output: { status: "applied", decidedBy: null } } });
    const below = ledgerWorld(based, { spec: whenUnsure, says: [sure(0.599999)], answer: ({ digest }) => ({ kind: "approved", digest }) });
    expect(await below.engine.run()).toMatchObject({ state: { output: { status: "applied", decidedBy: "ada@example.com" } } });
  });
});

describe("a model that cannot answer", () => {
  const no = (code: ModelFailure["code"], retryAfterMs?: number) => ({
    ok: false as const,
    error: { code, message: "no answer", ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
  });

  it.each(["model.unavailable", "model.not_trained", "model.rate_limited"] as const)("for now (%s) is asked again", async (dotted) => {
    const world = ledgerWorld(ask({ "note.text": "x" }), { says: [no(dotted), no(dotted)] });
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed", output: { value: { verdict: "yes" } } } });
    expect(world.asked).toHaveLength(3);
    expect(world.engine.entries("attempt.failed")).toMatchObject([{ error: { code: dotted } }, { error: { code: dotted } }]);
  });

  it("and names a time is not asked before it", async () => {
    const world = ledgerWorld(ask({ "note.text": "x" }), { says: [no("model.rate_limited", 30_000)] });
    const began = world.clock.now;
    await world.engine.run();
    expect(world.clock.now - began).toBe(30_000);
  });

  it.each([
    ["for good (refused)", "model.refused", 1],
    ["for good (rejected)", "model.rejected", 1],
    ["for good (not what was asked for)", "model.invalid_output", 1],
    ["for too long", "model.unavailable", MAX_ATTEMPTS],
  ] as const)("%s is not asked again, and a person is", async (_, dotted, times) => {
    const world = ledgerWorld(ask({ "note.text": "x" }), {
      says: Array.from({ length: times }, () => no(dotted)),
      answer: ({ digest }) => ({ kind: "edited", digest, values: { verdict: "no" } }),
    });
    expect(await world.engine.run()).toMatchObject({ state: { output: { value: { verdict: "no" }, decidedBy: "ada@example.com" } } });
    expect(world.asked).toHaveLength(times);
  });
});
