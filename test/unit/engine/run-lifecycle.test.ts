// What people do to whole runs, on the real engine: cancel, pause, let go on, retry from the failed step, begin again from a step, and the kill switch.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { Entry, NewEntry } from "../../../src/engine/journal.ts";
import { approvalViews, effectView } from "../../../src/engine/project.ts";
import { askOfRun, forkJournal } from "../../../src/engine/run-requests.ts";
import { asking, type Body, type LedgerScenario, ledgerWorld } from "./ledger-world.ts";

const cancel = { do: "cancel", compensate: false, reason: "" } as const;
const cancelAndUndo = { do: "cancel", compensate: true, reason: "wrong customer" } as const;
const cancelled = { kind: "ended", state: { status: "cancelled", by: "ada@example.com" } };
const HOUR = 3_600_000;

const twoWritesAndAWait: Body = async ({ book, step }) => {
  await book.setRecord("first", { id: "a", set: { owner: "ada" } });
  await book.addLine("second", { text: "one" });
  await step.signal("go", { schema: z.object({}), within: HOUR });
  await book.setRecord("third", { id: "b", set: { owner: "ada" } });
};

/** A world whose run is stopped after its nth boundary and then asked something. */
const stoppedThen = (body: Body, stop: number, afterStop: LedgerScenario["afterStop"], more: LedgerScenario = {}) =>
  ledgerWorld(body, { ...more, stopAt: new Set([stop]), ...(afterStop ? { afterStop } : {}) });

async function boundariesOf(body: Body): Promise<number> {
  const world = ledgerWorld(body);
  await world.engine.run();
  return world.engine.boundaries;
}

describe("a cancelled run", () => {
  it("ends wherever it stood, begins nothing new, and leaves no write whose outcome is not known", async () => {
    const boundaries = await boundariesOf(twoWritesAndAWait);
    expect(boundaries).toBeGreaterThan(15);
    for (let stop = 1; stop <= boundaries; stop++) {
      let sent = 0;
      const world: ReturnType<typeof ledgerWorld> = stoppedThen(twoWritesAndAWait, stop, (engine) => {
        sent = world.ledger.sent().length;
        engine.ask(cancel);
      });
      const end = await world.engine.run();
      if (end.kind === "ended" && end.state.status === "completed") continue;
      expect(end, `stopped at ${stop}`).toMatchObject(cancelled);
      // At most the one that had been announced and had not left.
      const announced = world.engine.entries("effect.sending").length;
      expect(world.ledger.sent().length, `stopped at ${stop}`).toBeLessThanOrEqual(Math.max(sent, announced));
      for (const step of ["first", "second", "third"]) {
        const view = effectView(
          step,
          world.engine.durable.filter((entry) => entry.step === step),
        );
        if (view) expect(view.status, `${step}, stopped at ${stop}`).toMatch(/applied|refused/);
      }
    }
  });

  it("takes its writes back, newest first, where that is asked, wherever it stood", async () => {
    const boundaries = await boundariesOf(twoWritesAndAWait);
    for (let stop = 1; stop <= boundaries; stop++) {
      const world = stoppedThen(twoWritesAndAWait, stop, (engine) => engine.ask(cancelAndUndo));
      const end = await world.engine.run();
      if (end.kind === "ended" && end.state.status === "completed") continue;
      expect(end, `stopped at ${stop}`).toMatchObject(cancelled);
      expect(["a", "b"].map((id) => world.ledger.records.get(id)?.fields.owner)).toEqual(["nobody", "nobody"]);
      expect(world.ledger.lines, `stopped at ${stop}`).toEqual([]);
      const undone = world.engine.entries("undo.requested").map(({ step }) => step);
      expect(undone, `stopped at ${stop}`).toEqual(
        [...undone].sort((a, b) => seqOfApplied(world.engine.durable, b) - seqOfApplied(world.engine.durable, a)),
      );
    }
  });

  it("is not written after all when the unanswered write turns out not to have arrived", async () => {
    const body: Body = ({ book }) => book.addLine("add", { text: "one" });
    const boundaries = await boundariesOf(body);
    let given = 0;
    for (let stop = 1; stop <= boundaries; stop++) {
      const world = stoppedThen(body, stop, (engine) => engine.ask(cancel));
      await world.engine.run();
      const refused = world.engine.entries("effect.refused");
      if (world.engine.entries("effect.sending").length > 0 && refused.length > 0) {
        given++;
        expect(refused).toMatchObject([{ because: "cancelled" }]);
        expect(world.ledger.sent()).toEqual([]);
      }
    }
    expect(given).toBeGreaterThan(0);
  });

  it("waits for an operator who must say what became of a letter, and ends then", async () => {
    const world = ledgerWorld(({ book }) => book.sendLetter("send", { text: "Dear Sir" }));
    world.ledger.fault("lost", "before");
    expect(await world.engine.run()).toMatchObject({ kind: "operator" });
    expect(world.engine.ask(cancel)).toBeNull();
    expect(await world.engine.run()).toMatchObject({ kind: "operator", on: { step: "send" } });
    world.engine.resolve("send", "abandon");
    expect(await world.engine.run()).toMatchObject(cancelled);
  });

  it("voids the approval that it waits for", async () => {
    const world: ReturnType<typeof ledgerWorld> = ledgerWorld(({ book }) => book.setRecord("set", { id: "a", set: { owner: "ada" } }), {
      spec: asking("ledger.setRecord"),
      answer: () => {
        world.engine.ask(cancel);
        return undefined;
      },
    });
    expect(await world.engine.run()).toMatchObject(cancelled);
    expect(approvalViews(world.engine.durable)).toMatchObject([{ status: "voided" }]);
    expect(world.engine.entries("effect.refused")).toMatchObject([{ because: "cancelled" }]);
    expect(world.ledger.sent()).toEqual([]);
  });

  it("finishes what a failed run had begun to take back, although nobody asked for that", async () => {
    const fails: Body = async (context) => {
      await context.book.setRecord("first", { id: "a", set: { owner: "ada" } });
      await context.book.addLine("second", { text: "one" });
      throw new Error("the author's code broke");
    };
    const boundaries = await boundariesOf(fails);
    let half = 0;
    for (let stop = 1; stop <= boundaries; stop++) {
      const world: ReturnType<typeof ledgerWorld> = stoppedThen(fails, stop, (engine) => {
        if (engine.entries("undo.requested").length > 0) half++;
        engine.ask(cancel);
      });
      await world.engine.run();
      const undone = world.engine.entries("undo.requested").length > 0;
      if (undone)
        expect([world.ledger.records.get("a")?.fields.owner, world.ledger.lines.length], `stopped at ${stop}`).toEqual(["nobody", 0]);
    }
    expect(half).toBeGreaterThan(0);
  });

  it("goes on with the other undos when one cannot be done", async () => {
    const boundaries = await boundariesOf(twoWritesAndAWait);
    const world = stoppedThen(twoWritesAndAWait, boundaries - 8, (engine) => engine.ask(cancelAndUndo));
    world.ledger.answerNext(422, { error: "kept for the auditors" }, ({ method }) => method === "DELETE");
    expect(await world.engine.run()).toMatchObject(cancelled);
    expect(world.engine.entries("undo.failed")).toMatchObject([{ step: "second" }]);
    expect(world.ledger.records.get("a")?.fields.owner).toBe("nobody");
  });

  it("is asked once: a repeat records nothing, and an ended run refuses", async () => {
    const world = ledgerWorld(async () => "done");
    world.engine.ask(cancel);
    world.engine.ask(cancel);
    expect(world.engine.entries("run.cancel_requested")).toHaveLength(1);
    await world.engine.run();
    expect(world.engine.ask(cancel)).toBeNull();
    const other = ledgerWorld(async () => "done");
    await other.engine.run();
    expect(other.engine.ask(cancel)).toMatchObject({ code: "run.ended" });
    expect(other.engine.ask({ do: "pause" })).toMatchObject({ code: "run.ended" });
  });
});

describe("a paused run", () => {
  it("sends nothing, answers those that are recorded, and goes on where it stopped", async () => {
    const boundaries = await boundariesOf(twoWritesAndAWait);
    for (let stop = 1; stop <= boundaries; stop++) {
      let sent = 0;
      const world: ReturnType<typeof ledgerWorld> = stoppedThen(twoWritesAndAWait, stop, (engine) => {
        sent = world.ledger.sent().length;
        engine.ask({ do: "pause" });
      });
      const end = await world.engine.run();
      if (end.kind === "ended") continue;
      expect(end, `stopped at ${stop}`).toMatchObject({ kind: "stopped", on: { kind: "paused", scope: "run", by: "ada@example.com" } });
      expect(world.ledger.sent().length, `stopped at ${stop}`).toBe(sent);
      world.engine.ask({ do: "resume" });
      expect(await world.engine.run(), `stopped at ${stop}`).toMatchObject({ kind: "ended", state: { status: "completed" } });
      expect(world.ledger.lines).toHaveLength(1);
      expect(["a", "b"].map((id) => world.ledger.records.get(id)?.fields.owner)).toEqual(["ada", "ada"]);
    }
  });

  it("can be cancelled", async () => {
    const world = ledgerWorld(twoWritesAndAWait);
    world.engine.ask({ do: "pause" });
    expect(await world.engine.run()).toMatchObject({ kind: "stopped" });
    world.engine.ask(cancel);
    expect(await world.engine.run()).toMatchObject(cancelled);
    expect(world.engine.ask({ do: "resume" })).toMatchObject({ code: "run.ended" });
  });

  it("is refused while the run is being cancelled", () => {
    const asked: Entry[] = [entry(1, { type: "run.cancel_requested", by: "ada@example.com", compensate: false, reason: "" })];
    expect(askOfRun(asked, { do: "pause" }, "ada@example.com")).toMatchObject({ ok: false, error: { code: "run.cancelling" } });
  });
});

describe("the kill switch", () => {
  it.each(["workflow", "everything"] as const)(
    "of %s stops every new step, and lets the run go on when it is turned off",
    async (scope) => {
      const world = ledgerWorld(twoWritesAndAWait);
      world.engine.halt = { scope, by: "grace@example.com" };
      expect(await world.engine.run()).toEqual({ kind: "stopped", on: { kind: "paused", step: "first", scope, by: "grace@example.com" } });
      expect(world.ledger.requests).toEqual([]);
      world.engine.halt = null;
      expect(await world.engine.run()).toMatchObject({ kind: "ended", state: { status: "completed" } });
    },
  );

  it("holds a write that was looked at and allowed before it", async () => {
    const world: ReturnType<typeof ledgerWorld> = ledgerWorld(({ book }) => book.setRecord("set", { id: "a", set: { owner: "ada" } }));
    world.ledger.fault(429, "before", ({ method }) => {
      if (method === "GET") world.engine.halt = { scope: "everything", by: "grace@example.com" };
      return false;
    });
    expect(await world.engine.run()).toMatchObject({ kind: "stopped", on: { kind: "paused" } });
    expect(world.ledger.sent()).toEqual([]);
    world.engine.halt = null;
    expect(await world.engine.run()).toMatchObject({ kind: "ended", state: { status: "completed" } });
    expect(world.ledger.sent()).toEqual(["PUT /records/a"]);
  });

  it("does not keep a run from being cancelled", async () => {
    const world = ledgerWorld(twoWritesAndAWait);
    world.engine.halt = { scope: "everything", by: "grace@example.com" };
    await world.engine.run();
    world.engine.ask(cancel);
    expect(await world.engine.run()).toMatchObject(cancelled);
  });
});

describe("a failed run", () => {
  const leaves: LedgerScenario = { spec: { onFailure: "leave" } };
  const body: Body = async ({ book }) => {
    await book.addLine("first", { text: "one" });
    await book.setRecord("second", { id: "b", set: { owner: "ada" } });
    return "done";
  };

  it("goes on from the step that failed, and does nothing twice", async () => {
    const world = ledgerWorld(body, leaves);
    world.ledger.answerNext(422, { error: "closed" }, ({ method, path }) => method === "PUT" && path === "/records/b");
    expect(await world.engine.run()).toMatchObject({ state: { status: "failed", error: { code: "connector.rejected" } } });
    expect(world.engine.ask({ do: "retry" })).toBeNull();
    expect(await world.engine.run()).toMatchObject({ kind: "ended", state: { status: "completed", output: "done" } });
    expect(world.ledger.lines).toHaveLength(1);
    expect(world.ledger.sent()).toEqual(["POST /lines", "PUT /records/b", "PUT /records/b"]);
  });

  it("tries again each of the steps that failed beside each other", async () => {
    const world = ledgerWorld(async ({ book }) => {
      await Promise.all([book.getRecord("one", { id: "x" }), book.getRecord("two", { id: "y" })]);
    }, leaves);
    expect(await world.engine.run()).toMatchObject({ state: { status: "failed" } });
    world.ledger.add("x", {});
    world.ledger.add("y", {});
    world.engine.ask({ do: "retry" });
    expect(await world.engine.run()).toMatchObject({ kind: "ended", state: { status: "completed" } });
  });

  it("leaves a failure alone that its body had caught", async () => {
    const world = ledgerWorld(async ({ book }) => {
      await book.getRecord("try", { id: "x" }).catch(() => undefined);
      await book.getRecord("need", { id: "y" });
    }, leaves);
    await world.engine.run();
    world.ledger.add("x", {});
    world.ledger.add("y", {});
    world.engine.ask({ do: "retry" });
    expect(world.engine.entries("operator.resolved").map(({ step }) => step)).toEqual(["need"]);
    expect(await world.engine.run()).toMatchObject({ kind: "ended", state: { status: "completed" } });
  });

  it("fails again when it fails again, and can be retried again", async () => {
    const world = ledgerWorld(async ({ book }) => void (await book.getRecord("need", { id: "y" })), leaves);
    await world.engine.run();
    world.engine.ask({ do: "retry" });
    expect(await world.engine.run()).toMatchObject({ state: { status: "failed" } });
    world.ledger.add("y", {});
    world.engine.ask({ do: "retry" });
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed" } });
  });

  it("whose writes were taken back is not retried", async () => {
    const world = ledgerWorld(async ({ book }) => {
      await book.addLine("first", { text: "one" });
      throw new Error("no");
    });
    await world.engine.run();
    expect(world.engine.ask({ do: "retry" })).toMatchObject({ code: "run.taken_back" });
  });

  it("alone can be retried", async () => {
    const world = ledgerWorld(async () => "done");
    expect(world.engine.ask({ do: "retry" })).toMatchObject({ code: "run.not_failed" });
    await world.engine.run();
    expect(world.engine.ask({ do: "retry" })).toMatchObject({ code: "run.not_failed" });
  });
});

describe("a journal that begins again from a step", () => {
  const body: Body = async ({ book, step }) => {
    await book.addLine("first", { text: "one" });
    const go = await step.signal("go", { schema: z.object({ text: z.string() }), within: HOUR });
    await book.addLine("second", { text: go.status === "received" ? go.data.text : "nobody" });
    return "done";
  };

  it("keeps what was answered before the step, and does the rest anew", async () => {
    const world = ledgerWorld(body);
    world.engine.signal("go", "1", { text: "two" });
    await world.engine.run();
    const fork = forkJournal(world.engine.durable, "second");
    if (!fork.ok) throw new Error(fork.error.message);
    const next = world.again(body, 0);
    next.durable.push(entry(1, started(world.engine.durable)), ...fork.value.map((one, index) => entry(index + 2, one)));
    expect(await next.run()).toMatchObject({ kind: "ended", state: { status: "completed", output: "done" } });
    expect(next.entries("signal.received")).toHaveLength(1);
    expect(world.ledger.lines.map(({ text }) => text)).toEqual(["one", "two", "two"]);
  });

  it("leaves to the old run what that wrote, should the new one fail", async () => {
    const world = ledgerWorld(body);
    await world.engine.run();
    const fork = forkJournal(world.engine.durable, "second");
    if (!fork.ok) throw new Error(fork.error.message);
    const next = world.again(async (context) => {
      await body(context);
      throw new Error("no");
    }, 0);
    const taken = fork.value.map((one) => (one.type === "effect.intended" ? { ...one, key: `old/${one.step}` } : one));
    next.durable.push(entry(1, started(world.engine.durable)), ...taken.map((one, index) => entry(index + 2, one)));
    expect(await next.run()).toMatchObject({ kind: "ended", state: { status: "failed" } });
    expect(next.entries("undo.requested").map(({ step }) => step)).toEqual(["second"]);
  });

  it("is refused for a run that has not ended, for a step that it does not have, and where a kept write was taken back or is not known", async () => {
    const running = ledgerWorld(body);
    running.engine.ask({ do: "pause" });
    await running.engine.run();
    expect(forkJournal(running.engine.durable, "second")).toMatchObject({ ok: false, error: { code: "run.not_ended" } });
    const ended = ledgerWorld(body);
    await ended.engine.run();
    expect(forkJournal(ended.engine.durable, "third")).toMatchObject({ ok: false, error: { code: "step.not_found" } });
    await ended.engine.undo("first");
    expect(forkJournal(ended.engine.durable, "second")).toMatchObject({ ok: false, error: { code: "run.taken_back" } });
  });
});

const entry = (seq: number, one: NewEntry): Entry => ({ ...one, seq, at: 0 }) as Entry;
const started = (entries: readonly Entry[]): NewEntry =>
  (entries.find(({ type }) => type === "run.started") as NewEntry | undefined) ?? {
    type: "run.started",
    pins: { workflow: "bookkeeping", version: 1, manifestDigest: "", specVersion: 1 },
    event: { id: "evt_1", type: "opened", subject: "a", connection: "ledger" },
  };
const seqOfApplied = (entries: readonly Entry[], step: string | undefined): number =>
  entries.find((one) => one.type === "effect.applied" && one.step === step)?.seq ?? 0;
