// What a schedule is about, drawn from its seed: one to four runs, what the model says, what the spec demands, and what people do.
import type { GovernanceSpec } from "../../src/governance/spec.ts";
import { ticketTriageSpec } from "../../src/workflows/ticket-triage/governance.ts";
import { TEAMS } from "../../src/workflows/ticket-triage/labels.ts";
import { type Mind, mindOf } from "./minds.ts";
import { createRandom, type Random } from "./random.ts";

export const PERSONS = [
  "approves",
  "edits",
  "rejects",
  "nobody",
  "late",
  "twice",
  "wrong digest",
  "not a reviewer",
  "forbidden edit",
] as const;
export type Person = (typeof PERSONS)[number];

export interface RunScenario {
  readonly workflow: "triage" | "notify twice";
  readonly team: string;
  readonly confidence: number;
  readonly ticket: number;
  readonly spec: GovernanceSpec;
  readonly person: Person;
  readonly mind: Mind;
  readonly operatorActs: boolean;
  readonly undo: "never" | "afterwards" | "meanwhile";
  readonly startsAfter: number;
}
export interface Scenario {
  readonly runs: readonly RunScenario[];
  readonly tickets: number;
  /** Teams whose channel is archived: telling them fails for good. */
  readonly archived: readonly string[];
}

export function drawScenario(random: Random): Scenario {
  const count = 1 + random.int(4);
  const shared = random.chance(0.2);
  const runs: RunScenario[] = [];
  for (let index = 0; index < count; index++) {
    const mood = random.pick(["sure", "sure", "unsure", "unsure", "always ask", "denied"] as const);
    const team = mood === "always ask" ? "privacy" : random.pick(TEAMS.filter((name) => name !== "privacy"));
    const rules = ticketTriageSpec.actions["zendesk.updateTicket"]!;
    const teams = mood === "denied" ? TEAMS.filter((name) => name !== team) : TEAMS;
    const askToTell = random.chance(0.1);
    const run: Omit<RunScenario, "mind"> = {
      workflow: random.chance(0.15) ? "notify twice" : "triage",
      team,
      confidence: mood === "unsure" ? 0.4 : 0.95,
      ticket: shared ? 0 : index,
      spec: {
        ...ticketTriageSpec,
        mode: random.chance(0.1) ? "shadow" : "live",
        onFailure: random.chance(0.7) ? "compensate" : "leave",
        actions: {
          ...ticketTriageSpec.actions,
          "zendesk.updateTicket": { ...rules, fields: { ...rules.fields, group: { oneOf: [...teams] } } },
          "slack.postMessage": { ask: askToTell ? "always" : "never", fields: { text: { maxLength: 2000 } } },
        },
      },
      person: random.pick(PERSONS),
      operatorActs: random.chance(0.9),
      undo: random.pick(["never", "never", "afterwards", "meanwhile"] as const),
      startsAfter: random.int(60_000),
    };
    runs.push({ ...run, mind: mindOf(createRandom(run.startsAfter)) });
  }
  return { runs, tickets: count, archived: random.chance(0.2) ? [random.pick(runs).team] : [] };
}
