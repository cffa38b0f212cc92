// What must hold whatever happened: checked as each write leaves and arrives, and once more when a schedule is over. None of it asks the engine's own
// decisions; it compares the durable journal with what the systems hold and with what people were shown and said.

import { type Json, type JsonObject, sameJson } from "../../src/core/json.ts";
import type { Entry } from "../../src/engine/journal.ts";
import { peopleOf } from "../../src/governance/review.ts";
import type { FakeAudit, FakeTicket } from "../unit/connectors/fake-zendesk.ts";
import type { SimulatedRun, World } from "./world.ts";

export const INVARIANTS = [
  "one run per event",
  "announced before it leaves",
  "allowed or decided, with these values",
  "decided on the record as shown",
  "at most one effect per intent",
  "shadow writes nothing",
  "refused writes nothing",
  "journal gapless and unchanged",
  "done once, then remembered",
  "applied means written",
  "answers bind",
  "undo touches only ours",
  "compensation complete or reported",
  "every step made",
  "replay asks nothing",
  "liveness",
] as const;
/** What is checked of whole partitions besides. */
export const PARTITION_INVARIANTS = [
  "a pause ends once, never early",
  "each signal once, in order",
  "a cancelled run begins nothing",
  "a cancelled run ends so",
  "what is stopped sends nothing",
  "code that diverges sends nothing",
  "compensation newest first",
  "lanes keep order",
  "limits are kept",
  "the last data wins",
  "one child per start",
  "audit chain intact",
  "D1 shows what the journal says",
] as const;
export type Invariant = (typeof INVARIANTS)[number] | (typeof PARTITION_INVARIANTS)[number];
export interface Violation {
  readonly invariant: Invariant;
  readonly what: string;
}
export type Report = (invariant: Invariant, what: string) => void;

export interface Write {
  readonly system: "zendesk" | "slack";
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export const ofStep = (run: SimulatedRun, step: string): Entry[] => run.durable.filter((entry) => entry.step === step);
const lastOf = <T extends Entry["type"]>(entries: readonly Entry[], type: T): Extract<Entry, { type: T }> | undefined =>
  entries.findLast((entry): entry is Extract<Entry, { type: T }> => entry.type === type);

/** The idempotency marker of a write, which is null for a redaction: it has none. */
export function markerOf({ system, body }: Write): string | null {
  const ticket = body.ticket as { metadata?: { interlock?: string } } | undefined;
  const metadata = body.metadata as { event_payload?: { key?: string } } | undefined;
  return (system === "zendesk" ? ticket?.metadata?.interlock : metadata?.event_payload?.key) ?? null;
}

export function stepOfMarker(run: SimulatedRun, marker: string): { step: string; undo: boolean } | null {
  if (!marker.startsWith(`${run.id}/`)) return null;
  const rest = marker.slice(run.id.length + 1);
  // The second request to undo a step is a write of its own: "/undo#2".
  const undo = /^(.*)\/undo(?:#\d+)?$/.exec(rest);
  return undo ? { step: undo[1] as string, undo: true } : { step: rest, undo: false };
}

function valuesOf(world: World, { system, body }: Write): JsonObject {
  if (system === "slack") return { text: String(body.text) };
  const { comment, group_id, priority } = (body.ticket ?? {}) as Record<string, unknown>;
  if (comment) return comment as JsonObject;
  return {
    ...(group_id === undefined ? {} : { group: world.groupName(group_id as number | null) }),
    ...(priority === undefined ? {} : { priority: priority as string | null }),
  };
}

/** As a write leaves, before anything of it has happened. */
export function checkLeaving(world: World, run: SimulatedRun, write: Write, report: Report): void {
  const name = `${run.id} ${write.path}`;
  if (run.scenario.spec.mode === "shadow") report("shadow writes nothing", name);
  const marker = markerOf(write);
  if (marker === null) {
    const announced = run.durable.some((entry) => entry.step && ofStep(run, entry.step).at(-1)?.type === "undo.sending");
    if (!write.path.endsWith("/redact.json") || !announced) report("announced before it leaves", `${name} carries no marker`);
    return;
  }
  const found = stepOfMarker(run, marker);
  if (!found) {
    report("announced before it leaves", `${name} has the marker ${marker}`);
    return;
  }
  const entries = ofStep(run, found.step);
  const last = entries.at(-1);
  if (last?.type !== (found.undo ? "undo.sending" : "effect.sending")) {
    report("announced before it leaves", `${marker}: the journal's last entry of the step is ${last?.type ?? "none"}`);
    return;
  }
  const values = valuesOf(world, write);
  if (last.type === "undo.sending") {
    if (!sameJson(values, last.restore)) report("undo touches only ours", `${marker} writes ${JSON.stringify(values)}`);
    return;
  }
  if (last.type !== "effect.sending") return;
  if (!sameJson(values, last.values)) report("allowed or decided, with these values", `${marker} sends other values than announced`);
  const ruled = lastOf(entries, "effect.ruled");
  const decided = lastOf(entries, "approval.decided");
  if (ruled?.ruling.outcome !== "allow" || !sameJson(ruled.values, values) || (decided && decided.seq > ruled.seq)) {
    report("allowed or decided, with these values", `${marker} without a ruling on ${JSON.stringify(values)}`);
  }
  checkAllowed(world, run, found.step, values, report);
}

/** From the scenario and from what people said, without the engine's rulings. */
function checkAllowed(world: World, run: SimulatedRun, step: string, values: JsonObject, report: Report): void {
  const { spec, team, confidence } = run.scenario;
  const name = `${run.id}/${step}: ${JSON.stringify(values)}`;
  const routes = step === "route ticket";
  const teams: readonly Json[] = spec.actions["zendesk.updateTicket"]?.fields.group?.oneOf ?? [];
  if (routes && !teams.includes(values.group ?? null)) {
    report("allowed or decided, with these values", `${name} is denied by the spec`);
  }
  const asks = step.startsWith("tell") && spec.actions["slack.postMessage"]?.ask === "always";
  const free = routes ? confidence >= 0.6 && team !== "privacy" && values.group === team && values.priority === "high" : !asks;
  if (free) return;
  const decision = standingDecision(run, step);
  const said = world.answers.find(
    (answer) => decision?.type === "approval.decided" && answer.approvalId === decision.approvalId && answer.accepted,
  );
  if (!said?.writes || !sameJson(said.writes, values)) report("allowed or decided, with these values", `${name} was decided by nobody`);
}

const standingDecision = (run: SimulatedRun, step: string) => {
  const decided = lastOf(ofStep(run, step), "approval.decided");
  const voided = decided && ofStep(run, step).some((entry) => entry.type === "approval.voided" && entry.approvalId === decided.approvalId);
  return voided ? undefined : decided;
};

/** As a write takes effect: `before` is the ticket just before it. */
export function checkArriving(world: World, run: SimulatedRun, write: Write, before: FakeTicket, report: Report): void {
  const marker = markerOf(write);
  const found = marker === null ? null : stepOfMarker(run, marker);
  if (!found || found.undo || found.step !== "route ticket") return;
  const decided = standingDecision(run, found.step);
  const asked = ofStep(run, found.step).find(
    (entry) => entry.type === "approval.requested" && decided && entry.approval.id === decided.approvalId,
  );
  if (asked?.type !== "approval.requested") return;
  const now = { group: world.groupName(before.group_id), priority: before.priority };
  if (!sameJson(now, asked.approval.before)) {
    report("decided on the record as shown", `${marker}: shown ${JSON.stringify(asked.approval.before)}, was ${JSON.stringify(now)}`);
  }
}

export function checkOver(world: World, report: Report): void {
  checkEvents(world, report);
  for (const run of world.runs) {
    checkJournal(run, report);
    checkAnswers(world, run, report);
    checkDecisions(run, report);
    checkEffects(world, run, report);
    checkEnd(run, report);
  }
}

function checkEvents(world: World, report: Report): void {
  for (const id of world.accepted) {
    const runs = world.runs.filter((run) => run.event.id === id);
    if (runs.length !== 1) report("one run per event", `${id} has ${runs.length} runs`);
  }
}

function checkJournal(run: SimulatedRun, report: Report): void {
  run.durable.forEach((entry, index) => {
    if (entry.seq !== index + 1) report("journal gapless and unchanged", `${run.id}: ${entry.seq} at ${index + 1}`);
    if (JSON.stringify(entry) !== run.texts[index]) report("journal gapless and unchanged", `${run.id}: entry ${entry.seq} changed`);
  });
  const once = new Map<string, number>();
  for (const entry of run.durable) {
    const oncePerStep = ["read.done", "decision.made", "effect.intended", "effect.applied", "effect.refused", "step.failed"].includes(
      entry.type,
    );
    const end = entry.type === "run.completed" || entry.type === "run.failed";
    const key = end ? "the run's end" : entry.type === "run.started" ? entry.type : oncePerStep ? `${entry.type} of ${entry.step}` : null;
    if (key) once.set(key, (once.get(key) ?? 0) + 1);
  }
  for (const [key, count] of once) if (count > 1) report("done once, then remembered", `${run.id}: ${key} ${count} times`);
}

function checkAnswers(world: World, run: SimulatedRun, report: Report): void {
  const decided = new Set<string>();
  for (const entry of run.durable) {
    if (entry.type !== "approval.decided") continue;
    const asked = run.durable.find((other) => other.type === "approval.requested" && other.approval.id === entry.approvalId);
    if (asked?.type !== "approval.requested") {
      report("answers bind", `${entry.approvalId} was never asked`);
      continue;
    }
    if (decided.has(entry.approvalId)) report("answers bind", `${entry.approvalId} was decided twice`);
    decided.add(entry.approvalId);
    if (entry.decision.kind === "expired") {
      if (entry.at < asked.approval.expiresAt) report("answers bind", `${entry.approvalId} expired early`);
      continue;
    }
    const said = world.answers.find((answer) => answer.approvalId === entry.approvalId && answer.accepted);
    if (!said) report("answers bind", `${entry.approvalId}: nobody said so`);
    else if (said.digest !== asked.approval.digest) report("answers bind", `${entry.approvalId} was answered about something else`);
    else if (said.at >= asked.approval.expiresAt) report("answers bind", `${entry.approvalId} was answered too late`);
    else if (!peopleOf(run.scenario.spec.review, run.scenario.spec.review.reviewers).includes(said.by))
      report("answers bind", `${entry.approvalId} was answered by ${said.by}`);
    else if (said.forbidden) report("answers bind", `${entry.approvalId} was answered with values that the spec denies`);
  }
}

/** What a person decided in the models' place is what they said, and nobody else's word. */
function checkDecisions(run: SimulatedRun, report: Report): void {
  for (const entry of run.durable) {
    if (entry.type !== "decision.made" || (entry.by === undefined && entry.decision.source !== "person")) continue;
    const said = lastOf(ofStep(run, entry.step ?? ""), "approval.decided");
    const given = said?.decision.kind === "edited" ? said.decision : null;
    if (given === null || given.by !== entry.by || !sameJson(given.values, entry.decision.value as JsonObject))
      report("answers bind", `${run.id}: "${entry.step}" was decided by ${entry.by}, who said ${JSON.stringify(said?.decision)}`);
  }
}

function checkEffects(world: World, run: SimulatedRun, report: Report): void {
  for (const step of new Set(run.durable.flatMap(({ step }) => step ?? []))) {
    const entries = ofStep(run, step);
    const intended = entries.find((entry) => entry.type === "effect.intended");
    if (intended?.type !== "effect.intended") continue;
    const key = `${run.id}/${step}`;
    const held = world.held(key);
    if (held > 1) report("at most one effect per intent", `${key} is held ${held} times`);
    const refused = lastOf(entries, "effect.refused");
    if (refused && refused.because !== "abandoned" && held > 0) report("refused writes nothing", `${key}: ${refused.because}`);
    const rejected = entries.some(({ type }) => type === "approval.requested") && standingDecision(run, step)?.decision.kind;
    if ((rejected === "rejected" || rejected === "expired") && held > 0) report("refused writes nothing", `${key}: ${rejected}`);
    const applied = lastOf(entries, "effect.applied");
    const changedNothing = !applied?.found && (applied?.output as { auditId?: unknown } | null)?.auditId === null;
    if (applied && !changedNothing && held === 0) report("applied means written", `${key} is nowhere`);
    const sent = lastOf(entries, "effect.sending")?.values.text;
    if (world.posted(key) !== null && world.posted(key) !== sent) report("applied means written", `${key} says something else`);
    checkUndo(world, run, step, report);
  }
}

function checkUndo(world: World, run: SimulatedRun, step: string, report: Report): void {
  const key = `${run.id}/${step}`;
  const audits = [...world.zendesk.tickets.keys()].flatMap((id) => world.zendesk.audits(id));
  const carrying = (marker: string): FakeAudit[] => audits.filter(({ metadata }) => metadata.custom.interlock === marker);
  const ours = carrying(key)[0]?.events ?? [];
  const asked = ofStep(run, step).filter(({ type }) => type === "undo.requested").length;
  const rounds = Array.from({ length: asked }, (_, index) => carrying(index === 0 ? `${key}/undo` : `${key}/undo#${index + 1}`));
  const undone = rounds.flat();
  if (rounds.some((round) => round.length > 1)) report("undo touches only ours", `${key}: one request undid it more than once`);
  for (const event of undone.flatMap(({ events }) => events)) {
    if (event.type !== "Change") continue;
    const written = ours.find((one) => one.type === "Change" && one.field_name === event.field_name);
    if (!written || !sameJson(written.value, event.previous_value) || !sameJson(written.previous_value, event.value)) {
      report("undo touches only ours", `${key}: ${event.field_name} from ${event.previous_value} to ${event.value}`);
    }
  }
}

function checkEnd(run: SimulatedRun, report: Report): void {
  if (!run.ended && !(run.held && !run.scenario.operatorActs)) report("liveness", `${run.id} neither ended nor waits for somebody`);
  const failed = run.durable.find(({ type }) => type === "run.failed");
  const completed = run.durable.find(({ type }) => type === "run.completed");
  const byUs = run.durable.some((entry) => entry.type === "undo.requested" && entry.by === "interlock");
  if (byUs && run.scenario.spec.onFailure === "leave")
    report("compensation complete or reported", `${run.id}: the spec says to leave the writes`);
  if (failed && run.scenario.spec.onFailure === "compensate") {
    for (const entry of run.durable) {
      if (entry.type !== "effect.applied" || entry.seq > failed.seq) continue;
      const own = ofStep(run, entry.step);
      const intended = own.find((other) => other.type === "effect.intended");
      if (intended?.type !== "effect.intended" || intended.undo === "irreversible") continue;
      const told = own.some(({ type, seq }) => seq < failed.seq && (type === "undo.done" || type === "undo.failed"));
      if (!told) report("compensation complete or reported", `${run.id}/${entry.step} stayed`);
    }
  }
  for (const step of new Set(run.durable.flatMap(({ step }) => step ?? []))) {
    const own = ofStep(run, step);
    const asked = lastOf(own, "undo.requested");
    const over = own.some(({ type, seq }) => seq > (asked?.seq ?? 0) && (type === "undo.done" || type === "undo.failed"));
    if (asked && !over) report("liveness", `${run.id}/${step}: its undo has no end`);
  }
  if (completed?.type !== "run.completed") return;
  const steps = run.durable.flatMap((entry) => (entry.type === "effect.intended" ? [entry.step] : []));
  const routed = (completed.output as { routed?: boolean }).routed;
  const wanted =
    run.scenario.workflow === "notify twice"
      ? ["note", "tell", "tell#2"]
      : routed
        ? ["route ticket", "explain route", "tell the team"]
        : ["route ticket"];
  const ended = (step: string) => ofStep(run, step).some(({ type }) => type === "effect.applied" || type === "effect.refused");
  for (const step of wanted) if (!steps.includes(step) || !ended(step)) report("every step made", `${run.id} completed without ${step}`);
}
