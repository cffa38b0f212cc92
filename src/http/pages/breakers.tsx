// The breakers of workflows: which are open, with what tripped them and the numbers behind it; for a process owner the form that closes one; and the latest that were closed.
import type { Failure } from "../../core/errors.ts";
import type { Principal } from "../../core/principal.ts";
import { may } from "../../operations/access.ts";
import type { Breaker } from "../../operations/breakers.ts";
import { Chip, JsonDetails, When } from "./marks.tsx";
import { ReasonField } from "./reason-field.tsx";
import type { StatusWords } from "./status-words.ts";
import type { SwitchDraft } from "./stops-page.tsx";
import { sentence } from "./words.ts";

interface BreakersProps {
  readonly breakers: readonly Breaker[];
  readonly principal: Principal | null;
  readonly now: number;
  readonly draft: SwitchDraft | null;
  readonly refused: Failure | null;
}

const OPEN: StatusWords = { label: "Asks about every write", tone: "warn", shape: "question" };

export const Breakers = ({ breakers, principal, now, draft, refused }: BreakersProps) => {
  const open = breakers.filter(({ closed }) => closed === null);
  const closed = breakers.filter((one) => one.closed !== null);
  return (
    <section id="breakers" aria-labelledby="breakers-title">
      <h2 class="between" id="breakers-title">
        Breakers
      </h2>
      <p>
        A breaker is tripped when too many of the writes that nobody was asked about turn out wrong. While it is open, its workflow goes on
        and asks about every write, but for those that its rules never ask about. It tightens by itself, and only a person loosens it again.
      </p>
      {open.length === 0 ? <p class="quiet">None is open.</p> : null}
      <div class="cards">
        {open.map((one, index) => (
          <Open
            one={one}
            index={index}
            now={now}
            mayClose={principal !== null && may(principal, "close breakers", one.workflow)}
            draft={draft?.scope === one.workflow ? draft : null}
            refused={refused}
          />
        ))}
      </div>
      {closed.length === 0 ? null : <Closed breakers={closed} now={now} />}
    </section>
  );
};

interface OpenProps {
  readonly one: Breaker;
  readonly index: number;
  readonly now: number;
  readonly mayClose: boolean;
  readonly draft: SwitchDraft | null;
  readonly refused: Failure | null;
}

const Open = ({ one: { workflow, openedAt, openedBy, reason, evidence }, index, now, mayClose, draft, refused }: OpenProps) => {
  const id = `breaker-reason-${index}`;
  return (
    <article class="panel switch" aria-labelledby={`breaker-${index}`}>
      <div class="write-head">
        <h3 id={`breaker-${index}`}>{workflow}</h3>
        <Chip words={OPEN} />
      </div>
      <p>
        Tripped by {openedBy}, <When at={openedAt} now={now} />: {sentence(reason)}
      </p>
      <JsonDetails label="The numbers behind it" value={evidence} />
      {mayClose ? (
        <details class="more" open={draft !== null}>
          <summary class="button">Close it</summary>
          <form method="post" action={`/stops/breakers/${encodeURIComponent(workflow)}/close`}>
            <input type="hidden" name="openedAt" value={String(openedAt)} />
            <p class="small">The workflow then acts alone again wherever its rules let it.</p>
            <ReasonField
              id={id}
              label="What has changed since (required)"
              required
              value={draft?.reason}
              refused={draft === null ? null : refused}
            />
            <button type="submit" class="button danger">
              {`Close the breaker of ${workflow}`}
            </button>
          </form>
        </details>
      ) : (
        <p class="quiet small">A process owner of this workflow closes it.</p>
      )}
    </article>
  );
};

const Closed = ({ breakers, now }: { breakers: readonly Breaker[]; now: number }) => (
  <table class="list">
    <caption class="unseen">Breakers that were closed, the latest first</caption>
    <thead>
      <tr>
        <th scope="col" class="record">
          Tripped
        </th>
        <th scope="col">Why, and how it was closed</th>
      </tr>
    </thead>
    <tbody>
      {breakers.map(({ workflow, openedAt, openedBy, reason, closed }) => (
        <tr>
          <th scope="row">
            <When at={openedAt} now={now} />
          </th>
          <td>
            {`${workflow}, by ${openedBy}: ${sentence(reason)}`}
            {closed === null ? null : (
              <span class="meta">
                Closed by {closed.by}, <When at={closed.at} now={now} />: {sentence(closed.because)}
              </span>
            )}
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);
