// A form of one answer that is given in words: a reason, what is missing, a question. Closed until it is opened, but where an answer in it was refused. What was
// entered then stands in it again, with what is wrong beside it.
import type { Child } from "hono/jsx";

export interface WordFormProps {
  readonly action: string;
  readonly kind: string;
  readonly digest: string;
  /** Name of the form's field, and where it is on the page. */
  readonly field: string;
  readonly id: string;
  readonly summary: string;
  readonly label: string;
  readonly help: string;
  readonly button: string;
  readonly tone?: "primary" | "danger" | "plain";
  /** What was entered when this form was refused, and what was wrong with it; null where it was another form, or none. */
  readonly refused: { readonly entered: string; readonly message: string | null } | null;
  /** Fields before the words. */
  readonly children?: Child;
}

export const WordForm = ({ action, kind, digest, summary, button, tone = "plain", refused, children, ...words }: WordFormProps) => (
  <details open={refused !== null}>
    <summary class="button wide">{summary}</summary>
    <form method="post" action={action}>
      <Bound kind={kind} digest={digest} />
      {children}
      <WordField {...words} refused={refused} />
      <button type="submit" class={tone === "plain" ? "button" : `button ${tone}`}>
        {button}
      </button>
    </form>
  </details>
);

export const WordField = ({ field, id, label, help, refused }: Pick<WordFormProps, "field" | "id" | "label" | "help" | "refused">) => (
  <div class="field">
    <label for={id}>{label}</label>
    <textarea
      id={id}
      name={field}
      rows={3}
      maxlength={2000}
      required
      aria-invalid={refused?.message ? "true" : undefined}
      aria-describedby={refused?.message ? `${id}-error ${id}-help` : `${id}-help`}
    >
      {area(refused?.entered ?? "")}
    </textarea>
    {refused?.message ? (
      <p class="error" id={`${id}-error`}>
        {refused.message}
      </p>
    ) : null}
    <p class="quiet small" id={`${id}-help`}>
      {help}
    </p>
  </div>
);

export const Bound = ({ kind, digest }: { kind: string; digest: string }) => (
  <>
    <input type="hidden" name="kind" value={kind} />
    <input type="hidden" name="digest" value={digest} />
  </>
);

/** A parser of HTML drops a line break right after <textarea>: one more keeps a text that begins with one. */
export const area = (text: string): string => `\n${text}`;
