// Writes on a model's decision, under a spec whose threshold is proved by a certificate, on the real engine: what is written without a person, and what is asked and why.
import { describe, expect, it } from "vitest";
import type { Certificate } from "../../../src/governance/certificate.ts";
import type { OnRecord } from "../../../src/governance/on-record.ts";
import type { GovernanceSpec } from "../../../src/governance/spec.ts";
import type { ModelDecision, ModelResult } from "../../../src/inference/model.ts";
import { type Body, type LedgerScenario, ledgerWorld, sure } from "./ledger-world.ts";

const said = (confidence: number, more: Partial<ModelDecision> = {}): ModelResult => {
  const result = sure(confidence);
  if (!result.ok) throw new Error("sure() is an answer");
  return { ok: true, decision: { ...result.decision, fields: { verdict: { confidence, alternatives: [] } }, ...more } };
};

const CERTIFICATE: Certificate = {
  id: "crt_1",
  workflow: "bookkeeping",
  decision: "judge",
  fields: ["verdict"],
  threshold: 0.8,
  limit: 0.05,
  confidence: 0.95,
  records: 400,
  accepted: 158,
  errors: 3,
  upper: 0.0483,
  report: { id: "val_1", digest: "d".repeat(64) },
  provider: "test",
  model: "scripted",
  source: "logprobs",
  basis: { prompt: "prompt", schema: "schema" },
  issuedAt: 1,
};
const PROVED: Partial<GovernanceSpec> = {
  thresholds: { judge: { certificate: "crt_1" } },
  actions: { "ledger.addLine": { ask: "when_unsure", fields: { text: {} } } },
};
const RECORD: OnRecord = { certificates: [CERTIFICATE], breaker: null };

const based: Body = async ({ book, mind }) => {
  const judged = await mind.decide("judge", { instruction: "?", input: { "note.text": "x" } });
  return book.addLine("add", { text: judged.value.verdict }, { basedOn: judged });
};

/** How the write was ruled on: the rule before anybody decided. */
async function ruled(scenario: LedgerScenario, body: Body = based) {
  const world = ledgerWorld(body, {
    spec: PROVED,
    onRecord: async () => RECORD,
    answer: ({ digest }) => ({ kind: "approved", digest }),
    ...scenario,
  });
  const end = await world.engine.run();
  const [first] = world.engine.entries("effect.ruled");
  if (first?.type !== "effect.ruled") throw new Error(`nothing was ruled on: ${JSON.stringify(end)}`);
  return {
    world,
    rule: first.ruling.rule,
    reason: first.ruling.reason,
    entry: first,
    asked: world.engine.entries("approval.requested").length,
  };
}

describe("a write on a decision under a certificate", () => {
  it("is made without a person from the proved threshold on, and its record says by which proof", async () => {
    const { world, rule, reason, asked } = await ruled({ says: [said(0.8)] });
    expect([rule, asked]).toEqual(["confidence_proved", 0]);
    expect(reason).toContain("certificate crt_1 proves that at most 5.0 % of such answers are wrong, with 95.0 % confidence");
    expect(world.ledger.lines).toHaveLength(1);
    const [intended] = world.engine.entries("effect.intended");
    expect(intended?.type === "effect.intended" && intended.basedOn).toEqual({
      name: "judge",
      value: { verdict: "yes" },
      confidence: 0.8,
      fields: { verdict: 0.8 },
      source: "logprobs",
      basis: { prompt: "prompt", schema: "schema" },
      provider: "test",
      model: "scripted",
    });
  });

  it.each<[string, LedgerScenario, string, string]>([
    ["below the proved threshold", { says: [said(0.799)] }, "confidence_below", "only 79.9 % sure"],
    [
      "where no certificate is on record",
      { onRecord: async () => ({ certificates: [], breaker: null }) },
      "certificate_unknown",
      "not on record",
    ],
    ["where the record cannot be read", { onRecord: async () => null }, "breaker_unknown", "could not be read"],
    [
      "where the certificate is another workflow's",
      { onRecord: async () => ({ certificates: [{ ...CERTIFICATE, workflow: "invoices" }], breaker: null }) },
      "certificate_unknown",
      "is about judge of invoices",
    ],
    ["by another model", { says: [said(1, { model: "scripted-2" })] }, "certificate_void", "the model is scripted-2"],
    ["by another provider", { says: [said(1, { provider: "else" })] }, "certificate_void", "the provider is else"],
    ["with another measure", { says: [said(1, { source: "agreement" })] }, "certificate_void", "confidence is measured"],
    [
      "to another prompt",
      { says: [said(1, { basis: { prompt: "other", schema: "schema" } })] },
      "certificate_void",
      "the prompt is another",
    ],
    [
      "by another schema",
      { says: [said(1, { basis: { prompt: "prompt", schema: "other" } })] },
      "certificate_void",
      "the schema of the answer is another",
    ],
    ["without any measure", { says: [said(0, { source: "none", fields: {} })] }, "confidence_unmeasured", "Nothing measures"],
    [
      "whose breaker is open",
      { onRecord: async () => ({ ...RECORD, breaker: { openedAt: 1, reason: "9 of 60 were wrong" } }) },
      "breaker_open",
      "9 of 60 were wrong",
    ],
  ])("is asked %s", async (_, scenario, rule, because) => {
    const run = await ruled({ says: [said(0.95)], ...scenario });
    expect([run.rule, run.asked]).toEqual([rule, 1]);
    expect(run.reason).toContain(because);
    expect(run.world.ledger.lines).toHaveLength(1);
  });

  it("asks what is on record by the workflow and the spec's certificates, and not again once a person has decided", async () => {
    const reads: unknown[] = [];
    const onRecord = async (...asked: unknown[]) => {
      reads.push(asked);
      return RECORD;
    };
    const { world } = await ruled({ says: [said(0.5)], onRecord });
    expect(reads).toEqual([["bookkeeping", ["crt_1"]]]);
    expect(world.engine.entries("effect.ruled")).toHaveLength(2);
  });

  it("keeps an open breaker in its record", async () => {
    const breaker = { openedAt: 1, reason: "9 of 60 were wrong" };
    const { entry } = await ruled({ says: [said(0.95)], onRecord: async () => ({ ...RECORD, breaker }) });
    expect(entry.type === "effect.ruled" && entry.breaker).toEqual(breaker);
  });
});

describe("an answer that the workflow's code has made up or changed", () => {
  const spec = { ...PROVED, thresholds: { judge: 0.1 } };

  it.each<[string, Body]>([
    [
      "made up",
      ({ book }) => book.addLine("add", { text: "yes" }, { basedOn: { decision: "judge", value: { verdict: "yes" }, confidence: 1 } }),
    ],
    [
      "given another value",
      async ({ book, mind }) => {
        const judged = await mind.decide("judge", { instruction: "?", input: { "note.text": "x" } });
        return book.addLine("add", { text: "no" }, { basedOn: { ...judged, value: { verdict: "no" } } });
      },
    ],
    [
      "said to be surer",
      async ({ book, mind }) => {
        const judged = await mind.decide("judge", { instruction: "?", input: { "note.text": "x" } });
        return book.addLine("add", { text: "yes" }, { basedOn: { ...judged, confidence: 1 } });
      },
    ],
  ])("reaches no threshold: %s", async (_, body) => {
    const { rule, asked } = await ruled({ spec, says: [said(0.95)] }, body);
    expect([rule, asked]).toEqual(["confidence_unmeasured", 1]);
  });

  it("is not what the second of two decisions of one name is", async () => {
    const { rule } = await ruled({ spec, says: [said(0.05), said(0.95)] }, async ({ book, mind }) => {
      await mind.decide("judge", { instruction: "?", input: { "note.text": "x" } });
      const judged = await mind.decide("judge", { instruction: "!", input: { "note.text": "x" } });
      return book.addLine("add", { text: "yes" }, { basedOn: judged });
    });
    expect(rule).toBe("confidence_reached");
  });
});

describe("a run from before it was recorded what a decision rests on", () => {
  it("goes on from its journal, and is asked under a certificate", async () => {
    const world = ledgerWorld(based, {
      spec: PROVED,
      says: [said(0.95)],
      onRecord: async () => RECORD,
      answer: ({ digest }) => ({ kind: "approved", digest }),
    });
    await world.engine.run();
    const cut = world.engine.durable.findIndex(({ type }) => type === "effect.ruled");
    const again = world.again(based, cut);
    for (const entry of again.durable as { type: string; basedOn?: unknown; decision?: { basis?: unknown } }[]) {
      if (entry.type === "effect.intended") entry.basedOn = { name: "judge", value: { verdict: "yes" }, confidence: 0.95 };
      if (entry.type === "decision.made") delete entry.decision?.basis;
    }
    expect(await again.run()).toMatchObject({ state: { status: "completed" } });
    expect(again.entries("effect.ruled").map((entry) => entry.type === "effect.ruled" && entry.ruling.rule)).toEqual([
      "certificate_void",
      "person_decided",
    ]);
  });
});
