// What a step gives to its workflow: the same on the first run and on a replay, JSON and nothing else, and no more than a journal holds. A write that was
// applied stays applied whatever its answer was.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { Json } from "../../../src/core/json.ts";
import { defineWorkflow, type StepTools } from "../../../src/engine/define.ts";
import { fittingOutput, OUTPUT_LIMIT, outputOfAnswer, outputOfWork } from "../../../src/engine/step-output.ts";
import { ledgerConnector } from "./ledger.ts";
import { type Body, ledgerWorld, sure } from "./ledger-world.ts";
import { triageWorld } from "./triage-world.ts";

const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
/** A text that is `size` bytes of JSON. */
const text = (size: number, character = "x") => character.repeat((size - 2) / Buffer.byteLength(character));
const HOUR = 3_600_000;

const stepping = (body: (step: StepTools) => Promise<unknown>) =>
  triageWorld({
    workflow: defineWorkflow(
      {
        name: "ticket-triage",
        version: 1,
        purpose: "Compute",
        trigger: ledgerConnector.on("opened"),
        lane: ({ event }) => event.subject,
        uses: {},
        dataFlow: [],
        decisions: {},
      },
      ({ step }) => body(step),
    ),
  });

describe("what a computation returns", () => {
  const cycle: Record<string, unknown> = { name: "a" };
  cycle.self = cycle;
  it.each<[string, unknown, string]>([
    ["a member that is undefined", { a: { b: undefined } }, "undefined at a.b"],
    ["a hole in a list", { list: Object.assign([1], { 2: 3 }) }, "undefined at list[1]"],
    ["a function", { work: { do: () => 1 } }, "a function at work.do"],
    ["a symbol", [Symbol("s")], "a symbol at [0]"],
    ["a bigint", { n: 1n }, "a bigint at n"],
    ["NaN", { share: Number.NaN }, "NaN at share"],
    ["Infinity", Number.POSITIVE_INFINITY, "Infinity"],
    ["a date", { at: new Date(0) }, "a Date that is no plain object at at"],
    ["a map", new Map([["a", 1]]), "a Map that is no plain object"],
    ["a cycle", cycle, "a cycle at self"],
  ])("may not hold %s: the error says where", async (_, value, where) => {
    const world = stepping((step) => step.run("compute", () => value as Json));
    const end = await world.engine.run();
    expect(end).toMatchObject({ state: { status: "failed", error: { code: "step.output_invalid" } } });
    expect(JSON.stringify(end)).toContain(`The step \\"compute\\" returned what JSON cannot carry: ${where}`);
  });

  it("may be anything that JSON carries, the same thing twice included", () => {
    const shared = { deep: [1, "ü", null, true, { "": 0 }] };
    expect(outputOfWork("s", { a: shared, b: shared })).toEqual({ a: shared, b: { deep: [1, "ü", null, true, { "": 0 }] } });
    expect(outputOfWork("s", undefined)).toBeNull();
    expect(outputOfWork("s", JSON.parse('{"__proto__": {"a": 1}}'))).toEqual(JSON.parse('{"__proto__": {"a": 1}}'));
  });

  it("is equal on the first run and on a replay, whatever the body does to it", async () => {
    const seen: unknown[] = [];
    const world = stepping(async (step) => {
      const drawn = await step.run("draw", () => ({ list: [1], zero: -0 }));
      seen.push(structuredClone(drawn));
      drawn.list.push(2);
      await step.sleep("pause", HOUR);
      await step.sleep("pause", HOUR);
      return drawn;
    });
    expect(await world.engine.run()).toMatchObject({ state: { output: { list: [1, 2] } } });
    expect(seen.length).toBeGreaterThanOrEqual(3);
    for (const each of seen) expect(each).toStrictEqual({ list: [1], zero: 0 });
    expect(world.engine.entries("step.done")).toMatchObject([{ output: { list: [1] } }]);
  });
});

describe("an output that is too large", () => {
  it("is one byte over the limit, counted as UTF-8", () => {
    expect(bytes(outputOfWork("s", text(OUTPUT_LIMIT)))).toBe(OUTPUT_LIMIT);
    expect(bytes(outputOfWork("s", text(OUTPUT_LIMIT, "€")))).toBeLessThanOrEqual(OUTPUT_LIMIT);
    expect(() => outputOfWork("s", text(OUTPUT_LIMIT + 1))).toThrow(/"s" returned 1000001 bytes/);
    expect(() => outputOfWork("s", text(OUTPUT_LIMIT + 3, "€"))).toThrow(/limit is 1000000/);
  });

  it("is refused with the step, its size, the limit and what to do instead; the author may go on without it", async () => {
    const caught: unknown[] = [];
    const world = stepping(async (step) => {
      try {
        return await step.run("load all", () => text(2_000_000));
      } catch (thrown) {
        caught.push((thrown as { failure: unknown }).failure);
      }
      return step.sleep("pause", HOUR);
    });
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed" } });
    for (const failure of caught) {
      expect(failure).toMatchObject({
        code: "step.output_too_large",
        message:
          'The step "load all" returned 2000000 bytes of JSON; the limit is 1000000. Return only what the workflow needs, or put the large thing into R2 or the business system and return its key',
      });
    }
    expect(caught.length).toBeGreaterThanOrEqual(2);
    expect(bytes(world.engine.durable)).toBeLessThan(10_000);
  });

  it("of a read fails the step", async () => {
    const world = ledgerWorld(({ book }) => book.getRecord("read", { id: "big" }));
    world.ledger.add("big", { note: text(1_100_000) });
    expect(await world.engine.run()).toMatchObject({
      state: { status: "failed", error: { code: "step.output_too_large", message: expect.stringContaining('"read"') } },
    });
  });

  it("of a model fails the step", async () => {
    const { decision } = sure() as Extract<ReturnType<typeof sure>, { ok: true }>;
    const world = ledgerWorld(({ mind }) => mind.decide("judge", { instruction: "?", input: { "note.text": "x" } }), {
      says: [{ ok: true, decision: { ...decision, value: { verdict: text(1_100_000) } } }],
    });
    expect(await world.engine.run()).toMatchObject({ state: { status: "failed", error: { code: "step.output_too_large" } } });
  });

  it("of a signal's sender is refused before it is kept", async () => {
    const world = stepping((step) => step.sleep("pause", HOUR));
    expect(world.engine.signal("go", "1", text(1_100_000))).toMatchObject({ code: "request.invalid", field: "data" });
    expect(world.engine.signal("go", "1", text(900_000))).toBeNull();
  });

  it("of a signal's schema is the author's error, on the first run and on a replay", async () => {
    const caught: unknown[] = [];
    const schema = z.object({ n: z.number() }).transform(({ n }) => (n > 0 ? text(1_100_000) : new Date(n)));
    const world = stepping(async (step) => {
      for (const _ of ["large", "no JSON"]) {
        try {
          await step.signal("go", { schema, within: HOUR });
        } catch (thrown) {
          caught.push((thrown as { failure: { code: string } }).failure.code);
        }
      }
      return step.sleep("pause", HOUR);
    });
    world.engine.signal("go", "1", { n: 1 });
    world.engine.signal("go", "2", { n: 0 });
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed" } });
    expect(new Set(caught)).toEqual(new Set(["step.output_too_large", "step.output_invalid"]));
    expect(world.engine.entries("signal.received")).toEqual([]);
  });
});

describe("what a system answers", () => {
  it("may have undefined members: they are absent, as on the wire", () => {
    expect(outputOfAnswer("s", { a: undefined, b: [{ c: undefined }] })).toStrictEqual({ b: [{}] });
    expect(() => outputOfAnswer("s", { at: new Date(0) })).toThrow(/cannot carry/);
  });
});

describe("the answer to an applied write", () => {
  const { addLine } = ledgerConnector.actions;
  const answering = (more: object) => ({
    addLine: {
      apply: async (...call: Parameters<typeof addLine.apply>) => ({ ...(await addLine.apply(...call)), ...more }),
    },
  });
  const add: Body = ({ book }) => book.addLine("add", { text: "one" });

  it("that is too large fails nothing: the ids stay, the largest parts are left out and named", async () => {
    const world = ledgerWorld(add, { actions: answering({ echo: text(1_100_000), thumbnail: { key: "t1", pixels: text(900_000) } }) });
    expect(await world.engine.run()).toEqual({
      kind: "ended",
      state: {
        status: "completed",
        output: {
          status: "applied",
          output: { id: "1", thumbnail: { key: "t1", pixels: text(900_000) } },
          omitted: ["echo"],
          values: { text: "one" },
          decidedBy: null,
        },
      },
    });
    expect(world.engine.entries("effect.proved")).toMatchObject([{ matches: true }]);
  });

  it("that is too large can still be withdrawn by its id", async () => {
    const world = ledgerWorld(add, { actions: answering({ echo: text(3_000_000) }) });
    await world.engine.run();
    expect(await world.engine.undo("add")).toBeNull();
    expect(world.ledger.lines).toEqual([]);
    expect(world.engine.entries("undo.done")).toMatchObject([{ matches: true }]);
  });

  it("that is no JSON fails nothing either", async () => {
    const world = ledgerWorld(add, { actions: answering({ seen: new Map(), at: 1n, gone: undefined }) });
    expect(await world.engine.run()).toMatchObject({
      state: { output: { status: "applied", output: { id: "1" }, omitted: ["seen", "at"] } },
    });
    expect(world.ledger.lines).toHaveLength(1);
  });

  it("is cut inside its members where these are too large as a whole", () => {
    const { output, omitted } = fittingOutput({ body: { id: 7, deep: { text: text(2_000_000), etag: "e" } }, list: [text(2_000_000)] });
    expect(output).toEqual({ body: { id: 7, deep: { etag: "e" } } });
    expect(omitted.toSorted()).toEqual(["body.deep.text", "list"]);
  });

  it("is nothing where all of it is one large text or list, and that is said", () => {
    expect(fittingOutput(text(2_000_000))).toEqual({ output: null, omitted: ["$"] });
    expect(fittingOutput(undefined)).toEqual({ output: null, omitted: [] });
  });

  it("never exceeds the limit, however many members it has", () => {
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`member ${n}`, text(20_000 + n, "ü")]));
    const { output, omitted } = fittingOutput(many);
    expect(bytes(output)).toBeLessThanOrEqual(OUTPUT_LIMIT);
    expect(bytes(output)).toBeGreaterThan(OUTPUT_LIMIT * 0.95);
    expect(omitted.length + Object.keys(output as object).length).toBe(60);
  });

  it("keeps what a cycle in it does not reach", () => {
    const answer: Record<string, unknown> = { id: "1" };
    answer.self = answer;
    expect(fittingOutput(answer)).toEqual({ output: { id: "1" }, omitted: ["self"] });
  });
});
