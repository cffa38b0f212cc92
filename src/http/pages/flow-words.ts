// A data flow in words: classes, legal bases, treatments, and how a provider's agreement stands. Pure, plain text; the law is named where the declaration means an
// article of it, and nothing here claims that it is met.
import type { Standing } from "../../governance/card-standing.ts";
import type { FlowRow, Treatment } from "../../governance/data-flow.ts";
import type { StatusWords } from "./status-words.ts";

export const classWords: Record<FlowRow["class"], string> = {
  none: "no personal data",
  personal: "personal data",
  special: "special category (Art. 9)",
  secret: "a secret",
};

const BASES: Readonly<Record<string, string>> = {
  consent: "consent, Art. 6(1)(a)",
  contract: "contract, Art. 6(1)(b)",
  "legal-obligation": "legal obligation, Art. 6(1)(c)",
  "vital-interests": "vital interests, Art. 6(1)(d)",
  "public-task": "public task, Art. 6(1)(e)",
  "legitimate-interest": "legitimate interest, Art. 6(1)(f)",
};
export const basisWords = (basis: string): string => (Object.hasOwn(BASES, basis) ? (BASES[basis] as string) : basis);

export const treatmentWords: Record<Treatment, string> = {
  send: "sent as it is",
  mask: "sent with tokens in the place of personal data",
  hash: "sent as a digest, salted for each run",
  no: "never sent",
};

/** How an agreement stands, on a chip. `local`: nothing leaves, so that none is needed. */
export function standingChip(standing: Standing, local: boolean): StatusWords {
  if (local) return { label: "Stays in this deployment", tone: "neutral", shape: "ring" };
  switch (standing.state) {
    case "in_force":
      return { label: "Agreement in force", tone: "good", shape: "check" };
    case "expiring":
      return { label: "Agreement ends soon", tone: "warn", shape: "clock" };
    case "expired":
      return { label: "Agreement has ended", tone: "bad", shape: "cross" };
    case "not_yet":
      return { label: "Agreement not in force yet", tone: "bad", shape: "clock" };
    case "unsigned":
      return { label: "Agreement not signed", tone: "bad", shape: "cross" };
    case "missing":
      return { label: "No card on record", tone: "bad", shape: "question" };
  }
}

export function standingWords(standing: Standing, local: boolean): string {
  if (local) return "It runs inside this Worker. No data-processing agreement is asked for.";
  switch (standing.state) {
    case "in_force":
      return standing.daysLeft === null ? "The agreement has no end." : `The agreement holds for ${days(standing.daysLeft)} after today.`;
    case "expiring":
      return standing.daysLeft === 0
        ? "Today is the last day on which the agreement holds. From tomorrow on nothing is sent."
        : `The agreement holds for ${days(standing.daysLeft)} after today. Then nothing is sent until a new card is on record.`;
    case "expired":
      return `The agreement ended on ${standing.on}. Nothing is sent until a new card is on record.`;
    case "not_yet":
      return `The agreement holds from ${standing.from} on. Nothing is sent before.`;
    case "unsigned":
      return "Nothing is sent until a signed agreement is on record.";
    case "missing":
      return "Nothing is sent until a card is on record.";
  }
}

export const days = (count: number): string => `${count} ${count === 1 ? "day" : "days"}`;
