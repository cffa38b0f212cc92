// When a failed try is repeated: by the error's row in the table, with full jitter, no earlier than the other side asked, and not for ever.
import { describe, expect, it } from "vitest";
import { ERRORS, type ErrorCode, type Failure } from "../../../src/core/errors.ts";
import type { RetryPolicy } from "../../../src/engine/define.ts";
import {
  attemptsOf,
  computeBackoff,
  decideRetry,
  foldTries,
  MAX_ATTEMPTS,
  patienceOf,
  type RetryTerms,
} from "../../../src/engine/retry.ts";

const NOW = 1_000_000;
const failure = (code: ErrorCode, retryAfterMs?: number) => ({
  code,
  message: code,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

describe("a failed try", () => {
  const followed = { never: "give_up", signal: "give_up", operator: "operator", backoff: "retry", after: "retry" } as const;
  it.each(Object.keys(ERRORS) as ErrorCode[])("of %s is followed by what its row says", (code) => {
    expect(decideRetry(failure(code), 1, NOW, 0.5).kind).toBe(followed[ERRORS[code].retry]);
  });

  it("is repeated within full jitter: from at once to the doubled pause", () => {
    for (const [attempt, pause] of [
      [1, 500],
      [2, 1_000],
      [3, 2_000],
      [10, 256_000],
      [11, 300_000],
      [17, 300_000],
    ] as const) {
      expect(decideRetry(failure("connector.unavailable"), attempt, NOW, 0)).toEqual({ kind: "retry", at: NOW });
      expect(decideRetry(failure("connector.unavailable"), attempt, NOW, 0.5)).toEqual({ kind: "retry", at: NOW + pause / 2 });
      const latest = computeBackoff(attempt, 1 - Number.EPSILON);
      expect(latest).toBeLessThanOrEqual(pause);
      expect(latest).toBeGreaterThan(pause * 0.99);
    }
  });

  it("never waits longer than five minutes by its own choice, however often it failed", () => {
    for (const attempt of [20, 100, 10_000, Number.MAX_SAFE_INTEGER]) expect(computeBackoff(attempt, 0.999)).toBeLessThanOrEqual(300_000);
  });

  it("is not repeated before the time that the other side named", () => {
    expect(decideRetry(failure("connector.rate_limited", 7_000), 1, NOW, 0.5)).toEqual({ kind: "retry", at: NOW + 7_000 });
    expect(decideRetry(failure("connector.rate_limited", 7_000), 10, NOW, 0.5)).toEqual({ kind: "retry", at: NOW + 128_000 });
  });

  it("backs off when the other side asked to wait and named no time", () => {
    expect(decideRetry(failure("connector.rate_limited"), 1, NOW, 0.5)).toEqual({ kind: "retry", at: NOW + 250 });
  });

  it("takes a named time only from errors that are about waiting", () => {
    expect(decideRetry(failure("connector.unavailable", 60_000), 1, NOW, 0.5)).toEqual({ kind: "retry", at: NOW + 250 });
  });

  it("is handed to an operator once the tries are used up", () => {
    for (const code of ["connector.unavailable", "connector.rate_limited"] as const) {
      expect(decideRetry(failure(code), MAX_ATTEMPTS - 1, NOW, 0.5).kind).toBe("retry");
      expect(decideRetry(failure(code), MAX_ATTEMPTS, NOW, 0.5)).toEqual({ kind: "operator" });
    }
  });

  it("is none where we held the call back ourselves: it waits for its turn however often that takes", () => {
    const held = { code: "connector.held_back", message: "its rate limit is spent", retryAfterMs: 2_000 } as const;
    expect(decideRetry(held, MAX_ATTEMPTS, NOW, 0)).toEqual({ kind: "retry", at: NOW + 2_000 });
    const entry = (error: Failure) => ({
      type: "attempt.failed" as const,
      step: "s",
      args: "",
      during: "send" as const,
      attempt: 1,
      error,
      retryAt: 1,
      at: 1,
    });
    const entries = [entry(held), entry({ code: "connector.unavailable", message: "" }), entry(held), entry(held)];
    expect(foldTries(entries, ["send"])).toMatchObject({ failed: 1, last: held });
    expect(attemptsOf(entries)).toBe(1);
  });

  it("is tried for three quarters of an hour at most before a person is asked", () => {
    let longest = 0;
    for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt++) longest += computeBackoff(attempt, 1);
    expect(longest).toBeGreaterThan(40 * 60_000);
    expect(longest).toBeLessThan(45 * 60_000);
  });
});

describe("a failed try under an author's policy", () => {
  const under = (policy: RetryPolicy, more: Partial<RetryTerms> = {}): RetryTerms => ({
    patience: patienceOf("s", policy),
    began: NOW,
    ...more,
  });
  const unavailable = failure("connector.unavailable");

  it("is repeated with full jitter from the policy's first pause, doubling to its longest", () => {
    const terms = under({ baseMs: 100, capMs: 1_000 });
    for (const [attempt, pause] of [
      [1, 100],
      [2, 200],
      [4, 800],
      [5, 1_000],
      [17, 1_000],
    ] as const) {
      expect(decideRetry(unavailable, attempt, NOW, 0, terms)).toEqual({ kind: "retry", at: NOW });
      expect(decideRetry(unavailable, attempt, NOW, 0.5, terms)).toEqual({ kind: "retry", at: NOW + pause / 2 });
    }
  });

  it("is the last of as many as the policy allows", () => {
    expect(decideRetry(unavailable, 2, NOW, 0.5, under({ attempts: 3 })).kind).toBe("retry");
    expect(decideRetry(unavailable, 3, NOW, 0.5, under({ attempts: 3 }))).toEqual({ kind: "exhausted" });
    expect(decideRetry(unavailable, 1, NOW, 0.5, under({ attempts: 1 }))).toEqual({ kind: "exhausted" });
  });

  it("is not followed by one that would begin later than the policy allows after the first began", () => {
    const terms = under({ withinMs: 1_000, baseMs: 1_000 });
    expect(decideRetry(unavailable, 1, NOW + 500, 0.5, terms)).toEqual({ kind: "retry", at: NOW + 1_000 });
    expect(decideRetry(unavailable, 1, NOW + 501, 0.5, terms)).toEqual({ kind: "exhausted" });
  });

  it("is the last at once where the other side names a time beyond the policy's", () => {
    const terms = under({ withinMs: 10_000 });
    expect(decideRetry(failure("connector.rate_limited", 10_000), 1, NOW, 0.5, terms)).toEqual({ kind: "retry", at: NOW + 10_000 });
    expect(decideRetry(failure("connector.rate_limited", 10_001), 1, NOW, 0.5, terms)).toEqual({ kind: "exhausted" });
  });

  it("is never repeated before the time that the other side named, however short the policy's pauses", () => {
    const terms = under({ baseMs: 1, capMs: 1, attempts: 5 });
    expect(decideRetry(failure("model.rate_limited", 30_000), 1, NOW, 0.5, terms)).toEqual({ kind: "retry", at: NOW + 30_000 });
  });

  it("comes to an operator after the usual tries where the policy says only how long the pauses are", () => {
    expect(decideRetry(unavailable, MAX_ATTEMPTS - 1, NOW, 0.5, under({ baseMs: 10 })).kind).toBe("retry");
    expect(decideRetry(unavailable, MAX_ATTEMPTS, NOW, 0.5, under({ baseMs: 10 }))).toEqual({ kind: "operator" });
  });

  it("is repeated for all of the time that the policy names, however many tries that is", () => {
    const terms = under({ withinMs: 3_600_000, capMs: 1_000 });
    expect(decideRetry(unavailable, MAX_ATTEMPTS + 100, NOW + 3_000_000, 0.5, terms).kind).toBe("retry");
  });

  it.each(["connector.rejected", "model.refused", "workflow.threw"] as const)(
    "ends at once for an error that no repeat changes: %s",
    (code) => {
      expect(decideRetry(failure(code), 1, NOW, 0.5, under({ attempts: 9 }))).toEqual({ kind: "give_up" });
    },
  );

  it("waits for an operator where only one can help", () => {
    expect(decideRetry(failure("connector.unauthorised"), 9, NOW, 0.5, under({ attempts: 9 }))).toEqual({ kind: "operator" });
  });

  it("is repeated although its row says never, where its runner knows better", () => {
    expect(decideRetry(failure("workflow.threw"), 1, NOW, 0.5, under({ attempts: 2 }, { repeats: true })).kind).toBe("retry");
    expect(decideRetry(failure("workflow.threw"), 2, NOW, 0.5, under({ attempts: 2 }, { repeats: true }))).toEqual({ kind: "exhausted" });
  });
});

describe("a retry policy", () => {
  it.each<[unknown, string]>([
    [{ attempts: 0 }, "retry.attempts"],
    [{ attempts: 1.5 }, "retry.attempts"],
    [{ attempts: 1_001 }, "retry.attempts"],
    [{ attempts: "3" }, "retry.attempts"],
    [{ baseMs: 0 }, "retry.baseMs"],
    [{ capMs: Number.NaN }, "retry.capMs"],
    [{ baseMs: 1_000, capMs: 999 }, "retry.capMs"],
    [{ capMs: 100 }, "retry.capMs"],
    [{ withinMs: -1 }, "retry.withinMs"],
    [{ withinMs: Number.POSITIVE_INFINITY }, "retry.withinMs"],
    [{ tries: 3 }, "retry.tries"],
    ["3", "retry"],
  ])("%j is refused, and the error names the step and the field %s", (policy, field) => {
    let thrown: unknown = null;
    try {
      patienceOf("load", policy as RetryPolicy);
    } catch (error) {
      thrown = (error as { failure: unknown }).failure;
    }
    expect(thrown).toMatchObject({
      code: "workflow.retry_invalid",
      field,
      message: expect.stringContaining(`The step "load": ${field}: `),
    });
  });

  it("that says nothing is the engine's own", () => {
    expect(patienceOf("s", {})).toMatchObject({ attempts: MAX_ATTEMPTS, baseMs: 500, capMs: 300_000, endsWithAuthor: false });
    expect(patienceOf("s", undefined)).toMatchObject({ attempts: MAX_ATTEMPTS, endsWithAuthor: false, given: false });
  });

  it("with a first pause beyond the usual longest one is as it says", () => {
    expect(patienceOf("s", { baseMs: 600_000 })).toMatchObject({ baseMs: 600_000, capMs: 600_000 });
  });
});
