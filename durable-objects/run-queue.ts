// The partition's queues in SQLite: which runs are collected, queued and begun. It stores and asks; what may begin is decided in src/engine/flow.ts.
// Its writes belong into a transaction of the caller's. That a run has ended is known in memory before its row says so: `isOver` is asked, and a row that still
// takes a place is corrected when it is in the way, so that each is looked at once and no count grows with what D1 has not taken yet.
import type { InterlockEvent } from "../src/core/event.ts";
import { dueOf, type WaitReason } from "../src/core/run.ts";
import type { Limits } from "../src/engine/define.ts";
import {
  holdOf,
  type Line,
  mayBeginAtOnce,
  type Next,
  nextToBegin,
  type Queued,
  type Queues,
  rankOffset,
  waitOf,
  windowEnd,
} from "../src/engine/flow.ts";

export const Stage = { collected: 0, queued: 1, begun: 2, ended: 3 } as const;
export type Stage = (typeof Stage)[keyof typeof Stage];

/** Runs that one change lets begin at once; the rest follows by the alarm, so that no call drives a whole backlog. */
const BURST = 100;

/** How a run is stored that has just come. */
export interface Admission {
  readonly stage: Stage;
  readonly rank: number;
  readonly ready: number | null;
  readonly waiting: WaitReason | null;
}

export interface Advanced {
  /** Ids of the runs that have now begun. */
  readonly begun: readonly string[];
  /** When the queue must be looked at again; null: the next end does that. */
  readonly at: number | null;
}

export class RunQueue {
  readonly #sql: SqlStorage;
  readonly #limits: (workflow: string) => Limits;
  readonly #queues: Queues;
  readonly #isOver: (id: string) => boolean;
  /** The clock of admission, which never goes back: order must not depend on the machine that an object is on. */
  #admitted: number | null = null;
  #hasMerged: boolean | null = null;

  constructor(sql: SqlStorage, limits: (workflow: string) => Limits, isOver: (id: string) => boolean) {
    this.#sql = sql;
    this.#limits = limits;
    this.#isOver = isOver;
    this.#queues = {
      begunInLane: (lane, atMost) => this.#begun("lane = ?", lane, atMost),
      begunOfWorkflow: (workflow, atMost) => this.#begun("confined = 1 and workflow = ?", workflow, atMost),
      firstOfLane: (lane) => this.#queued("lane = ?", lane, 1)[0] ?? null,
      queuedOf: (workflow, atMost) => this.#queued("confined = 1 and workflow = ?", workflow, atMost),
      beganAt: (workflow, back) => this.#beganAt(workflow, back),
    };
  }

  /**
   * Decided before the run is stored, so that one that need not wait costs one row. `collects`: more changes of its record may follow; not so for a run that
   * somebody has asked for.
   */
  admit(line: Line, priority: number, now: number, collects: boolean): Admission {
    const limits = this.#limits(line.workflow);
    if (limits.debounce && collects) {
      const until = windowEnd(now, now, limits.debounce);
      return { stage: Stage.collected, rank: rankOffset(priority), ready: until, waiting: collecting(until) };
    }
    const rank = this.#admittedAt(now) + rankOffset(priority);
    if (mayBeginAtOnce(line, limits, this.#queues, now)) return { stage: Stage.begun, rank, ready: null, waiting: null };
    const hold = holdOf(line, limits, this.#queues, now);
    const isFirst = hold === null || hold.gate === "lane" ? this.#queues.firstOfLane(line.lane) === null : this.#isEmpty(line);
    return { stage: Stage.queued, rank, ready: null, waiting: waitOf(line, hold, isFirst, isFirst, now) };
  }

  /** After the run was stored with this admission. */
  admitted(line: Line, { stage }: Admission, now: number): void {
    if (stage === Stage.begun) this.#noteBeginning(line, now);
  }

  /** A run that has not begun, looking by itself: what it waits for, or null when it has begun; and which others have begun. */
  look(no: number, line: Line, now: number): Advanced & { readonly on: WaitReason | null } {
    const [row] = this.#sql
      .exec<{ stage: Stage; rank: number; ready: number | null }>("select stage, rank, ready from run where no = ?", no)
      .toArray();
    if (!row || row.stage >= Stage.begun) return { on: null, begun: [], at: null };
    if (row.stage === Stage.collected) {
      if (row.ready !== null && row.ready > now) return this.#wait(no, collecting(row.ready), { begun: [], at: null });
      if (mayBeginAtOnce(line, this.#limits(line.workflow), this.#queues, now)) {
        this.#begin({ ...line, no }, now);
        return { on: null, begun: [], at: null };
      }
      this.#sql.exec("update run set stage = ?, rank = ? where no = ?", Stage.queued, this.#admittedAt(now) + row.rank, no);
    }
    const { begun, next } = this.#advance(line, now, no);
    if (this.#stageOf(no) === Stage.begun) return { on: null, begun, at: this.#remind(next) };
    const hold = holdOf(line, this.#limits(line.workflow), this.#queues, now);
    const isNext = next.kind === "later" && next.run.no === no;
    const first = hold === null || hold.gate === "lane" ? this.#queues.firstOfLane(line.lane) : this.#queues.queuedOf(line.workflow, 1)[0];
    return this.#wait(no, waitOf(line, hold, first?.no === no, isNext, now), { begun, at: this.#remind(next) });
  }

  /** Something has changed about this lane or workflow: those begin that now may. */
  advance(line: Line, now: number): Advanced {
    const { begun, next } = this.#advance(line, now, null);
    return { begun, at: this.#remind(next) };
  }

  /** Whether anybody waits there. */
  hasQueue(line: Line): boolean {
    return line.confined ? !this.#isEmpty(line) : this.#queues.firstOfLane(line.lane) !== null;
  }

  // ---- debounce ----

  /** The run that an event has become part of. */
  mergedInto(id: string): string | null {
    this.#hasMerged ??= this.#sql.exec("select 1 from merged limit 1").toArray().length > 0;
    if (!this.#hasMerged) return null;
    const [row] = this.#sql
      .exec<{ id: string | null }>("select run.id from merged left join run on run.no = merged.into_run where merged.id = ?", id)
      .toArray();
    return row ? (row.id ?? id) : null;
  }

  /**
   * The run that is collecting the changes of this event's record. Of this record: a lane may be wider than one (a customer with several tickets, two accounts
   * that count alike), and then the last data of one must not be taken for that of another.
   */
  collecting({ lane, workflow }: Line, { connection, subject }: InterlockEvent): string | null {
    const [row] = this.#sql
      .exec<{ id: string }>(
        `select id from run where open = 1 and lane = ? and stage = ${Stage.collected} and workflow = ?
         and event->>'$.connection' = ? and event->>'$.subject' = ? order by no desc limit 1`,
        lane,
        workflow,
        connection,
        subject,
      )
      .toArray();
    return row?.id ?? null;
  }

  /** An event becomes part of a collected run: its window is longer, and with `event` the data is another. */
  merge(no: number, id: string, until: number, event: InterlockEvent | null, priority: number): WaitReason {
    const on = collecting(until);
    this.#sql.exec("insert into merged (id, into_run) values (?, ?)", id, no);
    this.#hasMerged = true;
    this.#sql.exec("update run set ready = ?, waiting = ?, due = ? where no = ?", until, JSON.stringify(on), until, no);
    if (event) this.#sql.exec("update run set event = ?, rank = ? where no = ?", JSON.stringify(event), rankOffset(priority), no);
    return on;
  }

  // ---- what is so ----

  #advance(line: Line, now: number, self: number | null): { readonly begun: readonly string[]; readonly next: Next } {
    const begun: string[] = [];
    for (;;) {
      const next = nextToBegin(line, this.#limits, this.#queues, now);
      if (next.kind !== "begin") return { begun, next };
      if (begun.length >= BURST) return { begun, next: { kind: "later", run: next.run, at: now } };
      this.#begin(next.run, now);
      if (next.run.no !== self) begun.push(next.run.id);
    }
  }

  #begin(run: Line & { readonly no: number }, now: number): void {
    this.#sql.exec("update run set stage = ?, waiting = null, due = ? where no = ?", Stage.begun, now, run.no);
    this.#noteBeginning(run, now);
  }

  #noteBeginning({ workflow, confined }: Line, now: number): void {
    const { throttle } = this.#limits(workflow);
    if (!confined || !throttle) return;
    const n = this.#lastBeginning(workflow) + 1;
    this.#sql.exec("insert into beginning (workflow, n, at) values (?, ?, ?)", workflow, n, now);
    this.#sql.exec("delete from beginning where workflow = ? and n <= ?", workflow, n - throttle.runs);
  }

  #beganAt(workflow: string, back: number): number | null {
    const n = this.#lastBeginning(workflow) - back + 1;
    const [row] = this.#sql.exec<{ at: number }>("select at from beginning where workflow = ? and n = ?", workflow, n).toArray();
    return row?.at ?? null;
  }

  #lastBeginning(workflow: string): number {
    return this.#sql.exec<{ n: number | null }>("select max(n) as n from beginning where workflow = ?", workflow).one().n ?? 0;
  }

  #wait(no: number, on: WaitReason, advanced: Advanced): Advanced & { readonly on: WaitReason } {
    this.#sql.exec("update run set waiting = ?, due = ? where no = ?", JSON.stringify(on), dueOf(on), no);
    return { ...advanced, on };
  }

  /** The one that is next when the throttle opens is made to look then. */
  #remind(next: Next): number | null {
    if (next.kind !== "later") return null;
    this.#sql.exec("update run set due = ? where no = ? and due > ?", next.at, next.run.no, next.at);
    return next.at;
  }

  #begun(where: string, key: string, atMost: number): number {
    for (;;) {
      const rows = this.#sql
        .exec<{ no: number; id: string }>(
          `select no, id from run where open = 1 and ${where} and stage = ${Stage.begun} limit ?`,
          key,
          atMost,
        )
        .toArray();
      const over = rows.filter(({ id }) => this.#isOver(id));
      if (over.length === 0 || rows.length < atMost) return rows.length - over.length;
      for (const { no } of over) this.#release(no);
    }
  }

  #queued(where: string, key: string, atMost: number): readonly Queued[] {
    for (;;) {
      const rows = this.#sql
        .exec<{ no: number; id: string; workflow: string; lane: string; at_once: number; confined: number }>(
          `select no, id, workflow, lane, at_once, confined from run where open = 1 and ${where} and stage = ${Stage.queued}
           order by rank, no limit ?`,
          key,
          atMost,
        )
        .toArray();
      // One that ended while it waited was cancelled.
      const over = rows.filter(({ id }) => this.#isOver(id));
      if (over.length === 0)
        return rows.map(({ no, id, workflow, lane, at_once, confined }) => ({
          no,
          id,
          workflow,
          lane,
          atOnce: at_once,
          confined: confined === 1,
        }));
      for (const { no } of over) this.#release(no);
    }
  }

  #release(no: number): void {
    this.#sql.exec("update run set stage = ? where no = ?", Stage.ended, no);
  }

  #isEmpty({ workflow }: Line): boolean {
    return this.#queues.queuedOf(workflow, 1).length === 0;
  }

  #stageOf(no: number): Stage {
    return this.#sql.exec<{ stage: Stage }>("select stage from run where no = ?", no).one().stage;
  }

  #admittedAt(now: number): number {
    this.#admitted ??=
      this.#sql.exec<{ last: number | null }>("select (select created from run order by no desc limit 1) as last").one().last ?? 0;
    this.#admitted = Math.max(this.#admitted, now);
    return this.#admitted;
  }
}

const collecting = (until: number): WaitReason => ({ kind: "limit", step: "", limit: "debounce", until });
