// What stands behind the thresholds of a governance spec, for whoever writes or approves it: what is proved, on how many records, when and for which model, and whether the
// model still answers in that way; and in plain words that a number which somebody wrote is not proved.
import type { ThresholdEvidence } from "../../operations/read-specs.ts";
import { certificateAddress, changeSentence, fieldsText, fitChip, provedSentence, seenSentence } from "./certificate-words.ts";
import { Chip, When } from "./marks.tsx";
import { validationAddress } from "./report-page.tsx";
import type { StatusWords } from "./status-words.ts";
import { listing, percent } from "./words.ts";

const UNPROVED: StatusWords = { label: "Not proved", tone: "warn", shape: "ring" };
const MISSING: StatusWords = { label: "No such proof", tone: "bad", shape: "cross" };

export const SpecEvidence = ({ evidence, now }: { evidence: readonly ThresholdEvidence[]; now: number }) =>
  evidence.length === 0 ? null : (
    <section class="panel" aria-labelledby="spec-evidence">
      <h2 id="spec-evidence">What stands behind the thresholds</h2>
      {evidence.map((one) => (
        <div class="write">
          <One one={one} now={now} />
        </div>
      ))}
    </section>
  );

const One = ({ one, now }: { one: ThresholdEvidence; now: number }) => {
  switch (one.kind) {
    case "number":
      return (
        <>
          <h3>
            {one.name} <Chip words={UNPROVED} />
          </h3>
          <p>
            {one.advised
              ? `From ${percent(one.threshold)} on. A review of the running workflow advised this number, with the evidence that stands on this page. No validation proves it, and the weekly breaker has no limit to judge by.`
              : `From ${percent(one.threshold)} on. Somebody wrote this number, and no validation stands behind it: how much of what is written without a person is wrong is not known.`}
          </p>
        </>
      );
    case "missing":
      return (
        <>
          <h3>
            {one.name} <Chip words={MISSING} />
          </h3>
          <p>{`Certificate ${one.id} ${one.why}. This text cannot be approved, and a write that rests on it is asked about.`}</p>
        </>
      );
    case "certificate": {
      const { certificate, issuedBy, latest, changes } = one.standing;
      return (
        <>
          <h3>
            {one.name} <Chip words={fitChip({ latest, changes })} />
          </h3>
          <p>
            <strong>{provedSentence(certificate)}</strong>
          </p>
          <p>{`${seenSentence(certificate)} Fields: ${fieldsText(certificate)}. Answered by ${certificate.provider}, ${certificate.model}.`}</p>
          {changes.length === 0 ? null : (
            <ul class="bullets">
              {changes.map((change) => (
                <li>{changeSentence(change)}</li>
              ))}
            </ul>
          )}
          <p class="small">
            <a href={certificateAddress(certificate.id)}>{`Certificate ${certificate.id}`}</a>
            {`, issued by ${issuedBy}, `}
            <When at={certificate.issuedAt} now={now} />
            {", from "}
            <a href={validationAddress(certificate.report.id, "/report")}>{`validation ${certificate.report.id}`}</a>
          </p>
        </>
      );
    }
  }
};

/** What whoever approves is told beside the button, one sentence each. */
export function approvalWords(evidence: readonly ThresholdEvidence[]): string[] {
  const advised = evidence.flatMap((one) => (one.kind === "number" && one.advised ? [`${one.name} (${percent(one.threshold)})`] : []));
  const numbers = evidence.flatMap((one) => (one.kind === "number" && !one.advised ? [`${one.name} (${percent(one.threshold)})`] : []));
  const certificates = evidence.flatMap((one) => (one.kind === "certificate" ? [`${one.name} (certificate ${one.id})`] : []));
  return [
    ...(certificates.length === 0 ? [] : [`Your approval is of these proofs as well: ${listing(certificates)}.`]),
    ...(advised.length === 0 ? [] : [`Advised by a review, and proved by no validation: ${listing(advised)}.`]),
    ...(numbers.length === 0 ? [] : [`Not proved, on your word alone: ${listing(numbers)}.`]),
  ];
}
