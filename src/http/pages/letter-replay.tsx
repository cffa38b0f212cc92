// A dead letter's replay on the page: the button, the form for all that match, and how a replay ended. Only an operator is shown a form; pure.
import type { DeadLetterRow } from "../../db/reads.ts";
import { When } from "./marks.tsx";
import { Notice } from "./refusal.tsx";
import { capital, sentence } from "./words.ts";

export interface LetterFilter {
  readonly status: "open" | "replayed";
  readonly source?: string | undefined;
  readonly reason?: string | undefined;
}

/** The list under these parameters; those that are not set are left out. */
export function letterAddress(parameters: Readonly<Record<string, string | undefined>>): string {
  const set = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return set.length === 0 ? "/dead-letters" : `/dead-letters?${new URLSearchParams(set)}`;
}

const Kept = ({ filter: { source, reason } }: { filter: LetterFilter }) => (
  <>
    {source === undefined ? null : <input type="hidden" name="source" value={source} />}
    {reason === undefined ? null : <input type="hidden" name="reason" value={reason} />}
  </>
);

export const ReplayOne = ({ letter, filter }: { letter: DeadLetterRow; filter: LetterFilter }) => (
  <form method="post" action={`/dead-letters/${encodeURIComponent(letter.id)}/replay`}>
    <Kept filter={filter} />
    <button type="submit" class="button">
      Replay<span class="unseen">{` the letter from ${letter.source}: ${letter.reason.slice(0, 80)}`}</span>
    </button>
  </form>
);

export const ReplayAll = ({ filter }: { filter: LetterFilter }) => (
  <form method="post" action="/dead-letters/replay" class="panel replay-all">
    <Kept filter={filter} />
    <div class="check">
      <input type="checkbox" id="confirmed" name="confirmed" value="yes" required aria-describedby="replay-all-help" />
      <label for="confirmed">I have fixed the cause</label>
    </div>
    <button type="submit" class="button">
      Replay all that match
    </button>
    <p class="quiet small" id="replay-all-help">
      At most 200 at once, those that were not tried yet first. An event that has its run already gets no second one.
    </p>
  </form>
);

export const Outcome = ({ letter: { outcome, replayedAt, replayedBy, run }, now }: { letter: DeadLetterRow; now: number }) =>
  outcome === null || replayedAt === null ? null : (
    <p class="small">
      <strong>Replayed:</strong> {sentence(capital(outcome))}{" "}
      <span class="quiet">
        by {replayedBy ?? "somebody"}, <When at={replayedAt} now={now} />
      </span>
      {run === null ? null : (
        <>
          {" "}
          <a href={`/runs/${encodeURIComponent(run)}`}>Open the run</a>
        </>
      )}
    </p>
  );

export const Answered = ({ letter: { outcome, open, run } }: { letter: DeadLetterRow }) =>
  outcome === null ? null : open ? (
    <div class="banner bad" role="alert">
      <h2>The replay did not succeed</h2>
      <p>{sentence(capital(outcome))} The letter is kept and can be replayed again.</p>
    </div>
  ) : (
    <Notice>
      Replayed: {sentence(outcome)} {run === null ? null : <a href={`/runs/${encodeURIComponent(run)}`}>Open the run</a>}
    </Notice>
  );

export const ManyAnswered = ({ many: { replayed, failed } }: { many: { replayed: number; failed: number } }) =>
  failed === 0 ? (
    <Notice>
      {replayed === 0 ? "No open letter matched." : `${letters(replayed)} replayed. What became of each is under “Replayed”.`}
    </Notice>
  ) : (
    <div class="banner bad" role="alert">
      <h2>{`${failed} of ${letters(replayed)} did not succeed`}</h2>
      <p>They are kept below with the reason and can be replayed again.</p>
    </div>
  );

const letters = (count: number): string => `${count} ${count === 1 ? "letter" : "letters"}`;
