// The port to the one place where a workflow's writes are counted: runs of one workflow live in many partitions, and a limit on all of them needs one counter.
// Whoever cannot reach it throws, and the step is tried again: a write that should be counted never leaves uncounted.
import type { CountedWrite, WriteCounts } from "../governance/limits.ts";
import type { Limits } from "../governance/spec.ts";

/** `key`: the write's own, the same for every try. */
export interface WriteAsked {
  readonly workflow: string;
  readonly key: string;
}

export type Room = { readonly taken: true } | { readonly taken: false; readonly counts: WriteCounts };

export interface WriteLimits {
  /** What has left so far, without this write. It reserves nothing. */
  counts(write: WriteAsked & { readonly action: string }): Promise<WriteCounts>;
  /**
   * Takes this write's place, in one step with the question whether there is room; nothing is taken if there is none. A second call under one key finds the
   * first one's place. `limits` null: it leaves whatever they say, and is counted.
   */
  take(write: WriteAsked & { readonly write: CountedWrite; readonly limits: Limits | null }): Promise<Room>;
}
