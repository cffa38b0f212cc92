// One pass and its journal: nothing leaves before what announces it is durable, a pass that was overtaken does nothing more, and parallel steps end it once.
import { describe, expect, it } from "vitest";
import { InterlockError } from "../../../src/core/errors.ts";
import { executePass } from "../../../src/engine/execute.ts";
import type { Entry } from "../../../src/engine/journal.ts";
import { asking, type Body, byHand, ledgerWorkflow, ledgerWorld } from "./ledger-world.ts";

type Hands = Parameters<typeof byHand>[2];

function pass(body: Body, hands: Hands = {}, prepare: (world: ReturnType<typeof ledgerWorld>) => void = () => {}, spec = {}) {
  const world = ledgerWorld(body, { spec });
  prepare(world);
  const { journal, ports, kept } = byHand(world, [], hands);
  const run = {
    runId: "run-1",
    event: world.event,
    workflow: ledgerWorkflow(body),
    spec: world.spec,
    journal,
    recordedSteps: new Set<string>(),
    ports,
  };
  return { world, kept, end: executePass(run) };
}

const twoWrites: Body = async ({ book }) => {
  await book.setRecord("set", { id: "a", set: { owner: "ada" } });
  return book.addLine("add", { text: "one" });
};

const stale = () => new InterlockError("pass.stale", "A newer pass has taken over");

describe("a pass", () => {
  it("makes durable what announces a request before the request leaves, whatever is asked of outside", async () => {
    const durable: Entry[] = [];
    const announced: string[][] = [];
    let kept: Entry[] = [];
    const body: Body = async (context) => {
      await context.book.getRecord("read", { id: "a" });
      const judged = await context.mind.decide("judge", { instruction: "?", input: { "note.text": "x" } });
      await context.book.setRecord("set", { id: "a", set: { owner: "ada" } }, { basedOn: judged });
      return context.book.addLine("add", { text: "one" });
    };
    const seen = (world: ReturnType<typeof ledgerWorld>) => {
      world.ledger.fault(500, "before", ({ method }) => {
        announced.push([method, ...durable.slice(-1).map((entry) => `${entry.step} ${entry.type}`)]);
        return false;
      });
    };
    const running = pass(body, { flush: async () => void durable.splice(0, durable.length, ...kept) }, seen);
    kept = running.kept;
    expect(await running.end).toMatchObject({ kind: "ended", state: { status: "completed" } });
    expect(announced.filter(([method]) => method !== "GET")).toEqual([
      ["PUT", "set effect.sending"],
      ["POST", "add effect.sending"],
    ]);
    expect(announced).toContainEqual(["GET", "set effect.intended"]);
  });

  it("sends nothing more once a durable write has failed, and says that it is broken", async () => {
    const undisturbed = pass(twoWrites);
    await undisturbed.end;
    let flushes = 0;
    const count = pass(twoWrites, { flush: async () => void flushes++ });
    await count.end;
    for (let failing = 1; failing <= flushes; failing++) {
      let flush = 0;
      const { world, end } = pass(twoWrites, {
        flush: async () => {
          if (++flush >= failing) throw new Error("the disk is full");
        },
      });
      expect(await end, `durable write ${failing}`).toMatchObject({ kind: "broken" });
      const sent = world.ledger.requests.length;
      await new Promise(setImmediate);
      expect(world.ledger.requests, `durable write ${failing}`).toHaveLength(sent);
      expect(sent).toBeLessThan(undisturbed.world.ledger.requests.length + (failing === flushes ? 1 : 0));
    }
  });

  it("that was overtaken says so, sends nothing more, and does not run into the author's code", async () => {
    let caught: unknown = null;
    const body: Body = async (context) => {
      try {
        return await twoWrites(context);
      } catch (thrown) {
        caught = thrown;
        return null;
      }
    };
    let records = 0;
    const count = pass(body, { record: () => void records++ });
    await count.end;
    for (let overtaken = 1; overtaken <= records; overtaken++) {
      let record = 0;
      const { end, kept } = pass(body, {
        record: () => {
          if (++record >= overtaken) throw stale();
        },
      });
      expect(await end, `entry ${overtaken}`).toMatchObject({ kind: "broken", error: { failure: { code: "pass.stale" } } });
      expect(kept.some(({ type }) => type === "run.completed" || type === "run.failed")).toBe(false);
    }
    expect(caught).toBeNull();
  });

  it("ends as the body ended, however slow the journal is and whatever other steps wait for", async () => {
    const spec = asking("ledger.setRecord");
    const slow = async () => {
      for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    };
    const raced: Body = async ({ book }) =>
      Promise.race([book.setRecord("set", { id: "a", set: { owner: "ada" } }), book.addLine("add", { text: "one" })]);
    expect(await pass(raced, { flush: slow }, ({ ledger }) => (ledger.slowness = 10), spec).end).toMatchObject({
      kind: "ended",
      state: { status: "completed", output: { status: "applied" } },
    });
    const failed: Body = async ({ book }) =>
      Promise.all([
        book.setRecord("set", { id: "a", set: { owner: "ada" } }),
        book.addLine("add", { text: "one" }).then(() => book.getRecord("missing", { id: "nothing" })),
      ]);
    expect(await pass(failed, { flush: slow }, ({ ledger }) => (ledger.slowness = 10), spec).end).toMatchObject({
      kind: "ended",
      state: { status: "failed", error: { code: "connector.not_found" } },
    });
  });

  it("waits with the earliest time of its parallel steps, named after the one that a person can do something about", async () => {
    const spec = asking("ledger.setRecord");
    const body: Body = async ({ book }) =>
      Promise.all([book.setRecord("set", { id: "a", set: { owner: "ada" } }), book.addLine("add", { text: "one" })]);
    const { world, end } = pass(body, {}, ({ ledger }) => ledger.fault(429, "before"), spec);
    expect(await end).toEqual({
      kind: "waiting",
      on: {
        kind: "approval",
        approvalId: expect.stringMatching(/^apr_/),
        step: "set",
        until: world.clock.now + 7_000,
        // What a person is told is their own time, and not that of the other step.
        decideBy: world.clock.now + 60 * 60_000,
      },
    });
  });

  it("waits for a timer rather than an operator while there is one: what needs nobody goes on", async () => {
    const body: Body = async ({ book }) => Promise.all([book.getRecord("read", { id: "a" }), book.addLine("add", { text: "one" })]);
    const { world, end } = pass(body, {}, ({ ledger }) => {
      ledger.fault(401, "before", ({ method }) => method === "GET");
      ledger.fault(429, "before");
    });
    expect(await end).toEqual({ kind: "waiting", on: { kind: "timer", step: "add", until: world.clock.now + 7_000 } });
  });
});
