// What became of a request to many runs: how many did it, which refused and why, and the way to the next ones.
import type { RunsWanted } from "../../db/runs.ts";
import type { ManyAnswer } from "../../operations/many-runs.ts";
import { type Frame, Layout } from "./layout.tsx";
import { ASKS, type AskName, countText } from "./many-runs-form.tsx";
import { Notice } from "./refusal.tsx";
import { filterText, Kept, runsAddress } from "./runs-filter.tsx";
import { sentence } from "./words.ts";

export interface ManyAnswerPageProps {
  readonly frame: Frame;
  readonly filter: RunsWanted;
  readonly ask: AskName;
  readonly reason: string;
  readonly answer: ManyAnswer;
}

export const ManyAnswerPage = ({ frame, filter, ask, reason, answer: { matched, done, next, refused } }: ManyAnswerPageProps) => (
  <Layout frame={frame} title={`${ASKS[ask].label}: the answers`} section="runs">
    <div class="page-head">
      <p class="crumb">
        <a href={runsAddress(filter)}>The runs that match</a>
      </p>
      <h1>{`${ASKS[ask].label}: the answers`}</h1>
      <p class="lead">{`Asked of the ${filterText(filter)}.`}</p>
    </div>
    {matched === 0 ? (
      <Notice>{ask === "replay" ? "No run matched that was not begun anew already." : "No run matched."}</Notice>
    ) : refused.length === 0 ? (
      <Notice>{`${countText(done, done)}: ${ASKS[ask].done}. Lists and pages follow within a second.`}</Notice>
    ) : (
      <div class="banner bad" role="alert">
        <h2>{`${refused.length} of ${countText(matched, matched)} refused`}</h2>
        <p>{`${countText(done, done)}: ${ASKS[ask].done}. Those below were left as they are.`}</p>
      </div>
    )}
    {next === null ? null : (
      <form method="post" action="/runs/bulk" class="panel act">
        <Kept filter={filter} />
        <input type="hidden" name="ask" value={ask} />
        <input type="hidden" name="reason" value={reason} />
        <input type="hidden" name="after" value={`${next.at}.${next.id}`} />
        <input type="hidden" name="confirmed" value="yes" />
        <button type="submit" class="button" aria-describedby="next-help">
          Go on with the next
        </button>
        <p class="quiet small" id="next-help">
          More runs match: at most 200 of them are asked next.
        </p>
      </form>
    )}
    {refused.length === 0 ? null : (
      <table class="list">
        <caption class="unseen">Runs that refused</caption>
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {refused.map(({ run, code, message }) => (
            <tr>
              <th scope="row">
                <a href={`/runs/${encodeURIComponent(run)}`}>{run}</a>
              </th>
              <td>
                {sentence(message)}
                <span class="meta">{code}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
  </Layout>
);
