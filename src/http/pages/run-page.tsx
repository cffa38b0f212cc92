// One run: how it stands and what it waits for, where it comes from, what can be asked of it, what it wrote and how to take that back, what people were asked,
// and its journal in plain words.
import type { Child } from "hono/jsx";
import { costText } from "../../core/cost.ts";
import type { Failure } from "../../core/errors.ts";
import type { RunState } from "../../core/run.ts";
import type { ApprovalRow, RunDetail } from "../../db/reads.ts";
import { may } from "../../operations/access.ts";
import type { Contest } from "../../operations/contest.ts";
import type { ActionFacts } from "../action-facts.ts";
import { type Frame, Layout } from "./layout.tsx";
import { Chip, JsonDetails, When } from "./marks.tsx";
import { type OperatorQuestion, operatorQuestion } from "./operator-choices.ts";
import { readsOf, recordOf } from "./record-view.ts";
import { Notice, nextStep, Refusal } from "./refusal.tsx";
import { Relatives } from "./relatives.tsx";
import { Removed, removedWhen } from "./removed.tsx";
import { type RunChoices, runChoices } from "./run-choices.ts";
import { RunContests } from "./run-contests.tsx";
import { type ControlDraft, RunControl } from "./run-control.tsx";
import { BegunAgain, RunOrigin } from "./run-origin.tsx";
import { RunWrites } from "./run-writes.tsx";
import { specAddress } from "./specs-page.tsx";
import { approvalStatus, runStatus, waitsFor } from "./status-words.ts";
import { Timeline } from "./timeline.tsx";
import { capital, changeInWords, sentence } from "./words.ts";

export const NOTICES = {
  approved: "Approved. Interlock writes the change now.",
  answered: "Answered. The run goes on with your answer.",
  edited: "Approved with your values. Interlock writes them now.",
  rejected: "Rejected. Nothing is written.",
  insufficient: "Answered: not enough information. Nothing is written.",
  undo: "The undo is under way.",
  resolved: "Your answer is recorded, and the run goes on.",
  paused: "The run is paused: no new step begins.",
  resumed: "The run goes on.",
  cancelled: "The run is being cancelled: nothing new is begun.",
  retried: "The run goes on from the step that failed.",
  begun: "This is the new run.",
  contested: "The contest is recorded, and waits for somebody who had no part in the decision.",
} as const;
export type NoticeName = keyof typeof NOTICES;

export interface RunPageProps {
  readonly frame: Frame;
  readonly detail: RunDetail;
  readonly actions: Readonly<Record<string, ActionFacts | null>>;
  readonly now: number;
  readonly notice?: NoticeName | null;
  readonly refused?: Failure | null;
  /** What was entered in the form that was refused. */
  readonly draft?: ControlDraft | null;
  /** Ids of the runs that were begun again for the same event. */
  readonly again?: readonly string[];
  /** Which of its changes are contested; null where that was not asked. */
  readonly contests?: readonly Contest[] | null;
  /** What was entered in a contest that was refused. */
  readonly contestDraft?: Readonly<Record<string, string>> | null;
}

export const RunPage = ({
  frame,
  detail,
  actions,
  now,
  notice = null,
  refused = null,
  draft = null,
  again = [],
  contests = null,
  contestDraft = null,
}: RunPageProps) => {
  const { run, rollback, audit, effects, approvals, event, cost } = detail;
  const address = `/runs/${encodeURIComponent(run.id)}`;
  const isOperator = frame.principal !== null && may(frame.principal, "control runs", run.workflow);
  const question = operatorQuestion(detail);
  const choices = runChoices(detail);
  const waits = waitsFor(run);
  const record = recordOf({ event, reads: readsOf(audit) });
  const open = approvals.find(({ status }) => status === "pending");
  return (
    <Layout frame={frame} title={`${run.workflow}, record ${run.subject}`} section="runs">
      <div class="page-head">
        <p class="crumb">
          <a href="/runs">Runs</a>
        </p>
        {record?.title == null ? null : <p class="about">{record.title}</p>}
        <h1>{`${run.workflow}, record ${run.subject}`}</h1>
        <p class="status-line">
          <Chip words={runStatus(run)} />
          {waits === null || question !== null ? null : <span>{sentence(waits)}</span>}
          {open === undefined ? null : (
            <a class="button primary" href={`/approvals/${encodeURIComponent(open.id)}`}>
              Open the approval
            </a>
          )}
        </p>
        <Stopping choices={choices} state={run.state} />
        <RunOrigin audit={audit} run={run} />
        <BegunAgain runs={again} self={run.id} />
      </div>
      {notice === null ? null : (
        <Notice>
          {NOTICES[notice]} This page follows within a second: <a href={address}>load it again</a>.
        </Notice>
      )}
      {refused === null ? null : (
        <Refusal failure={refused}>
          <p>{nextStep(refused)}</p>
        </Refusal>
      )}
      {run.state.status === "failed" ? (
        <div class="banner bad">
          <h2>Why it failed</h2>
          <p>{sentence(run.state.error.message)}</p>
        </div>
      ) : null}
      <Removed run={run} now={now} />
      {question === null ? null : <Operator runId={run.id} question={question} isOperator={isOperator} />}
      {isOperator && run.erasedAt === null ? <RunControl runId={run.id} choices={choices} refused={refused} draft={draft} /> : null}
      <div class="two">
        <div class="column">
          <section class="panel" aria-labelledby="writes">
            <h2 id="writes">What it writes</h2>
            {effects.length === 0 ? <p class="quiet">Nothing so far.</p> : null}
            <RunWrites
              runId={run.id}
              effects={effects}
              actions={actions}
              mayUndo={frame.principal !== null && may(frame.principal, "undo writes", run.workflow)}
              removed={removedWhen(run)}
              rollback={rollback}
              now={now}
            />
          </section>
          <section class="panel" aria-labelledby="timeline">
            <h2 id="timeline">Timeline</h2>
            <Timeline entries={audit} />
          </section>
        </div>
        <div class="column aside">
          <section class="panel" aria-labelledby="facts">
            <h2 id="facts">Facts</h2>
            <dl class="facts">
              <Fact label="Workflow">{`${run.workflow}@${run.version}`}</Fact>
              <Fact label="Governance spec">
                {run.specVersion === 0 ? (
                  "none approved: shadow"
                ) : (
                  <a href={specAddress(run.workflow, run.specVersion)}>{`version ${run.specVersion}`}</a>
                )}
              </Fact>
              <Fact label="Started">
                <When at={run.startedAt} now={now} />
              </Fact>
              <Fact label="Last entry">
                <When at={run.updatedAt} now={now} />
              </Fact>
              <Fact label="Cost of its model calls">{costText(cost)}</Fact>
              {event === null ? null : <Fact label="Event">{`${event.type} on ${event.connection}`}</Fact>}
              {event === null ? null : (
                <Fact label="Received">
                  <When at={event.receivedAt} now={now} />
                </Fact>
              )}
              {run.eraseAt === null ? null : (
                <Fact label="Contents kept until">
                  <When at={run.eraseAt} now={now} />
                </Fact>
              )}
              <Fact label="Partition">{run.partition}</Fact>
              <Fact label="Run id">
                <code class="value">{run.id}</code>
              </Fact>
            </dl>
            {event === null || run.erasedAt !== null ? null : <JsonDetails label="The event’s data" value={event.data} />}
            {run.state.status === "completed" && run.erasedAt === null ? (
              <JsonDetails label="The run’s output" value={run.state.output} />
            ) : null}
          </section>
          <Relatives entries={audit} />
          {approvals.length === 0 ? null : <Approvals approvals={approvals} />}
          {contests === null ? null : (
            <RunContests
              runId={run.id}
              contests={contests}
              steps={decidedSteps(detail)}
              mayRecord={frame.principal !== null && may(frame.principal, "contest changes", run.workflow)}
              refused={refused}
              draft={contestDraft}
            />
          )}
        </div>
      </div>
    </Layout>
  );
};

/** What could be contested: steps that wrote, were refused or were answered, and wait for nobody. */
function decidedSteps({ effects, approvals }: RunDetail): string[] {
  const asking = approvals.filter(({ status }) => status === "pending").map(({ approval }) => approval.step);
  const settled = effects.filter(({ status }) => status !== "intended").map(({ step }) => step);
  const answered = approvals.filter(({ status }) => status !== "voided").map(({ approval }) => approval.step);
  return [...new Set([...settled, ...answered])].filter((step) => !asking.includes(step));
}

/** What people have said of the run and its state does not show yet, or shows without their words. */
const Stopping = ({ choices: { paused, cancelling }, state }: { choices: RunChoices; state: RunState }) => {
  if (cancelling !== null) {
    const why = cancelling.reason === "" ? "" : ` ${capital(sentence(cancelling.reason))}`;
    return state.status === "cancelled" ? (
      <p>{`Cancelled by ${cancelling.by}.${why}`}</p>
    ) : (
      <p>
        {`${cancelling.by} cancels it${cancelling.takesBack ? " and takes its writes back" : ""}.${why} Nothing new is begun; what was sent is settled first.`}
      </p>
    );
  }
  if (state.status === "waiting" && state.on.kind === "paused" && state.on.scope !== "run")
    return (
      <p>
        It goes on when the <a href="/stops">kill switch</a> is turned off.
      </p>
    );
  return paused && !(state.status === "waiting" && state.on.kind === "paused") ? <p>It is paused: no new step begins.</p> : null;
};

/** In the moment between a run's beginning and its first row: a page that loads itself again until the run is there. */
export const ComingRunPage = ({ frame, runId }: { frame: Frame; runId: string }) => (
  <Layout frame={frame} title="The run begins" section="runs" refresh={1}>
    <div class="error-page">
      <h1>The run begins</h1>
      <p>
        Its page opens by itself within a few seconds. <a href={`/runs/${encodeURIComponent(runId)}?notice=begun`}>Open it now</a>
      </p>
    </div>
  </Layout>
);

const Fact = ({ label, children }: { label: string; children: Child }) => (
  <div>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
);

const Approvals = ({ approvals }: { approvals: readonly ApprovalRow[] }) => (
  <section class="panel" aria-labelledby="approvals">
    <h2 id="approvals">What people were asked</h2>
    <ul class="plain">
      {approvals.map(({ id, status, decidedBy, approval }) => (
        <li>
          <a href={`/approvals/${encodeURIComponent(id)}`}>{changeInWords(approval)}</a>
          <p class="status-line">
            <Chip words={approvalStatus[status]} />
            {decidedBy === null ? null : <span class="quiet small">{`by ${decidedBy}`}</span>}
          </p>
        </li>
      ))}
    </ul>
  </section>
);

const Operator = ({
  runId,
  question: { step, message, unknown, choices },
  isOperator,
}: {
  runId: string;
  question: OperatorQuestion;
  isOperator: boolean;
}) => (
  <section class="banner bad" aria-labelledby="operator">
    <h2 id="operator">{step === "" ? "An operator has to act" : `“${step}” waits for an operator`}</h2>
    <p>{sentence(message)}</p>
    {unknown ? <p>It is not known whether the change was written. Look in the system, then say what you found.</p> : null}
    {choices.length === 0 ? <p>No answer given here can help: the deployed code or its configuration has to change first.</p> : null}
    {choices.length > 0 && !isOperator ? <p>You can read this, but only an operator can answer it.</p> : null}
    {choices.length > 0 && isOperator ? (
      <form method="post" action={`/runs/${encodeURIComponent(runId)}/resolve`}>
        <input type="hidden" name="step" value={step} />
        <fieldset>
          <legend>Your answer</legend>
          {choices.map(({ choice, label, consequence }, index) => (
            <div class="radio">
              <input
                type="radio"
                id={`choice-${choice}`}
                name="choice"
                value={choice}
                required
                checked={choices.length === 1 && index === 0}
                aria-describedby={`choice-${choice}-help`}
              />
              <label for={`choice-${choice}`}>{label}</label>
              <p class="quiet small" id={`choice-${choice}-help`}>
                {consequence}
              </p>
            </div>
          ))}
        </fieldset>
        <button type="submit" class="button primary">
          Answer
        </button>
      </form>
    ) : null}
  </section>
);
