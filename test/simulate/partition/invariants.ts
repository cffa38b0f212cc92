// What must hold of partitions whatever happened. None of it asks the engine's decisions: it compares the entries, as they became durable, with what the ledger
// holds, with what was sent and said, and with what D1 shows.
import { type Json, type JsonObject, sameJson } from "../../../src/core/json.ts";
import type { Entry } from "../../../src/engine/journal.ts";
import type { Report } from "../invariants.ts";
import type { Environment } from "./environment.ts";
import type { Write } from "./systems.ts";
import { atOnceOf, CONCURRENCY, THROTTLE, URGENT_S, WORKFLOW } from "./workflows.ts";
import type { KeptRun, PartitionWorld } from "./world.ts";

type Of<T extends Entry["type"]> = Extract<Entry, { type: T }>;
const all = <T extends Entry["type"]>(entries: readonly Entry[], type: T): Of<T>[] =>
  entries.filter((entry): entry is Of<T> => entry.type === type);
const ofStep = (run: KeptRun, step: string): Entry[] => run.entries.filter((entry) => entry.step === step);
const stepsOf = (run: KeptRun): Set<string> => new Set(run.entries.flatMap(({ step }) => step ?? []));
const isEnd = ({ type }: Entry): boolean => type === "run.completed" || type === "run.failed" || type === "run.cancelled";
/** What this run did itself, and not the one whose journal it began with. */
const own = (run: KeptRun): readonly Entry[] => run.entries.slice(run.begunWith);
/** The event that it works on: of those that became one run, the last that took the others' place. */
export const eventOf = (run: KeptRun): string =>
  run.entries.findLast((entry) => entry.type === "run.started" || entry.type === "run.event_replaced")?.event.id ?? "";

/** As a write leaves, before anything of it has happened. */
export function checkLeaving(world: PartitionWorld, { method, path, body }: Write, report: Report): void {
  const name = `${method} ${path}`;
  if (method === "DELETE") {
    const announced = [...world.runs.values()].some((run) =>
      [...stepsOf(run)].some((step) => ofStep(run, step).at(-1)?.type === "undo.sending"),
    );
    if (!announced) report("announced before it leaves", name);
    return;
  }
  const key = typeof body.key === "string" ? body.key : null;
  const found = key === null ? letterOf(world, String(body.text)) : runOfKey(world, key);
  if (!found) {
    report("announced before it leaves", `${name} ${JSON.stringify(body)}`);
    return;
  }
  const entries = ofStep(found.run, found.step);
  const last = entries.at(-1);
  if (last?.type !== (found.undo ? "undo.sending" : "effect.sending")) {
    report("announced before it leaves", `${name} of ${found.run.id}/${found.step}: the last entry is ${last?.type ?? "none"}`);
    return;
  }
  const values = (body.set ?? { text: body.text ?? null }) as JsonObject;
  if (last.type === "undo.sending") {
    if (!sameJson(values, last.restore)) report("undo touches only ours", `${name} writes ${JSON.stringify(values)}`);
    return;
  }
  if (last.type !== "effect.sending") return;
  const where = `${found.run.id}/${found.step}`;
  if (!sameJson(values, last.values)) report("allowed or decided, with these values", `${where} sends other values than announced`);
  const ruled = all(entries, "effect.ruled").at(-1);
  if (ruled?.ruling.outcome !== "allow" || !sameJson(ruled.values, values))
    report("allowed or decided, with these values", `${where} without a ruling on its values`);
  if (!world.scenario.asks || body.set === undefined) return;
  const decided = all(entries, "approval.decided").at(-1);
  if (!decided || !sameJson((world.allowed.get(decided.approvalId) ?? null) as Json, values))
    report("allowed or decided, with these values", `${where} was decided by nobody`);
}

function runOfKey(world: PartitionWorld, key: string): { run: KeptRun; step: string; undo: boolean } | null {
  const slash = key.indexOf("/");
  const run = world.runs.get(key.slice(0, slash));
  const [, step, undo] = /^(.*?)(\/undo(?:#\d+)?)?$/.exec(key.slice(slash + 1)) ?? [];
  return run && step !== undefined ? { run, step, undo: undo !== undefined } : null;
}

/** A letter carries no key: its text is the event's. */
function letterOf(world: PartitionWorld, text: string): { run: KeptRun; step: string; undo: boolean } | null {
  for (const run of world.runs.values()) if (eventOf(run) === text) return { run, step: "letter", undo: false };
  return null;
}

export function checkOver(world: PartitionWorld, environment: Environment, report: Report): void {
  checkEvents(world, environment, report);
  checkLanes(world, environment, report);
  for (const run of world.runs.values()) {
    checkJournal(run, report);
    checkOnce(run, report);
    checkPauses(run, report);
    checkAnswers(world, run, report);
    checkChildren(world, run, report);
    checkHandOver(world, run, report);
    checkSignals(world, run, report);
    checkEffects(world, run, report);
    checkStops(world, run, report);
    checkEnd(world, run, report);
    checkProjection(run, environment, report);
  }
}

function checkEvents(world: PartitionWorld, environment: Environment, report: Report): void {
  const wanted = world.scenario.runs.length;
  if (world.accepted.size !== wanted) report("liveness", `${world.accepted.size} of ${wanted} events were accepted`);
  const { flow } = world.scenario;
  const merged = new Map<string, number>();
  for (const [id, { event, runs }] of world.accepted) {
    const [name = ""] = runs;
    const run = world.runs.get(name);
    if (runs.length !== 1 || !run) {
      report("one run per event", `${id} has ${runs.length} runs`);
      continue;
    }
    if (flow !== "debounce" && name !== environment.runId(id)) report("one run per event", `${id} has ${name}`);
    const others = [...world.runs.values()].filter((other) => other !== run && eventOf(other) === id && !restartOf(other));
    if (others.length > 0) report("one run per event", `${id} has ${others.length} runs besides`);
    merged.set(name, Math.max(merged.get(name) ?? 0, event.time));
  }
  for (const [name, latest] of merged) {
    const run = world.runs.get(name) as KeptRun;
    const works = world.accepted.get(eventOf(run))?.event;
    if (works?.time !== latest) report("the last data wins", `${name} works on ${works?.id ?? "nothing"}`);
    if (
      all(run.entries, "run.event_replaced").some(({ seq }) =>
        run.entries.some(({ step, seq: other }) => step !== undefined && other < seq),
      )
    )
      report("the last data wins", `${name} got another event after it had begun`);
  }
}

const restartOf = (run: KeptRun): boolean => originOf(run)?.kind === "restarted";

function checkJournal(run: KeptRun, report: Report): void {
  run.entries.forEach((entry, index) => {
    if (entry.seq !== index + 1) report("journal gapless and unchanged", `${run.id}: ${entry.seq} at ${index + 1}`);
  });
}

/** What the partition shows, and what D1 holds with an unbroken chain, is what became durable, entry for entry. */
export async function checkStored(run: KeptRun, environment: Environment, report: Report): Promise<void> {
  const shown = await environment.inspect(run);
  if (typeof shown === "string" || !sameEntries(shown, run.entries))
    report("journal gapless and unchanged", `${run.id}: what is shown has changed: ${typeof shown === "string" ? shown : shown.length}`);
  const copy = await environment.journalInD1(run);
  if (typeof copy === "string" || !sameEntries(copy, run.entries))
    report("audit chain intact", `${run.id}: ${typeof copy === "string" ? copy : `${copy.length} of ${run.entries.length} entries`}`);
}

const sameEntries = (some: readonly object[], others: readonly object[]): boolean =>
  sameJson(some as unknown as Json, others as unknown as Json);

const ONCE: readonly Entry["type"][] = [
  "run.started",
  "read.done",
  "step.done",
  "timer.set",
  "timer.fired",
  "child.started",
  "child.ended",
  "signal.awaited",
  "effect.intended",
  "effect.applied",
  "effect.refused",
];

function checkOnce(run: KeptRun, report: Report): void {
  const counts = new Map<string, number>();
  const ended = new Set<string>();
  let over = false;
  for (const entry of run.entries) {
    if (ONCE.includes(entry.type)) {
      const key = `${entry.type} of ${entry.step ?? "the run"}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    if (entry.type === "signal.received" || entry.type === "signal.expired") {
      if (ended.has(entry.step ?? "")) report("done once, then remembered", `${run.id}: the wait "${entry.step}" ended twice`);
      ended.add(entry.step ?? "");
    }
    if (entry.type === "run.reopened") over = false;
    else if (isEnd(entry)) {
      if (over) report("done once, then remembered", `${run.id} ended twice`);
      over = true;
    } else if (over && !entry.type.startsWith("undo.")) report("done once, then remembered", `${run.id}: ${entry.type} after its end`);
  }
  for (const [key, count] of counts) if (count > 1) report("done once, then remembered", `${run.id}: ${key} ${count} times`);
}

function checkPauses(run: KeptRun, report: Report): void {
  for (const fired of all(run.entries, "timer.fired")) {
    const set = all(run.entries, "timer.set").find(({ step }) => step === fired.step);
    if (!set) report("a pause ends once, never early", `${run.id}: "${fired.step}" was never begun`);
    else if (fired.at < set.until)
      report("a pause ends once, never early", `${run.id}: "${fired.step}" ended ${set.until - fired.at} ms early`);
  }
}

/** One child per start, whatever was lost; a parent learns the end that its child had; who is cancelled takes those that it waits for along. */
function checkChildren(world: PartitionWorld, run: KeptRun, report: Report): void {
  const say = (what: string) => report("one child per start", `${run.id}: ${what}`);
  const children = [...world.runs.values()].filter((other) => {
    const origin = originOf(other);
    return origin?.kind === "child" && origin.parent === run.id;
  });
  const end = run.entries.findIndex(isEnd);
  for (const step of stepsOf(run)) {
    const made = children.filter((child) => (originOf(child) as { step?: string }).step === step);
    if (made.length > 1) say(`"${step}" started ${made.length} runs`);
    const started = all(own(run), "child.started").find((entry) => entry.step === step);
    if (!started || originOf(world.runs.get(started.child))?.kind === "continued") continue;
    const child = world.runs.get(started.child);
    if (!child || made[0] !== child) {
      say(`"${step}" says that it started ${started.child}, which is not there`);
      continue;
    }
    const told = run.entries.findIndex((entry) => entry.type === "child.ended" && entry.step === step);
    const last = child.entries.findLast(isEnd);
    const news = run.entries[told];
    if (news?.type === "child.ended") {
      const at = child.entries.findIndex(isEnd);
      if (at < 0 || (child.order[at] as number) > (run.order[told] as number)) say(`it learnt the end of ${child.id} before that had one`);
      else if (last?.type !== `run.${news.state.status}` && !all(child.entries, "run.reopened").length)
        say(`it was told that ${child.id} was ${news.state.status}`);
    } else if (started.waits && end >= 0 && run.entries[end]?.type === "run.cancelled") {
      const heard = child.entries.findIndex((entry) => isEnd(entry) || entry.type === "run.cancel_requested");
      if (heard < 0 || (child.order[heard] as number) > (run.order[end] as number)) say(`it was cancelled and ${child.id} was not told`);
    }
  }
}

const originOf = (run: KeptRun | undefined) => (run?.entries[0]?.type === "run.started" ? run.entries[0].origin : undefined);

/** A run that goes on as another: one successor, and every signal that was not taken goes along, each to be taken once in all. */
function checkHandOver(world: PartitionWorld, run: KeptRun, report: Report): void {
  const successors = [...world.runs.values()].filter((other) => {
    const origin = originOf(other);
    return origin?.kind === "continued" && origin.from === run.id;
  });
  if (successors.length > 1) report("one child per start", `${run.id} goes on as ${successors.length} runs`);
  const next = all(run.entries, "run.completed").find(({ continuedAs }) => continuedAs)?.continuedAs;
  if (!next) return;
  const successor = world.runs.get(next);
  if (!successor || successors[0] !== successor) {
    report("one child per start", `${run.id} goes on as ${next}, which is not there`);
    return;
  }
  for (const { seq, id } of all(run.entries, "signal.arrived")) {
    const taken = run.entries.some(
      (entry) => (entry.type === "signal.received" || entry.type === "signal.refused") && entry.arrival === seq,
    );
    const carried = all(successor.entries, "signal.arrived").filter((other) => other.id === id).length;
    // What is carried after a run that was cancelled comes to one that has ended.
    if (!taken && carried === 0 && successor.entries.some(({ type }) => type === "run.cancelled")) continue;
    if (carried !== (taken ? 0 : 1))
      report("each signal once, in order", `${id} was ${taken ? "" : "not "}taken by ${run.id} and is kept ${carried} times by ${next}`);
  }
}

function checkAnswers(world: PartitionWorld, run: KeptRun, report: Report): void {
  const decided = new Set<string>();
  for (const entry of own(run)) {
    if (entry.type !== "approval.decided") continue;
    const asked = all(run.entries, "approval.requested").find(({ approval }) => approval.id === entry.approvalId)?.approval;
    if (!asked) report("answers bind", `${run.id}: ${entry.approvalId} was never asked`);
    if (decided.has(entry.approvalId)) report("answers bind", `${run.id}: ${entry.approvalId} was decided twice`);
    decided.add(entry.approvalId);
    if (entry.decision.kind === "expired") {
      if (asked && entry.at < asked.expiresAt) report("answers bind", `${run.id}: ${entry.approvalId} expired early`);
    } else if (!world.allowed.has(entry.approvalId)) report("answers bind", `${run.id}: nobody answered ${entry.approvalId}`);
    else if (asked && entry.at >= asked.expiresAt) report("answers bind", `${run.id}: ${entry.approvalId} was answered too late`);
  }
}

function checkSignals(world: PartitionWorld, run: KeptRun, report: Report): void {
  const say = (what: string) => report("each signal once, in order", `${run.id}: ${what}`);
  const arrived = all(run.entries, "signal.arrived");
  const sent = world.signals.filter((one) => one.run === run.id);
  for (const one of sent) {
    const kept = arrived.filter(({ id }) => id === one.id);
    if (kept.length > 1) say(`${one.id} is kept ${kept.length} times`);
    if (one.accepted && kept.length !== 1) say(`${one.id} was accepted and is not kept`);
    if (kept[0] && !sameJson(kept[0].data, one.data)) say(`${one.id} is kept with other data`);
  }
  let last = 0;
  const taken = new Map<number, Entry>();
  for (const entry of run.entries) {
    if (entry.type === "signal.received" || entry.type === "signal.refused") {
      const from = arrived.find(({ seq }) => seq === entry.arrival);
      if (!from || from.seq > entry.seq) say(`"${entry.step}" took what had not arrived (${entry.arrival})`);
      if (taken.has(entry.arrival)) say(`${entry.arrival} was taken twice`);
      if (entry.arrival < last) say(`${entry.arrival} was taken after ${last}`);
      last = entry.arrival;
      taken.set(entry.arrival, entry);
      const fits = typeof (from?.data as { n?: unknown } | undefined)?.n === "number";
      if (from && fits !== (entry.type === "signal.received")) say(`${from.id} was ${entry.type}`);
      if (entry.type === "signal.received" && from && !sameJson(from.data, entry.data)) say(`${from.id} was handed over with other data`);
    }
    if (entry.type === "signal.expired") {
      const until = all(run.entries, "signal.awaited").find(({ step }) => step === entry.step)?.until ?? 0;
      if (entry.at < until) say(`"${entry.step}" gave up early`);
      const lost = arrived.find(({ seq, at, data }) => {
        const fits = typeof (data as { n?: unknown }).n === "number";
        const by = taken.get(seq);
        return fits && seq < entry.seq && at < until && (!by || by.seq > entry.seq);
      });
      if (lost) say(`"${entry.step}" gave up although ${lost.id} had come in time`);
    }
  }
}

function checkEffects(world: PartitionWorld, run: KeptRun, report: Report): void {
  for (const step of stepsOf(run)) {
    const entries = ofStep(run, step);
    const [intended] = all(entries, "effect.intended");
    if (!intended) continue;
    const key = `${run.id}/${step}`;
    const letter = intended.action === "ledger.sendLetter" ? String(intended.values.text) : null;
    const held = world.systems.held(key, letter);
    const inherited = intended.seq <= run.begunWith;
    if (inherited && held > 0 && letter === null) report("at most one effect per intent", `${key} was begun with and is written again`);
    if (inherited) continue;
    if (held > 1) report("at most one effect per intent", `${key} is held ${held} times`);
    const [refused] = all(entries, "effect.refused");
    const [applied] = all(entries, "effect.applied");
    const gaveUp = entries.findLast(({ type }) => !type.startsWith("undo."))?.type === "step.failed";
    if (gaveUp && !applied && held > 0) report("refused writes nothing", `${key} failed, and is written`);
    if (refused && refused.because !== "abandoned" && held > 0) report("refused writes nothing", `${key}: ${refused.because}`);
    // A run that began with this one's journal takes back what it began with, should it fail.
    const undone = [run, ...begunFrom(world, run)].some((one) => ofStep(one, step).some(({ type }) => type === "undo.sending"));
    if (applied && held === 0 && !undone) report("applied means written", `${key} is nowhere`);
    const rounds = all(entries, "undo.requested").length;
    for (let round = 1; round <= rounds; round++) {
      const undoKey = round === 1 ? `${key}/undo` : `${key}/undo#${round}`;
      if (world.systems.held(undoKey, null) > 1) report("undo touches only ours", `${undoKey}: one request undid it more than once`);
    }
  }
  for (const [what, times] of world.computed) {
    const [event = "", step = ""] = [what.slice(0, what.indexOf(" ")), what.slice(what.indexOf(" ") + 1)];
    if (event !== eventOf(run) || restartOf(run)) continue;
    const done = all(run.entries, "step.done").find((entry) => entry.step === step);
    const n = (done?.output as { n?: number } | undefined)?.n;
    if (done && (n === undefined || n > times))
      report("done once, then remembered", `${run.id}: "${step}" has an output that was never computed`);
  }
}

/** Runs that began with the journal of this one, or with one that did. */
function begunFrom(world: PartitionWorld, run: KeptRun): KeptRun[] {
  const direct = [...world.runs.values()].filter((other) => {
    const origin = originOf(other);
    return origin?.kind === "restarted" && origin.from === run.id;
  });
  return direct.flatMap((other) => [other, ...begunFrom(world, other)]);
}

/** What people, switches and deployments forbid: new sends, from the moment at which the journal says so. */
function checkStops(world: PartitionWorld, run: KeptRun, report: Report): void {
  const announced = new Set<string>();
  let cancelled = false;
  let paused = false;
  const workflow = run.entries[0]?.type === "run.started" ? run.entries[0].pins.workflow : "";
  for (const entry of own(run)) {
    if (entry.type === "run.cancel_requested") cancelled = true;
    if (entry.type === "run.paused") paused = true;
    if (entry.type === "run.resumed") paused = false;
    const name = `${run.id}/${entry.step}`;
    if (cancelled && entry.type === "effect.intended") report("a cancelled run begins nothing", `${name} was intended`);
    if (entry.type !== "effect.sending") continue;
    if (cancelled && !announced.has(entry.step)) report("a cancelled run begins nothing", `${name} was announced`);
    if (paused && !cancelled) report("what is stopped sends nothing", `${name} was announced while the run was paused`);
    if (world.halted.some(({ scope, from, to }) => (scope === "*" || scope === workflow) && from < entry.at && entry.at < to) && !cancelled)
      report("what is stopped sends nothing", `${name} was announced while it was halted`);
    if (entry.step === "must never leave") report("code that diverges sends nothing", name);
    announced.add(entry.step);
  }
}

function checkEnd(world: PartitionWorld, run: KeptRun, report: Report): void {
  const end = run.entries.findLast((entry) => isEnd(entry) || entry.type === "run.reopened");
  const ended = end !== undefined && isEnd(end);
  const failed = end?.type === "run.failed" ? end : null;
  if (!ended && !waitsForNobody(world, run)) report("liveness", `${run.id} neither ended nor waits for somebody`);
  if (
    failed &&
    (failed.error.code === "workflow.unknown" || failed.error.code === "workflow.diverged" || failed.error.code === "pass.stale")
  )
    report("code that diverges sends nothing", `${run.id} failed: ${failed.error.message}`);
  const [cancel] = all(run.entries, "run.cancel_requested");
  if (world.cancelled.has(run.id) && !cancel && !ended) report("a cancelled run ends so", `${run.id}: its cancellation was lost`);
  // A run that is just handing over passes the word on: it was meant for the work.
  const next = end?.type === "run.completed" && end.continuedAs ? world.runs.get(end.continuedAs) : undefined;
  const passedOn = next?.entries.some((entry) => entry.type === "run.cancel_requested" || isEnd(entry)) ?? false;
  if (cancel && ended && end.type !== "run.cancelled" && !passedOn) report("a cancelled run ends so", `${run.id} ended with ${end.type}`);
  if (end?.type === "run.cancelled" && !cancel) report("a cancelled run ends so", `${run.id}: nobody had asked`);
  checkCompensation(world, run, end, cancel, report);
  for (const step of stepsOf(run)) {
    const entries = ofStep(run, step);
    const asked = all(entries, "undo.requested").at(-1);
    const over = entries.some(({ type, seq }) => seq > (asked?.seq ?? 0) && (type === "undo.done" || type === "undo.failed"));
    if (asked && !over && ended) report("liveness", `${run.id}/${step}: its undo has no end`);
  }
}

function checkCompensation(
  world: PartitionWorld,
  run: KeptRun,
  end: Entry | undefined,
  cancel: Of<"run.cancel_requested"> | undefined,
  report: Report,
) {
  const wanted =
    end?.type === "run.cancelled" ? cancel?.compensate : end?.type === "run.failed" && world.scenario.onFailure === "compensate";
  const byUs = all(run.entries, "undo.requested").filter(({ by }) => by === "interlock");
  // One that was cancelled while it took back what a failed run had written may finish with that.
  const [began] = byUs;
  if (!wanted && began && began.seq > (cancel?.seq ?? 0) && !all(run.entries, "run.failed").length && !cancel?.compensate)
    report("compensation complete or reported", `${run.id}: nobody wanted its writes taken back`);
  const applied = all(run.entries, "effect.applied");
  const seqOf = (step: string) => applied.find((entry) => entry.step === step)?.seq ?? 0;
  for (const [index, later] of byUs.entries()) {
    const before = byUs[index - 1];
    if (before && seqOf(before.step) < seqOf(later.step))
      report("compensation newest first", `${run.id}: "${before.step}" before "${later.step}"`);
  }
  // What was begun is finished, whoever ends the run meanwhile.
  if (!end || !(wanted || byUs.length > 0)) return;
  for (const entry of applied) {
    const entries = ofStep(run, entry.step);
    const intended = all(entries, "effect.intended")[0];
    if (intended?.undo === "irreversible") continue;
    if (!intended?.key.startsWith(`${run.id}/`)) {
      // Taken over from the run that this one began again from.
      if (byUs.some(({ step }) => step === entry.step))
        report("compensation complete or reported", `${run.id}/${entry.step}: another run's write was taken back`);
      continue;
    }
    const told = entries.some(({ type, seq }) => seq < end.seq && (type === "undo.done" || type === "undo.failed"));
    if (!told) report("compensation complete or reported", `${run.id}/${entry.step} stayed`);
  }
}

/** Only an operator can move it, and in this schedule none does. */
function waitsForNobody(world: PartitionWorld, run: KeptRun): boolean {
  if (world.scenario.operatorActs) return false;
  const [row] = run.object.database.rows("select waiting from run where id = ?", [run.id]);
  const on = (kind: string) => String(row?.waiting).includes(`"kind":"${kind}"`);
  return on("operator") || on("lane") || on("child") || on("limit");
}

interface Span {
  readonly name: string;
  readonly no: number;
  readonly created: number;
  readonly urgent: boolean;
  readonly from: number;
  readonly to: number;
}

/**
 * Runs of one lane: so many at a time, and in the order of their admission; an urgent one may pass those that came a little before it. Limits hold of all runs of
 * the workflow. A run that was cancelled before it began needs no turn.
 */
function checkLanes(world: PartitionWorld, environment: Environment, report: Report): void {
  const { flow } = world.scenario;
  const lanes = new Map<string, Span[]>();
  const spans: Span[] = [];
  for (const run of world.runs.values()) {
    const [row] = run.object.database.rows("select no, lane, created from run where id = ?", [run.id]);
    const first = run.entries.findIndex(({ step, seq }) => step !== undefined && seq > run.begunWith);
    if (first < 0) continue;
    // A run that was let go on after its failure has had its turn, and takes none again.
    const end = run.entries.findIndex((entry, index) => index > first && isEnd(entry));
    const span: Span = {
      name: run.id,
      no: Number(row?.no),
      created: Number(row?.created),
      // An operator's restart is nobody's urgency.
      urgent: !restartOf(run) && (world.accepted.get(eventOf(run))?.event.data.urgent ?? false),
      from: run.order[first] as number,
      to: end < 0 ? Number.POSITIVE_INFINITY : (run.order[end] as number),
    };
    if (run.entries[0]?.type === "run.started" && run.entries[0].pins.workflow === WORKFLOW) spans.push(span);
    lanes.set(String(row?.lane), [...(lanes.get(String(row?.lane)) ?? []), span]);
  }
  for (const [lane, own] of lanes) {
    checkAtOnce(own, atOnceOf(flow), `lane ${lane}`, report);
    // Which of two that begin together is first does not show; nor does a debounced run's place, which it takes when its window ends.
    if (flow === "two at a time" || flow === "debounce") continue;
    own.sort((a, b) => a.no - b.no);
    for (const [index, later] of own.entries()) {
      for (const earlier of own.slice(0, index)) {
        if (later.from > earlier.from) continue;
        const ahead = (span: Span) => (flow === "priority" && span.urgent ? URGENT_S * 1_000 : 0);
        if (later.created - ahead(later) >= earlier.created - ahead(earlier))
          report("lanes keep order", `${lane}: ${later.name} began before ${earlier.name}`);
      }
    }
  }
  if (flow === "concurrency") checkAtOnce(spans, CONCURRENCY, "the workflow", report);
  if (flow !== "throttle") return;
  const begun = environment.beginnings.map(({ at }) => at).sort((a, b) => a - b);
  for (const [index, at] of begun.entries()) {
    const before = begun[index - THROTTLE.runs];
    if (before !== undefined && at - before < THROTTLE.perMs)
      report("limits are kept", `${THROTTLE.runs + 1} runs began within ${at - before} ms`);
  }
  if (begun.length < spans.length) report("limits are kept", `${spans.length} runs began and ${begun.length} were counted`);
}

function checkAtOnce(spans: readonly Span[], most: number, what: string, report: Report): void {
  for (const { name, from } of spans) {
    const under = spans.filter((other) => other.from <= from && other.to > from).length;
    if (under > most) report("limits are kept", `${what}: ${under} runs at once when ${name} began`);
  }
}

/** D1 holds each durable entry once, and the run as it ended. */
function checkProjection(run: KeptRun, environment: Environment, report: Report): void {
  const rows = environment.d1.rows("select seq, at, type, step from audit where run = ? order by seq", [run.id]);
  const wanted = run.entries.map(({ seq, at, type, step }) => ({ seq, at, type, step: step ?? null }));
  if (JSON.stringify(rows) !== JSON.stringify(wanted))
    report("D1 shows what the journal says", `${run.id}: ${rows.length} of ${wanted.length} entries`);
  const [row] = environment.d1.rows("select status from run where id = ?", [run.id]);
  const end = run.entries.findLast((entry) => isEnd(entry) || entry.type === "run.reopened");
  const status = end === undefined || end.type === "run.reopened" ? "waiting" : end.type.slice("run.".length);
  if (row?.status !== status)
    report("D1 shows what the journal says", `${run.id} is ${status} and is shown as ${row?.status ?? "nothing"}`);
}
