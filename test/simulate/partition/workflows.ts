// What the simulated runs do: every kind of step, in a row, beside each other and in loops. One workflow, whose event says which of the bodies a run goes
// through, so that lanes and kill switches hold them together. Each write carries the run's event id, so that what a system holds says whose it is.
import * as z from "zod";
import type { InterlockEvent } from "../../../src/core/event.ts";
import { defineWorkflow, type Handles, type Limits, type StepTools, startedByRun, type Workflow } from "../../../src/engine/define.ts";
import type { GovernanceSpec } from "../../../src/governance/spec.ts";
import { ledgerConnector } from "../../unit/engine/ledger.ts";

const MINUTE = 60_000;
/** As long as anything takes here: a queue looks by itself every half minute, and more of that shows nothing new. */
export const LONG = 10 * MINUTE;
export const Go = z.strictObject({ n: z.number() });
export const BODIES = [
  "row",
  "beside",
  "loop",
  "two waits",
  "asks",
  "fails",
  "letter",
  "question",
  "impatient",
  "parent",
  "chain",
] as const;
export type BodyName = (typeof BODIES)[number];
export const WORKFLOW = "bookkeeping";

const uses = { book: ledgerConnector.only("getRecord", "setRecord", "addLine", "pay", "sendLetter") };
type Context = Handles<typeof uses, Record<never, never>, never> & { readonly event: InterlockEvent; readonly step: StepTools };
export interface EventData {
  readonly body: BodyName;
  readonly urgent: boolean;
  /** Which run of its chain it is. */
  readonly round?: number;
}

/** How many may be under way, and when they may begin; one of them for all runs of a schedule. */
export const FLOWS = ["one after another", "two at a time", "concurrency", "throttle", "debounce", "priority"] as const;
export type Flow = (typeof FLOWS)[number];
/** Seconds by which an urgent run may pass others. */
export const URGENT_S = 30;
export const THROTTLE = { runs: 2, perMs: 45_000 } as const;
export const CONCURRENCY = 2;
const LIMITS: Readonly<Record<Flow, Limits>> = {
  "one after another": {},
  "two at a time": {},
  concurrency: { concurrency: CONCURRENCY },
  throttle: { throttle: THROTTLE },
  debounce: { debounce: { windowMs: 20_000, maxMs: 50_000 } },
  priority: { priority: ({ event }) => ((event.data as unknown as EventData).urgent ? URGENT_S : 0) },
};
export const atOnceOf = (flow: Flow): number => (flow === "two at a time" ? 2 : 1);

/** Counts what a computation did that was not recorded yet; the oracle of "once". */
export interface Computed {
  readonly made: (event: string, step: string) => number;
}

const bodies = (computed: Computed): Readonly<Record<BodyName, (context: Context) => Promise<unknown>>> => ({
  row: async ({ event, book, step }) => {
    await book.getRecord("open", { id: event.subject });
    const drawn = await step.run("draw", () => ({ n: computed.made(event.id, "draw") }));
    await step.sleep("cool down", 30_000);
    await book.setRecord("claim", { id: event.subject, set: { owner: event.id } });
    const go = await step.signal("go", { schema: Go, within: LONG });
    await book.addLine("note", { text: `${event.id} ${drawn.n} ${go.status === "received" ? go.data.n : "nobody"}` });
    await step.sleepUntil("evening", event.time + 12 * MINUTE);
    await book.pay("pay", { text: event.id });
    return "done";
  },
  beside: async ({ event, book, step }) => {
    await book.getRecord("open", { id: event.subject });
    const [line, go] = await Promise.all([
      book.addLine("left", { text: `${event.id} left` }),
      step.signal("go", { schema: Go, within: LONG }),
      step.sleep("meanwhile", MINUTE),
      step.run("draw", () => ({ n: computed.made(event.id, "draw") })),
      book.pay("right", { text: `${event.id} right` }),
    ]);
    await book.addLine("after", { text: `${event.id} ${line.status} ${go.status}` });
    return "done";
  },
  loop: async ({ event, book, step }) => {
    await book.getRecord("open", { id: event.subject });
    for (let turn = 1; turn <= 3; turn++) {
      const drawn = await step.run("draw", () => ({ n: computed.made(event.id, `draw#${turn}`) }));
      await book.addLine("line", { text: `${event.id} turn ${turn} ${drawn.n}` });
      const go = await step.signal("go", { schema: Go, within: 3 * MINUTE });
      if (go.status === "expired") await step.sleep("rest", MINUTE);
    }
    return "done";
  },
  "two waits": async ({ event, book, step }) => {
    await book.getRecord("open", { id: event.subject });
    const [first, second] = await Promise.all([
      step.signal("go", { schema: Go, within: 4 * MINUTE }),
      step.signal("go", { schema: Go, within: LONG }),
    ]);
    await book.addLine("took", { text: `${event.id} ${first.status} ${second.status}` });
    const third = await step.signal("go", { schema: Go, within: 2 * MINUTE });
    return third.status;
  },
  asks: async ({ event, book, step }) => {
    await book.getRecord("open", { id: event.subject });
    await book.addLine("before", { text: `${event.id} before` });
    const set = await book.setRecord("claim", { id: event.subject, set: { grade: event.id } });
    if (set.status === "refused") return set.because;
    await step.sleep("cool down", 10_000);
    await book.pay("pay", { text: event.id });
    return "done";
  },
  fails: async ({ event, book, step }) => {
    await book.getRecord("open", { id: event.subject });
    await book.addLine("first", { text: `${event.id} first` });
    await book.setRecord("claim", { id: event.subject, set: { owner: event.id } });
    await step.sleep("cool down", 10_000);
    await book.addLine("second", { text: `${event.id} second` });
    // Until somebody opens it; the schedule does so before a retry.
    await book.getRecord("closed", { id: `closed-${event.id}` });
    await book.pay("pay", { text: event.id });
    return "done";
  },
  question: async ({ event, book, step }) => {
    await book.getRecord("open", { id: event.subject });
    const said = await step.approval("go on?", { question: "Shall it go on?", details: { event: event.id }, within: 4 * MINUTE });
    if (said.status === "approved") await book.addLine("agreed", { text: `${event.id} ${said.by}` });
    return said.status;
  },
  impatient: async ({ event, book, step }) => {
    await book.getRecord("open", { id: event.subject }, { retry: { attempts: 6, baseMs: 2_000 } });
    await book
      .addLine("quick", { text: `${event.id} quick` }, { retry: { attempts: 2, baseMs: 100, withinMs: 30_000 } })
      .catch((thrown: unknown) => step.run("too late", () => String(thrown)));
    await book.setRecord("claim", { id: event.subject, set: { owner: event.id } }, { retry: { attempts: 3, baseMs: 100 } });
    return "done";
  },
  parent: async ({ event, book, step }) => {
    await book.getRecord("open", { id: event.subject });
    const errand = (what: string) => ({ subject: what === "near" ? event.subject : `${event.subject}-far`, data: { what } });
    const left = await step.start("on its own", ERRAND, errand("alone"), { wait: false });
    const [near, far] = await Promise.all([
      step.start("near", ERRAND, errand("near"), { wait: true }),
      step.start("far", ERRAND, errand("far"), { wait: true }),
    ]);
    await book.addLine("after", { text: `${event.id} ${left.run} ${near.status} ${far.status}` });
    return "done";
  },
  chain: async ({ event, book, step }) => {
    const { round = 1 } = event.data as unknown as EventData;
    await book.getRecord("open", { id: event.subject });
    await book.addLine("round", { text: `${event.id} ${round}` });
    const go = await step.signal("go", { schema: Go, within: 2 * MINUTE });
    if (round < 3) return step.continueAsNew({ body: "chain", urgent: false, round: round + 1 });
    return go.status;
  },
  letter: async ({ event, book, step }) => {
    await book.getRecord("open", { id: event.subject });
    await book.sendLetter("letter", { text: event.id });
    await step.signal("go", { schema: Go, within: 2 * MINUTE });
    await book.addLine("note", { text: `${event.id} posted` });
    return "done";
  },
});

/** What a parent sends out: a write, a pause, another write. */
export const ERRAND = "errand";
const errand = defineWorkflow(
  {
    name: ERRAND,
    version: 1,
    purpose: "Do what another run asks for",
    trigger: startedByRun,
    lane: ({ event }) => event.subject,
    uses,
    dataFlow: [],
    decisions: {},
  },
  async ({ event, book, step }) => {
    await book.addLine("there", { text: `${event.id} there` });
    await step.sleep("stay", 20_000);
    await book.addLine("back", { text: `${event.id} back` });
    return event.data;
  },
);

export interface Code {
  readonly flow: Flow;
  /** Runs whose recorded first step this code would do otherwise. */
  readonly divergesFor?: ReadonlySet<string>;
  /** A change that no journal notices. */
  readonly harmless?: boolean;
}

/** The whole of a deployment's code; without `code`, the version that runs are pinned to is gone. */
export const workflowsOf = (code: Code | null, computed: Computed): Workflow[] => (code ? [workflowOf(code, computed), errand] : [errand]);

function workflowOf({ flow, divergesFor, harmless }: Code, computed: Computed): Workflow {
  const made = bodies(computed);
  return defineWorkflow(
    {
      name: WORKFLOW,
      version: 1,
      purpose: "Keep the simulation's books",
      trigger: ledgerConnector.on("opened"),
      lane: ({ event }) => (flow === "two at a time" ? { key: event.subject, atOnce: atOnceOf(flow) } : event.subject),
      limits: LIMITS[flow],
      uses,
      dataFlow: [],
      decisions: {},
    },
    async (context) => {
      const { event } = context;
      if (divergesFor?.has(event.id)) {
        await context.book.getRecord("open", { id: "another" });
        await context.book.sendLetter("must never leave", { text: event.id });
      }
      if (harmless) await Promise.resolve();
      return made[(event.data as unknown as EventData).body](context as Context);
    },
  );
}

const free = { ask: "never", fields: { text: {} } } as const;

export function specOf(workflow: string, asks: boolean, onFailure: "compensate" | "leave"): GovernanceSpec {
  return {
    workflow,
    version: 1,
    owner: "owner@example.com",
    purpose: "Keep the simulation's books",
    mode: "live",
    regulated: false,
    thresholds: {},
    alwaysAsk: [],
    actions: {
      "ledger.setRecord": { ask: asks ? "always" : "never", fields: { owner: {}, grade: {} } },
      "ledger.addLine": free,
      "ledger.pay": free,
      "ledger.sendLetter": free,
    },
    review: { reviewers: ["ada@example.com", "grace@example.com"], slaMinutes: 10, onExpiry: "reject" },
    onFailure,
    rollback: { procedure: "Undo each write on its run's page", owner: "owner@example.com", windowDays: 30 },
    retention: { payloadDays: 90 },
  };
}
