// A human gate and its decision. An approval is bound to a digest of exactly what was shown; a decision repeats that digest.
import * as z from "zod";
import type { JsonObject } from "./json.ts";

/** What a reviewer sends. `digest` is the one the page showed: if what is to be approved has moved since, the decision is refused. */
export const DecisionInput = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("approved"), digest: z.string() }),
  z.object({ kind: z.literal("edited"), digest: z.string(), values: z.record(z.string(), z.json()) }),
  z.object({
    kind: z.literal("rejected"),
    digest: z.string(),
    reason: z.string().trim().min(1, "Say in a few words why you reject it").max(2000),
  }),
]);
export type DecisionInput = z.infer<typeof DecisionInput>;

export type Decision =
  | { readonly kind: "approved"; readonly by: string }
  | { readonly kind: "edited"; readonly by: string; readonly values: JsonObject }
  | { readonly kind: "rejected"; readonly by: string; readonly reason: string }
  | { readonly kind: "expired" };

/** A task for a reviewer. `before` and `values` are field by field; times are epoch milliseconds. */
export interface Approval {
  readonly id: string;
  readonly step: string;
  readonly action: string;
  readonly target: string;
  readonly before: JsonObject;
  readonly values: JsonObject;
  readonly digest: string;
  readonly rule: string;
  readonly why: string;
  /** What else asks, besides the rule that decided. */
  readonly also?: readonly string[];
  readonly reviewers: readonly string[];
  readonly requestedAt: number;
  readonly expiresAt: number;
  /** Set where a workflow asks a person something that is not about a write (step.approval): `values` are then facts to be shown, and cannot be edited. */
  readonly question?: string;
}
