// The Governance Specification of one version, to print and to sign off: who approved which text, what may be written, when a person is asked and who, how it is taken
// back and for how long it is kept. Made from the stored text and the certificates that it names; the text itself is at the end, so that its hash can be checked.
import type { GovernanceSpec } from "../../governance/spec.ts";
import type { SpecDocument } from "../../operations/read-documents.ts";
import type { ActionFacts } from "../action-facts.ts";
import { provedSentence, seenSentence } from "./certificate-words.ts";
import { days } from "./flow-words.ts";
import type { Frame } from "./layout.tsx";
import { Facts, Loud, Paper, Part, type Row, Sentences, Sheet } from "./paper.tsx";
import {
  askWords,
  budgetWords,
  classWords,
  failureWords,
  fieldWords,
  limitWords,
  modeWords,
  reviewWords,
  rollbackWords,
  ruleWords,
  samplingWords,
  thresholdWords,
} from "./policy-words.ts";
import { capital, listing, sentence, utc } from "./words.ts";

export interface GovernanceDocumentProps {
  readonly frame: Frame;
  readonly document: SpecDocument;
  /** What the connectors declare about each action; null for one that is not deployed. */
  readonly actions: Readonly<Record<string, ActionFacts | null>>;
  readonly now: number;
}

export const GovernanceDocument = ({ frame, document, actions, now }: GovernanceDocumentProps) => {
  const { record, kept, flow, engine, law } = document;
  const { spec, workflow, version, body } = record;
  return (
    <Paper
      frame={frame}
      title="Governance Specification"
      of={`${workflow}, version ${version}`}
      back={{ href: "/workflows", text: "Workflows" }}
      now={now}
    >
      <Identity document={document} />
      {spec === null || kept === null ? (
        <Loud>The text does not fit the schema of this release: no run begins with it, and it cannot be put into words here.</Loud>
      ) : (
        <>
          <Part title="1. Purpose">
            <p>{sentence(spec.purpose)}</p>
          </Part>
          <Part title="2. Class of decision and mode">
            <Facts
              rows={[
                [classWords(spec.regulated).name, classWords(spec.regulated).meaning],
                ["Mode", sentence(modeWords[spec.mode])],
              ]}
            />
          </Part>
          <Part title="3. When the model’s answer is enough">
            <Thresholds spec={spec} evidence={document.evidence} />
          </Part>
          <Part title="4. What may be written">
            <p>What is not listed here is denied.</p>
            {Object.entries(spec.actions).map(([action, rule]) => (
              <Action action={action} rule={rule} facts={actions[action] ?? null} />
            ))}
          </Part>
          <Part title="5. Review by people">
            <Sentences of={reviewWords(spec)} />
            <Groups spec={spec} />
          </Part>
          <Part title="6. Checks afterwards, and limits">
            <p>{samplingWords(spec.auditSampling)}</p>
            {spec.limits === undefined ? (
              <p>No limit on the number or the value of writes is set.</p>
            ) : (
              <Sentences of={limitWords(spec.limits)} />
            )}
            {spec.budget === undefined ? <p>No budget for model calls is set.</p> : <Sentences of={budgetWords(spec.budget)} />}
          </Part>
          <Part title="7. Taking back">
            <Sentences of={[...rollbackWords(spec, kept.undoDays), failureWords(spec)]} />
          </Part>
          <Part title="8. Retention">
            <p>{retentionWords(spec, kept.contents)}</p>
            <p>Who did what, and when, stays in the audit.</p>
          </Part>
        </>
      )}
      <Part title="9. Held whatever this specification says">
        <Facts rows={engine.map(({ about, held }): Row => [about, held])} />
      </Part>
      <Part title="10. Data flow">
        {flow === null ? (
          <p>No version of this workflow is deployed, and so nothing is sent.</p>
        ) : (
          <>
            <p>
              {flow.text.elements.length === 0
                ? "Nothing of a record is sent to a model."
                : `Sent to a model: ${listing(flow.text.elements.filter(({ treatment }) => treatment !== "no").map(({ element }) => element))}. The Art. 30 sheet of this workflow has the whole.`}
            </p>
            {flow.approval.state === "approved" ? (
              <p>{`Approved by ${flow.approval.approval.by} on ${utc(flow.approval.approval.at)} for exactly the text with SHA-256 ${flow.digest}.`}</p>
            ) : (
              <Loud>
                {flow.approval.state === "changed"
                  ? `The data flow has changed since ${flow.approval.approval.by} approved it on ${utc(flow.approval.approval.at)}. What is sent today is not approved.`
                  : "No data-protection officer has approved the data flow."}
              </Loud>
            )}
          </>
        )}
      </Part>
      <Part title="11. Texts of law and standards">
        <p class="meta">{`As read on ${law.asOf} by engineers. This is not legal advice, and no statement that anything is met.`}</p>
        <Sheet
          label="Texts of law and standards"
          head={["Text", "What it asks", "What bears on it here"]}
          rows={law.anchors.map(({ anchor, asks, bears, dates }) => [
            anchor,
            dates === undefined ? sentence(asks) : `${sentence(asks)} ${sentence(dates)}`,
            sentence(bears),
          ])}
        />
      </Part>
      <Part title="12. The exact text">
        <p class="meta">Its SHA-256 is the one at the top of this document.</p>
        <pre class="exact">{body}</pre>
      </Part>
    </Paper>
  );
};

const Identity = ({ document: { record, digestNow } }: { document: SpecDocument }) => {
  const { workflow, version, status, spec, author, approvals, digest } = record;
  return (
    <>
      <Facts
        rows={[
          ["Workflow", workflow],
          ["Version", String(version)],
          ["Status", capital(status)],
          ["SHA-256 of the text", <code>{digest}</code>],
          ["Owner", spec?.owner ?? "not readable"],
          ["Author", author ?? "not on record"],
          ...(approvals.length === 0
            ? [["Approved", "by nobody"] as const]
            : approvals.map(
                ({ by, at, digest: of }): Row => [
                  "Approved",
                  `by ${by} on ${utc(at)}, ${of === digest ? "for exactly this text" : `for another text, with SHA-256 ${of}`}`,
                ],
              )),
        ]}
      />
      {digestNow === digest ? null : (
        <Loud>{`The text in the database has the SHA-256 ${digestNow}: it is not the text that was put on record.`}</Loud>
      )}
      {status === "approved" ? null : <Loud>{`This version is not in force: its status is “${status}”.`}</Loud>}
    </>
  );
};

const Thresholds = ({ spec: { thresholds, alwaysAsk }, evidence }: { spec: GovernanceSpec; evidence: SpecDocument["evidence"] }) => (
  <>
    {Object.keys(thresholds).length === 0 ? (
      <p>No decision has a threshold: whatever is asked about when the model is unsure is asked about every time.</p>
    ) : (
      <Facts
        rows={Object.entries(thresholds).map(
          ([name, threshold]): Row => [name, sentence(thresholdWords(threshold, provedText(evidence, name)))],
        )}
      />
    )}
    {alwaysAsk.length === 0 ? null : (
      <Sentences
        of={alwaysAsk.map(
          ({ decision, field, equals, because }) =>
            `Always asked, however sure: ${decision} with ${field} “${equals}”. ${sentence(because)}`,
        )}
      />
    )}
  </>
);

function provedText(evidence: SpecDocument["evidence"], name: string): string | null {
  const found = evidence.find((one) => one.name === name);
  if (found?.kind !== "certificate") return null;
  const { certificate, issuedBy } = found.standing;
  const issued = `Issued by ${issuedBy} on ${utc(certificate.issuedAt)}, from validation ${certificate.report.id}`;
  return `${provedSentence(certificate)} ${seenSentence(certificate)} ${issued}`;
}

const Action = ({ action, rule, facts }: { action: string; rule: GovernanceSpec["actions"][string]; facts: ActionFacts | null }) => {
  const { ask, fields, never = [], rules = [] } = rule;
  return (
    <div class="paper-block">
      <h3>
        <code>{action}</code>
      </h3>
      <p>{facts === null ? "No connector of this deployment declares this action." : sentence(`${facts.system}: ${facts.summary}`)}</p>
      <Facts
        rows={[
          ["Asked", sentence(askWords[ask])],
          ["Undo", undoWords(facts)],
          ...(Object.keys(fields).length === 0 ? [["Fields", "None may be written."] as const] : []),
          ...Object.entries(fields).map(([field, constraint]): Row => [`Field ${field}`, sentence(capital(fieldWords(constraint)))]),
          ...(never.length === 0 ? [] : [["Never touched", sentence(listing(never))] as const]),
        ]}
      />
      {rules.length === 0 ? null : (
        <Sheet
          label={`Rules of ${action}`}
          head={["Rule", "If this holds, the write", "Why"]}
          rows={rules.map((one) => [
            one.name,
            <>
              {`${capital(ruleWords(one))}: `}
              <code>{one.when}</code>
            </>,
            sentence(one.reason),
          ])}
        />
      )}
    </div>
  );
};

function undoWords(facts: ActionFacts | null): string {
  switch (facts?.undo) {
    case "restore":
      return "The old values can be put back, but for fields that somebody has changed since.";
    case "withdraw":
      return "What was written can be removed again.";
    case "irreversible":
      return `It cannot be undone. ${facts.because === null ? "" : sentence(facts.because)}`.trim();
    default:
      return "Not known.";
  }
}

const Groups = ({ spec: { review } }: { spec: GovernanceSpec }) => {
  const groups = Object.entries(review.groups ?? {});
  return groups.length === 0 ? null : <Facts rows={groups.map(([name, people]): Row => [`Group ${name}`, listing(people)])} />;
};

const retentionWords = ({ retention }: GovernanceSpec, contents: { readonly days: number; readonly because: string | null }): string =>
  contents.because === null
    ? `A run’s contents (the event, what was read, decided and written) are erased ${days(contents.days)} after its last entry.`
    : `A run’s contents (the event, what was read, decided and written) are erased ${days(contents.days)} after its last entry: this specification would keep them for ${days(retention.payloadDays)}, but the data element ${contents.because} may not be kept longer.`;
