// Validations: each with what it is to prove and how far it is; and the form that sends a file of labelled records. A refusal is shown above the form with what was entered;
// the file itself a browser does not give twice.
import type { Failure } from "../../core/errors.ts";
import type { ValidationRow } from "../../operations/read-validation.ts";
import { type Frame, Layout } from "./layout.tsx";
import { Empty } from "./list-parts.tsx";
import { Chip, When } from "./marks.tsx";
import { Refusal } from "./refusal.tsx";
import { validationAddress } from "./report-page.tsx";
import { aimWords, STATE_WORDS } from "./validation-words.ts";
import { capital } from "./words.ts";

export interface ValidationsPageProps {
  readonly frame: Frame;
  readonly validations: readonly ValidationRow[];
  /** Workflows that this person may validate. */
  readonly workflows: readonly string[];
  readonly now: number;
  readonly refused: Failure | null;
  readonly draft: Readonly<Record<string, string>>;
}

export const ValidationsPage = ({ frame, validations, workflows, now, refused, draft }: ValidationsPageProps) => (
  <Layout frame={frame} title="Validations" section="validations">
    <div class="page-head">
      <h1>Validations</h1>
      <p class="lead">
        Labelled records go through a workflow as events do, without the power to write. The report says from which score on its answers may
        be written automatically, and whether that is proved.
      </p>
    </div>
    {refused === null ? null : (
      <Refusal failure={refused}>
        <p>Nothing was kept. Change the file or what you entered, and send it again.</p>
      </Refusal>
    )}
    {workflows.length === 0 ? null : (
      <details class="more" open={refused !== null || validations.length === 0}>
        <summary class="button primary">Validate a workflow</summary>
        <UploadForm workflows={workflows} refused={refused} draft={draft} />
      </details>
    )}
    {validations.length === 0 ? (
      <Empty title="Nothing was validated yet">Each validation stays here with its report, whatever it proved.</Empty>
    ) : (
      <List validations={validations} now={now} />
    )}
  </Layout>
);

const List = ({ validations, now }: { validations: readonly ValidationRow[]; now: number }) => (
  <table class="list">
    <caption class="unseen">Validations, newest first</caption>
    <thead>
      <tr>
        <th scope="col" class="record">
          Workflow and file
        </th>
        <th scope="col">To prove</th>
        <th scope="col">State</th>
        <th scope="col">Answered</th>
      </tr>
    </thead>
    <tbody>
      {validations.map((row) => (
        <tr>
          <td class="record">
            <a href={validationAddress(row.id)}>{`${row.workflow}: ${row.facts.decision}`}</a>
            <p class="small quiet">
              {`${row.facts.dataset.name}, by ${row.createdBy}, `}
              <When at={row.createdAt} now={now} />
            </p>
          </td>
          <td>{capital(aimWords(row.facts))}</td>
          <td>
            <Chip words={STATE_WORDS[row.status]} />
          </td>
          <td>{row.status === "checked" ? `0 of ${row.facts.dataset.rows}` : `${row.answered} of ${row.total}`}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

interface UploadProps {
  readonly workflows: readonly string[];
  readonly refused: Failure | null;
  readonly draft: Readonly<Record<string, string>>;
}

const UploadForm = ({ workflows, refused, draft }: UploadProps) => {
  const field = (name: string, label: string, hint: string, required = false) => (
    <div class="field">
      <label for={`v-${name}`}>{required ? `${label} (required)` : label}</label>
      <p class="small quiet" id={`v-${name}-hint`}>
        {hint}
      </p>
      <input
        type="text"
        id={`v-${name}`}
        name={name}
        maxlength={200}
        autocomplete="off"
        required={required ? true : undefined}
        value={draft[name] ?? ""}
        aria-describedby={`v-${name}-hint`}
        aria-invalid={refused?.field === name ? "true" : undefined}
      />
    </div>
  );
  return (
    <form method="post" action="/validations" enctype="multipart/form-data" class="panel">
      <div class="field">
        <label for="v-workflow">Workflow (required)</label>
        <select id="v-workflow" name="workflow" required>
          {workflows.map((name) => (
            <option value={name} selected={draft.workflow === name}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <div class="field">
        <label for="v-file">Labelled records (required)</label>
        <p class="small quiet" id="v-file-hint">
          200 to 5,000 of them: CSV, JSON Lines or a promptfoo CSV, as UTF-8. Draw them at random from what really came in.
        </p>
        <input type="file" id="v-file" name="file" accept=".csv,.tsv,.txt,.jsonl,.ndjson" required aria-describedby="v-file-hint" />
      </div>
      {field(
        "limit",
        "Limit",
        "How many of what is written automatically may be wrong, as a share: 0.05 is one in twenty. Choose it before you see the report.",
        true,
      )}
      {field("confidence", "Confidence", "How sure the proof is to be: 0.95, unless you say otherwise.")}
      <details class="more">
        <summary>Which column is what</summary>
        <p class="small quiet">
          Columns with the name of a data element or of a field, or its last part, are found. Say what is called otherwise.
        </p>
        {field("text", "Column of the text", "For a file with one text column.")}
        {field("label", "Column of the label", "For a file with one label column.")}
        {field("id", "Column of the id", "Without one, records are named by their line.")}
        {field("columns", "Others", "name=column, separated by commas: ticket.subject=Title, priority=Urgency")}
      </details>
      <div class="radio">
        <input type="checkbox" id="v-anyway" name="anyway" value="yes" checked={draft.anyway === "yes"} />
        <label for="v-anyway">Go on with fewer than 200 records, although they prove nothing</label>
      </div>
      <button type="submit" class="button primary">
        Check the file
      </button>
    </form>
  );
};
