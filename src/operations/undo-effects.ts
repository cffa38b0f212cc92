// Taking many writes back: one, all of a run, or all of a workflow version in a time. First what would happen, read from the records themselves; then, with the
// digest of exactly that, the request. What was shown is what is done: if anything has moved since, nothing is asked and the preview has to be seen again.
// Sequence of a request: preview once more -> compare -> ask each write's partition, newest first within a run -> the partitions undo and prove in the background.
import * as z from "zod";
import { type ErrorCode, fail, ok, type Result } from "../core/errors.ts";
import { Instant } from "../core/instant.ts";
import { digest } from "../core/json.ts";
import { EVERY_WORKFLOW, type Principal } from "../core/principal.ts";
import { countEffects, type EffectsShown, type ListedEffect, listEffects, WRITTEN } from "../db/effects.ts";
import type { Position } from "../db/reads.ts";
import type { UndoOutlook, UndoPreview } from "../engine/undo-preview.ts";
import type { Context } from "./context.ts";
import { undoEffect, withPartition } from "./govern-run.ts";
import { unanswered } from "./many-runs.ts";
import { permit, permitRun } from "./require-role.ts";

/** Calls to partitions under way at once: a Worker has six connections. */
const AT_ONCE = 6;
/** Each write costs a read of its record, and a Worker may make a thousand calls for a request. */
export const MOST_PREVIEWED = 200;
/** More that are left over are not counted. */
export const MOST_COUNTED = 10_000;

/** One write of a run, all of a run, or all that a version of a workflow has made in a time. */
export const UndoWanted = z
  .strictObject({
    run: z.string().min(1).max(500).optional(),
    step: z.string().min(1).max(500).optional(),
    workflow: z.string().min(1).max(200).optional(),
    version: z.coerce.number().int().min(1).optional(),
    from: Instant.optional(),
    /** Not included. */
    to: Instant.optional(),
  })
  .superRefine(({ run, step, workflow, version, from, to }, context) => {
    const missing = (field: string, message: string) => context.addIssue({ code: "custom", path: [field], message });
    const named = Object.entries({ workflow, version, from, to });
    if (run !== undefined) {
      const both = named.find(([, value]) => value !== undefined);
      if (both) missing(both[0], "Name a run, or a workflow with its version and a time, and not both");
      return;
    }
    if (step !== undefined) missing("run", "Name the run of this step");
    for (const [field, value] of named) {
      if (value === undefined) missing(field, "Name a run, or a workflow with version, from and to");
    }
    if (from !== undefined && to !== undefined && from >= to) missing("to", "Is not after from");
  });
export type UndoWanted = z.infer<typeof UndoWanted>;

/** What the reader of a preview sends back; it names exactly what was shown. */
export const PreviewDigest = z.string().regex(/^[0-9a-f]{64}$/, "Give the digest of the preview");

export interface UndoRequest {
  readonly filter: UndoWanted;
  readonly digest: string;
  /** Where the preview began, if it was not the first. */
  readonly before?: Position | undefined;
}

export interface PreviewedEffect extends UndoPreview {
  readonly run: string;
  readonly workflow: string;
  readonly version: number;
}

/** What a request would do to a write: ask for its undo, leave it because a person changed it since, or leave it because it cannot be undone. */
export type Fate = "undo" | "as_it_was" | "conflict" | "refused" | "unread";

export interface UndoPlanned {
  readonly effects: readonly PreviewedEffect[];
  readonly counts: Readonly<Record<Fate, number>>;
  readonly digest: string;
  /** Older writes that match and are not in this preview, counted up to `MOST_COUNTED`; and where they begin. */
  readonly rest: number;
  readonly next: Position | null;
}

export function fateOf(outlook: UndoOutlook): Fate {
  switch (outlook.kind) {
    case "restore":
      if (Object.keys(outlook.restore).length > 0) return "undo";
      return outlook.conflicts.length > 0 ? "conflict" : "as_it_was";
    case "withdraw":
      return outlook.gone ? "as_it_was" : "undo";
    case "refused":
      return "refused";
    case "unread":
      return "unread";
  }
}

export async function planUndo(
  context: Context,
  principal: Principal,
  wanted: UndoWanted,
  before?: Position | undefined,
): Promise<Result<UndoPlanned>> {
  const { run, workflow = null } = wanted;
  const denied =
    run === undefined ? permit(principal, "undo writes", workflow) : await permitRun(context.env.DB, principal, "undo writes", run);
  if (denied) return denied;
  // All of them are of the run or the workflow that was just asked about.
  const filter: EffectsShown = { ...wanted, within: EVERY_WORKFLOW };
  const { rows, next } = await listEffects(context.env.DB, { ...filter, only: WRITTEN, before, limit: MOST_PREVIEWED });
  const byRun = Map.groupBy(rows, ({ run }) => run);
  // Within a run in the order of its journal: times alone do not tell writes of the same moment apart.
  const queues = new Map<string, UndoPreview[]>();
  await someAtOnce([...byRun], async ([run, own]) => {
    queues.set(run, await previewRun(context, run, own));
  });
  const effects = rows.map(({ run, workflow, version }): PreviewedEffect => {
    const preview = queues.get(run)?.shift() as UndoPreview;
    return { ...preview, run, workflow, version };
  });
  const counts: Record<Fate, number> = { undo: 0, as_it_was: 0, conflict: 0, refused: 0, unread: 0 };
  for (const { outlook } of effects) counts[fateOf(outlook)]++;
  return ok({
    effects,
    counts,
    digest: digestOf(effects),
    rest: next === null ? 0 : await countEffects(context.env.DB, { ...filter, only: WRITTEN, before: next }, MOST_COUNTED),
    next,
  });
}

/** As many previews as rows: of a write that the partition does not say anything about, why not. */
async function previewRun(context: Context, run: string, rows: readonly ListedEffect[]): Promise<UndoPreview[]> {
  const steps = rows.map(({ step }) => step);
  let previewed: Result<UndoPreview[]>;
  try {
    previewed = await withPartition(context, run, (partition) => partition.previewUndo(run, steps));
  } catch (thrown) {
    const { error } = unanswered(run, thrown);
    return rows.map((row) => unlooked(row, { kind: "unread", error }));
  }
  if (!previewed.ok) {
    const { error } = previewed;
    return rows.map((row) => unlooked(row, { kind: "refused", error }));
  }
  const found = previewed.value;
  const missing = rows.filter(({ step }) => !found.some((one) => one.step === step));
  const { error } = fail("effect.not_applied", "The run's journal does not say that it was written");
  return [...found, ...missing.map((row) => unlooked(row, { kind: "refused", error }))];
}

const unlooked = ({ step, action, target, at }: ListedEffect, outlook: UndoOutlook): UndoPreview => ({
  step,
  action,
  target,
  appliedAt: at,
  outlook,
});

/** What the reader decides on, and no text that may be worded otherwise the next time. */
const digestOf = (effects: readonly PreviewedEffect[]): string =>
  digest(
    effects.map(({ run, step, outlook }) => ({
      run,
      step,
      outlook: outlook.kind === "refused" || outlook.kind === "unread" ? { kind: outlook.kind, code: outlook.error.code } : outlook,
    })),
  );

export interface UndoAnswer {
  readonly asked: number;
  /** Left as they are, as the preview said. */
  readonly left: number;
  readonly refused: readonly { readonly run: string; readonly step: string; readonly code: ErrorCode; readonly message: string }[];
  readonly next: Position | null;
}

export async function undoEffects(
  context: Context,
  principal: Principal,
  { filter, digest: shown, before }: UndoRequest,
): Promise<Result<UndoAnswer>> {
  const planned = await planUndo(context, principal, filter, before);
  if (!planned.ok) return planned;
  const { effects, digest: now, next } = planned.value;
  if (now !== shown) return fail("effect.preview_moved", "Writes or records have changed since the preview: look at it again");
  const wanted = effects.filter(({ outlook }) => fateOf(outlook) === "undo");
  const refused: { run: string; step: string; code: ErrorCode; message: string }[] = [];
  await someAtOnce([...Map.groupBy(wanted, ({ run }) => run)], async ([run, own]) => {
    for (const { step } of own) {
      const asked = await undoEffect(context, principal, run, step).catch((thrown) => unanswered(run, thrown));
      if (!asked.ok) refused.push({ run, step, code: asked.error.code, message: asked.error.message });
    }
  });
  return ok({ asked: wanted.length - refused.length, left: effects.length - wanted.length, refused, next });
}

async function someAtOnce<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  for (let from = 0; from < all.length; from += AT_ONCE) await Promise.all(all.slice(from, from + AT_ONCE).map(work));
}
