// What a ruling is told of the decision behind a write: what the run's journal says of it, and not what the workflow's code says. Pure, but for reading the journal.
// An answer that the code has made up or changed is nobody's answer: how sure it is was measured of another.
import { type Json, sameJson } from "../core/json.ts";
import type { DecisionFacts } from "../governance/evaluate.ts";
import type { Decided } from "./define.ts";
import type { Pass } from "./pass.ts";

export function decisionFacts(pass: Pass, { decision: name, value, confidence }: Decided): DecisionFacts {
  const given = { name, value: value as Json, confidence };
  const steps = [...pass.calledSteps].filter((step) => step.replace(/#\d+$/, "") === name);
  for (const entry of steps.flatMap((step) => pass.entries(step))) {
    if (entry.type !== "decision.made") continue;
    const { decision: made } = entry;
    if (made.confidence !== confidence || !sameJson(made.value, value)) continue;
    const { source, basis, provider, model } = made;
    const fields = Object.fromEntries(Object.entries(made.fields).map(([field, measured]) => [field, measured.confidence]));
    return { ...given, fields, source, ...(basis ? { basis } : {}), provider, model };
  }
  return { ...given, source: "none" };
}
