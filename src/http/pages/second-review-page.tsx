// One answer that is to be given again, blind: the record and the values to choose from. It must not show, link or preselect anything of what was proposed or answered.
import type { Failure } from "../../core/errors.ts";
import { canonical } from "../../core/json.ts";
import type { BlindTask } from "../../operations/second-review.ts";
import { type Frame, Layout } from "./layout.tsx";
import { Empty } from "./list-parts.tsx";
import { Value } from "./marks.tsx";
import { Notice, Refusal } from "./refusal.tsx";
import { SourceRecord } from "./source-record.tsx";
import { actionWords, capital } from "./words.ts";

export interface SecondReviewPageProps {
  readonly frame: Frame;
  readonly workflow: string;
  /** Null where nothing waits for this reader. */
  readonly task: BlindTask | null;
  /** How many wait, this one included. */
  readonly open: number;
  readonly now: number;
  readonly answered: boolean;
  readonly refused: Failure | null;
}

export const FIELD_PREFIX = "value:";

export const SecondReviewPage = ({ frame, workflow, task, open, now, answered, refused }: SecondReviewPageProps) => (
  <Layout frame={frame} title={`${workflow}: second answers`} section="workflows">
    <div class="page-head">
      <p class="crumb">
        <a href={`/workflows/${encodeURIComponent(workflow)}/review`}>Review</a>
      </p>
      <h1>{task === null ? "Second answers" : `${capital(actionWords(task.action))} on ${task.target}`}</h1>
      <p class="lead">
        {task === null
          ? "Some answers are given once more by another reviewer, from the record alone. It changes nothing, and says how far two people agree."
          : "Somebody has answered this already. Answer it once more from the record alone, as if nothing had been proposed: it changes nothing, and says how far two people agree."}
      </p>
      {open > 1 ? <p class="quiet">{`${open} wait for a second answer.`}</p> : null}
    </div>
    {answered ? <Notice>Your answer is recorded.</Notice> : null}
    {refused ? <Refusal failure={refused} /> : null}
    {task === null ? (
      <Empty title="Nothing to answer">
        Answers that were drawn appear here for two weeks, for reviewers who took no part in their runs. How many are drawn the rules say,
        under review.blindSecond; without it none are.
      </Empty>
    ) : (
      <div class="two">
        <div class="column">
          <SourceRecord detail={task.record} now={now} />
        </div>
        <aside class="column aside" aria-label="Your answer">
          <section class="panel" aria-labelledby="second-answer">
            <h2 id="second-answer">Your answer</h2>
            <form
              method="post"
              action={`/workflows/${encodeURIComponent(workflow)}/second-reviews/${encodeURIComponent(task.approval)}`}
              class="decide"
            >
              {Object.entries(task.choices).map(([field, values]) => (
                <div class="field">
                  <label for={`value-${field}`}>{field}</label>
                  <p class="small quiet">
                    {"It was "}
                    <Value value={task.before[field] ?? null} />
                  </p>
                  <select id={`value-${field}`} name={`${FIELD_PREFIX}${field}`}>
                    <option value="">choose</option>
                    {values.map((value) => (
                      <option value={canonical(value)}>{typeof value === "string" ? value : canonical(value)}</option>
                    ))}
                  </select>
                </div>
              ))}
              <div class="radio">
                <input type="checkbox" id="second-reject" name="reject" value="yes" />
                <label for="second-reject">Nothing should be written</label>
              </div>
              <div class="field">
                <label for="second-note">Why; needed where nothing should be written. It stays: name nobody</label>
                <input type="text" id="second-note" name="note" maxlength={2000} autocomplete="off" />
              </div>
              <button type="submit" class="button primary">
                Record my answer
              </button>
            </form>
          </section>
        </aside>
      </div>
    )}
  </Layout>
);
