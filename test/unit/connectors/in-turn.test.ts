import { describe, expect, it } from "vitest";
import type { Http } from "../../../src/connectors/define.ts";
import { inTurn } from "../../../src/connectors/in-turn.ts";
import { type ErrorCode, failureOf, InterlockError } from "../../../src/core/errors.ts";

/** A door that fails so many times, and then answers. */
function doorOf(failures: number, code: ErrorCode, retryAfterMs: number) {
  let calls = 0;
  const http: Http = {
    send: async () => {
      calls += 1;
      if (calls <= failures) throw new InterlockError(code, "not now", { retryAfterMs });
      return { status: 200, headers: new Headers(), json: null, text: "" };
    },
    remember: (_key, _ttlMs, load) => load(),
    settings: {},
  };
  const pauses: number[] = [];
  const door = inTurn(http, async (ms) => {
    pauses.push(ms);
  });
  const send = () => door.send({ method: "GET", path: "/" });
  return { send, pauses, calls: () => calls };
}

describe("a door in turn", () => {
  it("waits as long as it is told for each call that we held back ourselves", async () => {
    const { send, pauses } = doorOf(3, "connector.held_back", 400);
    expect((await send()).status).toBe(200);
    expect(pauses).toEqual([400, 400, 400]);
  });

  it.each([
    ["the system itself asks to wait", "connector.rate_limited", 400],
    ["the turn is far away", "connector.held_back", 60_000],
    ["the call may have arrived", "connector.timeout", 0],
  ] as const)("does not ask again when %s", async (_why, code, ms) => {
    const { send, pauses, calls } = doorOf(1, code, ms);
    expect(await send().catch((thrown) => failureOf(thrown).code)).toBe(code);
    expect([pauses, calls()]).toEqual([[], 1]);
  });

  it("gives up when its turn never comes", async () => {
    const { send, calls } = doorOf(1_000, "connector.held_back", 400);
    expect(await send().catch((thrown) => failureOf(thrown).code)).toBe("connector.held_back");
    expect(calls()).toBe(10);
  });
});
