// A governance spec in words: for somebody who signs it and reads no code. Pure, plain text. Every part of a spec has its words here, so that a document leaves nothing out.
import type { ActionRule, FieldRule, GovernanceSpec, PolicyRule } from "../../governance/spec.ts";
import { days } from "./flow-words.ts";
import { listing, percent, sentence, span, valueText } from "./words.ts";

const MINUTE = 60_000;
const minutes = (count: number): string => span(count * MINUTE);

export const modeWords: Record<GovernanceSpec["mode"], string> = {
  live: "Live: what is allowed is written",
  shadow: "Shadow: every step but the writes; nothing is written",
};

export function classWords(regulated: GovernanceSpec["regulated"]): { readonly name: string; readonly meaning: string } {
  switch (regulated) {
    case false:
      return {
        name: "Standard",
        meaning:
          "Writes within this policy may be made without a person where the policy says so. It says that no write of this workflow decides about a person’s rights or duties.",
      };
    case "credit":
      return regulatedClass("credit");
    case "tax":
      return regulatedClass("tax");
    case "employment":
      return regulatedClass("employment");
    case "clinical":
      return regulatedClass("clinical");
    case "other":
      return regulatedClass("another kind");
  }
}

const regulatedClass = (kind: string) => ({
  name: `Regulated (${kind})`,
  meaning:
    "A person decides on every write, however sure the model is. No rule of this spec can change that, and a second check before each write looks for the decision.",
});

/** `proved`: what the certificate says, as a sentence; null where there is none of that decision. */
export const thresholdWords = (threshold: GovernanceSpec["thresholds"][string], proved: string | null = null): string =>
  typeof threshold === "number"
    ? `From a confidence of ${percent(threshold)} on, without asking; below it, a person is asked. Nobody has proved this number: how much of what it lets through is wrong is not known`
    : `From the confidence that certificate ${threshold.certificate} proves, without asking; below it, and for any answer that the certificate is not about, a person is asked. ${
        proved ?? "No such certificate of this decision is on record: a person is asked every time"
      }`;

export const askWords: Record<ActionRule["ask"], string> = {
  when_unsure: "A person is asked when the decision behind the write is below its threshold, or when there is none",
  always: "A person is asked every time",
  never: "Nobody is asked, within the fields below",
};

/** What may stand in a field, each constraint as a phrase. */
export function fieldWords({ oneOf, maxLength, pattern, range, maxChange, transitions }: FieldRule): string {
  const parts = [
    oneOf && `one of ${listing(oneOf.map((value) => (value === null ? "nothing (the field is cleared)" : valueText(value))))}`,
    maxLength !== undefined && `at most ${maxLength} characters`,
    pattern !== undefined && `a text that as a whole matches ${pattern}`,
    range &&
      `a number ${[range.min !== undefined && `from ${range.min}`, range.max !== undefined && `up to ${range.max}`].filter(Boolean).join(" ")}`,
    maxChange &&
      `a change of at most ${[maxChange.absolute !== undefined && `${maxChange.absolute}`, maxChange.percent !== undefined && `${maxChange.percent} %`].filter(Boolean).join(" and ")}`,
    transitions && `only ${listing(transitions.map(([from, to]) => `from ${valueText(from)} to ${valueText(to)}`))}`,
  ].filter((part): part is string => typeof part === "string");
  return parts.length === 0 ? "any value" : parts.join("; ");
}

export function ruleWords({ outcome, ask }: PolicyRule): string {
  switch (outcome) {
    case "allow":
      return "is named in the record, and lifts nothing";
    case "ask":
      return ask ? `is asked of ${listing(ask.map(reviewerWords))}` : "is asked";
    case "deny":
      return "is denied";
  }
}

export const reviewerWords = (reviewer: string): string =>
  reviewer.startsWith("group:") ? `the group ${reviewer.slice("group:".length)}` : reviewer;

/** Who is asked, how many must agree, and what follows from silence, one sentence each. */
export function reviewWords({ review }: Pick<GovernanceSpec, "review">): string[] {
  const { reviewers, approvals = 1, slaMinutes, remindAfterMinutes = [], escalation = [], onExpiry, delegations = [] } = review;
  return [
    `Asked: ${listing(reviewers.map(reviewerWords))}.`,
    approvals === 1 ? "One of them decides; the first decision counts." : `${approvals} different people must agree to one change.`,
    "Whoever began a run by hand is never among them.",
    `They have ${minutes(slaMinutes)}.`,
    ...(remindAfterMinutes.length === 0 ? [] : [`They are reminded after ${listing(remindAfterMinutes.map(minutes))}.`]),
    ...escalation.map(
      ({ to, minutes: time }, at) =>
        `${at === 0 ? "After that time" : "After that"} ${listing(to.map(reviewerWords))} may decide as well, for ${minutes(time)}.`,
    ),
    onExpiry === "reject"
      ? "If nobody decides in all that time, the change is refused and the run goes on without it."
      : "If nobody decides in all that time, the run is cancelled.",
    ...delegations.map(({ from, to, start, end }) => `${to} decides in the place of ${from} from ${start} to ${end}, both days included.`),
  ];
}

export function limitWords({ writesPerHour, valuePerDay = [] }: NonNullable<GovernanceSpec["limits"]>): string[] {
  return [
    ...(writesPerHour === undefined
      ? []
      : [`At most ${writesPerHour} writes in an hour, all runs together; beyond that a person is asked.`]),
    ...valuePerDay.map(
      ({ action, field, max }) => `At most ${max} in a day by ${field} of ${action}, all runs together; beyond that a person is asked.`,
    ),
  ];
}

export function budgetWords({ usdPerDay, usdPerRun, onReached }: NonNullable<GovernanceSpec["budget"]>): string[] {
  return [
    ...(usdPerDay === undefined ? [] : [`At most $${usdPerDay} for model calls in a day of UTC, all runs together.`]),
    ...(usdPerRun === undefined ? [] : [`At most $${usdPerRun} for the model calls of one run.`]),
    onReached === "ask"
      ? "A call for which there is no room is not made: a person makes the decision."
      : "A call for which there is no room is not made: the decision fails.",
  ];
}

export const samplingWords = (share: number | undefined): string =>
  share === undefined || share === 0
    ? "None: writes that nobody was asked about are not looked at afterwards."
    : `${percent(share)} of the writes that nobody was asked about are looked at by a person afterwards.`;

export const failureWords = ({ onFailure, regulated }: Pick<GovernanceSpec, "onFailure" | "regulated">): string =>
  onFailure === "leave"
    ? "A run that fails for good leaves the writes that it made."
    : regulated === false
      ? "A run that fails for good takes its writes back, the newest first."
      : "A run that fails for good leaves the writes that it made, because it is regulated: taking them back is a person’s to decide.";

export function rollbackWords(
  { rollback: { procedure, owner, windowDays } }: Pick<GovernanceSpec, "rollback">,
  undoDays: number,
): string[] {
  return [
    sentence(procedure),
    `${owner} answers for it.`,
    undoDays < windowDays
      ? `Writes may be undone for ${days(windowDays)} after they were made, but the old values are gone after ${days(undoDays)}: then no longer.`
      : `Writes may be undone for ${days(windowDays)} after they were made.`,
  ];
}
