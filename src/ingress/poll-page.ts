// One page of a poll: asked of the system, judged, and its new changes stored. What is handed back is the caller's to commit, and only after this resolved: a crash between
// the two repeats the page, and its events find their runs. It throws what the system or the storing threw; then nothing is to be committed.
import type { Http } from "../connectors/define.ts";
import type { Poll } from "../connectors/poll.ts";
import { InterlockError } from "../core/errors.ts";
import { type Change, type Cursor, changeKey, type NotedPage, notePage, type PollDecision, repeats, type Seen } from "./poll-cursor.ts";

export interface PageOptions {
  readonly poll: Poll;
  readonly cursor: Cursor;
  readonly window: Extract<PollDecision, { kind: "ask" }>["window"];
  /** Opened for each page: what is not set is a failure of this page. */
  readonly open: () => Http;
  readonly known: (keys: readonly string[]) => ReadonlyMap<string, Seen>;
  /** Resolves when all of them are stored durably. */
  readonly store: (changes: readonly Change[]) => Promise<void>;
  readonly now: () => number;
}

export async function takePage({ poll, cursor, window, open, known, store, now }: PageOptions): Promise<NotedPage> {
  const askedAt = now();
  const page = await poll.page({ since: window.since, position: window.position }, open());
  const circle = repeats(window, page);
  if (circle) throw new InterlockError("connector.answer_invalid", circle);
  const noted = notePage(cursor, { window, askedAt }, page, known(page.changes.map(changeKey)), poll, now());
  if (noted.take.length > 0) await store(noted.take);
  return noted;
}
