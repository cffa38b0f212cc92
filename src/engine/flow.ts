// Order and flow control, pure: where a run is placed, when it may begin, and which of those that wait begins next. It holds no queue and no clock: what it
// must know of other runs it asks of `Queues`, bounded by what it needs.
// Sequence of a run: collected (debounce) -> queued -> begun -> ended. From its beginning on nothing here holds it up again.
import { InterlockError } from "../core/errors.ts";
import type { InterlockEvent } from "../core/event.ts";
import type { JsonObject } from "../core/json.ts";
import type { WaitReason } from "../core/run.ts";
import type { Debounce, Limits, Throttle, Workflow } from "./define.ts";

/** What is counted is read for each beginning: a limit beyond this is no limit that one partition could keep up with. */
const MOST_RUNS = 10_000;
/** A week: what waits longer for its window is no burst. */
const LONGEST_WINDOW_MS = 7 * 86_400_000;
/** A day ahead of the others is as far ahead as a run can get. */
const HIGHEST_PRIORITY = 86_400;
const PRIORITY_MS = 1_000;

/**
 * The end of a run wakes the next at once; these are for a wake-up that is lost. The first of a queue looks by itself soon; those behind it wait for it anyway,
 * and with a long queue each look is a read and a write.
 */
export const HEAD_CHECK_MS = 30_000;
export const QUEUE_CHECK_MS = 10 * 60_000;
/** How many of a workflow's queue are looked through for one whose lane is free; one further back looks by itself. */
export const QUEUE_SCAN = 200;

// ---- declaration ----

export function checkLimits(workflow: string, limits: Limits | undefined): void {
  if (limits === undefined) return;
  const check = (field: string, value: unknown, most: number) => {
    if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most) return;
    throw new Error(`Workflow "${workflow}": limits.${field} must be a whole number from 1 to ${most}, and is ${String(value)}`);
  };
  const { concurrency, throttle, debounce, priority } = limits;
  if (concurrency !== undefined) check("concurrency", concurrency, MOST_RUNS);
  if (throttle !== undefined) {
    check("throttle.runs", throttle.runs, MOST_RUNS);
    check("throttle.perMs", throttle.perMs, LONGEST_WINDOW_MS);
  }
  if (debounce !== undefined) {
    check("debounce.windowMs", debounce.windowMs, LONGEST_WINDOW_MS);
    check("debounce.maxMs", debounce.maxMs, LONGEST_WINDOW_MS);
    if (debounce.maxMs < debounce.windowMs)
      throw new Error(`Workflow "${workflow}": limits.debounce.maxMs must not be less than limits.debounce.windowMs`);
  }
  if (priority !== undefined && typeof priority !== "function")
    throw new Error(`Workflow "${workflow}": limits.priority must be a function of the event`);
}

/** As the manifest has them: a function is known to be there, not what it says. */
export const limitFacts = ({ priority, ...limits }: Limits): JsonObject =>
  ({ ...limits, ...(priority ? { priority: "declared" } : {}) }) as JsonObject;

/** Of a workflow that is not deployed nobody knows the limits: none of its runs that wait may begin until it is back. */
const NOT_DEPLOYED: Limits = { concurrency: 0 };

/** The limits of the newest version that is deployed: those count for all runs of the workflow, so that changing one needs no new run. */
export function limitsOf(workflows: readonly Workflow[], name: string): Limits {
  let newest: Workflow | null = null;
  for (const workflow of workflows) if (workflow.name === name && workflow.version > (newest?.version ?? 0)) newest = workflow;
  return newest ? (newest.limits ?? {}) : NOT_DEPLOYED;
}

// ---- placement ----

/** `partitionKey` decides which partition holds the run. */
export interface Place {
  readonly partitionKey: string;
  readonly lane: string;
  readonly atOnce: number;
  readonly priority: number;
  /** Its workflow's limits count for it, in the one partition that sees all its runs. */
  readonly confined: boolean;
}

/** A limit on all runs of a workflow is exact only where one partition sees them all: the workflow lives there, and so do its lanes, as its own. */
export const isConfined = ({ concurrency, throttle }: Limits): boolean => concurrency !== undefined || throttle !== undefined;

/** Throws where the workflow has no lane for the event. */
export function placeOf(workflow: Workflow, event: InterlockEvent): Place {
  const { name, limits = {} } = workflow;
  const said = workflow.lane({ event });
  const { key, atOnce } = typeof said === "object" && said !== null ? said : { key: said, atOnce: 1 };
  if (typeof key !== "string") throw invalid("its lane's key is no text");
  if (!Number.isInteger(atOnce) || atOnce < 1) throw invalid(`its lane's atOnce must be a whole number from 1, and is ${String(atOnce)}`);
  const priority = limits.priority?.({ event }) ?? 0;
  if (!Number.isInteger(priority)) throw invalid(`its limits.priority must be a whole number, and is ${String(priority)}`);
  const confined = isConfined(limits);
  return confined
    ? { partitionKey: `workflow:${name}`, lane: `${name}: ${key}`, atOnce, priority, confined }
    : { partitionKey: key, lane: key, atOnce, priority, confined };
}

const invalid = (message: string) => new InterlockError("workflow.threw", message);

// ---- order ----

/**
 * The order in a queue, the smallest first. Priority p lets a run pass those admitted up to p seconds before it, and no others: however many urgent runs come, one
 * that waits is passed by none that comes later than that. Equal ranks go in the order of admission.
 */
export const rankOf = (admitted: number, priority: number): number => admitted + rankOffset(priority);

export const rankOffset = (priority: number): number => -PRIORITY_MS * Math.max(-HIGHEST_PRIORITY, Math.min(HIGHEST_PRIORITY, priority));

// ---- debounce ----

/** A window that every change extends, and that ends all the same. */
export const windowEnd = (first: number, now: number, { windowMs, maxMs }: Debounce): number => Math.min(now + windowMs, first + maxMs);

/** The later arrival wins, unless its sender says that it is the older: deliveries overtake each other. */
export const takesPlace = (kept: InterlockEvent, later: InterlockEvent): boolean => later.time >= kept.time;

// ---- beginning ----

/** Where a run stands. */
export interface Line {
  readonly workflow: string;
  readonly lane: string;
  readonly atOnce: number;
  readonly confined: boolean;
}
export interface Queued extends Line {
  readonly no: number;
  readonly id: string;
}

/** What is so right now in the partition. Runs that have ended are in none of the answers. */
export interface Queues {
  /** How many have begun, counted up to `atMost`. */
  begunInLane(lane: string, atMost: number): number;
  begunOfWorkflow(workflow: string, atMost: number): number;
  firstOfLane(lane: string): Queued | null;
  /** In order, the first `atMost`. */
  queuedOf(workflow: string, atMost: number): readonly Queued[];
  /** When the run began that was, counted back from the last, the `back`th of its workflow to begin. */
  beganAt(workflow: string, back: number): number | null;
}

export type Hold = { readonly gate: "lane" | "concurrency" } | { readonly gate: "throttle"; readonly until: number };

/** What keeps any run of this lane and workflow from beginning now; null: nothing but those ahead of it. */
export const holdOf = (line: Line, limits: Limits, queues: Queues, now: number): Hold | null =>
  laneIsFree(line, queues) ? (line.confined ? workflowHold(line.workflow, limits, queues, now) : null) : { gate: "lane" };

const laneIsFree = ({ lane, atOnce }: Line, queues: Queues): boolean => queues.begunInLane(lane, atOnce) < atOnce;

function workflowHold(workflow: string, { concurrency, throttle }: Limits, queues: Queues, now: number): Hold | null {
  if (concurrency !== undefined && queues.begunOfWorkflow(workflow, concurrency) >= concurrency) return { gate: "concurrency" };
  const until = throttle ? throttleOpens(workflow, throttle, queues) : now;
  return until > now ? { gate: "throttle", until } : null;
}

/** A sliding window: a beginning waits until the one `runs` before it is `perMs` old, so that no window of that length ever holds more. */
function throttleOpens(workflow: string, { runs, perMs }: Throttle, queues: Queues): number {
  const began = queues.beganAt(workflow, runs);
  return began === null ? 0 : began + perMs;
}

/** May a run that is new begin at once? Only where nothing waits that could be ahead of it. */
export function mayBeginAtOnce(line: Line, limits: Limits, queues: Queues, now: number): boolean {
  if (queues.firstOfLane(line.lane) !== null) return false;
  if (line.confined && queues.queuedOf(line.workflow, 1).length > 0) return false;
  return holdOf(line, limits, queues, now) === null;
}

export type Next =
  | { readonly kind: "begin"; readonly run: Queued }
  /** Nothing before then; `run` is the one to look then. */
  | { readonly kind: "later"; readonly run: Queued; readonly at: number }
  | { readonly kind: "none" };

/**
 * Which run begins next, now that something has changed about `line`: one has ended there or come to wait there. In order; a run that its lane holds up does not
 * hold up others of its workflow, only those of its lane.
 */
export function nextToBegin(line: Line, limits: (workflow: string) => Limits, queues: Queues, now: number): Next {
  const head = queues.firstOfLane(line.lane);
  if (!line.confined) {
    if (!head) return { kind: "none" };
    const hold = holdOf(head, limits(head.workflow), queues, now);
    return hold === null
      ? { kind: "begin", run: head }
      : hold.gate === "throttle"
        ? { kind: "later", run: head, at: hold.until }
        : { kind: "none" };
  }
  const hold = workflowHold(line.workflow, limits(line.workflow), queues, now);
  if (hold?.gate === "concurrency") return { kind: "none" };
  const seen = new Set<string>();
  // The lane's own head comes last: only behind a queue as long as the scan is it not among the others.
  for (const run of [...queues.queuedOf(line.workflow, QUEUE_SCAN), ...(head ? [head] : [])]) {
    if (seen.has(run.lane)) continue;
    seen.add(run.lane);
    if (!laneIsFree(run, queues)) continue;
    return hold?.gate === "throttle" ? { kind: "later", run, at: hold.until } : { kind: "begin", run };
  }
  return { kind: "none" };
}

/** What a queued run is said to wait for, and when it looks by itself. `isNext`: it is the one to look when the throttle opens. */
export function waitOf(line: Line, hold: Hold | null, isFirst: boolean, isNext: boolean, now: number): WaitReason {
  const until = now + (isFirst ? HEAD_CHECK_MS : QUEUE_CHECK_MS);
  switch (hold?.gate) {
    case "throttle":
      return { kind: "limit", step: "", limit: "throttle", until: isNext ? hold.until : until };
    case "concurrency":
      return { kind: "limit", step: "", limit: "concurrency", until };
    default:
      return { kind: "lane", step: "", lane: line.lane, until };
  }
}
