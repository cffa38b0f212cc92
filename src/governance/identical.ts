// When are two changes the same change to different records? Pure: the digest of everything that a reviewer judges, but the target. It decides nothing; each
// approval keeps the digest of its own that a decision must repeat.
import type { Approval } from "../core/approval.ts";
import { digest } from "../core/json.ts";

export interface IntendedChange {
  readonly workflow: string;
  readonly specVersion: number;
  readonly approval: Approval;
}

/**
 * Null for a question, which is no change. What else asks (`also`) is part of it: a change with one more reason to look is not the same. Why a person is asked is
 * not: the model is never equally sure twice, and the rule is the same.
 */
export function changeDigest({ workflow, specVersion, approval }: IntendedChange): string | null {
  const { action, before, values, rule, also = [], question } = approval;
  return question === undefined ? digest({ workflow, specVersion, action, before, values, rule, also }) : null;
}
