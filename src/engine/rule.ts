// The one place where a ruling is obtained: for what a workflow intends, and for what a reviewer made of it.
import type { JsonObject } from "../core/json.ts";
import { evaluate, type Ruling } from "../governance/evaluate.ts";
import type { GovernanceSpec } from "../governance/spec.ts";
import type { Taint } from "../governance/taint.ts";
import { deciderOf, type EffectState } from "./effect-decision.ts";

export const ruleOn = (spec: GovernanceSpec, state: EffectState, tainted: readonly Taint[]): Ruling =>
  evaluate(spec, {
    action: state.intended?.action ?? "",
    values: state.values,
    basedOn: state.intended?.basedOn ?? null,
    decidedBy: deciderOf(state),
    tainted,
  });

/** Would the spec allow these values if this person decided so? A person cannot lift a denial. */
export const ruleOnEdit = (spec: GovernanceSpec, state: EffectState, values: JsonObject, by: string): Ruling =>
  evaluate(spec, { action: state.intended?.action ?? "", values, basedOn: state.intended?.basedOn ?? null, decidedBy: by });
