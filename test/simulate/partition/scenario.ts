// What a partition schedule is about, drawn from its seed: its runs and their lanes, what people say and when, what is deployed and when.
import type { Random } from "../random.ts";
import { BODIES, type BodyName, FLOWS, type Flow, LONG } from "./workflows.ts";

export const SAID = [
  "signal",
  "signal repeated",
  "signal that does not fit",
  "cancel",
  "cancel and take back",
  "pause",
  "halt of a workflow",
  "halt of everything",
  "undo",
  "deployed: harmless",
  "deployed: without the version",
  "deployed: diverging",
  "delivered again",
] as const;
export type Said = (typeof SAID)[number];

const STOPS: readonly Said[] = ["cancel", "cancel and take back", "pause", "halt of a workflow", "halt of everything"];

/** At a moment, or when the system has been asked so many times: right in the middle of a pass. */
export type When = { readonly at: number } | { readonly boundary: number };
export interface Saying {
  readonly what: Said;
  readonly run: number;
  readonly when: When;
}
export interface RunPlan {
  readonly body: BodyName;
  readonly subject: string;
  readonly at: number;
  readonly deliveries: number;
  readonly retries: boolean;
  readonly restarts: boolean;
  readonly urgent: boolean;
}
export interface PartitionScenario {
  readonly runs: readonly RunPlan[];
  readonly subjects: readonly string[];
  readonly sayings: readonly Saying[];
  readonly flow: Flow;
  readonly asks: boolean;
  readonly onFailure: "compensate" | "leave";
  readonly person: "approves" | "rejects" | "edits" | "nobody";
  readonly operatorActs: boolean;
}

export function drawPartitionScenario(random: Random): PartitionScenario {
  const flow = random.chance(0.5) ? FLOWS[0] : random.pick(FLOWS);
  const flows = flow !== FLOWS[0];
  // A limit shows only where more want to begin than may.
  const count = flows ? 2 + random.int(4) : 1 + random.int(4);
  const subjects = Array.from({ length: random.chance(flows ? 0.6 : 0.4) ? 1 : count }, (_, index) => `s${index}`);
  const runs = Array.from({ length: count }, (): RunPlan => {
    const body = random.pick(BODIES);
    return {
      body,
      subject: random.pick(subjects),
      at: random.int(60_000),
      deliveries: random.chance(0.3) ? 2 : 1,
      retries: random.chance(0.6),
      // Two runs with one letter cannot be told apart in the system.
      urgent: random.chance(0.3),
      restarts: body !== "letter" && random.chance(0.3),
    };
  });
  const sayings: Saying[] = [];
  const when = (): When =>
    random.chance(0.6) ? { boundary: 1 + random.int(40 * count) } : { at: random.int(random.chance(0.7) ? 120_000 : LONG) };
  for (let run = 0; run < count; run++) {
    // Early, late, twice, and more than are waited for.
    for (let signals = random.int(4); signals > 0; signals--) {
      const what = random.pick(["signal", "signal", "signal", "signal repeated", "signal that does not fit"] as const);
      sayings.push({ what, run, when: when() });
    }
  }
  for (let more = random.int(6); more > 0; more--)
    sayings.push({ what: random.pick(random.chance(0.4) ? STOPS : SAID), run: random.int(count), when: when() });
  return {
    runs,
    subjects,
    sayings,
    flow,
    asks: random.chance(0.3),
    onFailure: random.chance(0.6) ? "compensate" : "leave",
    person: random.pick(["approves", "approves", "rejects", "edits", "nobody"] as const),
    operatorActs: random.chance(0.9),
  };
}
