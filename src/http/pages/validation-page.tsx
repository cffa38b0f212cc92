// One validation until its report is there: what became of the file's rows, the button that starts it, how far it is, why it stopped. It loads again by itself while records
// are being answered.
import type { Failure } from "../../core/errors.ts";
import type { ValidationRow } from "../../operations/read-validation.ts";
import type { KeptImport } from "../../operations/validations.ts";
import { type Frame, Layout } from "./layout.tsx";
import { Chip, When } from "./marks.tsx";
import { Refusal } from "./refusal.tsx";
import { validationAddress } from "./report-page.tsx";
import { aimWords, contentsWords, STATE_WORDS } from "./validation-words.ts";
import { capital, sentence } from "./words.ts";

export interface ValidationPageProps {
  readonly frame: Frame;
  readonly validation: ValidationRow;
  readonly kept: KeptImport;
  /** May this person start and cancel it? */
  readonly mayRun: boolean;
  readonly now: number;
  readonly refused: Failure | null;
}

/** Records are answered by the dozen in this time. */
const REFRESH_S = 5;

export const ValidationPage = ({ frame, validation, kept, mayRun, now, refused }: ValidationPageProps) => {
  const { id, facts, status, createdBy, createdAt } = validation;
  return (
    <Layout
      frame={frame}
      title={`Validation of ${facts.workflow}`}
      section="validations"
      refresh={status === "running" && refused === null ? REFRESH_S : undefined}
    >
      <div class="page-head">
        <p class="crumb">
          <a href="/validations">Validations</a>
        </p>
        <h1>{`Validation of ${facts.workflow}: ${facts.decision}`}</h1>
        <p class="lead">{`${capital(aimWords(facts))}.`}</p>
      </div>
      {refused === null ? null : <Refusal failure={refused} />}
      <section class="panel" aria-labelledby="state">
        <div class="write-head">
          <h2 id="state">{facts.dataset.name}</h2>
          <Chip words={STATE_WORDS[status]} />
        </div>
        <p class="meta">
          {`Sent by ${createdBy}, `}
          <When at={createdAt} now={now} />
        </p>
        <Standing validation={validation} />
        <p class="quiet small">{contentsWords(validation)}</p>
        {mayRun ? <Actions id={id} status={status} rows={facts.dataset.rows} /> : null}
      </section>
      <ImportFacts validation={validation} kept={kept} />
    </Layout>
  );
};

const Standing = ({ validation }: { validation: ValidationRow }) => {
  const { status, facts, answered, failed, total, because, id } = validation;
  switch (status) {
    case "checked":
      return (
        <p>{`${facts.dataset.rows} records can be used. Each one is a call of the model, which may cost money; nothing was asked yet.`}</p>
      );
    case "running":
    case "stopped":
    case "cancelled":
      return (
        <>
          {because === null ? null : <p class={status === "stopped" ? "error" : "quiet"}>{sentence(because.message)}</p>}
          <p>
            <label for="progress">{`${answered} of ${total} records answered${failed > 0 ? `, ${failed} of them without an answer to compare` : ""}`}</label>
          </p>
          <progress id="progress" max={total} value={answered}>
            {`${answered} of ${total}`}
          </progress>
        </>
      );
    case "finished":
      return (
        <p>
          {`All ${total} records are answered. `}
          <a class="button primary" href={validationAddress(id, "/report")}>
            Open the report
          </a>
        </p>
      );
  }
};

const Actions = ({ id, status, rows }: { id: string; status: ValidationRow["status"]; rows: number }) => {
  const button = (what: string, words: string, primary = false) => (
    <form method="post" action={validationAddress(id, `/${what}`)}>
      <button type="submit" class={primary ? "button primary" : "button"}>
        {words}
      </button>
    </form>
  );
  switch (status) {
    case "checked":
      return (
        <div class="links">
          {button("start", `Start with ${rows} records`, true)}
          {button("cancel", "Cancel it")}
        </div>
      );
    case "running":
      return <div class="links">{button("cancel", "Cancel it")}</div>;
    case "stopped":
      return (
        <div class="links">
          {button("resume", "It is put right: go on", true)}
          {button("cancel", "Cancel it")}
        </div>
      );
    case "cancelled":
    case "finished":
      return null;
  }
};

const ImportFacts = ({ validation: { facts }, kept }: { validation: ValidationRow; kept: KeptImport }) => {
  const { columns, warnings, rejections } = kept;
  const { rejected, digest } = facts.dataset;
  const uses = [
    ...(columns.id === null ? [] : [`id from “${columns.id}”`]),
    ...Object.entries({ ...columns.elements, ...columns.fields }).map(([name, column]) => `${name} from “${column}”`),
  ];
  return (
    <section class="panel after" aria-labelledby="rows">
      <h2 id="rows">Rows of the file</h2>
      <p>{`${facts.dataset.rows} are used, ${rejected} were refused. Columns: ${uses.join(", ")}.`}</p>
      <p class="small quiet">
        SHA-256 of the file: <code class="digest">{digest}</code>
      </p>
      {warnings.length === 0 ? null : (
        <ul class="bullets">
          {warnings.map((warning) => (
            <li>{sentence(warning)}</li>
          ))}
        </ul>
      )}
      {rejections.length === 0 ? null : (
        <>
          <h3>{rejections.length < rejected ? `The first ${rejections.length} refused rows` : "Refused rows"}</h3>
          <ul class="bullets">
            {rejections.map(({ line, reason }) => (
              <li>{sentence(`Line ${line}: ${reason}`)}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
};
