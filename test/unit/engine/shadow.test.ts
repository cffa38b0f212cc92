// A run without the power to write: under rules in shadow mode, and under none at all. The writes here would happen if anything called them; nothing may.
import { describe, expect, it } from "vitest";
import type { AnyWriteAction, Http } from "../../../src/connectors/define.ts";
import { Pass } from "../../../src/engine/pass.ts";
import { boundWrite } from "../../../src/engine/shadow.ts";
import { dryRun, effectsOf } from "../../../src/governance/dry-run.ts";
import { shadowSpec } from "../../../src/governance/shadow-spec.ts";
import { GovernanceSpec } from "../../../src/governance/spec.ts";
import type { MemoryOptions } from "../../harness/memory-engine.ts";
import { type Body, ledgerSpec, ledgerWorkflow, ledgerWorld } from "./ledger-world.ts";

const unapproved = shadowSpec({ name: "bookkeeping", purpose: "Keep the tests' books" });
const unreachable: MemoryOptions["answer"] = () => expect.unreachable("nobody is asked");

const everything: Body = async ({ book, mind, step }) => {
  const record = await book.getRecord("read", { id: "a" });
  const judged = await mind.decide("judge", { instruction: "Judge", input: { "note.title": "t" } });
  const outcomes = [
    await book.setRecord("set", { id: "a", set: { grade: "a" } }, { basedOn: judged }),
    await book.addLine("add", { text: "one" }),
    await book.pay("pay", { text: "two" }),
    await book.sendLetter("send", { text: "three" }),
  ];
  const answered = await step.approval("ask", { question: "Shall we?" });
  return {
    read: record.owner,
    outcomes: outcomes.map((one) => (one.status === "refused" ? one.because : one.status)),
    answered: answered.status,
  };
};

describe("a run of a workflow that has no approved spec", () => {
  it("goes the whole way, sends nothing that could write, and asks nobody", async () => {
    let applied = 0;
    const apply = async () => {
      applied++;
      throw new Error("a write was applied in shadow");
    };
    const actions = Object.fromEntries(["setRecord", "addLine", "pay", "sendLetter"].map((name) => [name, { apply }]));
    const world = ledgerWorld(everything, { spec: unapproved, actions, answer: unreachable });
    expect(await world.engine.run()).toEqual({
      kind: "ended",
      state: {
        status: "completed",
        output: { read: "nobody", outcomes: ["shadow", "shadow", "shadow", "shadow"], answered: "expired" },
      },
    });
    expect(applied).toBe(0);
    expect(world.asked).toHaveLength(1);
    expect(world.ledger.requests.map(({ method }) => method)).toEqual(world.ledger.requests.map(() => "GET"));
    expect(world.ledger.records.get("a")?.fields).toEqual({ owner: "nobody", grade: "c" });
    expect(world.engine.entries("effect.ruled").map((entry) => entry.type === "effect.ruled" && entry.ruling)).toEqual(
      Array(4).fill(expect.objectContaining({ outcome: "require_approval", rule: "no_approved_spec" })),
    );
    expect(world.engine.entries("approval.requested")).toEqual([]);
  });

  it("shows what rules would have done with its writes, before there are any", async () => {
    const world = ledgerWorld(everything, { spec: unapproved, answer: unreachable });
    await world.engine.run();
    const recorded = world.engine.durable.map(({ at, type, step = null, seq: _, ...body }) => ({ at, type, step, body: body as never }));
    const { considered, was, would } = dryRun(ledgerSpec, effectsOf("run", recorded));
    expect({ considered, was, would }).toEqual({
      considered: 4,
      was: { allow: 0, require_approval: 4, deny: 0 },
      would: { allow: 4, require_approval: 0, deny: 0 },
    });
  });

  it("ends the same when it is replayed", async () => {
    const world = ledgerWorld(everything, { spec: unapproved, answer: unreachable });
    const first = await world.engine.run();
    const recorded = world.engine.durable.length;
    expect(await world.again().run()).toEqual(first);
    expect(world.engine.durable).toHaveLength(recorded);
  });
});

describe("what a run in shadow holds", () => {
  const write = ledgerWorkflow(async () => null).uses.book as { actions: Record<string, AnyWriteAction> };
  const action = write.actions.addLine as AnyWriteAction;

  it("is a write that has nothing to write with and nothing to undo with", () => {
    expect(boundWrite({ mode: "shadow" }, action)).toMatchObject({ apply: null, undo: { kind: action.undo.kind } });
    expect(Object.keys(boundWrite({ mode: "shadow" }, action).undo)).toEqual(["kind"]);
    expect(boundWrite({ mode: "live" }, action)).toBe(action);
  });

  it.each(["POST", "PUT", "PATCH", "DELETE"] as const)("reaches no system by %s, even where a read would", async (method) => {
    const sent: string[] = [];
    const http: Http = {
      send: async (request) => {
        sent.push(request.method);
        return { status: 200, headers: new Headers(), json: {}, text: "{}" };
      },
      remember: (_key, _ttl, load) => load(),
      settings: {},
    };
    const ports = { connect: () => http } as never;
    const journal = { entriesOf: () => [] } as never;
    const shadow = new Pass("r", { ...ledgerSpec, mode: "shadow" }, journal, ports).ports.connect("ledger");
    await expect(shadow.send({ method, path: "/x" })).rejects.toMatchObject({ failure: { code: "workflow.undeclared" } });
    await shadow.send({ method: "GET", path: "/x" });
    expect(sent).toEqual(["GET"]);
    await new Pass("r", ledgerSpec, journal, ports).ports.connect("ledger").send({ method, path: "/x" });
    expect(sent).toEqual(["GET", method]);
  });

  it("fails a read that tries to write", async () => {
    const body: Body = ({ book }) => book.getRecord("read", { id: "a" });
    const getRecord = { run: (_: unknown, http: Http) => http.send({ method: "DELETE", path: "/lines/1" }) };
    const world = ledgerWorld(body, { spec: unapproved, actions: { getRecord: getRecord as never } });
    expect(await world.engine.run()).toMatchObject({ state: { status: "failed", error: { code: "workflow.undeclared" } } });
    expect(world.ledger.requests).toEqual([]);
  });
});

describe("the rules of a workflow that has none", () => {
  it("fit the schema, hold nothing that is allowed, and cannot be live", () => {
    expect(GovernanceSpec.parse(unapproved)).toEqual(unapproved);
    expect(unapproved).toMatchObject({ version: 0, mode: "shadow", actions: {} });
    for (const more of [{ mode: "live" }, { actions: ledgerSpec.actions }])
      expect(GovernanceSpec.safeParse({ ...unapproved, ...more }).error?.issues).toMatchObject([{ path: ["version"] }]);
  });
});
