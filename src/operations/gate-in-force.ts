// What the threshold that is in force now does with the records of a validation: the report has it where the validation ran under the same threshold or proved it, and else it is
// computed from the same answers. No model is asked.

import { computeGate } from "../validation/offline-gate.ts";
import type { ValidatedRecord } from "../validation/record.ts";
import type { GateOutcome, ValidationReport } from "../validation/report-shape.ts";
import { countingSpec, thresholdOf } from "./owners-limit.ts";

/** Null where no threshold of the whole decision is in force: then it is always asked, or each field has its own. */
export async function gateInForce(
  db: D1Database,
  { facts, gates }: Pick<ValidationReport, "facts" | "gates">,
  records: () => Promise<readonly ValidatedRecord[]>,
  now: number,
): Promise<GateOutcome | null> {
  const spec = await countingSpec(db, facts.workflow, now);
  const { threshold } = await thresholdOf(db, spec?.spec ?? null, facts.decision);
  if (threshold === null) return null;
  const there = [gates.current, gates.proved].find((gate) => gate?.threshold === threshold);
  return there ?? computeGate(await records(), threshold, facts);
}
