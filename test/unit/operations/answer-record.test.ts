// What becomes of a record after a try: its answer, another try later, a failure that counts as asked, or a stop of the whole validation.
import { describe, expect, it } from "vitest";
import type { Rehearsed } from "../../../src/engine/rehearse.ts";
import { decideOutcome, MAX_TRIES } from "../../../src/operations/answer-record.ts";

const again = (code: "model.unavailable" | "model.invalid_output", afterMs = 0): Rehearsed => ({
  kind: "again",
  afterMs,
  error: { code, message: "m" },
});
const asked = (tries: number, othersAnswered = false) => ({ fields: ["team"], tries, othersAnswered });

describe("a record", () => {
  it("is as sure as the least sure of its labelled fields, and not at all where one has no measure", () => {
    const decision = {
      value: { team: "billing", urgent: true, amount: { total: "12" } },
      confidence: 0.2,
      fields: { team: { confidence: 0.8, alternatives: [] }, urgent: { confidence: 0.2, alternatives: [] } },
      source: "logprobs" as const,
      basis: { prompt: "p", schema: "s" },
      model: "m",
      provider: "p",
      usage: { promptTokens: 3, completionTokens: 1 },
      costUsd: null,
      latencyMs: 9,
    };
    const scoreOf = (fields: readonly string[]) => {
      const outcome = decideOutcome({ kind: "answered", decision, ruling: "allow" }, { fields, tries: 1, othersAnswered: false });
      return outcome.kind === "answer" && outcome.answer.kind === "answered"
        ? { value: outcome.answer.value, score: outcome.answer.score }
        : null;
    };
    expect(scoreOf(["team"])).toEqual({ value: { team: "billing" }, score: 0.8 });
    expect(scoreOf(["team", "urgent"])).toEqual({ value: { team: "billing", urgent: "true" }, score: 0.2 });
    expect(scoreOf(["team", "amount.total"])).toEqual({ value: { team: "billing", "amount.total": "12" }, score: 0 });
  });

  it("is tried again with growing pauses, or when the provider says so", () => {
    const pauses = [1, 2, 3, 7].map((tries) => decideOutcome(again("model.unavailable"), asked(tries)));
    expect(pauses.map((outcome) => outcome.kind === "again" && outcome.afterMs)).toEqual([1_000, 2_000, 4_000, 64_000]);
    expect(decideOutcome(again("model.unavailable", 90_000), asked(1))).toMatchObject({ afterMs: 90_000 });
  });

  it("that is tried often enough counts as failed; but an outage, in which no other gets through, stops all", () => {
    expect(decideOutcome(again("model.invalid_output"), asked(MAX_TRIES))).toMatchObject({ kind: "answer", answer: { kind: "failed" } });
    expect(decideOutcome(again("model.unavailable"), asked(MAX_TRIES, true))).toMatchObject({ kind: "answer", answer: { kind: "failed" } });
    expect(decideOutcome(again("model.unavailable"), asked(MAX_TRIES))).toMatchObject({
      kind: "stop",
      error: { code: "model.unavailable" },
    });
  });

  it("whose failure is everybody's stops all, and its own costs it alone", () => {
    const failed = (code: "model.no_agreement" | "model.refused"): Rehearsed => ({ kind: "failed", error: { code, message: "m" } });
    expect(decideOutcome(failed("model.no_agreement"), asked(1))).toMatchObject({ kind: "stop" });
    expect(decideOutcome(failed("model.refused"), asked(1))).toEqual({
      kind: "answer",
      answer: { kind: "failed", code: "model.refused", message: "m" },
    });
  });
});
