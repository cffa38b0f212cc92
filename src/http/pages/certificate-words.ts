// A certificate in words: what it proves, on what, and whether it fits what is answered now. Pure, plain text. It never says more than the proof does.
import type { ConfidenceSource } from "../../core/decision.ts";
import type { Certificate, CertificateStanding, OriginChange } from "../../operations/certificates.ts";
import type { StatusWords } from "./status-words.ts";
import { listing, percent } from "./words.ts";

/** "At most 5.0 % of what is written from a confidence of 95.9 % on is wrong, with 95.0 % confidence." */
export const provedSentence = ({ limit, threshold, confidence }: Pick<Certificate, "limit" | "threshold" | "confidence">): string =>
  `At most ${percent(limit)} of what is written from a confidence of ${percent(threshold)} on is wrong, with ${percent(confidence)} confidence.`;

export const seenSentence = ({ accepted, records, errors }: Pick<Certificate, "accepted" | "records" | "errors">): string =>
  `Of ${records} labelled records ${accepted} reached it, and ${errors === 0 ? "none" : String(errors)} of these ${errors === 1 ? "was" : "were"} wrong.`;

/** A record is right when each of these fields is. */
export const fieldsText = ({ decision, fields }: Pick<Certificate, "decision" | "fields">): string =>
  `${decision}: ${listing(fields)}${fields.length > 1 ? ", all of them right" : ""}`;

export const SOURCES: Record<ConfidenceSource, string> = {
  logprobs: "the provider’s probabilities of the label’s tokens",
  agreement: "the share of several samples that agree",
  builtin: "the built-in model’s distribution",
  person: "not measured: a person answered",
  none: "not measured",
};

const WHAT: Record<OriginChange["what"], string> = {
  provider: "provider",
  model: "model",
  source: "measure of confidence",
  prompt: "prompt",
  schema: "schema of the answer",
};

export const fitChip = ({ latest, changes }: Pick<CertificateStanding, "latest" | "changes">): StatusWords => {
  if (latest === null) return { label: "Nothing answered yet", tone: "neutral", shape: "ring" };
  return changes.length === 0
    ? { label: "Fits what is answered now", tone: "good", shape: "check" }
    : { label: "Does not fit any more", tone: "warn", shape: "cross" };
};

/** What changed, one sentence each; digests by their beginning. */
export const changeSentence = ({ what, proved, now }: OriginChange): string => {
  const name = (value: string) =>
    what === "prompt" || what === "schema"
      ? `${value.slice(0, 12)}…`
      : what === "source"
        ? (SOURCES[value as ConfidenceSource] ?? value)
        : value;
  const changed = `The ${WHAT[what]} is another`;
  return now === null
    ? `The latest answer does not say what its ${WHAT[what]} was.`
    : `${changed}: proved for ${name(proved)}, and ${name(now)} now.`;
};

/** What tells it from another of the same decision. */
export const titleText = ({ decision, threshold, limit }: Pick<Certificate, "decision" | "threshold" | "limit">): string =>
  `${decision} from ${percent(threshold)} on, at most ${percent(limit)} wrong`;

export const certificateAddress = (id: string): string => `/certificates/${encodeURIComponent(id)}`;
