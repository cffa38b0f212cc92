// May this intended effect happen? Pure: a spec and facts in, a ruling out, always with the rule that made it.
// All rules are looked at; the most restrictive outcome wins, and among equals the first in the order below. A rule more never makes an outcome more permissive.
// Nothing here reads a clock or a store.
import type { EventFacts } from "../core/event.ts";
import { type Json, type JsonObject, sameJson } from "../core/json.ts";
import { answerCondition, type ConditionFacts, deltaOf, timeFacts } from "./condition.ts";
import { breachesOf, touchedOf } from "./field-rules.ts";
import { computeLimit, countedWrite, sumsOf, type WriteCounts } from "./limits.ts";
import { peopleOf } from "./review.ts";
import { isUnapproved } from "./shadow-spec.ts";
import type { ActionRule, GovernanceSpec } from "./spec.ts";
import { type Taint, taintRules } from "./taint.ts";

export type Outcome = "allow" | "require_approval" | "deny";

export interface RuleMatch {
  readonly rule: string;
  readonly outcome: Outcome;
  readonly reason: string;
  readonly field?: string;
  /** Who must be asked, where the rule names them; otherwise any of the spec's reviewers. */
  readonly ask?: readonly string[];
}

/** `rule` decided; `matched` lists every rule that applied. `ask`: who may decide, where rules name people: those whom all of them name. */
export interface Ruling {
  readonly outcome: Outcome;
  readonly rule: string;
  readonly reason: string;
  readonly matched: readonly RuleMatch[];
  readonly ask?: readonly string[];
}

/** The decision that a write is based on: its fields' values and the confidence (0 to 1) of the least sure one. */
export interface DecisionFacts {
  readonly name: string;
  readonly value: Json;
  readonly confidence: number;
}

/** One of those who agreed: `as` are the people whose questions this answers (themselves, or those in whose place they decided). */
export interface Decider {
  readonly by: string;
  readonly inPlaceOf?: string;
  readonly as: readonly string[];
}

/** `decidedBy`: the person who decided on exactly this change; their judgement replaces the model's, what is denied stays denied. */
export interface Facts {
  readonly action: string;
  readonly values: JsonObject;
  readonly basedOn: DecisionFacts | null;
  readonly decidedBy: string | null;
  /** All who agreed, that person among them; absent where it was one in their own place. */
  readonly deciders?: readonly Decider[];
  /** What the record holds in the fields that were looked at; null where the system cannot be asked. */
  readonly before: JsonObject | null;
  /** What the run came from; null where the journal does not say. */
  readonly event: EventFacts | null;
  /** When this is ruled on, epoch milliseconds. */
  readonly now: number;
  /** What in the write comes from nowhere, and signs that the record speaks to the model. */
  readonly tainted?: readonly Taint[];
  /** What the workflow has written so far; absent or null where that is not known, which no limit lets pass. */
  readonly counts?: WriteCounts | null;
}

const SEVERITY: Record<Outcome, number> = { allow: 0, require_approval: 1, deny: 2 };

export function evaluate(spec: GovernanceSpec, facts: Facts): Ruling {
  const matched = [...matchRules(spec, facts)];
  let deciding = matched[0] as RuleMatch;
  for (const match of matched) if (SEVERITY[match.outcome] > SEVERITY[deciding.outcome]) deciding = match;
  const ruling = { outcome: deciding.outcome, rule: deciding.rule, reason: deciding.reason, matched };
  if (ruling.outcome !== "require_approval") return ruling;
  const named = peopleFor(matched);
  return named === null ? ruling : { ...ruling, ask: named };
}

/** Those whom every rule names that names anybody; null where none does. */
function peopleFor(matched: readonly RuleMatch[]): string[] | null {
  const lists = matched.flatMap(({ outcome, ask }) => (outcome === "require_approval" && ask ? [ask] : []));
  return lists.length === 0 ? null : (lists[0] as readonly string[]).filter((person) => lists.every((list) => list.includes(person)));
}

function* matchRules(spec: GovernanceSpec, facts: Facts): Generator<RuleMatch> {
  if (isUnapproved(spec)) {
    yield { rule: "no_approved_spec", outcome: "require_approval", reason: `No governance spec of ${spec.workflow} is approved` };
    return;
  }
  const action = listed(spec.actions, facts.action);
  if (!action) {
    yield { rule: "action_not_listed", outcome: "deny", reason: `The spec does not list ${facts.action}` };
    return;
  }
  for (const field of touchedOf(action.never ?? [], facts.values)) {
    yield { rule: "field_never", outcome: "deny", field, reason: `${field}: the spec says that this is never touched` };
  }
  for (const [field, value] of Object.entries(facts.values)) {
    const rule = listed(action.fields, field);
    if (!rule) {
      yield { rule: "field_not_listed", outcome: "deny", field, reason: `${field}: the spec does not list this field` };
      continue;
    }
    for (const breach of breachesOf(rule, value, facts.before ? listed(facts.before, field) : undefined)) {
      yield { rule: breach.rule, outcome: "deny", field, reason: `${field}: ${breach.reason}` };
    }
  }
  const deciders = facts.decidedBy ? (facts.deciders ?? [{ by: facts.decidedBy, as: [facts.decidedBy] }]) : [];
  const own = [...ownRules(spec, action, facts, actorsOf(deciders))];
  // Whoever decides, another would have to decide as well, and the questions would go back and forth for ever.
  if (peopleFor(own)?.length === 0) {
    const asked = own.flatMap(({ rule, ask }) => (ask ? [`${rule} asks ${ask.join(", ")}`] : []));
    yield { rule: "nobody_may_decide", outcome: "deny", reason: `No one person may answer all that is asked: ${asked.join("; ")}` };
  }
  // A person's decision on exactly this change answers every question that this person may answer; it never lifts a denial.
  if (deciders.length > 0) {
    const who = deciders.map(({ by, inPlaceOf }) => (inPlaceOf === undefined ? by : `${by} in the place of ${inPlaceOf}`)).join(" and ");
    yield { rule: "person_decided", outcome: "allow", reason: `Decided by ${who}` };
    for (const match of own) yield answered(match, deciders);
    return;
  }
  yield* taintRules(facts.tainted ?? [], action);
  if (spec.regulated) yield { rule: "regulated", outcome: "require_approval", reason: "A regulated decision is always made by a person" };
  if (spec.limits) {
    for (const reached of computeLimit(spec.limits, facts.counts ?? null, countedWrite(facts.action, facts.values, spec.limits))) {
      yield { rule: "limit_reached", outcome: "require_approval", ...reached };
    }
  }
  yield* own;
  if (action.ask === "always") yield { rule: "action_always_asks", outcome: "require_approval", reason: `${facts.action} is always asked` };
  for (const answer of spec.alwaysAsk) {
    if (action.ask !== "never" && facts.basedOn?.name === answer.decision && fieldOf(facts.basedOn.value, answer.field) === answer.equals) {
      yield { rule: "always_ask", outcome: "require_approval", field: answer.field, reason: answer.because };
    }
  }
  if (action.ask === "when_unsure") yield confidenceRule(spec, facts.basedOn);
  else yield { rule: "action_listed", outcome: "allow", reason: `The spec allows ${facts.action} within its fields` };
}

const OUTCOMES = { allow: "allow", ask: "require_approval", deny: "deny" } as const satisfies Record<string, Outcome>;

/**
 * The owner's rules, in their order. One whose condition cannot be answered counts as matched, and asks at least: what a record lacks must not open a way past
 * a rule, and whoever wrote the record could make it lack anything. A denial stays one for the same reason; has(...) says what is meant of a missing fact.
 */
function* ownRules(
  { review, limits }: GovernanceSpec,
  { rules = [] }: ActionRule,
  facts: Facts,
  actors: readonly (string | null)[],
): Generator<RuleMatch> {
  const conditions = rules.length > 0 ? actors.map((actor) => conditionFacts(facts, actor, limits)) : [];
  for (const { name, when, outcome, ask, reason } of rules) {
    const people = ask ? { ask: peopleOf(review, ask) } : {};
    for (const condition of conditions) {
      const answer = answerCondition(when, condition);
      if (!("failed" in answer) && !answer.is) continue;
      if ("failed" in answer) {
        const meant = outcome === "allow" ? "require_approval" : OUTCOMES[outcome];
        yield { rule: name, outcome: meant, reason: `${reason} (could not be checked: ${answer.failed})`, ...people };
      } else {
        yield { rule: name, outcome: OUTCOMES[outcome], reason, ...people };
      }
      // Met for one of those who decided is met.
      break;
    }
  }
}

/** Whom a rule may mean by `actor`: each who agreed, and each in whose place somebody did. A rule that keeps somebody out keeps out who stands in for them. */
function actorsOf(deciders: readonly Decider[]): readonly (string | null)[] {
  const actors = deciders.flatMap(({ by, inPlaceOf }) => (inPlaceOf === undefined ? [by] : [by, inPlaceOf]));
  return actors.length === 0 ? [null] : [...new Set(actors)];
}

/** A question is answered by those who may answer it, and by nobody else: every one of those who agreed. */
function answered(match: RuleMatch, deciders: readonly Decider[]): RuleMatch {
  const { outcome, ask, reason } = match;
  const mayAnswer = deciders.every(({ as }) => as.every((person) => ask?.includes(person) ?? true));
  if (outcome !== "require_approval" || !mayAnswer) return match;
  return { ...match, outcome: "allow", reason: `${reason} (${deciders.map(({ by }) => by).join(" and ")} decided)` };
}

function conditionFacts(
  { action, values, basedOn, before, event, now, counts }: Facts,
  actor: string | null,
  limits: GovernanceSpec["limits"],
): ConditionFacts {
  const was = before ?? {};
  const { time, ...rest } = event ?? {};
  return {
    event: time === undefined ? rest : { ...rest, time: new Date(time).toISOString() },
    before: was,
    after: { ...was, ...values },
    delta: deltaOf(was, values),
    changed: Object.keys(values).filter((field) => !sameJson(values[field], listed(was, field))),
    decision: { name: basedOn?.name ?? "", value: basedOn?.value ?? null },
    confidence: basedOn?.confidence ?? 0,
    actor,
    ...(counts ? { counts: countFacts(counts, sumsOf(limits, action, counts.action)) } : {}),
    time: timeFacts(now),
  };
}

const countFacts = (
  { writesThisHour, writesToday, action }: WriteCounts,
  sumsToday: Readonly<Record<string, number>>,
): NonNullable<ConditionFacts["counts"]> => ({
  writesThisHour: BigInt(writesThisHour),
  writesToday: BigInt(writesToday),
  action: { writesThisHour: BigInt(action.writesThisHour), writesToday: BigInt(action.writesToday), sumsToday },
});

function confidenceRule(spec: GovernanceSpec, basedOn: DecisionFacts | null): RuleMatch {
  if (!basedOn) return { rule: "no_decision", outcome: "require_approval", reason: "The write is based on no decision of the model" };
  const threshold = listed(spec.thresholds, basedOn.name);
  if (threshold === undefined) {
    return { rule: "no_threshold", outcome: "require_approval", reason: `The spec sets no threshold for ${basedOn.name}` };
  }
  if (typeof threshold !== "number") {
    const reason = `The threshold for ${basedOn.name} is to be proved by certificate ${threshold.certificate}, which is not on record`;
    return { rule: "no_threshold", outcome: "require_approval", reason };
  }
  const sure = `${percent(basedOn.confidence)} sure, threshold ${percent(threshold)}`;
  return basedOn.confidence >= threshold
    ? { rule: "confidence_reached", outcome: "allow", reason: `The model is ${sure}` }
    : { rule: "confidence_below", outcome: "require_approval", reason: `The model is only ${sure}` };
}

/** What every object inherits ("constructor") is not listed. */
const listed = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

function fieldOf(value: Json, field: string): unknown {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as JsonObject)[field] : undefined;
}

const percent = (share: number): string => `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
