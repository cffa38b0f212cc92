// A closed run's journal, back from D1: for a message that must be recorded on it, and for whoever wants to read it. It puts nothing into SQLite; the commit
// that records the message does. What D1 no longer has, or has otherwise than it was written here, is an error and never guessed.
import { InterlockError } from "../src/core/errors.ts";
import { type JournalCopy, readJournalCopy } from "../src/db/journal-copy.ts";
import type { Entry } from "../src/engine/journal.ts";
import type { RunView } from "../src/engine/partition-port.ts";
import { LiveRun } from "./live-run.ts";

/** A run without its governance spec, which the partition keeps. */
type PlainView = Omit<RunView, "spec">;

export class Recall {
  readonly #db: D1Database;
  /** Whoever asks for the same run meanwhile gets the same object: two of them would record two answers under one number. */
  readonly #loading = new Map<string, Promise<LiveRun>>();

  constructor(db: D1Database) {
    this.#db = db;
  }

  /** The run with its journal, to be told something. Throws run.erased or run.journal_missing. */
  whole(run: LiveRun, now: number): Promise<LiveRun> {
    const { id } = run.row;
    const known = this.#loading.get(id);
    if (known) return known;
    const loading = this.#copyOf(run)
      .then((copy) => {
        if (copy.kind === "erased") throw new InterlockError("run.erased", `The contents of ${id} were removed ${dayOf(copy.at)}`);
        return recalled(run, copy, now);
      })
      .finally(() => this.#loading.delete(id));
    this.#loading.set(id, loading);
    return loading;
  }

  /** The run for reading; of one that was erased, what is left. */
  async view(run: LiveRun, now: number): Promise<PlainView> {
    const copy = await this.#copyOf(run);
    if (copy.kind === "whole") return viewOf(recalled(run, copy, now));
    const { id, pins, event } = run.row;
    return { id, pins, event: { ...event, data: null }, state: copy.state, entries: [], erased: { at: copy.at, records: copy.records } };
  }

  async #copyOf({ row: { id }, projected, head }: LiveRun): Promise<Exclude<JournalCopy, { kind: "missing" }>> {
    const copy = await readJournalCopy(this.#db, id, { seq: projected, head });
    if (copy.kind === "missing") throw new InterlockError("run.journal_missing", `D1 does not hold ${copy.what} of ${id}`);
    return copy;
  }
}

export const viewOf = ({ row: { id, pins, event }, state, entries }: LiveRun): PlainView => ({
  id,
  pins,
  event,
  state,
  entries,
  erased: null,
});

function recalled(run: LiveRun, copy: Extract<JournalCopy, { kind: "whole" }>, now: number): LiveRun {
  const { row, projected, head } = run;
  const whole = new LiveRun({ ...row, event: { ...row.event, data: copy.data }, salt: copy.salt }, now);
  whole.load(copy.entries as readonly unknown[] as readonly Entry[]);
  whole.projected = projected;
  whole.head = head;
  return whole;
}

const dayOf = (at: number): string => `on ${new Date(at).toISOString().slice(0, 10)}`;
