// What a threshold would mean in a month: what a validation says it does with records, times what the owner says of the work. Pure. It proves nothing that the report does not
// prove, and asks of nobody how many records there are: that is the owner's word.
import { type BusinessCase, businessCase, type Work } from "./business-case.ts";
import type { GateOutcome, Spread } from "./report-shape.ts";

export interface MonthlyConsequences {
  readonly written: number;
  readonly wrong: number;
  /** By the exact upper bound of the share that is wrong, with the report's confidence. */
  readonly wrongAtMost: number;
  readonly reviewHours: number;
  /** Of work by hand, less the reviews. Negative: reviewing takes longer than the work did. */
  readonly savedHours: number;
  /** Dollars: at the counted shares, and as badly as the counting allows. */
  readonly saving: { readonly expected: number; readonly pessimistic: number };
}

export function monthlyConsequences(work: Work, gate: GateOutcome, confidence: number): MonthlyConsequences {
  const { expected, pessimistic }: BusinessCase = businessCase(
    work,
    { records: gate.records, accepted: gate.written, errors: gate.errors },
    confidence,
  );
  return {
    written: work.volume * gate.share,
    wrong: expected.wrongWrites,
    wrongAtMost: (work.volume * gate.perThousand.wrongAtMost) / 1000,
    reviewHours: expected.reviewHours,
    savedHours: (work.volume * work.minutesManual) / 60 - expected.reviewHours,
    saving: { expected: expected.saving, pessimistic: pessimistic.saving },
  };
}

/** Of one answer; 0 where none of them has a known cost, and then it is to be said. */
export const costOfAnswer = ({ known, total }: Spread): number => (known === 0 ? 0 : total / known);
