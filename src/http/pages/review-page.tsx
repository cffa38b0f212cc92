// The optimisation review of a workflow: the verdict first, then what it rests on, what it says about the threshold, and what has moved. Names of reviewers stand there only
// where the operation gives them. It shows and asks; whatever follows is a draft that somebody else approves.
import { costText } from "../../core/cost.ts";
import type { Failure } from "../../core/errors.ts";
import { may } from "../../operations/access.ts";
import { targetOf } from "../../operations/advise-spec.ts";
import type { Review } from "../../operations/read-review.ts";
import type { Judgement } from "../../operations/weekly-review.ts";
import type { ReviewerFigures } from "../../validation/reviewers.ts";
import { certificateAddress } from "./certificate-words.ts";
import { costsAddress, eachText } from "./costs-page.tsx";
import { effectsAddress } from "./effects-filter.tsx";
import { type Frame, Layout } from "./layout.tsx";
import { LimitField } from "./limit-field.tsx";
import { Chip, When } from "./marks.tsx";
import { Notice, Refusal } from "./refusal.tsx";
import { sheet } from "./report-parts.ts";
import { DriftPanel } from "./review-drift.tsx";
import { about, adviceSentence, atLeast, atMost, limitSentence, STANDING, score, verdictSentence } from "./review-words.ts";
import { WeekChart } from "./week-charts.tsx";
import { day, percent } from "./words.ts";

export interface ReviewPageProps {
  readonly frame: Frame;
  readonly review: Review;
  /** How many approvals wait for a second look that the reader may give. */
  readonly secondOpen: number;
  readonly now: number;
  readonly judged: Judgement | null;
  readonly refused: Failure | null;
}

export const reviewAddress = (
  workflow: string,
  { decision, days, limit }: { decision: string; days: number; limit?: number | undefined },
): string =>
  `/workflows/${encodeURIComponent(workflow)}/review?${new URLSearchParams({
    decision,
    days: String(days),
    ...(limit === undefined ? {} : { limit: String(limit) }),
  })}`;

export const ReviewPage = (props: ReviewPageProps) => {
  const { frame, review, judged, refused } = props;
  const { workflow } = review;
  return (
    <Layout frame={frame} title={`${workflow}: review`} section="workflows">
      <div class="page-head">
        <p class="crumb">
          <a href="/workflows">Workflows</a>
        </p>
        <h1>{`${workflow}: review of ${review.days} days`}</h1>
        <Chip words={STANDING[review.standing.kind]} />
        <p class="lead">
          <strong>{verdictSentence(review)}</strong>
        </p>
        <p class="quiet">
          {limitSentence(review)}
          {review.certificate === null ? null : (
            <>
              {" "}
              <a href={certificateAddress(review.certificate.id)}>See what it proves</a>.
            </>
          )}
        </p>
      </div>
      {refused ? <Refusal failure={refused} /> : null}
      {judged === null ? null : <JudgedNotice judged={judged} />}
      <Asked review={review} />
      <div class="column">
        <Audit {...props} />
        <AdvicePanel {...props} />
        <Cost review={review} />
        <DriftPanel review={review} />
        <Reviewers {...props} />
        <Second {...props} />
      </div>
    </Layout>
  );
};

const JudgedNotice = ({ judged: { judged, unlimited, tripped } }: { judged: Judgement }) => (
  <Notice>
    {tripped ? "The breaker has tripped: from now on every write is asked." : "The breaker was judged, and did not trip."}
    {judged
      .map(
        ({ decision, counts, decided, limit }) =>
          ` ${decision}: ${counts.wrong} wrong of ${decided.error.audited} looked at since the time that counts, at least ${atLeast(decided.error.lower)}, limit ${about(limit)}.`,
      )
      .join("")}
    {unlimited.length === 0 ? "" : ` No certificate says how much of ${unlimited.join(", ")} may be wrong: that cannot be judged.`}
  </Notice>
);

const Asked = ({ review: { workflow, decision, decisions, days, limit } }: { review: Review }) => (
  <form class="filter" method="get" action={`/workflows/${encodeURIComponent(workflow)}/review`}>
    <div class="field">
      <label for="review-decision">Decision</label>
      <select id="review-decision" name="decision">
        {decisions.map((name) => (
          <option value={name} selected={name === decision}>
            {name}
          </option>
        ))}
      </select>
    </div>
    <div class="field">
      <label for="review-days">Days</label>
      <input type="text" id="review-days" name="days" inputmode="numeric" value={String(days)} autocomplete="off" />
    </div>
    <LimitField id="review-limit" limit={limit} />
    <button type="submit" class="button">
      Show
    </button>
  </form>
);

const Audit = ({ frame, review, now }: ReviewPageProps) => {
  const { workflow, counts, drawn, share, rate, decision, since, until, standing } = review;
  const open = drawn.filter(({ verdict }) => verdict === null).length;
  const wrong = drawn.filter(({ verdict }) => verdict === "wrong");
  const mayRead = frame.principal !== null && may(frame.principal, "read effects", workflow);
  const bounds = "error" in standing ? standing.error : null;
  return (
    <section class="panel" aria-labelledby="review-audit">
      <h2 id="review-audit">What was written without asking</h2>
      {counts.written === 0 ? (
        <p>{`In ${review.days} days nothing was written because a model was sure enough of ${decision}.`}</p>
      ) : (
        <dl class="facts">
          <Fact name="Written">{String(counts.written)}</Fact>
          <Fact name="Looked at">{String(counts.right + counts.wrong + counts.cannotTell)}</Fact>
          <Fact name="Right">{String(counts.right)}</Fact>
          <Fact name="Wrong">{String(counts.wrong)}</Fact>
          <Fact name="Nobody could tell">{String(counts.cannotTell)}</Fact>
          <Fact name="Still to be looked at">{String(open)}</Fact>
          <Fact name="Error, counted">{bounds?.point == null ? "not known" : about(bounds.point)}</Fact>
          <Fact name="Error, bounds (95 % each)">
            {bounds === null ? "not known" : `${atLeast(bounds.lower)} to ${atMost(bounds.upper)}`}
          </Fact>
        </dl>
      )}
      <p class="quiet small">
        {counts.written === 0
          ? ""
          : `Exact bounds (Clopper-Pearson) of a random part of the writes that rest on ${decision}. What nobody could tell counts as wrong in the upper bound, and as right in the lower. `}
        {drawnSentence(share, rate)}
      </p>
      {!mayRead ? null : (
        <>
          {open === 0 ? null : (
            <p>
              <a class="button" href={effectsAddress({ workflow, sampled: "open", from: since, to: until })}>
                {`Look at the ${open} that wait`}
              </a>
            </p>
          )}
          {wrong.length === 0 ? null : (
            <table class="list after">
              <caption class="unseen">Writes that were wrong</caption>
              <thead>
                <tr>
                  <th scope="col" class="record">
                    Record
                  </th>
                  <th scope="col">What was wrong</th>
                  <th scope="col" class="number wide-only">
                    Score
                  </th>
                </tr>
              </thead>
              <tbody>
                {wrong.slice(0, 50).map((row) => (
                  <tr>
                    <th scope="row">
                      <a href={`/runs/${encodeURIComponent(row.run)}`}>{row.target}</a>
                      <span class="meta">{row.step}</span>
                      <span class="meta">
                        <When at={row.at} now={now} />
                      </span>
                      <span class="meta narrow-only">{`score ${score(row.score)}`}</span>
                    </th>
                    <td>{row.note}</td>
                    <td class="number wide-only">{score(row.score)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </>
      )}
      {frame.principal !== null && may(frame.principal, "check the breaker", workflow) ? (
        <form method="post" action={`/workflows/${encodeURIComponent(workflow)}/review/breaker`} class="act">
          <p class="small">
            Each week the breaker is judged on four weeks of this: where more than the certificate's limit is proved to be wrong, every
            write is asked until you close it.
          </p>
          <button type="submit" class="button">
            Judge it now
          </button>
        </form>
      ) : null}
    </section>
  );
};

function drawnSentence(share: number, rate: Review["rate"]): string {
  const drawn =
    share === 0 ? "None of such writes are drawn to be looked at" : `Of such writes ${percent(share)} are drawn to be looked at`;
  if (rate !== null) return `${drawn}: the spec's share, or what gives 60 a quarter at ${rate.writes} in ${rate.days} days.`;
  return `${drawn}, as the spec says (auditSampling). Once a day it is counted how many there are, and more are drawn where that is needed for 60 a quarter.`;
}

const Fact = ({ name, children }: { name: string; children: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

const AdvicePanel = ({ frame, review }: ReviewPageProps) => {
  const { workflow, decision, days, limit, advice, advised, threshold, certificate, cut } = review;
  const target = targetOf(advice);
  const mayDraft = frame.principal !== null && may(frame.principal, "write specs", workflow);
  const steps = advice !== null && "steps" in advice ? advice.steps : [];
  return (
    <section class="panel" aria-labelledby="review-advice">
      <h2 id="review-advice">The threshold</h2>
      <p>{adviceSentence(review)}</p>
      {steps.length === 0 ? null : (
        <details>
          <summary class="small">Each threshold that was tried</summary>
          {sheet({
            caption: "Each threshold that was tried",
            head: ["Threshold", "More written", "Answered", "Changed or rejected", "Wrong, estimated", "At most (95 %)", "Holds"],
            rows: steps.map((step) => [
              score(step.threshold),
              step.more,
              step.answered,
              step.errors,
              about(step.point),
              atMost(step.upper),
              step.passes ? "yes" : "no",
            ]),
          })}
        </details>
      )}
      <p class="quiet small">
        An answer counts as right where the reviewer let it through unchanged. Those answers are a person's, given with the proposal before
        them: where reviewers agree too easily, this bound is too good. Answers that were asked for another reason than the model being
        unsure are not counted.
        {cut ? " There were more answers than are read here; the oldest are left out." : ""}
      </p>
      {target === null ? null : mayDraft ? (
        <form method="post" action={`/workflows/${encodeURIComponent(workflow)}/review/draft`} class="act">
          <input type="hidden" name="to" value={String(target)} />
          <input type="hidden" name="decision" value={decision} />
          <input type="hidden" name="days" value={String(days)} />
          {limit.from === "asked" ? <input type="hidden" name="limit" value={String(limit.share)} /> : null}
          <p class="small">
            {`Makes a draft of the next rules with ${target === "ask" ? "no threshold" : `the threshold ${score(target)}`} in the place of ${
              threshold === null ? "none" : score(threshold)
            }, and puts this evidence on record. Nothing changes until a process owner approves it.${
              certificate === null
                ? ""
                : ` It takes the place of certificate ${certificate.id}: until there is another, the weekly breaker has no limit to judge by.`
            }`}
          </p>
          <button type="submit" class="button primary">
            Make it a draft
          </button>
        </form>
      ) : (
        <p class="quiet small">An author can make this a draft; a process owner approves it.</p>
      )}
      {advised.length === 0 ? null : (
        <>
          <h3>Drafts that a review advised</h3>
          <ul class="plain">
            {advised.map(({ version, at, by }) => (
              <li>
                <a href={`/specs/${encodeURIComponent(workflow)}/${version}`}>{`Version ${version}`}</a>
                {`, ${by}, ${day(at)}`}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
};

const Reviewers = ({ review: { reviewers, weeks, answers, days } }: ReviewPageProps) => {
  const { all, named, people } = reviewers;
  const points = weeks.map(({ week, answers: given }) => {
    const answered = given.approved + given.edited + given.rejected;
    return { week, value: answered === 0 ? null : (given.edited + given.rejected) / answered };
  });
  return (
    <section class="panel" aria-labelledby="review-people">
      <h2 id="review-people">What people answered</h2>
      {answers === 0 ? (
        <p>{`Nobody answered an approval in ${days} days.`}</p>
      ) : (
        <dl class="facts">
          <Fact name="Answers">{String(all.answers)}</Fact>
          <Fact name="Reviewers">{String(people)}</Fact>
          <Fact name="Left as proposed">{all.answers === 0 ? "none" : `${all.unchanged} (${about(all.unchangedShare)})`}</Fact>
          <Fact name="Median time">{timeOf(all)}</Fact>
          <Fact name="Expired, or not enough to go on">{String(answers - all.answers)}</Fact>
        </dl>
      )}
      {points.filter(({ value }) => value !== null).length > 1 ? (
        <WeekChart
          id="overrides"
          title="Changed or rejected, of what was answered"
          summary={`${all.answers === 0 ? "Nothing was" : `${about(1 - all.unchangedShare)} were`} changed or rejected over all these weeks.`}
          points={points}
          format={(value) => `${(value * 100).toFixed(0)} %`}
          least={0.1}
        />
      ) : null}
      <Flags figures={all} whose="All answers together" />
      {named.length === 0 ? null : (
        <>
          <h3>By reviewer</h3>
          {sheet({
            caption: "Answers by reviewer",
            head: ["Reviewer", "Answers", "Left as proposed", "Median time", "To be talked about"],
            rows: named.map(({ name, figures }) => [
              name,
              figures.answers,
              about(figures.unchangedShare),
              timeOf(figures),
              figures.flags.map((flag) => FLAGS[flag]).join("; ") || "nothing",
            ]),
          })}
        </>
      )}
      <p class="quiet small">
        Single reviewers are shown to the process owner, and each to themselves. From 50 answers on it is said when more than 98 % were left
        as proposed or the median time is below 3 seconds. That is a reason to talk, and no proof of anything.
      </p>
    </section>
  );
};

const FLAGS = { too_fast: "median below 3 seconds", always_agrees: "more than 98 % left as proposed" } as const;

const Flags = ({ figures, whose }: { figures: ReviewerFigures; whose: string }) =>
  figures.flags.length === 0 ? null : <p class="note">{`${whose}: ${figures.flags.map((flag) => FLAGS[flag]).join("; ")}.`}</p>;

const timeOf = ({ medianMs, timed, answers }: ReviewerFigures): string =>
  medianMs === null ? "not known" : `${(medianMs / 1000).toFixed(1)} s${timed === answers ? "" : ` (known of ${timed})`}`;

/** What the same days show on /costs: the calls of every decision of this workflow. */
const Cost = ({ review: { cost, workflow, days, since } }: { review: Review }) =>
  cost === null ? null : (
    <section class="panel" aria-labelledby="review-cost">
      <h2 id="review-cost">What it cost</h2>
      <dl class="facts">
        <Fact name="Model calls">{costText(cost)}</Fact>
        <Fact name="Per run">{`${eachText(cost, cost.runs)} (${cost.runs} ${cost.runs === 1 ? "run" : "runs"})`}</Fact>
        <Fact name="Per automated record">
          {cost.automated === 0 ? "no automated record" : `${eachText(cost, cost.automated)} (${cost.automated} automated)`}
        </Fact>
      </dl>
      <p class="quiet small">
        {`Of the decisions of ${days} days. An automated record is a run that wrote and in which nobody was asked: what all runs cost is divided by their number. `}
        <a href={costsAddress({ workflow, from: since })}>By day and model</a>
      </p>
    </section>
  );

const Second = ({ frame, review: { second, workflow }, secondOpen }: ReviewPageProps) => (
  <section class="panel" aria-labelledby="review-second">
    <h2 id="review-second">What a second reviewer makes of it, blind</h2>
    {second.reviewed === 0 ? (
      <p>Nothing was reviewed twice in this time. A spec with review.blindSecond draws a share of the answers for it.</p>
    ) : (
      <p>
        {`${second.reviewed === 1 ? "One answer was" : `${second.reviewed} answers were`} given twice, the second time without the proposal and the first answer: ${second.same} ${second.same === 1 ? "is" : "are"} the same. They differ in ${about(
          second.share ?? 0,
        )} (between ${atLeast(second.interval[0])} and ${atMost(second.interval[1])}): there at least one of the two was wrong. ${
          second.kappa === null ? "" : `Cohen's kappa is ${second.kappa.toFixed(2)}; 1 is full agreement, 0 what chance would give.`
        }`}
      </p>
    )}
    {secondOpen > 0 && frame.principal !== null && may(frame.principal, "review again", workflow) ? (
      <p>
        <a class="button" href={`/workflows/${encodeURIComponent(workflow)}/second-reviews`}>{`Give a second answer to ${secondOpen}`}</a>
      </p>
    ) : null}
  </section>
);
