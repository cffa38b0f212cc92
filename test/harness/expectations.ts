// What a test says of a run: exactly these writes, in this order; and the same end and the same writes wherever the process stops.
import { expect } from "vitest";
import type { RunState } from "../../src/core/run.ts";
import type { Workflow } from "../../src/engine/define.ts";
import type { Effect } from "./effects.ts";
import { type Scenario, testWorkflow, type WorkflowRun } from "./workflow-harness.ts";

/** Compared in the fields that are given. */
export type ExpectedEffect = Pick<Effect, "step" | "status"> & Partial<Effect>;

/** Every write that the run intended, those that were refused, asked or undone included; none is left out of the comparison. */
export function expectEffects(run: WorkflowRun, expected: readonly ExpectedEffect[]): void {
  const shown = run.effects.map((effect, index) => {
    const fields = Object.keys(expected[index] ?? effect) as (keyof Effect)[];
    return Object.fromEntries(["step" as const, "status" as const, ...fields].map((field) => [field, effect[field]]));
  });
  expect(shown, "the run's writes, in order").toEqual(expected);
}

/**
 * Runs the scenario once undisturbed and once more for each place at which the process may stop, and expects the same end, the same writes and the same records.
 * Returns how many places there were. Functions in the scenario are asked by each run: they must not remember anything.
 */
export async function crashEverywhere(workflow: Workflow, scenario: Scenario): Promise<number> {
  const undisturbed = testWorkflow(workflow, scenario);
  const expected = summary(undisturbed, await undisturbed.toEnd());
  for (let at = 1; at <= undisturbed.boundaries; at++) {
    const run = testWorkflow(workflow, scenario, { stopAt: new Set([at]) });
    expect(summary(run, await run.toEnd()), `stopped at ${at} of ${undisturbed.boundaries}, after ${lastEntry(run)}`).toEqual(expected);
    expect(run.stops, `stops of the run that was to stop at ${at}`).toBeGreaterThan(0);
  }
  return undisturbed.boundaries;
}

const summary = (run: WorkflowRun, end: RunState) => ({ end, effects: run.effects, records: run.systems.records });

const lastEntry = (run: WorkflowRun): string => {
  const last = run.entries.at(-1);
  return last ? `${last.type}${last.step === undefined ? "" : ` of "${last.step}"`}` : "nothing";
};
