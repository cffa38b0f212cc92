// May this intended effect happen? Pure: a spec and facts in, a ruling out, always with the rule that made it.
// All rules are looked at; the most restrictive outcome wins, and among equals the first in the order below. Nothing here reads a clock or a store.
import { canonical, type Json, type JsonObject, sameJson } from "../core/json.ts";
import type { FieldRule, GovernanceSpec } from "./spec.ts";
import { type Taint, taintRules } from "./taint.ts";

export type Outcome = "allow" | "require_approval" | "deny";

export interface RuleMatch {
  readonly rule: string;
  readonly outcome: Outcome;
  readonly reason: string;
  readonly field?: string;
}

/** `rule` decided; `matched` lists every rule that applied. */
export interface Ruling {
  readonly outcome: Outcome;
  readonly rule: string;
  readonly reason: string;
  readonly matched: readonly RuleMatch[];
}

/** The decision that a write is based on: its fields' values and the confidence (0 to 1) of the least sure one. */
export interface DecisionFacts {
  readonly name: string;
  readonly value: Json;
  readonly confidence: number;
}

/** `editedBy` is set when a person changed the values: their judgement replaces the model's, the field rules still hold. */
export interface Facts {
  readonly action: string;
  readonly values: JsonObject;
  readonly basedOn: DecisionFacts | null;
  readonly decidedBy: string | null;
  /** What in the write comes from nowhere, and signs that the record speaks to the model. */
  readonly tainted?: readonly Taint[];
}

const SEVERITY: Record<Outcome, number> = { allow: 0, require_approval: 1, deny: 2 };

export function evaluate(spec: GovernanceSpec, facts: Facts): Ruling {
  const matched = [...matchRules(spec, facts)];
  let deciding = matched[0] as RuleMatch;
  for (const match of matched) if (SEVERITY[match.outcome] > SEVERITY[deciding.outcome]) deciding = match;
  return { outcome: deciding.outcome, rule: deciding.rule, reason: deciding.reason, matched };
}

function* matchRules(spec: GovernanceSpec, facts: Facts): Generator<RuleMatch> {
  const action = listed(spec.actions, facts.action);
  if (!action) {
    yield { rule: "action_not_listed", outcome: "deny", reason: `The spec does not list ${facts.action}` };
    return;
  }
  for (const [field, value] of Object.entries(facts.values)) {
    const rule = listed(action.fields, field);
    const refusal = rule ? refuseValue(rule, value) : "the spec does not list this field";
    if (refusal) yield { rule: rule ? "field_value" : "field_not_listed", outcome: "deny", field, reason: `${field}: ${refusal}` };
  }
  // A person's decision on exactly this change answers every question below; it never lifts a denial above.
  if (facts.decidedBy) {
    yield { rule: "person_decided", outcome: "allow", reason: `Decided by ${facts.decidedBy}` };
    return;
  }
  yield* taintRules(facts.tainted ?? [], action.ask);
  if (spec.regulated) yield { rule: "regulated", outcome: "require_approval", reason: "A regulated decision is always made by a person" };
  if (action.ask === "always") yield { rule: "action_always_asks", outcome: "require_approval", reason: `${facts.action} is always asked` };
  for (const answer of spec.alwaysAsk) {
    if (action.ask !== "never" && facts.basedOn?.name === answer.decision && fieldOf(facts.basedOn.value, answer.field) === answer.equals) {
      yield { rule: "always_ask", outcome: "require_approval", field: answer.field, reason: answer.because };
    }
  }
  if (action.ask === "when_unsure") yield confidenceRule(spec, facts.basedOn);
  else yield { rule: "action_listed", outcome: "allow", reason: `The spec allows ${facts.action} within its fields` };
}

function confidenceRule(spec: GovernanceSpec, basedOn: DecisionFacts | null): RuleMatch {
  if (!basedOn) return { rule: "no_decision", outcome: "require_approval", reason: "The write is based on no decision of the model" };
  const threshold = listed(spec.thresholds, basedOn.name);
  if (threshold === undefined) {
    return { rule: "no_threshold", outcome: "require_approval", reason: `The spec sets no threshold for ${basedOn.name}` };
  }
  const sure = `${percent(basedOn.confidence)} sure, threshold ${percent(threshold)}`;
  return basedOn.confidence >= threshold
    ? { rule: "confidence_reached", outcome: "allow", reason: `The model is ${sure}` }
    : { rule: "confidence_below", outcome: "require_approval", reason: `The model is only ${sure}` };
}

function refuseValue(rule: FieldRule, value: Json): string | null {
  if (rule.oneOf && !rule.oneOf.some((allowed) => sameJson(allowed, value))) {
    return `${JSON.stringify(value)} is not one of ${rule.oneOf.map((allowed) => JSON.stringify(allowed)).join(", ")}`;
  }
  const text = typeof value === "string" ? value : canonical(value);
  if (rule.maxLength !== undefined && text.length > rule.maxLength) return `is longer than ${rule.maxLength} characters`;
  return null;
}

/** What every object inherits ("constructor") is not listed. */
const listed = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

function fieldOf(value: Json, field: string): unknown {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as JsonObject)[field] : undefined;
}

const percent = (share: number): string => `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
