// Identical changes to several records: the change once, the records it would be made to, and one answer to those that are ticked; and then what became of each.
import type { Failure } from "../../core/errors.ts";
import type { OneOfMany, Together } from "../../operations/decide-together.ts";
import type { ActionFacts } from "../action-facts.ts";
import { ChangeTable } from "./change-table.tsx";
import { type Frame, Layout } from "./layout.tsx";
import { Empty } from "./list-parts.tsx";
import { When } from "./marks.tsx";
import { Notice, Refusal } from "./refusal.tsx";
import { actionWords, capital, sentence } from "./words.ts";

/** Form field of an approval that is ticked. */
export const TOGETHER_PREFIX = "approval:";

export interface TogetherPageProps {
  readonly frame: Frame;
  /** The approval whose change it is. */
  readonly id: string;
  readonly together: Together;
  readonly action: ActionFacts | null;
  readonly now: number;
  readonly refused?: Failure | null;
  readonly reason?: string;
}

export const TogetherPage = ({ frame, id, together, action, now, refused = null, reason = "" }: TogetherPageProps) => {
  const { tasks, digestOfChange } = together;
  const [first] = tasks;
  return (
    <Layout frame={frame} title="Identical changes" section="approvals">
      <div class="page-head">
        <p class="crumb">
          <a href="/approvals">Approvals</a>
        </p>
        <h1>Identical changes</h1>
        <p class="lead">
          The same values in place of the same values, asked for by the same rule. Each is decided and recorded on its own, as if you had
          opened it; one that has moved meanwhile is refused and stays.
        </p>
      </div>
      {refused === null ? null : <Refusal failure={refused} />}
      {first === undefined ? (
        <Empty title="Nothing waits with this change">It was decided meanwhile, or nobody has to decide it any more.</Empty>
      ) : (
        <form method="post" action={`/approvals/${encodeURIComponent(id)}/together`}>
          <input type="hidden" name="digestOfChange" value={digestOfChange} />
          <div class="two">
            <section class="panel" aria-labelledby="records">
              <h2 id="records">{`${tasks.length} ${tasks.length === 1 ? "record" : "records"}`}</h2>
              <ul class="said">
                {tasks.map(({ id: one, approval }, index) => (
                  <li class="check">
                    <input type="checkbox" id={`one-${index}`} name={`${TOGETHER_PREFIX}${one}`} value="yes" checked />
                    <label for={`one-${index}`}>{approval.target}</label>
                    <span class="quiet small">
                      asked <When at={approval.requestedAt} now={now} relative />,{" "}
                      <a href={`/approvals/${encodeURIComponent(one)}`}>open it</a>
                    </span>
                  </li>
                ))}
              </ul>
            </section>
            <div class="column">
              <section class="panel" aria-labelledby="change">
                <h2 id="change">The change</h2>
                <ChangeTable
                  caption={`${capital(actionWords(first.approval.action))} on each`}
                  before={first.approval.before}
                  values={first.approval.values}
                />
                <p class="quiet small">{`Rule ${first.approval.rule} of ${first.workflow}’s governance spec, version ${first.specVersion}.`}</p>
                {action?.undo === "irreversible" ? (
                  <p class="note">
                    <strong>Cannot be undone.</strong> {action.because ?? ""}
                  </p>
                ) : null}
              </section>
              <section class="panel decide" aria-labelledby="decision">
                <h2 id="decision">Your decision on those that are ticked</h2>
                <button type="submit" name="decision" value="approved" class="button primary wide">
                  Approve
                </button>
                <details open={reason !== "" || refused?.field === "reason"}>
                  <summary class="button wide">Reject</summary>
                  <div class="field">
                    <label for="reason">Reason (required to reject)</label>
                    <textarea
                      id="reason"
                      name="reason"
                      rows={3}
                      maxlength={2000}
                      aria-invalid={refused?.field === "reason" ? "true" : undefined}
                    >
                      {`\n${reason}`}
                    </textarea>
                  </div>
                  <button type="submit" name="decision" value="rejected" class="button danger">
                    Reject these changes
                  </button>
                </details>
              </section>
            </div>
          </div>
        </form>
      )}
    </Layout>
  );
};

export interface TogetherAnswerPageProps {
  readonly frame: Frame;
  readonly decision: "approved" | "rejected";
  readonly results: readonly OneOfMany[];
}

export const TogetherAnswerPage = ({ frame, decision, results }: TogetherAnswerPageProps) => {
  const refused = results.filter((one) => one.refused !== null).length;
  const done = results.length - refused;
  // Where several people must agree, a yes is one of them.
  const said = decision === "approved" ? `Your approval of ${done} is recorded.` : `${done} rejected.`;
  return (
    <Layout frame={frame} title="What became of your decision" section="approvals">
      <div class="page-head">
        <p class="crumb">
          <a href="/approvals">Approvals</a>
        </p>
        <h1>What became of your decision</h1>
      </div>
      {refused === 0 ? (
        <Notice>{`${said} Lists and pages follow within a second.`}</Notice>
      ) : (
        <div class="banner bad" role="alert">
          <h2>{`${refused} of ${results.length} refused`}</h2>
          <p>{`${said} Those below that say why were left as they are.`}</p>
        </div>
      )}
      <table class="list">
        <caption class="unseen">Each approval and what became of it</caption>
        <thead>
          <tr>
            <th scope="col">Record</th>
            <th scope="col">What became of it</th>
          </tr>
        </thead>
        <tbody>
          {results.map(({ id, target, refused: why }) => (
            <tr>
              <th scope="row">{target === null ? id : <a href={`/approvals/${encodeURIComponent(id)}`}>{target}</a>}</th>
              <td>
                {why === null ? capital(decision) : sentence(why.message)}
                {why === null ? null : <span class="meta">{why.code}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Layout>
  );
};
