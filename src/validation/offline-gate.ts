// What a threshold would have done with the records of a validation, from the answers that are there: no model is asked. A look at a threshold proves nothing: what is
// proved is in certify.ts. It must not write what a rule other than confidence would have asked or refused.
import { upperBound, wilson } from "./intervals.ts";
import { type JudgedRecord, judgeRecords } from "./judged-records.ts";
import type { ValidatedRecord, ValidationFacts } from "./record.ts";
import type { GateOutcome } from "./report-shape.ts";

/** `threshold`: null lets nothing through. */
export function computeGate(
  records: readonly ValidatedRecord[],
  threshold: number | null,
  facts: Pick<ValidationFacts, "fields" | "currentThreshold" | "confidence">,
): GateOutcome {
  const { judged, failed, uncovered } = judgeRecords(records, facts.fields);
  const sure = judged.filter(({ score }) => threshold !== null && score >= threshold);
  const refused = judged.filter(({ answer }) => answer.ruling === "deny").length;
  const byRule = sure.filter((one) => isAskedByRule(one, facts.currentThreshold)).length;
  const written = sure.filter((one) => one.answer.ruling !== "deny" && !isAskedByRule(one, facts.currentThreshold));
  const errors = written.filter(({ correct }) => !correct).length;
  const total = records.length;
  const rate = written.length === 0 ? 0 : errors / written.length;
  const upper = upperBound(errors, written.length, facts.confidence);
  const share = total === 0 ? 0 : written.length / total;
  return {
    threshold,
    records: total,
    sure: sure.length,
    sureErrors: sure.filter(({ correct }) => !correct).length,
    written: written.length,
    errors,
    asked: { unsure: total - written.length - refused - byRule - failed - uncovered, byRule, failed, uncovered },
    refused,
    share,
    shareInterval: [...wilson(written.length, total)],
    rate,
    rateInterval: [...wilson(errors, written.length)],
    upper,
    perThousand: { written: 1000 * share, wrong: 1000 * share * rate, wrongAtMost: 1000 * share * (written.length === 0 ? 0 : upper) },
  };
}

/** Sure enough for the threshold in force, and asked all the same: then another rule asks, at every threshold. */
const isAskedByRule = ({ answer, score }: JudgedRecord, current: number | null): boolean =>
  answer.ruling === "require_approval" && current !== null && score >= current;
