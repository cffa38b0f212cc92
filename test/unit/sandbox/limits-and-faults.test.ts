// Counting: the rate window, the fault rules that count down, and the vendor's rules for repeating a webhook.
import { describe, expect, test } from "vitest";
import { type Attempt, attempt, noRetry, zendeskRetry } from "../../../sandbox/delivery.ts";
import { counted, FaultRule, takeFault } from "../../../sandbox/faults.ts";
import { RateWindow } from "../../../sandbox/rate-window.ts";

describe("rate window", () => {
  test("lets through as many as the limit, then says when the window ends", () => {
    const window = new RateWindow();
    expect(window.take(2, 60_000)).toEqual({ allowed: true, limit: 2, remaining: 1, reset: 60 });
    expect(window.take(2, 79_500)).toEqual({ allowed: true, limit: 2, remaining: 0, reset: 41 });
    expect(window.take(2, 79_600)).toEqual({ allowed: false, limit: 2, remaining: 0, reset: 41 });
  });

  test("starts again with the next minute", () => {
    const window = new RateWindow();
    window.take(1, 60_000);
    expect(window.take(1, 119_999).allowed).toBe(false);
    expect(window.take(1, 120_000).allowed).toBe(true);
  });
});

describe("fault rules", () => {
  const rule = (given: object) => FaultRule.parse({ system: "zendesk", kind: "500", ...given });
  const get = { system: "zendesk" as const, method: "GET", path: "/api/v2/tickets/1001" };

  test("a rule skips what `after` says, fires `times` times, and is then used up", () => {
    let rules = counted([rule({ times: 2, after: 1 })]);
    const fired = [1, 2, 3, 4].map(() => {
      const taken = takeFault(rules, get);
      rules = taken.rules;
      return taken.fault?.kind ?? null;
    });
    expect(fired).toEqual([null, "500", "500", null]);
    expect(rules[0]).toMatchObject({ left: 0, fired: 2, skip: 0 });
  });

  test.each([
    ["another system", { system: "slack" }, false],
    ["another method", { method: "put" }, false],
    ["the same method in lower case", { method: "get" }, true],
    ["the start of the path", { path: "/api/v2/tickets/100" }, true],
    ["another start", { path: "/api/v2/users" }, false],
    ["an expression that fits", { path: "tickets/\\d+$" }, true],
    ["an expression that does not", { path: "^tickets" }, false],
  ])("matches by system, method and path: %s", (_, given, fires) => {
    expect(takeFault(counted([rule(given)]), get).fault !== null).toBe(fires);
  });

  test("the first rule that is due fires; a later one waits", () => {
    const { rules, fault } = takeFault(counted([rule({ after: 1 }), rule({ kind: "429" }), rule({ kind: "401" })]), get);
    expect(fault?.kind).toBe("429");
    expect(rules.map(({ skip, fired }) => [skip, fired])).toEqual([
      [0, 0],
      [0, 1],
      [0, 0],
    ]);
  });

  test("a request that no rule matches leaves the list as it is", () => {
    const rules = counted([rule({ method: "DELETE" })]);
    expect(takeFault(rules, get).rules).toBe(rules);
  });

  test("a path that is no regular expression is refused", () => {
    expect(FaultRule.safeParse({ system: "slack", kind: "500", path: "(" }).success).toBe(false);
  });
});

describe("delivery", () => {
  const run = async (answers: Partial<Attempt>[]) => {
    const waits: number[] = [];
    let next = 0;
    const send = async () => ({ status: null, ...(answers[Math.min(next++, answers.length - 1)] ?? {}) });
    const attempts = await attempt(send, zendeskRetry(500), async (ms) => void waits.push(ms));
    return { tries: attempts.length, waits };
  };

  test.each([
    ["accepted", [{ status: 202 }], 1],
    ["a timeout: five more", [{ error: "timeout" as const }], 6],
    ["409: three more", [{ status: 409 }], 4],
    ["409, then accepted", [{ status: 409 }, { status: 200 }], 2],
    ["503 without Retry-After", [{ status: 503 }], 1],
    ["503 with a minute's Retry-After", [{ status: 503, retryAfter: 60 }], 1],
    ["429 with a short Retry-After", [{ status: 429, retryAfter: 2 }], 4],
    ["500", [{ status: 500 }], 1],
    ["401", [{ status: 401 }], 1],
    ["no connection", [{ error: "connection" as const }], 1],
  ])("is tried as often as Zendesk does: %s", async (_, answers, tries) => {
    expect((await run(answers)).tries).toBe(tries);
  });

  test("waits as long as Retry-After says", async () => {
    expect((await run([{ status: 503, retryAfter: 7 }, { status: 202 }])).waits).toEqual([7000]);
  });

  test("a button press is never repeated", () => {
    expect(noRetry([{ at: "", status: null, error: "timeout", ms: 3000 }])).toBeNull();
  });
});
