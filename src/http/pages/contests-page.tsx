// Contested changes: those that wait for a judgement, and how the others ended; and, on a run's page, the form that records one.
import type { Failure } from "../../core/errors.ts";
import { may } from "../../operations/access.ts";
import type { Contest } from "../../operations/contest.ts";
import { type Frame, Layout } from "./layout.tsx";
import { Empty, Tabs } from "./list-parts.tsx";
import { Chip, When } from "./marks.tsx";
import { Refusal } from "./refusal.tsx";
import type { StatusWords } from "./status-words.ts";
import { actionWords, capital } from "./words.ts";

export interface ClosingDraft {
  readonly id: string;
  readonly outcome: string;
  readonly reason: string;
}

export interface ContestsPageProps {
  readonly frame: Frame;
  readonly status: "open" | "closed";
  readonly contests: readonly Contest[];
  readonly now: number;
  readonly refused?: Failure | null;
  readonly draft?: ClosingDraft | null;
}

const OPEN: StatusWords = { label: "To be judged", tone: "warn", shape: "question" };
const OUTCOMES: Readonly<Record<"upheld" | "changed", StatusWords>> = {
  upheld: { label: "The change stands", tone: "good", shape: "check" },
  changed: { label: "Changed", tone: "info", shape: "back" },
};

export const ContestsPage = ({ frame, status, contests, now, refused = null, draft = null }: ContestsPageProps) => (
  <Layout frame={frame} title={status === "open" ? "Contested" : "Closed contests"} section="approvals">
    <div class="page-head">
      <h1>Contested</h1>
      <p class="lead">
        A person affected does not accept a change. Somebody who had no part in the decision looks at the record anew and says whether it
        stands. This changes no record by itself: undo the write on its run’s page, or begin a new run, before you say that it was changed.
      </p>
    </div>
    <Tabs
      label="Contests by state"
      tabs={[
        { text: "To be judged", href: "/contests", current: status === "open" },
        { text: "Closed", href: "/contests?status=closed", current: status === "closed" },
        { text: "All approvals", href: "/approvals", current: false },
      ]}
    />
    {refused === null ? null : <Refusal failure={refused} />}
    {contests.length === 0 ? (
      status === "open" ? (
        <Empty title="Nothing is contested">
          When a person affected objects to a change, an operator or a reviewer records it on the page of its run, and it waits here for a
          judgement.
        </Empty>
      ) : (
        <Empty title="No contest was closed yet">Each one is kept here with who judged it, how and why.</Empty>
      )
    ) : (
      <div class="cards">
        {contests.map((contest, index) => (
          <OneContest
            contest={contest}
            index={index}
            frame={frame}
            now={now}
            refused={refused}
            draft={draft?.id === contest.id ? draft : null}
          />
        ))}
      </div>
    )}
  </Layout>
);

interface OneContestProps {
  readonly contest: Contest;
  readonly index: number;
  readonly frame: Frame;
  readonly now: number;
  readonly refused: Failure | null;
  readonly draft: ClosingDraft | null;
}

const OneContest = ({ contest, index, frame, now, refused, draft }: OneContestProps) => {
  const { run, workflow, step, action, target, person, reason, at, by, closing } = contest;
  const mayJudge = frame.principal !== null && may(frame.principal, "judge contests", workflow);
  return (
    <article class="panel" aria-labelledby={`contest-${index}`}>
      <div class="write-head">
        <h2 id={`contest-${index}`}>{`${action === "" ? `“${step}”` : capital(actionWords(action))} on ${target}`}</h2>
        <Chip words={closing === null ? OPEN : OUTCOMES[closing.outcome]} />
      </div>
      <p class="meta">
        {`${workflow}, step “${step}”`} <span aria-hidden="true">·</span> <a href={`/runs/${encodeURIComponent(run)}`}>Open the run</a>
      </p>
      <p>
        {`Contested by ${person}, recorded by ${by}, `}
        <When at={at} now={now} />:
      </p>
      <blockquote>{reason}</blockquote>
      {closing === null ? null : (
        <>
          <p>
            {`Judged by ${closing.by}, `}
            <When at={closing.at} now={now} />:
          </p>
          <blockquote>{closing.reason}</blockquote>
        </>
      )}
      {closing === null && by === frame.principal?.id ? <p class="quiet small">You recorded it: somebody else judges it.</p> : null}
      {closing === null && mayJudge && by !== frame.principal?.id ? (
        <Closing id={contest.id} index={index} refused={refused} draft={draft} />
      ) : null}
    </article>
  );
};

const Closing = ({ id, index, refused, draft }: { id: string; index: number; refused: Failure | null; draft: ClosingDraft | null }) => {
  const error = draft !== null && refused?.field === "reason" ? refused.message : null;
  const reasonId = `reason-${index}`;
  return (
    <details class="more" open={draft !== null}>
      <summary class="button">Judge it</summary>
      <form method="post" action={`/contests/${encodeURIComponent(id)}/closing`}>
        <fieldset>
          <legend>How it ends</legend>
          {(["upheld", "changed"] as const).map((outcome) => (
            <div class="radio">
              <input type="radio" id={`${outcome}-${index}`} name="outcome" value={outcome} required checked={draft?.outcome === outcome} />
              <label for={`${outcome}-${index}`}>{outcome === "upheld" ? "The change stands" : "It was changed"}</label>
            </div>
          ))}
        </fieldset>
        <div class="field">
          <label for={reasonId}>Why, in your own words (required)</label>
          <textarea
            id={reasonId}
            name="reason"
            rows={3}
            maxlength={2000}
            required
            aria-invalid={error === null ? undefined : "true"}
            aria-describedby={error === null ? undefined : `${reasonId}-error`}
          >
            {`\n${draft?.reason ?? ""}`}
          </textarea>
          {error === null ? null : (
            <p class="error" id={`${reasonId}-error`}>
              {error}
            </p>
          )}
        </div>
        <button type="submit" class="button">
          Close the contest
        </button>
      </form>
    </details>
  );
};
