// For how long a run's contents are kept, and until when its writes can be undone. Pure: days in, days out.
// A run's contents are one whole (the record that was read, the model's answer, old values and new): they go when the first of them has to.

export interface KeptElement {
  readonly element: string;
  readonly retentionDays: number;
}

export interface KeptFor {
  /** Days after the run's last entry. */
  readonly days: number;
  /** The element that sets them; null where the governance spec's `retention.payloadDays` does. */
  readonly because: string | null;
}

/** Every declared element counts, however it is treated: the record that it is part of lies in the contents, whether it was sent or not. */
export function keptFor(payloadDays: number, elements: readonly KeptElement[]): KeptFor {
  let kept: KeptFor = { days: payloadDays, because: null };
  for (const { element, retentionDays } of elements) if (retentionDays < kept.days) kept = { days: retentionDays, because: element };
  return kept;
}

/** An undo needs the old values, so that it ends with them at the latest. */
export const undoableFor = (windowDays: number, kept: KeptFor): number => Math.min(windowDays, kept.days);
