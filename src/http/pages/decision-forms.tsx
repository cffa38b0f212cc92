// What a reviewer may say to an approval, each a form of its own: approve exactly what is shown, edit and approve (but for a question), reject, say that it does
// not suffice, ask for information, hand over. Each repeats the digest of what the page shows, so that a change which moved meanwhile is refused. What was entered
// stays when it is refused. Where the decision is regulated no answer is nearer at hand than another, nothing is filled in, and a yes takes a reason as well.
import type { Approval } from "../../core/approval.ts";
import type { Failure } from "../../core/errors.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { FieldRule } from "../../db/reads.ts";
import { type Editor, editablesOf, editorText } from "./field-editor.ts";
import { area, Bound, WordField, WordForm } from "./word-form.tsx";
import { valueText } from "./words.ts";

/** What a reviewer had entered when it was refused. `values` are the form's texts by field, `reason` the words of its one text. */
export interface Draft {
  readonly kind: string;
  readonly values: Readonly<Record<string, string>>;
  readonly reason: string;
}

export interface DecisionFormsProps {
  readonly approval: Approval;
  /** As they stand: what was asked, or what one of several made of it. */
  readonly values: JsonObject;
  readonly digest: string;
  readonly fields: Readonly<Record<string, FieldRule>>;
  readonly regulated: boolean;
  /** They have agreed to these values already, and others must. */
  readonly agreed: boolean;
  /** How many more must agree, this one included. */
  readonly missing: number;
  /** To whom it may be handed. */
  readonly others: readonly string[];
  readonly refused: Failure | null;
  readonly draft: Draft | null;
  /** When the page was made: how long it was looked at is kept with the answer. */
  readonly shownAt?: number;
}

/** Form field of a value. Prefixed, so that a record's field called "kind" is not the form's. */
export const VALUE_PREFIX = "value:";

/** The one text of each form, by what it says. */
export const WORDS: Readonly<Record<string, string>> = {
  approved: "reason",
  edited: "reason",
  rejected: "reason",
  insufficient: "missing",
  ask: "question",
  inform: "text",
  reassign: "to",
};

/** Where a field is entered on the page: an id by position, because a record's field may be called anything. */
export function inputId(approval: Approval, field: string, kind: string | null): string | null {
  if (kind !== null && kind !== "edited" && WORDS[kind] === field) return wordsId(kind);
  const index = Object.keys(approval.answer?.fields ?? approval.values).indexOf(field);
  return index >= 0 ? `field-${index}` : kind === "edited" && field === "reason" ? wordsId(kind) : null;
}

export const wordsId = (kind: string): string => (kind === "rejected" ? "reason" : `${kind}-words`);

/** What was refused of this kind of answer, for its form. */
export function refusalOf(kind: string, refused: Failure | null, draft: Draft | null) {
  if (draft?.kind !== kind) return null;
  return { entered: draft.reason, message: refused !== null && refused.field === WORDS[kind] ? refused.message : null };
}

export const decisionAddress = (approval: Approval, shownAt?: number): string =>
  `/approvals/${encodeURIComponent(approval.id)}/decision${shownAt === undefined ? "" : `?shown=${shownAt}`}`;

export const DecisionForms = (props: DecisionFormsProps) => {
  const { approval, digest, regulated, agreed, missing, others, refused, draft } = props;
  const action = decisionAddress(approval, props.shownAt);
  const isQuestion = approval.question !== undefined;
  const words = (kind: string) => {
    return { action, kind, digest, field: WORDS[kind] ?? "", id: wordsId(kind), refused: refusalOf(kind, refused, draft) };
  };
  const isLast = missing <= 1;
  const approving = isQuestion
    ? "Your approval is recorded and given to the workflow, which goes on with it."
    : "Exactly the change above is written, and recorded as your decision.";
  const isOpen = approval.answer !== undefined && Object.keys(props.values).length === 0;
  const agreeing = isLast ? approving : `Recorded as your agreement. ${count(missing - 1)} more must agree before anything follows.`;
  return (
    <div class="decide">
      {agreed ? (
        <p>You have agreed to this. Others must agree as well; until they have, you can still say something else.</p>
      ) : isOpen ? null : regulated ? (
        <WordForm
          {...words("approved")}
          summary="Approve"
          label="Your reason (required)"
          help={`In your own words. ${agreeing}`}
          button={isQuestion ? "Approve" : "Approve this change"}
        />
      ) : (
        <form method="post" action={action}>
          <Bound kind="approved" digest={digest} />
          <button type="submit" class="button primary wide">
            Approve
          </button>
          <p class="quiet small">{agreeing}</p>
        </form>
      )}
      {isQuestion && !approval.answer ? null : <EditForm {...props} action={action} />}
      {approval.answer ? null : (
        <WordForm
          {...words("rejected")}
          summary="Reject"
          label="Reason (required)"
          help={`${isQuestion ? "" : "Nothing is written. "}Your words are kept with the run and given to the workflow.`}
          button={isQuestion ? "Reject" : "Reject this change"}
          tone={regulated ? "plain" : "danger"}
        />
      )}
      <WordForm
        {...words("insufficient")}
        summary="Not enough information"
        label="What is missing (required)"
        help={`This is an answer, and ends the question. ${isQuestion ? "" : "Nothing is written. "}The workflow is told what is missing.`}
        button="Answer: not enough information"
      />
      <WordForm
        {...words("ask")}
        summary="Ask for information first"
        label="What do you need to know?"
        help="The approval stays open, and its time runs on. Your question is shown here, and whoever knows can answer it."
        button="Ask"
      />
      {others.length === 0 || agreed ? null : <HandOver {...props} action={action} />}
    </div>
  );
};

const EditForm = ({ approval, values, digest, fields, regulated, refused, draft, action }: DecisionFormsProps & { action: string }) => (
  <details open={draft?.kind === "edited" || approval.answer !== undefined}>
    <summary class="button wide">{approval.answer ? "Give the answer" : "Edit and approve"}</summary>
    <form method="post" action={action}>
      <Bound kind="edited" digest={digest} />
      {editablesOf(approval, values, fields).map(({ field, proposed, isOpen, editor }) => (
        <FieldInput
          id={inputId(approval, field, "edited") ?? ""}
          field={field}
          proposed={isOpen ? null : proposed}
          blank={regulated || isOpen}
          editor={editor}
          entered={draft?.kind === "edited" ? draft.values[field] : undefined}
          refused={draft?.kind === "edited" && refused?.field === field ? refused.message : null}
        />
      ))}
      {regulated ? (
        <WordField
          field="reason"
          id={wordsId("edited")}
          label="Your reason (required)"
          help="In your own words."
          refused={refusalOf("edited", refused, draft)}
        />
      ) : null}
      <p class="quiet small">
        {approval.answer
          ? "Recorded as your answer, under your name. What the workflow then writes is ruled on as always."
          : "The edited values are checked against the governance spec again before anything is written."}
      </p>
      <button type="submit" class={regulated && !approval.answer ? "button" : "button primary"}>
        {approval.answer ? "Answer" : "Approve these values"}
      </button>
    </form>
  </details>
);

const HandOver = ({ others, digest, refused, draft, action }: DecisionFormsProps & { action: string }) => {
  const said = refusalOf("reassign", refused, draft);
  const id = wordsId("reassign");
  return (
    <details open={said !== null}>
      <summary class="button wide">Hand over</summary>
      <form method="post" action={action}>
        <Bound kind="reassign" digest={digest} />
        <div class="field">
          <label for={id}>To whom</label>
          <select id={id} name="to" required aria-invalid={said?.message ? "true" : undefined} aria-describedby={`${id}-help`}>
            <option value="">Choose a reviewer</option>
            {others.map((person) => (
              <option value={person} selected={said?.entered === person}>
                {person}
              </option>
            ))}
          </select>
          <p class="quiet small" id={`${id}-help`}>
            {said?.message ?? "You are then no longer asked. It stays with those whom the governance spec names."}
          </p>
        </div>
        <button type="submit" class="button">
          Hand over
        </button>
      </form>
    </details>
  );
};

interface FieldInputProps {
  readonly id: string;
  readonly field: string;
  /** Null, on its own, where nobody has proposed anything. */
  readonly proposed: Json;
  /** Nothing is filled in: the value is theirs to give. */
  readonly blank: boolean;
  readonly editor: Editor;
  readonly entered: string | undefined;
  readonly refused: string | null;
}

const FieldInput = ({ id, field, proposed, blank, editor, entered, refused }: FieldInputProps) => {
  const hint = [blank && proposed !== null ? `Proposed: ${valueText(proposed)}.` : null, hintOf(editor)]
    .filter((part) => part !== null)
    .join(" ");
  const described = [refused && `${id}-error`, hint && `${id}-help`].filter(Boolean).join(" ");
  const common = {
    id,
    name: `${VALUE_PREFIX}${field}`,
    "aria-invalid": refused ? ("true" as const) : undefined,
    "aria-describedby": described === "" ? undefined : described,
  };
  const isRequired = blank && !(editor.kind === "text" && editor.nullable);
  const text = entered ?? (blank ? "" : editorText(editor, proposed));
  return (
    <div class="field">
      <label for={id}>{field}</label>
      {editor.kind === "choice" ? (
        <select {...common} required={isRequired}>
          {blank ? <option value="">Choose a value</option> : null}
          {editor.options.map((option) => (
            <option value={option.text} selected={option.text === text}>
              {option.text}
            </option>
          ))}
        </select>
      ) : editor.long ? (
        <textarea {...common} rows={5} required={isRequired} spellcheck={editor.kind === "json" ? false : undefined}>
          {area(text)}
        </textarea>
      ) : (
        <input
          {...common}
          type="text"
          required={isRequired}
          value={text}
          autocomplete="off"
          spellcheck={editor.kind === "json" ? false : undefined}
        />
      )}
      {refused ? (
        <p class="error" id={`${id}-error`}>
          {refused}
        </p>
      ) : null}
      {hint === "" ? null : (
        <p class="quiet small" id={`${id}-help`}>
          {hint}
        </p>
      )}
    </div>
  );
};

function hintOf(editor: Editor): string | null {
  if (editor.kind === "text" && editor.nullable) return "Leave it empty where there is none.";
  if (editor.kind === "json") return "JSON: a number, true, false, null, a list or an object; a text in double quotes.";
  return editor.kind === "text" && editor.maxLength !== null ? `At most ${editor.maxLength} characters.` : null;
}

const count = (people: number): string => (people === 1 ? "One" : String(people));
