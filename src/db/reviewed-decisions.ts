// The model's decisions that people approved or edited, with the text that the model was sent: from the audit's contents, so that what retention has erased is not among
// them. A write that was taken back, or found wrong afterwards, confirms nothing. It knows no workflow: what a field means is for the reader.
// Sequence: runs with a decided approval, newest first -> their entries, some runs at a time -> per run: decision, write, what was asked, what was decided.
import { canonical, type Json, type JsonObject } from "../core/json.ts";
import type { ReviewedDecision } from "../inference/builtin/reviewed.ts";

/** Entries of so many runs are read at once: at most 16,000 characters of text a decision (engine/run-decision.ts). */
const AT_ONCE = 100;

export async function reviewedDecisions(db: D1Database, workflow: string, runs: number): Promise<ReviewedDecision[]> {
  const { results } = await db
    .prepare(
      `select a.run from approval as a join run as r on r.id = a.run
       where a.workflow = ?1 and a.status in ('approved', 'edited') and r.erased_at is null
       group by a.run order by max(a.decided_at) desc, a.run limit ?2`,
    )
    .bind(workflow, runs)
    .all<{ run: string }>();
  const found: ReviewedDecision[] = [];
  for (let at = 0; at < results.length; at += AT_ONCE) {
    const some = results.slice(at, at + AT_ONCE).map(({ run }) => run);
    const entries = await entriesOf(db, some);
    for (const run of some) found.push(...decisionsIn(entries.get(run) ?? []));
  }
  return found;
}

interface Told {
  readonly seq: number;
  readonly type: string;
  readonly step: string | null;
  readonly body: JsonObject;
}

/** `effect_check` and the effect's own status are as they are now: a step of which one says that it was wrong is left out. */
async function entriesOf(db: D1Database, runs: readonly string[]): Promise<Map<string, Told[]>> {
  const { results } = await db
    .prepare(
      `select a.run, a.seq, a.type, a.step, c.body->('$[' || (a.seq - c.first_seq) || ']') as body
       from json_each(?1) as l join audit as a on a.run = l.value
       join audit_content as c on c.run = a.run and a.seq between c.first_seq and c.last_seq
       where a.type = 'decision.made'
         or (a.type in ('effect.intended', 'approval.requested', 'approval.decided')
           and not exists (select 1 from effect as e where e.run = a.run and e.step = a.step
             and e.status in ('undoing', 'undone', 'undo_conflict', 'undo_failed'))
           and not exists (select 1 from effect_check as k where k.run = a.run and k.step = a.step and k.verdict = 'wrong'))
       order by a.run, a.seq`,
    )
    .bind(JSON.stringify(runs))
    .all<{ run: string; seq: number; type: string; step: string | null; body: string | null }>();
  const found = new Map<string, Told[]>();
  for (const { run, body, ...entry } of results) {
    const entries = found.get(run) ?? [];
    found.set(run, entries);
    // Rows of contents may overlap, and then say the same.
    if (body !== null && entries.at(-1)?.seq !== entry.seq) entries.push({ ...entry, body: JSON.parse(body) as JsonObject });
  }
  return found;
}

function decisionsIn(entries: readonly Told[]): ReviewedDecision[] {
  const found = new Map<number, ReviewedDecision & { writes: { asked: JsonObject; decided: JsonObject }[] }>();
  for (const { step, body, seq } of entries.filter(({ type }) => type === "approval.decided")) {
    const decision = body.decision as JsonObject;
    const before = entries.filter((entry) => entry.step === step && entry.seq < seq);
    const asked = before
      .map((entry) => entry.body.approval as JsonObject | undefined)
      .findLast((approval) => approval?.id === body.approvalId);
    const basedOn = before.findLast(({ type }) => type === "effect.intended")?.body.basedOn as JsonObject | null | undefined;
    if (!asked || !basedOn || (decision.kind !== "approved" && decision.kind !== "edited")) continue;
    const made = entries.findLast((entry) => entry.seq < seq && isMade(entry, basedOn));
    const input = made?.body.input as Record<string, string> | undefined;
    if (!made || input === undefined || !isObject(basedOn.value)) continue;
    const values = asked.values as JsonObject;
    const write = { asked: values, decided: decision.kind === "edited" ? (decision.values as JsonObject) : values };
    const known = found.get(made.seq) ?? { decision: String(basedOn.name), input, answered: basedOn.value, writes: [] };
    known.writes.push(write);
    found.set(made.seq, known);
  }
  return [...found.values()];
}

/** A step that repeats a name has it with a number. */
const isMade = ({ type, step, body }: Told, basedOn: JsonObject): boolean =>
  type === "decision.made" &&
  (step === basedOn.name || (step ?? "").startsWith(`${String(basedOn.name)}#`)) &&
  canonical((body.decision as JsonObject).value as Json) === canonical(basedOn.value as Json);

const isObject = (value: Json | undefined): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);
