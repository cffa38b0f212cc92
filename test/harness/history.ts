// A run as it was recorded, and the question whether a workflow's present code still follows it. The body is run again over the recording: as a whole, and cut off
// after every entry, as a process or a deploy may have cut it off. It must go on exactly as the recording does; nothing is asked of any system or model.
import { canonical, sameJson } from "../../src/core/json.ts";
import { hasEnded } from "../../src/core/run.ts";
import type { Workflow } from "../../src/engine/define.ts";
import { executePass, stepsOf } from "../../src/engine/execute.ts";
import type { Entry, Journal, NewEntry } from "../../src/engine/journal.ts";
import { cancelOf, endedBy, endOf } from "../../src/engine/lifecycle.ts";
import type { History } from "../../src/engine/partition-port.ts";
import type { PassEnd, Ports } from "../../src/engine/pass.ts";
import { currentStep, watchCalls } from "./watch-calls.ts";

export type { History } from "../../src/engine/partition-port.ts";

/** Where the code leaves the recording; null where it does not. `after`: the entries that it had followed. */
export interface Divergence {
  readonly after: number;
  readonly message: string;
}

/** Comparing every cut of a long journal would take the square of its length; beyond this many, only cuts before a step's first entry are tried. */
const EVERY_CUT = 500;
/** Turns of the event loop without a call after which a body that was refused something is taken to wait; more than the engine itself gives a body (pass.ts). */
const QUIET_TURNS = 30;

export async function replayHistory(workflow: Workflow, history: History): Promise<Divergence | null> {
  const { entries } = history;
  const begun = new Set<string>();
  for (let cut = 1; cut <= entries.length; cut++) {
    const next = entries[cut];
    const isFirst = next?.step === undefined || !begun.has(next.step);
    if (next?.step !== undefined) begun.add(next.step);
    if (next !== undefined && entries.length > EVERY_CUT && !isFirst) continue;
    const prefix = entries.slice(0, cut);
    // A run that has ended is not run again, unless somebody lets it go on.
    if (endOf(own(prefix)) !== null) continue;
    const message = compare(history, prefix, next, await replay(workflow, history, prefix));
    if (message !== null) return { after: cut, message };
  }
  return null;
}

interface Replayed {
  /** Null: something was refused, and the body waits for it. */
  readonly end: PassEnd | null;
  readonly called: ReadonlySet<string>;
  /** Steps for which something was requested, computed or recorded that the prefix does not have. */
  readonly anew: ReadonlySet<string>;
}

function compare(history: History, prefix: readonly Entry[], next: Entry | undefined, { end, called, anew }: Replayed): string | null {
  const last = prefix.at(-1);
  const where = `After entry ${prefix.length} (${last?.type}${last?.step === undefined ? "" : ` of "${last.step}"`})`;
  if (end?.kind === "broken") return `${where} the replay broke: ${String(end.error)}`;
  const on = end?.kind === "waiting" ? end.on : null;
  if (on?.kind === "operator" && (on.error.code === "workflow.diverged" || on.error.code === "workflow.undeclared")) {
    return `${where}: ${on.error.message}`;
  }
  // While a run is being cancelled its body makes no difference.
  if (cancelOf(own(prefix)) !== null || next === undefined) return null;
  const recorded = stepsOf(history.entries);
  const added = [...anew].find((step) => !recorded.has(step));
  if (added !== undefined && cancelOf(own(history.entries)) === null) return `${where} the code asks for "${added}", which is not recorded`;
  const ending = endedBy(next);
  if (ending) {
    if (end?.kind !== "ended")
      return `${where} the run ended as ${ending.status}, and the code goes on with ${list(anew) || "something else"}`;
    if (!hasEnded(end.state) || !sameJson(withoutUndefined(end.state), withoutUndefined(ending))) {
      return `${where} the run ended with ${canonical(ending)}, and the code ends it with ${canonical(end.state)}`;
    }
    return null;
  }
  if (next.step !== undefined && !called.has(next.step)) {
    const instead = end?.kind === "ended" ? `ends the run as ${end.state.status}` : `asks for ${list(anew) || "nothing"}`;
    return `${where} "${next.step}" is recorded next (${next.type}), and the code ${instead}`;
  }
  return null;
}

async function replay(workflow: Workflow, history: History, prefix: readonly Entry[]): Promise<Replayed> {
  const called = new Set<string>();
  const anew = new Set<string>();
  let calls = 0;
  /** Something that is not recorded is asked for: it never comes. */
  const refuse = (): Promise<never> => {
    calls++;
    const step = currentStep();
    // What is asked outside of the body's calls belongs to an undo, whose entries tell its step.
    if (step !== undefined) anew.add(step);
    return new Promise<never>(() => {});
  };
  const watched = watchCalls(withComputation(workflow, refuse), (step, make) => {
    calls++;
    called.add(step);
    return make();
  });
  const kept: Entry[] = [...structuredClone(prefix)];
  const now = prefix.at(-1)?.at ?? 0;
  const journal: Journal = {
    size: { entries: prefix.length, bytes: 0 },
    entriesOf: (step) => kept.filter((entry) => (entry.step ?? null) === step),
    record: (added: readonly NewEntry[]) => {
      for (const entry of added) {
        if (entry.step !== undefined) anew.add(entry.step);
        kept.push({ ...entry, seq: kept.length + 1, at: now } as Entry);
      }
    },
    flush: async () => {},
  };
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  const ports: Ports = {
    connect: () => ({ send: refuse, remember: refuse, settings: {} }),
    models: () => [{ id: "none", provider: "none", label: "None", decide: refuse }],
    now: () => now,
    random: () => 0.5,
    turn,
    halted: () => null,
    runs: { startChild: refuse, startSuccessor: refuse, signal: refuse, look: refuse, cancel: refuse },
    limits: { counts: refuse, take: refuse, reserve: refuse, settle: refuse },
  };
  const { run, event, spec } = history;
  const pass = executePass({ runId: run, event, workflow: watched, spec, journal, recordedSteps: stepsOf(prefix), ports });
  const quiet = async (): Promise<null> => {
    for (let still = 0, seen = -1; still < QUIET_TURNS; still++) {
      await turn();
      if (calls !== seen) still = 0;
      seen = calls;
    }
    return null;
  };
  // A pass whose last call was refused never ends; one that ends does so within a few turns.
  const end = await Promise.race([pass, quiet()]);
  return { end, called, anew };
}

/** What `step.run` would compute now may differ from what is recorded, and is none of the replay's business. */
const withComputation = (workflow: Workflow, refuse: () => Promise<never>): Workflow => ({
  ...workflow,
  body: (context: { readonly step: { run: (step: string, work: () => unknown, ...rest: unknown[]) => Promise<unknown> } }) =>
    workflow.body({
      ...context,
      step: { ...context.step, run: (step: string, _: unknown, ...rest: unknown[]) => context.step.run(step, refuse, ...rest) },
    }),
});

const own = (entries: readonly Entry[]): Entry[] => entries.filter(({ step }) => step === undefined);
const list = (steps: ReadonlySet<string>): string => [...steps].map((step) => `"${step}"`).join(", ");
const withoutUndefined = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
