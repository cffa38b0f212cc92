// Beside an approval's decision: who is at it, and what people said about it. A claim is given back or taken over by a form that names whose it is.
import type { Failure } from "../../core/errors.ts";
import { may } from "../../operations/access.ts";
import type { Claim } from "../../operations/claim-approval.ts";
import type { Comment } from "../../operations/comment-on-approval.ts";
import type { Frame } from "./layout.tsx";
import { When } from "./marks.tsx";

export interface ApprovalTask {
  readonly claim: Claim | null;
  readonly comments: readonly Comment[];
  /** A comment that was refused, as it was entered. */
  readonly said?: string | undefined;
}

interface TaskProps {
  readonly id: string;
  readonly workflow: string;
  readonly frame: Frame;
  readonly task: ApprovalTask;
  readonly now: number;
}

export const ApprovalClaim = ({ id, workflow, frame, task: { claim }, now }: TaskProps) => {
  const mine = claim !== null && claim.by === frame.principal?.id;
  const mayTake = frame.principal !== null && may(frame.principal, "decide approvals", workflow);
  return (
    <section class="panel" aria-labelledby="claim">
      <h2 id="claim">Who is at it</h2>
      {claim === null ? (
        <p class="quiet">Nobody has taken it.</p>
      ) : (
        <p>
          {mine ? "You have" : `${claim.by} has`} taken it until <When at={claim.until} now={now} />.
        </p>
      )}
      {mayTake ? (
        <div class="links">
          <form method="post" action={`/approvals/${encodeURIComponent(id)}/claim`}>
            {claim === null || mine ? null : <input type="hidden" name="takeOverFrom" value={claim.by} />}
            <button type="submit" class="button">
              {claim === null ? "Take it for 30 minutes" : mine ? "Keep it for 30 minutes more" : `Take it over from ${claim.by}`}
            </button>
          </form>
          {mine ? (
            <form method="post" action={`/approvals/${encodeURIComponent(id)}/release`}>
              <button type="submit" class="button">
                Give it back
              </button>
            </form>
          ) : null}
        </div>
      ) : null}
      <p class="quiet small">While somebody has it, nobody else can decide it.</p>
    </section>
  );
};

export const ApprovalComments = ({
  id,
  workflow,
  frame,
  task: { comments, said },
  refused,
  now,
}: TaskProps & { refused: Failure | null }) => {
  const error = said !== undefined && refused?.field === "text" ? refused.message : null;
  const maySay = frame.principal !== null && may(frame.principal, "comment on approvals", workflow);
  return (
    <section class="panel" aria-labelledby="comments">
      <h2 id="comments">Comments</h2>
      {comments.length === 0 ? <p class="quiet">Nobody has said anything yet.</p> : null}
      <ul class="said">
        {comments.map(({ at, by, text }) => (
          <li>
            <p class="meta">
              {by}, <When at={at} now={now} />
            </p>
            <blockquote>{text}</blockquote>
          </li>
        ))}
      </ul>
      {maySay ? (
        <details class="more" open={said !== undefined}>
          <summary class="button">Say something</summary>
          <form method="post" action={`/approvals/${encodeURIComponent(id)}/comments`}>
            <div class="field">
              <label for="comment">Comment</label>
              <textarea
                id="comment"
                name="text"
                rows={3}
                maxlength={2000}
                required
                aria-invalid={error === null ? undefined : "true"}
                aria-describedby={error === null ? "comment-help" : "comment-error comment-help"}
              >
                {`\n${said ?? ""}`}
              </textarea>
              {error === null ? null : (
                <p class="error" id="comment-error">
                  {error}
                </p>
              )}
              <p class="quiet small" id="comment-help">
                A comment decides nothing and cannot be changed. It goes when the run’s contents go.
              </p>
            </div>
            <button type="submit" class="button">
              Add the comment
            </button>
          </form>
        </details>
      ) : null}
    </section>
  );
};
