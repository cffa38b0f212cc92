// The one line in which somebody says why, in a form that ends or reverses something: with the refusal beside it, and bound to it for a screen reader.
import type { Failure } from "../../core/errors.ts";

interface ReasonFieldProps {
  /** Unique on its page. */
  readonly id: string;
  readonly label: string;
  readonly required?: boolean;
  /** What was sent and refused. */
  readonly value: string | undefined;
  readonly refused: Failure | null;
}

export const ReasonField = ({ id, label, required, value, refused }: ReasonFieldProps) => {
  const error = refused?.field === "reason" ? refused.message : null;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        type="text"
        id={id}
        name="reason"
        required={required}
        maxlength={2000}
        autocomplete="off"
        value={value ?? ""}
        aria-invalid={error === null ? undefined : "true"}
        aria-describedby={error === null ? undefined : `${id}-error`}
      />
      {error === null ? null : (
        <p class="error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
};
