// What is said of a model's decision besides its value: how sure it is, how that was measured, and what the answer rests on. Names shared by those who ask and those who judge.

/**
 * logprobs: the provider's probabilities of the label's tokens. agreement: the share of several samples that agree. builtin: the built-in model's distribution.
 * person: nobody but a person answered. none: the provider gives no measure, and no threshold is reached.
 */
export const CONFIDENCE_SOURCES = ["logprobs", "agreement", "builtin", "person", "none"] as const;
export type ConfidenceSource = (typeof CONFIDENCE_SOURCES)[number];

/** Digests, SHA-256 in hex: of the prompt without the record's data (instruction, names of the elements, wording around them), and of the answer's schema as it is sent. */
export interface DecisionBasis {
  prompt: string;
  schema: string;
}

export interface FieldConfidence {
  /** Probability of the chosen label, or of an extracted value by its tokens, 0..1. */
  confidence: number;
  /** The other labels that the provider gave a probability for, most probable first, 0..1 each. The chosen label is not repeated. */
  alternatives: { value: string; probability: number }[];
  /** Of a value that was extracted and not chosen: its least probable token, 0..1. A second feature; `confidence` is the geometric mean of all its tokens. */
  weakest?: number;
}
