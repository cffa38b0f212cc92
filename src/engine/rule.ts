// The one place where a ruling is obtained: for what a workflow intends, and for what a reviewer made of it.
import type { EventFacts } from "../core/event.ts";
import type { JsonObject } from "../core/json.ts";
import { type Decider, evaluate, type Facts, type Ruling } from "../governance/evaluate.ts";
import type { WriteCounts } from "../governance/limits.ts";
import type { OnRecord } from "../governance/on-record.ts";
import type { GovernanceSpec } from "../governance/spec.ts";
import type { Taint } from "../governance/taint.ts";
import { deciderOf, decidersOf, type EffectState } from "./effect-decision.ts";
import type { Entry } from "./journal.ts";

/**
 * What a ruling rests on besides the effect itself: the run's own entries, the time, what the workflow has written by now (otherwise: as last ruled on), and the
 * certificates and the breaker on record (null: they could not be read).
 */
export interface Around {
  readonly run: readonly Entry[];
  readonly now: number;
  readonly counts?: WriteCounts | null;
  readonly onRecord?: OnRecord | null;
}

export const ruleOn = (spec: GovernanceSpec, state: EffectState, tainted: readonly Taint[], around: Around): Ruling =>
  evaluate(spec, {
    ...factsOf(state, around),
    values: state.values,
    decidedBy: deciderOf(state),
    deciders: decidersOf(state),
    tainted,
  });

/** Would the spec allow these values if this person decided so? A person cannot lift a denial. */
export const ruleOnEdit = (spec: GovernanceSpec, state: EffectState, values: JsonObject, by: Decider, around: Around): Ruling =>
  evaluate(spec, { ...factsOf(state, around), values, decidedBy: by.by, deciders: [by] });

/** `before` is that of the look that holds; every new look takes the ruling back, so that a ruling is never about an older one. */
const factsOf = (
  { intended, looked, counts: ruledOn }: EffectState,
  { run, now, counts = ruledOn, onRecord }: Around,
): Omit<Facts, "values" | "decidedBy"> => ({
  action: intended?.action ?? "",
  basedOn: intended?.basedOn ?? null,
  before: looked?.before ?? null,
  event: eventOf(run),
  counts,
  ...(onRecord === undefined ? {} : { onRecord }),
  now,
});

export function eventOf(run: readonly Entry[]): EventFacts | null {
  const came = run.findLast(({ type }) => type === "run.started" || type === "run.event_replaced");
  return came?.type === "run.started" || came?.type === "run.event_replaced" ? came.event : null;
}
