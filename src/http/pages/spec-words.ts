// Governance specs in words: the stages of a version, who did what to it, and what a field's rule allows. Pure, and plain text only.
import type { Json } from "../../core/json.ts";
import type { FieldRule } from "../../governance/spec.ts";
import type { SpecChange, SpecVersion } from "../../operations/read-specs.ts";
import type { StatusWords } from "./status-words.ts";
import { listing, valueText } from "./words.ts";

const words = (label: string, tone: StatusWords["tone"], shape: StatusWords["shape"]): StatusWords => ({ label, tone, shape });

/** `now`: an emergency version that has run out is approved still, and counts no longer. */
export function specStatus({ status, counts, expiresAt }: Pick<SpecVersion, "status" | "counts" | "expiresAt">, now: number): StatusWords {
  switch (status) {
    case "draft":
      return words("Draft", "neutral", "ring");
    case "submitted":
      return words("Waits for approval", "warn", "pause");
    case "approved":
      if (counts) return words("Counts now", "good", "check");
      return expiresAt !== null && expiresAt <= now
        ? words("Expired", "neutral", "clock")
        : words("Approved, another counts", "info", "check");
    case "rejected":
      return words("Rejected", "bad", "cross");
    case "retired":
      return words("Retired", "neutral", "stop");
  }
}

export const JUDGEMENTS: Record<SpecChange["judgement"], StatusWords> = {
  looser: words("Looser", "warn", "dot"),
  stricter: words("Stricter", "good", "check"),
  neutral: words("Not judged", "neutral", "ring"),
};

export const ASK_WORDS = { when_unsure: "asks when the model is unsure", always: "always asks", never: "never asks" } as const;

/** What may be written into a field, one constraint each. */
export function fieldRuleWords({ oneOf, maxLength, pattern, range, maxChange, transitions }: FieldRule): string[] {
  const said: string[] = [];
  if (oneOf) said.push(`one of ${oneOf.map((value) => valueText(value as Json)).join(", ")}`);
  if (maxLength !== undefined) said.push(`at most ${maxLength} characters`);
  if (pattern !== undefined) said.push(`matches ${pattern}`);
  if (range)
    said.push(
      listing([
        ...(range.min === undefined ? [] : [`at least ${range.min}`]),
        ...(range.max === undefined ? [] : [`at most ${range.max}`]),
      ]),
    );
  if (maxChange) {
    const { absolute, percent } = maxChange;
    said.push(
      `changes by ${listing([...(absolute === undefined ? [] : [`at most ${absolute}`]), ...(percent === undefined ? [] : [`at most ${percent} %`])])}`,
    );
  }
  if (transitions) said.push(`only ${transitions.map(([from, to]) => `${valueText(from as Json)} → ${valueText(to as Json)}`).join(", ")}`);
  return said.length > 0 ? said : ["any value"];
}
