import { describe, expect, it } from "vitest";
import { InterlockError } from "../../../src/core/errors.ts";
import { type Stored, storeEvent } from "../../../src/ingress/admit.ts";

/** A step that the test finishes by hand. */
function step() {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const calls = { count: 0 };
  const act = () => {
    calls.count++;
    return promise;
  };
  return { act, calls, resolve, reject };
}

const settled = async () => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
};

function storing() {
  const send = step();
  const admit = step();
  const timers: { ms: number; expire: () => void; cancelled: boolean }[] = [];
  const timer = (ms: number) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const entry = { ms, expire: resolve, cancelled: false };
    timers.push(entry);
    return {
      expired: promise,
      cancel: () => {
        entry.cancelled = true;
      },
    };
  };
  const outcome: { value: Stored | null } = { value: null };
  const done = storeEvent({ send: send.act, admit: admit.act, timeoutMs: 2000, timer }).then((value) => {
    outcome.value = value;
    return value;
  });
  return { send, admit, timers, outcome, done };
}

describe("storeEvent", () => {
  it("says nothing until the send has resolved, then queued, and admits nothing", async () => {
    const { send, admit, outcome, done, timers } = storing();
    await settled();
    expect(outcome.value).toBeNull();
    send.resolve();
    expect(await done).toEqual({ kind: "queued" });
    expect(timers[0]?.cancelled).toBe(true);
    expect(admit.calls.count).toBe(0);
    expect(timers[0]?.ms).toBe(2000);
  });

  it("admits directly when the send fails", async () => {
    const { send, admit, outcome, done } = storing();
    send.reject(new Error("queue down"));
    await settled();
    expect(admit.calls.count).toBe(1);
    expect(outcome.value).toBeNull();
    admit.resolve();
    expect(await done).toEqual({ kind: "admitted", because: "send_failed" });
  });

  it("admits directly when the send hangs, and swallows its late rejection", async () => {
    const { send, admit, timers, done } = storing();
    await settled();
    timers[0]?.expire();
    await settled();
    admit.resolve();
    expect(await done).toEqual({ kind: "admitted", because: "send_hung" });
    send.reject(new Error("late"));
    await settled();
  });

  it("is unavailable when both fail, with both errors", async () => {
    const { send, admit, done } = storing();
    send.reject(new Error("queue down"));
    admit.reject(new InterlockError("partition.count_changed", "16 became 8"));
    expect(await done).toEqual({
      kind: "unavailable",
      errors: [
        { code: "ingress.unavailable", message: "queue down" },
        { code: "partition.count_changed", message: "16 became 8" },
      ],
    });
  });

  it("is unavailable when both hang, instead of holding the sender", async () => {
    const { timers, done } = storing();
    await settled();
    timers[0]?.expire();
    await settled();
    timers[1]?.expire();
    expect(await done).toEqual({
      kind: "unavailable",
      errors: [
        { code: "ingress.unavailable", message: "The queue did not answer in 2000 ms" },
        { code: "ingress.unavailable", message: "The partition did not answer in 2000 ms" },
      ],
    });
  });

  it("counts a send that arrives while the admission fails", async () => {
    const { send, admit, timers, done } = storing();
    await settled();
    timers[0]?.expire();
    await settled();
    send.resolve();
    await settled();
    admit.reject(new Error("no partition"));
    expect(await done).toEqual({ kind: "queued" });
  });

  it("treats a step that throws at once as one that failed", async () => {
    const boom = () => {
      throw new Error("not bound");
    };
    const never = () => ({ expired: new Promise<void>(() => {}), cancel: () => {} });
    expect(await storeEvent({ send: boom, admit: async () => {}, timeoutMs: 2000, timer: never })).toEqual({
      kind: "admitted",
      because: "send_failed",
    });
  });
});
