// The labelled samples in the form that the built-in model learns from: the text that it will see, and the decision's fields.
import type { DecisionSample } from "../../inference/builtin/train.ts";
import { samples } from "./samples.ts";

export const triageSamples: readonly DecisionSample[] = samples.map(({ subject, description, team, priority }) => ({
  text: `${subject}\n${description}`,
  labels: { team, priority },
}));
