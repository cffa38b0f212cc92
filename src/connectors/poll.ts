// How changes are asked for where a system does not post them: pages of records in the order of their change. A declaration: the poller keeps the cursor, looks back as
// far as `overlapMs`, drops what it has seen already, and moves on only after the events are stored.
import type { Http } from "./define.ts";
import type { ParsedEvent } from "./webhook.ts";

export interface Poll {
  readonly summary: string;
  readonly docs: string;
  /** The event types that come of it, as triggers name them. */
  readonly types: readonly string[];
  /** Milliseconds between two polls. */
  readonly everyMs: number;
  /** Milliseconds that every poll looks back before the last change it saw: late commits, and search indexes that lag behind. */
  readonly overlapMs: number;
  /**
   * Where a record can change twice without getting another version (times in whole seconds): milliseconds after the first sight of a change before it is taken. By then
   * its version is final, and it is read once more. Absent: a version is one change.
   */
  readonly settleMs?: number;
  /** Deleted records are among the changes. Absent: what is deleted is not seen. */
  readonly deletions?: "listed";
  /**
   * One page of what changed at or after `since` (epoch milliseconds), oldest first. `next` continues after this page in a position of the connector's own making;
   * null when there is nothing more now. A position is a key (time and id) and no offset: records move while pages are read, and an offset then skips one.
   */
  readonly page: (from: { readonly since: number; readonly position: string | null }, http: Http) => Promise<PollPage>;
}

export interface PollPage {
  /** `id` and `version` say together whether a change was seen before; `changedAt` is the source's own time, epoch milliseconds. */
  readonly changes: readonly { readonly id: string; readonly version: string; readonly changedAt: number; readonly event: ParsedEvent }[];
  readonly next: string | null;
}
