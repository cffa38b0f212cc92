// The ledger of writes as people filter it, and a copy of it for a spreadsheet. It changes nothing but the list of who took a copy, which is written before the
// first byte leaves. A copy is made page by page: whatever its size, only a page of it is in memory.
import * as z from "zod";
import { ok, type Result } from "../core/errors.ts";
import { Instant } from "../core/instant.ts";
import { EVERY_WORKFLOW, type Principal } from "../core/principal.ts";
import { recordExport } from "../db/audit-records.ts";
import { type EffectsShown, type EffectsWanted, type ListedEffect, listEffects } from "../db/effects.ts";
import type { Position } from "../db/reads.ts";
import { csvRow } from "./read-audit.ts";
import { permitWithin } from "./require-role.ts";

/** Rows of one query: a few kilobytes each. */
const LOOK = 200;
/** Rows of a copy; with one query to 200 about 250 of the 1,000 calls that a Worker may make for a request. */
const PART = 50_000;

export const EffectFilterInput = z.object({
  workflow: z.string().min(1).max(200).optional(),
  version: z.coerce.number().int().min(1).optional(),
  run: z.string().min(1).max(500).optional(),
  status: z.enum(["intended", "applied", "unknown", "refused", "undoing", "undone", "undo_conflict", "undo_failed", "failed"]).optional(),
  action: z.string().min(1).max(200).optional(),
  /** Part of the target's name. */
  target: z.string().trim().min(1).max(500).optional(),
  from: Instant.optional(),
  /** Not included. */
  to: Instant.optional(),
  sampled: z.enum(["open", "checked"]).optional(),
});

/** Of the workflows that the principal may copy; which these are is recorded with the filter. */
export async function exportEffects(
  env: Env,
  principal: Principal,
  { before, ...filter }: EffectsWanted & { readonly before?: Position | undefined },
  now: number,
  limits = { look: LOOK, part: PART },
): Promise<Result<AsyncIterable<string>>> {
  const permitted = permitWithin(principal, "export effects");
  if (!permitted.ok) return permitted;
  const within = permitted.value;
  const limited = within === EVERY_WORKFLOW ? {} : { within };
  const asked = JSON.stringify({ ...filter, ...limited, ...(before ? { before } : {}) });
  await recordExport(env.DB, { at: now, by: principal.id, format: "writes.csv", filter: asked });
  return ok(csv(env.DB, { ...filter, within }, before, limits));
}

const HEAD = [
  "run",
  "step",
  "at",
  "workflow",
  "version",
  "action",
  "target",
  "status",
  "before",
  "written",
  "read_back",
  "decided_by",
  "rule",
  "undo",
  "conflicts",
  "sampled",
  "verdict",
  "should_have_been",
  "checked_by",
  "note",
];

async function* csv(
  db: D1Database,
  filter: EffectsShown,
  first: Position | undefined,
  { look, part }: { readonly look: number; readonly part: number },
): AsyncGenerator<string> {
  yield csvRow(HEAD);
  let before = first;
  for (let looked = 0; looked < part; looked += look) {
    const { rows, next } = await listEffects(db, { ...filter, before, limit: look });
    if (rows.length > 0) yield rows.map((row) => csvRow(cellsOf(row))).join("");
    if (next === null) return;
    before = next;
  }
  if (before) yield csvRow([`(goes on: repeat with before=${before.at}.${before.id})`]);
}

function cellsOf({ run, step, at, workflow, version, action, target, status, sampled, erasedAt, check, body }: ListedEffect): string[] {
  const values = erasedAt === null ? [JSON.stringify(body.before), JSON.stringify(body.values)] : ["(erased)", "(erased)"];
  return [
    run,
    step,
    new Date(at).toISOString(),
    workflow,
    String(version),
    action,
    target,
    status,
    ...values,
    body.proved === null ? "" : body.proved.matches ? "as written" : "other values",
    body.decidedBy ?? "",
    body.ruling?.rule ?? "",
    body.undo,
    body.conflicts && body.conflicts.length > 0 ? JSON.stringify(body.conflicts) : "",
    sampled ? "yes" : "",
    check?.verdict ?? "",
    check?.should ? JSON.stringify(check.should) : "",
    check?.by ?? "",
    check?.note ?? "",
  ];
}
