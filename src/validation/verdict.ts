// The one sentence that a validation is made for, and what would prove one step more.
import type { NextStep, ReportCertification, Verdict } from "./report-shape.ts";
import { missingToProve } from "./sample-size.ts";
import { count, moreText, shareText } from "./share-text.ts";

interface Asked {
  readonly limit: number;
  readonly confidence: number;
  /** All records of the validation, failures among them. */
  readonly records: number;
}

export function verdictOf(certification: ReportCertification, next: NextStep | null, { limit, confidence, records }: Asked): Verdict {
  const wanted = `at most ${shareText(limit)} wrong among what is written automatically`;
  switch (certification.kind) {
    case "certified": {
      const share = certification.certified.accepted / records;
      return {
        kind: "proved",
        sentence: `Proved: at most ${shareText(limit)} wrong among the ${shareText(share)} written automatically, with ${shareText(confidence)} confidence.`,
      };
    }
    case "unproved":
      return {
        kind: "not_proved",
        sentence: `Not proved: ${wanted}, with ${shareText(confidence)} confidence.${next ? ` ${moreText(next)} would prove it at the strictest threshold.` : ""}`,
      };
    case "too_few":
      return {
        kind: "too_few",
        sentence: `Too few: a proof of ${wanted} takes at least ${certification.needed} answered records; ${count(certification.missing, "more is", "more are")} missing.`,
      };
    case "withheld":
      return {
        kind: "not_proved",
        sentence: `Not proved: ${certification.because.charAt(0).toLowerCase()}${certification.because.slice(1)}.`,
      };
  }
}

/** The step that the walk ended at, and what would carry the walk over it; null when it reached the end, or there was none. */
export function nextStep(certification: ReportCertification, records: number, limit: number, confidence: number): NextStep | null {
  switch (certification.kind) {
    case "too_few":
      return {
        threshold: null,
        accepted: 0,
        errors: 0,
        moreAccepted: certification.missing,
        moreLabelled: certification.missing,
      };
    case "withheld":
      return null;
    case "unproved":
    case "certified": {
      const { failed } = certification;
      if (!failed) return null;
      const moreAccepted = missingToProve(failed, limit, confidence);
      return {
        threshold: failed.threshold,
        accepted: failed.accepted,
        errors: failed.errors,
        moreAccepted,
        moreLabelled: Math.ceil((moreAccepted * records) / failed.accepted),
      };
    }
  }
}
