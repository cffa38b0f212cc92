// A write whose answer never came: found by its marker and not repeated, repeated only when its absence is proved, and otherwise put before a person.
import { describe, expect, it } from "vitest";
import { SETTLE_MS } from "../../../src/engine/effect-decision.ts";
import type { Entry } from "../../../src/engine/journal.ts";
import { MAX_ATTEMPTS } from "../../../src/engine/retry.ts";
import type { FaultKind } from "../connectors/faults.ts";
import { ledgerConnector } from "./ledger.ts";
import { type Body, ledgerWorld } from "./ledger-world.ts";

const set: Body = ({ book }) => book.setRecord("set", { id: "a", set: { owner: "ada" } });
const addLine: Body = ({ book }) => book.addLine("add", { text: "one" });
const pay: Body = ({ book }) => book.pay("pay", { text: "ten" });
const letter: Body = ({ book }) => book.sendLetter("send", { text: "Dear Sir" });

const types = (entries: readonly Entry[]) => entries.map(({ type }) => type);
const sendings = (entries: readonly Entry[]) => entries.filter(({ type }) => type === "effect.sending");
const applied = { kind: "ended", state: { status: "completed", output: { status: "applied" } } };

describe("a write under a key that was not answered, and whose repeat is turned away", () => {
  it("is not given up as unwritten by a cancellation: it is repeated until the system has said what became of it", async () => {
    const world: ReturnType<typeof ledgerWorld> = ledgerWorld(pay);
    world.ledger.fault("lost", "after");
    world.ledger.fault(429, "before", (request) => {
      const repeats = request.method === "POST" && world.ledger.payments.size === 1;
      if (repeats) world.engine.ask({ do: "cancel", compensate: false, reason: "" });
      return repeats;
    });
    expect(await world.engine.run()).toMatchObject({ kind: "ended", state: { status: "cancelled" } });
    expect(world.ledger.payments.size).toBe(1);
    expect(world.engine.entries("effect.applied")).toHaveLength(1);
    expect(world.engine.entries("effect.refused")).toEqual([]);
  });

  it("for good is for a person to find out, and fails no run", async () => {
    const world = ledgerWorld(pay);
    world.ledger.fault("lost", "after");
    const first = world.engine.run();
    world.ledger.answerNext(422, { error: "closed" }, ({ method }) => method === "POST" && world.ledger.payments.size === 1);
    expect(await first).toMatchObject({ kind: "operator", on: { step: "pay", error: { code: "connector.rejected" } } });
    expect(world.ledger.payments.size).toBe(1);
    world.engine.resolve("pay", "applied");
    expect(await world.engine.run()).toMatchObject({ kind: "ended", state: { status: "completed" } });
  });
});

describe("a write that arrived and whose answer was lost", () => {
  it.each([
    ["its connection broke", "lost"],
    ["the system failed after doing it", 500],
    ["its answer was no JSON", "html"],
  ] as [string, FaultKind][])("is found by its marker and not repeated: %s", async (_, kind) => {
    const world = ledgerWorld(addLine);
    world.ledger.fault(kind, "after");
    expect(await world.engine.run()).toMatchObject(applied);
    expect(world.ledger.sent()).toEqual(["POST /lines"]);
    expect(world.ledger.lines).toHaveLength(1);
    expect(world.engine.entries("effect.applied")).toMatchObject([{ found: true, output: { id: "1" } }]);
  });

  it("is found at once, without waiting for the window", async () => {
    const world = ledgerWorld(addLine);
    const began = world.clock.now;
    world.ledger.fault("lost", "after");
    await world.engine.run();
    expect(world.clock.now - began).toBeLessThan(SETTLE_MS);
  });

  it("is found although the record has changed again since", async () => {
    const world = ledgerWorld(set);
    world.ledger.fault("lost", "after");
    world.ledger.fault(429, "before", ({ method, path }) => {
      // Somebody else writes before the record is looked at again.
      if (method === "GET" && world.ledger.sent().length === 1) world.ledger.edit("a", { owner: "grace" });
      return path === "never";
    });
    expect(await world.engine.run()).toMatchObject(applied);
    expect(world.ledger.sent()).toEqual(["PUT /records/a"]);
    expect(world.ledger.records.get("a")?.fields.owner).toBe("grace");
  });

  it("is found by the process that comes after the one that sent it", async () => {
    const undisturbed = ledgerWorld(addLine);
    await undisturbed.engine.run();
    for (let stop = 1; stop <= undisturbed.engine.boundaries; stop++) {
      const world = ledgerWorld(addLine, { stopAt: new Set([stop]) });
      expect(await world.engine.run(), `stopped at ${stop}`).toMatchObject(applied);
      expect(world.ledger.lines, `stopped at ${stop}`).toHaveLength(1);
    }
  });
});

describe("a write that never arrived", () => {
  it("is sent again, once the window has passed in which it could still have arrived", async () => {
    const world = ledgerWorld(addLine);
    world.ledger.fault("lost", "before");
    expect(await world.engine.run()).toMatchObject(applied);
    expect(world.ledger.lines).toHaveLength(1);
    const [first, second, ...more] = sendings(world.engine.durable);
    expect(more).toEqual([]);
    expect(Number(second?.at) - Number(first?.at)).toBeGreaterThanOrEqual(SETTLE_MS);
  });

  it.each([
    ["just inside the window", SETTLE_MS - 1],
    ["soon after", 2_000],
  ])("is not sent again when it arrives late after all: %s", async (_, ms) => {
    const world = ledgerWorld(addLine);
    world.ledger.arriveLate(ms);
    expect(await world.engine.run()).toMatchObject(applied);
    expect(world.ledger.lines).toHaveLength(1);
    expect(sendings(world.engine.durable)).toHaveLength(1);
  });

  it("is not sent again when a gateway gave up on it and it arrives late after all", async () => {
    const world = ledgerWorld(addLine);
    world.ledger.arriveLate(5_000, 504);
    expect(await world.engine.run()).toMatchObject(applied);
    expect(world.ledger.lines).toHaveLength(1);
    expect(sendings(world.engine.durable)).toHaveLength(1);
  });

  it("that timed out is not sent again before a further window: the system was slow, not gone", async () => {
    const world = ledgerWorld(addLine);
    world.ledger.answerNext(408);
    await world.engine.run();
    const failed = world.engine.durable.find(({ type }) => type === "attempt.failed");
    const [, second] = sendings(world.engine.durable);
    expect(Number(second?.at) - Number(failed?.at)).toBeGreaterThanOrEqual(SETTLE_MS);
    expect(world.ledger.lines).toHaveLength(1);
  });

  it("is sent again by the process that comes after, and only when the window has passed", async () => {
    const undisturbed = ledgerWorld(addLine);
    await undisturbed.engine.run();
    const repeats: number[] = [];
    for (let stop = 1; stop <= undisturbed.engine.boundaries; stop++) {
      const world = ledgerWorld(addLine, { stopAt: new Set([stop]) });
      await world.engine.run();
      const [first, second] = sendings(world.engine.durable);
      if (second) repeats.push(Number(second.at) - Number(first?.at));
    }
    expect(repeats.length).toBeGreaterThan(0);
    for (const pause of repeats) expect(pause).toBeGreaterThanOrEqual(SETTLE_MS);
  });

  it("is turned away with a time to wait: nothing is ambiguous, so it is sent at that time", async () => {
    const world = ledgerWorld(addLine);
    const began = world.clock.now;
    world.ledger.fault(429, "before");
    expect(await world.engine.run()).toMatchObject(applied);
    expect(world.clock.now - began).toBe(7_000);
    expect(world.ledger.requests.filter(({ method }) => method === "GET")).toHaveLength(1);
  });
});

describe("a write under an idempotency key", () => {
  it.each(["before", "after"] as const)("is repeated at once with the same key (answer lost %s its work)", async (when) => {
    const world = ledgerWorld(pay);
    const began = world.clock.now;
    world.ledger.fault("lost", when);
    expect(await world.engine.run()).toMatchObject(applied);
    expect(world.ledger.payments.size).toBe(1);
    expect(new Set(world.ledger.requests.map(({ body }) => body?.key))).toEqual(new Set(["run-1/pay"]));
    expect(world.clock.now - began).toBeLessThan(SETTLE_MS);
  });
});

describe("a record that moved after an unanswered write", () => {
  it("makes the write unknown: it waits for an operator and is not sent again", async () => {
    const world = ledgerWorld(set);
    world.ledger.fault("lost", "before", ({ method }) => {
      if (method !== "PUT") return false;
      world.ledger.edit("a", { owner: "grace" });
      return true;
    });
    expect(await world.engine.run()).toMatchObject({
      kind: "operator",
      on: { step: "set", error: { message: expect.stringContaining("changed") } },
    });
    expect(world.engine.entries("effect.unknown")).toHaveLength(1);
    expect(world.ledger.sent()).toEqual(["PUT /records/a"]);
    expect(world.ledger.records.get("a")?.fields.owner).toBe("grace");
  });
});

describe("a write that can be neither repeated nor looked up", () => {
  it.each(["before", "after"] as const)("ends unknown when its answer is lost (%s its work), and nothing more is sent", async (when) => {
    const world = ledgerWorld(letter);
    world.ledger.fault("lost", when);
    expect(await world.engine.run()).toMatchObject({ kind: "operator", on: { step: "send" } });
    expect(world.engine.entries("effect.unknown")).toHaveLength(1);
    expect(await world.engine.run()).toMatchObject({ kind: "operator" });
    expect(world.ledger.sent()).toEqual(["POST /letters"]);
  });

  it("ends unknown when its answer cannot be read", async () => {
    const world = ledgerWorld(letter);
    world.ledger.fault("html", "after");
    expect(await world.engine.run()).toMatchObject({ kind: "operator", on: { error: { code: "connector.answer_invalid" } } });
    expect(world.ledger.letters).toHaveLength(1);
  });

  it("is sent at most once wherever the process stops", async () => {
    const undisturbed = ledgerWorld(letter);
    await undisturbed.engine.run();
    const ends = new Set<string>();
    for (let stop = 1; stop <= undisturbed.engine.boundaries; stop++) {
      const world = ledgerWorld(letter, { stopAt: new Set([stop]) });
      const end = await world.engine.run();
      ends.add(end.kind);
      expect(world.ledger.letters.length, `stopped at ${stop}`).toBeLessThanOrEqual(1);
      if (end.kind === "operator") expect(world.engine.entries("effect.unknown")).toHaveLength(1);
    }
    expect(ends).toEqual(new Set(["ended", "operator"]));
  });

  it("is simply sent later when it was turned away", async () => {
    const world = ledgerWorld(letter);
    world.ledger.fault(429, "before");
    expect(await world.engine.run()).toMatchObject(applied);
    expect(world.ledger.letters).toHaveLength(1);
  });
});

describe("an answer that cannot be read", () => {
  it("is settled and not taken for a failure of the write", async () => {
    const world = ledgerWorld(set);
    world.ledger.fault("html", "after");
    expect(await world.engine.run()).toMatchObject(applied);
    expect(types(world.engine.durable)).not.toContain("step.failed");
    expect(world.ledger.sent()).toEqual(["PUT /records/a"]);
  });

  it("for a write that took no effect is followed by another try", async () => {
    const world = ledgerWorld(set);
    world.ledger.fault("html", "before");
    expect(await world.engine.run()).toMatchObject(applied);
    expect(world.ledger.records.get("a")?.history).toEqual(["run-1/set"]);
  });

  it("every time, while the write never takes effect, comes to an operator after the usual tries and the usual pauses", async () => {
    const world = ledgerWorld(set);
    const began = world.clock.now;
    world.ledger.deaf = true;
    expect(await world.engine.run()).toMatchObject({ kind: "operator", on: { step: "set", error: { code: "connector.answer_invalid" } } });
    expect(world.ledger.sent().length).toBeLessThanOrEqual(MAX_ATTEMPTS);
    expect(world.clock.now - began).toBeGreaterThan(60_000);
  });
});

describe("a connector whose own code breaks", () => {
  const { addLine: real } = ledgerConnector.actions;
  const breakOnce = <A extends unknown[], R>(work: (...args: A) => Promise<R>) => {
    let broken = false;
    return async (...args: A): Promise<R> => {
      const result = await work(...args);
      if (broken) return result;
      broken = true;
      throw new TypeError("Cannot read properties of undefined");
    };
  };

  it("after its write has left is not believed to have written nothing", async () => {
    const world = ledgerWorld(addLine, { actions: { addLine: { apply: breakOnce(real.apply) } } });
    expect(await world.engine.run()).toMatchObject(applied);
    expect(world.ledger.lines).toHaveLength(1);
    expect(types(world.engine.durable)).not.toContain("step.failed");
  });

  it("before any answer could come ends unknown where nothing can be looked up", async () => {
    const world = ledgerWorld(letter, {
      actions: {
        sendLetter: {
          apply: () => {
            throw new TypeError("Cannot read properties of undefined");
          },
        },
      },
    });
    expect(await world.engine.run()).toMatchObject({ kind: "operator", on: { step: "send" } });
    expect(world.engine.entries("effect.unknown")).toHaveLength(1);
  });

  it("while looking a write up leaves it to a person", async () => {
    const world = ledgerWorld(addLine, { actions: { addLine: { find: breakOnce(real.find as NonNullable<typeof real.find>) } } });
    world.ledger.fault("lost", "after");
    expect(await world.engine.run()).toMatchObject({ kind: "operator", on: { step: "add" } });
    expect(world.engine.entries("effect.unknown")).toHaveLength(1);
    expect(types(world.engine.durable)).not.toContain("step.failed");
  });

  it("while proving a write leaves it applied", async () => {
    const world = ledgerWorld(addLine, { actions: { addLine: { prove: breakOnce(real.prove as NonNullable<typeof real.prove>) } } });
    expect(await world.engine.run()).toMatchObject(applied);
    expect(world.engine.entries("effect.proved")).toMatchObject([{ matches: false }]);
  });

  it("before anything has left fails the step, as any error of the code does", async () => {
    const world = ledgerWorld(set, { actions: { setRecord: { look: breakOnce(ledgerConnector.actions.setRecord.look as never) } } });
    expect(await world.engine.run()).toMatchObject({ state: { status: "failed", error: { code: "workflow.threw" } } });
    expect(world.ledger.sent()).toEqual([]);
  });
});

describe("looking a write up", () => {
  const lookUp = ({ method }: { method: string }) => method === "GET";

  it("that fails for good makes the write unknown: a person must find out", async () => {
    const world = ledgerWorld(addLine);
    world.ledger.fault("lost", "after");
    world.ledger.answerNext(422, { error: "no lists today" }, lookUp);
    expect(await world.engine.run()).toMatchObject({ kind: "operator", on: { step: "add", error: { code: "connector.rejected" } } });
    expect(world.engine.entries("effect.unknown")).toHaveLength(1);
    expect(world.engine.entries("step.failed")).toEqual([]);
    expect(world.ledger.sent()).toEqual(["POST /lines"]);
  });

  it.each([500, 429, "lost"] as FaultKind[])("that fails for now (%s) is tried again, and the write is not", async (kind) => {
    const world = ledgerWorld(addLine);
    world.ledger.fault("lost", "after");
    world.ledger.fault(kind, "before", lookUp);
    expect(await world.engine.run()).toMatchObject(applied);
    expect(world.ledger.sent()).toEqual(["POST /lines"]);
  });

  it("without the right to do so waits for an operator, and goes on when there is one", async () => {
    const world = ledgerWorld(addLine);
    world.ledger.fault("lost", "after");
    world.ledger.fault(403, "before", lookUp);
    expect(await world.engine.run()).toMatchObject({ kind: "operator", on: { error: { code: "connector.unauthorised" } } });
    expect(world.engine.resolve("add", "retry")).toBeNull();
    expect(await world.engine.run()).toMatchObject(applied);
    expect(world.ledger.lines).toHaveLength(1);
  });
});

describe("a proof", () => {
  const read = ({ method }: { method: string }) => method === "GET";

  it("that cannot be had for now is tried again, and the write is not", async () => {
    const world = ledgerWorld(addLine);
    world.ledger.fault(500, "before", read);
    expect(await world.engine.run()).toMatchObject(applied);
    expect(world.ledger.sent()).toEqual(["POST /lines"]);
    expect(world.engine.entries("effect.proved")).toMatchObject([{ matches: true }]);
  });

  it("that cannot be had at all is recorded as such, and the write stays applied", async () => {
    const world = ledgerWorld(addLine);
    world.ledger.answerNext(422, {}, read);
    expect(await world.engine.run()).toMatchObject(applied);
    expect(world.engine.entries("effect.proved")).toMatchObject([{ matches: false }]);
  });

  it("that shows something else is recorded as such", async () => {
    const world = ledgerWorld(addLine);
    world.ledger.answerNext(200, { lines: [{ id: "1", text: "another" }] }, read);
    await world.engine.run();
    expect(world.engine.entries("effect.proved")).toMatchObject([{ after: { text: "another" }, matches: false }]);
  });
});
