// The audit for an auditor: a copy of it by filter, as JSONL that can be verified offline or as CSV for a spreadsheet; one run verified at once; checkpoints.
// It changes nothing but the list of who took a copy, which is written before the first byte leaves. A copy is made page by page: whatever its size, only a page
// of it is in memory.
import * as z from "zod";
import { fail, ok, type Result } from "../core/errors.ts";
import { Instant } from "../core/instant.ts";
import type { JsonObject } from "../core/json.ts";
import { EVERY_WORKFLOW, type Principal } from "../core/principal.ts";
import {
  contentSizes,
  contentsOf,
  type ExportRow,
  erasureOf,
  type KeptContent,
  type LatestRecord,
  type LinkedRecord,
  latestRecords,
  listExports,
  type Place,
  recordExport,
  recordsAfter,
} from "../db/audit-records.ts";
import { type CheckpointRow, checkpointsOfRun, listCheckpoints, readCheckpointRow } from "../db/checkpoints.ts";
import { type ExportHeader, type InclusionLine, type RecordLine, type Report, verifyExport } from "../governance/audit-verify.ts";
import { proofOf } from "../governance/checkpoint.ts";
import { may } from "./access.ts";
import { readCheckpoint, signingKey } from "./checkpoint-audit.ts";
import { permit, permitRun, permitWithin } from "./require-role.ts";

/** Rows that one query looks at: 300 bytes each. */
const LOOK = 1_000;
/** Records to a part: with three or four queries to 1,000 rows about 800 of the 1,000 calls that a Worker may make for a request. */
const PART = 200_000;
/** Characters of contents in memory at once, unless one run alone has more. */
const CONTENT = 8_000_000;
/** Checkpoints that an export's header names: three months of days. */
const NAMED = 92;
/** Shown on a page. */
const LATEST = 50;
/** Among how many of the latest records a page looks for those that match. */
export const LATEST_LOOK = 10_000;

export const AuditFilterInput = z.object({
  workflow: z.string().min(1).max(200).optional(),
  run: z.string().min(1).max(500).optional(),
  from: Instant.optional(),
  /** Not included. */
  to: Instant.optional(),
  type: z.string().min(1).max(200).optional(),
  actor: z.string().min(1).max(500).optional(),
});
export type AuditFilter = z.infer<typeof AuditFilterInput>;

export const ExportInput = AuditFilterInput.extend({
  format: z.enum(["jsonl", "csv"]),
  /** "<seq>.<run>", as the end of the part before gives it. */
  after: z
    .string()
    .regex(/^\d{1,9}\..{1,500}$/, "Use the value that the part before ended with")
    .transform((text): Place => ({ seq: Number(text.split(".", 1)[0]), run: text.slice(text.indexOf(".") + 1) }))
    .optional(),
});
export type ExportInput = z.infer<typeof ExportInput>;

export const placeText = ({ run, seq }: Place): string => `${seq}.${run}`;

const LIMITS = { look: LOOK, part: PART, content: CONTENT };

/** The export's text, in pieces. */
export async function exportAudit(
  env: Env,
  principal: Principal,
  { format, after = null, ...wanted }: Omit<ExportInput, "after"> & { readonly after?: Place | null | undefined },
  now: number,
  limits = LIMITS,
): Promise<Result<AsyncIterable<string>>> {
  const permitted = await permitFilter(env.DB, principal, wanted);
  if (!permitted.ok) return permitted;
  const filter = permitted.value;
  await recordExport(env.DB, { at: now, by: principal.id, format, filter: JSON.stringify({ ...filter, ...(after ? { after } : {}) }) });
  if (format === "csv") return ok(csv(env.DB, filter, after, limits));
  const checkpoints = (await listCheckpoints(env.DB, NAMED)).reverse().map(({ number, date, digest }) => ({ number, date, digest }));
  const header: ExportHeader = { kind: "interlock.audit", at: now, by: principal.id, filter, after, checkpoints };
  return ok(jsonl(env, header, limits));
}

/** A copy says in its filter what it is a copy of: whoever may see one workflow gets that one, and whoever may see several says which. */
async function permitFilter(db: D1Database, principal: Principal, filter: AuditFilter): Promise<Result<AuditFilter>> {
  const within = permitWithin(principal, "read the audit");
  if (!within.ok) return within;
  if (filter.run !== undefined) return (await permitRun(db, principal, "read the audit", filter.run)) ?? ok(filter);
  if (filter.workflow !== undefined) return permit(principal, "read the audit", filter.workflow) ?? ok(filter);
  if (within.value === EVERY_WORKFLOW) return ok(filter);
  const [only, ...others] = within.value;
  if (others.length === 0) return ok({ workflow: only, ...filter });
  return fail("request.invalid", `Name one of the workflows that you may audit: ${within.value.join(", ")}`, { field: "workflow" });
}

async function* jsonl(env: Env, header: ExportHeader, limits: typeof LIMITS): AsyncGenerator<string> {
  yield `${JSON.stringify(header)}\n`;
  let records = 0;
  let next: Place | null = null;
  for await (const piece of pieces(env.DB, header.filter, header.after, limits)) {
    records += piece.records.length;
    next = piece.next;
    if (piece.records.length > 0) yield piece.records.map((record) => `${JSON.stringify(lineOf(record))}\n`).join("");
  }
  if (header.filter.run !== undefined && next === null) {
    const { lines } = await inclusionsOf(env, header.filter.run);
    yield lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  }
  yield `${JSON.stringify({ kind: "end", records, next })}\n`;
}

async function* csv(db: D1Database, filter: AuditFilter, after: Place | null, limits: typeof LIMITS): AsyncGenerator<string> {
  yield csvRow(["run", "seq", "at", "type", "step", "actor", "content", "content_digest", "hash"]);
  let next: Place | null = null;
  for await (const piece of pieces(db, filter, after, limits)) {
    next = piece.next;
    yield piece.records
      .map(({ run, seq, at, type, step, actor, contentDigest, hash, kept }) => {
        const content = kept ? JSON.stringify(kept.body) : "(erased)";
        return csvRow([run, String(seq), new Date(at).toISOString(), type, step ?? "", actor, content, contentDigest, hash]);
      })
      .join("");
  }
  if (next) yield csvRow([`(goes on: repeat with after=${placeText(next)})`]);
}

/**
 * Always in quotes. A text that a spreadsheet would take for a formula gets an apostrophe before it, which makes it a text: what a sender wrote must not be
 * carried out on an auditor's machine.
 */
export const csvRow = (cells: readonly string[]): string =>
  `${cells.map((cell) => `"${(/^[\s]*[=+\-@]|^[\t\r\n]/.test(cell) ? `'${cell}` : cell).replaceAll('"', '""')}"`).join(",")}\r\n`;

// ---- pieces ----

/** `kept`: null where the content was erased. */
type ExportedRecord = LinkedRecord & { readonly kept: { readonly salt: string; readonly body: unknown } | null };

interface Piece {
  readonly records: readonly ExportedRecord[];
  /** Where the next part begins; only in the last piece of a part that is not the last. */
  readonly next: Place | null;
}

async function* pieces(db: D1Database, filter: AuditFilter, after: Place | null, limits: typeof LIMITS): AsyncGenerator<Piece> {
  let place = after;
  for (let looked = 0; ; ) {
    const { records, end } = await recordsAfter(db, filter, place, limits.look);
    const runs = [...new Set(records.map(({ run }) => run))];
    const sizes = runs.length === 0 ? new Map<string, number>() : await contentSizes(db, runs);
    for (const group of grouped(runs, sizes, limits.content)) {
      const contents = await contentsOf(db, group);
      const members = new Set(group);
      yield {
        records: records.filter(({ run }) => members.has(run)).map((record) => withContent(record, contents.get(record.run))),
        next: null,
      };
    }
    if (end === null) return;
    looked += limits.look;
    place = end;
    if (looked >= limits.part) return yield { records: [], next: end };
  }
}

function grouped(runs: readonly string[], sizes: ReadonlyMap<string, number>, most: number): string[][] {
  const groups: string[][] = [];
  let size = 0;
  for (const run of runs) {
    const own = sizes.get(run) ?? 0;
    const open = groups.at(-1);
    if (open && size + own <= most) {
      open.push(run);
      size += own;
    } else {
      groups.push([run]);
      size = own;
    }
  }
  return groups;
}

const withContent = (record: LinkedRecord, content: KeptContent | undefined): ExportedRecord => ({
  ...record,
  kept: content?.bodies.has(record.seq) ? { salt: content.salt, body: content.bodies.get(record.seq) } : null,
});

const lineOf = ({ kept, ...record }: ExportedRecord): RecordLine => ({
  kind: "record",
  ...record,
  ...(kept ? { salt: kept.salt, content: kept.body } : { erased: true as const }),
});

// ---- checkpoints ----

/** What proves a run to be in its checkpoints. `absent`: those that should hold it and, as R2 has them, do not. */
async function inclusionsOf(
  env: Env,
  runId: string,
): Promise<{ readonly lines: readonly InclusionLine[]; readonly absent: readonly CheckpointRow[] }> {
  const lines: InclusionLine[] = [];
  const absent: CheckpointRow[] = [];
  for (const row of await checkpointsOfRun(env.DB, runId)) {
    const checkpoint = await readCheckpoint(env, row.key);
    const index = checkpoint?.leaves.findIndex(({ run }) => run === runId) ?? -1;
    const leaf = checkpoint?.leaves[index];
    if (!checkpoint || !leaf) {
      absent.push(row);
      continue;
    }
    const { statement, signature, leaves } = checkpoint;
    lines.push({ kind: "inclusion", ...leaf, proof: proofOf(leaves, index), checkpoint: { statement, signature } });
  }
  return { lines, absent };
}

export async function checkpointObject(env: Env, principal: Principal, number: number): Promise<Result<ReadableStream>> {
  const denied = permit(principal, "read checkpoints", null);
  if (denied) return denied;
  const row = await readCheckpointRow(env.DB, number);
  if (!row) return fail("request.not_found", `There is no checkpoint ${number}`);
  const object = await env.BLOBS.get(row.key);
  return object ? ok(object.body) : fail("audit.checkpoint_missing", `R2 does not hold ${row.key}, which D1 lists as checkpoint ${number}`);
}

export async function auditCheckpoints(env: Env, principal: Principal, limit: number): Promise<Result<CheckpointRow[]>> {
  return permit(principal, "read checkpoints", null) ?? ok(await listCheckpoints(env.DB, limit));
}

// ---- one run, now ----

/** The run's export, verified by what an auditor verifies it with; and what only the deployment knows: whether it erased the run. */
export async function verifyRun(env: Env, principal: Principal, runId: string, now: number): Promise<Result<Report>> {
  const denied = await permitRun(env.DB, principal, "read the audit", runId);
  if (denied) return denied;
  const known = await erasureOf(env.DB, runId);
  if (!known) return fail("run.not_found", `No run ${runId}`);
  const key = signingKey(env);
  if (!key.ok) return key;
  const { absent } = await inclusionsOf(env, runId);
  const header: ExportHeader = { kind: "interlock.audit", at: now, by: principal.id, filter: { run: runId }, after: null, checkpoints: [] };
  let text = "";
  for await (const piece of jsonl(env, header, LIMITS)) text += piece;
  const report = verifyExport(text.split("\n"), { keys: key.value ? [key.value] : [] });
  if (!report.ok) return ok(report);
  const [gone] = absent;
  if (gone) return ok(broken(`checkpoint ${gone.number} of ${gone.date}`, `R2 does not hold it, or it does not name the run: ${gone.key}`));
  if (report.erased > 0 && known.erasedAt === null)
    return ok(broken(`run ${runId}`, `the content of ${report.erased} of its records is gone, and the run was not erased`));
  return ok(report);
}

const broken = (what: string, why: string): Report => ({ ok: false, broken: { what, why } });

// ---- a page ----

export interface AuditOverview {
  readonly latest: readonly LatestRecord[];
  /** Null for whoever may audit some workflows only: a checkpoint covers all of them, and copies were taken of any. */
  readonly checkpoints: readonly CheckpointRow[] | null;
  readonly exports: readonly (Omit<ExportRow, "filter"> & { readonly filter: JsonObject })[] | null;
  /** The id of the key that signs; null without one. */
  readonly key: Result<string | null>;
}

export async function auditOverview(env: Env, principal: Principal, filter: AuditFilter): Promise<Result<AuditOverview>> {
  const within = permitWithin(principal, "read the audit");
  if (!within.ok) return within;
  const ofAll = may(principal, "read checkpoints", null);
  const [latest, checkpoints, exports] = await Promise.all([
    latestRecords(env.DB, filter, within.value, LATEST_LOOK, LATEST),
    ofAll ? listCheckpoints(env.DB, LATEST) : null,
    ofAll ? listExports(env.DB, LATEST) : null,
  ]);
  const key = signingKey(env);
  return ok({
    latest,
    checkpoints,
    exports: exports?.map((row) => ({ ...row, filter: JSON.parse(row.filter) as JsonObject })) ?? null,
    key: key.ok ? ok(key.value?.id ?? null) : key,
  });
}
