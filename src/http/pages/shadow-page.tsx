// What a workflow in shadow would have written beside what people did: how often it agrees first, then where it does not, record by record, then what these records would
// prove as labels. It shows; nothing is written from here.
import type { Failure } from "../../core/errors.ts";
import { may } from "../../operations/access.ts";
import type { Comparison, ShadowView } from "../../operations/read-shadow.ts";
import type { Rate } from "../../validation/shadow.ts";
import { type Frame, Layout } from "./layout.tsx";
import { LimitField } from "./limit-field.tsx";
import { Empty } from "./list-parts.tsx";
import { Chip, Value, When } from "./marks.tsx";
import { Notice, Refusal } from "./refusal.tsx";
import { sheet } from "./report-parts.ts";
import { about, atLeast, atMost, score, were, writes } from "./review-words.ts";
import type { StatusWords } from "./status-words.ts";
import { actionWords } from "./words.ts";

export interface ShadowPageProps {
  readonly frame: Frame;
  readonly view: ShadowView;
  readonly now: number;
  /** How many records were just looked at. */
  readonly looked: number | null;
  readonly refused: Failure | null;
}

/** Rows on a page; the copy has the rest. */
const SHOWN = 100;

export const ShadowPage = ({ frame, view, now, looked, refused }: ShadowPageProps) => {
  const { workflow, days, spec, summary, comparisons } = view;
  const shadow = spec === null || spec.spec.mode === "shadow";
  const path = `/workflows/${encodeURIComponent(workflow)}/shadow`;
  return (
    <Layout frame={frame} title={`${workflow}: shadow`} section="workflows">
      <div class="page-head">
        <p class="crumb">
          <a href="/workflows">Workflows</a>
        </p>
        <h1>{`${workflow}: shadow and people`}</h1>
        <p class="lead">
          <strong>{agreementSentence(view)}</strong>
        </p>
        <p class="quiet">
          {shadow
            ? `${spec === null ? "No version of its rules is approved" : "Its rules say shadow"}: it writes nothing. A day after each intended write the record is read again.`
            : "Its rules say live: what is shown here was intended while it ran in shadow."}
        </p>
      </div>
      {refused ? <Refusal failure={refused} /> : null}
      {looked === null ? null : (
        <Notice>
          {looked === 0 ? "There was nothing to look at." : `${looked} ${looked === 1 ? "record was" : "records were"} looked at.`}
        </Notice>
      )}
      <div class="column">
        {frame.principal !== null && may(frame.principal, "compare shadow", workflow) ? (
          <form method="post" action={`${path}/compare`} class="panel act">
            <p>Reads the records now, at most 30 at once, those of the last day as well. Nothing is written there.</p>
            <button type="submit" class="button">
              Compare now
            </button>
          </form>
        ) : null}
        {comparisons.length === 0 ? (
          <Empty title="Nothing compared yet">{`No write that shadow mode withheld in ${days} days has been compared with its record.`}</Empty>
        ) : (
          <>
            <Counts view={view} />
            <Would view={view} />
            <Rates title="By field" rows={summary.byField.map(({ field, ...rate }) => ({ name: field, ...rate }))} />
            <Rates
              title="By what would have been written"
              rows={summary.byLabel.map(({ field, label, ...rate }) => ({ name: `${field}: ${label}`, ...rate }))}
            />
            <Records comparisons={comparisons.filter(({ outcome }) => outcome === "same" || outcome === "different")} now={now} />
            <p class="paging">
              <a class="button" href={`${path}/export?days=${days}`}>
                Copy as CSV
              </a>{" "}
              <span class="quiet small">It needs the role auditor, and who takes a copy is recorded.</span>
            </p>
          </>
        )}
      </div>
    </Layout>
  );
};

function agreementSentence({ summary: { agreement, counts }, days }: ShadowView): string {
  if (agreement.compared === 0)
    return counts.not_done > 0
      ? `People have touched none of the ${counts.not_done} records yet: there is nothing to agree with.`
      : `Nothing can be said: in ${days} days no record was compared.`;
  return `In ${agreement.same} of ${agreement.compared} records people did what would have been written: ${about(
    agreement.same / agreement.compared,
  )} (between ${atLeast(agreement.interval[0])} and ${atMost(agreement.interval[1])}).`;
}

const Counts = ({ view: { summary, cut } }: { view: ShadowView }) => (
  <section class="panel" aria-labelledby="shadow-counts">
    <h2 id="shadow-counts">What was found</h2>
    <dl class="facts">
      {(
        [
          ["The same", summary.counts.same],
          ["Different", summary.counts.different],
          ["Nobody has touched it", summary.counts.not_done],
          ["Could not be read", summary.counts.unread],
          ["Nothing to look at", summary.counts.no_look],
        ] as const
      ).map(([name, n]) => (
        <div>
          <dt>{name}</dt>
          <dd>{n}</dd>
        </div>
      ))}
    </dl>
    <p class="quiet small">
      A record that nobody has touched is read again each day for a week, and counts neither as agreement nor against it. A field that
      people left as it was counts as different where they changed another one of the same write. A message has nothing to look at.
      {cut ? " There are more comparisons than are read here." : ""}
    </p>
  </section>
);

const Would = ({ view: { summary, limit, at, atFrom } }: { view: ShadowView }) => {
  const { certification, scored } = summary;
  return (
    <section class="panel" aria-labelledby="shadow-would">
      <h2 id="shadow-would">What would have been written without asking</h2>
      {at === null || atFrom === null ? (
        <p>
          {scored === 0
            ? "None of the compared writes rests on a decision with a score."
            : "Nothing: no threshold is given, and none is proved."}
        </p>
      ) : (
        <p>
          {`From ${score(at.threshold)} on (${FROM[atFrom]}) ${at.automatic} of ${at.of} would have been written automatically; in ${at.different} of them people did otherwise: ${about(
            at.risk,
          )}, at most ${atMost(at.upper)} (95 %, for this threshold alone).`}
        </p>
      )}
      <p>{provedSentence(certification, limit.share)}</p>
      <p class="quiet small">
        {`${
          limit.from === "certificate"
            ? "The limit is the certificate's."
            : limit.from === "asked"
              ? "The limit is the one that you asked for."
              : `Nobody has set a limit; ${about(limit.share)} is assumed.`
        } These records count as labels only as far as people's work is right, and were drawn as production draws them. No certificate is issued from here: a validation does that.`}
      </p>
      <form class="filter" method="get">
        <div class="field">
          <label for="shadow-threshold">Threshold</label>
          <input
            type="text"
            id="shadow-threshold"
            name="threshold"
            inputmode="decimal"
            value={at === null ? "" : score(at.threshold)}
            autocomplete="off"
          />
        </div>
        <LimitField id="shadow-limit" limit={limit} />
        <button type="submit" class="button">
          Show
        </button>
      </form>
    </section>
  );
};

const FROM = { asked: "asked for", spec: "the threshold of the rules", proved: "the one that these records prove" } as const;

function provedSentence(certification: ShadowView["summary"]["certification"], limit: number): string {
  switch (certification?.kind) {
    case "certified": {
      const { threshold, accepted, errors, upper } = certification.certified;
      return `As labels they prove: from ${score(threshold)} on at most ${about(limit)} is wrong (${writes(accepted)}, ${errors} different, at most ${atMost(upper)}).`;
    }
    case "unproved":
      return `As labels they prove no threshold: already at the strictest that was tried, ${certification.failed.errors} of ${certification.failed.accepted} ${were(
        certification.failed.errors,
      )} different.`;
    case "too_few":
      return `As labels they are too few for a proof at ${about(limit)}: ${certification.needed} are needed, ${certification.missing} are missing.`;
    case undefined:
      return "As labels they prove nothing: none of them has a score.";
  }
}

const Rates = ({ title, rows }: { title: string; rows: readonly (Rate & { readonly name: string })[] }) =>
  rows.length === 0 ? null : (
    <section class="panel">
      <h2>{title}</h2>
      {sheet({
        caption: `Agreement ${title.toLowerCase()}`,
        head: [title === "By field" ? "Field" : "Field and value", "Compared", "The same", "Between (95 %)"],
        rows: rows.map(({ name, same, compared, interval }) => [
          name,
          compared,
          compared === 0 ? "none" : about(same / compared),
          compared === 0 ? "not known" : `${atLeast(interval[0])} to ${atMost(interval[1])}`,
        ]),
      })}
    </section>
  );

const OUTCOMES: Readonly<Record<"same" | "different", StatusWords>> = {
  same: { label: "The same", tone: "good", shape: "check" },
  different: { label: "Different", tone: "bad", shape: "cross" },
};

const Records = ({ comparisons, now }: { comparisons: readonly Comparison[]; now: number }) =>
  comparisons.length === 0 ? null : (
    <table class="list">
      <caption class="unseen">Compared records, those that differ first</caption>
      <thead>
        <tr>
          <th scope="col" class="record">
            Record and action
          </th>
          <th scope="col" class="wide-only">
            Outcome
          </th>
          <th scope="col">Would have set, and what people made of it</th>
          <th scope="col" class="number wide-only">
            Score
          </th>
        </tr>
      </thead>
      <tbody>
        {comparisons.slice(0, SHOWN).map(({ run, step, target, action, intendedAt, outcome, fields, score: sure }) => (
          <tr>
            <th scope="row">
              <a href={`/runs/${encodeURIComponent(run)}`}>{target}</a>
              <span class="meta">{`${actionWords(action)}, ${step}`}</span>
              <span class="meta">
                <When at={intendedAt} now={now} />
              </span>
              {sure === null ? null : <span class="meta narrow-only">{`score ${score(sure)}`}</span>}
            </th>
            <td class="wide-only">{outcome === "same" || outcome === "different" ? <Chip words={OUTCOMES[outcome]} /> : null}</td>
            <td>
              {outcome === "same" || outcome === "different" ? (
                <span class="meta narrow-only">
                  <Chip words={OUTCOMES[outcome]} />
                </span>
              ) : null}
              {fields === null ? (
                <span class="quiet">The values were removed</span>
              ) : (
                fields.map((one) => (
                  <span class="meta">
                    {`${one.field}: `}
                    <Value value={one.intended} />
                    {one.outcome === "same" ? ", and so it is" : ", and people have "}
                    {one.outcome === "same" ? null : <Value value={one.people} />}
                  </span>
                ))
              )}
            </td>
            <td class="number wide-only">{sure === null ? "" : score(sure)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
