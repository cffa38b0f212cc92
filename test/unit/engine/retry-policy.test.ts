// A step's retry policy on the real engine: how often each kind of step is tried, who is told of the end, and that a write is never called undone while it may
// have been made.
import { describe, expect, it } from "vitest";
import { InterlockError } from "../../../src/core/errors.ts";
import type { RetryPolicy } from "../../../src/engine/define.ts";
import { SETTLE_MS } from "../../../src/engine/effect-decision.ts";
import { asking, type Body, ledgerWorld, sure } from "./ledger-world.ts";

const read =
  (retry: RetryPolicy): Body =>
  ({ book }) =>
    book.getRecord("read", { id: "a" }, { retry });
const add =
  (retry: RetryPolicy): Body =>
  ({ book }) =>
    book.addLine("add", { text: "one" }, { retry });
const computing =
  (work: () => number, retry?: RetryPolicy): Body =>
  ({ step }) =>
    step.run("compute", work, retry ? { retry } : {});

const anything = () => true;
const lookUp = ({ method }: { method: string }) => method === "GET";
const failing = (
  world: ReturnType<typeof ledgerWorld>,
  times: number,
  kind: 500 | 429 | 401 | "lost" = 500,
  matches = anything as typeof lookUp,
) => {
  for (let n = 0; n < times; n++) world.ledger.fault(kind, "before", matches);
};
const exhausted = (cause: string) => ({ state: { status: "failed", error: { code: "step.exhausted", cause: { code: cause } } } });
const applied = { state: { status: "completed", output: { status: "applied" } } };

describe("a read with a policy", () => {
  it("is tried as often as the policy says, and its end is thrown with the last error inside", async () => {
    const world = ledgerWorld(read({ attempts: 3 }));
    failing(world, 3);
    const end = await world.engine.run();
    expect(end).toMatchObject(exhausted("connector.unavailable"));
    expect(JSON.stringify(end)).toMatch(/was tried 3 times and failed, the last time with connector.unavailable: ledger/);
    expect(world.ledger.requests).toHaveLength(3);
    expect(world.engine.entries("step.failed")).toHaveLength(1);
  });

  it("that succeeds in time is as any other", async () => {
    const world = ledgerWorld(read({ attempts: 3 }));
    failing(world, 2);
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed" } });
  });

  it("can be caught by the author, and a replay catches it again without a request", async () => {
    const body: Body = async (context) => {
      try {
        return await read({ attempts: 1 })(context);
      } catch (thrown) {
        return (thrown as InterlockError).failure.cause?.code;
      }
    };
    const world = ledgerWorld(body);
    failing(world, 1);
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed", output: "connector.unavailable" } });
    expect(await world.again().run()).toMatchObject({ state: { output: "connector.unavailable" } });
    expect(world.ledger.requests).toHaveLength(1);
  });

  it("begins no try later than the policy allows", async () => {
    const world = ledgerWorld(read({ withinMs: 60_000, baseMs: 1_000, capMs: 8_000 }));
    const began = world.clock.now;
    const tries: number[] = [];
    world.ledger.fault(500, "before", () => tries.push(world.clock.now - began) > 0);
    for (let n = 0; n < 40; n++) world.ledger.fault(500, "before", () => tries.push(world.clock.now - began) > 0);
    expect(await world.engine.run()).toMatchObject(exhausted("connector.unavailable"));
    expect(tries.length).toBeGreaterThan(10);
    expect(Math.max(...tries)).toBeLessThanOrEqual(60_000);
    expect(Math.max(...tries)).toBeGreaterThan(50_000);
  });

  it("begins none either where the run was held up until it was too late", async () => {
    const world = ledgerWorld(read({ withinMs: 10_000, attempts: 9 }));
    failing(world, 1);
    const first = await world.engine.run();
    expect(first).toMatchObject({ state: { status: "completed" } });
    const upToFailure = world.engine.durable.findIndex(({ type }) => type === "attempt.failed") + 1;
    const late = world.again(undefined, upToFailure);
    world.clock.now += 3_600_000;
    const requests = world.ledger.requests.length;
    expect(await late.run()).toMatchObject(exhausted("connector.unavailable"));
    expect(world.ledger.requests).toHaveLength(requests);
  });

  it("ends at once where the system names a time beyond the policy's", async () => {
    const world = ledgerWorld(read({ withinMs: 6_999 }));
    failing(world, 1, 429);
    expect(await world.engine.run()).toMatchObject(exhausted("connector.rate_limited"));
    expect(world.ledger.requests).toHaveLength(1);
  });

  it("waits for the time that the system names", async () => {
    const world = ledgerWorld(read({ withinMs: 7_000, baseMs: 1 }));
    failing(world, 1, 429);
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed" } });
  });

  it("ends at once, as itself, with an error that no repeat changes", async () => {
    const world = ledgerWorld(({ book }) => book.getRecord("read", { id: "nothing" }, { retry: { attempts: 5 } }));
    expect(await world.engine.run()).toMatchObject({ state: { status: "failed", error: { code: "connector.not_found" } } });
    expect(world.ledger.requests).toHaveLength(1);
  });

  it("waits for an operator where only one can help, and is then tried once more whatever was used up", async () => {
    const world = ledgerWorld(read({ attempts: 1 }));
    failing(world, 1, 401);
    expect(await world.engine.run()).toMatchObject({ kind: "operator", on: { error: { code: "connector.unauthorised" } } });
    world.engine.resolve("read", "retry");
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed" } });
  });

  it("that is not valid fails with the field named, and nothing is asked", async () => {
    const world = ledgerWorld(read({ attempts: 0 }));
    expect(await world.engine.run()).toMatchObject({
      state: { status: "failed", error: { code: "workflow.retry_invalid", field: "retry.attempts" } },
    });
    expect(world.ledger.requests).toEqual([]);
  });

  it("goes on under another policy: it is no part of the arguments", async () => {
    const world = ledgerWorld(read({ attempts: 9 }));
    failing(world, 2);
    await world.engine.run();
    const failures = (n: number) => world.engine.durable.map(({ type }) => type).indexOf("attempt.failed") + n;
    expect(await world.again(read({ attempts: 2 }), failures(1)).run()).toMatchObject({ state: { status: "completed" } });
    expect(await world.again(read({ attempts: 2 }), failures(2)).run()).toMatchObject(exhausted("connector.unavailable"));
    expect(await world.again(read({})).run()).toMatchObject({ state: { status: "completed" } });
  });
});

describe("a decision with a policy", () => {
  it("is asked as often as the policy says", async () => {
    const no = { ok: false as const, error: { code: "model.unavailable" as const, message: "down" } };
    const body: Body = ({ mind }) => mind.decide("judge", { instruction: "?", input: { "note.text": "x" }, retry: { attempts: 2 } });
    const world = ledgerWorld(body, { says: [no, no, sure()] });
    expect(await world.engine.run()).toMatchObject(exhausted("model.unavailable"));
    expect(world.asked).toHaveLength(2);
    expect(JSON.stringify(world.asked)).not.toContain("attempts");
  });

  it("goes on under another policy", async () => {
    const body =
      (retry?: RetryPolicy): Body =>
      ({ mind }) =>
        mind.decide("judge", { instruction: "?", input: { "note.text": "x" }, ...(retry ? { retry } : {}) });
    const world = ledgerWorld(body());
    await world.engine.run();
    expect(await world.again(body({ attempts: 2 })).run()).toMatchObject({ state: { status: "completed" } });
  });
});

describe("a computation with a policy", () => {
  it("is made again when it throws: that is what the policy is given for", async () => {
    let made = 0;
    const world = ledgerWorld(
      computing(
        () => {
          if (++made < 3) throw new Error("not yet");
          return made;
        },
        { attempts: 3 },
      ),
    );
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed", output: 3 } });
  });

  it("ends with the last thing that it threw inside", async () => {
    const world = ledgerWorld(
      computing(
        () => {
          throw new Error("no luck");
        },
        { attempts: 2 },
      ),
    );
    expect(await world.engine.run()).toMatchObject({
      state: { error: { code: "step.exhausted", cause: { code: "workflow.threw", message: "no luck" } } },
    });
  });

  it("is not made again for an error that says that no repeat helps", async () => {
    let made = 0;
    const world = ledgerWorld(
      computing(
        () => {
          made++;
          throw new InterlockError("workflow.threw", "never");
        },
        { attempts: 5 },
      ),
    );
    expect(await world.engine.run()).toMatchObject({ state: { error: { code: "workflow.threw", message: "never" } } });
    expect(made).toBe(1);
  });

  it("is not made again for a result that cannot be kept", async () => {
    let made = 0;
    const world = ledgerWorld(
      computing(
        () => {
          made++;
          return Number.NaN;
        },
        { attempts: 5 },
      ),
    );
    expect(await world.engine.run()).toMatchObject({ state: { error: { code: "step.output_invalid" } } });
    expect(made).toBe(1);
  });
});

describe("a write with a policy", () => {
  it("that could not look is certainly not made: the author is told", async () => {
    const world = ledgerWorld(({ book }) => book.setRecord("set", { id: "a", set: { owner: "ada" } }, { retry: { attempts: 2 } }));
    failing(world, 2, 500, lookUp);
    expect(await world.engine.run()).toMatchObject(exhausted("connector.unavailable"));
    expect(world.ledger.sent()).toEqual([]);
  });

  it("that was turned away each time is certainly not made: the author is told, and may do something else", async () => {
    const body: Body = async (context) => {
      try {
        return await add({ attempts: 2 })(context);
      } catch (thrown) {
        return (thrown as InterlockError).failure.code;
      }
    };
    const world = ledgerWorld(body);
    failing(world, 2, 429);
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed", output: "step.exhausted" } });
    expect(await world.again().run()).toMatchObject({ state: { output: "step.exhausted" } });
    expect(world.ledger.lines).toEqual([]);
    expect(world.ledger.sent()).toHaveLength(2);
  });

  it("whose last answer was lost is looked up first: what is found is applied, and no error", async () => {
    const world = ledgerWorld(add({ attempts: 1 }));
    world.ledger.fault("lost", "after");
    expect(await world.engine.run()).toMatchObject(applied);
    expect(world.ledger.sent()).toHaveLength(1);
  });

  it("whose last answer was lost is looked up first: what is certainly not there is told to the author, after the settle window", async () => {
    const world = ledgerWorld(add({ attempts: 1 }));
    const began = world.clock.now;
    world.ledger.fault("lost", "before");
    expect(await world.engine.run()).toMatchObject(exhausted("connector.unavailable"));
    expect(world.clock.now - began).toBeGreaterThanOrEqual(SETTLE_MS);
    expect(world.ledger.sent()).toHaveLength(1);
    expect(world.ledger.lines).toEqual([]);
  });

  it("that arrives late after all is found and applied", async () => {
    const world = ledgerWorld(add({ attempts: 1 }));
    world.ledger.arriveLate(SETTLE_MS - 1);
    expect(await world.engine.run()).toMatchObject(applied);
    expect(world.ledger.lines).toHaveLength(1);
  });

  it("is looked up with the engine's patience, not with the policy's", async () => {
    const world = ledgerWorld(add({ attempts: 1 }));
    world.ledger.fault("lost", "after");
    failing(world, 5, 500, lookUp);
    expect(await world.engine.run()).toMatchObject(applied);
  });

  it("that is applied and cannot be read back for now is not the policy's either", async () => {
    const world = ledgerWorld(add({ attempts: 1 }));
    failing(world, 3, 500, lookUp);
    expect(await world.engine.run()).toMatchObject(applied);
    expect(world.engine.entries("effect.proved")).toMatchObject([{ matches: true }]);
  });

  it("that cannot be looked up is never an error: a person finds out", async () => {
    const world = ledgerWorld(({ book }) => book.sendLetter("send", { text: "Dear Sir" }, { retry: { attempts: 1 } }));
    world.ledger.fault("lost", "before");
    expect(await world.engine.run()).toMatchObject({ kind: "operator", on: { step: "send" } });
    expect(world.engine.entries("step.failed")).toEqual([]);
  });

  describe("under an idempotency key", () => {
    const pay =
      (retry: RetryPolicy): Body =>
      ({ book }) =>
        book.pay("pay", { text: "one" }, { retry });

    it.each(["before", "after"] as const)("is unknown once its tries are used up without an answer (lost %s its work)", async (when) => {
      const world = ledgerWorld(pay({ attempts: 2 }));
      for (let n = 0; n < 2; n++) world.ledger.fault("lost", when);
      expect(await world.engine.run()).toMatchObject({ kind: "operator", on: { step: "pay", error: { code: "connector.unavailable" } } });
      expect(world.engine.entries("effect.unknown")).toHaveLength(1);
      expect(world.ledger.sent()).toHaveLength(2);
      expect(world.engine.resolve("pay", "retry")).toBeNull();
      expect(await world.engine.run()).toMatchObject(applied);
      expect(world.ledger.payments.size).toBe(1);
    });

    it("is unknown as well where only an earlier try was not answered and the last was turned away", async () => {
      const world = ledgerWorld(pay({ attempts: 2 }));
      world.ledger.fault("lost", "after");
      failing(world, 1, 429);
      expect(await world.engine.run()).toMatchObject({ kind: "operator", on: { step: "pay" } });
      expect(world.engine.entries("step.failed")).toEqual([]);
      expect(world.ledger.payments.size).toBe(1);
    });

    it("is certainly not made where every try was turned away", async () => {
      const world = ledgerWorld(pay({ attempts: 2 }));
      failing(world, 2, 429);
      expect(await world.engine.run()).toMatchObject(exhausted("connector.rate_limited"));
    });

    it("is not repeated without pause until a policy's time is over", async () => {
      const world = ledgerWorld(pay({ withinMs: 600_000, baseMs: 400_000, capMs: 400_000 }));
      failing(world, 50, "lost");
      expect(await world.engine.run()).toMatchObject({ kind: "operator" });
      expect(world.ledger.sent().length).toBeLessThanOrEqual(4);
    });
  });

  it("does not count the time that a person took", async () => {
    const world = ledgerWorld(
      ({ book }) => book.setRecord("set", { id: "a", set: { owner: "ada" } }, { retry: { withinMs: 60_000, baseMs: 1_000 } }),
      {
        spec: asking("ledger.setRecord"),
        answer: ({ digest }) => {
          world.clock.now += 30 * 60_000;
          failing(world, 1, 429);
          return { kind: "approved", digest };
        },
      },
    );
    failing(world, 1, 500, lookUp);
    expect(await world.engine.run()).toMatchObject(applied);
  });

  it("has the same end and the same writes wherever the process stops", async () => {
    const run = async (stopAt?: number) => {
      const world = ledgerWorld(add({ attempts: 2 }), stopAt === undefined ? {} : { stopAt: new Set([stopAt]) });
      failing(world, 2, 429);
      return { end: await world.engine.run(), lines: world.ledger.lines.length, boundaries: world.engine.boundaries };
    };
    const { boundaries, ...undisturbed } = await run();
    expect(undisturbed).toMatchObject({ ...{ end: exhausted("connector.rate_limited") }, lines: 0 });
    for (let at = 1; at <= boundaries; at++) {
      const { end, lines } = await run(at);
      // A try that the stop swallowed is none that failed: one more may be had.
      expect([0, 1], `stopped at ${at}`).toContain(lines);
      expect(end, `stopped at ${at}`).toMatchObject(lines === 0 ? exhausted("connector.rate_limited") : applied);
    }
  });
});
