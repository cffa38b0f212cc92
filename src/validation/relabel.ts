// A label that looks wrong is corrected by a person who says why; the answers stay what they were. Which label counts is the last one; every earlier one stays on
// record, and so does the report that was issued from it.
import type { ValidatedRecord } from "./record.ts";
import type { Relabelling } from "./report-shape.ts";

/** `relabelled`: oldest first. */
export function withLabels(records: readonly ValidatedRecord[], relabelled: readonly Relabelling[]): ValidatedRecord[] {
  const newest = new Map(relabelled.map(({ record, after }) => [record, after]));
  return records.map((record) => {
    const labels = newest.get(record.id);
    return labels ? { ...record, expected: { ...record.expected, ...labels } } : record;
  });
}
