// The few labels among which the right one lies, for a reviewer who is asked: split conformal prediction. It must not be used by the gate: it promises that the
// set holds the right label, and says nothing about how often a single answer is wrong.
// Source: M. Sadinle and others, JASA 114 (2019) (least ambiguous sets); A. Angelopoulos and S. Bates, arXiv 2107.07511.

/**
 * The distance from certainty within which labels stay in the set: the k-th smallest of 1 - p(right label), k = ceil((n + 1)(1 - miss)). `distances`: of labelled
 * records that trained nothing; `miss`: share of sets that may lack the right label. Null: too few records, so every label stays.
 */
export function labelSetCut(distances: readonly number[], miss: number): number | null {
  if (!(miss > 0 && miss < 1)) throw new RangeError(`miss is ${miss}: give a share above 0 and below 1`);
  // The small step back keeps a product such as 21 * 0.9 from landing above the whole number that it is.
  const k = Math.ceil((distances.length + 1) * (1 - miss) - 1e-9);
  return distances.toSorted((one, other) => one - other)[k - 1] ?? null;
}

/** The labels that stay, most probable first. */
export function labelSet(probabilities: Readonly<Record<string, number>>, cut: number | null): string[] {
  return Object.entries(probabilities)
    .filter(([, p]) => cut === null || 1 - p <= cut)
    .toSorted(([, one], [, other]) => other - one)
    .map(([label]) => label);
}
