// What holds for every connector in the registry, so that no connector's standard tests are written by hand. An action needs a world (worlds/), a system its own ways
// to say no (worlds/vendor-answers.ts). In the end it prints how often each case was tried on each system, and no action may have been left out of one.
import { describe, expect, it } from "vitest";
import type { AnyAction, AnyWriteAction, ApplyContext } from "../../../src/connectors/define.ts";
import { registry } from "../../../src/connectors/registry.ts";
import { type ErrorCode, errorFacts, failureOf } from "../../../src/core/errors.ts";
import { sameJson } from "../../../src/core/json.ts";
import { credentialOf, type FaultKind, hugeAnswers } from "./faults.ts";
import type { ActionWorld } from "./worlds/action-world.ts";
import { REFUSALS, type RefusalCase, VENDOR_REFUSALS } from "./worlds/vendor-answers.ts";
import { WORLDS } from "./worlds/worlds.ts";

const connectors = Object.entries(registry);
const actions: [string, AnyAction][] = connectors.flatMap(([name, connector]) =>
  Object.entries(connector.actions).map(([action, declared]): [string, AnyAction] => [`${name}.${action}`, declared]),
);
const writes = actions.filter((entry): entry is [string, AnyWriteAction] => entry[1].effect !== "read");

type AnyReadAction = Extract<AnyAction, { readonly effect: "read" }>;
const reads = actions.filter((entry): entry is [string, AnyReadAction] => entry[1].effect === "read");

const contextOf = ({ http }: ActionWorld, key = "run-1/step", version: string | null = null): ApplyContext => ({ http, key, version });
const worldFor = (name: string): ActionWorld => WORLDS[name]?.() ?? expect.fail(`${name} has no line in WORLDS`);
const codeOf = (work: Promise<unknown>) => work.then(() => null).catch((thrown) => failureOf(thrown).code);
const failureFrom = (work: Promise<unknown>) => work.then(() => null).catch(failureOf);
const systemOf = (name: string): string => name.slice(0, name.indexOf("."));
const refusalsOf = (name: string, kind: RefusalCase) =>
  VENDOR_REFUSALS[systemOf(name)]?.[kind] ?? expect.fail(`${systemOf(name)} has no line in VENDOR_REFUSALS`);

/** Does it, as a run would: a read is run, a write is applied. */
const doIt = (action: AnyAction, world: ActionWorld): Promise<unknown> =>
  action.effect === "read" ? action.run(world.input, world.http) : action.apply(world.input, contextOf(world));
/** A read's first request, a write's first that writes. */
const strikes = (action: AnyAction, world: ActionWorld, kind: FaultKind, when: "before" | "after"): void =>
  action.effect === "read" ? world.fault(kind, when, () => true) : world.fault(kind, when);

/** What becomes of a request that the system may have received, by the case that the table counts it under. */
const BROKEN: readonly (readonly [string, FaultKind, ErrorCode])[] = [
  ["lost", "lost", "connector.unavailable"],
  ["timeout", "hang", "connector.timeout"],
  ["5xx", 500, "connector.unavailable"],
  ["5xx", 502, "connector.unavailable"],
  ["malformed", "html", "connector.answer_invalid"],
  ["malformed", "cut", "connector.answer_invalid"],
  ["huge", "huge", "connector.answer_invalid"],
];
const CASES = [...REFUSALS, "5xx", "timeout", "lost", "malformed", "huge", "redirect"];

/** The end that is wanted although the system says no. */
const NO_IS_FINE: Readonly<Partial<Record<string, RefusalCase>>> = {
  // What is not there is deleted.
  "teams.deleteMessage": "404",
  // What is not there is not found, which is an answer.
  "hubspot.findByProperty": "404",
};

const tried = new Map<string, number>();
const cell = (name: string, kind: string): string => `${name} ${kind}`;
const count = (name: string, kind: string): void => void tried.set(cell(name, kind), (tried.get(cell(name, kind)) ?? 0) + 1);

/** No message repeats what a request proved itself with. */
function expectNoCredential(world: ActionWorld, text: string): void {
  const credentials = world.requests.map(credentialOf);
  expect(credentials.filter((credential) => credential !== "").length).toBeGreaterThan(0);
  for (const credential of credentials) if (credential !== "") expect(text).not.toContain(credential);
}

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

  it.each(BROKEN)(
    "that was done and whose answer is broken (%s: %s) may have happened, and is not done twice",
    async (kind, fault, code) => {
      const world = worldFor(name);
      const before = action.look ? await action.look(world.input, world.http) : null;
      world.fault(fault, "after");
      const failure = await failureFrom(action.apply(world.input, contextOf(world, "run-1/step", before?.version ?? null)));
      expect(failure?.code).toBe(code);
      expect(errorFacts(code).outcome).toBe("unknown");
      expectNoCredential(world, JSON.stringify(failure));
      expect(world.writes()).toBe(1);
      count(name, kind);
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

  it.each<[FaultKind]>([["lost"], [503]])("that met %s before it got there has not happened", async (kind) => {
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

describe.each(reads)("the read %s", (name, action) => {
  it("answers as declared, writes nothing, and says the same again", async () => {
    const world = worldFor(name);
    expect(action.input.safeParse(world.input).success).toBe(true);
    const untouched = world.snapshot();
    const output = await action.run(world.input, world.http);
    expect(action.output.safeParse(output).success).toBe(true);
    expect(await action.run(world.input, world.http)).toEqual(output);
    expect(world.writes()).toBe(0);
    if (name !== "slack.openConversation") expect(world.snapshot()).toEqual(untouched);
  });

  it.each(BROKEN)("fails with a code where the answer is broken (%s: %s), and answers the next time", async (kind, fault, code) => {
    const world = worldFor(name);
    strikes(action, world, fault, "after");
    const failure = await failureFrom(action.run(world.input, world.http));
    expect(failure?.code).toBe(code);
    expectNoCredential(world, JSON.stringify(failure));
    expect(action.output.safeParse(await action.run(world.input, world.http)).success).toBe(true);
    count(name, kind);
  });

  it("takes no JSON of another shape for an answer", async () => {
    const world = worldFor(name);
    strikes(action, world, { status: 200, body: { something: "else" } }, "before");
    expect(await codeOf(action.run(world.input, world.http))).toBe("connector.answer_invalid");
  });
});

describe.each(actions)("%s, where the system", (name, action) => {
  it.each(REFUSALS)("says no (%s): the code, its own words and no credential, nothing done, and its time to wait", async (kind) => {
    for (const refusal of refusalsOf(name, kind)) {
      const world = worldFor(name);
      const untouched = world.snapshot();
      strikes(action, world, refusal, "before");
      const failure = await failureFrom(doIt(action, world));
      count(name, kind);
      if (NO_IS_FINE[name] === kind) {
        expect(failure).toBeNull();
        continue;
      }
      expect(failure).toMatchObject({ code: refusal.code });
      expect(errorFacts(refusal.code).outcome).toBe("not_done");
      for (const words of refusal.says) expect(failure?.message).toContain(words);
      expect(failure?.field).toBe(refusal.field);
      expect(failure?.retryAfterMs).toBe(refusal.waitMs);
      expectNoCredential(world, JSON.stringify(failure));
      if (JSON.stringify(refusal.body).includes("{credential}")) expect(failure?.message).toContain("[credential]");
      expect(world.snapshot()).toEqual(untouched);
      expect(action.output.safeParse(await doIt(action, world)).success).toBe(true);
      expect(world.writes()).toBe(action.effect === "read" ? 0 : 1);
    }
  });

  it("names a time to come back (503): it waits so long, because nothing was done", async () => {
    const world = worldFor(name);
    strikes(action, world, 503, "before");
    expect(await failureFrom(doIt(action, world))).toMatchObject({ code: "connector.rate_limited", retryAfterMs: 7_000 });
    expect(world.writes()).toBe(0);
    count(name, "5xx");
  });

  it.each<[FaultKind]>([[302], [304]])("redirects (%s): it is not followed, and nothing is done", async (kind) => {
    const world = worldFor(name);
    strikes(action, world, kind, "before");
    const failure = await failureFrom(doIt(action, world));
    expect(failure).toMatchObject({ code: "connector.rejected", message: expect.stringContaining("redirects are not followed") });
    expect(world.writes()).toBe(0);
    expect(new Set(world.requests.map(({ url }) => url.hostname))).toEqual(new Set(["127.0.0.1"]));
    count(name, "redirect");
  });
});

describe("after all of it", () => {
  it("no answer that does not end was read for longer than its limit, and each was given up", () => {
    const { begun, pieces, cancelled, pieceLength } = hugeAnswers;
    expect(cancelled).toBe(begun);
    // What src/connectors/http.ts lets an answer have, and two pieces that were under way.
    expect(pieces).toBeLessThanOrEqual(begun * (Math.ceil((8 * 1024 * 1024) / pieceLength) + 2));
  });

  it("every case was tried on every action", () => {
    const systems = connectors.filter(([, connector]) => Object.keys(connector.actions).length > 0).map(([name]) => name);
    const table = systems.map((system) => {
      const own = actions.map(([name]) => name).filter((name) => systemOf(name) === system);
      const counts = CASES.map((kind) => own.reduce((sum, name) => sum + (tried.get(cell(name, kind)) ?? 0), 0));
      return [system, own.length, ...counts].map((value) => String(value).padEnd(11)).join("");
    });
    console.log([["system", "actions", ...CASES].map((head) => head.padEnd(11)).join(""), ...table].join("\n"));
    const missing = actions.flatMap(([name]) => CASES.filter((kind) => !tried.has(cell(name, kind))).map((kind) => cell(name, kind)));
    expect(missing).toEqual([]);
  });
});

/** How many records there are, at every depth: a repeat may stamp one anew, it may not add one. */
function sizes(value: unknown): unknown {
  if (value instanceof Map) return [...value].map(([key, item]) => [key, sizes(item)]);
  if (Array.isArray(value)) return value.map(sizes);
  return typeof value === "object" && value !== null ? Object.entries(value).map(([key, item]) => [key, sizes(item)]) : typeof value;
}
