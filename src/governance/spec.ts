// A governance spec: the process owner's rules for one workflow, as a document. Versioned and immutable; a run is pinned to the version it began with.
// It holds no code: conditions are expressions over facts, checked here. What is not listed is denied. What cannot be meant is refused, and the place named.
import * as z from "zod";
import { CONDITION_LENGTH, conditionFault } from "./condition.ts";
import { PATTERN_LENGTH, patternFault } from "./field-pattern.ts";
import { Person, peopleOf, Review, Reviewer } from "./review.ts";

const Range = z
  .strictObject({ min: z.number().optional(), max: z.number().optional() })
  .refine(({ min, max }) => min !== undefined || max !== undefined, "give min, max or both")
  .refine(({ min, max }) => min === undefined || max === undefined || min <= max, "min is more than max: no value would be allowed");

const MaxChange = z
  .strictObject({ absolute: z.number().nonnegative().optional(), percent: z.number().nonnegative().optional() })
  .refine(({ absolute, percent }) => absolute !== undefined || percent !== undefined, "give absolute, percent or both");

/**
 * What may be written into one field. An absent constraint does not constrain; those that are there all hold, for a person's edit too. `oneOf` and `transitions`
 * compare canonical JSON. `pattern` is RE2's syntax and must match a text as a whole. `range` and `maxChange` take numbers and plain decimals as text, and compare
 * exactly; `maxChange` is against what the record holds. `transitions`: from what to what; a value that stays as it is needs none.
 */
export const FieldRule = z.strictObject({
  oneOf: z.array(z.json()).min(1).optional(),
  maxLength: z.number().int().positive().optional(),
  pattern: z
    .string()
    .min(1)
    .max(PATTERN_LENGTH)
    .superRefine((pattern, context) => {
      const message = patternFault(pattern);
      if (message) context.addIssue({ code: "custom", message });
    })
    .optional(),
  range: Range.optional(),
  maxChange: MaxChange.optional(),
  transitions: z
    .array(z.tuple([z.json(), z.json()]))
    .min(1)
    .optional(),
});
export type FieldRule = z.infer<typeof FieldRule>;

/** Names of the rules that are always there (see evaluate.ts): an owner's rule must not be taken for one of them. */
export const BUILT_IN_RULES = [
  "no_approved_spec",
  "action_not_listed",
  "field_never",
  "field_not_listed",
  "field_value",
  "field_change",
  "field_transition",
  "nobody_may_decide",
  "person_decided",
  "tainted",
  "injection_hint",
  "draft",
  "regulated",
  "limit_reached",
  "action_always_asks",
  "always_ask",
  "no_decision",
  "no_threshold",
  "confidence_below",
  "confidence_reached",
  "action_listed",
  "workflow",
] as const;

/**
 * An owner's own rule for an action. `when`: CEL over the facts in condition.ts. `ask`: who must be asked, among the spec's reviewers; all of them, unless said.
 * `reason` is what a person reads. An "allow" lifts nothing: it names the case for the record.
 */
export const PolicyRule = z
  .strictObject({
    name: z
      .string()
      .max(60)
      .regex(/^[a-z][a-z0-9_]*$/, "use small letters, digits and _, beginning with a letter")
      .refine((name) => !(BUILT_IN_RULES as readonly string[]).includes(name), "a rule that is always there has this name"),
    when: z.string().min(1).max(CONDITION_LENGTH),
    outcome: z.enum(["allow", "ask", "deny"]),
    ask: z.array(Reviewer).min(1).optional(),
    reason: z.string().trim().min(1, "Say in a few words why: a person reads it").max(500),
  })
  .superRefine(({ name, when, outcome, ask }, context) => {
    const fault = conditionFault(when);
    if (fault)
      context.addIssue({
        code: "custom",
        path: ["when"],
        message: `rule ${name}${fault.at === null ? "" : `, character ${fault.at}`}: ${fault.message}`,
      });
    if (ask && outcome !== "ask")
      context.addIssue({ code: "custom", path: ["ask"], message: `rule ${name}: names people and asks nobody: its outcome is ${outcome}` });
  });
export type PolicyRule = z.infer<typeof PolicyRule>;

/**
 * One allowed action. `ask`: "when_unsure" asks a person when the decision it is based on is below its threshold (or when it is based on none),
 * "always" asks every time, "never" needs no decision behind it (an internal note, say). A regulated workflow always asks, whatever is written here.
 * `never`: fields that are not to be touched, by name or as a path into a nested value ("bank.iban").
 */
export const ActionRule = z
  .strictObject({
    ask: z.enum(["when_unsure", "always", "never"]),
    fields: z.record(z.string(), FieldRule),
    never: z.array(z.string().min(1)).min(1).optional(),
    rules: z.array(PolicyRule).min(1).max(100).optional(),
  })
  .superRefine(({ fields, never = [], rules = [] }, context) => {
    for (const [index, field] of never.entries()) {
      if (Object.hasOwn(fields, field))
        context.addIssue({ code: "custom", path: ["never", index], message: `${field} is listed as a field that may be written` });
    }
    for (const [index, { name }] of rules.entries()) {
      if (rules.findIndex((rule) => rule.name === name) < index)
        context.addIssue({ code: "custom", path: ["rules", index, "name"], message: `two rules are called ${name}` });
    }
  });
export type ActionRule = z.infer<typeof ActionRule>;

/** Writes count when they are sent. A value is the field's new number, without its sign; an hour and a day are those of UTC's clock. */
const Limits = z
  .strictObject({
    writesPerHour: z.int().min(1).optional(),
    valuePerDay: z
      .array(z.strictObject({ action: z.string().min(1), field: z.string().min(1), max: z.number().nonnegative() }))
      .min(1)
      .optional(),
  })
  .refine(
    ({ writesPerHour, valuePerDay }) => writesPerHour !== undefined || valuePerDay !== undefined,
    "give writesPerHour, valuePerDay or both",
  );
export type Limits = z.infer<typeof Limits>;

/** US dollars for model calls, reserved before each and settled after it. `onReached`: the decision fails (model.budget), or a person makes it. */
const Budget = z
  .strictObject({
    usdPerDay: z.number().positive().optional(),
    usdPerRun: z.number().positive().optional(),
    onReached: z.enum(["refuse", "ask"]),
  })
  .refine(({ usdPerDay, usdPerRun }) => usdPerDay !== undefined || usdPerRun !== undefined, "give usdPerDay, usdPerRun or both")
  .refine(({ usdPerDay, usdPerRun }) => usdPerDay === undefined || usdPerRun === undefined || usdPerRun <= usdPerDay, {
    path: ["usdPerRun"],
    message: "is more than usdPerDay: it would never be reached",
  });
export type Budget = z.infer<typeof Budget>;

const Spec = z.strictObject({
  workflow: z.string().min(1),
  /** From 1; 0 is what counts for a workflow that has no approved document (shadow-spec.ts). */
  version: z.number().int().nonnegative(),
  owner: Person,
  purpose: z.string().min(1),
  /** live writes; shadow goes the whole way and writes nothing. */
  mode: z.enum(["live", "shadow"]),
  /** false: a standard decision. Otherwise what kind of decision about people or duties it is; a person then makes every one of them. */
  regulated: z.union([z.literal(false), z.enum(["credit", "tax", "employment", "clinical", "other"])]),
  /** Per decision: the confidence (0 to 1) from which it may be acted on without asking, or the certificate that proves one. */
  thresholds: z.record(z.string(), z.union([z.number().min(0).max(1), z.strictObject({ certificate: z.string().min(1) })])),
  /** Answers that a person always confirms, however sure the model is. */
  alwaysAsk: z.array(z.strictObject({ decision: z.string(), field: z.string(), equals: z.string(), because: z.string().min(1) })),
  actions: z.record(z.string(), ActionRule),
  review: Review,
  /** The share (0 to 1) of the writes that nobody was asked about which a person looks at afterwards. */
  auditSampling: z.number().min(0).max(1).optional(),
  /** What this workflow may do at most, all its runs together. What would go beyond it is asked, not lost. */
  limits: Limits.optional(),
  /** What this workflow may spend on models at most, in shadow mode too. A model inside this deployment costs nothing. */
  budget: Budget.optional(),
  /** What a run that fails for good does with the writes it already made. A regulated one leaves them: taking them back is a write as well, and a person's to decide. */
  onFailure: z.enum(["compensate", "leave"]),
  /** How writes are taken back, by whom, and for how long after they were made. */
  rollback: z.strictObject({
    procedure: z.string().trim().min(1).max(2000),
    owner: Person,
    windowDays: z.int().min(1).max(3650),
  }),
  retention: z.strictObject({
    /** Days after a run's end for which its contents are kept: the event, what was read, decided and written. Who did what and when stays. */
    payloadDays: z.number().int().min(1).max(3650),
  }),
});

export const GovernanceSpec = Spec.superRefine(({ version, mode, actions, review, limits, rollback, retention }, context) => {
  if (version === 0 && (mode === "live" || Object.keys(actions).length > 0))
    context.addIssue({ code: "custom", path: ["version"], message: "versions begin at 1" });
  const reviewers = peopleOf(review, review.reviewers);
  for (const [action, { rules = [] }] of Object.entries(actions)) {
    for (const [index, { name, ask = [] }] of rules.entries()) {
      const path = ["actions", action, "rules", index, "ask"];
      const unknown = ask.find((one) => one.startsWith("group:") && peopleOf(review, [one]).length === 0);
      if (unknown) context.addIssue({ code: "custom", path, message: `rule ${name}: review.groups has no ${unknown.slice(6)}` });
      const stranger = peopleOf(review, ask).find((person) => !reviewers.includes(person));
      if (stranger) {
        const message = `rule ${name}: ${stranger} is not among review.reviewers, and nobody else may decide`;
        context.addIssue({ code: "custom", path, message });
      }
      const { approvals = 1 } = review;
      if (ask.length > 0 && peopleOf(review, ask).length < approvals)
        context.addIssue({ code: "custom", path, message: `rule ${name}: ${approvals} people must agree, and it names fewer` });
    }
  }
  for (const [index, { action, field }] of limits?.valuePerDay?.entries() ?? []) {
    const path = ["limits", "valuePerDay", index];
    const rule = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (!rule) context.addIssue({ code: "custom", path: [...path, "action"], message: `${action} is not among actions` });
    else if (!Object.hasOwn(rule.fields, field))
      context.addIssue({
        code: "custom",
        path: [...path, "field"],
        message: `${action} lists no field ${field}: nothing would be counted`,
      });
    if (limits?.valuePerDay?.slice(0, index).some((other) => other.action === action && other.field === field))
      context.addIssue({ code: "custom", path, message: `two limits are for ${field} of ${action}` });
  }
  if (rollback.windowDays > retention.payloadDays) {
    const message = `is longer than retention.payloadDays (${retention.payloadDays}): the old values would be gone`;
    context.addIssue({ code: "custom", path: ["rollback", "windowDays"], message });
  }
});
export type GovernanceSpec = z.infer<typeof GovernanceSpec>;
