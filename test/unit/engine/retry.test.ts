// When a failed try is repeated: by the error's row in the table, with full jitter, no earlier than the other side asked, and not for ever.
import { describe, expect, it } from "vitest";
import { ERRORS, type ErrorCode } from "../../../src/core/errors.ts";
import { computeBackoff, decideRetry, MAX_ATTEMPTS } from "../../../src/engine/retry.ts";

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

  it("is tried for three quarters of an hour at most before a person is asked", () => {
    let longest = 0;
    for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt++) longest += computeBackoff(attempt, 1);
    expect(longest).toBeGreaterThan(40 * 60_000);
    expect(longest).toBeLessThan(45 * 60_000);
  });
});
