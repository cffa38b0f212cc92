// On a run's page: which of its changes are contested, and the form that records a contest of one.
import type { Failure } from "../../core/errors.ts";
import type { Contest } from "../../operations/contest.ts";

export interface RunContestsProps {
  readonly runId: string;
  readonly contests: readonly Contest[];
  /** Steps that changed something or asked somebody. */
  readonly steps: readonly string[];
  readonly mayRecord: boolean;
  readonly refused: Failure | null;
  readonly draft: Readonly<Record<string, string>> | null;
}

export const RunContests = ({ runId, contests, steps, mayRecord, refused, draft }: RunContestsProps) =>
  steps.length === 0 ? null : (
    <section class="panel" aria-labelledby="contests">
      <h2 id="contests">Contested by a person affected</h2>
      {contests.length === 0 ? <p class="quiet">Nobody has contested what it did.</p> : null}
      {contests.length === 0 ? null : (
        <ul class="said">
          {contests.map(({ step, person, closing }) => (
            <li>
              <a href={closing === null ? "/contests" : "/contests?status=closed"}>{`“${step}” by ${person}`}</a>
              {closing === null ? ", to be judged" : closing.outcome === "upheld" ? ", the change stands" : ", changed"}
            </li>
          ))}
        </ul>
      )}
      {mayRecord ? (
        <details class="more" open={draft !== null}>
          <summary class="button">Record a contest</summary>
          <form method="post" action={`/runs/${encodeURIComponent(runId)}/contests`}>
            <div class="field">
              <label for="contest-step">What is contested</label>
              <select id="contest-step" name="step">
                {steps.map((step) => (
                  <option value={step} selected={draft?.step === step}>
                    {step}
                  </option>
                ))}
              </select>
            </div>
            <Field name="person" label="Reference to the person" draft={draft} refused={refused}>
              Such as a case number. It is kept for good, so give no more of the person than leads back to the case.
            </Field>
            <Field name="reason" label="What is objected to" draft={draft} refused={refused}>
              Somebody who had no part in the decision reads it and judges.
            </Field>
            <button type="submit" class="button">
              Record it
            </button>
          </form>
        </details>
      ) : null}
    </section>
  );

interface FieldProps {
  readonly name: "person" | "reason";
  readonly label: string;
  readonly draft: Readonly<Record<string, string>> | null;
  readonly refused: Failure | null;
  readonly children: string;
}

const Field = ({ name, label, draft, refused, children }: FieldProps) => {
  const id = `contest-${name}`;
  const error = draft !== null && refused?.field === name ? refused.message : null;
  return (
    <div class="field">
      <label for={id}>{`${label} (required)`}</label>
      <input
        type="text"
        id={id}
        name={name}
        required
        maxlength={name === "person" ? 200 : 2000}
        autocomplete="off"
        value={draft?.[name] ?? ""}
        aria-invalid={error === null ? undefined : "true"}
        aria-describedby={error === null ? `${id}-help` : `${id}-error ${id}-help`}
      />
      {error === null ? null : (
        <p class="error" id={`${id}-error`}>
          {error}
        </p>
      )}
      <p class="quiet small" id={`${id}-help`}>
        {children}
      </p>
    </div>
  );
};
