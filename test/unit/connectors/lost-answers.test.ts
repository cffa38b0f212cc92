// What the ledger says of a write whose answer was lost, for every write action of the registry: a workflow of one step, on the real engine, against the system that did
// the work and could not say so. The system has the effect once, and the journal says what is so: applied where the system can be asked, unknown where only a person can.
import { describe, expect, it } from "vitest";
import type { AnyWriteAction, Connector } from "../../../src/connectors/define.ts";
import { registry } from "../../../src/connectors/registry.ts";
import type { InterlockEvent } from "../../../src/core/event.ts";
import { defineWorkflow, type Workflow } from "../../../src/engine/define.ts";
import type { GovernanceSpec } from "../../../src/governance/spec.ts";
import { MemoryEngine } from "../../harness/memory-engine.ts";
import type { FaultKind } from "./faults.ts";
import type { ActionWorld } from "./worlds/action-world.ts";
import { WORLDS } from "./worlds/worlds.ts";

const STEP = "write it";
/** The stand-ins' clock stands still here. */
const BEGINNING = Date.parse("2026-01-05T08:00:00Z");

interface Written {
  readonly name: string;
  readonly connector: Connector;
  readonly key: string;
  readonly action: AnyWriteAction;
}

const writes: Written[] = Object.values(registry).flatMap((connector) =>
  Object.entries(connector.actions).flatMap(([key, action]) =>
    action.effect === "read" ? [] : [{ name: `${connector.name}.${key}`, connector, key, action }],
  ),
);

function workflowOf({ connector, key }: Written, input: unknown): Workflow {
  const uses = { system: connector.only(key) };
  const [type = "event"] = Object.keys(connector.triggers);
  return defineWorkflow(
    {
      name: "one-write",
      version: 1,
      purpose: "Write once",
      trigger: connector.on(type),
      lane: ({ event }) => event.subject,
      uses,
      decisions: {},
      dataFlow: [],
    },
    async ({ system }) => {
      const write = (system as Record<string, (step: string, input: unknown) => Promise<unknown>>)[key];
      return write?.(STEP, input);
    },
  );
}

/** Every field that the input has may be written, without asking. */
const specOf = ({ name, action }: Written, input: unknown): GovernanceSpec => ({
  workflow: "one-write",
  version: 1,
  owner: "owner@example.com",
  purpose: "Write once",
  mode: "live",
  regulated: false,
  thresholds: {},
  alwaysAsk: [],
  actions: { [name]: { ask: "never", fields: Object.fromEntries(Object.keys(action.values(input)).map((field) => [field, {}])) } },
  review: { reviewers: ["ada@example.com"], slaMinutes: 60, onExpiry: "reject" },
  onFailure: "leave",
  rollback: { procedure: "Undo it on its run's page", owner: "owner@example.com", windowDays: 30 },
  retention: { payloadDays: 30 },
});

function engineFor(written: Written, world: ActionWorld): MemoryEngine {
  const event: InterlockEvent = {
    id: "evt_1",
    connection: written.connector.name,
    source: `${written.connector.name}/main`,
    type: Object.keys(written.connector.triggers)[0] ?? "event",
    subject: "1",
    time: BEGINNING,
    data: {},
  };
  return new MemoryEngine({
    workflow: workflowOf(written, world.input),
    spec: specOf(written, world.input),
    event,
    model: [],
    systems: { [written.connector.name]: { fetch: world.fetch, open: world.open } },
    clock: { now: BEGINNING },
  });
}

const ofStep = (engine: MemoryEngine, type: "effect.applied" | "effect.proved" | "effect.unknown" | "effect.sending") =>
  engine.entries(type);

describe.each(writes.map((written) => [written.name, written] as const))("%s through the effect protocol", (name, written) => {
  const { action } = written;

  it.each<[FaultKind]>([["lost"], ["hang"], [502], ["cut"]])(
    "has one effect where the answer is lost (%s), and a ledger that says so",
    async (kind) => {
      const world = WORLDS[name]?.() ?? expect.fail(`${name} has no line in WORLDS`);
      const undisturbed = WORLDS[name]?.() ?? world;
      await engineFor(written, undisturbed).run();
      world.fault(kind, "after");
      const engine = engineFor(written, world);
      const end = await engine.run();
      if (action.idempotency === "none") {
        // Nobody can look: it is not sent again, and a person says what became of it.
        expect(end).toMatchObject({ kind: "operator", on: { step: STEP } });
        expect(ofStep(engine, "effect.unknown")).toHaveLength(1);
        expect(ofStep(engine, "effect.applied")).toEqual([]);
        expect(ofStep(engine, "effect.sending")).toHaveLength(1);
        expect(world.writes()).toBe(1);
        expect(engine.resolve(STEP, "applied")).toBeNull();
        expect(await engine.run()).toMatchObject({ kind: "ended", state: { status: "completed" } });
        expect(world.writes()).toBe(1);
        return;
      }
      expect(end).toMatchObject({ kind: "ended", state: { status: "completed", output: { status: "applied" } } });
      expect(ofStep(engine, "effect.unknown")).toEqual([]);
      expect(ofStep(engine, "effect.applied")).toMatchObject([{ step: STEP, found: action.idempotency === "lookup" }]);
      if (action.prove) expect(ofStep(engine, "effect.proved")).toMatchObject([{ step: STEP, matches: true }]);
      expect(shape(world.snapshot())).toEqual(shape(undisturbed.snapshot()));
      if (action.idempotency === "lookup") expect(world.writes()).toBe(1);
    },
  );
});

/** How many records there are, at every depth, and of what kind their fields are: a repeat under a key may stamp one anew, it may not add one. */
function shape(value: unknown): unknown {
  if (value instanceof Map) return [...value.values()].map(shape);
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value === "object" && value !== null) return Object.entries(value).map(([key, item]) => [key, shape(item)]);
  return typeof value;
}
