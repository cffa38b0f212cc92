// Which validations prove a threshold, and why others do not: facts and labelled records in, a proof or its refusal out.
import { describe, expect, it } from "vitest";
import { certifyThreshold } from "../../../src/validation/certify.ts";
import { decideCertificate } from "../../../src/validation/decide-certificate.ts";
import type { RecordAnswer, ValidatedRecord, ValidationFacts } from "../../../src/validation/record.ts";

const FACTS: ValidationFacts = {
  id: "val_1",
  workflow: "triage",
  workflowVersion: 3,
  decision: "triage",
  fields: ["team", "priority"],
  dataset: { name: "tickets.csv", digest: "d", rows: 400, rejected: 0 },
  specVersion: 2,
  currentThreshold: 0.6,
  limit: 0.05,
  confidence: 0.95,
  startedAt: 1,
  finishedAt: 2,
};

type Answered = Extract<RecordAnswer, { kind: "answered" }>;

const answered = (team: number, priority: number, more: Partial<Answered> = {}): Answered => ({
  kind: "answered",
  value: { team: "billing", priority: "low" },
  score: Math.min(team, priority),
  fields: { team: { confidence: team, alternatives: [] }, priority: { confidence: priority, alternatives: [] } },
  source: "logprobs",
  basis: { prompt: "p", schema: "s" },
  provider: "openai",
  model: "gpt-4.1-mini",
  costUsd: null,
  promptTokens: 1,
  completionTokens: 1,
  latencyMs: 1,
  ruling: null,
  ...more,
});
const RIGHT = { team: "billing", priority: "low" };

const record = (index: number, answer: RecordAnswer, expected: Record<string, string> = RIGHT): ValidatedRecord => ({
  id: `r${index}`,
  line: index + 2,
  input: {},
  expected,
  answer,
});

/** Surest first; every third of the less sure half is wrong. */
const records = Array.from({ length: 300 }, (_, index) =>
  record(index, answered(1 - index / 1000, 0.999), index > 150 && index % 3 === 0 ? { ...RIGHT, priority: "high" } : RIGHT),
);
const FAILED: RecordAnswer = { kind: "failed", code: "model.refused", message: "declined" };
const errorOf = (facts: ValidationFacts, given: readonly ValidatedRecord[]) => {
  const decided = decideCertificate(facts, given);
  return decided.ok ? null : [decided.error.code, decided.error.message];
};
const changed = (at: number, more: Partial<Answered>) =>
  records.map((one, index) => (index === at ? { ...one, answer: { ...(one.answer as Answered), ...more } } : one));

describe("a proof", () => {
  it("is what the exact test proves of the least sure labelled field, with everything that the answers share", () => {
    const scored = records.map(({ answer, expected }) => ({ score: (answer as Answered).score, correct: expected.priority === "low" }));
    const certification = certifyThreshold(scored, 0.05, 0.95);
    if (certification.kind !== "certified") throw new Error("the data of this test prove a threshold");
    const { threshold, accepted, errors, upper } = certification.certified;
    expect(accepted).toBeGreaterThan(100);
    expect(decideCertificate(FACTS, records)).toEqual({
      ok: true,
      value: {
        workflow: "triage",
        decision: "triage",
        fields: ["team", "priority"],
        threshold,
        limit: 0.05,
        confidence: 0.95,
        records: 300,
        accepted,
        errors,
        upper,
        provider: "openai",
        model: "gpt-4.1-mini",
        source: "logprobs",
        basis: { prompt: "p", schema: "s" },
      },
    });
  });

  it("counts answers that failed among all records, and never among those that were accepted", () => {
    const proof = decideCertificate(FACTS, records);
    const withFailed = decideCertificate(FACTS, [record(998, FAILED), ...records, record(999, FAILED)]);
    expect(proof.ok && withFailed.ok && withFailed.value).toEqual({ ...(proof.ok ? proof.value : {}), records: 302 });
  });

  it("is about the labelled fields alone", () => {
    const only = decideCertificate({ ...FACTS, fields: ["team"] }, records);
    expect(only).toMatchObject({ ok: true, value: { fields: ["team"], errors: 0, accepted: 300 } });
  });
});

describe("no proof comes", () => {
  it.each<[string, Partial<Answered>, string]>([
    ["several providers", { provider: "gemini" }, "by several providers (openai and gemini)"],
    ["several models", { model: "gpt-4.1" }, "by several models (gpt-4.1-mini and gpt-4.1)"],
    ["several measures of confidence", { source: "agreement" }, "with their confidence measured in several ways (logprobs and agreement)"],
    ["several prompts", { basis: { prompt: "q", schema: "s" } }, "to several prompts"],
    ["several schemas", { basis: { prompt: "p", schema: "t" } }, "by several schemas"],
  ])("of answers of %s", (_, more, said) => {
    expect(errorOf(FACTS, changed(7, more))).toEqual([
      "certificate.mixed",
      `The records were answered ${said}: a proof is about one. Run the validation again with one`,
    ]);
  });

  it.each(["none", "person"] as const)("of answers whose confidence is measured by %s", (source) => {
    const given = records.map((one) => ({ ...one, answer: { ...(one.answer as Answered), source } }));
    expect(errorOf(FACTS, given)).toEqual([
      "certificate.not_proved",
      "Nothing measures how sure these answers are: no threshold is about them",
    ]);
  });

  it("of a labelled field that an answer has no confidence of", () => {
    expect(errorOf(FACTS, changed(7, { fields: { team: { confidence: 1, alternatives: [] } } }))).toEqual([
      "certificate.not_proved",
      "Not every answer has a measured confidence of priority: no threshold is about it. Label the other fields only",
    ]);
  });

  it("where every answer failed, or there is none", () => {
    const none = ["certificate.not_proved", "No record was answered"];
    expect(errorOf(FACTS, [])).toEqual(none);
    expect(errorOf(FACTS, [record(1, FAILED)])).toEqual(none);
  });

  it("where there are too few answers, however many failed", () => {
    const failed = Array.from({ length: 200 }, (_, index) => record(1000 + index, FAILED));
    expect(errorOf(FACTS, [...records.slice(0, 92), ...failed])).toEqual([
      "certificate.not_proved",
      "Too few answered records for any proof: 93 are needed, 1 more than there are",
    ]);
  });

  it("where the surest are too often wrong, and says what was seen", () => {
    const wrong = records.map((one, index) => (index % 10 === 0 ? { ...one, expected: { ...RIGHT, team: "shipping" } } : one));
    const [code, message] = errorOf(FACTS, wrong) ?? [];
    expect(code).toBe("certificate.not_proved");
    expect(message).toMatch(
      /^No threshold is proved: 10 of the 93 surest answers are wrong, which may be up to \d+\.\d %, and at most 5\.0 % is wanted$/,
    );
  });
});
