// The partition's queues over their real SQL, in Node's SQLite, against random traffic and a clock that the test moves: after every change no limit is exceeded,
// order holds, and nobody waits whom nothing holds up. The reference keeps runs in a list and knows no index, no stage and no shortcut.
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { PartitionJournal } from "../../../durable-objects/partition-journal.ts";
import { RunQueue, Stage } from "../../../durable-objects/run-queue.ts";
import { migrate } from "../../../durable-objects/storage-migrations.ts";
import type { InterlockEvent } from "../../../src/core/event.ts";
import type { Limits } from "../../../src/engine/define.ts";
import { HEAD_CHECK_MS, isConfined, type Line, QUEUE_CHECK_MS, rankOf } from "../../../src/engine/flow.ts";
import { createRandom, type Random } from "../../simulate/random.ts";

const LIMITS: Readonly<Record<string, Limits>> = {
  plain: {},
  other: {},
  few: { concurrency: 3 },
  slow: { throttle: { runs: 4, perMs: 1_000 } },
  both: { concurrency: 2, throttle: { runs: 3, perMs: 500 } },
};
const LANES: readonly (readonly [string, number])[] = [
  ["a", 1],
  ["b", 1],
  ["c", 2],
  ["d", 3],
];

interface Run extends Line {
  readonly id: string;
  readonly no: number;
  readonly rank: number;
  state: "waiting" | "begun" | "ended";
}

class World {
  readonly #db = new DatabaseSync(":memory:");
  readonly #statements = new Map<string, StatementSync>();
  readonly #journal: PartitionJournal;
  readonly queue: RunQueue;
  readonly #over = new Set<string>();
  readonly #began = new Map<string, number[]>();
  readonly runs: Run[] = [];
  #started = 0;
  now = 1_000_000;
  writes = 0;

  constructor(limits: (workflow: string) => Limits = (workflow) => LIMITS[workflow] ?? {}) {
    const sql = {
      exec: (text: string, ...values: SQLInputValue[]) => {
        const rows = this.#prepare(text).all(...values);
        if (/^\s*(?:insert|update|delete)/.test(text)) this.writes++;
        return { toArray: () => rows, one: () => rows[0], [Symbol.iterator]: () => rows[Symbol.iterator]() };
      },
    } as unknown as SqlStorage;
    migrate(sql);
    const storage = { sql, transactionSync: (write: () => void) => write() } as unknown as DurableObjectStorage;
    this.#journal = new PartitionJournal(storage, () => {});
    this.queue = new RunQueue(sql, limits, (id) => this.#over.has(id));
  }

  #prepare(text: string): StatementSync {
    const statement = this.#statements.get(text) ?? this.#db.prepare(text);
    this.#statements.set(text, statement);
    return statement;
  }

  start(workflow: string, [key, atOnce]: readonly [string, number], priority = 0): Run {
    const confined = isConfined(LIMITS[workflow] ?? {});
    const line: Line = { workflow, lane: confined ? `${workflow}: ${key}` : key, atOnce, confined };
    const id = `run ${this.#started++}`;
    const event: InterlockEvent = { id, connection: "c", source: "s", type: "t", subject: key, time: this.now, data: null };
    const admission = this.queue.admit(line, priority, this.now, true);
    const pins = { workflow, version: 1, manifestDigest: "", specVersion: 1 };
    const row = this.#journal.insertRun({ id, lane: line.lane, atOnce, confined, pins, event, created: this.now, salt: "" }, admission);
    if (!row) throw new Error("not inserted");
    this.queue.admitted(line, admission, this.now);
    const run: Run = { ...line, id, no: row.no, rank: rankOf(this.now, priority), state: "waiting" };
    this.runs.push(run);
    if (admission.stage === Stage.queued) this.queue.advance(line, this.now);
    return run;
  }

  /** Its end is known in memory; its row says so when D1 has it. */
  end(run: Run, wakes = true): void {
    run.state = "ended";
    this.#over.add(run.id);
    if (wakes && this.queue.hasQueue(run)) this.queue.advance(run, this.now);
  }

  project(run: Run): void {
    this.#journal.setProjected([{ no: run.no, projected: 1, head: "", open: 0, ended: 1 }]);
    this.#over.delete(run.id);
  }

  delete(run: Run): void {
    this.#db.prepare("delete from run where no = ?").run(run.no);
    this.runs.splice(this.runs.indexOf(run), 1);
  }

  /** The clock goes on; whoever is due on the way looks then. */
  pass(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const due = this.#prepare(`select id, due from run where open = 1 and stage < ${Stage.begun} and due <= ? order by due limit 1`).get(
        until,
      ) as { id: string; due: number } | undefined;
      if (!due) break;
      this.now = Math.max(this.now, due.due);
      const run = this.runs.find(({ id }) => id === due.id) as Run;
      if (run.state === "ended") this.project(run);
      else this.queue.look(run.no, run, this.now);
      this.observe();
    }
    this.now = until;
  }

  dueOf(run: Run): number {
    return (this.#db.prepare("select due from run where no = ?").get(run.no) as { due: number }).due - this.now;
  }

  /** Takes note of beginnings; says what is wrong with them. */
  observe(): void {
    const fresh: Run[] = [];
    for (const { no } of this.#prepare(`select no from run where stage = ${Stage.begun}`).all() as { no: number }[]) {
      const run = this.runs.find((each) => each.no === no);
      if (run?.state !== "waiting") continue;
      run.state = "begun";
      fresh.push(run);
      const began = this.#began.get(run.workflow) ?? [];
      began.push(this.now);
      this.#began.set(run.workflow, began);
    }
    const waiting = this.runs.filter(({ state }) => state === "waiting");
    for (const run of fresh) {
      for (const other of waiting) {
        if (!isAhead(other, run)) continue;
        if (other.lane === run.lane) throw new Error(`${run.id} passed ${other.id} of its lane`);
        if (run.confined && other.workflow === run.workflow && this.#laneLets(other)) throw new Error(`${run.id} passed ${other.id}`);
      }
    }
    for (const run of this.#begun()) {
      if (this.#begun().filter(({ lane }) => lane === run.lane).length > run.atOnce) throw new Error(`too many in lane ${run.lane}`);
    }
    for (const [workflow, { concurrency, throttle }] of Object.entries(LIMITS)) {
      if (concurrency && this.#running(workflow) > concurrency) throw new Error(`too many of ${workflow}`);
      const began = this.#began.get(workflow) ?? [];
      if (throttle && began.some((at, index) => at - (began[index - throttle.runs] ?? -1e9) < throttle.perMs))
        throw new Error(`too many beginnings of ${workflow}`);
    }
  }

  /** A run that waits though every gate is open, if there is one. */
  needless(): Run | undefined {
    return this.runs.find((run) => {
      if (run.state !== "waiting" || !this.#laneLets(run)) return false;
      const { concurrency, throttle } = LIMITS[run.workflow] ?? {};
      if (concurrency && this.#running(run.workflow) >= concurrency) return false;
      const last = throttle && this.#began.get(run.workflow)?.at(-throttle.runs);
      return !(throttle && last !== undefined && last + throttle.perMs > this.now);
    });
  }

  #laneLets(run: Run): boolean {
    const inLane = this.runs.filter(({ lane }) => lane === run.lane);
    if (inLane.filter(({ state }) => state === "begun").length >= run.atOnce) return false;
    return !inLane.some((other) => other.state === "waiting" && isAhead(other, run));
  }

  #begun = () => this.runs.filter(({ state }) => state === "begun");
  #running = (workflow: string) => this.#begun().filter((run) => run.workflow === workflow).length;
}

const isAhead = (one: Run, other: Run): boolean => one.rank < other.rank || (one.rank === other.rank && one.no < other.no);

/** `faulty`: wake-ups are lost and rows disappear. */
function step(world: World, random: Random, faulty: boolean): void {
  const begun = world.runs.filter(({ state }) => state === "begun");
  const any = world.runs.filter(({ state }) => state !== "ended");
  const ended = world.runs.filter(({ state }) => state === "ended");
  const dice = random.int(100);
  if (dice < 45) world.start(random.pick(Object.keys(LIMITS)), random.pick(LANES), random.chance(0.2) ? random.int(5) - 1 : 0);
  else if (dice < 75 && begun.length > 0) world.end(random.pick(begun), !(faulty && random.chance(0.3)));
  // Cancelled while it waited.
  else if (dice < 78 && any.length > 0) world.end(random.pick(any));
  else if (dice < 85 && ended.length > 0) world.project(random.pick(ended));
  else if (dice < 88 && faulty && world.runs.length > 0) world.delete(random.pick(world.runs));
  else world.pass(random.int(700));
  world.observe();
}

describe("under random traffic", () => {
  it.each(Array.from({ length: 12 }, (_, index) => index + 1))(
    "no limit is exceeded, order holds and nobody waits for nothing (seed %i)",
    (seed) => {
      const world = new World();
      const random = createRandom(seed);
      let waited = 0;
      for (let i = 0; i < 250; i++) {
        step(world, random, false);
        waited += world.runs.filter(({ state }) => state === "waiting").length;
        expect(world.needless()).toBeUndefined();
      }
      expect(waited).toBeGreaterThan(100);
    },
  );

  it.each(Array.from({ length: 8 }, (_, index) => index + 101))(
    "lost wake-ups and deleted rows cost time and nothing else (seed %i)",
    (seed) => {
      const world = new World();
      const random = createRandom(seed);
      for (let i = 0; i < 160; i++) {
        step(world, random, true);
        if (i % 40 !== 39) continue;
        // A throttle lets the last of a queue begin only after some windows.
        world.pass(2 * QUEUE_CHECK_MS);
        expect(world.needless()).toBeUndefined();
      }
    },
  );
});

describe("a lane", () => {
  it("goes on when the row of the run that held it is gone", () => {
    const world = new World();
    const head = world.start("plain", ["a", 1]);
    const next = world.start("plain", ["a", 1]);
    world.observe();
    expect(next.state).toBe("waiting");
    world.delete(head);
    world.pass(HEAD_CHECK_MS);
    expect(next.state).toBe("begun");
  });

  it("is shared by workflows that give the same key, and by none with a limit of its own", () => {
    const world = new World();
    const runs = ["plain", "other", "few"].map((workflow) => world.start(workflow, ["a", 1]));
    world.observe();
    expect(runs.map(({ state }) => state)).toEqual(["begun", "waiting", "begun"]);
  });
});

describe("what waits", () => {
  it("costs nothing where nothing waits: a run that may begin is one row, and its end none", () => {
    const world = new World();
    world.writes = 0;
    const run = world.start("plain", ["a", 1]);
    world.end(run);
    expect(world.writes).toBe(1);
  });

  it("looks by itself soon only at the head of its queue", () => {
    const world = new World();
    for (let i = 0; i < 4; i++) world.start("few", [`lane ${i}`, 1]);
    const last = world.start("few", ["lane 9", 1]);
    expect(world.dueOf(world.runs[3] as Run)).toBe(HEAD_CHECK_MS);
    expect(world.dueOf(last)).toBe(QUEUE_CHECK_MS);
  });

  it("begins exactly when the throttle's window has passed, one after another", () => {
    const world = new World();
    const runs = Array.from({ length: 9 }, (_, index) => world.start("slow", [`lane ${index}`, 1]));
    const begun = () => runs.filter(({ state }) => state === "begun").length;
    world.observe();
    expect(begun()).toBe(4);
    world.pass(999);
    world.observe();
    expect(begun()).toBe(4);
    world.pass(1);
    expect(begun()).toBe(8);
    world.pass(1_000);
    expect(begun()).toBe(9);
  });

  it("begins when the limit is taken away, by as many as are driven at once", () => {
    let limits: Limits = { concurrency: 1 };
    const world = new World((workflow) => (workflow === "few" ? limits : {}));
    const runs = Array.from({ length: 150 }, (_, index) => world.start("few", [`lane ${index}`, 1]));
    limits = { concurrency: 1_000 };
    const { begun, at } = world.queue.advance(runs[0] as Run, world.now);
    expect(begun.length).toBe(100);
    expect(at).toBe(world.now);
  });
});
