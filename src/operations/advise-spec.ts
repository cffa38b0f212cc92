// Turns what a review advises into a draft of the next governance spec, with its evidence on record. It approves nothing: the draft goes its usual way, and counts once a
// process owner who did not write it has approved it.
// Sequence: the review as it is now -> is the advice the one that was read? -> draft -> its evidence.
import * as z from "zod";
import { fail, type Result } from "../core/errors.ts";
import { canonical, type Json } from "../core/json.ts";
import type { Principal } from "../core/principal.ts";
import { recordAdvice } from "../db/spec-advice.ts";
import { readSpecTexts } from "../db/specs.ts";
import type { GovernanceSpec } from "../governance/spec.ts";
import type { Advice } from "../validation/threshold-advice.ts";
import type { Context } from "./context.ts";
import { newDraft, nextVersion, type SpecName } from "./govern-spec.ts";
import { type Review, ReviewAsked, readReview } from "./read-review.ts";
import { permit } from "./require-role.ts";

/** `to`: the threshold that was shown; "ask" for none. */
export const AdviceTaken = ReviewAsked.extend({
  to: z.union([z.literal("ask"), z.coerce.number("to: repeat the threshold that was shown").min(0).max(1)]),
});
export type AdviceTaken = z.infer<typeof AdviceTaken>;

/** Where the advice leads: a threshold, "ask" for none; null where it changes nothing. */
export function targetOf(advice: Advice | null): number | "ask" | null {
  switch (advice?.kind) {
    case "lower":
    case "raise":
      return advice.to;
    case "ask_all":
      return "ask";
    case "keep":
    case undefined:
      return null;
  }
}

export async function adviseSpec(
  context: Context,
  principal: Principal,
  workflow: string,
  { to, ...asked }: AdviceTaken,
  now: number,
): Promise<Result<SpecName>> {
  const denied = permit(principal, "write specs", workflow);
  if (denied) return denied;
  const read = await readReview(context, principal, workflow, asked, now);
  if (!read.ok) return read;
  const review = read.value;
  const target = targetOf(review.advice);
  if (target === null || target !== to || !review.spec)
    return fail("spec.changed", "The review advises something else than what was shown: look at it again");
  const version = nextVersion(await readSpecTexts(context.env.DB, workflow, now));
  const spec = advisedSpec(review.spec.spec, review.decision, target, version);
  const drafted = await newDraft(context, principal, workflow, spec, now);
  if (!drafted.ok) return drafted;
  const found = (await readSpecTexts(context.env.DB, workflow, now)).find((one) => one.version === version);
  await recordAdvice(context.env.DB, {
    workflow,
    version,
    at: now,
    by: principal.id,
    digest: found?.digest ?? "",
    evidence: evidenceOf(review, target),
  });
  return drafted;
}

export function advisedSpec(spec: GovernanceSpec, decision: string, target: number | "ask", version: number): GovernanceSpec {
  const { [decision]: _, ...others } = spec.thresholds;
  return { ...spec, version, thresholds: target === "ask" ? others : { ...others, [decision]: target } };
}

function evidenceOf({ decision, days, since, until, threshold, limit, counts, advice, spec }: Review, target: number | "ask"): Json {
  const facts = { decision, days, since, until, from: threshold, to: target, spec: spec?.spec.version ?? null, limit, counts, advice };
  return JSON.parse(canonical(facts as unknown as Json)) as Json;
}
