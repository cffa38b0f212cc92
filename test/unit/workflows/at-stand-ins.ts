// A workflow's function with the connectors' real requests, against the sandbox's stand-ins in memory: that what it asks for is what the systems take. No engine, no
// rulings, no faults: those are the harness's. Each write is looked at, applied once, found again by its key where the action can, and proved.
import { expect } from "vitest";
import type { Http } from "../../../src/connectors/define.ts";
import type { InterlockEvent } from "../../../src/core/event.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Workflow } from "../../../src/engine/define.ts";

export interface AtStandIns {
  readonly event: { readonly subject: string; readonly data?: Json };
  /** By connector. */
  readonly doors: Readonly<Record<string, Http>>;
  readonly decision: Json;
}

export interface RunAtStandIns {
  readonly output: unknown;
  readonly writes: readonly { readonly step: string; readonly action: string; readonly output: unknown }[];
}

export async function runAtStandIns(workflow: Workflow, { event, doors, decision }: AtStandIns): Promise<RunAtStandIns> {
  const writes: { step: string; action: string; output: unknown }[] = [];
  const handles = Object.entries(workflow.uses).map(([name, use]) => {
    if (use.kind === "model") return [name, { decide: async () => ({ decision: "judgement", value: decision, confidence: 0.95 }) }];
    const http = doors[use.connector];
    if (!http) return expect.fail(`no door to ${use.connector}`);
    const calls = Object.entries(use.actions).map(([actionName, action]) => [
      actionName,
      async (step: string, given: unknown) => {
        const input = action.input.parse(given);
        if (action.effect === "read") return action.output.parse(await action.run(input, http));
        const look = await action.look?.(input, http);
        const context = { http, key: `run-1/${step}/${writes.length}`, version: look?.version ?? null };
        const output = action.output.parse(await action.apply(input, context));
        if (action.find) expect(await action.find(input, context), `${step}, found by its key`).toMatchObject(output as object);
        const values = action.values(input);
        if (action.prove) expect(await action.prove(input, output, http), `${step}, proved`).toEqual(values);
        writes.push({ step, action: `${use.connector}.${actionName}`, output });
        return { status: "applied", output, values, decidedBy: null };
      },
    ]);
    return [name, Object.fromEntries(calls)];
  });
  const { connector, type } = workflow.trigger;
  const told: InterlockEvent = {
    id: "evt_1",
    connection: connector,
    source: `${connector}/${connector}`,
    type,
    time: Date.parse("2026-01-05T08:00:00Z"),
    data: null,
    ...event,
  };
  return { output: await workflow.body({ ...Object.fromEntries(handles), event: told }), writes };
}
