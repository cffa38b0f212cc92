// What could not be handled, with its reason and its text, latest first: the open ones, or those whose replay succeeded. The text is another system's, and is
// shown as text. It never loads again by itself, because something may be entered in it.
import type { Failure } from "../../core/errors.ts";
import type { DeadLetterRow } from "../../db/reads.ts";
import { may } from "../../operations/access.ts";
import { type Frame, Layout } from "./layout.tsx";
import { Answered, type LetterFilter, letterAddress, ManyAnswered, Outcome, ReplayAll, ReplayOne } from "./letter-replay.tsx";
import { Empty, Tabs } from "./list-parts.tsx";
import { When } from "./marks.tsx";
import { Refusal } from "./refusal.tsx";

export interface DeadLettersPageProps {
  readonly frame: Frame;
  readonly letters: readonly DeadLetterRow[];
  readonly filter: LetterFilter;
  /** How many are shown at most: an older one is in the database still. */
  readonly limit: number;
  readonly now: number;
  /** The letter that was just replayed, as it is now. */
  readonly answered?: DeadLetterRow | null;
  readonly many?: { readonly replayed: number; readonly failed: number } | null;
  readonly refused?: Failure | null;
}

const LONGEST = 20_000;

export const DeadLettersPage = ({ frame, letters, filter, limit, now, answered, many, refused }: DeadLettersPageProps) => {
  const { status, source, reason } = filter;
  const isOperator = frame.principal !== null && may(frame.principal, "replay dead letters", null);
  return (
    <Layout frame={frame} title={status === "open" ? "Dead letters" : "Replayed dead letters"} section="dead-letters">
      <div class="page-head">
        <h1>Dead letters</h1>
        <p class="lead">
          Deliveries and messages that could not be handled. Nothing here was lost, and nothing here is tried again by itself: once the
          cause is gone, an operator replays it.
        </p>
      </div>
      {refused ? <Refusal failure={refused} /> : null}
      {answered ? <Answered letter={answered} /> : null}
      {many ? <ManyAnswered many={many} /> : null}
      <Tabs
        label="Dead letters by state"
        tabs={[
          { text: "Open", href: letterAddress({ source, reason }), current: status === "open" },
          { text: "Replayed", href: letterAddress({ status: "replayed", source, reason }), current: status === "replayed" },
        ]}
      />
      <Filter filter={filter} />
      {letters.length === 0 ? <Nothing filter={filter} /> : null}
      {letters.length > 0 && status === "open" && isOperator ? <ReplayAll filter={filter} /> : null}
      {letters.length > 0 && status === "open" && !isOperator ? <p class="quiet small">An operator can replay these.</p> : null}
      {letters.length === 0 ? null : (
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
            {letters.map((letter) => (
              <tr>
                <th scope="row">
                  <When at={letter.at} now={now} />
                  <span class="meta">
                    {letter.kind} from{" "}
                    <a href={letterAddress({ ...(status === "open" ? {} : { status }), source: letter.source })}>{letter.source}</a>
                  </span>
                </th>
                <td>
                  <div class="letter">
                    <p>{letter.reason}</p>
                    <Outcome letter={letter} now={now} />
                    <details class="json">
                      <summary>{`Its text, ${letter.body.length} characters`}</summary>
                      <pre>
                        <code>{letter.body.length > LONGEST ? `${letter.body.slice(0, LONGEST)}\n… shortened` : letter.body}</code>
                      </pre>
                    </details>
                    {letter.open && isOperator ? <ReplayOne letter={letter} filter={filter} /> : null}
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {letters.length < limit ? null : <p class="quiet">{`The latest ${limit} are shown.`}</p>}
    </Layout>
  );
};

const Filter = ({ filter: { status, source, reason } }: { filter: LetterFilter }) => (
  <form method="get" action="/dead-letters" class="filter" aria-label="Filter">
    {status === "open" ? null : <input type="hidden" name="status" value={status} />}
    <div class="field">
      <label for="source">Source</label>
      <input type="text" id="source" name="source" value={source ?? ""} autocomplete="off" />
    </div>
    <div class="field">
      <label for="reason">Part of the reason</label>
      <input type="text" id="reason" name="reason" value={reason ?? ""} autocomplete="off" />
    </div>
    <button type="submit" class="button">
      Filter
    </button>
    {source === undefined && reason === undefined ? null : (
      <a class="button" href={letterAddress({ status: status === "open" ? undefined : status })}>
        Show all
      </a>
    )}
  </form>
);

const Nothing = ({ filter: { status, source, reason } }: { filter: LetterFilter }) => {
  if (source !== undefined || reason !== undefined)
    return <Empty title="No dead letters match">Another source, another part of the reason, or the other tab may have some.</Empty>;
  return status === "open" ? (
    <Empty title="No dead letters">
      An authentic delivery that cannot be read, or an event that no run could be started for, is kept here with the reason and its whole
      text.
    </Empty>
  ) : (
    <Empty title="Nothing was replayed yet">A letter whose replay succeeded is kept here, with how it ended and who asked for it.</Empty>
  );
};
