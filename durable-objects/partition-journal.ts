// The partition's SQLite behind the engine's Journal port: many runs' entries, one transaction for all that fall into the same few milliseconds.
// It decides nothing. The key (run, sequence) is the fence between instances: a second writer of the same number fails, and with it its pass.
import { InterlockError } from "../src/core/errors.ts";
import type { InterlockEvent } from "../src/core/event.ts";
import { dueOf, type WaitReason } from "../src/core/run.ts";
import type { Entry, Journal } from "../src/engine/journal.ts";
import { GovernanceSpec } from "../src/governance/spec.ts";
import { LiveRun, type RunRow } from "./live-run.ts";
import { type Admission, Stage } from "./run-queue.ts";

/** How long a commit waits for company while more runs than these are live. Measured: 2 ms saves more commits than it costs latency. */
const GROUP_MS = 2;
const ALONE = 2;

/** Entries per run that fit into an entry's key; with 2^33 runs the key is still an exact number. */
const SPAN = 2 ** 20;

/** How far D1 is with a run, and whether the alarm still has to look at it. */
export interface ProjectedMark {
  readonly no: number;
  readonly projected: number;
  readonly open: 0 | 1;
  readonly ended: 0 | 1;
}

export class PartitionJournal {
  readonly #storage: DurableObjectStorage;
  #queue: (() => void)[] = [];
  #commit: Promise<void> | null = null;
  readonly #specs = new Map<string, GovernanceSpec>();
  busy: () => number = () => 0;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /**
   * Runs the writes of everybody who asks within the same moment as one transaction; alone, a write does not wait for company. Rejects for all of them when it
   * fails: each goes on from what is durable.
   */
  commit(write: () => void): Promise<void> {
    if (this.#commit === null && this.busy() <= ALONE) return this.writeNow(write);
    this.#queue.push(write);
    this.#commit ??= new Promise((resolve, reject) => {
      setTimeout(() => {
        const writes = this.#queue;
        this.#queue = [];
        this.#commit = null;
        this.writeNow(() => {
          for (const each of writes) each();
        }).then(resolve, reject);
      }, GROUP_MS);
    });
    return this.#commit;
  }

  /** For a write that is a batch by itself. */
  async writeNow(write: () => void): Promise<void> {
    this.#storage.transactionSync(write);
  }

  /** The run as stored, or null when it exists already. */
  insertRun(row: Omit<RunRow, "no">, { stage, rank, ready, waiting }: Admission): RunRow | null {
    const { pins } = row;
    const [stored] = this.#storage.sql
      .exec<{ no: number }>(
        `insert or ignore into run (id, lane, at_once, confined, stage, rank, ready, workflow, version, manifest, spec_version, event, waiting, due, created)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning no`,
        row.id,
        row.lane,
        row.atOnce,
        row.confined ? 1 : 0,
        stage,
        rank,
        ready,
        pins.workflow,
        pins.version,
        pins.manifestDigest,
        pins.specVersion,
        JSON.stringify(row.event),
        waiting && JSON.stringify(waiting),
        (waiting && dueOf(waiting)) ?? row.created,
        row.created,
      )
      .toArray();
    return stored ? { ...row, no: stored.no } : null;
  }

  /** Writes what a run has recorded and not yet saved. Joins the group commit; resolves when that is done. */
  save(run: LiveRun): Promise<void> {
    if (run.saving) return run.saving;
    if (run.unsaved.length === 0) return Promise.resolve();
    let written = false;
    const saving = this.commit(() => {
      written = true;
      run.saving = null;
      this.insertUnsaved(run);
    });
    // A commit that waits for company takes what is recorded until then; one that did not wait is done.
    if (!written) run.saving = saving;
    return saving;
  }

  /** Inside a commit: one row for what the run has recorded since the last. */
  insertUnsaved(run: LiveRun): void {
    const entries = run.unsaved.splice(0);
    run.durable = entries.at(-1)?.seq ?? run.durable;
    const [first] = entries;
    if (!first) return;
    const body = JSON.stringify(entries);
    run.bytes += body.length;
    this.#storage.sql.exec("insert into entry (id, body) values (?, ?)", run.row.no * SPAN + first.seq, body);
  }

  setWaiting({ no }: RunRow, waiting: WaitReason | null, due: number | null): void {
    this.#storage.sql.exec("update run set waiting = ?, due = ? where no = ?", waiting && JSON.stringify(waiting), due, no);
  }

  setDue({ no }: RunRow, due: number): void {
    this.#storage.sql.exec("update run set due = ?, open = 1 where no = ?", due, no);
  }

  has(id: string): boolean {
    return this.#storage.sql.exec("select 1 from run where id = ?", id).toArray().length > 0;
  }

  admitted(after: string, limit: number): string[] {
    return this.#storage.sql
      .exec<{ id: string }>("select id from run where id > ? order by id limit ?", after, limit)
      .toArray()
      .map((row) => row.id);
  }

  setProjected(rows: readonly ProjectedMark[]): void {
    this.#storage.sql.exec(
      `update run set projected = j.value->>'projected', open = j.value->>'open', stage = iif(j.value->>'ended', ${Stage.ended}, stage)
       from json_each(?) as j where run.no = j.value->>'no'`,
      JSON.stringify(rows),
    );
  }

  load(id: string, now: number): LiveRun | null {
    const [row] = this.#storage.sql.exec<StoredRun>("select * from run where id = ?", id).toArray();
    if (!row) return null;
    const run = new LiveRun(
      {
        no: row.no,
        id: row.id,
        lane: row.lane,
        atOnce: row.at_once,
        confined: row.confined === 1,
        pins: { workflow: row.workflow, version: row.version, manifestDigest: row.manifest, specVersion: row.spec_version },
        event: JSON.parse(row.event) as InterlockEvent,
        created: row.created,
      },
      now,
    );
    for (const { body } of this.#storage.sql.exec<{ body: string }>(
      "select body from entry where id > ? and id < ? order by id",
      row.no * SPAN,
      (row.no + 1) * SPAN,
    )) {
      run.load(JSON.parse(body) as Entry[]);
      run.bytes += body.length;
    }
    run.waiting = row.waiting === null ? null : (JSON.parse(row.waiting) as WaitReason);
    run.projected = row.projected;
    run.begun = row.stage >= Stage.begun;
    return run;
  }

  /** Open runs whose time has come. */
  due(now: number, limit: number): string[] {
    return this.#storage.sql
      .exec<{ id: string }>("select id from run where open = 1 and due <= ? order by due limit ?", now, limit)
      .toArray()
      .map((row) => row.id);
  }

  /** Runs that somebody had stopped are due now. A rare word, so that it may look through all that is open. */
  wakePaused(now: number): void {
    this.#storage.sql.exec("update run set due = ? where open = 1 and waiting ->> 'kind' = 'paused'", now);
  }

  /** Open runs that wait for nothing, or whose end D1 does not know: what a restart has to pick up. */
  unfinished(): string[] {
    return this.#storage.sql
      .exec<{ id: string }>(
        `select id from run where open = 1
         and (waiting is null or projected < (select max(id) from entry where id > no * ${SPAN} and id < (no + 1) * ${SPAN}) - no * ${SPAN})`,
      )
      .toArray()
      .map((row) => row.id);
  }

  /** What only other code could end is due now: a new instance may be one of a new deployment. */
  wakeHeldForCode(now: number): void {
    this.#storage.sql.exec(
      "update run set due = ? where open = 1 and waiting ->> '$.error.code' in ('workflow.unknown', 'workflow.diverged')",
      now,
    );
  }

  nextDue(): number | null {
    return this.#storage.sql.exec<{ due: number | null }>("select min(due) as due from run where open = 1").one().due;
  }

  keepSpec(spec: GovernanceSpec): void {
    const key = `${spec.workflow}@${spec.version}`;
    if (this.#specs.has(key)) return;
    this.#storage.sql.exec(
      "insert or ignore into spec (workflow, version, body) values (?, ?, ?)",
      spec.workflow,
      spec.version,
      JSON.stringify(spec),
    );
    this.#specs.set(key, spec);
  }

  specOf(workflow: string, version: number): GovernanceSpec {
    const key = `${workflow}@${version}`;
    const known = this.#specs.get(key);
    if (known) return known;
    const [row] = this.#storage.sql
      .exec<{ body: string }>("select body from spec where workflow = ? and version = ?", workflow, version)
      .toArray();
    if (!row) throw new InterlockError("run.refused", `The governance spec ${key} is not in this partition`);
    const spec = GovernanceSpec.parse(JSON.parse(row.body));
    this.#specs.set(key, spec);
    return spec;
  }

  /** The engine's port for one pass of one run. */
  forPass(run: LiveRun, pass: number, now: () => number): Journal {
    const check = () => {
      if (run.pass !== pass) throw new InterlockError("pass.stale", `Pass ${pass} of ${run.row.id} was overtaken`);
    };
    return {
      get size() {
        return { entries: run.seq, bytes: run.bytes };
      },
      entriesOf: (step) => (step === null ? run.own : (run.byStep.get(step) ?? [])),
      record: (entries) => {
        check();
        run.add(entries, now());
      },
      flush: async () => {
        check();
        await this.save(run);
      },
    };
  }
}

type StoredRun = {
  no: number;
  id: string;
  lane: string;
  at_once: number;
  confined: number;
  stage: number;
  workflow: string;
  version: number;
  manifest: string;
  spec_version: number;
  event: string;
  waiting: string | null;
  due: number | null;
  projected: number;
  open: number;
  created: number;
};
