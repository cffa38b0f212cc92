// The paths that are recorded, by workflow and version: one for each way that a run can go. Old versions stay here for as long as they are registered.
import type { Scenario } from "../harness/scenario.ts";
import type { WorkflowRun } from "../harness/workflow-harness.ts";
import { paths as ticketTriage } from "./ticket-triage.ts";

/** `drive`: what is done before the run is let go to its end (stop at a wait, cancel). */
export interface Path {
  readonly scenario: Scenario;
  readonly drive?: (run: WorkflowRun) => Promise<void>;
}

export const paths: Readonly<Record<string, Readonly<Record<string, Path>>>> = { "ticket-triage@1": ticketTriage };
