// How a decision ends: by the first model, by the next one, by a person where none could, or with the word that nobody answered. And what stays on record of it.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { type CircuitPort, circuitOpen } from "../../../src/engine/circuit.ts";
import type { ProviderCard } from "../../../src/governance/data-flow.ts";
import type { Model, ModelFailure, ModelRequest, ModelResult } from "../../../src/inference/model.ts";
import { type Body, type LedgerScenario, ledgerWorld, sure } from "./ledger-world.ts";

const card: ProviderCard = {
  provider: "test",
  host: "model.example",
  dpaSignedOn: "2025-06-01",
  dpaExpires: "2026-06-30",
  region: "eu",
  zeroRetention: true,
};
const remote = { host: "model.example", card };

const no = (code: ModelFailure["code"], more: Partial<ModelFailure> = {}): ModelResult => ({
  ok: false,
  error: { code, message: `it is ${code}`, ...more },
});
const unsure = (verdict = "yes"): ModelResult => {
  const { decision } = sure(0) as Extract<ModelResult, { ok: true }>;
  return { ok: true, decision: { ...decision, value: { verdict }, source: "none", costUsd: 0.5 } };
};

/** A second model, which says these things and then is sure. */
function second(says: ModelResult[] = [], more: Partial<Model> = {}): Model & { readonly asked: ModelRequest[] } {
  const asked: ModelRequest[] = [];
  return {
    id: "second",
    provider: "test",
    host: "model.example",
    label: "Second",
    asked,
    decide: async (request) => {
      asked.push(request);
      return says.shift() ?? { ...sure(0.8) };
    },
    ...more,
  };
}

const judge: Body = ({ mind }) => mind.decide("judge", { instruction: "Is it ours?", input: { "note.text": "x" } });
const yes = ({ digest }: { digest: string }) => ({ kind: "edited", digest, values: { verdict: "yes" } });
const nobody = () => expect.unreachable("no person is asked");
const run = async (scenario: LedgerScenario, body = judge) => {
  const world = ledgerWorld(body, scenario);
  const end = await world.engine.run();
  const [made] = world.engine.entries("decision.made");
  return { world, end, made };
};

describe("the next model", () => {
  it.each(["model.refused", "model.rejected", "model.not_trained"] as const)(
    "decides at once when the first fails with %s",
    async (code) => {
      const other = second();
      const { world, end, made } = await run({ remote, says: [no(code)], further: [other], answer: nobody });
      expect(end).toMatchObject({ state: { status: "completed", output: { confidence: 0.8 } } });
      expect([world.asked.length, other.asked.length]).toEqual([1, 1]);
      expect(made).toMatchObject({
        tried: [{ model: "scripted", provider: "test", host: "model.example", code, message: `it is ${code}` }],
      });
      expect(world.engine.entries("attempt.failed")).toEqual([]);
    },
  );

  it("decides once the first has failed for some seconds, and is asked under its own id", async () => {
    const other = second();
    const { world, end, made } = await run({ remote, says: Array.from({ length: 9 }, () => no("model.unavailable")), further: [other] });
    expect(end).toMatchObject({ state: { status: "completed" } });
    expect(world.asked).toHaveLength(3);
    expect(other.asked.map(({ modelId }) => modelId)).toEqual(["second"]);
    expect(world.engine.entries("attempt.failed")).toMatchObject([
      { attempt: 1, asked: "test model.example scripted" },
      { attempt: 2, asked: "test model.example scripted" },
    ]);
    expect(made).toMatchObject({ tried: [{ model: "scripted", code: "model.unavailable" }] });
  });

  it("is not waited for longer than some seconds when the first one names a time", async () => {
    const other = second();
    const { world, end } = await run({ remote, says: [no("model.rate_limited", { retryAfterMs: 600_000 })], further: [other] });
    expect(end).toMatchObject({ state: { status: "completed" } });
    expect(world.clock.now).toBe(world.event.time);
    expect(other.asked).toHaveLength(1);
  });

  it("has a card of its own: without an agreement it is sent nothing, and the one after it is asked", async () => {
    const [stranger, third] = [second([], { id: "stranger", host: "other.example" }), second([], { id: "third" })];
    const { end, made } = await run({ remote, says: [no("model.refused")], further: [stranger, third] });
    expect(end).toMatchObject({ state: { status: "completed" } });
    expect(stranger.asked).toEqual([]);
    expect(third.asked).toHaveLength(1);
    expect(made).toMatchObject({ tried: [{ code: "model.refused" }, { model: "stranger", code: "model.no_agreement" }] });
  });

  it("is not asked again after a crash once it has decided, and what was given up stays given up over a wait", async () => {
    const script = () => ({
      remote,
      says: [no("model.refused")],
      further: [second([no("model.unavailable"), no("model.unavailable")])],
    });
    const undisturbed = await run(script());
    expect(undisturbed.world.asked).toHaveLength(1);
    expect(undisturbed.made).toMatchObject({ tried: [{ model: "scripted", code: "model.refused" }] });
    for (let at = 1; at <= undisturbed.world.engine.boundaries; at++) {
      const { end, made } = await run({ ...script(), says: [no("model.refused"), no("model.refused")], stopAt: new Set([at]) });
      expect(end, `stopped at ${at}`).toEqual(undisturbed.end);
      expect(made, `stopped at ${at}`).toMatchObject({ tried: [{ model: "scripted" }] });
    }
  });

  it("follows the author's own patience with each model, and their end is theirs when all are through", async () => {
    const other = second(Array.from({ length: 9 }, () => no("model.unavailable")));
    const patient: Body = ({ mind }) => mind.decide("judge", { instruction: "?", input: { "note.text": "x" }, retry: { attempts: 2 } });
    const { world, end } = await run(
      { remote, says: Array.from({ length: 9 }, () => no("model.unavailable")), further: [other], answer: nobody },
      patient,
    );
    expect(end).toMatchObject({ state: { status: "failed", error: { code: "step.exhausted" } } });
    expect([world.asked.length, other.asked.length]).toEqual([2, 2]);
  });
});

describe("an invalid answer", () => {
  it("is asked for once more with what was wrong, and a valid one is taken", async () => {
    const { world, end, made } = await run({ remote, says: [no("model.invalid_output", { message: "verdict: invalid_value" })] });
    expect(end).toMatchObject({ state: { status: "completed", output: { value: { verdict: "yes" } } } });
    expect(world.asked.map(({ repair }) => repair)).toEqual([undefined, { issues: "verdict: invalid_value" }]);
    expect(made).toMatchObject({ tried: [{ model: "scripted", code: "model.invalid_output", repaired: true }] });
  });

  it("twice is not asked for again: the next model is", async () => {
    const other = second();
    const { world, made } = await run({ remote, says: [no("model.invalid_output"), no("model.invalid_output")], further: [other] });
    expect([world.asked.length, other.asked.length]).toEqual([2, 1]);
    expect(made).toMatchObject({ tried: [{ repaired: true }, { model: "scripted", code: "model.invalid_output" }] });
  });

  it("of a model in this process is not asked for again: it would say the same", async () => {
    const { world } = await run({ says: [no("model.invalid_output")], answer: yes });
    expect(world.asked).toHaveLength(1);
  });
});

describe("an open circuit", () => {
  const recipient = { provider: "test", host: "model.example" };
  const circuit = (open: boolean): CircuitPort & { readonly told: boolean[] } => {
    const told: boolean[] = [];
    return {
      told,
      mayAsk: async () => (open ? circuitOpen(recipient, Date.parse("2026-01-05T09:00:30Z"), Date.parse("2026-01-05T09:00:00Z")) : null),
      report: async (_, failed) => void told.push(failed),
    };
  };

  it("means the next model at once, and is shown among what was tried; a local model has none", async () => {
    const port = circuit(true);
    const local = second([], { local: true });
    const { world, made } = await run({ remote, circuit: port, further: [local] });
    expect([world.asked.length, local.asked.length]).toEqual([0, 1]);
    expect(made).toMatchObject({ tried: [{ model: "scripted", code: "model.circuit_open" }] });
    expect(port.told).toEqual([]);
  });

  it("of the only model is waited for", async () => {
    const { world, end } = await run({ remote, circuit: { ...circuit(true), mayAsk: openOnce() } });
    expect(end).toMatchObject({ state: { status: "completed" } });
    expect(world.clock.now - world.event.time).toBe(30_000);
  });

  it("is told of what the provider did, and of nothing else", async () => {
    const port = circuit(false);
    await run({ remote, circuit: port, says: [no("model.unavailable"), no("model.rate_limited"), no("model.refused")], answer: yes });
    expect(port.told).toEqual([true, true, false]);
  });

  function openOnce(): CircuitPort["mayAsk"] {
    let asked = 0;
    return async () =>
      asked++ === 0 ? circuitOpen(recipient, Date.parse("2026-01-05T09:00:30Z"), Date.parse("2026-01-05T09:00:00Z")) : null;
  }
});

describe("a person in the models' place", () => {
  const failed = { remote, says: [no("model.refused")], further: [second([no("model.rejected")])] };

  it("is asked with what was to be decided, its fields, and why no model could", async () => {
    const { world } = await run({ ...failed, answer: yes });
    const [asked] = world.engine.entries("approval.requested");
    expect(asked).toMatchObject({
      approval: {
        step: "judge",
        target: "a",
        values: {},
        reviewers: ["ada@example.com", "grace@example.com"],
        also: ["test, scripted: it is model.refused", "test, second: it is model.rejected"],
        answer: { decision: "judge", instruction: "Is it ours?", fields: { verdict: { enum: ["yes", "no"] } } },
      },
    });
  });

  it("decides: their answer is the decision, with their name and no confidence, and a replay asks nobody", async () => {
    const { world, end, made } = await run({ ...failed, further: [second([no("model.rejected")])], answer: yes });
    expect(end).toEqual({
      kind: "ended",
      state: {
        status: "completed",
        output: { decision: "judge", value: { verdict: "yes" }, confidence: 0, decidedBy: "ada@example.com" },
      },
    });
    expect(made).toMatchObject({
      by: "ada@example.com",
      decision: { value: { verdict: "yes" }, source: "person", costUsd: 0 },
      tried: [{ code: "model.refused" }, { code: "model.rejected" }],
    });
    expect(await world.again().run()).toEqual(end);
    expect(world.engine.entries("approval.requested")).toHaveLength(1);
  });

  it.each([
    ["a value that the schema does not list", { verdict: "perhaps" }, "verdict"],
    ["a field that the decision does not have", { verdict: "yes", note: "x" }, "note"],
    ["no value", {}, "verdict"],
  ])("is not believed with %s", async (_, values, field) => {
    const world = ledgerWorld(judge, { ...failed, further: [], answer: ({ digest }) => ({ kind: "edited", digest, values }) });
    await expect(world.engine.run()).rejects.toThrow(new RegExp(`refused: approval.edit_refused ${field}`));
  });

  it("cannot agree to an answer that nobody has given", async () => {
    const world = ledgerWorld(judge, { ...failed, further: [], answer: ({ digest }) => ({ kind: "approved", digest }) });
    await expect(world.engine.run()).rejects.toThrow(/give the answer/);
  });

  it("and a second one must agree to the same values where the spec says two", async () => {
    const review = { reviewers: ["ada@example.com", "grace@example.com"], approvals: 2, slaMinutes: 60, onExpiry: "reject" as const };
    const { made, end } = await run({
      ...failed,
      further: [],
      spec: { review },
      answer: ({ digest, values }, round) =>
        round === 1
          ? { kind: "edited", digest, values: { verdict: "no" }, by: "ada@example.com" }
          : { kind: "approved", digest, by: values.verdict === "no" ? "grace@example.com" : "nobody@example.com" },
    });
    expect(end).toMatchObject({ state: { output: { value: { verdict: "no" }, decidedBy: "grace@example.com" } } });
    expect(made).toMatchObject({ by: "grace@example.com", agreed: [{ by: "ada@example.com" }] });
  });

  it.each([
    [
      "says that something is missing",
      ({ digest }: { digest: string }) => ({ kind: "insufficient", digest, missing: "The invoice" }),
      "The invoice",
    ],
    ["does not want to", ({ digest }: { digest: string }) => ({ kind: "rejected", digest, reason: "Not mine" }), "Not mine"],
    ["says nothing in time", () => undefined, "within the time"],
  ])("who %s leaves the decision unanswered, which the author is told", async (_, answer, why) => {
    const catching: Body = (context) => judge(context).catch((error) => error.failure);
    const { end } = await run({ ...failed, further: [], answer }, catching);
    expect(end).toMatchObject({
      state: { status: "completed", output: { code: "decision.unanswered", message: expect.stringContaining(why) } },
    });
  });

  it("is asked once wherever the process stops, and the end is the same", async () => {
    const script = () => ({ ...failed, says: Array.from({ length: 9 }, () => no("model.refused")), further: [], answer: yes });
    const undisturbed = await run(script());
    for (let at = 1; at <= undisturbed.world.engine.boundaries; at++) {
      const { end, world } = await run({ ...script(), stopAt: new Set([at]) });
      expect(end, `stopped at ${at}`).toEqual(undisturbed.end);
      expect(world.engine.entries("approval.requested"), `stopped at ${at}`).toHaveLength(1);
    }
  });

  it("is not asked where nobody has said who may answer: the error is the author's, or an operator's", async () => {
    const unapproved = { spec: { version: 0, mode: "shadow" as const, actions: {} } };
    expect((await run({ ...unapproved, says: [no("model.refused")] })).end).toMatchObject({ state: { error: { code: "model.refused" } } });
    expect((await run({ ...unapproved, remote: { ...remote, card: null } })).end).toMatchObject({
      kind: "operator",
      on: { error: { code: "model.no_agreement" } },
    });
  });
});

describe("a write that rests on a person's answer", () => {
  const writes: Body = async ({ book, mind }) => {
    const judged = await mind.decide("judge", { instruction: "?", input: { "note.text": "x" } });
    return book.addLine("add", { text: judged.value.verdict }, { basedOn: judged });
  };
  const actions = { "ledger.addLine": { ask: "when_unsure" as const, fields: { text: {} } } };
  const answer: LedgerScenario["answer"] = (approval) =>
    Object.keys(approval.values).length > 0
      ? { kind: "approved", digest: approval.digest }
      : { kind: "edited", digest: approval.digest, values: { verdict: "no" } };

  it("is asked about, for they have not decided on exactly this change", async () => {
    const { world, end } = await run({ remote, says: [no("model.refused")], spec: { actions }, answer }, writes);
    expect(end).toMatchObject({ state: { output: { status: "applied", values: { text: "no" }, decidedBy: "ada@example.com" } } });
    expect(world.engine.entries("approval.requested")).toHaveLength(2);
    expect(world.engine.entries("effect.ruled")[0]).toMatchObject({ ruling: { outcome: "require_approval" } });
  });
});

describe("a model that gives no measure", () => {
  it("is asked several times where its score could reach the threshold, and the score is recorded with what it cost", async () => {
    const { world, made } = await run({ remote, says: [unsure(), unsure(), unsure()], spec: { thresholds: { judge: 0.6 } } });
    expect(world.asked.map(({ sample }) => sample)).toEqual([undefined, 2, 3]);
    expect(made).toMatchObject({
      decision: { source: "agreement", confidence: 0.875, samples: 3, costUsd: 1.5, usage: { promptTokens: 3, completionTokens: 3 } },
    });
  });

  it.each([
    ["the spec sets no threshold", {}],
    ["no number of answers could reach it", { judge: 0.95 }],
  ])("is asked once where %s", async (_, thresholds) => {
    const { world, made } = await run({ remote, says: [unsure()], spec: { thresholds } });
    expect(world.asked).toHaveLength(1);
    expect(made).toMatchObject({ decision: { source: "none", confidence: 0 } });
  });

  it("is asked once where the workflow says so", async () => {
    const { world } = await run({ remote, says: [unsure()], declares: { unsampled: ["judge"] } });
    expect(world.asked).toHaveLength(1);
  });

  it("is asked five times where a certificate sets the threshold, as when it was proved", async () => {
    const { world } = await run({
      remote,
      says: Array.from({ length: 5 }, () => unsure()),
      spec: { thresholds: { judge: { certificate: "c" } } },
    });
    expect(world.asked).toHaveLength(5);
  });

  it("and fails in a sample agrees with nothing", async () => {
    const { made } = await run({ remote, says: [unsure(), no("model.unavailable"), unsure()], spec: { thresholds: { judge: 0.3 } } });
    expect(made).toMatchObject({ decision: { confidence: 2.5 / 4, samples: 3 } });
  });
});

describe("a draft", () => {
  const draft = (text: string): ModelResult => {
    const { decision } = sure() as Extract<ModelResult, { ok: true }>;
    return { ok: true, decision: { ...decision, value: { text } } };
  };
  const declares = { drafts: ["reply"], decisions: { judge: z.object({ verdict: z.enum(["yes", "no"]) }) } };
  const writes =
    (basedOn: boolean, change = (text: string) => text): Body =>
    async ({ book, mind }) => {
      const reply = await mind.draft("reply" as never, { instruction: "Thank them", input: { "note.text": "x" } });
      return { reply, written: await book.addLine("say", { text: change(reply.value) }, basedOn ? { basedOn: reply } : {}) };
    };
  const ask = (fields: object) => ({ actions: { "ledger.addLine": { ask: "never" as const, fields: { text: fields } } } });

  it("is a text without a confidence, whatever the model gives", async () => {
    const { end, made } = await run({ says: [draft("Thank you")], declares, spec: ask({ maxLength: 100 }) }, writes(true));
    expect(end).toMatchObject({
      state: {
        output: { reply: { decision: "reply", value: "Thank you", confidence: 0 }, written: { status: "applied", decidedBy: null } },
      },
    });
    expect(made).toMatchObject({ decision: { value: { text: "Thank you" }, source: "none", confidence: 0, fields: {} } });
  });

  it.each([
    ["its field has no rule of its own", ask({}), writes(true)],
    ["its field has none, and the write does not say what it rests on", ask({}), writes(false, (text) => `Dear Jo,\n${text} Yours`)],
    [
      "the action is one that may ask",
      { actions: { "ledger.addLine": { ask: "when_unsure" as const, fields: { text: { maxLength: 100 } } } }, thresholds: { reply: 0 } },
      writes(true),
    ],
  ])("is asked about before it is written when %s", async (_, spec, body) => {
    const { world, end } = await run({ says: [draft("Thank you")], declares, spec }, body);
    expect(end).toMatchObject({ state: { output: { written: { status: "refused", because: "expired" } } } });
    expect(world.engine.entries("effect.ruled")).toMatchObject([{ ruling: { outcome: "require_approval", rule: "draft" } }]);
  });

  it("is a person's where no model can write it", async () => {
    const { end } = await run(
      { says: [no("model.rejected")], declares, answer: ({ digest }) => ({ kind: "edited", digest, values: { text: "Hello" } }) },
      writes(true),
    );
    expect(end).toMatchObject({
      state: { output: { reply: { value: "Hello", decidedBy: "ada@example.com" }, written: { status: "applied" } } },
    });
  });

  it("must be declared", async () => {
    const { end } = await run({}, writes(true));
    expect(end).toMatchObject({ state: { error: { code: "workflow.undeclared" } } });
  });
});
