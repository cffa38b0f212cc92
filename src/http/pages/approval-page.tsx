// One approval: the record, what the model said, why a person is asked, the exact change, and the answer. It shows what is stored and judges nothing: whether
// an answer counts is decided by the run's partition.
import type { Approval } from "../../core/approval.ts";
import type { Failure } from "../../core/errors.ts";
import type { JsonObject } from "../../core/json.ts";
import type { ApprovalDetail } from "../../db/reads.ts";
import { may } from "../../operations/access.ts";
import type { ActionFacts } from "../action-facts.ts";
import { ApprovalClaim, ApprovalComments, type ApprovalTask } from "./approval-task.tsx";
import { ChangeTable } from "./change-table.tsx";
import { DecisionForms, type Draft, inputId } from "./decision-forms.tsx";
import { type Frame, Layout } from "./layout.tsx";
import { Chip, Mark, When } from "./marks.tsx";
import { ModelAnswer } from "./model-answer.tsx";
import { nextStep, Refusal } from "./refusal.tsx";
import { Removed, removedWhen } from "./removed.tsx";
import { SourceRecord } from "./source-record.tsx";
import { approvalStatus } from "./status-words.ts";
import { actionWords, capital, changeInWords, countdown, listing, sentence } from "./words.ts";

export interface ApprovalPageProps {
  readonly frame: Frame;
  readonly detail: ApprovalDetail;
  /** What the connector declares about the action; null for one that is no longer deployed. */
  readonly action: ActionFacts | null;
  readonly now: number;
  readonly refused?: Failure | null;
  readonly draft?: Draft | null;
  /** Who is at it and what was said; absent where that was not asked. */
  readonly task?: ApprovalTask | undefined;
}

export const ApprovalPage = ({ frame, detail, action, now, refused = null, draft = null, task }: ApprovalPageProps) => {
  const { approval: row, run, spec } = detail;
  const { approval } = row;
  const payloadDays = spec?.spec.retention.payloadDays ?? null;
  const removed = removedWhen(run, payloadDays);
  const isQuestion = approval.question !== undefined;
  const pending = row.status === "pending" && refused?.code !== "approval.already_decided";
  return (
    <Layout frame={frame} title={changeInWords(approval)} section="approvals">
      <div class="page-head">
        <p class="crumb">
          <a href="/approvals">Approvals</a>
        </p>
        <h1>{changeInWords(approval)}</h1>
        <p class="meta">
          {`${row.workflow}, step “${approval.step}”`} <span aria-hidden="true">·</span> asked <When at={approval.requestedAt} now={now} />{" "}
          <span aria-hidden="true">·</span> <a href={`/runs/${encodeURIComponent(row.run)}`}>Open the run</a>
        </p>
        {pending ? (
          <>
            <Due detail={detail} now={now} />
            <a class="button jump" href="#decision">
              Go to your decision
            </a>
          </>
        ) : row.status === "pending" ? null : (
          <Chip words={approvalStatus[row.status]} />
        )}
      </div>
      {refused === null ? null : (
        <Refusal failure={refused}>
          <Next failure={refused} detail={detail} />
        </Refusal>
      )}
      {run.erasedAt === null ? null : <Removed at={run.erasedAt} days={payloadDays} now={now} />}
      <div class="two">
        <div class="column">
          <section class="panel" aria-labelledby="why">
            <h2 id="why">Why you are asked</h2>
            {isQuestion ? (
              <p>The workflow asks this itself. Your answer is given to it; nothing is written by the answer alone.</p>
            ) : removed === null ? (
              <>
                <p>{sentence(approval.why)}</p>
                {approval.also?.map((reason) => (
                  <p>{sentence(reason)}</p>
                ))}
              </>
            ) : null}
            <p class="quiet small">
              {isQuestion ? "You are a reviewer in" : `Rule ${approval.rule} of`}
              {` ${spec ? spec.spec.workflow : run.workflow}’s governance spec, version ${run.specVersion}`}
              {spec ? `, owned by ${spec.spec.owner}.` : "."}
            </p>
          </section>
          {removed === null ? (
            <>
              <SourceRecord detail={detail} now={now} />
              {isQuestion && detail.decisions.length === 0 ? null : <ModelAnswer detail={detail} />}
              {task === undefined ? null : (
                <ApprovalComments id={row.id} workflow={row.workflow} frame={frame} task={task} refused={refused} now={now} />
              )}
            </>
          ) : null}
        </div>
        <div class="column aside stays">
          {isQuestion ? (
            <Facts approval={approval} />
          ) : (
            <section class="panel" aria-labelledby="change">
              <h2 id="change">The exact change</h2>
              {removed === null ? (
                <ChangeTable
                  caption={`${capital(actionWords(approval.action))} on ${approval.target}`}
                  before={approval.before}
                  values={approval.values}
                  // What a reviewer edited was not written as it stands here.
                  after={detail.decision?.kind === "edited" ? "Proposed" : "After"}
                />
              ) : (
                <p>{`${capital(actionWords(approval.action))} on ${approval.target}. The values were ${removed}.`}</p>
              )}
              <Reversible undo={detail.effect?.body.undo ?? action?.undo ?? null} action={action} />
            </section>
          )}
          {pending && task !== undefined ? <ApprovalClaim id={row.id} workflow={row.workflow} frame={frame} task={task} now={now} /> : null}
          <section class="panel" aria-labelledby="decision">
            <h2 id="decision">{pending ? "Your decision" : "The decision"}</h2>
            {pending ? <Answer frame={frame} detail={detail} refused={refused} draft={draft} /> : <Outcome detail={detail} now={now} />}
          </section>
        </div>
      </div>
    </Layout>
  );
};

/** What a question rests on, as the workflow gave it; a question without facts has no table. */
const Facts = ({ approval }: { approval: Approval }) =>
  Object.keys(approval.values).length === 0 ? null : (
    <section class="panel" aria-labelledby="facts">
      <h2 id="facts">The facts</h2>
      <ChangeTable caption={`About ${approval.target}`} before={null} values={approval.values} field="Fact" />
    </section>
  );

const Due = ({ detail, now }: { detail: ApprovalDetail; now: number }) => {
  const { approval } = detail.approval;
  const { text, urgency } = countdown(approval, now);
  return (
    <p class={`due ${urgency}`}>
      <Mark shape="clock" />
      <span>
        {capital(text)}, by <When at={approval.expiresAt} now={now} />
      </span>
    </p>
  );
};

const Reversible = ({ undo, action }: { undo: "restore" | "withdraw" | "irreversible" | null; action: ActionFacts | null }) => {
  switch (undo) {
    case "restore":
      return <p class="small">Can be undone: an undo puts back each old value that nobody has changed since.</p>;
    case "withdraw":
      return <p class="small">Can be undone: an undo removes what was written.</p>;
    case "irreversible":
      return (
        <p class="note">
          <strong>Cannot be undone.</strong> {action?.because ?? "The system offers no way to take it back."}
        </p>
      );
    case null:
      return null;
  }
};

const Answer = ({
  frame,
  detail,
  refused,
  draft,
}: {
  frame: Frame;
  detail: ApprovalDetail;
  refused: Failure | null;
  draft: Draft | null;
}) => {
  const { approval } = detail.approval;
  const { principal } = frame;
  if (principal && !(approval.reviewers.includes(principal.id) && may(principal, "decide approvals", detail.approval.workflow))) {
    return <p>{`You can read this, but not decide it. The governance spec names ${listing(approval.reviewers)}.`}</p>;
  }
  const rules = detail.spec?.spec.actions;
  const fields = rules && Object.hasOwn(rules, approval.action) ? rules[approval.action]?.fields : undefined;
  return <DecisionForms approval={approval} fields={fields ?? {}} refused={refused} draft={draft} />;
};

const Outcome = ({ detail, now }: { detail: ApprovalDetail; now: number }) => {
  const { approval: row, decision, voidedBecause, successor } = detail;
  return (
    <>
      {row.status === "pending" ? <p>It has been decided; this page has not heard yet how.</p> : null}
      {row.status === "voided" && detail.run.erasedAt === null ? (
        <p>{voidedBecause === null ? "The run ended before anybody decided." : sentence(voidedBecause)}</p>
      ) : null}
      {row.status === "expired" ? (
        <p>
          {row.approval.question === undefined
            ? "Nobody decided in time, so nothing was written."
            : "Nobody answered in time, and the workflow went on knowing that."}
        </p>
      ) : null}
      {decision === null && row.decidedBy !== null ? (
        <p>
          {`${approvalStatus[row.status].label} by ${row.decidedBy}`}
          {row.decidedAt === null ? null : (
            <>
              , <When at={row.decidedAt} now={now} />
            </>
          )}
          .
        </p>
      ) : null}
      {decision !== null && decision.kind !== "expired" ? (
        <p>
          {`${approvalStatus[decision.kind].label} by ${decision.by}`}
          {row.decidedAt === null ? null : (
            <>
              , <When at={row.decidedAt} now={now} />
            </>
          )}
          .
        </p>
      ) : null}
      {decision?.kind === "rejected" ? <blockquote>{decision.reason}</blockquote> : null}
      {decision?.kind === "edited" ? <Edited proposed={row.approval.values} values={decision.values} /> : null}
      <p class="links">
        {successor === null ? null : (
          <a class="button" href={`/approvals/${encodeURIComponent(successor)}`}>
            Open the approval that took its place
          </a>
        )}
        <a class="button" href={`/runs/${encodeURIComponent(row.run)}`}>
          See what followed in the run
        </a>
      </p>
    </>
  );
};

const Edited = ({ proposed, values }: { proposed: JsonObject; values: JsonObject }) => (
  <ChangeTable caption="What the reviewer changed" before={proposed} values={values} first="Proposed" after="Approved" />
);

/** Where an answer was refused because the world moved, the next step is a link. */
const Next = ({ failure, detail }: { failure: Failure; detail: ApprovalDetail }) => {
  const { approval: row, successor } = detail;
  const unchanged = row.approval.question === undefined ? "Nothing was written." : "Your answer changed nothing.";
  switch (failure.code) {
    case "approval.already_decided":
      return (
        <p>
          Your answer changed nothing. <a href={`/runs/${encodeURIComponent(row.run)}`}>See in the run what followed.</a>
        </p>
      );
    case "approval.changed":
      return (
        <p>
          {unchanged}{" "}
          {successor === null ? (
            <a href={`/approvals/${encodeURIComponent(row.id)}`}>Open this approval again.</a>
          ) : (
            <a href={`/approvals/${encodeURIComponent(successor)}`}>Open the approval that took its place.</a>
          )}
        </p>
      );
    case "approval.not_reviewer":
      return <p>{`${unchanged} Ask ${listing(row.approval.reviewers)} to decide.`}</p>;
    default: {
      const field = failure.field === undefined ? null : inputId(row.approval, failure.field);
      return (
        <p>
          {nextStep(failure)} {field === null ? null : <a href={`#${field}`}>Go to the field.</a>}
        </p>
      );
    }
  }
};
