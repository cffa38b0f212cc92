// What an operator asks of a whole run, as forms: pause it, let it go on, cancel it, go on from the failed step, begin anew, begin again from a step. Only what
// fits the run's state is there, nothing is chosen beforehand, and each says what it does and what it leaves as it is.
import type { Failure } from "../../core/errors.ts";
import { ReasonField } from "./reason-field.tsx";
import type { RunChoices } from "./run-choices.ts";

/** What was entered in a form that was refused. */
export interface ControlDraft {
  readonly form: "cancel" | "restart";
  readonly fields: Readonly<Record<string, string>>;
}

export interface RunControlProps {
  readonly runId: string;
  readonly choices: RunChoices;
  readonly refused: Failure | null;
  readonly draft: ControlDraft | null;
}

export const RunControl = ({ runId, choices: { ended, paused, cancelling, goOn, steps }, refused, draft }: RunControlProps) => {
  const address = (what: string) => `/runs/${encodeURIComponent(runId)}/${what}`;
  if (!ended && cancelling !== null) return null;
  return (
    <section class="panel control" aria-labelledby="control">
      <h2 id="control">{!ended ? "Stop or let go on" : goOn === "no" ? "Begin again" : "Go on or begin again"}</h2>
      {ended ? null : paused ? (
        <Act action={address("resume")} label="Let it go on" help="It goes on with the step at which it stopped." />
      ) : (
        <Act
          action={address("pause")}
          label="Pause"
          help="No new step begins, until somebody lets it go on. What is being sent is finished."
        />
      )}
      {ended ? null : <Cancel action={address("cancel")} refused={refused} draft={draft?.form === "cancel" ? draft : null} />}
      {goOn === "yes" ? (
        <Act
          action={address("retry")}
          label="Go on from the failed step"
          help="The same run goes on. What it did before stays done and is not done again. For when the cause is gone."
        />
      ) : null}
      {goOn === "no_takes_back" ? (
        <p class="quiet small">It cannot go on from the failed step, because its writes were taken back.</p>
      ) : null}
      {ended ? (
        <Act
          action={address("replay")}
          label="Begin anew"
          help="A new run for the same event, under the newest version of the workflow. What this run wrote stays written, and the new run reads, decides and writes for itself."
        />
      ) : null}
      {steps.length === 0 ? null : <Restart action={address("restart")} steps={steps} draft={draft?.form === "restart" ? draft : null} />}
    </section>
  );
};

const Act = ({ action, label, help }: { action: string; label: string; help: string }) => {
  const id = `${action.split("/").at(-1)}-help`;
  return (
    <form method="post" action={action} class="act">
      <button type="submit" class="button" aria-describedby={id}>
        {label}
      </button>
      <p class="quiet small" id={id}>
        {help}
      </p>
    </form>
  );
};

/** Whether writes are taken back is never decided by leaving a field alone. */
export const TakeBack = ({ chosen, required = true }: { chosen: string | undefined; required?: boolean }) => (
  <fieldset>
    <legend>What was written so far</legend>
    <div class="radio">
      <input type="radio" id="leave" name="compensate" value="no" required={required} checked={chosen === "no"} />
      <label for="leave">Leave it as it is</label>
    </div>
    <div class="radio">
      <input type="radio" id="take-back" name="compensate" value="yes" checked={chosen === "yes"} aria-describedby="take-back-help" />
      <label for="take-back">Take it back</label>
      <p class="quiet small" id="take-back-help">
        The newest write first. Fields that somebody has changed since are left alone, and a message that was sent stays sent.
      </p>
    </div>
  </fieldset>
);

const Cancel = ({ action, refused, draft }: { action: string; refused: Failure | null; draft: ControlDraft | null }) => {
  return (
    <details class="more" open={draft !== null}>
      <summary class="button">Cancel</summary>
      <form method="post" action={action}>
        <p class="small">Nothing new is begun, and a cancelled run cannot go on any more. What is being sent is finished first.</p>
        <TakeBack chosen={draft?.fields.compensate} />
        <ReasonField id="reason" label="Reason" value={draft?.fields.reason} refused={draft === null ? null : refused} />
        <button type="submit" class="button danger">
          Cancel this run
        </button>
      </form>
    </details>
  );
};

const Restart = ({ action, steps, draft }: { action: string; steps: readonly string[]; draft: ControlDraft | null }) => (
  <details class="more" open={draft !== null}>
    <summary class="button">Begin again from a step</summary>
    <form method="post" action={action}>
      <p class="small" id="restart-help">
        A new run that takes over everything before the step, under the same version, and does the step and those after it again. What later
        steps of this run wrote stays written: the new run may write it a second time.
      </p>
      <div class="field">
        <label for="step">Step</label>
        <select id="step" name="step" required aria-describedby="restart-help">
          <option value="">Choose a step</option>
          {steps.map((step) => (
            <option value={step} selected={draft?.fields.step === step}>
              {step}
            </option>
          ))}
        </select>
      </div>
      <button type="submit" class="button">
        Begin again from this step
      </button>
    </form>
  </details>
);
