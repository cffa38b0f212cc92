// One request to all runs that a list's filter matches: how many these are, what can be asked of them, and that it is meant. Only an operator is shown it; pure.
import type { RunStatus } from "../../core/run.ts";
import type { RunsWanted } from "../../db/runs.ts";
import { filterText, Kept } from "./runs-filter.tsx";

export const ASKS = {
  pause: { label: "Pause", done: "paused", help: "No new step begins, until somebody lets them go on." },
  resume: { label: "Let go on", done: "let go on", help: "Those that are paused go on. A kill switch holds them still." },
  cancel: {
    label: "Cancel, and leave what was written",
    done: "being cancelled",
    help: "Nothing new is begun, and they cannot go on any more.",
  },
  "cancel-and-take-back": {
    label: "Cancel, and take back what was written",
    done: "being cancelled",
    help: "As above, and what can be undone is undone. Fields that somebody has changed since are left alone.",
  },
  retry: { label: "Go on from the failed step", done: "going on", help: "What was done before stays done and is not done again." },
  replay: {
    label: "Begin anew",
    done: "begun anew",
    help: "A new run for each event, under the newest version. What was written stays written, and the new runs write for themselves.",
  },
} as const;
export type AskName = keyof typeof ASKS;

const OPEN: readonly AskName[] = ["pause", "resume", "cancel", "cancel-and-take-back"];
const fitting = (status: RunStatus | undefined): readonly AskName[] => {
  if (status === undefined) return Object.keys(ASKS) as AskName[];
  if (status === "failed") return ["retry", "replay"];
  return status === "completed" || status === "cancelled" ? ["replay"] : OPEN;
};

export interface ManyRunsFormProps {
  readonly filter: RunsWanted;
  /** Counted up to one more than `counted`. */
  readonly matching: number;
  readonly counted: number;
  readonly now: number;
  readonly draft: Readonly<Record<string, string>> | null;
}

export const countText = (count: number, counted: number): string =>
  count > counted ? `more than ${counted} runs` : `${count} ${count === 1 ? "run" : "runs"}`;

export const ManyRunsForm = ({ filter, matching, counted, now, draft }: ManyRunsFormProps) => (
  <details class="panel many" open={draft !== null}>
    <summary>{`Ask something of the ${countText(matching, counted)} that match`}</summary>
    <form method="post" action="/runs/bulk">
      {/* Runs that begin while this page is read are not meant. */}
      <Kept filter={{ ...filter, startedBefore: filter.startedBefore ?? now }} />
      <p>{`These are the ${filterText(filter)}. At most 200 are asked at once, the oldest first${matching > 200 ? "; then you can go on with the next" : ""}. One that refuses stops no other.`}</p>
      <fieldset>
        <legend>What to ask of them</legend>
        {fitting(filter.status).map((name) => (
          <div class="radio">
            <input
              type="radio"
              id={`ask-${name}`}
              name="ask"
              value={name}
              required
              checked={draft?.ask === name}
              aria-describedby={`ask-${name}-help`}
            />
            <label for={`ask-${name}`}>{ASKS[name].label}</label>
            <p class="quiet small" id={`ask-${name}-help`}>
              {ASKS[name].help}
            </p>
          </div>
        ))}
      </fieldset>
      {fitting(filter.status).includes("cancel") ? (
        <div class="field">
          <label for="many-reason">Reason, kept with each run that is cancelled</label>
          <input type="text" id="many-reason" name="reason" maxlength={2000} autocomplete="off" value={draft?.reason ?? ""} />
        </div>
      ) : null}
      <div class="check">
        <input type="checkbox" id="confirmed" name="confirmed" value="yes" required />
        <label for="confirmed">I have looked at the list, and these are the runs I mean</label>
      </div>
      <button type="submit" class="button">
        Ask it of these runs
      </button>
    </form>
  </details>
);
