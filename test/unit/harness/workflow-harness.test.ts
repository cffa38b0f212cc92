// The harness that teams test their workflows with: time is skipped and not spent, faults strike the step that they name, what happened can be counted, and a
// scenario that says too little is told so in words that help.
import { describe, expect, it } from "vitest";
import type { AnyWriteAction } from "../../../src/connectors/define.ts";
import { defineWorkflow, startedByRun } from "../../../src/engine/define.ts";
import { crashEverywhere, expectEffects } from "../../harness/expectations.ts";
import {
  approve,
  ask,
  edit,
  inform,
  insufficient,
  nobody,
  reassign,
  reject,
  type Scenario,
  testWorkflow,
} from "../../harness/workflow-harness.ts";
import { asking } from "../engine/ledger-world.ts";
import { bookkeeping, HOUR, scenario } from "./bookkeeping.ts";

const workflow = bookkeeping();
const start = (more: Partial<Scenario> = {}) => testWorkflow(workflow, { ...scenario, ...more });
const asks: Partial<Scenario> = { spec: { ...scenario.spec, ...asking("ledger.setRecord") } };
const done = { status: "completed", output: { closed: true, set: "applied", paid: "applied", line: "applied" } };

describe("other runs", () => {
  const counting = defineWorkflow(
    {
      name: "bookkeeping",
      version: 1,
      purpose: "Count with others",
      trigger: startedByRun,
      lane: ({ event }) => event.subject,
      uses: {},
      dataFlow: [],
      decisions: {},
    },
    async ({ step }) => {
      const counted = await step.start("count", "count-stock", { subject: "b", data: { since: 1 } }, { wait: true });
      if (counted.status !== "completed") return counted.status;
      return step.continueAsNew(counted.output);
    },
  );
  const base: Scenario = { spec: scenario.spec, event: { subject: "a" } };

  it("end as the scenario says, and are counted", async () => {
    const run = testWorkflow(counting, { ...base, children: { "count-stock": ({ data }) => ({ status: "completed", output: data }) } });
    const state = await run.toEnd();
    const [child, next] = run.started;
    expect(child).toMatchObject({ workflow: "count-stock", subject: "b", data: { since: 1 }, successor: false });
    expect(next).toMatchObject({ workflow: "bookkeeping", data: { since: 1 }, successor: true });
    expect(state).toEqual({ status: "completed", output: { continuedAs: next?.run } });
  });

  it("may fail, as a value", async () => {
    const failed = { status: "failed", error: { code: "workflow.threw", message: "no" } } as const;
    expect(await testWorkflow(counting, { ...base, children: { "count-stock": failed } }).toEnd()).toMatchObject({ output: "failed" });
  });

  it("that the scenario does not know are a mistake that it is told of", async () => {
    await expect(testWorkflow(counting, base).toEnd()).rejects.toThrow(/does not say how a child "count-stock" ends\. Add: children/);
  });

  it("are started once wherever the process stops", async () => {
    await crashEverywhere(counting, { ...base, children: { "count-stock": { status: "completed", output: 3 } } });
  });
});

describe("time", () => {
  it("is skipped: pauses, signals and expiries come in their order at once", async () => {
    const run = start();
    const began = run.clock.now;
    expect(await run.toEnd()).toMatchObject(done);
    expect(run.clock.now).toBe(began + HOUR + 60_000);
  });

  it("can be stopped at a wait, by its kind or by its step", async () => {
    const run = start();
    expect(await run.until("timer")).toMatchObject({ step: "pause" });
    expect(await run.until({ step: "close" })).toMatchObject({ kind: "signal" });
    expect(run.asked).toHaveLength(1);
    expect(await run.toEnd()).toMatchObject(done);
  });

  it("goes on by as much as is said, and no further", async () => {
    const run = start({ signals: [] });
    expect(await run.advance(HOUR - 1)).toMatchObject({ status: "waiting", on: { step: "pause" } });
    expect(await run.advance(1)).toMatchObject({ status: "waiting", on: { step: "close" } });
    expect(await run.advance(2 * HOUR - 1)).toMatchObject({ status: "waiting" });
    expect(await run.advance(1)).toMatchObject({ status: "completed", output: { closed: false } });
  });
});

describe("signals", () => {
  it.each([
    ["when their time comes", { at: 2 * HOUR }],
    ["before they are waited for", { at: 0 }],
    ["after a step", { afterStep: "pause" }],
  ])("are sent %s", async (_, when) => {
    const run = start({ signals: [{ name: "close", data: { by: "grace" }, ...when }] });
    expect(await run.toEnd()).toMatchObject(done);
    expect(run.record("record/a")).toMatchObject({ owner: "grace" });
  });

  it("are sent by hand", async () => {
    const run = start({ signals: [] });
    await run.until("signal");
    run.signal("close", { by: "alan" });
    await run.toEnd();
    expect(run.record("record/a")).toMatchObject({ owner: "alan" });
  });
});

describe("questions to people", () => {
  it.each([
    ["approved", approve(), { closed: true }],
    ["rejected", reject("Not yet"), { closed: false, because: "rejected" }],
    ["expired", nobody(), { closed: false, because: "expired" }],
  ])("are answered as the scenario says: %s", async (_, answer, output) => {
    const run = start({ answers: { "close books": answer } });
    expect(await run.toEnd()).toMatchObject({ status: "completed", output });
    expect(run.effects).toHaveLength(output.closed ? 3 : 0);
  });
});

describe("several people", () => {
  const [ada, grace] = [{ by: "ada@example.com" }, { by: "grace@example.com" }];
  const review = { ...scenario.spec.review, reviewers: [ada.by, grace.by] };
  const agreed = [approve(ada), approve(grace)];
  const two: Partial<Scenario> = { spec: { ...scenario.spec, ...asking("ledger.setRecord"), review: { ...review, approvals: 2 } } };
  const one: Partial<Scenario> = { spec: { ...scenario.spec, ...asking("ledger.setRecord"), review } };

  it("agree one after another, and the same wherever the process stops", async () => {
    const run = start({ ...two, answers: { "close books": agreed, set: agreed } });
    expect(await run.toEnd()).toEqual(done);
    expect(run.entries.filter(({ type }) => type === "approval.endorsed")).toHaveLength(2);
    await crashEverywhere(workflow, { ...scenario, ...two, answers: { "close books": agreed, set: agreed } });
  });

  it("see what one of them edited, and may let it be", async () => {
    const run = start({ ...two, answers: { "close books": agreed, set: [edit({ owner: "bob" }, ada), reject("Not Bob", grace)] } });
    await run.toEnd();
    expect(run.effects.find(({ step }) => step === "set")?.status).toBe("refused: rejected");
    expect(run.entries.some(({ type }) => type === "approval.amended")).toBe(true);
  });

  it("ask each other, hand over, and say that it does not suffice", async () => {
    const said = [ask("Who is Ada?", ada), inform("The owner", { by: "operator@example.com" }), reassign(grace.by, ada)];
    const run = start({ ...one, answers: { "close books": approve(), set: [...said, insufficient("A signature", grace)] } });
    await run.toEnd();
    expect(run.effects.find(({ step }) => step === "set")?.status).toBe("refused: insufficient");
  });

  it("say nothing more than the list holds, and the approval expires", async () => {
    const run = start({ ...two, answers: { "close books": agreed, set: [approve(ada)] } });
    await run.toEnd();
    expect(run.effects.find(({ step }) => step === "set")?.status).toBe("refused: expired");
  });

  it("answer by hand, each once", async () => {
    const run = start({ ...two, answers: { "close books": agreed, set: nobody() } });
    await run.until({ step: "set" });
    run.answer(approve(ada));
    await run.until({ step: "set" });
    run.answer(approve(grace));
    expect(await run.toEnd()).toEqual(done);
  });
});

describe("effects", () => {
  it("are those that took effect, in order, with what they wrote", async () => {
    const run = start();
    await run.toEnd();
    expectEffects(run, [
      { step: "set", action: "ledger.setRecord", target: "record/a", values: { owner: "ada" }, status: "applied" },
      { step: "pay", action: "ledger.pay", values: { text: "number 7" }, status: "applied" },
      { step: "add", action: "ledger.addLine", values: { text: "closed by ada" }, status: "applied" },
    ]);
    expect(() => expectEffects(run, [{ step: "set", status: "applied" }])).toThrow(/writes, in order/);
  });

  it("name what was asked, refused and undone", async () => {
    const run = start(asks);
    await run.until({ step: "set" });
    expectEffects(run, [{ step: "set", status: "asked" }]);
    run.answer(reject("No"));
    await run.toEnd();
    expect(run.effects[0]).toMatchObject({ step: "set", status: "refused: rejected" });
    await run.undo("add");
    expect(run.effects.map(({ step, status }) => `${step} ${status}`)).toEqual(["set refused: rejected", "pay applied", "add undone"]);
  });

  it("are undone field by field, and what somebody changed since is left alone", async () => {
    const run = start();
    await run.toEnd();
    run.change("record/a", { owner: "somebody" });
    await run.undo("set");
    expect(run.effects[0]).toMatchObject({ status: "partly undone" });
    expect(run.record("record/a")).toMatchObject({ owner: "somebody" });
  });
});

describe("faults", () => {
  it.each([
    ["read", "503"],
    ["judge", "429"],
    ["set", "answer lost"],
    ["set", "timeout before"],
    ["set", "look: 500"],
    ["set", "conflict"],
    ["pay", "answer lost"],
    ["add", "answer lost"],
    ["add", "prove: 500"],
    ["number", "crash before journal"],
    ["pause", "crash after journal"],
    ["set", "crash before request"],
    ["set", "crash after request"],
    ["judge", "crash after request"],
  ] as const)("of %s: %s; the run comes to its end and each write is there once", async (step, fault) => {
    const run = start({ faults: { [step]: [fault] } });
    expect(await run.toEnd()).toMatchObject(done);
    expect(run.effects.map(({ status }) => status)).toEqual(["applied", "applied", "applied"]);
    expect(run.stops).toBe(fault.startsWith("crash") ? 1 : 0);
  });

  it("strike one after another, and every request where they say always", async () => {
    const run = start({ faults: { read: ["500", "429"], add: ["422 always"] } });
    expect(await run.toEnd()).toMatchObject({ status: "failed" });
    expect(run.calls("ledger.getRecord").filter(({ step }) => step === "read")).toHaveLength(3);
    expect(run.effects.map(({ step, status }) => `${step} ${status}`)).toEqual([
      "set undone",
      "pay applied",
      "add failed: connector.rejected",
    ]);
  });

  it("strike an undo under the step's name", async () => {
    const run = start({ faults: { add: ["422 always"], "set/undo": ["503", "look: 429"] } });
    expect(await run.toEnd()).toMatchObject({ status: "failed" });
    expect(run.effects[0]).toMatchObject({ status: "undone" });
  });

  it("leave an operator to find out what no system can tell", async () => {
    const run = start({ faults: { read: ["401"] } });
    expect(await run.toEnd()).toMatchObject({ status: "waiting", on: { kind: "operator", step: "read" } });
    run.resolve("read", "retry");
    expect(await run.toEnd()).toMatchObject(done);
  });

  it("that never strike are a mistake of the test", async () => {
    await expect(start({ faults: { sett: ["500"] } }).toEnd()).rejects.toThrow(
      /"500" of "sett" never struck.*steps: read, read other, number/,
    );
  });
});

describe("a process that stops anywhere", () => {
  it.each([
    ["undisturbed", {}],
    ["with an approval", { ...asks, answers: approve() }],
    ["with one that expires", { ...asks, answers: { "close books": approve(), set: nobody() } }],
    ["with a failure that is compensated", { faults: { add: ["422 always"] } }],
  ] satisfies [string, Partial<Scenario>][])("changes nothing of a run: %s", async (_, more) => {
    expect(await crashEverywhere(workflow, { ...scenario, ...more })).toBeGreaterThan(20);
  });

  it("changes something where an action cannot find what it has written, and that is seen", async () => {
    const { book } = workflow.uses;
    if (book?.kind !== "connector") throw new Error("bookkeeping has a book");
    const { find: _, ...addLine } = book.actions.addLine as AnyWriteAction;
    const forgetful = { ...addLine, idempotency: "none" as const };
    const broken = { ...workflow, uses: { ...workflow.uses, book: { ...book, actions: { ...book.actions, addLine: forgetful } } } };
    await expect(crashEverywhere(broken, scenario)).rejects.toThrow(/stopped at \d+ of \d+, after/);
  });
});

describe("a scenario that says too little or too much is told", () => {
  const said: [string, Partial<Scenario>, RegExp][] = [
    ["which read has no answer, and what to add", { reads: {} }, /"read" reads ledger\.getRecord.*Add: reads: \{ "ledger\.getRecord"/],
    ["which record is missing", { records: {} }, /looks at "record\/a".*Add: records: \{ "record\/a": \{"owner":null\} \}/],
    ["which decision is missing", { decisions: {} }, /asked for "judge"\. Add: decisions: \{ judge/],
    ["that nobody answers", asks, /"set" asks a person.*Add: answers: approve\(\)/],
    ["that an output does not fit", { outputs: { "ledger.pay": () => ({}) } }, /outputs\["ledger\.pay"\].*id/],
    [
      "that an answer of the model does not fit",
      { decisions: { judge: { value: { verdict: "maybe" } } } },
      /decisions\["judge"\].*verdict/,
    ],
    ["that a list of answers has come to its end", { decisions: { judge: [] } }, /for the 1\. time; the list has 0/],
    ["that a fake threw", { reads: { "ledger.getRecord": () => JSON.parse("{") } }, /The fake of ledger\.getRecord threw/],
    ["that a signal was never sent", { signals: [{ name: "close", data: {}, afterStep: "nothing" }] }, /"close" was never sent/],
  ];
  it.each(said)("%s", async (_, more, message) => {
    await expect(start(more).toEnd()).rejects.toThrow(message);
  });

  it.each([
    ["reads", { reads: { "ledger.pay": {} } }, /reads names "ledger\.pay", which is no read/],
    ["outputs", { outputs: { "ledger.bribe": {} } }, /outputs names "ledger\.bribe"/],
    ["decisions", { decisions: { guess: { value: {} } } }, /decisions names "guess"/],
    ["spec", { spec: { ...scenario.spec, workflow: "other" } }, /The spec is one of other/],
  ] satisfies [string, Partial<Scenario>, RegExp][])("at once that %s names what is not there", (_, more, message) => {
    expect(() => start(more)).toThrow(message);
  });

  it("that what it stops at never comes", async () => {
    await expect(start().until("child")).rejects.toThrow(/never waited for "child": it is .*completed/);
  });
});
