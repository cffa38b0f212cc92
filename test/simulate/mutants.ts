// Does the simulation see anything? Each known fault of such engines is planted in a copy of the sources, one at a time, and a few hundred schedules must
// find it. A text that is not found in its file exactly once is an error: the engine has changed, and the fault must be planted anew.
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";

/** `file`: in src/engine/, or with its folder. */
interface Plant {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** `also`: the other guards that stand in the way of the same fault; one alone would be caught by them. */
interface Mutant extends Plant {
  readonly fault: string;
  readonly also?: readonly Plant[];
  /** From which seed on; elsewhere it shows too seldom. */
  readonly seed?: number;
}

/** A pass that was overtaken may write nothing; it stands behind everything that keeps passes apart. */
const STALE: Plant = { file: "durable-objects/partition-journal.ts", from: "if (run.pass !== pass) throw", to: "if (run.pass < 0) throw" };

const SENDING = "...(again ? { again } : {}) });\n      await pass.flush();";
const TAKES_BACK = 'const takesBack = pass.spec.onFailure === "compensate" && !pass.spec.regulated;';

/** Found by schedules of one run's process. */
const ENGINE: readonly Mutant[] = [
  {
    fault: "sends before the journal is durable",
    file: "run-effect.ts",
    from: SENDING,
    to: SENDING.replace("await pass.flush();", ""),
  },
  {
    fault: "the ruling to ask is skipped",
    file: "effect-decision.ts",
    from: 'if (state.ruling.outcome === "require_approval") return',
    to: "if (!state.ruling) return",
  },
  {
    fault: "a denial does not stop the write",
    file: "effect-decision.ts",
    from: 'if (state.ruling.outcome === "deny") return',
    to: "if (!state.ruling) return",
  },
  {
    fault: "shadow mode sends",
    file: "effect-decision.ts",
    from: "  if (options.shadow)\n",
    to: "  if (options.shadow && !state.ruling)\n",
  },
  { fault: "no settle window", file: "effect-decision.ts", from: "SETTLE_MS = 10_000", to: "SETTLE_MS = 0" },
  {
    fault: "the marker found is ignored",
    file: "run-effect.ts",
    from: "if (found !== null) return",
    to: "if (found === undefined) return",
  },
  {
    fault: "an ambiguous send is repeated without a look-up",
    file: "effect-decision.ts",
    from: 'if (errorFacts(entry.error.code).outcome === "unknown") {',
    to: 'if (entry.error.code === "connector.answer_invalid") {',
  },
  {
    fault: "drift since the approval goes unnoticed",
    file: "effect-decision.ts",
    from: "const drifted = Boolean(\n",
    to: "const drifted = Boolean(\n      !state.intended &&\n",
  },
  {
    fault: "an answer after the deadline is taken",
    file: "answer-approval.ts",
    from: "if (now >= asked.approval.expiresAt)",
    to: "if (now < 0)",
  },
  { fault: "an approval never expires", file: "src/governance/gate.ts", from: "if (now >= expiresAt) return", to: "if (now < 0) return" },
  {
    fault: "a decision on another digest is taken",
    file: "answer-approval.ts",
    from: "if (said.digest !== gate.digest)",
    to: "if (said.digest === undefined)",
  },
  {
    fault: "a second decision is taken",
    file: "answer-approval.ts",
    from: 'if (decided?.type === "approval.decided") return',
    to: 'if (decided?.type === "approval.voided") return',
  },
  {
    fault: "anybody may decide",
    file: "src/governance/gate.ts",
    from: "if (own.length === 0) return null;",
    to: "if (own.length === 0) return { by: person };",
  },
  { fault: "an edit is not ruled on", file: "answer-approval.ts", from: 'if (ruling.outcome === "deny") {', to: "if (!ruling) {" },
  {
    fault: "edited values are not written",
    file: "effect-decision.ts",
    from: 'if (entry.decision.kind === "edited") state.values = entry.decision.values;',
    to: "",
  },
  {
    fault: "a rejection does not stop the write",
    file: "effect-decision.ts",
    from: 'if (state.decision?.kind === "rejected") return',
    to: 'if (state.decision?.kind === "rejected" && !state.intended) return',
  },
  {
    fault: "the occurrence counter is dropped",
    file: "pass.ts",
    from: "const step = count === 1 ? name :",
    to: "const step = count > 0 ? name :",
  },
  {
    fault: "a remembered read is done again",
    file: "run-read.ts",
    from: 'case "read.done":\n        pass.checkArgs(step, entry.args, args);\n        return handOut(entry.output);',
    to: 'case "read.done":\n        pass.checkArgs(step, entry.args, args);\n        break;',
  },
  {
    fault: "a remembered model decision is made again",
    file: "decision-state.ts",
    from: 'case "decision.made":\n        state = { ...state, made: entry };',
    to: 'case "decision.made":\n        state = { ...state, made: state.made };',
  },
  {
    fault: "no compensation",
    file: "execute.ts",
    from: TAKES_BACK,
    to: "const takesBack = !pass;",
  },
  {
    fault: "compensation although the spec says leave",
    file: "execute.ts",
    from: TAKES_BACK,
    to: "const takesBack = true;",
  },
  {
    fault: "an undo overwrites the work of others",
    file: "undo-decision.ts",
    from: "else conflicts.push({ field, ours: value, now: current });",
    to: "else restore[field] = old;",
  },
  {
    fault: "an undo leaves before it is announced",
    file: "run-undo.ts",
    from: 'pass.record(step, { type: "undo.sending", ...plan });\n          await pass.flush();',
    to: 'pass.record(step, { type: "undo.sending", ...plan });',
  },
  {
    fault: "an overtaken pass goes on writing",
    file: "pass.ts",
    from: "await this.journal.flush();\n    } catch (error) {\n      throw new Broken(error);",
    to: "await this.journal.flush();\n    } catch (error) {\n      void new Broken(error);",
  },
  {
    fault: "a pause becomes a wait for a person",
    file: "effect-decision.ts",
    from: 'if (state.failure.retryAt > now) return { kind: "wait_timer"',
    to: 'if (state.failure.retryAt > now) return { kind: "wait_operator", error: state.failure.error }; else if (now < 0) return { kind: "wait_timer"',
  },
];

/** Found by schedules of whole partitions. */
const PARTITION: readonly Mutant[] = [
  {
    fault: "a signal that came before its wait is lost",
    file: "run-wait.ts",
    from: "|| arrived.at >= awaited.until)",
    to: "|| arrived.at >= awaited.until || arrived.at < awaited.until - within)",
  },
  {
    fault: "a signal is taken twice",
    file: "run-wait.ts",
    from: 'if (entry.type === "signal.received") {\n      pass.takenSignals.add(entry.arrival);',
    to: 'if (entry.type === "signal.received") {',
  },
  {
    fault: "a repeated signal counts again",
    file: "external.ts",
    from: "entry.signal === input.name && entry.id === input.id",
    to: 'entry.signal === input.name && entry.id === "" && input.id === ""',
  },
  {
    fault: "a pause ends early",
    file: "run-wait.ts",
    from: "if (set.until > pass.ports.now()) return",
    to: "if (set.until > pass.ports.now() + 25_000) return",
  },
  {
    fault: "a computation is done again",
    file: "run-read.ts",
    from: 'case "step.done":\n        pass.checkArgs(step, entry.args, args);\n        return handOut(entry.output);',
    to: 'case "step.done":\n        pass.checkArgs(step, entry.args, args);\n        break;',
  },
  {
    fault: "a cancellation in the middle of a pass is ignored",
    file: "run-effect.ts",
    from: "cancelled: pass.isCancelling }",
    to: "cancelled: false }",
  },
  {
    fault: "a cancelled run keeps what it should take back",
    file: "execute.ts",
    from: "const wanted = cancel ? cancel.compensate :",
    to: "const wanted = cancel ? false :",
  },
  { fault: "writes are taken back oldest first", file: "execute.ts", from: "b.seq - a.seq", to: "a.seq - b.seq" },
  { fault: "a pause of a run is ignored", file: "lifecycle.ts", from: "if (pause) return", to: "if (pause && !run) return" },
  {
    fault: "nobody is asked right before a write leaves",
    file: "run-effect.ts",
    from: "if (!(await takePlace())) return;\n      pass.admit(step);",
    to: "if (!(await takePlace())) return;",
  },
  {
    fault: "a kill switch is forgotten with the object",
    file: "durable-objects/halts.ts",
    from: "        turned.on ? 1 : 0,",
    to: "        turned.on && turned.at < 0 ? 1 : 0,",
  },
  {
    fault: "who was halted is not woken",
    file: "durable-objects/run-partition.ts",
    from: "this.#journal.wakePaused(now);",
    to: "this.#journal.nextDue();",
  },
  {
    fault: "a retried run stays ended",
    file: "lifecycle.ts",
    from: 'case "run.reopened":\n      return null;',
    to: 'case "run.reopened":\n      return undefined;',
  },
  {
    fault: "a run begins again with steps that had no answer",
    file: "run-requests.ts",
    from: "if (isAnswered(before)) kept.add(name);",
    to: "kept.add(name);",
  },
  {
    fault: "code that diverges goes on",
    file: "pass.ts",
    from: "if (recorded !== undefined && recorded !== args) {",
    to: "if (recorded === args && !args) {",
    also: [{ file: "pass.ts", from: "if (turn === REPLAY_TURNS) {", to: "if (turn === REPLAY_TURNS) return;\n      if (turn < 0) {" }],
  },
  {
    fault: "what was said is not made durable before the answer",
    file: "durable-objects/run-partition.ts",
    from: "          this.#journal.insertUnsaved(run);\n          this.#journal.setDue(run.row, Date.now());",
    to: "          this.#journal.setDue(run.row, Date.now());",
  },
  {
    fault: "two passes of one run at once",
    file: "durable-objects/run-driver.ts",
    from: "  drive(run: LiveRun): void {\n    if (run.running) {",
    to: "  drive(run: LiveRun): void {\n    if (run.running && run.again) {",
    also: [STALE],
  },
  {
    fault: "what a failed commit left in memory is believed",
    file: "durable-objects/run-partition.ts",
    from: "(error) => ctx.abort(`commit failed",
    to: "(error) => console.debug(`commit failed",
    also: [
      {
        file: "durable-objects/run-driver.ts",
        from: "        this.#host.live.delete(id);\n        this.#host.arm",
        to: "        this.#host.arm",
      },
    ],
  },
  {
    fault: "D1 is told what is not durable",
    file: "durable-objects/outbox.ts",
    from: "({ run, seq: run.durable })",
    to: "({ run, seq: run.seq })",
  },
  {
    fault: "the chain goes on from an old hash",
    file: "durable-objects/outbox.ts",
    from: "        run.head = heads[index] ?? run.head;",
    to: "        void heads[index];",
  },
  {
    fault: "a lane goes last in, first out",
    file: "durable-objects/run-queue.ts",
    from: "order by rank, no limit ?",
    to: "order by rank desc, no desc limit ?",
  },
  {
    fault: "one too many in a lane",
    file: "flow.ts",
    from: "queues.begunInLane(lane, atOnce) < atOnce",
    to: "queues.begunInLane(lane, atOnce + 1) <= atOnce",
  },
  {
    fault: "one too many of a workflow",
    file: "flow.ts",
    from: "queues.begunOfWorkflow(workflow, concurrency) >= concurrency",
    to: "queues.begunOfWorkflow(workflow, concurrency + 1) > concurrency",
  },
  { fault: "the throttle has no window", file: "flow.ts", from: "? 0 : began + perMs", to: "? 0 : began + perMs / 2" },
  {
    fault: "a limit is gone with its code",
    file: "flow.ts",
    from: "(newest.limits ?? {}) : NOT_DEPLOYED",
    to: "(newest.limits ?? {}) : NOT_DEPLOYED && {}",
    seed: 30_001,
  },
  { fault: "the first data of a record wins", file: "flow.ts", from: "later.time >= kept.time", to: "later.time < kept.time" },
  {
    fault: "a child is started by another name each time",
    file: "run-child.ts",
    from: "id: eventIdOf(source, step)",
    to: "id: eventIdOf(source, step + String(pass.ports.now()))",
  },
  {
    fault: "a cancellation is not passed down",
    file: "run-child.ts",
    from: "if (!cancel) return null;",
    to: "if (!cancel || cancel.by) return null;",
  },
  {
    fault: "a parent takes a child for ended that it cannot reach",
    file: "run-child.ts",
    from: '{ status: "failed", error } : null;',
    to: '{ status: "failed", error } : { status: "cancelled", by: "nobody" };',
  },
  {
    fault: "signals stay behind at a hand-over",
    file: "hand-over.ts",
    from: "signals: waiting.map(carried) });\n      if (place.fresh)",
    to: "signals: [] });\n      if (place.fresh)",
  },
];

const ENGINE_SCHEDULES = 600;
const PARTITION_SCHEDULES = 500;
const LIMIT_MS = 240_000;

/** Those whose name holds `part`. */
export async function runMutants(part = ""): Promise<number> {
  const root = path.resolve(import.meta.dirname, "../..");
  const plants = [
    ...ENGINE.map((mutant) => ({ ...mutant, only: "engine" as const })),
    ...PARTITION.map((mutant) => ({ ...mutant, only: "partition" as const })),
  ];
  const lost = plants
    .flatMap(({ fault, also = [], ...plant }) => [plant, ...also].map((one) => ({ fault, ...one })))
    .filter(({ file, from }) => readFileSync(path.join(root, placeOf(file)), "utf8").split(from).length !== 2);
  if (lost.length > 0)
    throw new Error(
      `not exactly once in its file, and to be planted anew: ${lost.map(({ fault, file }) => `"${fault}" (${file})`).join(", ")}`,
    );
  const copies = Array.from({ length: Math.min(availableParallelism(), 4) }, () => copyOf(root));
  const left = plants.filter(({ fault }) => fault.includes(part));
  const planted = left.length;
  let missed = 0;
  try {
    const [copy = ""] = copies;
    for (const only of ["engine", "partition"] as const) {
      const sound = await simulateIn(copy, only);
      if (sound !== null) throw new Error(`the product as it is fails already: ${sound}`);
    }
    // Each copy has one fault at a time.
    await Promise.all(
      copies.map(async (folder) => {
        for (let plant = left.shift(); plant; plant = left.shift()) {
          const { fault, only, also = [], seed } = plant;
          for (const { file, from, to } of [plant, ...also]) {
            const planted = path.join(folder, placeOf(file));
            const text = readFileSync(planted, "utf8");
            writeFileSync(
              planted,
              text.replace(from, () => to),
            );
          }
          const caught = await simulateIn(folder, only, seed);
          for (const { file } of [plant, ...also]) cpSync(path.join(root, placeOf(file)), path.join(folder, placeOf(file)));
          if (caught === null) missed++;
          console.log(`${fault.padEnd(60)} ${caught ?? "NOT CAUGHT"}`);
        }
      }),
    );
  } finally {
    for (const copy of copies) rmSync(copy, { recursive: true, force: true });
  }
  console.log(`${planted} faults planted, ${planted - missed} caught`);
  return missed > 0 ? 1 : 0;
}

const placeOf = (file: string): string => (file.includes("/") ? file : `src/engine/${file}`);

function copyOf(root: string): string {
  const copy = mkdtempSync(path.join(tmpdir(), "interlock-mutants-"));
  for (const folder of ["src", "test", "durable-objects", "migrations", "sandbox"])
    cpSync(path.join(root, folder), path.join(copy, folder), { recursive: true });
  cpSync(path.join(root, "package.json"), path.join(copy, "package.json"));
  symlinkSync(path.join(root, "node_modules"), path.join(copy, "node_modules"));
  return copy;
}

/** The first invariant that a copy breaks, with its seed; null when it breaks none. */
function simulateIn(folder: string, only: "engine" | "partition", seed = only === "engine" ? 1 : 10_001): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const runs = only === "engine" ? ENGINE_SCHEDULES : PARTITION_SCHEDULES;
    const child = spawn(
      process.execPath,
      ["test/simulate/main.ts", "--runs", String(runs), "--seed", String(seed), "--first", "--only", only],
      {
        cwd: folder,
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk));
    let spins = false;
    const timer = setTimeout(() => {
      spins = true;
      child.kill("SIGKILL");
    }, LIMIT_MS);
    child.on("error", reject);
    child.on("exit", (code) => {
      clearTimeout(timer);
      // Slow is not caught: only a schedule that never comes back is.
      if (spins) return reject(new Error(`no answer within ${LIMIT_MS / 1000} s`));
      if (said.includes("a schedule has no end")) return resolve("[liveness] a schedule has no end");
      if (code === 0) return resolve(null);
      const invariant = /^violation (\[.*?\])/m.exec(said)?.[1];
      const found = /--seed (\d+)/.exec(said)?.[1];
      if (invariant) resolve(`${invariant} seed ${found}`);
      else reject(new Error(`the simulation broke: ${said.slice(-2_000)}`));
    });
  });
}
