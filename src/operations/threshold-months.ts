// What each threshold that one may choose from would mean in a month: the one in force, the proved one, the observed one, and the one that is looked at; from the report and from what
// the owner keeps for the business case. Where nobody has said anything of the work, nothing is reckoned.
import type { Principal } from "../core/principal.ts";
import { latestInputs } from "../db/business-cases.ts";
import { costOfAnswer, type MonthlyConsequences, monthlyConsequences } from "../validation/monthly-consequences.ts";
import type { GateOutcome } from "../validation/report-shape.ts";
import { may } from "./access.ts";
import { parseKept, type WorkInputs } from "./business-case.ts";
import type { Context } from "./context.ts";
import { gateInForce } from "./gate-in-force.ts";
import type { Preview, ReportView } from "./validation-reports.ts";

export interface ThresholdChoice {
  readonly name: "in_force" | "proved" | "observed" | "looked";
  readonly gate: GateOutcome;
  readonly month: MonthlyConsequences;
}

export type ThresholdMonths =
  /** Who reads validations need not read business cases. */
  | { readonly kind: "hidden" }
  | { readonly kind: "missing" }
  | {
      readonly kind: "known";
      readonly inputs: WorkInputs;
      readonly kept: { readonly at: number; readonly by: string };
      readonly choices: readonly ThresholdChoice[];
      /** Answers whose cost is not known: what model calls cost is at least what was reckoned. */
      readonly unknownCosts: number;
    };

export async function readThresholdMonths(
  { env }: Pick<Context, "env">,
  principal: Principal,
  { records }: Pick<ReportView, "records">,
  { looked, gate }: Preview,
  now: number,
): Promise<ThresholdMonths> {
  const { facts, gates, cost } = looked.report;
  if (!may(principal, "read business cases", facts.workflow)) return { kind: "hidden" };
  const row = await latestInputs(env.DB, facts.workflow);
  const kept = row && parseKept(row);
  if (!kept) return { kind: "missing" };
  const inForce = await gateInForce(env.DB, looked.report, async () => records, now);
  const named = [
    ["in_force", inForce],
    ["proved", gates.proved.threshold === null ? null : gates.proved],
    ["observed", gates.observed],
    ["looked", gate],
  ] as const;
  const work = { ...kept.inputs, modelCostPerRecord: costOfAnswer(cost) };
  return {
    kind: "known",
    inputs: kept.inputs,
    kept: { at: kept.at, by: kept.by },
    choices: named.flatMap(([name, one]) =>
      one === null ? [] : [{ name, gate: one, month: monthlyConsequences(work, one, facts.confidence) }],
    ),
    unknownCosts: cost.unknown,
  };
}
