// Taking writes back: after a run has failed, and when a person asks. Only what is still ours is restored, everything is proved, and one undo that fails
// stops no other.
import { describe, expect, it } from "vitest";
import { InterlockError } from "../../../src/core/errors.ts";
import { undoStep } from "../../../src/engine/execute.ts";
import type { Entry } from "../../../src/engine/journal.ts";
import { Pass } from "../../../src/engine/pass.ts";
import { effectView } from "../../../src/engine/project.ts";
import { type Body, byHand, ledgerWorkflow, ledgerWorld } from "./ledger-world.ts";
import { triageWorld } from "./triage-world.ts";

const fails: Body = async () => {
  throw new Error("the author's code broke");
};
const writesThenFails: Body = async (context) => {
  const { book } = context;
  await book.setRecord("first", { id: "a", set: { owner: "ada" } });
  await book.addLine("second", { text: "one" });
  await book.setRecord("third", { id: "b", set: { owner: "ada", grade: "a" } });
  return fails(context);
};

const owners = (world: ReturnType<typeof ledgerWorld>) => ["a", "b"].map((id) => world.ledger.records.get(id)?.fields.owner);

describe("a run that fails for good", () => {
  it("takes its writes back, newest first", async () => {
    const world = ledgerWorld(writesThenFails);
    expect(await world.engine.run()).toMatchObject({ state: { status: "failed", error: { code: "workflow.threw" } } });
    expect(world.ledger.sent()).toEqual([
      "PUT /records/a",
      "POST /lines",
      "PUT /records/b",
      "PUT /records/b",
      "DELETE /lines/1",
      "PUT /records/a",
    ]);
    expect(owners(world)).toEqual(["nobody", "nobody"]);
    expect(world.ledger.records.get("b")?.fields.grade).toBe("c");
    expect(world.ledger.lines).toEqual([]);
    expect(world.engine.entries("undo.requested")).toMatchObject([{ by: "interlock" }, { by: "interlock" }, { by: "interlock" }]);
  });

  it("takes them back newest first although one step's name is used twice", async () => {
    const world = ledgerWorld(async ({ book }) => {
      await book.setRecord("set", { id: "a", set: { owner: "ada" } });
      await book.addLine("add", { text: "one" });
      await book.setRecord("set", { id: "b", set: { owner: "ada" } });
      throw new Error("the author's code broke");
    });
    await world.engine.run();
    expect(world.ledger.sent().slice(3)).toEqual(["PUT /records/b", "DELETE /lines/1", "PUT /records/a"]);
  });

  it("leaves them where the spec says so", async () => {
    const world = ledgerWorld(writesThenFails, { spec: { onFailure: "leave" } });
    await world.engine.run();
    expect(owners(world)).toEqual(["ada", "ada"]);
    expect(world.engine.entries("undo.requested")).toEqual([]);
  });

  it("goes on with the others when one of them cannot be taken back", async () => {
    const world = ledgerWorld(writesThenFails);
    world.ledger.answerNext(422, { error: "kept for the auditors" }, ({ method }) => method === "DELETE");
    expect(await world.engine.run()).toMatchObject({ state: { status: "failed", error: { code: "workflow.threw" } } });
    expect(world.engine.entries("undo.failed")).toMatchObject([{ step: "second", error: { code: "connector.rejected" } }]);
    expect(owners(world)).toEqual(["nobody", "nobody"]);
    expect(world.ledger.lines).toHaveLength(1);
  });

  it("ends although a connection is no longer configured, and shows each undo as failed", async () => {
    const world = ledgerWorld(async (context) => {
      await context.book.setRecord("first", { id: "a", set: { owner: "ada" } });
      await context.book.addLine("second", { text: "one" });
      world.connection.missing = new InterlockError("connector.unauthorised", "The secret LEDGER_TOKEN is not set");
      return fails(context);
    });
    expect(await world.engine.run()).toMatchObject({ state: { status: "failed", error: { code: "workflow.threw" } } });
    expect(world.engine.entries("undo.failed")).toMatchObject([{ step: "second" }, { step: "first" }]);
  });

  it("waits for an undo that can be had later, and then ends", async () => {
    const world = ledgerWorld(writesThenFails);
    world.ledger.fault(429, "before", ({ method }) => method === "DELETE");
    expect(await world.engine.run()).toMatchObject({ state: { status: "failed" } });
    expect(world.engine.entries("undo.attempt_failed")).toMatchObject([{ step: "second", error: { code: "connector.rate_limited" } }]);
    expect(owners(world)).toEqual(["nobody", "nobody"]);
    expect(world.ledger.lines).toEqual([]);
    expect(world.engine.entries("run.failed")).toHaveLength(1);
  });

  it("skips what is irreversible and what was never applied", async () => {
    const world = ledgerWorld(async (context) => {
      const { book } = context;
      await book.setRecord("applied", { id: "a", set: { owner: "ada" } });
      await book.pay("paid", { text: "ten" });
      await book.sendLetter("sent", { text: "Dear Sir" });
      await book.setRecord("denied", { id: "b", set: { colour: "red" } });
      return fails(context);
    });
    await world.engine.run();
    expect(world.engine.entries("undo.requested").map(({ step }) => step)).toEqual(["applied"]);
    expect(world.ledger.payments.size).toBe(1);
    expect(world.ledger.letters).toHaveLength(1);
  });

  it("takes each write back once, wherever the process stops", async () => {
    const undisturbed = ledgerWorld(writesThenFails);
    const end = await undisturbed.engine.run();
    for (let stop = 1; stop <= undisturbed.engine.boundaries; stop++) {
      const world = ledgerWorld(writesThenFails, { stopAt: new Set([stop]) });
      expect(await world.engine.run(), `stopped at ${stop}`).toEqual(end);
      expect([owners(world), world.ledger.lines], `stopped at ${stop}`).toEqual([["nobody", "nobody"], []]);
    }
  });

  it("takes back a parallel write that was still on its way when it failed", async () => {
    const world = ledgerWorld(async ({ book }) => {
      await Promise.all([book.getRecord("missing", { id: "nothing" }), book.addLine("add", { text: "one" })]);
    });
    world.ledger.slowness = 20;
    expect(await world.engine.run()).toMatchObject({ state: { status: "failed", error: { code: "connector.not_found" } } });
    expect(world.ledger.sent()).toEqual(["POST /lines", "DELETE /lines/1"]);
    expect(world.ledger.lines).toEqual([]);
    expect(world.engine.durable.at(-1)?.type).toBe("run.failed");
  });

  it("finds out first what became of a parallel write that was never answered", async () => {
    const world = ledgerWorld(async ({ book }) => {
      await Promise.all([book.getRecord("missing", { id: "nothing" }), book.addLine("add", { text: "one" })]);
    });
    world.ledger.fault("lost", "after");
    expect(await world.engine.run()).toMatchObject({ state: { status: "failed", error: { code: "connector.not_found" } } });
    expect(world.engine.entries("effect.applied")).toMatchObject([{ step: "add", found: true }]);
    expect(world.ledger.lines).toEqual([]);
    expect(world.engine.durable.at(-1)?.type).toBe("run.failed");
  });

  it("is failed once, although another of its steps waits for a person", async () => {
    const body: Body = async ({ book }) => {
      await Promise.all([
        book.setRecord("set", { id: "a", set: { owner: "ada" } }),
        book.addLine("add", { text: "one" }).then(() => book.getRecord("missing", { id: "nothing" })),
      ]);
    };
    const actions = {
      "ledger.setRecord": { ask: "always" as const, fields: { owner: {} } },
      "ledger.addLine": { ask: "never" as const, fields: { text: {} } },
    };
    const world = ledgerWorld(body, { spec: { actions }, answer: () => expect.unreachable("a run that has failed asks nobody") });
    // Not even while it waits for an undo.
    world.ledger.fault(429, "before", ({ method }) => method === "DELETE");
    expect(await world.engine.run()).toMatchObject({ state: { status: "failed", error: { code: "connector.not_found" } } });
    expect(world.engine.entries("run.failed")).toHaveLength(1);
    expect(world.ledger.lines).toEqual([]);
    expect(owners(world)).toEqual(["nobody", "nobody"]);
  });
});

describe("a run that completes", () => {
  it("does so only when a write that the body did not wait for is known to be done", async () => {
    const world = ledgerWorld(async ({ book }) => {
      void book.addLine("add", { text: "one" });
      return "done";
    });
    world.ledger.fault("lost", "after");
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed", output: "done" } });
    expect(world.engine.durable.at(-1)?.type).toBe("run.completed");
    expect(world.engine.entries("effect.applied")).toHaveLength(1);
    expect(world.ledger.lines).toHaveLength(1);
  });

  it("does not wait for a person whose answer the body no longer wants", async () => {
    const actions = { "ledger.setRecord": { ask: "always" as const, fields: { owner: {} } } };
    const world = ledgerWorld(
      async ({ book }) => Promise.race([book.setRecord("set", { id: "a", set: { owner: "ada" } }), book.getRecord("read", { id: "b" })]),
      { spec: { actions }, answer: () => expect.unreachable("the body is done") },
    );
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed", output: { owner: "nobody" } } });
    expect(world.engine.entries("run.completed")).toHaveLength(1);
  });
});

describe("an undo that a person asks for", () => {
  const set: Body = ({ book }) => book.setRecord("set", { id: "a", set: { owner: "ada", grade: "a" } });
  const addLine: Body = ({ book }) => book.addLine("add", { text: "one" });

  it("restores what is still ours and reports what somebody has changed since", async () => {
    const world = ledgerWorld(set);
    await world.engine.run();
    world.ledger.edit("a", { grade: "b" });
    expect(await world.engine.undo("set")).toBeNull();
    expect(world.ledger.records.get("a")?.fields).toEqual({ owner: "nobody", grade: "b" });
    const conflicts = [{ field: "grade", ours: "a", now: "b" }];
    expect(world.engine.entries("undo.done")).toMatchObject([{ restored: { owner: "nobody" }, conflicts, matches: true }]);
    expect(
      effectView(
        "set",
        world.engine.durable.filter(({ step }) => step === "set"),
      ),
    ).toMatchObject({ status: "undo_conflict", body: { conflicts } });
  });

  it("may be asked for again after a conflict, and restores what has become ours again", async () => {
    const world = ledgerWorld(set);
    await world.engine.run();
    world.ledger.edit("a", { grade: "b" });
    await world.engine.undo("set");
    world.ledger.edit("a", { grade: "a" });
    expect(await world.engine.undo("set")).toBeNull();
    expect(world.ledger.records.get("a")?.fields).toEqual({ owner: "nobody", grade: "c" });
  });

  it("restores nothing when everything has changed since", async () => {
    const world = ledgerWorld(set);
    await world.engine.run();
    const before = world.ledger.sent().length;
    world.ledger.edit("a", { owner: "grace", grade: "b" });
    expect(await world.engine.undo("set")).toBeNull();
    expect(world.ledger.sent()).toHaveLength(before);
    expect(world.ledger.records.get("a")?.fields).toEqual({ owner: "grace", grade: "b" });
  });

  it("restores what a reviewer's edit wrote, not what the workflow wanted", async () => {
    const world = triageWorld({
      confidence: 0.3,
      answer: ({ digest }) => ({ kind: "edited", digest, values: { group: "returns", priority: "low" } }),
    });
    await world.engine.run();
    expect(await world.engine.undo("route ticket")).toBeNull();
    expect(world.outside()).toMatchObject({ group: "support", priority: null });
  });

  it("does not write over a change that arrives between its look and its write", async () => {
    const world = ledgerWorld(set);
    await world.engine.run();
    const sent = world.ledger.sent().length;
    world.ledger.fault(500, "before", ({ method }) => {
      if (method === "PUT" && world.ledger.sent().length === sent + 1) world.ledger.edit("a", { owner: "grace" });
      return false;
    });
    expect(await world.engine.undo("set")).toBeNull();
    expect(world.ledger.records.get("a")?.fields).toEqual({ owner: "grace", grade: "c" });
    expect(world.engine.entries("undo.done")).toMatchObject([{ conflicts: [{ field: "owner", ours: "ada", now: "grace" }] }]);
  });

  it("is refused the second time", async () => {
    const world = ledgerWorld(set);
    await world.engine.run();
    expect(await world.engine.undo("set")).toBeNull();
    const sent = world.ledger.sent().length;
    expect(await world.engine.undo("set")).toMatchObject({ code: "effect.not_applied" });
    expect(world.ledger.sent()).toHaveLength(sent);
  });

  it("is refused for what was never applied, was never a write, or cannot be undone", async () => {
    const world = ledgerWorld(async ({ book }) => {
      await book.getRecord("read", { id: "a" });
      await book.pay("pay", { text: "ten" });
      await book.setRecord("denied", { id: "a", set: { colour: "red" } });
    });
    await world.engine.run();
    expect(await world.engine.undo("read")).toMatchObject({ code: "effect.not_applied" });
    expect(await world.engine.undo("another")).toMatchObject({ code: "effect.not_applied" });
    expect(await world.engine.undo("denied")).toMatchObject({ code: "effect.not_applied" });
    expect(await world.engine.undo("pay")).toMatchObject({ code: "effect.irreversible" });
    expect(world.engine.entries("undo.requested")).toEqual([]);
  });

  it("of a written thing removes it and proves that it is gone", async () => {
    const world = ledgerWorld(addLine);
    await world.engine.run();
    const reads = () => world.ledger.requests.filter(({ method, path }) => method === "GET" && path === "/lines").length;
    const before = reads();
    expect(await world.engine.undo("add")).toBeNull();
    expect(world.ledger.lines).toEqual([]);
    expect(reads() - before, "once before and once after the removal").toBe(2);
    expect(world.engine.entries("undo.done")).toMatchObject([{ matches: true }]);
    expect(
      effectView(
        "add",
        world.engine.durable.filter(({ step }) => step === "add"),
      ),
    ).toMatchObject({ status: "undone" });
  });

  it("of a written thing that is gone already sends nothing", async () => {
    const world = ledgerWorld(addLine);
    await world.engine.run();
    world.ledger.lines.length = 0;
    const sent = world.ledger.sent().length;
    expect(await world.engine.undo("add")).toBeNull();
    expect(world.ledger.sent()).toHaveLength(sent);
  });

  it.each([
    ["a removal", addLine, "add"],
    ["a restoring", set, "set"],
  ] as const)("that the system answers and does not do is no undo: %s", async (_, body, step) => {
    const world = ledgerWorld(body);
    await world.engine.run();
    world.ledger.keepsLines = true;
    world.ledger.deaf = true;
    expect(await world.engine.undo(step)).toBeNull();
    const own = () => world.engine.durable.filter((entry) => entry.step === step);
    expect(effectView(step, own())).toMatchObject({ status: "undo_failed" });
    world.ledger.keepsLines = false;
    world.ledger.deaf = false;
    expect(await world.engine.undo(step), "it may be asked for again").toBeNull();
    expect(effectView(step, own())).toMatchObject({ status: "undone" });
  });

  it("that fails for now is tried again, and one that fails for good is shown as such", async () => {
    const world = ledgerWorld(addLine);
    await world.engine.run();
    world.ledger.fault("lost", "after", ({ method }) => method === "DELETE");
    expect(await world.engine.undo("add")).toBeNull();
    expect(world.ledger.lines).toEqual([]);
    expect(
      world.ledger.sent().filter((request) => request.startsWith("DELETE")),
      "gone already: not removed twice",
    ).toHaveLength(1);

    const other = ledgerWorld(addLine);
    await other.engine.run();
    other.ledger.answerNext(422, {}, ({ method }) => method === "DELETE");
    expect(await other.engine.undo("add")).toBeNull();
    expect(
      effectView(
        "add",
        other.engine.durable.filter(({ step }) => step === "add"),
      ),
    ).toMatchObject({ status: "undo_failed" });
  });

  it("writes nothing when its announcement cannot be made durable", async () => {
    const world = ledgerWorld(set);
    await world.engine.run();
    const sent = world.ledger.sent().length;
    const entries = [
      ...world.engine.durable,
      { type: "undo.requested", step: "set", by: "ada@example.com", seq: 99, at: world.clock.now } as Entry,
    ];
    let failures = 0;
    const { journal, ports } = byHand(world, entries, {
      flush: async () => {
        if (failures++ === 0) throw new Error("the disk is full");
      },
    });
    await expect(undoStep(new Pass("run-1", world.spec, journal, ports), ledgerWorkflow(set), "set")).rejects.toBeDefined();
    expect(world.ledger.sent()).toHaveLength(sent);
  });
});
