// A workflow's data flow as one reads it to approve it: what goes to a model, why and how treated, to whom, what was seen and held back, for how long it is kept; and
// whether a data-protection officer has approved exactly this.

import type { Failure } from "../../core/errors.ts";
import { may } from "../../operations/access.ts";
import { type DataFlowView, type FlowRecipientView, RUNS_LOOKED_AT } from "../../operations/read-data-flow.ts";
import { basisWords, classWords, days, standingChip, standingWords, treatmentWords } from "./flow-words.ts";
import { type Frame, Layout } from "./layout.tsx";
import { Chip, When } from "./marks.tsx";
import { Notice, Refusal } from "./refusal.tsx";
import type { StatusWords } from "./status-words.ts";
import { capital, listing, sentence } from "./words.ts";

export interface DataFlowPageProps {
  readonly frame: Frame;
  readonly view: DataFlowView;
  readonly now: number;
  readonly approved?: boolean;
  readonly refused?: Failure | null;
}

export const DataFlowPage = ({ frame, view, now, approved = false, refused = null }: DataFlowPageProps) => {
  const { workflow, version, text, recipients } = view;
  const mayApprove = frame.principal !== null && may(frame.principal, "approve data flows", view.workflow);
  return (
    <Layout frame={frame} title={`Data flow of ${workflow}`} section="workflows">
      <div class="page-head">
        <p class="crumb">
          <a href="/workflows">Workflows</a>
        </p>
        <h1>{`Data flow of ${workflow}`}</h1>
        <p class="lead">
          {`What version ${version} sends to a model. The prompt is built from these elements and nothing else, each treated as it says here; what is not declared is not sent.`}
        </p>
        <p class="links">
          <a href={`/workflows/${encodeURIComponent(workflow)}/art-30`}>Art. 30 sheet to print</a>
          {view.spec === null ? null : (
            <a href={`/specs/${encodeURIComponent(workflow)}/${view.spec.version}/document`}>Governance Specification to print</a>
          )}
          <a href="/providers">Model providers</a>
        </p>
      </div>
      {refused ? <Refusal failure={refused} /> : null}
      {approved && view.approval.state === "approved" ? <Notice>Your approval is on record.</Notice> : null}
      <div class="column">
        <Approval view={view} mayApprove={mayApprove} now={now} />
        <section class="panel" aria-labelledby="elements">
          <h2 id="elements">What goes to a model</h2>
          {text.elements.length === 0 ? <p class="quiet">Nothing is declared, and so nothing is sent.</p> : null}
          {text.elements.map((element) => (
            <Element element={element} seen={view.observed} />
          ))}
        </section>
        <section class="panel" aria-labelledby="recipients">
          <h2 id="recipients">To whom</h2>
          {recipients.length === 0 ? <p class="quiet">This workflow asks no model.</p> : null}
          {recipients.map((recipient) => (
            <RecipientFacts recipient={recipient} />
          ))}
        </section>
        <section class="panel" aria-labelledby="held-back">
          <h2 id="held-back">Seen and not sent</h2>
          <Undeclared view={view} now={now} />
        </section>
        <section class="panel" aria-labelledby="kept">
          <h2 id="kept">For how long</h2>
          <Kept view={view} />
        </section>
      </div>
    </Layout>
  );
};

const APPROVED: StatusWords = { label: "Approved", tone: "good", shape: "check" };
const CHANGED: StatusWords = { label: "Changed since it was approved", tone: "bad", shape: "question" };
const NEVER: StatusWords = { label: "Not approved yet", tone: "bad", shape: "question" };

const Approval = ({ view, mayApprove, now }: { view: DataFlowView; mayApprove: boolean; now: number }) => {
  const { approval, approvals, digest, workflow } = view;
  return (
    <section class="panel" aria-labelledby="approval">
      <div class="write-head">
        <h2 id="approval">Approval by the data-protection officer</h2>
        <Chip words={approval.state === "approved" ? APPROVED : approval.state === "changed" ? CHANGED : NEVER} />
      </div>
      {approval.state === "never" ? (
        <p>
          No data-protection officer has approved it. Runs go on all the same: an approval is put on record, and does not open or close
          anything.
        </p>
      ) : (
        <p>
          {`${approval.approval.by} approved ${approval.state === "approved" ? "exactly this text" : "an earlier text"} on `}
          <When at={approval.approval.at} now={now} />
          {approval.state === "approved" ? "." : ". It has changed since. Runs go on all the same, with what is here now:"}
        </p>
      )}
      {approval.state === "changed" ? (
        <ul class="dots">
          {approval.changes.map((change) => (
            <li>{sentence(capital(change))}</li>
          ))}
        </ul>
      ) : null}
      <p class="meta">
        SHA-256 of this data flow <code>{digest}</code>
      </p>
      {approval.state === "approved" ? null : mayApprove ? (
        <form method="post" action={`/workflows/${encodeURIComponent(workflow)}/data-flow`}>
          <input type="hidden" name="digest" value={digest} />
          <button type="submit" class="button primary">
            Approve exactly this data flow
          </button>
        </form>
      ) : (
        <p class="quiet small">A data-protection officer who did not write the governance spec approves it.</p>
      )}
      {approvals.length === 0 ? null : (
        <details>
          <summary>{`All approvals (${approvals.length})`}</summary>
          <ul class="dots">
            {approvals.map(({ by, at, digest: of }) => (
              <li>
                {`${by}, `}
                <When at={at} now={now} />
                {", of "}
                <code>{of}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
};

const Element = ({ element, seen }: { element: DataFlowView["text"]["elements"][number]; seen: DataFlowView["observed"] }) => {
  const observed = Object.hasOwn(seen.elements, element.element) ? seen.elements[element.element] : undefined;
  const removed = Object.entries(observed?.removed ?? {}).map(([kind, count]) => `${count} ${kind}`);
  return (
    <div class="write">
      <h3>
        <code>{element.element}</code>
      </h3>
      <dl class="facts">
        <Fact name="Treatment" value={capital(treatmentWords[element.treatment])} />
        <Fact name="Category" value={capital(classWords[element.class])} />
        <Fact name="Purpose" value={element.purpose} />
        <Fact name="Legal basis" value={capital(basisWords(element.basis))} />
        <Fact name="Kept" value={`${days(element.retentionDays)} at most`} />
        {element.redact.length === 0 ? null : <Fact name="Masked" value={listing(element.redact)} />}
        {element.requires === undefined ? null : (
          <Fact
            name="Asks of the provider"
            value={listing([
              ...(element.requires.regions ? [`processing in ${element.requires.regions.join(" or ")}`] : []),
              ...(element.requires.zeroRetention ? ["no retention"] : []),
            ])}
          />
        )}
        <Fact
          name={`In the latest ${seen.runs} runs`}
          value={
            observed === undefined
              ? "Never sent"
              : `Sent in ${observed.runs}${removed.length === 0 ? "" : `; taken out: ${listing(removed)}`}`
          }
        />
      </dl>
    </div>
  );
};

const Fact = ({ name, value }: { name: string; value: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);

const RecipientFacts = ({ recipient }: { recipient: FlowRecipientView }) => {
  const { model, provider, host, local, label, standing, refused } = recipient;
  return (
    <div class="write">
      <div class="write-head">
        <h3>{provider === null ? `The model “${model}”` : local ? provider : `${provider} at ${host}`}</h3>
        {provider === null ? null : <Chip words={standingChip(standing, local)} />}
      </div>
      {provider === null ? (
        <p class="note">{`It cannot be set up, and nothing is sent: ${sentence(label)}`}</p>
      ) : (
        <p>{`${sentence(label)} ${standingWords(standing, local)}`}</p>
      )}
      {provider === null || refused === null ? null : <p class="note">{`Nothing is sent there today: ${sentence(refused)}`}</p>}
    </div>
  );
};

const Undeclared = ({ view: { observed }, now }: { view: DataFlowView; now: number }) =>
  observed.runs === 0 ? (
    <p class="quiet">No run whose contents are still kept has asked a model.</p>
  ) : observed.undeclared.length === 0 ? (
    <p>{`The latest ${observed.runs} runs (${RUNS_LOOKED_AT} at most are looked at) showed no field that is not declared.`}</p>
  ) : (
    <>
      <p>
        {`Fields of the records that the latest ${observed.runs} runs (${RUNS_LOOKED_AT} at most are looked at) read, that nobody has declared, and that were therefore not sent. A new field of the source appears here.`}
      </p>
      <table class="list">
        <caption class="unseen">Fields that were not sent</caption>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col" class="number">
              Runs
            </th>
            <th scope="col" class="time wide-only">
              Last seen
            </th>
          </tr>
        </thead>
        <tbody>
          {observed.undeclared.map(({ path, runs, lastAt }) => (
            <tr>
              <th scope="row">
                <code>{path}</code>
              </th>
              <td class="number">{runs}</td>
              <td class="wide-only">
                <When at={lastAt} now={now} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );

const Kept = ({ view: { kept, spec } }: { view: DataFlowView }) => {
  if (kept === null)
    return (
      <p class="quiet">
        {spec === null
          ? "No governance spec is approved that says for how long."
          : "The approved governance spec does not fit the schema of this release: it cannot be read for how long."}
      </p>
    );
  const { contents, payloadDays, windowDays, undoDays } = kept;
  return (
    <>
      <p>
        {contents.because === null
          ? `A run’s contents are erased ${days(contents.days)} after its last entry: the days of version ${spec?.version} of the governance spec. No element asks for fewer.`
          : `A run’s contents are erased ${days(contents.days)} after its last entry, because ${contents.because} may not be kept longer. The governance spec alone would keep them for ${days(payloadDays)}. They go as a whole.`}
      </p>
      <p>
        {undoDays < windowDays
          ? `The governance spec lets writes be undone for ${days(windowDays)}, but after ${days(undoDays)} the old values are gone: then nothing can be undone any more.`
          : `Writes can be undone for ${days(windowDays)}; the old values are kept that long.`}
      </p>
      <p class="meta">Who did what, and when, stays in the audit. Copies in D1’s Time Travel go after another 30 days.</p>
    </>
  );
};
