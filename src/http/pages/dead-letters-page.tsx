// What could not be handled, with its reason and its text, latest first. A list only; the text is another system's, and is shown as text.
import type { DeadLetterRow } from "../../db/reads.ts";
import { LIST_REFRESH_S } from "./approvals-page.tsx";
import { type Frame, Layout } from "./layout.tsx";
import { Empty } from "./list-parts.tsx";
import { When } from "./marks.tsx";

export interface DeadLettersPageProps {
  readonly frame: Frame;
  readonly letters: readonly DeadLetterRow[];
  /** How many are shown at most: an older one is in the database still. */
  readonly limit: number;
  readonly now: number;
}

const LONGEST = 20_000;

export const DeadLettersPage = ({ frame, letters, limit, now }: DeadLettersPageProps) => (
  <Layout frame={frame} title="Dead letters" section="dead-letters" refresh={LIST_REFRESH_S}>
    <div class="page-head">
      <h1>Dead letters</h1>
      <p class="lead">
        Deliveries and messages that could not be handled. Nothing here was lost, and nothing here is tried again by itself.
      </p>
    </div>
    {letters.length === 0 ? (
      <Empty title="No dead letters">
        An authentic delivery that cannot be read, or an event that no run could be started for, is kept here with the reason and its whole
        text.
      </Empty>
    ) : (
      <table class="list">
        <caption class="unseen">Dead letters, latest first</caption>
        <thead>
          <tr>
            <th scope="col" class="record">
              Received
            </th>
            <th scope="col">Reason</th>
          </tr>
        </thead>
        <tbody>
          {letters.map(({ at, source, reason, body }) => (
            <tr>
              <th scope="row">
                <When at={at} now={now} />
                <span class="meta">{source}</span>
              </th>
              <td>
                <p>{reason}</p>
                <details class="json">
                  <summary>{`Its text, ${body.length} characters`}</summary>
                  <pre>
                    <code>{body.length > LONGEST ? `${body.slice(0, LONGEST)}\n… shortened` : body}</code>
                  </pre>
                </details>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
    {letters.length < limit ? null : <p class="quiet">{`The latest ${limit} are shown.`}</p>}
  </Layout>
);
