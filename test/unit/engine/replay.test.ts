// A run is its journal: what is recorded is never asked again, code that no longer follows the record is held before it does anything, and parallel steps
// neither lose nor repeat anything.
import { describe, expect, it } from "vitest";
import type { ErrorCode } from "../../../src/core/errors.ts";
import { executePass, stepsOf } from "../../../src/engine/execute.ts";
import type { Entry } from "../../../src/engine/journal.ts";
import { ticketTriageSpec } from "../../../src/workflows/ticket-triage/governance.ts";
import { ticketTriage } from "../../../src/workflows/ticket-triage/workflow.ts";
import { alwaysSuspends } from "../../harness/memory-engine.ts";
import { asking, type Body, byHand, ledgerWorld } from "./ledger-world.ts";
import { triageWorld } from "./triage-world.ts";

const body: Body = async ({ book, mind }) => {
  const record = await book.getRecord("read", { id: "a" });
  const judged = await mind.decide("judge", { instruction: "Is it ours?", input: { "note.text": String(record.owner) } });
  const set = await book.setRecord("set", { id: "a", set: { owner: "ada" } }, { basedOn: judged });
  const line = await book.addLine("add", { text: `owner was ${record.owner}` });
  return { verdict: judged.value.verdict, set: set.status, line: line.status };
};

const held = (step: string, code: ErrorCode = "workflow.diverged") => ({
  kind: "operator",
  on: { kind: "operator", step, error: { code } },
});

describe("a decided run", () => {
  it("replayed from its journal makes no request and asks no model", async () => {
    const world = ledgerWorld(body);
    const end = await world.engine.run();
    const requests = world.ledger.requests.length;
    expect(requests).toBeGreaterThan(0);
    const replayed = world.again();
    expect(await replayed.run()).toEqual(end);
    expect(world.ledger.requests).toHaveLength(requests);
    expect(world.asked).toHaveLength(1);
    expect(replayed.durable).toHaveLength(world.engine.durable.length);
  });

  it("of ticket triage does so with a person's edit in it", async () => {
    const world = triageWorld({
      confidence: 0.3,
      answer: ({ digest }) => ({ kind: "edited", digest, values: { group: "returns", priority: "low" } }),
    });
    const end = await world.engine.run();
    const before = [world.zendesk.requests.length, world.slack.requests.length, world.model.calls];
    const recorded = world.engine.durable.slice(0, -1);
    const { journal, ports } = byHand(ledgerWorld(body), recorded);
    const outside = { connect: () => expect.unreachable("no request"), model: () => expect.unreachable("no model") };
    const event = {
      id: "evt_1",
      connection: "zendesk",
      source: "zendesk/zendesk",
      type: "ticket.created",
      subject: world.id,
      time: 0,
      data: {},
    };
    const run = { runId: "run-1", event, workflow: ticketTriage, spec: ticketTriageSpec, journal, recordedSteps: stepsOf(recorded) };
    expect(await executePass({ ...run, ports: { ...ports, ...outside } })).toEqual(end);
    expect([world.zendesk.requests.length, world.slack.requests.length, world.model.calls]).toEqual(before);
  });

  it("cut off anywhere goes on to the same end and the same writes", async () => {
    const whole = ledgerWorld(body);
    const end = await whole.engine.run();
    for (let kept = 0; kept < whole.engine.durable.length; kept++) {
      const cut = whole.engine.durable.slice(0, kept);
      // A journal that ends in a request, or in what follows it, says nothing about a world in which that request was never made.
      if (cut.some(({ type }) => type === "effect.sending")) break;
      const world = ledgerWorld(body);
      const resumed = world.again(body, 0);
      resumed.durable.push(...structuredClone(cut));
      expect(await resumed.run(), `after ${kept} entries`).toEqual(end);
      expect(world.ledger.lines).toHaveLength(1);
    }
  });
});

/** Runs `first` to its end (or to the operator), then `second` from that journal, and says what came of it and what it sent. */
async function changed(first: Body, second: Body) {
  const world = ledgerWorld(first);
  await world.engine.run();
  const before = world.ledger.requests.length;
  const engine = world.again(second);
  const entries = engine.durable.length;
  const end = await engine.run();
  return { end, requests: world.ledger.requests.length - before, entries: engine.durable.slice(entries), asked: world.asked.length };
}

describe("code that no longer follows its journal", () => {
  const add =
    (text: string, name = "add"): Body =>
    ({ book }) =>
      book.addLine(name, { text });
  const read =
    (id: string, name = "read"): Body =>
    ({ book }) =>
      book.getRecord(name, { id });
  const judge =
    (instruction: string, text: string): Body =>
    ({ mind }) =>
      mind.decide("judge", { instruction, input: { "note.text": text } });
  const based =
    (value: "yes" | "no"): Body =>
    ({ book }) =>
      book.addLine("add", { text: "one" }, { basedOn: { decision: "judge", value: { verdict: value }, confidence: 1 } });

  const changes: [string, Body, Body, string][] = [
    ["gives a write another value", add("one"), add("two"), "add"],
    ["gives a write a value that its connector refuses", add("one"), add(7 as never), "add"],
    ["bases a write on another answer", based("yes"), based("no"), "add"],
    ["gives a read another argument", read("a"), read("b"), "read"],
    ["asks the model something else", judge("Is it ours?", "x"), judge("Is it theirs?", "x"), "judge"],
    ["tells the model something else", judge("Is it ours?", "x"), judge("Is it ours?", "y"), "judge"],
    ["makes another write under the same name", add("one"), ({ book }) => book.pay("add", { text: "one" }), "add"],
    ["makes a read of a write", add("one"), read("a", "add"), "add"],
    ["makes a write of a read", read("a"), add("one", "read"), "read"],
    ["renames a step", add("one"), add("one", "write"), "add"],
    ["puts a write before the recorded ones", read("a"), async (context) => [await add("one")(context), await read("a")(context)], "read"],
    ["forgets a step", async (context) => [await read("a")(context), await add("one")(context)], read("a"), "add"],
    ["forgets all steps", add("one"), async () => "done", "add"],
  ];

  it.each(changes)("is held for an operator and does not fail the run: it %s", async (_, first, second, step) => {
    const { end, entries } = await changed(first, second);
    expect(end).toMatchObject(held(step));
    expect(entries.map(({ type }) => type)).not.toContain("run.failed");
    expect(entries.map(({ type }) => type)).not.toContain("undo.requested");
  });

  it.each(changes)("sends nothing: it %s", async (_, first, second) => {
    const { requests, asked } = await changed(first, second);
    expect(requests).toBe(0);
    expect(asked).toBeLessThanOrEqual(1);
  });

  it("is held as well where the recorded step had failed", async () => {
    const caught =
      (make: Body): Body =>
      async (context) => {
        try {
          return await make(context);
        } catch {
          return "caught";
        }
      };
    const { end } = await changed(caught(read("nothing")), caught(add("one", "read")));
    expect(end).toMatchObject(held("read"));
  });

  it("goes on once the code that made the journal is back", async () => {
    const world = ledgerWorld(body);
    const end = await world.engine.run();
    const wrong = world.again(add("one"));
    expect(await wrong.run()).toMatchObject({ kind: "operator" });
    expect(await world.again().run()).toEqual(end);
  });

  it("may add a step behind the recorded ones", async () => {
    const { end } = await changed(read("a"), async (context) => [await read("a")(context), await add("one")(context)]);
    expect(end).toMatchObject({ state: { status: "completed" } });
  });

  it("is not said of an argument whose members merely stand in another order", async () => {
    const { end } = await changed(
      ({ book }) => book.setRecord("set", { id: "a", set: { owner: "ada", grade: "a" } }),
      ({ book }) => book.setRecord("set", { set: { grade: "a", owner: "ada" }, id: "a" }),
    );
    expect(end).toMatchObject({ state: { status: "completed" } });
  });
});

describe("a step's name", () => {
  it("used twice has two entries, each with its own answer", async () => {
    const world = ledgerWorld(async ({ book }) => [
      (await book.getRecord("read", { id: "a" })).owner,
      await book.setRecord("set", { id: "a", set: { owner: "ada" } }),
      (await book.getRecord("read", { id: "a" })).owner,
    ]);
    expect(await world.engine.run()).toMatchObject({ state: { output: ["nobody", { status: "applied" }, "ada"] } });
    expect(world.engine.entries("read.done").map(({ step }) => step)).toEqual(["read", "read#2"]);
    expect(await world.again().run()).toMatchObject({ state: { output: ["nobody", { status: "applied" }, "ada"] } });
  });

  it("used for two equal writes makes two writes under two keys", async () => {
    const world = ledgerWorld(async ({ book }) => {
      for (let n = 0; n < 2; n++) await book.addLine("add", { text: "one" });
    });
    await world.engine.run();
    expect(world.ledger.lines.map(({ key }) => key)).toEqual(["run-1/add", "run-1/add#2"]);
    await world.again().run();
    expect(world.ledger.lines).toHaveLength(2);
  });

  it("used once less than recorded is a forgotten step", async () => {
    const times =
      (n: number): Body =>
      async ({ book }) => {
        for (let i = 0; i < n; i++) await book.addLine("add", { text: "one" });
      };
    expect((await changed(times(2), times(1))).end).toMatchObject(held("add#2"));
  });
});

describe("parallel steps", () => {
  const parallel: Body = async ({ book }) => {
    const [record, line, set] = await Promise.all([
      book.getRecord("read", { id: "b" }),
      book.addLine("add", { text: "one" }),
      book.setRecord("set", { id: "a", set: { owner: "ada" } }),
    ]);
    return { owner: record.owner, line: line.status, set: set.status };
  };
  const done = { state: { status: "completed", output: { owner: "nobody", line: "applied", set: "applied" } } };

  it("are all done, once, and replayed without a request", async () => {
    const world = ledgerWorld(parallel);
    expect(await world.engine.run()).toMatchObject(done);
    expect(world.ledger.sent().toSorted()).toEqual(["POST /lines", "PUT /records/a"]);
    const requests = world.ledger.requests.length;
    expect(await world.again().run()).toMatchObject(done);
    expect(world.ledger.requests).toHaveLength(requests);
  });

  it("have the same end and the same writes wherever the process stops", async () => {
    const undisturbed = ledgerWorld(parallel);
    await undisturbed.engine.run();
    for (let stop = 1; stop <= undisturbed.engine.boundaries; stop++) {
      const world = ledgerWorld(parallel, { stopAt: new Set([stop]) });
      expect(await world.engine.run(), `stopped at ${stop}`).toMatchObject(done);
      expect([world.ledger.lines.length, world.ledger.records.get("a")?.history], `stopped at ${stop}`).toEqual([1, ["run-1/set"]]);
    }
  });

  it("do not stop each other: one waits for a person while the other, and what follows it, is done", async () => {
    const world = ledgerWorld(
      async ({ book }) =>
        Promise.all([
          book.setRecord("set", { id: "a", set: { owner: "ada" } }),
          book.addLine("add", { text: "one" }).then(() => book.addLine("add more", { text: "two" })),
        ]),
      {
        spec: asking("ledger.setRecord"),
        answer: ({ digest }) => {
          expect(world.ledger.lines.map(({ text }) => text)).toEqual(["one", "two"]);
          expect(world.ledger.records.get("a")?.history).toEqual([]);
          return { kind: "approved", digest };
        },
      },
    );
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed" } });
    expect(world.ledger.sent()).toEqual(["POST /lines", "POST /lines", "PUT /records/a"]);
  });

  it("do not stop each other: one waits for an operator while the other is tried again", async () => {
    const world = ledgerWorld(async ({ book }) => Promise.all([book.getRecord("read", { id: "a" }), book.addLine("add", { text: "one" })]));
    world.ledger.fault(401, "before", ({ method }) => method === "GET");
    world.ledger.fault(429, "before");
    expect(await world.engine.run()).toMatchObject(held("read", "connector.unauthorised"));
    expect(world.ledger.lines).toHaveLength(1);
    world.engine.resolve("read", "retry");
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed" } });
    expect(world.ledger.lines).toHaveLength(1);
  });

  it("can each wait for a person, and each answer is taken for itself", async () => {
    const answers: string[] = [];
    const world = ledgerWorld(
      async ({ book }) =>
        Promise.all([book.setRecord("one", { id: "a", set: { owner: "ada" } }), book.setRecord("two", { id: "b", set: { owner: "ada" } })]),
      {
        spec: asking("ledger.setRecord"),
        answer: ({ digest, id }, round) => {
          answers.push(id);
          return round === 1 ? { kind: "approved", digest } : { kind: "rejected", digest, reason: "One is enough" };
        },
      },
    );
    expect(await world.engine.run()).toMatchObject({
      state: { output: [{ status: "applied" }, { status: "refused", because: "rejected" }] },
    });
    expect(new Set(answers).size).toBe(2);
    expect(world.ledger.sent()).toEqual(["PUT /records/a"]);
  });
});

describe("the author's own code", () => {
  it("that throws fails the run with its message and nothing of its stack", async () => {
    const world = ledgerWorld(async () => {
      throw new RangeError("no such month");
    });
    expect(await world.engine.run()).toEqual({
      kind: "ended",
      state: { status: "failed", error: { code: "workflow.threw", message: "no such month" } },
    });
  });

  it.each([["a text"], [undefined], [{ code: 7 }]])("that throws %j fails the run all the same", async (thrown) => {
    const world = ledgerWorld(async () => {
      throw thrown;
    });
    expect(await world.engine.run()).toMatchObject({ state: { status: "failed", error: { code: "workflow.threw" } } });
  });

  it("that returns nothing completes with null", async () => {
    expect(await ledgerWorld(async () => {}).engine.run()).toEqual({ kind: "ended", state: { status: "completed", output: null } });
  });

  it("sees the event that the run was started for", async () => {
    const world = ledgerWorld(async ({ event }) => ({ ...event }));
    expect(await world.engine.run()).toMatchObject({ state: { output: { id: "evt_1", subject: "a", type: "opened" } } });
  });

  it("never learns of a wait: no error is thrown into it, and it is run again from its start", async () => {
    const starts: number[] = [];
    let threw = 0;
    const world = ledgerWorld(
      async ({ book }) => {
        starts.push(starts.length);
        try {
          return await book.setRecord("set", { id: "a", set: { owner: "ada" } });
        } catch {
          return threw++;
        }
      },
      { spec: asking("ledger.setRecord"), answer: ({ digest }) => ({ kind: "approved", digest }) },
    );
    await world.engine.run();
    expect(threw).toBe(0);
    expect(starts).toHaveLength(alwaysSuspends() ? 3 : 2);
  });
});

describe("a run's journal", () => {
  it("is numbered from 1 without gaps, and ends with the run's end", async () => {
    const world = ledgerWorld(body);
    await world.engine.run();
    expect(world.engine.durable.map(({ seq }) => seq)).toEqual(world.engine.durable.map((_, index) => index + 1));
    expect(world.engine.durable.at(-1)?.type).toBe("run.completed");
  });

  it("holds the lines of the effect protocol in their order", async () => {
    const world = ledgerWorld(body);
    await world.engine.run();
    const of = (step: string) => world.engine.durable.filter((entry: Entry) => entry.step === step).map(({ type }) => type);
    expect(of("read")).toEqual(["read.done"]);
    expect(of("judge")).toEqual(["decision.made"]);
    expect(of("set")).toEqual(["effect.intended", "effect.looked", "effect.ruled", "effect.sending", "effect.applied", "effect.proved"]);
    expect(of("add")).toEqual(["effect.intended", "effect.ruled", "effect.sending", "effect.applied", "effect.proved"]);
  });
});
