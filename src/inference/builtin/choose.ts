// Which fields of a requested schema the built-in model can answer, and with what: labels of an enum, days and amounts that stand in the text.
// It must not stretch: a field that is neither, or that it was not trained for, is refused with the reason; a value that the text does not hold is not made up.
import { AMOUNT_PATTERN } from "../../core/amount.ts";
import type { ValueKind } from "./mentions.ts";
import type { FieldPredictions, Prediction } from "./predict.ts";
import type { BuiltinWeights } from "./train.ts";

export interface Choice {
  field: string;
  /** What the schema allows, most probable first. Labels sum to 1; values to less, because the right one may be none of them. Empty: null, and not sure of it at all. */
  ranked: readonly Prediction[];
}

export type Choosing =
  | { kind: "chosen"; choices: Choice[] }
  /** The question is beyond this model, whatever the text. */
  | { kind: "unsupported"; why: string }
  /** This text holds no answer. */
  | { kind: "not_in_text"; why: string };

/** One choice per property, in the schema's order. */
export function choose(
  properties: Record<string, unknown>,
  predicted: FieldPredictions,
  weights: Pick<BuiltinWeights, "extractors">,
): Choosing {
  const choices: Choice[] = [];
  for (const [field, node] of Object.entries(properties)) {
    const wanted = wantedOf(node);
    if (wanted === null)
      return unsupported(
        `the field "${field}" is not an enum, a date or an amount: the built-in statistical model chooses among trained labels and values of the text, and cannot write free text`,
      );
    const found = wanted.kind === "choice" ? labelsOf(field, wanted.allowed, predicted) : valuesOf(field, wanted, predicted, weights);
    if ("kind" in found) return found;
    choices.push({ field, ranked: found });
  }
  return choices.length > 0 ? { kind: "chosen", choices } : unsupported("the schema has no fields");
}

const unsupported = (why: string): Choosing & { kind: "unsupported" } => ({ kind: "unsupported", why });

type Found = readonly Prediction[] | Exclude<Choosing, { kind: "chosen" }>;

function labelsOf(field: string, allowed: readonly unknown[], { fields }: FieldPredictions): Found {
  const trained = Object.hasOwn(fields, field) ? fields[field]! : undefined;
  if (trained === undefined) return untrained(field);
  const ranked = within(trained, allowed);
  return ranked.length > 0
    ? ranked
    : unsupported(`no label of the field "${field}" occurs in the training records: add labelled records for it`);
}

function valuesOf(
  field: string,
  { kind, nullable }: Wanted & { kind: ValueKind },
  { values }: FieldPredictions,
  { extractors }: Pick<BuiltinWeights, "extractors">,
): Found {
  const extractor = Object.hasOwn(extractors, field) ? extractors[field]! : undefined;
  if (extractor === undefined) return untrained(field);
  if (extractor.kind !== kind)
    return unsupported(`the field "${field}" was trained with values of the kind ${extractor.kind}, and the schema asks for ${kind}`);
  const ranked = values[field] ?? [];
  if (ranked.length > 0 || nullable) return ranked;
  return { kind: "not_in_text", why: `the text holds nothing that can be read as the ${kind} "${field}"` };
}

const untrained = (field: string) =>
  unsupported(`the built-in model was not trained for the field "${field}": add labelled records that carry it`);

type Wanted = { kind: "choice"; allowed: readonly unknown[] } | { kind: ValueKind; nullable: boolean };

/** A date is a text of the format "date", an amount one of core/amount.ts's pattern; either of them may be null. */
export function wantedOf(node: unknown): Wanted | null {
  if (typeof node !== "object" || node === null) return null;
  if ("enum" in node && Array.isArray(node.enum)) return { kind: "choice", allowed: node.enum };
  if ("anyOf" in node && Array.isArray(node.anyOf)) {
    const [own, ...others] = node.anyOf.filter((branch: { type?: unknown }) => branch?.type !== "null");
    const inner = others.length === 0 && node.anyOf.length === 2 ? wantedOf(own) : null;
    return inner === null || inner.kind === "choice" ? null : { ...inner, nullable: true };
  }
  if (!("type" in node) || node.type !== "string") return null;
  if ("format" in node && node.format === "date") return { kind: "date", nullable: false };
  return "pattern" in node && node.pattern === AMOUNT_PATTERN.source ? { kind: "amount", nullable: false } : null;
}

/** A label that the schema no longer allows cannot be answered; the others share its probability. */
function within(trained: readonly Prediction[], allowed: readonly unknown[]): readonly Prediction[] {
  const open = trained.filter(({ label }) => allowed.includes(label));
  if (open.length === trained.length) return trained;
  const total = open.reduce((sum, { probability }) => sum + probability, 0);
  return open.map(({ label, probability }) => ({ label, probability: total > 0 ? probability / total : 1 / open.length }));
}
