// The answers to an approval, each a form of its own: approve exactly what is shown, edit and approve (but for a question), reject with a reason. Each repeats the
// digest of what the page shows, so that a change which moved meanwhile is refused. What was entered stays when an answer is refused.
import type { Approval } from "../../core/approval.ts";
import type { Failure } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { FieldRule } from "../../db/reads.ts";
import { type Editor, editorFor, editorText } from "./field-editor.ts";

/** What a reviewer had entered when the answer was refused. `values` are the form's texts by field. */
export interface Draft {
  readonly kind: string;
  readonly values: Readonly<Record<string, string>>;
  readonly reason: string;
}

export interface DecisionFormsProps {
  readonly approval: Approval;
  readonly fields: Readonly<Record<string, FieldRule>>;
  readonly refused: Failure | null;
  readonly draft: Draft | null;
}

/** Form field of a value. Prefixed, so that a record's field called "kind" is not the form's. */
export const VALUE_PREFIX = "value:";

/** Where a field is edited on the page: an id by position, because a record's field may be called anything. */
export function inputId(approval: Approval, field: string): string | null {
  const index = Object.keys(approval.values).indexOf(field);
  return index >= 0 ? `field-${index}` : field === "reason" ? "reason" : null;
}

export const DecisionForms = ({ approval, fields, refused, draft }: DecisionFormsProps) => {
  const action = `/approvals/${encodeURIComponent(approval.id)}/decision`;
  const isQuestion = approval.question !== undefined;
  const reasonRefused = draft?.kind === "rejected" && refused?.field === "reason" ? refused.message : null;
  return (
    <div class="decide">
      <form method="post" action={action}>
        <Bound kind="approved" digest={approval.digest} />
        <button type="submit" class="button primary wide">
          Approve
        </button>
        <p class="quiet small">
          {isQuestion
            ? "Your approval is recorded and given to the workflow, which goes on with it."
            : "Exactly the change above is written, and recorded as your decision."}
        </p>
      </form>
      {isQuestion ? null : (
        <details open={draft?.kind === "edited"}>
          <summary class="button wide">Edit and approve</summary>
          <form method="post" action={action}>
            <Bound kind="edited" digest={approval.digest} />
            {Object.entries(approval.values).map(([field, value]) => (
              <FieldInput
                id={inputId(approval, field) ?? ""}
                field={field}
                proposed={value}
                editor={editorFor(Object.hasOwn(fields, field) ? fields[field] : undefined, value)}
                entered={draft?.kind === "edited" ? draft.values[field] : undefined}
                refused={draft?.kind === "edited" && refused?.field === field ? refused.message : null}
              />
            ))}
            <p class="quiet small">The edited values are checked against the governance spec again before anything is written.</p>
            <button type="submit" class="button primary">
              Approve these values
            </button>
          </form>
        </details>
      )}
      <details open={draft?.kind === "rejected"}>
        <summary class="button wide">Reject</summary>
        <form method="post" action={action}>
          <Bound kind="rejected" digest={approval.digest} />
          <div class="field">
            <label for="reason">Reason (required)</label>
            <textarea
              id="reason"
              name="reason"
              rows={3}
              maxlength={2000}
              required
              aria-invalid={reasonRefused ? "true" : undefined}
              aria-describedby={reasonRefused ? "reason-error reason-help" : "reason-help"}
            >
              {area(draft?.kind === "rejected" ? draft.reason : "")}
            </textarea>
            {reasonRefused ? (
              <p class="error" id="reason-error">
                {reasonRefused}
              </p>
            ) : null}
            <p class="quiet small" id="reason-help">
              {isQuestion ? "" : "Nothing is written. "}Your words are kept with the run and given to the workflow.
            </p>
          </div>
          <button type="submit" class="button danger">
            {isQuestion ? "Reject" : "Reject this change"}
          </button>
        </form>
      </details>
    </div>
  );
};

const Bound = ({ kind, digest }: { kind: string; digest: string }) => (
  <>
    <input type="hidden" name="kind" value={kind} />
    <input type="hidden" name="digest" value={digest} />
  </>
);

interface FieldInputProps {
  readonly id: string;
  readonly field: string;
  readonly proposed: Json;
  readonly editor: Editor;
  readonly entered: string | undefined;
  readonly refused: string | null;
}

const FieldInput = ({ id, field, proposed, editor, entered, refused }: FieldInputProps) => {
  const hint = hintOf(editor);
  const described = [refused && `${id}-error`, hint && `${id}-help`].filter(Boolean).join(" ");
  const common = {
    id,
    name: `${VALUE_PREFIX}${field}`,
    "aria-invalid": refused ? ("true" as const) : undefined,
    "aria-describedby": described === "" ? undefined : described,
  };
  const text = entered ?? editorText(editor, proposed);
  return (
    <div class="field">
      <label for={id}>{field}</label>
      {editor.kind === "choice" ? (
        <select {...common}>
          {editor.options.map((option) => (
            <option value={option.text} selected={option.text === text}>
              {option.text}
            </option>
          ))}
        </select>
      ) : editor.long ? (
        <textarea {...common} rows={5} spellcheck={editor.kind === "json" ? false : undefined}>
          {area(text)}
        </textarea>
      ) : (
        <input {...common} type="text" value={text} autocomplete="off" spellcheck={editor.kind === "json" ? false : undefined} />
      )}
      {refused ? (
        <p class="error" id={`${id}-error`}>
          {refused}
        </p>
      ) : null}
      {hint === null ? null : (
        <p class="quiet small" id={`${id}-help`}>
          {hint}
        </p>
      )}
    </div>
  );
};

function hintOf(editor: Editor): string | null {
  if (editor.kind === "json") return "JSON: a number, true, false, null, a list or an object; a text in double quotes.";
  return editor.kind === "text" && editor.maxLength !== null ? `At most ${editor.maxLength} characters.` : null;
}

/** A parser of HTML drops a line break right after <textarea>: one more keeps a text that begins with one. */
const area = (text: string): string => `\n${text}`;
