// What a run writes, one write after the other: the change, how it stands, and the way back where there is one. Where there is none it says why.
import { undoableUntil } from "../../core/undo-window.ts";
import type { EffectRow } from "../../db/reads.ts";
import type { GovernanceSpec } from "../../governance/spec.ts";
import type { ActionFacts } from "../action-facts.ts";
import { ChangeTable } from "./change-table.tsx";
import { undoAddress } from "./effects-filter.tsx";
import { Chip, Value } from "./marks.tsx";
import { Rollback } from "./rollback.tsx";
import { effectStatus } from "./status-words.ts";
import { actionWords, capital, sentence, utc } from "./words.ts";

export interface RunWritesProps {
  readonly runId: string;
  readonly effects: readonly EffectRow[];
  readonly actions: Readonly<Record<string, ActionFacts | null>>;
  readonly mayUndo: boolean;
  /** "removed after 90 days": the values are gone. */
  readonly removed: string | null;
  /** How they are taken back; null where the spec is not in D1. */
  readonly rollback: GovernanceSpec["rollback"] | null;
  readonly now: number;
}

export const RunWrites = ({ runId, effects, actions, mayUndo, removed, rollback, now }: RunWritesProps) => (
  <>
    {effects.map((effect, index) => {
      const { step, action, target, status, body } = effect;
      return (
        <article class="write">
          <div class="write-head">
            <h3>{step}</h3>
            <Chip words={effectStatus[status]} />
          </div>
          {removed === null ? (
            <ChangeTable
              caption={`${capital(actionWords(action))} on ${target}`}
              before={body.before}
              values={body.values}
              after={WRITTEN.has(status) ? "Written" : "Intended"}
            />
          ) : (
            <p>{`${capital(actionWords(action))} on ${target}. The values were ${removed}.`}</p>
          )}
          {body.refused && removed !== null ? <p>{`${capital(body.refused.because)}.`}</p> : null}
          {body.refused && removed === null ? (
            <p>
              {sentence(
                body.refused.because === "shadow" ? body.refused.reason : `${capital(body.refused.because)}: ${body.refused.reason}`,
              )}
            </p>
          ) : null}
          {body.ruling ? (
            <p class="quiet small">{`${removed === null ? `${sentence(body.ruling.reason)} ` : ""}Rule ${body.ruling.rule}.`}</p>
          ) : null}
          {body.proved ? <Proof matches={body.proved.matches} /> : null}
          {body.conflicts && body.conflicts.length > 0 ? <Conflicts conflicts={body.conflicts} /> : null}
          {removed === null ? (
            <Undo
              runId={runId}
              effect={effect}
              facts={actions[action] ?? null}
              mayUndo={mayUndo}
              helpId={`undo-${index}`}
              rollback={rollback}
              now={now}
            />
          ) : UNDOABLE.has(status) ? (
            <p class="quiet small">{`No undo: the old values were ${removed}.`}</p>
          ) : null}
        </article>
      );
    })}
    {removed === null && effects.some(({ status }) => WRITTEN.has(status)) ? (
      <div class="write">
        {rollback === null ? null : <Rollback rollback={rollback} />}
        {mayUndo ? <a href={undoAddress({ run: runId })}>See what an undo of all of them would do</a> : null}
      </div>
    ) : null}
  </>
);

const WRITTEN: ReadonlySet<string> = new Set(["applied", "undoing", "undone", "undo_conflict", "undo_failed"]);
const UNDOABLE: ReadonlySet<string> = new Set(["applied", "undo_conflict", "undo_failed"]);

const Proof = ({ matches }: { matches: boolean }) => (
  <p class="quiet small">
    {matches
      ? "Read back after the write: the record held these values."
      : "Read back after the write: the record held other values. See the timeline."}
  </p>
);

const Conflicts = ({ conflicts }: { conflicts: NonNullable<EffectRow["body"]["conflicts"]> }) => (
  <div class="note">
    <p>Left alone by the undo, because somebody has changed them since:</p>
    <ul>
      {conflicts.map(({ field, ours, now }) => (
        <li>
          <strong>{field}</strong>: written as <Value value={ours} />, then changed to <Value value={now} />
        </li>
      ))}
    </ul>
  </div>
);

interface UndoProps {
  readonly runId: string;
  readonly effect: EffectRow;
  readonly facts: ActionFacts | null;
  readonly mayUndo: boolean;
  readonly helpId: string;
  readonly rollback: GovernanceSpec["rollback"] | null;
  readonly now: number;
}

const Undo = ({ runId, effect, facts, mayUndo, helpId, rollback, now }: UndoProps) => {
  if (!UNDOABLE.has(effect.status)) return null;
  if (effect.body.undo === "irreversible") {
    return <p class="quiet small">{`No undo: ${sentence(facts?.because ?? "the system offers no way to take it back")}`}</p>;
  }
  const until = rollback && undoableUntil(effect.at, rollback.windowDays);
  if (rollback && until !== null && now > until) {
    return <p class="quiet small">{`No undo here: it could be undone until ${utc(until)}. Ask ${rollback.owner}.`}</p>;
  }
  if (!mayUndo) return <p class="quiet small">An operator can undo this.</p>;
  return (
    <form method="post" action={`/runs/${encodeURIComponent(runId)}/undo`} class="undo">
      <input type="hidden" name="step" value={effect.step} />
      <button type="submit" class="button" aria-describedby={helpId}>
        Undo
      </button>
      <span class="quiet small" id={helpId}>
        {effect.body.undo === "withdraw" ? "Removes what was written." : "Puts back each old value that nobody has changed since."}{" "}
        <a href={undoAddress({ run: runId, step: effect.step })}>See first what it would do</a>
      </span>
    </form>
  );
};
