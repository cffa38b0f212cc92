// Replay: an operator has mended what stood in the way, and the letter is handled as if it had come now. One letter, or the open ones that a filter matches.
// It must not start a run twice: the run's id comes from the event, so that a repeat finds the run that exists. Letters are independent of each other.
// Sequence: may they? -> read the letter again -> start the runs -> record outcome, who and when. A record that is lost is made good by replaying again.
import { errorFacts, type Failure, fail, failureOf, ok, type Result } from "../core/errors.ts";
import type { InterlockEvent } from "../core/event.ts";
import type { Principal } from "../core/principal.ts";
import { isOpen, type KeptLetter, markReplayed, openLetters, readLetters } from "../db/dead-letters.ts";
import type { Context } from "./context.ts";
import { prepareModels } from "./prepare-models.ts";
import { type ReadLetter, readLetter } from "./read-letter.ts";
import { permit } from "./require-role.ts";
import { type EventOutcome, startRuns } from "./start-runs.ts";

/** How a replay ended. Only a refused or failed one may be repeated. */
export type ReplayKind = "started" | "existed" | "unheard" | "ignored" | "refused" | "failed";
export interface Replayed {
  readonly kind: ReplayKind;
  /** In words, as recorded with the letter. */
  readonly outcome: string;
  readonly run: string | null;
}
export interface ReplayedMany {
  readonly letters: number;
  readonly outcomes: Readonly<Partial<Record<ReplayKind, number>>>;
}

/** Letters are read and started in groups: one call of each partition per group, and never more than so many bodies in memory. */
const GROUP = 20;
const LONGEST_OUTCOME = 1_000;

export async function replayDeadLetter(context: Context, principal: Principal, id: string): Promise<Result<Replayed>> {
  const denied = permit(principal, "replay dead letters", null);
  if (denied) return denied;
  const [letter] = await readLetters(context.env.DB, [id]);
  if (!letter) return fail("dead_letter.not_found", `No dead letter ${id}`);
  const settled = fail("dead_letter.replayed", "It was replayed already, and that replay did not fail");
  if (!isOpen(letter)) return settled;
  const [replayed] = await replay(context, principal, [letter]);
  return replayed ? ok(replayed) : settled;
}

export async function replayDeadLetters(
  context: Context,
  principal: Principal,
  filter: { readonly source?: string | undefined; readonly reason?: string | undefined; readonly limit: number },
): Promise<Result<ReplayedMany>> {
  const denied = permit(principal, "replay dead letters", null);
  if (denied) return denied;
  const ids = await openLetters(context.env.DB, filter);
  const outcomes: Partial<Record<ReplayKind, number>> = {};
  let letters = 0;
  for (let from = 0; from < ids.length; from += GROUP) {
    const group = await readLetters(context.env.DB, ids.slice(from, from + GROUP));
    for (const { kind } of await replay(context, principal, group.filter(isOpen))) {
      outcomes[kind] = (outcomes[kind] ?? 0) + 1;
      letters++;
    }
  }
  return ok({ letters, outcomes });
}

/** What was recorded: a letter that somebody else has settled meanwhile is left out. */
async function replay(context: Context, principal: Principal, letters: readonly KeptLetter[]): Promise<Replayed[]> {
  const read = await Promise.all(
    letters.map((letter) =>
      readLetter(context, letter).catch((thrown): { kind: "failed"; error: Failure } => ({ kind: "failed", error: failureOf(thrown) })),
    ),
  );
  // Two letters may hold one event: it is started once, and the second finds the run of the first.
  const events = new Map<string, InterlockEvent>();
  for (const one of read) if (one.kind === "events") for (const event of one.events) if (!events.has(event.id)) events.set(event.id, event);
  if (events.size > 0) context.waitUntil(prepareModels(context, Date.now()).catch(() => undefined));
  const started = events.size > 0 ? await startRuns(context, [...events.values()]) : [];
  const outcomes = new Map([...events.keys()].map((id, index) => [id, started[index]]));
  const seen = new Set<string>();
  const replays = letters.map((letter, index) => {
    const one = read[index] as (typeof read)[number];
    if (one.kind !== "events") return { id: letter.id, ...unread(one) };
    const each = one.events.map(({ id }) => {
      const again = seen.has(id);
      seen.add(id);
      return inWords(outcomes.get(id), again);
    });
    return { id: letter.id, ...ofSeveral(each) };
  });
  const marked = await markReplayed(context.env.DB, replays, principal.id, Date.now());
  return replays.filter(({ id }) => marked.has(id)).map(({ kind, outcome, run }) => ({ kind, outcome, run }));
}

/** What stays to be done comes first: a letter one of whose events failed can be replayed again, and the others find their runs. */
const GRAVEST: readonly ReplayKind[] = ["failed", "refused", "started", "existed", "unheard", "ignored"];

function ofSeveral(each: readonly Replayed[]): Replayed {
  const [first, ...rest] = [...each].sort((a, b) => GRAVEST.indexOf(a.kind) - GRAVEST.indexOf(b.kind));
  if (!first) return without("failed", "failed: The letter holds no event");
  if (rest.length === 0) return first;
  const alike = each.filter(({ kind }) => kind === first.kind).length;
  return { ...first, outcome: `${first.outcome} (${alike} of ${each.length} events)`.slice(0, LONGEST_OUTCOME) };
}

const without = (kind: ReplayKind, outcome: string): Replayed => ({ kind, outcome: outcome.slice(0, LONGEST_OUTCOME), run: null });

const unread = (letter: Exclude<ReadLetter, { kind: "events" }> | { kind: "failed"; error: Failure }): Replayed =>
  letter.kind === "failed"
    ? without("failed", `failed: ${letter.error.message}`)
    : without(letter.kind, `${letter.kind}: ${letter.reason}`);

/** `again`: another letter of this replay has the same event. */
function inWords(outcome: EventOutcome | undefined, again: boolean): Replayed {
  switch (outcome?.kind) {
    case "started": {
      const fresh = again ? [] : outcome.runs.filter((run) => run.fresh);
      const run = (fresh[0] ?? outcome.runs[0])?.runId ?? null;
      if (fresh.length === 0) {
        const merged = outcome.runs.some((each) => each.merged);
        return { kind: "existed", outcome: merged ? "became part of another event's run" : "the run existed already", run };
      }
      return { kind: "started", outcome: fresh.length === 1 ? "started a run" : `started ${fresh.length} runs`, run };
    }
    case "no_workflow":
      return without("unheard", "no workflow listens");
    case "refused":
      return without("refused", `refused: ${errorFacts(outcome.error.code).title}: ${outcome.error.message}`);
    case "failed":
      return without("failed", `failed: ${outcome.error.message}`);
    default:
      return without("failed", "failed: There was no answer for this event");
  }
}
