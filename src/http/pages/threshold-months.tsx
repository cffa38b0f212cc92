// What each threshold would mean in a month, on the threshold screen: hours, money, wrong records and reviews, beside each other; or who has to say something first. The figures of the
// report are of this validation, the volume and the costs are the owner's word, and both are said.
import { dollars } from "../../core/cost.ts";
import type { ThresholdChoice, ThresholdMonths } from "../../operations/threshold-months.ts";
import { count } from "../../validation/share-text.ts";
import { businessCaseAddress } from "./costs-page.tsx";
import { scoreText } from "./report-parts.ts";
import { day } from "./words.ts";

const NAMES: Readonly<Record<ThresholdChoice["name"], string>> = {
  in_force: "In force now",
  proved: "Proved",
  observed: "Observed only",
  looked: "Looked at",
};

const amount = (value: number): string => (Math.abs(value) < 10 ? value.toFixed(1) : Math.round(value).toLocaleString("en-US"));
/** Rounded up: what is promised not to be exceeded. */
const atMost = (value: number): string =>
  value < 10 ? (Math.ceil(value * 10 - 1e-9) / 10).toFixed(1) : Math.ceil(value - 1e-9).toLocaleString("en-US");

const ROWS: readonly (readonly [label: string, of: (month: ThresholdChoice["month"]) => string])[] = [
  ["Records written without a person", ({ written }) => amount(written)],
  ["Wrong ones among them", ({ wrong, wrongAtMost }) => `${amount(wrong)}, at most ${atMost(wrongAtMost)}`],
  ["Hours of review", ({ reviewHours }) => amount(reviewHours)],
  ["Hours saved", ({ savedHours }) => amount(savedHours)],
  ["Saved", ({ saving }) => dollars(saving.expected)],
  ["Saved, seen pessimistically", ({ saving }) => dollars(saving.pessimistic)],
];

export const ThresholdMonth = ({ workflow, months }: { workflow: string; months: ThresholdMonths }) => (
  <section class="panel" aria-labelledby="month">
    <h2 id="month">What it means in a month</h2>
    <Consequences workflow={workflow} months={months} />
  </section>
);

const Consequences = ({ workflow, months }: { workflow: string; months: ThresholdMonths }) => {
  switch (months.kind) {
    case "hidden":
      return <p>{`The process owner and the auditors of ${workflow} see hours and money here.`}</p>;
    case "missing":
      return (
        <p>
          {`Nobody has said how many records a month ${workflow} has, how long they take and what they cost, so hours and money are not known. `}
          <a href={businessCaseAddress(workflow)}>Enter them in the business case</a>
        </p>
      );
    case "known": {
      const { inputs, kept, choices, unknownCosts } = months;
      return (
        <>
          <table class="measures">
            <caption class="unseen">A month at each threshold</caption>
            <thead>
              <tr>
                <th scope="col"> </th>
                {choices.map(({ name, gate }) => (
                  <th scope="col">{`${NAMES[name]}, ${scoreText(gate.threshold)}`}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {ROWS.map(([label, of]) => (
                <tr>
                  <th scope="row">{label}</th>
                  {choices.map(({ name, month }) => (
                    <td data-head={NAMES[name]}>{of(month)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          <p class="quiet small">
            {`Shares are those of this validation; “at most” is the exact bound with its confidence. Assumed by the owner (${kept.by}, ${day(kept.at)}): ${inputs.volume.toLocaleString("en-US")} records a month, ${inputs.minutesManual} minutes by hand and ${inputs.minutesReview} for a review, ${dollars(inputs.hourlyCost)} an hour, ${dollars(inputs.costPerError)} for a wrong write, ${dollars(inputs.platformCost)} a month for the platform. `}
            <a href={businessCaseAddress(workflow)}>Business case</a>
          </p>
          {unknownCosts === 0 ? null : (
            <p class="quiet small">{`What ${count(unknownCosts, "answer", "answers")} cost is unknown: savings are at most what stands here.`}</p>
          )}
        </>
      );
    }
  }
};
