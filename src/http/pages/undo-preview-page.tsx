// What an undo of these writes would do now, one write after the other, the newest first; and the form that asks for exactly that. Looking at it changes nothing.
import type { Failure } from "../../core/errors.ts";
import type { GovernanceSpec } from "../../governance/spec.ts";
import { type Fate, fateOf, MOST_COUNTED, type PreviewedEffect, type UndoPlanned, type UndoWanted } from "../../operations/undo-effects.ts";
import { effectsAddress, parametersOf, undoAddress, undoText } from "./effects-filter.tsx";
import { type Frame, Layout } from "./layout.tsx";
import { Empty } from "./list-parts.tsx";
import { Chip, Value, When } from "./marks.tsx";
import { Refusal } from "./refusal.tsx";
import { Rollback } from "./rollback.tsx";
import type { StatusWords } from "./status-words.ts";
import { actionWords, capital, listing, sentence } from "./words.ts";

export interface UndoPreviewPageProps {
  readonly frame: Frame;
  readonly wanted: UndoWanted;
  readonly planned: UndoPlanned;
  /** The procedure of each spec that these runs are pinned to. */
  readonly rollbacks: readonly GovernanceSpec["rollback"][];
  /** Where this preview begins, and where the next one does, as an address has it. */
  readonly before: string | null;
  readonly next: string | null;
  readonly now: number;
  readonly refused: Failure | null;
}

const FATES: Record<Fate, StatusWords> = {
  undo: { label: "Would be taken back", tone: "info", shape: "back" },
  as_it_was: { label: "As it was before", tone: "neutral", shape: "check" },
  conflict: { label: "Left alone", tone: "warn", shape: "pause" },
  refused: { label: "Cannot be undone", tone: "bad", shape: "stop" },
  unread: { label: "Could not be read", tone: "bad", shape: "question" },
};

export const UndoPreviewPage = ({ frame, wanted, planned, rollbacks, before, next, now, refused }: UndoPreviewPageProps) => {
  const { effects, counts, digest, rest } = planned;
  return (
    <Layout frame={frame} title="What an undo would do" section="effects">
      <div class="page-head">
        <p class="crumb">
          <a href={effectsAddress(wanted)}>Writes</a>
        </p>
        <h1>What an undo would do</h1>
        <p class="lead">{`Of ${undoText(wanted)}. The records were read just now, and nothing was changed.`}</p>
      </div>
      {refused === null ? null : <Refusal failure={refused} />}
      <div class="page-head">
        {effects.length === 0 ? (
          <Empty title="Nothing was written">No write that matches was ever made.</Empty>
        ) : (
          <p>{countsText(counts)}</p>
        )}
        {rest > 0 && next !== null ? (
          <p class="note">
            {`${rest >= MOST_COUNTED ? `At least ${MOST_COUNTED}` : rest} older ${rest === 1 ? "write matches" : "writes match"} as well and ${
              rest === 1 ? "is" : "are"
            } not in this preview. `}
            <a href={undoAddress({ ...wanted, before: next })}>See the next ones</a>
          </p>
        ) : null}
        {rollbacks.map((rollback) => (
          <Rollback rollback={rollback} />
        ))}
      </div>
      {counts.undo === 0 ? null : (
        <form method="post" action="/effects/undo" class="panel act control">
          {parametersOf({ ...wanted, before: before ?? undefined, digest }).map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <div class="check">
            <input type="checkbox" id="confirmed" name="confirmed" value="yes" required />
            <label for="confirmed">I have looked at each of them</label>
          </div>
          <button type="submit" class="button danger" aria-describedby="undo-help">
            {`Take back ${counts.undo === 1 ? "this write" : `these ${counts.undo} writes`}`}
          </button>
          <p class="quiet small" id="undo-help">
            If a write or a record has changed until then, nothing is asked and you are shown the new preview. The others stay as they are.
          </p>
        </form>
      )}
      <div class="cards">
        {effects.map((effect) => (
          <Previewed effect={effect} now={now} />
        ))}
      </div>
    </Layout>
  );
};

function countsText({ undo, as_it_was, conflict, refused, unread }: UndoPlanned["counts"]): string {
  const parts = [
    undo > 0 && `${undo} would be taken back`,
    conflict > 0 && `${conflict} would be left alone, because somebody has changed every field since`,
    as_it_was > 0 && `${as_it_was} ${as_it_was === 1 ? "is" : "are"} as before the write already`,
    refused > 0 && `${refused} cannot be undone`,
    unread > 0 && `${unread} could not be read just now`,
  ].filter((part) => part !== false);
  return capital(sentence(listing(parts)));
}

const Previewed = ({ effect, now }: { effect: PreviewedEffect; now: number }) => {
  const { run, step, workflow, version, action, target, appliedAt, outlook } = effect;
  return (
    <article class="panel write">
      <div class="write-head">
        <h2>
          <a href={`/runs/${encodeURIComponent(run)}`}>{`${capital(actionWords(action))} on ${target}`}</a>
        </h2>
        <Chip words={FATES[fateOf(outlook)]} />
      </div>
      <p class="quiet small">
        {`${workflow}@${version}, ${step}, written `}
        <When at={appliedAt} now={now} />
      </p>
      <Outlook outlook={outlook} />
    </article>
  );
};

const Outlook = ({ outlook }: { outlook: PreviewedEffect["outlook"] }) => {
  switch (outlook.kind) {
    case "restore":
      return (
        <ul>
          {Object.entries(outlook.restore).map(([field, old]) => (
            <li>
              <strong>{field}</strong>: would be <Value value={old} /> again, is <Value value={outlook.ours[field]} />
            </li>
          ))}
          {outlook.conflicts.map(({ field, ours, now }) => (
            <li>
              <strong>{field}</strong>: left alone; written as <Value value={ours} />, since changed to <Value value={now} />
            </li>
          ))}
          {Object.keys(outlook.restore).length + outlook.conflicts.length === 0 ? <li>Every field holds its old value already.</li> : null}
        </ul>
      );
    case "withdraw":
      return <p>{outlook.gone ? "What was written is not there any more." : "What was written would be removed."}</p>;
    case "refused":
    case "unread":
      return <p>{sentence(outlook.error.message)}</p>;
  }
};
