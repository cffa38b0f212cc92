// What an undo would do, asked beforehand: for each write what the record says now, in the order in which it would be done; and nothing is changed by asking.
// Then the spec's window, at each door through which a write is taken back, and the choice of writes that somebody looks at afterwards.

import { describe, expect, it } from "vitest";
import * as z from "zod";
import { effectView } from "../../../src/engine/project.ts";
import { forkJournal } from "../../../src/engine/run-requests.ts";
import { previewUndo } from "../../../src/engine/undo-preview.ts";
import { isSampled } from "../../../src/governance/sample.ts";
import { asking, type Body, byHand, ledgerWorkflow, ledgerWorld } from "./ledger-world.ts";

const DAY = 24 * 60 * 60_000;
const WINDOW = 30 * DAY;

const everyKind: Body = async ({ book }) => {
  await book.setRecord("set a", { id: "a", set: { owner: "ada", grade: "a" } });
  await book.addLine("add", { text: "one" });
  await book.setRecord("set b", { id: "b", set: { owner: "ada" } });
  await book.pay("pay", { text: "5 EUR" });
};
const ALL = ["set a", "add", "set b", "pay", "never called"];

async function written(body: Body = everyKind) {
  const world = ledgerWorld(body);
  await world.engine.run();
  const { ports } = byHand(world, []);
  const look = (steps: readonly string[] = ALL, more: object = {}) =>
    previewUndo(
      {
        runId: "run-1",
        entries: world.engine.durable,
        spec: world.spec,
        workflow: ledgerWorkflow(body),
        connect: ports.connect,
        now: world.clock.now,
        ...more,
      },
      steps,
    );
  return { ...world, look };
}

describe("a preview of an undo", () => {
  it("says of each write what would become of it, newest first", async () => {
    const { look } = await written();
    expect((await look()).map(({ step, outlook }) => [step, outlook])).toEqual([
      ["pay", { kind: "refused", error: { code: "effect.irreversible", message: "The money has left" } }],
      ["set b", { kind: "restore", restore: { owner: "nobody" }, ours: { owner: "ada" }, conflicts: [] }],
      ["add", { kind: "withdraw", gone: false }],
      ["set a", { kind: "restore", restore: { grade: "c", owner: "nobody" }, ours: { grade: "a", owner: "ada" }, conflicts: [] }],
    ]);
  });

  it("names the fields that somebody has changed since, and what has been removed already", async () => {
    const { look, ledger } = await written();
    ledger.edit("a", { owner: "grace" });
    ledger.lines.length = 0;
    expect((await look(["set a", "add"])).map(({ outlook }) => outlook)).toEqual([
      { kind: "withdraw", gone: true },
      { kind: "restore", restore: { grade: "c" }, ours: { grade: "a" }, conflicts: [{ field: "owner", ours: "ada", now: "grace" }] },
    ]);
  });

  it("changes nothing, neither the records nor the journal", async () => {
    const { look, ledger, engine } = await written();
    const [sent, entries] = [ledger.sent(), structuredClone(engine.durable)];
    await look();
    expect(ledger.sent()).toEqual(sent);
    expect(engine.durable).toEqual(entries);
  });

  it("says what was undone already and what could not be read, and goes on with the others", async () => {
    const { look, engine, ledger } = await written();
    await engine.undo("set b");
    ledger.answerNext(503, {}, ({ path }) => path.endsWith("/records/a"));
    expect((await look()).map(({ step, outlook }) => [step, outlook.kind, "error" in outlook ? outlook.error.code : ""])).toEqual([
      ["pay", "refused", "effect.irreversible"],
      ["set b", "refused", "effect.not_applied"],
      ["add", "withdraw", ""],
      ["set a", "unread", "connector.unavailable"],
    ]);
  });

  it("reads no record where an undo would be refused: after its window, or of another run's write", async () => {
    const { look, ledger } = await written();
    const kinds = async (more: object) => (await look(["set a"], more)).map(({ outlook }) => "error" in outlook && outlook.error.code);
    const seen = ledger.requests.length;
    expect(await kinds({ now: Date.parse("2026-01-05T09:00:00Z") + WINDOW + DAY })).toEqual(["effect.window_passed"]);
    expect(await kinds({ runId: "run-1~1" })).toEqual(["effect.taken_over"]);
    expect(await kinds({ workflow: null })).toEqual(["workflow.unknown"]);
    expect(ledger.requests.length).toBe(seen);
  });
});

describe("the window of a rollback", () => {
  const waits: Body = async ({ book, step }) => {
    await book.setRecord("set a", { id: "a", set: { owner: "ada" } });
    await step.sleep("pause", WINDOW + DAY);
    await book.setRecord("set b", { id: "b", set: { owner: "ada" } });
    await step.signal("go", { schema: z.object({}), within: DAY });
    throw new Error("the author's code broke");
  };

  it("is over for a person's undo, and not for a run that fails", async () => {
    const world = ledgerWorld(waits);
    await world.engine.run();
    expect(["a", "b"].map((id) => world.ledger.records.get(id)?.fields.owner)).toEqual(["nobody", "nobody"]);

    const late = ledgerWorld(async ({ book }) => book.setRecord("set a", { id: "a", set: { owner: "ada" } }));
    await late.engine.run();
    late.clock.now += WINDOW + 1;
    expect(await late.engine.undo("set a")).toMatchObject({ code: "effect.window_passed" });
    expect(late.ledger.records.get("a")?.fields.owner).toBe("ada");
  });

  it("is over for whoever cancels a run and takes its writes back: the newer ones are, the older one says why not", async () => {
    const world = ledgerWorld(async ({ book, step }) => {
      await book.setRecord("set a", { id: "a", set: { owner: "ada" } });
      await step.sleep("pause", WINDOW + DAY);
      await book.setRecord("set b", { id: "b", set: { owner: "ada" } });
      world.engine.ask({ do: "cancel", compensate: true, reason: "wrong" });
      await step.sleep("never", DAY);
    });
    await world.engine.run();
    expect(["a", "b"].map((id) => world.ledger.records.get(id)?.fields.owner)).toEqual(["ada", "nobody"]);
    expect(world.engine.entries("undo.failed")).toMatchObject([{ step: "set a", error: { code: "effect.window_passed" } }]);
  });
});

describe("a share of the writes that nobody was asked about", () => {
  const one: Body = async ({ book }) => book.setRecord("set a", { id: "a", set: { owner: "ada" } });
  const ruled = async (spec: object, answer?: NonNullable<Parameters<typeof ledgerWorld>[1]>["answer"]) => {
    const world = ledgerWorld(one, { spec, ...(answer ? { answer } : {}) });
    await world.engine.run();
    return world;
  };
  const sampled = (world: Awaited<ReturnType<typeof ruled>>) =>
    world.engine.durable.flatMap((entry) => (entry.type === "effect.ruled" ? [entry.sampled ?? false] : []));

  it("is chosen with the ruling, and the write says so", async () => {
    const world = await ruled({ auditSampling: 1 });
    expect(sampled(world)).toEqual([true]);
    expect(
      effectView(
        "set a",
        world.engine.durable.filter(({ step }) => step === "set a"),
      ),
    ).toMatchObject({ sampled: true, status: "applied" });
    expect(sampled(await ruled({ auditSampling: 0 }))).toEqual([false]);
    expect(sampled(await ruled({}))).toEqual([false]);
  });

  it("is chosen by event, step and record and by nothing else", async () => {
    const share = [0.1, 0.3, 0.5, 0.7, 0.9];
    const found = await Promise.all(share.map(async (auditSampling) => sampled(await ruled({ auditSampling }))[0]));
    const { engine } = await ruled({});
    const began = engine.durable.find((entry) => entry.type === "run.started");
    const event = began?.type === "run.started" ? began.event.id : "";
    const drawn = { workflow: "bookkeeping", event, step: "set a", target: "record/a" };
    const { engine: again } = await ruled({});
    const target = again.durable.find((entry) => entry.type === "effect.intended");
    expect(target).toMatchObject({ target: drawn.target });
    expect(found).toEqual(share.map((each) => isSampled(each, null, drawn)));
    expect(new Set(found).size).toBe(2);
  });

  it("holds no write that a person decided, that was denied, or that shadow mode withheld", async () => {
    const approve = ({ digest }: { digest: string }) => ({ kind: "approved", digest });
    const asked = await ruled({ auditSampling: 1, ...asking("ledger.setRecord") }, approve);
    expect(sampled(asked)).toEqual([false, false]);
    expect(asked.ledger.records.get("a")?.fields.owner).toBe("ada");
    expect(sampled(await ruled({ auditSampling: 1, actions: {} }))).toEqual([false]);
    expect(sampled(await ruled({ auditSampling: 1, mode: "shadow" }))).toEqual([false]);
  });

  it("is not chosen anew by a run that takes the write over", async () => {
    const world = ledgerWorld(
      async ({ book }) => {
        await book.setRecord("set a", { id: "a", set: { owner: "ada" } });
        await book.setRecord("set b", { id: "b", set: { owner: "ada" } });
      },
      { spec: { auditSampling: 1 } },
    );
    await world.engine.run();
    const fork = forkJournal(world.engine.durable, "set b");
    const rulings = fork.ok ? fork.value.filter(({ type }) => type === "effect.ruled") : [];
    expect(rulings).toHaveLength(1);
    expect(rulings[0]).not.toHaveProperty("sampled");
  });
});
