// What a workflow saves in a month, from what was measured and what the owner says of the work: once at the counted rates, and once as badly as the measurement
// allows. It must not show the first without the second.
// All money in one currency of the owner's choice; rates 0..1; times in minutes.
import { CONFIDENCE, upperBound, wilson } from "./intervals.ts";

export interface Work {
  /** Records a month. */
  readonly volume: number;
  /** To handle one record by hand, and to review one that the workflow has prepared. */
  readonly minutesManual: number;
  readonly minutesReview: number;
  readonly hourlyCost: number;
  /** What one wrong automatic write costs to find and put right. */
  readonly costPerError: number;
  readonly modelCostPerRecord: number;
  /** A month, whatever the volume. */
  readonly platformCost: number;
}

export interface Rates {
  /** Written automatically, of all. */
  readonly automation: number;
  /** Wrong, of what is written automatically. */
  readonly error: number;
}

export interface MonthlyCase {
  readonly rates: Rates;
  readonly manualCost: number;
  readonly newCost: number;
  /** Negative: the workflow costs more than it saves. */
  readonly saving: number;
  readonly wrongWrites: number;
  readonly reviewHours: number;
}

export function monthlyCase(work: Work, rates: Rates): MonthlyCase {
  const automatic = work.volume * rates.automation;
  const wrongWrites = automatic * rates.error;
  const reviewHours = ((work.volume - automatic) * work.minutesReview) / 60;
  const manualCost = ((work.volume * work.minutesManual) / 60) * work.hourlyCost;
  const newCost =
    reviewHours * work.hourlyCost + wrongWrites * work.costPerError + work.volume * work.modelCostPerRecord + work.platformCost;
  return { rates, manualCost, newCost, saving: manualCost - newCost, wrongWrites, reviewHours };
}

/** What was counted: by a validation at its threshold, or in production. */
export interface Measured {
  readonly records: number;
  readonly accepted: number;
  readonly errors: number;
  /** Of how many it was found out whether they were wrong; absent: of all accepted ones. */
  readonly checked?: number;
}

export interface BusinessCase {
  readonly expected: MonthlyCase;
  /**
   * Errors at their exact upper bound, and the share automated at that end of its Wilson interval which saves less: the lower one, unless so many errors cost
   * more than the reviews they spare.
   */
  readonly pessimistic: MonthlyCase;
}

/** Throws RangeError unless errors <= checked and accepted <= records are whole numbers and there is at least one record. */
export function businessCase(
  work: Work,
  { records, accepted, errors, checked = accepted }: Measured,
  confidence: number = CONFIDENCE,
): BusinessCase {
  if (!(records > 0)) throw new RangeError(`records is ${records}: measure at least one`);
  const [low, high] = wilson(accepted, records);
  const error = upperBound(errors, checked, confidence);
  const [fewer, more] = [monthlyCase(work, { automation: low, error }), monthlyCase(work, { automation: high, error })];
  return {
    expected: monthlyCase(work, { automation: accepted / records, error: checked === 0 ? 0 : errors / checked }),
    pessimistic: fewer.saving <= more.saving ? fewer : more,
  };
}

/** Months until what was paid once is saved; null where it never is. */
export const breakEvenMonths = (setupCost: number, { saving }: Pick<MonthlyCase, "saving">): number | null =>
  setupCost === 0 && saving >= 0 ? 0 : saving > 0 ? setupCost / saving : null;
