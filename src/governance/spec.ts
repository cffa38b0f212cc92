// A governance spec: the process owner's rules for one workflow, as a document. Versioned and immutable; a run is pinned to the version it began with.
// It holds no code. What is not listed is denied.
import * as z from "zod";

/** What may be written into one field. An absent constraint does not constrain; `oneOf` compares canonical JSON. */
export const FieldRule = z.strictObject({
  oneOf: z.array(z.json()).min(1).optional(),
  maxLength: z.number().int().positive().optional(),
});
export type FieldRule = z.infer<typeof FieldRule>;

/**
 * One allowed action. `ask`: "when_unsure" asks a person when the decision it is based on is below its threshold (or when it is based on none),
 * "always" asks every time, "never" needs no decision behind it (an internal note, say). A regulated workflow always asks, whatever is written here.
 */
export const ActionRule = z.strictObject({
  ask: z.enum(["when_unsure", "always", "never"]),
  fields: z.record(z.string(), FieldRule),
});
export type ActionRule = z.infer<typeof ActionRule>;

export const GovernanceSpec = z.strictObject({
  workflow: z.string().min(1),
  version: z.number().int().positive(),
  owner: z.email(),
  purpose: z.string().min(1),
  /** live writes; shadow goes the whole way and writes nothing. */
  mode: z.enum(["live", "shadow"]),
  regulated: z.boolean(),
  /** Per decision: the confidence (0 to 1) from which it may be acted on without asking. */
  thresholds: z.record(z.string(), z.number().min(0).max(1)),
  /** Answers that a person always confirms, however sure the model is. */
  alwaysAsk: z.array(z.strictObject({ decision: z.string(), field: z.string(), equals: z.string(), because: z.string().min(1) })),
  actions: z.record(z.string(), ActionRule),
  review: z.strictObject({
    /** Compared with the identity provider's addresses, which are lower case. */
    reviewers: z.array(z.email().toLowerCase()).min(1),
    slaMinutes: z.number().positive(),
    /** What an unanswered approval becomes when its SLA has passed. */
    onExpiry: z.enum(["reject"]),
  }),
  /** What a run that fails for good does with the writes it already made. */
  onFailure: z.enum(["compensate", "leave"]),
  retention: z.strictObject({
    /** Days after a run's end for which its contents are kept: the event, what was read, decided and written. Who did what and when stays. */
    payloadDays: z.number().int().min(1).max(3650),
  }),
});
export type GovernanceSpec = z.infer<typeof GovernanceSpec>;
