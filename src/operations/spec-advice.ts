// What a review found when it advised a draft, for whoever approves that draft: the facts as they were counted then, and whether the text is still the one that the review
// wrote. It computes nothing anew but the bounds of those counts, and judges nothing.
import * as z from "zod";
import { readAdvice } from "../db/spec-advice.ts";
import { type AuditStanding, auditStanding } from "../validation/audited-error.ts";

const Share = z.number().min(0).max(1);
const Step = z.object({
  threshold: Share,
  more: z.number(),
  answered: z.number(),
  errors: z.number(),
  point: z.number(),
  upper: z.number(),
  passes: z.boolean(),
});

/** As advise-spec.ts keeps it. Advice that changes nothing is never taken. */
export const AdviceEvidence = z.object({
  decision: z.string(),
  days: z.number(),
  since: z.number(),
  until: z.number(),
  /** The threshold then. */
  from: Share,
  to: z.union([Share, z.literal("ask")]),
  /** The version of the rules that counted then. */
  spec: z.number().nullable(),
  limit: z.object({ share: Share, from: z.enum(["certificate", "asked", "assumed"]) }),
  counts: z.object({ written: z.number(), right: z.number(), wrong: z.number(), cannotTell: z.number() }),
  advice: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("lower"), to: Share, step: Step, steps: z.array(Step) }),
    z.object({ kind: z.literal("raise"), to: Share, accepted: z.number(), errors: z.number(), upper: z.number() }),
    z.object({ kind: z.literal("ask_all") }),
  ]),
});
export type AdviceEvidence = z.infer<typeof AdviceEvidence>;

export interface AdviceBehind extends AdviceEvidence {
  readonly at: number;
  readonly by: string;
  /** What those counts say against that limit. */
  readonly standing: AuditStanding;
  /** False where the draft was changed after the review wrote it. */
  readonly asWritten: boolean;
}

/** Null for a version that no review has advised. `digest`: of its text as it is. */
export async function adviceBehind(
  db: D1Database,
  { workflow, version, digest }: { readonly workflow: string; readonly version: number; readonly digest: string },
): Promise<AdviceBehind | null> {
  const found = await readAdvice(db, workflow, version);
  if (!found) return null;
  const evidence = AdviceEvidence.parse(found.evidence);
  const standing = auditStanding(evidence.counts, evidence.limit.share);
  return { ...evidence, at: found.at, by: found.by, standing, asWritten: found.digest === digest };
}
