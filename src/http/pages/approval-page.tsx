// One approval: the record, what the model said, why a person is asked, the exact change, and the answer. It shows what is stored and judges nothing: whether
// an answer counts is decided by the run's partition.
import type { Approval, Decision } from "../../core/approval.ts";
import type { Failure } from "../../core/errors.ts";
import type { JsonObject } from "../../core/json.ts";
import type { ApprovalDetail } from "../../db/reads.ts";
import type { Gate } from "../../governance/gate.ts";
import { may } from "../../operations/access.ts";
import type { HeldTo } from "../../operations/held-to.ts";
import type { ActionFacts } from "../action-facts.ts";
import { Exchange, Standing, seatText } from "./approval-standing.tsx";
import { ApprovalClaim, ApprovalComments, type ApprovalTask } from "./approval-task.tsx";
import { ChangeTable } from "./change-table.tsx";
import { DecisionForms, type Draft, decisionAddress, inputId, refusalOf, WORDS, wordsId } from "./decision-forms.tsx";
import { type Frame, Layout } from "./layout.tsx";
import { Chip, Mark, When } from "./marks.tsx";
import { ModelAnswer } from "./model-answer.tsx";
import { Notice, nextStep, Refusal } from "./refusal.tsx";
import { Removed, removedWhen } from "./removed.tsx";
import { SourceRecord } from "./source-record.tsx";
import { approvalStatus } from "./status-words.ts";
import { WordForm } from "./word-form.tsx";
import { actionWords, capital, changeInWords, countdown, deadline, listing, sentence } from "./words.ts";

export interface ApprovalPageProps {
  readonly frame: Frame;
  readonly detail: ApprovalDetail;
  /** What the connector declares about the action; null for one that is no longer deployed. */
  readonly action: ActionFacts | null;
  readonly now: number;
  /** How it stands among people; null once it is decided, and where its spec is not on record. */
  readonly gate?: Gate | null;
  readonly notice?: ApprovalNotice | null;
  readonly refused?: Failure | null;
  readonly draft?: Draft | null;
  /** From where on each decision's fields pass without a person; absent where that was not asked. */
  readonly held?: Readonly<Record<string, HeldTo>>;
  /** Who is at it and what was said; absent where that was not asked. */
  readonly task?: ApprovalTask | undefined;
}

/** What was just done and left the approval open. */
export const APPROVAL_NOTICES = {
  approved: "Your agreement is recorded. Others must agree as well.",
  edited: "Your values are recorded, and you have agreed to them. Others must agree as well.",
  ask: "Your question is recorded. The approval stays open.",
  inform: "Your answer is recorded.",
  reassign: "It is handed over.",
} as const;
export type ApprovalNotice = keyof typeof APPROVAL_NOTICES;

export const ApprovalPage = ({
  frame,
  detail,
  action,
  now,
  gate = null,
  notice = null,
  refused = null,
  draft = null,
  held = {},
  task,
}: ApprovalPageProps) => {
  const { approval: row, run, spec } = detail;
  const { approval } = row;
  const removed = removedWhen(run);
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
      {notice === null ? null : (
        <Notice>
          {APPROVAL_NOTICES[notice]} This page follows within a second:{" "}
          <a href={`/approvals/${encodeURIComponent(row.id)}`}>load it again</a>.
        </Notice>
      )}
      {refused === null ? null : (
        <Refusal failure={refused}>
          <Next failure={refused} detail={detail} kind={draft?.kind ?? null} />
        </Refusal>
      )}
      <Removed run={run} now={now} />
      <div class="two">
        <div class="column">
          <section class="panel" aria-labelledby="why">
            <h2 id="why">Why you are asked</h2>
            {approval.answer ? (
              <>
                {removed === null ? (
                  <>
                    <p>{sentence(approval.why)}</p>
                    {approval.also?.map((reason) => (
                      <p>{sentence(reason)}</p>
                    ))}
                  </>
                ) : null}
                <p>
                  Your answer takes the place of a model’s. It writes nothing by itself: what the workflow then writes is ruled on as
                  always.
                </p>
              </>
            ) : isQuestion ? (
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
              {isQuestion && detail.decisions.length === 0 ? null : <ModelAnswer detail={detail} held={held} />}
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
            {pending && gate !== null ? <Standing approval={approval} gate={gate} now={now} /> : null}
            {pending ? (
              <Answer frame={frame} detail={detail} gate={gate} refused={refused} draft={draft} now={now} />
            ) : (
              <Outcome detail={detail} now={now} />
            )}
          </section>
          <Exchange said={detail.said} now={now} />
        </div>
      </div>
    </Layout>
  );
};

/** What a question rests on, as the workflow gave it; a question without facts has no table. */
const Facts = ({ approval }: { approval: Approval }) =>
  approval.answer ? (
    <section class="panel" aria-labelledby="facts">
      <h2 id="facts">What is to be decided</h2>
      <p>{approval.answer.instruction}</p>
    </section>
  ) : Object.keys(approval.values).length === 0 ? null : (
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
        {capital(text)}, by <When at={deadline(approval, now)} now={now} />
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

interface AnswerProps {
  readonly frame: Frame;
  readonly detail: ApprovalDetail;
  readonly gate: Gate | null;
  readonly refused: Failure | null;
  readonly draft: Draft | null;
  readonly now: number;
}

const Answer = ({ frame, detail, gate, refused, draft, now }: AnswerProps) => {
  const { approval } = detail.approval;
  const me = frame.principal;
  const deciders = gate === null ? approval.reviewers : gate.seats.map(({ by }) => by);
  const inform = <Inform frame={frame} detail={detail} refused={refused} draft={draft} />;
  if (me && !(deciders.includes(me.id) && may(me, "decide approvals", detail.approval.workflow))) {
    const named = listing(gate === null ? approval.reviewers : gate.asked) || "nobody else";
    return (
      <>
        <p>
          {me.id === approval.notBy
            ? `You began this run by hand, so somebody else decides in it. The governance spec names ${named}.`
            : `You can read this, but not decide it. The governance spec names ${named}.`}
        </p>
        {inform}
      </>
    );
  }
  const rules = detail.spec?.spec.actions;
  const fields = rules && Object.hasOwn(rules, approval.action) ? rules[approval.action]?.fields : undefined;
  return (
    <>
      <DecisionForms
        approval={approval}
        values={gate?.values ?? approval.values}
        digest={gate?.digest ?? approval.digest}
        fields={fields ?? {}}
        regulated={Boolean(detail.spec?.spec.regulated)}
        agreed={gate?.agreed.some(({ by }) => by === me?.id) ?? false}
        missing={gate?.missing ?? 1}
        others={approval.reviewers.filter((person) => person !== me?.id && person !== approval.notBy)}
        refused={refused}
        draft={draft}
        shownAt={now}
      />
      {inform}
    </>
  );
};

/** Where somebody has asked for information: whoever operates the workflow, and every reviewer, may give it. */
const Inform = ({ frame, detail, refused, draft }: Omit<AnswerProps, "gate" | "now">) => {
  const { approval } = detail.approval;
  const me = frame.principal;
  const isAsked = detail.said.some(({ type }) => type === "approval.information_asked");
  if (!isAsked || me === null || !may(me, "give information", detail.approval.workflow)) return null;
  return (
    <div class="decide">
      <WordForm
        action={decisionAddress(approval)}
        kind="inform"
        digest=""
        field={WORDS.inform ?? ""}
        id={wordsId("inform")}
        summary="Answer the question"
        label="What do you know?"
        help="Shown to everybody who decides, and kept with the run."
        button="Send"
        refused={refusalOf("inform", refused, draft)}
      />
    </div>
  );
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
          {`${approvalStatus[decision.kind].label} by ${seatText(decision)}`}
          {row.decidedAt === null ? null : (
            <>
              , <When at={row.decidedAt} now={now} />
            </>
          )}
          .
        </p>
      ) : null}
      {decision !== null && "agreed" in decision && decision.agreed ? (
        <p class="small">{`Agreed before: ${listing(decision.agreed.map(seatText))}.`}</p>
      ) : null}
      {decision === null ? null : <Words decision={decision} />}
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

const Words = ({ decision }: { decision: Decision }) => {
  const words = "missing" in decision ? decision.missing : "reason" in decision ? decision.reason : undefined;
  return words === undefined ? null : <blockquote>{words}</blockquote>;
};

/** Where an answer was refused because the world moved, the next step is a link. */
const Next = ({ failure, detail, kind }: { failure: Failure; detail: ApprovalDetail; kind: string | null }) => {
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
    case "approval.already_agreed":
      return <p>Nothing else is needed from you.</p>;
    case "approval.own_run":
    case "approval.not_reviewer":
      return <p>{`${unchanged} Ask ${listing(row.approval.reviewers)} to decide.`}</p>;
    default: {
      const field = failure.field === undefined ? null : inputId(row.approval, failure.field, kind);
      return (
        <p>
          {nextStep(failure)} {field === null ? null : <a href={`#${field}`}>Go to the field.</a>}
        </p>
      );
    }
  }
};
