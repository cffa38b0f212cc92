// One record of a validation: what it said, what was answered and with which confidence, and the way to say that its label is wrong. The answer is never changed.
import type { Failure } from "../../core/errors.ts";
import type { LabelChoices, ReportView } from "../../operations/validation-reports.ts";
import { type Frame, Layout } from "./layout.tsx";
import { Bar } from "./marks.tsx";
import { Refusal } from "./refusal.tsx";
import { validationAddress } from "./report-page.tsx";
import { millis, scoreText } from "./report-parts.ts";
import { day, utc } from "./words.ts";

type LabelledRecord = ReportView["records"][number];

export interface LabelledRecordPageProps {
  readonly frame: Frame;
  readonly view: ReportView;
  readonly record: LabelledRecord;
  /** Null for whoever may not change labels. */
  readonly choices: LabelChoices | null;
  readonly refused: Failure | null;
  /** What was entered. */
  readonly draft: Readonly<Record<string, string>>;
}

export const LabelledRecordPage = ({ frame, view, record, choices, refused, draft }: LabelledRecordPageProps) => {
  const { state, issued } = view;
  const changes = issued?.report.relabelled.filter((one) => one.record === record.id) ?? [];
  return (
    <Layout frame={frame} title={`Record ${record.id}`} section="validations">
      <div class="page-head">
        <p class="crumb">
          <a href={validationAddress(state.id, "/report")}>{`Validation of ${state.facts.workflow}`}</a>
        </p>
        <h1>{`Record ${record.id}`}</h1>
        <p class="lead">{`Line ${record.line} of ${state.facts.dataset.name}`}</p>
      </div>
      {refused === null ? null : <Refusal failure={refused} />}
      <div class="two">
        <div class="column">
          <section class="panel" aria-labelledby="said">
            <h2 id="said">What it says</h2>
            {state.erasedAt === null ? null : (
              <p class="quiet">{`It was erased on ${day(state.erasedAt)}. Its label and the answer stay.`}</p>
            )}
            <dl class="prose">
              {Object.entries(record.input).map(([element, text]) => (
                <>
                  <dt class="quiet small">{element}</dt>
                  <dd class="value">{text}</dd>
                </>
              ))}
            </dl>
          </section>
          {changes.length === 0 ? null : (
            <section class="panel" aria-labelledby="changes">
              <h2 id="changes">Its label was changed</h2>
              <ul class="bullets">
                {changes.map(({ before, after, reason, by, at }) => (
                  <li>
                    {Object.entries(after)
                      .map(([field, label]) => `${field}: ${before[field]} to ${label}`)
                      .join(", ")}
                    {`, ${reason} `}
                    <span class="meta">{`${by}, ${utc(at)}`}</span>
                  </li>
                ))}
              </ul>
            </section>
          )}
        </div>
        <div class="column">
          <Answer record={record} fields={state.facts.fields} />
          {choices === null || issued === null ? null : (
            <section class="panel" aria-labelledby="relabel">
              <h2 id="relabel">Does the label look wrong?</h2>
              <p class="quiet">
                The answer stays as it is. A new revision of the report is computed, which names you, the reason and the revision before.
              </p>
              <form method="post" action={validationAddress(state.id, `/records/${encodeURIComponent(record.id)}`)} class="decide">
                <input type="hidden" name="revision" value={String(issued.report.revision)} />
                {state.facts.fields.map((field) => (
                  <LabelField
                    field={field}
                    current={draft[`label:${field}`] ?? record.expected[field] ?? ""}
                    choices={choices[field] ?? null}
                  />
                ))}
                <div class="field">
                  <label for="reason">Why (required)</label>
                  <textarea id="reason" name="reason" rows={3} required>
                    {draft.reason ?? ""}
                  </textarea>
                </div>
                <button type="submit">Change the label</button>
              </form>
            </section>
          )}
        </div>
      </div>
    </Layout>
  );
};

const LabelField = ({ field, current, choices }: { field: string; current: string; choices: readonly string[] | null }) => {
  const name = `label:${field}`;
  return (
    <div class="field">
      <label for={name}>{field}</label>
      {choices === null ? (
        <input type="text" id={name} name={name} value={current} />
      ) : (
        <select id={name} name={name}>
          {/* A label of an older release may be none of today's. */}
          {[...(choices.includes(current) ? [] : [current]), ...choices].map((choice) => (
            <option value={choice} selected={choice === current}>
              {choice}
            </option>
          ))}
        </select>
      )}
    </div>
  );
};

const Answer = ({ record: { answer, expected }, fields }: { record: LabelledRecord; fields: readonly string[] }) => {
  if (answer.kind === "failed")
    return (
      <section class="panel" aria-labelledby="answer">
        <h2 id="answer">No answer</h2>
        <p>{answer.message}</p>
        <p class="meta">{answer.code}</p>
      </section>
    );
  return (
    <section class="panel" aria-labelledby="answer">
      <h2 id="answer">{`Answered with a score of ${scoreText(answer.score)}`}</h2>
      {fields.map((field) => (
        <div class="answer">
          <h3>
            {field} <span class="quiet">{`labelled ${expected[field] ?? "nothing"}`}</span>
          </h3>
          <div class="choice">
            <Option value={answer.value[field] ?? "nothing"} share={answer.fields[field]?.confidence ?? null} chosen />
            {(answer.fields[field]?.alternatives ?? []).slice(0, 3).map(({ value, probability }) => (
              <Option value={value} share={probability} />
            ))}
          </div>
        </div>
      ))}
      <p class="meta">{`${answer.model} (${answer.provider}), ${millis(answer.latencyMs)}`}</p>
    </section>
  );
};

const Option = ({ value, share, chosen = false }: { value: string; share: number | null; chosen?: boolean }) => (
  <div class={chosen ? "option chosen" : "option"}>
    <span>{chosen ? "answer" : "or"}</span>
    <span>{value}</span>
    {share === null ? <span class="quiet">not measured</span> : <Bar share={share} strong={chosen} />}
    <span class="share">{share === null ? "" : scoreText(share)}</span>
  </div>
);
