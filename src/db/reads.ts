// What lists, pages and the JSON API read from D1: rows with their JSON columns parsed and typed. It writes nothing and decides nothing; a decision asks the
// partition, whose journal is a moment ahead of these rows. Lists are paged by key (time and id of the last row), so that every page costs the same.
// A run's contents may have been erased: what was in them is then null, and everything else is as it was.
import { and, asc, count, desc, eq, getTableColumns, ne, type SQL, sql } from "drizzle-orm";
import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";
import type { Approval, ApprovalEntry, Decision } from "../core/approval.ts";
import { type Cost, NO_COST } from "../core/cost.ts";
import type { ConfidenceSource, DecisionBasis } from "../core/decision.ts";
import type { InterlockEvent } from "../core/event.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { EVERY_WORKFLOW, type Within } from "../core/principal.ts";
import type { RunState, RunStatus } from "../core/run.ts";
import { type FieldRule, GovernanceSpec } from "../governance/spec.ts";
import { bodiesOf } from "./audit-content.ts";
import { costOfRun } from "./costs.ts";
import { OPEN } from "./dead-letters.ts";
import { isWanted, type RunsShown } from "./runs.ts";
import { approval, audit, auditContent, deadLetter, decisionCost, effect, eventLog, governanceSpec, run } from "./schema.ts";
import { inside } from "./within.ts";

export type { FieldRule };

export type RunRow = Omit<typeof run.$inferSelect, "status" | "state"> & { readonly status: RunStatus; readonly state: RunState };
/** `body` is the journal entry without seq, at, type and step; null once it was erased. */
export type AuditRow = Pick<typeof audit.$inferSelect, "seq" | "at" | "type" | "step" | "actor"> & { readonly body: JsonObject | null };
export type DeadLetterKind = "delivery" | "event" | "message";
/** `open`: it can be replayed, because no replay of it has succeeded. */
export type DeadLetterRow = Omit<typeof deadLetter.$inferSelect, "kind" | "delivery"> & {
  readonly kind: DeadLetterKind;
  readonly open: boolean;
};

export type ApprovalStatus = "pending" | "approved" | "edited" | "rejected" | "insufficient" | "expired" | "voided";
export interface ApprovalRow {
  readonly id: string;
  readonly run: string;
  readonly workflow: string;
  readonly status: ApprovalStatus;
  readonly decidedAt: number | null;
  readonly decidedBy: string | null;
  readonly approval: Approval;
}

export type EffectStatus =
  | "intended"
  | "applied"
  | "unknown"
  | "refused"
  | "undone"
  | "undo_conflict"
  | "undo_failed"
  | "undoing"
  | "failed";
/** As src/engine/project.ts makes it. */
export interface EffectBody {
  readonly before: JsonObject | null;
  readonly values: JsonObject;
  readonly undo: "restore" | "withdraw" | "irreversible";
  /** Who approved, edited or rejected it, where somebody was asked and answered. */
  readonly decidedBy: string | null;
  readonly ruling: { readonly outcome: string; readonly rule: string; readonly reason: string } | null;
  readonly proved: { readonly after: JsonObject; readonly matches: boolean } | null;
  readonly refused: { readonly because: string; readonly reason: string } | null;
  readonly conflicts: readonly { readonly field: string; readonly ours: Json; readonly now: Json }[] | null;
}
export type EffectRow = Omit<typeof effect.$inferSelect, "status" | "sampled" | "body"> & {
  readonly status: EffectStatus;
  readonly sampled: boolean;
  readonly body: EffectBody;
};

/** The event as it came; null where the log no longer keeps it. `data` is null, too, once it was erased. */
export type EventRow = Omit<InterlockEvent, "source"> & { readonly receivedAt: number };

export interface SpecRow {
  readonly status: string;
  readonly spec: GovernanceSpec;
  readonly digest: string;
  readonly approvedBy: string | null;
  readonly approvedAt: number | null;
}

/** The place of a row in a list: what the next page begins after. */
export interface Position {
  readonly at: number;
  readonly id: string;
}
export interface Page<T> {
  readonly rows: readonly T[];
  readonly next: Position | null;
}

export interface RunDetail {
  readonly run: RunRow;
  /** How its writes are taken back, by whom and for how long; null where the spec is not in D1. */
  readonly rollback: GovernanceSpec["rollback"] | null;
  readonly audit: readonly AuditRow[];
  readonly effects: readonly EffectRow[];
  readonly approvals: readonly ApprovalRow[];
  readonly event: EventRow | null;
  /** What its model calls have cost so far. */
  readonly cost: Cost;
}

/** In an inbox: whose record it is about, what the first read called it, and how sure the model was. */
export interface ListedApproval extends ApprovalRow {
  readonly subject: string;
  readonly headline: string | null;
  readonly confidence: number | null;
}

/** The decision that a write is based on, as its intent names it. */
export interface BasedOn {
  readonly name: string;
  readonly value: Json;
  readonly confidence: number;
}
/** A model's answer as journalled: how sure it was per field, and who answered. */
export interface RecordedDecision {
  readonly step: string;
  readonly at: number;
  readonly value: Json;
  readonly confidence: number;
  readonly fields: Readonly<
    Record<
      string,
      { readonly confidence: number; readonly alternatives: readonly { readonly value: string; readonly probability: number }[] }
    >
  >;
  readonly source: ConfidenceSource;
  readonly basis?: DecisionBasis;
  readonly samples?: number;
  readonly model: string;
  readonly provider: string;
  readonly notSent: readonly string[];
  /** What the model was told to do; runs from before it was recorded lack it. */
  readonly instruction: string | null;
  /** The person who decided, where no model could. */
  readonly by: string | null;
  /** What was asked before and came to nothing. */
  readonly tried: readonly { readonly model: string; readonly provider: string; readonly message: string; readonly repaired?: true }[];
}
export interface RecordedRead {
  readonly step: string;
  readonly action: string;
  readonly output: Json;
}

export interface ApprovalDetail {
  readonly approval: ApprovalRow;
  readonly run: RunRow;
  readonly event: EventRow | null;
  readonly effect: EffectRow | null;
  readonly basedOn: BasedOn | null;
  readonly decisions: readonly RecordedDecision[];
  readonly reads: readonly RecordedRead[];
  /** How it was answered, and why it was voided, once it was. */
  readonly decision: Decision | null;
  /** What else was said of it, oldest first. */
  readonly said: readonly (ApprovalEntry & { readonly at: number })[];
  readonly voidedBecause: string | null;
  /** The approval that the same step asked for after this one. */
  readonly successor: string | null;
  readonly spec: SpecRow | null;
}

export async function partitionOfRun(db: D1Database, runId: string): Promise<string | null> {
  const [row] = await drizzle(db).select({ partition: run.partition }).from(run).where(eq(run.id, runId));
  return row?.partition ?? null;
}

export async function runOfApproval(db: D1Database, approvalId: string): Promise<string | null> {
  const [row] = await drizzle(db).select({ run: approval.run }).from(approval).where(eq(approval.id, approvalId));
  return row?.run ?? null;
}

export async function workflowOfRun(db: D1Database, runId: string): Promise<string | null> {
  const [row] = await drizzle(db).select({ workflow: run.workflow }).from(run).where(eq(run.id, runId));
  return row?.workflow ?? null;
}

export async function workflowOfApproval(db: D1Database, approvalId: string): Promise<string | null> {
  const [row] = await drizzle(db).select({ workflow: approval.workflow }).from(approval).where(eq(approval.id, approvalId));
  return row?.workflow ?? null;
}

/** How many runs operators began anew for the event of this one. */
export async function countAgain(db: D1Database, originalId: string): Promise<number> {
  const [row] = await drizzle(db)
    .select({ n: count() })
    .from(run)
    .where(sql`${run.id} > ${`${originalId}~`} and ${run.id} < ${`${originalId}~:`}`);
  return row?.n ?? 0;
}

/** Newest first. */
export async function listRuns(
  db: D1Database,
  { before, limit, ...filter }: RunsShown & { readonly before?: Position | undefined; readonly limit: number },
): Promise<Page<RunRow>> {
  const rows = await drizzle(db)
    .select()
    .from(run)
    .where(and(isWanted(filter), before && sql`(${run.startedAt}, ${run.id}) < (${before.at}, ${before.id})`))
    .orderBy(desc(run.startedAt), desc(run.id))
    .limit(limit + 1);
  return page(rows.map(runRow), limit, (row) => ({ at: row.startedAt, id: row.id }));
}

export async function readRun(db: D1Database, id: string): Promise<RunDetail | null> {
  const orm = drizzle(db);
  const [runs, entries, contents, effects, approvals, logged, specs, costs] = await orm.batch([
    orm.select().from(run).where(eq(run.id, id)),
    orm.select().from(audit).where(eq(audit.run, id)).orderBy(asc(audit.seq)),
    contentsOf(orm, id),
    orm.select().from(effect).where(eq(effect.run, id)),
    approvalsOf(orm, id),
    loggedEvent(orm, id),
    orm
      .select({
        rollback: sql<string | null>`${governanceSpec.body}->'$.rollback'`,
      })
      .from(run)
      .innerJoin(governanceSpec, and(eq(governanceSpec.workflow, run.workflow), eq(governanceSpec.version, run.specVersion)))
      .where(eq(run.id, id)),
    orm.select(costOfRun).from(decisionCost).where(eq(decisionCost.run, id)),
  ]);
  const [row] = runs;
  if (!row) return null;
  const auditRows = auditRowsOf(entries, contents);
  const order = new Map(auditRows.filter((entry) => entry.type === "effect.intended").map((entry) => [entry.step, entry.seq]));
  return {
    run: runRow(row),
    rollback: specs[0]?.rollback ? (JSON.parse(specs[0].rollback) as GovernanceSpec["rollback"]) : null,
    audit: auditRows,
    // In the order in which they were intended; the table's own order is that of the steps' names.
    effects: effects.map(effectRow).sort((a, b) => (order.get(a.step) ?? a.seq) - (order.get(b.step) ?? b.seq)),
    approvals: approvals.map(approvalRow),
    event: eventOf(logged[0]),
    cost: costs[0] ?? NO_COST,
  };
}

/** pending: by deadline, the nearest first. decided (expired and voided ones too): the latest first. */
export async function listApprovals(
  db: D1Database,
  filter: {
    readonly within: Within;
    readonly status: "pending" | "decided";
    readonly after?: Position | undefined;
    readonly limit: number;
  },
): Promise<Page<ListedApproval>> {
  const { within, status, after, limit } = filter;
  const pending = status === "pending";
  // A voided approval of a run that has ended has no time of its own.
  const decidedAt = sql<number>`coalesce(${approval.decidedAt}, ${approval.requestedAt})`;
  const position =
    after &&
    (pending
      ? sql`(${approval.expiresAt}, ${approval.id}) > (${after.at}, ${after.id})`
      : sql`(${decidedAt}, ${approval.id}) < (${after.at}, ${after.id})`);
  const rows = await drizzle(db)
    .select({
      approval,
      subject: run.subject,
      headline: firstOf("read.done", (body) => sql`coalesce(${body("output.subject")}, ${body("output.title")}, ${body("output.name")})`),
      confidence: firstOf("effect.intended", (body) => body("basedOn.confidence"), sql`and a.step = ${approval.step}`),
    })
    .from(approval)
    .innerJoin(run, eq(run.id, approval.run))
    .where(and(inside(approval.workflow, within), pending ? eq(approval.status, "pending") : ne(approval.status, "pending"), position))
    .orderBy(...(pending ? [asc(approval.expiresAt), asc(approval.id)] : [desc(decidedAt), desc(approval.id)]))
    .limit(limit + 1);
  const listed = rows.map(({ approval: row, subject, headline, confidence }) => ({
    ...approvalRow(row),
    subject,
    headline: typeof headline === "string" ? headline : null,
    confidence: typeof confidence === "number" ? confidence : null,
  }));
  return page(listed, limit, ({ approval: { expiresAt, requestedAt }, decidedAt: decided, id }) => ({
    at: pending ? expiresAt : (decided ?? requestedAt),
    id,
  }));
}

export async function countPendingApprovals(db: D1Database, within: Within): Promise<number> {
  const [row] = await drizzle(db)
    .select({ n: count() })
    .from(approval)
    .where(and(eq(approval.status, "pending"), inside(approval.workflow, within)));
  return row?.n ?? 0;
}

const SAID: ReadonlySet<string> = new Set<ApprovalEntry["type"]>([
  "approval.endorsed",
  "approval.amended",
  "approval.reassigned",
  "approval.information_asked",
  "approval.information_given",
  "approval.reminded",
  "approval.escalated",
]);

export async function readApproval(db: D1Database, id: string): Promise<ApprovalDetail | null> {
  const orm = drizzle(db);
  const [found] = await orm.select({ approval, run }).from(approval).innerJoin(run, eq(run.id, approval.run)).where(eq(approval.id, id));
  if (!found) return null;
  const { approval: row, run: of } = found;
  const [entries, contents, effects, asked, logged, specs] = await orm.batch([
    orm.select().from(audit).where(eq(audit.run, row.run)).orderBy(asc(audit.seq)),
    contentsOf(orm, row.run),
    orm
      .select()
      .from(effect)
      .where(and(eq(effect.run, row.run), eq(effect.step, row.step))),
    approvalsOf(orm, row.run),
    loggedEvent(orm, row.run),
    specOf(orm, of.workflow, of.specVersion),
  ]);
  // What was erased says nothing here.
  const auditRows = auditRowsOf(entries, contents).flatMap((entry) => (entry.body ? [{ ...entry, body: entry.body }] : []));
  const own = (type: string) => auditRows.find((entry) => entry.type === type && entry.body.approvalId === id);
  const intended = auditRows.find((entry) => entry.type === "effect.intended" && entry.step === row.step);
  return {
    approval: approvalRow(row),
    run: runRow(of),
    event: eventOf(logged[0]),
    effect: effects.map(effectRow)[0] ?? null,
    basedOn: (intended?.body.basedOn as BasedOn | null | undefined) ?? null,
    decisions: auditRows.filter((entry) => entry.type === "decision.made").map(recordedDecision),
    reads: auditRows
      .filter((entry) => entry.type === "read.done")
      .map((entry) => ({ step: entry.step ?? "", action: String(entry.body.action), output: entry.body.output ?? null })),
    decision: (own("approval.decided")?.body.decision as Decision | undefined) ?? null,
    said: auditRows.flatMap(({ type, at, body }) =>
      body.approvalId === id && SAID.has(type) ? [{ ...body, type, at } as unknown as ApprovalDetail["said"][number]] : [],
    ),
    voidedBecause: (own("approval.voided")?.body.because as string | undefined) ?? null,
    successor: asked.find((later) => later.step === row.step && later.requestedAt > row.requestedAt)?.id ?? null,
    spec: specRow(specs[0]),
  };
}

export interface DeadLetterFilter {
  readonly status?: "open" | "replayed" | undefined;
  readonly source?: string | undefined;
  /** Part of the reason. */
  readonly reason?: string | undefined;
  readonly limit: number;
}

/** Latest first. */
export async function listDeadLetters(db: D1Database, { status, source, reason, limit }: DeadLetterFilter): Promise<DeadLetterRow[]> {
  const rows = await drizzle(db)
    .select(deadLetterColumns)
    .from(deadLetter)
    .where(
      and(
        status && (status === "open" ? isOpen : sql`not ${isOpen}`),
        source ? eq(deadLetter.source, source) : undefined,
        reason ? sql`instr(${deadLetter.reason}, ${reason}) > 0` : undefined,
      ),
    )
    .orderBy(desc(deadLetter.at), desc(deadLetter.id))
    .limit(limit);
  return rows.map(deadLetterRow);
}

export async function readDeadLetter(db: D1Database, id: string): Promise<DeadLetterRow | null> {
  const [row] = await drizzle(db).select(deadLetterColumns).from(deadLetter).where(eq(deadLetter.id, id));
  return row ? deadLetterRow(row) : null;
}

export interface Overview {
  readonly runs: Readonly<Record<string, number>>;
  readonly effects: Readonly<Record<string, number>>;
  readonly pendingApprovals: number;
  /** Those that can still be replayed; they belong to no workflow: null where only some workflows were asked for. */
  readonly deadLetters: number | null;
}

/** Counts over whole tables: for a person who asks, not for every page. */
export async function overview(db: D1Database, within: Within): Promise<Overview> {
  const orm = drizzle(db);
  const [runs, effects, pending, letters] = await orm.batch([
    orm.select({ status: run.status, n: count() }).from(run).where(inside(run.workflow, within)).groupBy(run.status),
    orm
      .select({ status: effect.status, n: count() })
      .from(effect)
      .innerJoin(run, eq(run.id, effect.run))
      .where(inside(run.workflow, within))
      .groupBy(effect.status),
    orm
      .select({ n: count() })
      .from(approval)
      .where(and(eq(approval.status, "pending"), inside(approval.workflow, within))),
    orm.select({ n: count() }).from(deadLetter).where(isOpen),
  ]);
  const byStatus = (rows: readonly { status: string; n: number }[]) => Object.fromEntries(rows.map(({ status, n }) => [status, n]));
  return {
    runs: byStatus(runs),
    effects: byStatus(effects),
    pendingApprovals: pending[0]?.n ?? 0,
    deadLetters: within === EVERY_WORKFLOW ? (letters[0]?.n ?? 0) : null,
  };
}

export async function readSpec(db: D1Database, workflow: string, version: number): Promise<SpecRow | null> {
  const [row] = await specOf(drizzle(db), workflow, version);
  return specRow(row);
}

// ---- queries that are used twice ----

const isOpen = sql`${sql.raw(OPEN)}`;
const { delivery: _headers, ...keptColumns } = getTableColumns(deadLetter);
const deadLetterColumns = { ...keptColumns, open: sql<number>`${isOpen}` };

const approvalsOf = (orm: DrizzleD1Database, runId: string) =>
  orm.select().from(approval).where(eq(approval.run, runId)).orderBy(asc(approval.requestedAt));

const contentsOf = (orm: DrizzleD1Database, runId: string) => orm.select().from(auditContent).where(eq(auditContent.run, runId));

const loggedEvent = (orm: DrizzleD1Database, runId: string) =>
  orm.select().from(eventLog).where(sql`${eventLog.id} = (select event_id from run where id = ${runId})`);

const specOf = (orm: DrizzleD1Database, workflow: string, version: number) =>
  orm
    .select()
    .from(governanceSpec)
    .where(and(eq(governanceSpec.workflow, workflow), eq(governanceSpec.version, version)));

/** Something of the first entry of a kind in the approval's run. The keys (run, seq) and (run, first_seq) make this a short range of one run's rows. */
const firstOf = (type: string, what: (body: (path: string) => SQL) => SQL, more: SQL = sql``) => {
  const body = (path: string) => sql`(c.body->>('$[' || (a.seq - c.first_seq) || ${`].${path}`}))`;
  return sql<unknown>`(select ${what(body)} from audit as a join audit_content as c on c.run = a.run and a.seq between c.first_seq and c.last_seq
    where a.run = ${approval.run} and a.type = ${type} ${more} order by a.seq limit 1)`;
};

// ---- rows ----

export function page<T>(rows: readonly T[], limit: number, position: (row: T) => Position): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { rows: shown, next: rows.length > limit && last ? position(last) : null };
}

const runRow = (row: typeof run.$inferSelect): RunRow => ({
  ...row,
  status: row.status as RunStatus,
  state: JSON.parse(row.state) as RunState,
});

function auditRowsOf(rows: readonly (typeof audit.$inferSelect)[], contents: readonly (typeof auditContent.$inferSelect)[]): AuditRow[] {
  const bodies = bodiesOf(contents);
  return rows.map(({ seq, at, type, step, actor }) => ({ seq, at, type, step, actor, body: bodies.get(seq) ?? null }));
}

const deadLetterRow = (row: Omit<typeof deadLetter.$inferSelect, "delivery"> & { readonly open: number }): DeadLetterRow => ({
  ...row,
  kind: row.kind as DeadLetterKind,
  open: row.open === 1,
});

export const effectRow = (row: typeof effect.$inferSelect): EffectRow => ({
  ...row,
  status: row.status as EffectStatus,
  sampled: row.sampled === 1,
  body: JSON.parse(row.body) as EffectBody,
});

const approvalRow = (row: typeof approval.$inferSelect): ApprovalRow => ({
  id: row.id,
  run: row.run,
  workflow: row.workflow,
  status: row.status as ApprovalStatus,
  decidedAt: row.decidedAt,
  decidedBy: row.decidedBy,
  approval: JSON.parse(row.body) as Approval,
});

/** A spec of an older form than this release reads is as good as none: pages then offer plain text fields, and the partition still rules. */
function specRow(row: typeof governanceSpec.$inferSelect | undefined): SpecRow | null {
  const spec = row && GovernanceSpec.safeParse(JSON.parse(row.body)).data;
  return row && spec ? { status: row.status, spec, digest: row.digest, approvedBy: row.approvedBy, approvedAt: row.approvedAt } : null;
}

function eventOf(logged: typeof eventLog.$inferSelect | undefined): EventRow | null {
  if (!logged) return null;
  const { data, ...event } = logged;
  return { ...event, data: data === null ? null : (JSON.parse(data) as Json) };
}

const recordedDecision = (entry: AuditRow & { readonly body: JsonObject }): RecordedDecision => ({
  ...(entry.body.decision as unknown as Omit<RecordedDecision, "step" | "at" | "notSent" | "instruction" | "by" | "tried">),
  step: entry.step ?? "",
  at: entry.at,
  notSent: (entry.body.notSent as readonly string[] | undefined) ?? [],
  instruction: (entry.body.instruction as string | undefined) ?? null,
  by: (entry.body.by as string | undefined) ?? null,
  tried: (entry.body.tried as unknown as RecordedDecision["tried"] | undefined) ?? [],
});
