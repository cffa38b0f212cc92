// The reviewers' inbox: what waits, the nearest deadline first; and on its second tab what was decided. A list only: deciding happens on the approval's page.
import type { Child } from "hono/jsx";
import type { ListedApproval } from "../../db/reads.ts";
import type { Claim } from "../../operations/claim-approval.ts";
import { type Frame, Layout } from "./layout.tsx";
import { Empty, NextPage, Tabs } from "./list-parts.tsx";
import { Chip, Mark, When } from "./marks.tsx";
import { approvalStatus } from "./status-words.ts";
import { changeInWords, countdown, deadline, percent } from "./words.ts";

export interface ApprovalsPageProps {
  readonly frame: Frame;
  readonly status: "pending" | "decided";
  readonly approvals: readonly ListedApproval[];
  /** Address of the next page; null on the last one. */
  readonly next: string | null;
  readonly now: number;
  /** Who has taken which of them. */
  readonly claims?: ReadonlyMap<string, Claim> | undefined;
  /** How many of them ask for the identical change, for those that are not alone. */
  readonly alike?: ReadonlyMap<string, number> | undefined;
}

export const LIST_REFRESH_S = 30;

export const ApprovalsPage = ({ frame, status, approvals, next, now, claims, alike }: ApprovalsPageProps) => (
  <Layout frame={frame} title={status === "pending" ? "Approvals" : "Decided approvals"} section="approvals" refresh={LIST_REFRESH_S}>
    <div class="page-head">
      <h1>Approvals</h1>
      <p class="lead">
        Changes that the governance spec does not let Interlock make alone. A person named in the spec decides each one. Questions that a
        workflow asks are answered here as well.
      </p>
    </div>
    <Tabs
      label="Approvals by state"
      tabs={[
        { text: frame.pending === null ? "Waiting" : `Waiting (${frame.pending})`, href: "/approvals", current: status === "pending" },
        { text: "Decided", href: "/approvals?status=decided", current: status === "decided" },
        { text: "Contested", href: "/contests", current: false },
      ]}
    />
    {approvals.length === 0 ? (
      status === "pending" ? (
        <Empty title="Nothing waits for a decision">
          When a workflow is less sure than its spec asks for, or the spec always asks a person, the change it wants to make appears here
          with what it is based on. Until somebody decides, nothing is written.
        </Empty>
      ) : (
        <Empty title="Nothing has been decided yet">
          Approved, edited and rejected changes are kept here with who decided and when, and so are those that nobody decided in time.
        </Empty>
      )
    ) : (
      <ol class="cards" aria-label={status === "pending" ? "Waiting, nearest deadline first" : "Decided, latest first"}>
        {approvals.map((listed) => (
          <li>
            {status === "pending" ? (
              <Waiting listed={listed} now={now} claim={claims?.get(listed.id)} alike={alike?.get(listed.id)} />
            ) : (
              <Decided listed={listed} now={now} />
            )}
          </li>
        ))}
      </ol>
    )}
    <NextPage href={next} text={status === "pending" ? "Later deadlines" : "Older"} />
  </Layout>
);

interface WaitingProps {
  readonly listed: ListedApproval;
  readonly now: number;
  readonly claim: Claim | undefined;
  readonly alike: number | undefined;
}

const Waiting = ({ listed, now, claim, alike }: WaitingProps) => {
  const { approval } = listed;
  const { text, urgency } = countdown(approval, now);
  return (
    <article class={`card ask ${urgency}`}>
      <div class="card-main">
        <Headline listed={listed} />
        {approval.question === undefined ? <p>{approval.why}</p> : null}
        <Origin listed={listed}>
          asked <When at={approval.requestedAt} now={now} relative />
        </Origin>
        {alike === undefined ? null : (
          <p class="over">
            <a href={`/approvals/${encodeURIComponent(listed.id)}/together`}>{`Decide this and ${alike - 1} identical together`}</a>
          </p>
        )}
      </div>
      <div class="card-side">
        <p class={`due ${urgency}`}>
          <Mark shape="clock" />
          <time datetime={new Date(deadline(approval, now)).toISOString()}>{text}</time>
        </p>
        {listed.confidence === null ? null : <p class="quiet">{percent(listed.confidence)} sure</p>}
        {claim === undefined ? null : <p class="quiet">{`${claim.by} is at it`}</p>}
      </div>
    </article>
  );
};

const Decided = ({ listed, now }: { listed: ListedApproval; now: number }) => (
  <article class="card">
    <div class="card-main">
      <Headline listed={listed} />
      <Origin listed={listed}>
        {listed.decidedBy === null ? "" : `by ${listed.decidedBy}, `}
        <When at={listed.decidedAt ?? listed.approval.requestedAt} now={now} relative />
      </Origin>
    </div>
    <div class="card-side">
      <Chip words={approvalStatus[listed.status]} />
    </div>
  </article>
);

const Headline = ({ listed }: { listed: ListedApproval }) => (
  <>
    {listed.headline === null ? null : <p class="about">{listed.headline}</p>}
    <h2>
      <a href={`/approvals/${encodeURIComponent(listed.id)}`}>{changeInWords(listed.approval)}</a>
    </h2>
  </>
);

const Origin = ({ listed, children }: { listed: ListedApproval; children: Child }) => (
  <p class="meta">
    {`${listed.workflow}, record ${listed.subject}`} <span aria-hidden="true">·</span> {children}
  </p>
);
