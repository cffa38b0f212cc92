// The record of processing of one workflow (GDPR Art. 30(1)), to print: controller, purposes, whose data and which, recipients and transfers, time limits, measures. Made
// from the declared data flow, the provider cards and the governance spec as they are today. What nobody has said is printed as missing.

import type { FlowRecipientView } from "../../operations/read-data-flow.ts";
import type { ProcessingRecord } from "../../operations/read-documents.ts";
import { type RecordedCard, TRANSFERS } from "../../operations/record-card.ts";
import { basisWords, classWords, days, standingChip, treatmentWords } from "./flow-words.ts";
import type { Frame } from "./layout.tsx";
import { Facts, Loud, Paper, Part, type Row, Sentences, Sheet } from "./paper.tsx";
import { capital, listing, sentence, utc } from "./words.ts";

export const Art30Sheet = ({ frame, record, now }: { frame: Frame; record: ProcessingRecord; now: number }) => {
  const { flow, controller, systems, measures, notDone, law } = record;
  const { workflow, version, text, recipients, digest, observed } = flow;
  const unsaid = text.dataSubjects.length === 0;
  return (
    <Paper
      frame={frame}
      title="Data Flow Specification (GDPR Art. 30)"
      of={`${workflow}, version ${version}`}
      back={{ href: `/workflows/${encodeURIComponent(workflow)}/data-flow`, text: "Data flow" }}
      now={now}
    >
      <Facts
        rows={[
          ["Workflow", `${workflow}, version ${version}`],
          ["SHA-256 of this data flow", <code>{digest}</code>],
          [
            "Governance specification",
            flow.spec === null ? "none is approved" : `version ${flow.spec.version}, SHA-256 ${flow.spec.digest}`,
          ],
          ["Approved", approvedWords(record)],
        ]}
      />
      {flow.approval.state === "approved" ? null : (
        <Loud>
          {flow.approval.state === "never"
            ? "No data-protection officer has approved this data flow."
            : `It has changed since it was approved: ${listing(flow.approval.changes)}.`}
        </Loud>
      )}
      <Part title="(a) Controller">
        {controller ? (
          <Facts
            rows={[
              ["Controller", controller.name],
              ["Contact", controller.contact],
              ["Data-protection officer", controller.dataProtectionOfficer ?? "not configured"],
            ]}
          />
        ) : (
          <Loud>Not configured: name the controller under “processing” in src/config.ts.</Loud>
        )}
      </Part>
      <Part title="(b) Purposes">
        <p>{sentence(text.purpose)}</p>
      </Part>
      <Part title="(c) Whose data, and which">
        {unsaid ? (
          <Loud>Categories of data subjects are not configured: name them under “processing” in src/config.ts.</Loud>
        ) : (
          <p>{`Data subjects: ${listing(text.dataSubjects)}.`}</p>
        )}
        {text.elements.length === 0 ? <p>No data element is declared, and none is sent to a model.</p> : <Elements record={record} />}
        {observed.undeclared.length === 0 ? null : (
          <p>{`Read from the source in recent runs, not declared, and therefore not sent to a model: ${listing(observed.undeclared.map(({ path }) => path))}.`}</p>
        )}
      </Part>
      <Part title="(d) and (e) Recipients and transfers">
        <Recipients recipients={recipients} />
        <Sheet
          label="Business systems"
          head={["Business system", "Reads", "Writes"]}
          rows={systems.map(({ title, host, reads, writes }) => [
            `${title}${host === null ? "" : ` at ${host}`}`,
            reads.length === 0 ? "nothing" : listing(reads),
            writes.length === 0 ? "nothing" : listing(writes),
          ])}
        />
        <p>
          Cloudflare stores and processes all of it: Workers, D1, R2, Queues. Agreements with Cloudflare and with the business systems are
          not on record here.
        </p>
      </Part>
      <Part title="(f) Time limits for erasure">
        <p>{erasureWords(record)}</p>
      </Part>
      <Part title="(g) Measures, as they are enforced">
        <Facts rows={measures.map(({ about, held }): Row => [about, held])} />
        <p>Not done:</p>
        <Sentences of={notDone} />
      </Part>
      <Part title="Texts of law">
        <p class="meta">{`As read on ${law.asOf} by engineers. This is not legal advice, and no statement that anything is met.`}</p>
        <Sheet
          label="Texts of law"
          head={["Text", "What it asks", "What bears on it here"]}
          rows={law.anchors.map(({ anchor, asks, bears }) => [anchor, sentence(asks), sentence(bears)])}
        />
      </Part>
    </Paper>
  );
};

function approvedWords({ flow: { approval } }: ProcessingRecord): string {
  switch (approval.state) {
    case "approved":
      return `by ${approval.approval.by} on ${utc(approval.approval.at)}, for exactly this text`;
    case "changed":
      return `an earlier text, by ${approval.approval.by} on ${utc(approval.approval.at)}`;
    case "never":
      return "not yet";
  }
}

const Elements = ({ record: { flow } }: { record: ProcessingRecord }) => (
  <Sheet
    label="Data elements"
    columns="elements"
    head={["Element", "Category", "Purpose", "Legal basis", "Treatment", "Kept"]}
    rows={flow.text.elements.map(({ element, class: category, purpose, basis, treatment, redact, retentionDays }) => [
      <code>{element}</code>,
      capital(classWords[category]),
      purpose,
      capital(basisWords(basis)),
      `${capital(treatmentWords[treatment])}${redact.length === 0 ? "" : ` (${redact.join(", ")})`}`,
      days(retentionDays),
    ])}
  />
);

const Recipients = ({ recipients }: { recipients: readonly FlowRecipientView[] }) =>
  recipients.length === 0 ? (
    <p>No model is asked.</p>
  ) : (
    <Sheet
      label="Model providers"
      head={["Model provider", "Agreement (Art. 28)", "Processed in", "Transfer covered by", "Keeps"]}
      rows={recipients.map((recipient) => [
        recipientName(recipient),
        ...(recipient.local
          ? ["none needed: it runs inside this Worker", "where this Worker runs", "no transfer to a provider", "nothing"]
          : cardCells(recipient)),
      ])}
    />
  );

const recipientName = ({ model, provider, host, local }: FlowRecipientView): string =>
  provider === null ? `the model “${model}” cannot be set up` : local ? `${provider} (built in)` : `${provider} at ${host}`;

function cardCells({ card, standing, refused }: FlowRecipientView): string[] {
  const state = refused === null ? standingChip(standing, false).label : `${standingChip(standing, false).label}; nothing is sent`;
  if (card === null) return [state, "not on record", "not on record", "not on record"];
  return [
    `${state}. ${agreementWords(card)}`,
    card.region,
    card.transfer === null ? "not on record" : TRANSFERS[card.transfer],
    card.zeroRetention ? "nothing" : "may keep requests",
  ];
}

const agreementWords = ({ dpaSignedOn, dpaExpires }: RecordedCard): string =>
  dpaSignedOn === null ? "Not signed" : `Signed on ${dpaSignedOn}, ${dpaExpires === null ? "without an end" : `until ${dpaExpires}`}`;

function erasureWords({ flow: { kept } }: ProcessingRecord): string {
  if (kept === null)
    return "No governance specification is approved that says for how long. No data element is kept longer than the table above says.";
  const because =
    kept.contents.because === null
      ? "the days that the governance specification sets"
      : `as ${kept.contents.because} may not be kept longer`;
  return `A run’s contents (the event, what was read, what the model answered, what was written and what it replaced) are erased ${days(kept.contents.days)} after its last entry, ${because}. Who did what, and when, stays without the contents.`;
}
