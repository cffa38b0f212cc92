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

/**
 * Bytes of entries to a row: half of what a value may have here (2 MB, https://developers.cloudflare.com/durable-objects/platform/limits/). An entry with the
 * largest output that a step may have, 1 MB, is a row by itself.
 */
const ROW_BYTES = 1_000_000;

/** How far D1 is with a run, and whether the alarm still has to look at it. */
export interface ProjectedMark {
  readonly no: number;
  readonly projected: number;
  /** The chain's hash of the entry that `projected` names. */
  readonly head: string;
  readonly open: 0 | 1;
  readonly ended: 0 | 1;
}

export class PartitionJournal {
  readonly #storage: DurableObjectStorage;
  readonly #failed: (error: unknown) => void;
  #queue: (() => void)[] = [];
  #commit: Promise<void> | null = null;
  readonly #specs = new Map<string, GovernanceSpec>();
  busy: () => number = () => 0;

  /** `failed` must end the instance: when a commit fails, every run in it is ahead of its journal in memory, and none may add to that. */
  constructor(storage: DurableObjectStorage, failed: (error: unknown) => void) {
    this.#storage = storage;
    this.#failed = failed;
  }

  /** Runs the writes of everybody who asks within the same moment as one transaction; alone, a write does not wait for company. Rejects for all of them. */
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
    try {
      this.#storage.transactionSync(write);
    } catch (error) {
      this.#failed(error);
      throw error;
    }
  }

  /** The run as stored, or null when it exists already. */
  insertRun(row: Omit<RunRow, "no">, { stage, rank, ready, waiting }: Admission): RunRow | null {
    const { pins } = row;
    const [stored] = this.#storage.sql
      .exec<{ no: number }>(
        `insert or ignore into run
           (id, lane, at_once, confined, stage, rank, ready, workflow, version, manifest, spec_version, event, waiting, due, created, salt)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning no`,
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
        row.salt,
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

  /** Inside a commit: what the run has recorded since the last, in one row unless it is large. */
  insertUnsaved(run: LiveRun): void {
    const entries = run.unsaved.splice(0);
    run.durable = entries.at(-1)?.seq ?? run.durable;
    for (const { seq, body } of entryRows(entries, ROW_BYTES)) {
      run.bytes += body.length;
      this.#insertEntries(run.row, seq, body);
    }
  }

  /** A closed run takes no entries: an instance that was overtaken finds no number taken any more, and must not get past this either. */
  #insertEntries({ no, id }: RunRow, seq: number, body: string): void {
    try {
      // A body that is null is refused by the table: one statement, and no row to be read back.
      this.#storage.sql.exec(
        "insert into entry (id, body) values (?, iif((select open from run where no = ?) = 1, ?, null))",
        no * SPAN + seq,
        no,
        body,
      );
    } catch (thrown) {
      if (String(thrown).includes("NOT NULL")) throw new InterlockError("pass.stale", `${id} was closed meanwhile`);
      throw thrown;
    }
  }

  /**
   * Inside a commit, before a message is recorded: a run that was closed gets its journal back. One row to an entry, so that each of its numbers is taken and an
   * overtaken instance cannot write between them.
   */
  reopen(run: LiveRun): void {
    const closed = this.#storage.sql
      .exec(
        "update run set open = 1, event = ?, salt = ? where no = ? and open = 0 returning no",
        JSON.stringify(run.row.event),
        run.row.salt,
        run.row.no,
      )
      .toArray();
    if (closed.length === 0) return;
    for (const entry of run.entries) if (entry.seq <= run.durable) this.#insertEntries(run.row, entry.seq, JSON.stringify([entry]));
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

  /**
   * Inside a commit: D1 is that far. A run that is closed by it loses its entries here, and what of its row says anything about a person; unless there are
   * entries that D1 has not, whoever asks. A closed run is not opened by this.
   */
  setProjected(rows: readonly ProjectedMark[]): void {
    const closed = this.#storage.sql
      .exec<{ no: number; open: number }>(
        `update run set projected = mark.projected, head = mark.head, open = mark.open,
           event = case mark.open when 0 then json_remove(event, '$.data') else event end,
           salt = case mark.open when 0 then '' else salt end,
           waiting = case mark.open when 0 then null else waiting end,
           stage = iif(mark.ended, ${Stage.ended}, stage)
         from (
           select r.no, j.value->>'ended' as ended, j.value->>'projected' as projected, j.value->>'head' as head, case when j.value->>'open' = 0 and not exists (
             select 1 from entry where id > r.no * ${SPAN} + (j.value->>'projected') and id < (r.no + 1) * ${SPAN}
           ) then 0 else 1 end as open
           from json_each(?) as j cross join run as r on r.no = j.value->>'no' where r.open = 1
         ) as mark
         where run.no = mark.no returning run.no as no, run.open as open`,
        JSON.stringify(rows),
      )
      .toArray()
      .filter(({ open }) => open === 0);
    if (closed.length === 0) return;
    this.#storage.sql.exec(
      `delete from entry where id in (
         select e.id from json_each(?) as j cross join entry as e on e.id > j.value * ${SPAN} and e.id < (j.value + 1) * ${SPAN}
       )`,
      JSON.stringify(closed.map(({ no }) => no)),
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
        salt: row.salt,
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
    run.head = row.head;
    run.inD1Only = row.open === 0;
    return run;
  }

  /** Of these, the open runs that should be moving: those whose time has come, and those that wait for nothing. */
  dueAmong(ids: readonly string[], now: number): string[] {
    return this.#storage.sql
      .exec<{ id: string }>(
        "select id from run where id in (select value from json_each(?)) and open = 1 and (waiting is null or due <= ?)",
        JSON.stringify(ids),
        now,
      )
      .toArray()
      .map((row) => row.id);
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
  salt: string;
  head: string;
};

/** Entries as rows of at most so many bytes each; an entry that is larger by itself is a row of its own. */
export function entryRows(entries: readonly Entry[], bytes: number): { readonly seq: number; readonly body: string }[] {
  const [first] = entries;
  if (!first) return [];
  const whole = JSON.stringify(entries);
  // A unit of a string is three bytes at most: nearly every commit need not be measured.
  if (whole.length * 3 <= bytes) return [{ seq: first.seq, body: whole }];
  const rows: { seq: number; texts: string[]; size: number }[] = [];
  for (const entry of entries) {
    const text = JSON.stringify(entry);
    const size = new TextEncoder().encode(text).length;
    const row = rows.at(-1);
    if (row && row.size + size <= bytes) {
      row.texts.push(text);
      row.size += size;
    } else rows.push({ seq: entry.seq, texts: [text], size });
  }
  return rows.map(({ seq, texts }) => ({ seq, body: `[${texts.join(",")}]` }));
}
