// Which fields of a requested schema the built-in model can answer, and with which labels.
// It must not stretch: a field that is not an enum it was trained for is refused with the reason.
import type { Prediction } from "./predict.ts";

export interface Choice {
  field: string;
  /** Labels that the schema allows, most probable first; probabilities sum to 1. */
  ranked: readonly Prediction[];
}

/** One choice per property, in the schema's order; a sentence when one is beyond a classifier. */
export function choose(properties: Record<string, unknown>, predicted: Record<string, Prediction[]>): Choice[] | string {
  const choices: Choice[] = [];
  for (const [field, node] of Object.entries(properties)) {
    const allowed = enumOf(node);
    if (allowed === null)
      return `the field "${field}" is not an enum: the built-in statistical model chooses among trained labels and cannot write free text`;
    const trained = Object.hasOwn(predicted, field) ? predicted[field]! : undefined;
    if (trained === undefined) return `the built-in model was not trained for the field "${field}": add labelled records that carry it`;
    const ranked = within(trained, allowed);
    if (ranked.length === 0) return `no label of the field "${field}" occurs in the training records: add labelled records for it`;
    choices.push({ field, ranked });
  }
  return choices.length > 0 ? choices : "the schema has no fields";
}

function enumOf(node: unknown): readonly unknown[] | null {
  return typeof node === "object" && node !== null && "enum" in node && Array.isArray(node.enum) ? node.enum : null;
}

/** A label that the schema no longer allows cannot be answered; the others share its probability. */
function within(trained: readonly Prediction[], allowed: readonly unknown[]): readonly Prediction[] {
  const open = trained.filter(({ label }) => allowed.includes(label));
  if (open.length === trained.length) return trained;
  const total = open.reduce((sum, { probability }) => sum + probability, 0);
  return open.map(({ label, probability }) => ({ label, probability: total > 0 ? probability / total : 1 / open.length }));
}
