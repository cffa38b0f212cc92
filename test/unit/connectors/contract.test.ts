// What holds for every connector in the registry, so that no connector's standard tests are written by hand. A write action needs a world: worlds/.
import { describe, expect, it } from "vitest";
import type { AnyAction, AnyWriteAction, ApplyContext } from "../../../src/connectors/define.ts";
import { registry } from "../../../src/connectors/registry.ts";
import { errorFacts, failureOf } from "../../../src/core/errors.ts";
import { sameJson } from "../../../src/core/json.ts";
import type { FaultKind } from "./faults.ts";
import type { ActionWorld } from "./worlds/action-world.ts";
import { WORLDS } from "./worlds/worlds.ts";

const connectors = Object.entries(registry);
const actions: [string, AnyAction][] = connectors.flatMap(([name, connector]) =>
  Object.entries(connector.actions).map(([action, declared]): [string, AnyAction] => [`${name}.${action}`, declared]),
);
const writes = actions.filter((entry): entry is [string, AnyWriteAction] => entry[1].effect !== "read");

const contextOf = ({ http }: ActionWorld, key = "run-1/step", version: string | null = null): ApplyContext => ({ http, key, version });
const worldFor = (name: string): ActionWorld => WORLDS[name]?.() ?? expect.fail(`${name} has no line in WORLDS`);
const codeOf = (work: Promise<unknown>) => work.then(() => null).catch((thrown) => failureOf(thrown).code);

describe("the registry", () => {
  it.each(connectors)("knows %s by its own name, with a title and a webhook or actions", (name, connector) => {
    expect(connector.name).toBe(name);
    expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(connector.title).not.toBe("");
    expect(Object.keys(connector.webhooks).length + Object.keys(connector.actions).length).toBeGreaterThan(0);
  });

  it("has each title, action and trigger once", () => {
    const titles = connectors.map(([, { title }]) => title);
    const triggers = connectors.flatMap(([name, { triggers }]) => Object.keys(triggers).map((type) => `${name}:${type}`));
    for (const names of [titles, triggers, actions.map(([name]) => name)]) expect(new Set(names).size).toBe(names.length);
  });

  it.each(connectors)("names %s's triggers as its events are typed", (name, connector) => {
    for (const [type, summary] of Object.entries(connector.triggers)) {
      expect(type).toMatch(/^[a-z][a-z0-9_.]*$/);
      expect(summary).not.toBe("");
      expect(connector.on(type)).toEqual({ connector: name, type });
    }
    for (const { docs } of Object.values(connector.webhooks)) expect(docs).toMatch(/^https:\/\//);
  });

  it.each(connectors)("hands out only the actions of %s that are asked for", (name, connector) => {
    const [first] = Object.keys(connector.actions);
    if (first) expect(Object.keys(connector.only(first).actions)).toEqual([first]);
    expect(connector.only()).toEqual({ kind: "connector", connector: name, actions: {} });
  });
});

describe.each(actions)("%s declares", (_name, action) => {
  it("a summary, the vendor's page, and schemas that refuse what they do not know", () => {
    expect(action.summary).toMatch(/^[A-Z].*[^.]$/);
    expect(action.docs).toMatch(/^https:\/\//);
    expect(action.input.safeParse({}).success).toBe(false);
    expect(action.input.safeParse(null).success).toBe(false);
    expect(typeof action.output.safeParse).toBe("function");
  });
});

describe.each(writes)("the write %s", (name, action) => {
  it("says how it is repeated and how it is undone", () => {
    if (action.idempotency === "lookup") expect(action.find).toBeTypeOf("function");
    if (action.undo.kind === "irreversible") expect(action.undo.because).not.toBe("");
    // Restoring needs a before-image, and a proof that it is back.
    if (action.undo.kind === "restore") expect([typeof action.look, typeof action.prove]).toEqual(["function", "function"]);
  });

  it("takes its fixture, names its target, and refuses an unknown field", () => {
    const { input } = worldFor(name);
    expect(action.input.safeParse(input).success).toBe(true);
    expect(action.input.safeParse({ ...(input as object), surprise: 1 }).success).toBe(false);
    expect(action.target(input)).toMatch(/^[a-z]+\/\S+$/);
  });

  it("gives back the same input for its own values, and the edited values for edited ones", () => {
    const { input } = worldFor(name);
    const values = action.values(input);
    expect(Object.keys(values).length).toBeGreaterThan(0);
    expect(action.withValues(input, values)).toEqual(input);
    const [field, value] = Object.entries(values)[0] ?? [];
    const edited = { ...values, [String(field)]: `${value}-edited` };
    expect(action.values(action.withValues(input, edited))).toEqual(edited);
    expect(action.target(action.withValues(input, edited))).toBe(action.target(input));
  });

  it("writes once, answers as declared, and reads back what it wrote", async () => {
    const world = worldFor(name);
    const before = action.look ? await action.look(world.input, world.http) : null;
    const output = await action.apply(world.input, contextOf(world, "run-1/step", before?.version ?? null));
    expect(action.output.safeParse(output).success).toBe(true);
    expect(world.writes()).toBe(1);
    const values = action.values(world.input);
    if (before) expect(Object.keys(before.fields).sort()).toEqual(Object.keys(values).sort());
    if (action.prove) expect(await action.prove(world.input, output, world.http)).toEqual(values);
  });

  it.each<[FaultKind]>([["lost"], ["hang"], [500], ["html"]])(
    "that was done but answered with %s may have happened, and is not done twice",
    async (kind) => {
      const world = worldFor(name);
      const before = action.look ? await action.look(world.input, world.http) : null;
      world.fault(kind, "after");
      const code = await codeOf(action.apply(world.input, contextOf(world, "run-1/step", before?.version ?? null)));
      expect(code && errorFacts(code).outcome).toBe("unknown");
      expect(world.writes()).toBe(1);
      const after = world.snapshot();
      if (action.idempotency === "lookup") {
        const found = await action.find?.(world.input, contextOf(world));
        expect(action.output.safeParse(found).success).toBe(true);
        expect(await action.find?.(world.input, contextOf(world))).toEqual(found);
        expect(await action.find?.(world.input, contextOf(world, "run-2/step"))).toBeNull();
        if (action.prove) expect(await action.prove(world.input, found, world.http)).toEqual(action.values(world.input));
      } else if (action.idempotency === "key") {
        const repeated = await action.apply(world.input, contextOf(world));
        // Where nothing can be read back, that nothing was added is all that can be seen.
        if (action.prove) expect(await action.prove(world.input, repeated, world.http)).toEqual(action.values(world.input));
        expect(sizes(world.snapshot())).toEqual(sizes(after));
        return;
      }
      expect(world.snapshot()).toEqual(after);
    },
  );

  it.each<[FaultKind]>([["lost"], [401], [429], [503]])("that met %s before it got there has not happened", async (kind) => {
    const world = worldFor(name);
    const untouched = world.snapshot();
    world.fault(kind, "before");
    const code = await codeOf(action.apply(world.input, contextOf(world)));
    if (kind !== "lost") expect(code && errorFacts(code).outcome).toBe("not_done");
    if (action.find) expect(await action.find(world.input, contextOf(world))).toBeNull();
    expect(world.snapshot()).toEqual(untouched);
    const output = await action.apply(world.input, contextOf(world));
    if (action.find) expect(await action.find(world.input, contextOf(world))).toEqual(output);
    expect(world.writes()).toBe(1);
  });

  it("is undone as it says", async () => {
    const world = worldFor(name);
    const before = action.look ? await action.look(world.input, world.http) : null;
    const output = await action.apply(world.input, contextOf(world));
    const { undo } = action;
    if (undo.kind === "restore") {
      await undo.restore(world.input, before?.fields ?? {}, contextOf(world, "run-1/step/undo"));
      const now = await action.look?.(world.input, world.http);
      for (const [field, value] of Object.entries(before?.fields ?? {})) expect(sameJson(now?.fields[field], value), field).toBe(true);
    } else if (undo.kind === "withdraw") {
      expect(await undo.gone(world.input, output, world.http)).toBe(false);
      await undo.withdraw(world.input, output, contextOf(world, "run-1/step/undo"));
      expect(await undo.gone(world.input, output, world.http)).toBe(true);
    }
  });
});

/** How many records there are, at every depth: a repeat may stamp one anew, it may not add one. */
function sizes(value: unknown): unknown {
  if (value instanceof Map) return [...value].map(([key, item]) => [key, sizes(item)]);
  if (Array.isArray(value)) return value.map(sizes);
  return typeof value === "object" && value !== null ? Object.entries(value).map(([key, item]) => [key, sizes(item)]) : typeof value;
}
