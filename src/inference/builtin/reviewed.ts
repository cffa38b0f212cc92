// What reviewers decided, as samples to learn from: which field of the model's answer each written field carried, and what a person made of it. Pure.
// It must not guess: a field of the answer that no written field carries was not confirmed by anybody, and a value outside the schema of today teaches nothing.
import type { Json, JsonObject } from "../../core/json.ts";
import { inputText } from "../prompt.ts";
import { wantedOf } from "./choose.ts";
import { plainAmount } from "./read-amounts.ts";
import type { DecisionSample } from "./train.ts";

/** One decision of a model in one run, with everything that people decided on the strength of it. */
export interface ReviewedDecision {
  /** Its name, as the workflow declares it. */
  readonly decision: string;
  /** What the model was sent, by element. */
  readonly input: Readonly<Record<string, string>>;
  readonly answered: JsonObject;
  /** Field by field: what was asked about, and what it was when somebody had decided. */
  readonly writes: readonly { readonly asked: JsonObject; readonly decided: JsonObject }[];
}

/** By decision, the properties of its answer's JSON schema. */
export type AnswerSchemas = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The sample that a decision makes; null where nobody confirmed anything of it that can be learned. */
export function sampleOf({ decision, input, answered, writes }: ReviewedDecision, schemas: AnswerSchemas): DecisionSample | null {
  const labels: Record<string, string> = {};
  const values: Record<string, string> = {};
  let edited = false;
  for (const [field, node] of Object.entries(schemas[decision] ?? {})) {
    const wanted = wantedOf(node);
    if (wanted === null || !Object.hasOwn(answered, field)) continue;
    for (const { asked, decided } of writes) {
      const written = carrierOf(field, answered, asked);
      if (written === null) continue;
      const right = decided[written];
      const known = wanted.kind === "choice" ? labelIn(wanted.allowed, right) : wanted.kind === "date" ? dayIn(right) : amountIn(right);
      if (known === null) continue;
      if (wanted.kind === "choice") labels[field] = known;
      else values[field] = known;
      edited ||= right !== answered[field];
    }
  }
  if (Object.keys(labels).length + Object.keys(values).length === 0) return null;
  return {
    text: inputText(input),
    labels,
    ...(Object.keys(values).length > 0 ? { values } : {}),
    origin: edited ? "edited" : "approved",
  };
}

/** The written field that holds an answered one: of the same name, or else the only one with its value, where no other answered field has that value. */
function carrierOf(field: string, answered: JsonObject, asked: JsonObject): string | null {
  if (Object.hasOwn(asked, field)) return field;
  const value = answered[field];
  const same = (one: Json | undefined) => one === value && one !== null;
  if (Object.values(answered).filter(same).length !== 1) return null;
  const carriers = Object.keys(asked).filter((name) => same(asked[name]) && !Object.hasOwn(answered, name));
  return carriers.length === 1 ? carriers[0]! : null;
}

const labelIn = (allowed: readonly unknown[], value: Json | undefined): string | null =>
  typeof value === "string" && allowed.includes(value) ? value : null;

const dayIn = (value: Json | undefined): string | null => (typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value) ? value : null);

const amountIn = (value: Json | undefined): string | null =>
  typeof value === "string" || typeof value === "number" ? plainAmount(String(value)) : null;

/** Labels that the schema allows and no sample carries: the model will never give them. */
export function missingLabels(
  samples: readonly DecisionSample[],
  schemas: AnswerSchemas,
): { readonly field: string; readonly labels: readonly string[] }[] {
  return Object.values(schemas).flatMap((properties) =>
    Object.entries(properties).flatMap(([field, node]) => {
      const wanted = wantedOf(node);
      if (wanted?.kind !== "choice") return [];
      const seen = new Set(samples.map(({ labels }) => labels[field]));
      const labels = wanted.allowed.filter((label): label is string => typeof label === "string" && !seen.has(label));
      return labels.length > 0 ? [{ field, labels }] : [];
    }),
  );
}
