// Whether what arrives is still what it was: scores and labels week by week, against the records that the certificate in force was proved on, or else against the first weeks of
// the time that is shown. It says which.
import type { Review } from "../../operations/read-review.ts";
import { certificateAddress } from "./certificate-words.ts";
import { Chip } from "./marks.tsx";
import { about, atLeast, atMost, DRIFT } from "./review-words.ts";
import { MixChart, WeekChart } from "./week-charts.tsx";
import { day } from "./words.ts";

/** Weeks without a decision may lie between them. */
const weeksText = (weeks: readonly number[]): string => {
  const [first, last] = [weeks[0], weeks.at(-1)];
  return first === undefined || last === undefined ? "no week" : `the weeks of ${day(first)} to ${day(last)}`;
};

export const DriftPanel = ({ review: { drift, decision, weeks, certificate } }: { review: Review }) => {
  const { compared, scores, labels, other, reference } = drift;
  const own = weeks.flatMap(({ week, decisions }) => (decisions[decision] ? [{ week, counted: decisions[decision] }] : []));
  const fields = [...new Set(own.flatMap(({ counted }) => Object.keys(counted.labels)))].sort();
  return (
    <section class="panel" aria-labelledby="review-drift">
      <h2 id="review-drift">Has something moved?</h2>
      <p class="quiet small">
        The population stability index says how far shares have moved: from 0.1 on they are worth a look, from 0.25 on the threshold should
        be validated anew. The marks are a convention. It says nothing of right and wrong.
      </p>
      {compared === null || scores === null ? (
        <p>
          {reference === "certificate"
            ? "Too little to say: the latest four weeks are compared with the records of the certificate, and take at least 200 decisions. Below that the index moves by as much by chance alone."
            : "Too little to say: four weeks at either end of the time are compared, with at least 200 decisions each. Below that the index moves by as much by chance alone."}
        </p>
      ) : (
        <>
          <p>
            <Chip words={DRIFT[scores.standing]} />{" "}
            {`How sure the model was: ${compared.to} decisions of ${weeksText(compared.last)} beside ${
              reference === "certificate"
                ? `those of the ${compared.from} labelled records that the certificate in force was proved on`
                : `${compared.from} of ${weeksText(compared.first)}`
            }: index ${scores.index.toFixed(3)}.`}
            {reference === "certificate" && certificate !== null ? (
              <>
                {" "}
                <a href={certificateAddress(certificate.id)}>The certificate</a>
              </>
            ) : null}
          </p>
          {labels.map(({ field, index, standing, reference: than }) => (
            <p>
              <Chip words={DRIFT[standing]} />{" "}
              {`How often each ${field} was the answer${than === reference ? "" : ", beside the first four weeks, because the certificate’s records are not labelled with it"}: index ${index.toFixed(3)}.`}
            </p>
          ))}
        </>
      )}
      {other.map(({ field, share, interval, before, reference: than }) => (
        <p>
          {`${field} was none of the known labels in ${about(share)} of the latest four weeks (between ${atLeast(interval[0])} and ${atMost(interval[1])})${
            before === null ? "" : `, and in ${about(before)} of ${than === "certificate" ? "the certificate’s records" : "the first four"}`
          }.`}
        </p>
      ))}
      {drift.weeks.filter(({ index }) => index !== null).length > 1 ? (
        <WeekChart
          id="score-drift"
          title="Population stability index of the scores"
          summary={`Each week beside ${reference === "certificate" ? "the records of the certificate in force" : "the first four"}: ${drift.weeks.filter(({ index }) => (index ?? 0) >= 0.25).length} of ${drift.weeks.length} weeks at 0.25 or more, ${
            drift.weeks.filter(({ index }) => index === null).length
          } with too few decisions to say.`}
          points={drift.weeks.map(({ week, index }) => ({ week, value: index }))}
          format={(value) => value.toFixed(2)}
          marks={[
            { value: 0.1, label: "watch" },
            { value: 0.25, label: "act" },
          ]}
        />
      ) : null}
      {fields.map((field) => {
        const [label, ...others] = new Set(own.flatMap(({ counted }) => Object.keys(counted.labels[field] ?? {})));
        return label !== undefined && others.length === 0 ? (
          <p>{`${field} was always answered with ${label}.`}</p>
        ) : (
          <MixChart
            id={`mix-${field.replaceAll(/[^\w-]/g, "-")}`}
            title={`What ${field} was answered with`}
            weeks={own.map(({ week, counted }) => ({ week, counts: counted.labels[field] ?? {} }))}
          />
        );
      })}
    </section>
  );
};
