// What an optimisation review says, in sentences. Pure, plain text only. A sentence says what is proved and what is not, and never rounds a promise to its better side.
import type { Review } from "../../operations/read-review.ts";
import type { StatusWords } from "./status-words.ts";

/** Upwards: a bound that is shown is not below the one that was proved. */
export const atMost = (share: number): string => `${(Math.ceil(share * 1000 - 1e-9) / 10).toFixed(1)} %`;
/** Downwards. */
export const atLeast = (share: number): string => `${(Math.floor(share * 1000 + 1e-9) / 10).toFixed(1)} %`;
export const about = (share: number): string => `${(share * 100).toFixed(1)} %`;
export const writes = (n: number): string => `${n} ${n === 1 ? "write" : "writes"}`;
export const were = (n: number): string => (n === 1 ? "was" : "were");
/** Thresholds as exactly as rules compare them; not more than four places. */
export const score = (value: number): string => String(Math.round(value * 10_000) / 10_000);

export function verdictSentence({ standing, counts, limit, days }: Pick<Review, "standing" | "counts" | "limit" | "days">): string {
  const share = about(limit.share);
  const written = `${writes(counts.written)} ${were(counts.written)} made without asking in ${days} days`;
  switch (standing.kind) {
    case "no_writes":
      return `Nothing was written in ${days} days because a model was sure enough: there is nothing to judge.`;
    case "unaudited":
      return `Nothing is known of the errors: ${written}, and nobody has looked at any of them.`;
    case "within":
      return `Proved: at most ${atMost(standing.error.upper)} of what was written without asking is wrong (95 %), within the limit of ${share}.`;
    case "above":
      return `Too many are wrong: at least ${atLeast(standing.error.lower)} of what was written without asking (95 %), above the limit of ${share}.`;
    case "open":
      return `Not proved: between ${atLeast(standing.error.lower)} and ${atMost(
        standing.error.upper,
      )} of what was written without asking is wrong (each bound 95 %), and the limit is ${share}. ${writes(
        standing.more,
      )} more, looked at and right, would prove it.`;
  }
}

export const STANDING: Readonly<Record<Review["standing"]["kind"], StatusWords>> = {
  no_writes: { label: "Nothing to judge", tone: "neutral", shape: "ring" },
  unaudited: { label: "Nobody has looked", tone: "warn", shape: "question" },
  within: { label: "Within the limit", tone: "good", shape: "check" },
  above: { label: "Above the limit", tone: "bad", shape: "cross" },
  open: { label: "Not proved", tone: "warn", shape: "question" },
};

export const DRIFT: Readonly<Record<"steady" | "watch" | "act", StatusWords>> = {
  steady: { label: "Steady", tone: "good", shape: "check" },
  watch: { label: "Watch", tone: "warn", shape: "question" },
  act: { label: "Act", tone: "bad", shape: "cross" },
};

export function limitSentence({ limit, certificate, decision }: Pick<Review, "limit" | "certificate" | "decision">): string {
  switch (limit.from) {
    case "certificate":
      return `The limit of ${about(limit.share)} is the one that a certificate proves for ${decision}, from a score of ${score(certificate?.threshold ?? 0)} on.`;
    case "asked":
      return `No certificate names a limit for ${decision}: the limit of ${about(limit.share)} is the one that you asked for, and nobody has approved it.`;
    case "assumed":
      return `Nobody has set a limit for ${decision}: ${about(limit.share)} is assumed here, so that something can be said. Give your own below; the weekly breaker needs a certificate's.`;
  }
}

type Advised = Pick<Review, "advice" | "threshold" | "counts" | "perField" | "decision"> & { readonly limit: { readonly share: number } };

export function adviceSentence({ advice, threshold, limit, counts, perField, decision }: Advised): string {
  if (advice === null || threshold === null)
    return perField
      ? `Each field of ${decision} has a threshold of its own. A review labels whole answers and advises on none of them.`
      : `${decision} has no threshold: a person is asked each time. A validation can prove one.`;
  switch (advice.kind) {
    case "lower": {
      const { more, answered, errors, upper } = advice.step;
      return `The threshold may go from ${score(threshold)} down to ${score(advice.to)}: ${more} of the answers that people were asked about would have been written without asking, ${errors} of the ${answered} that were answered were changed or rejected, and together with the ${writes(
        counts.written,
      )} made without asking at most ${atMost(upper)} would be wrong (95 %), within ${about(limit.share)}.`;
    }
    case "raise":
      return `The threshold should go from ${score(threshold)} up to ${score(advice.to)}: of what was looked at, ${advice.errors} of ${
        advice.accepted
      } from there on were wrong, at most ${atMost(advice.upper)} (95 %), within ${about(limit.share)}.`;
    case "ask_all":
      return `More is wrong than the limit of ${about(limit.share)} allows, and no higher threshold is proved by what was looked at: everything should be asked until a validation proves one.`;
    case "keep":
      switch (advice.because) {
        case "nothing_audited":
          return "No advice: none of what was written without asking was looked at, and without that a threshold can be neither lowered nor held.";
        case "perhaps_above":
          return `Keep it for now: more of what was looked at was wrong than the limit of ${about(limit.share)}, which may still be chance. Look at more before anything is changed.`;
        case "nothing_asked":
          return "Keep it: nobody was asked only because the model was unsure, so nothing is known of what lies below the threshold.";
        case "not_proved":
          return `Keep it: ${
            advice.steps[0]
              ? `already at ${score(advice.steps[0].threshold)} up to ${atMost(advice.steps[0].upper)} may be wrong`
              : "a lower one is not proved"
          }, and the limit is ${about(limit.share)}. More writes looked at narrow that.`;
      }
  }
}
