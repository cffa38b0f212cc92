// Does the simulation see anything? Each known fault of such engines is planted in a copy of the sources, one at a time, and a few hundred schedules must
// find it. A text that is not found in its file exactly once is an error: the engine has changed, and the fault must be planted anew.
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

interface Mutant {
  readonly fault: string;
  /** In src/engine/. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const SENDING =
  'pass.record(step, { type: "effect.sending", attempt: state.attempts + 1, values: state.values });\n        await pass.flush();';

const MUTANTS: readonly Mutant[] = [
  {
    fault: "sends before the journal is durable",
    file: "run-effect.ts",
    from: `      case "send": {\n        ${SENDING}`,
    to: `      case "send": {\n        ${SENDING.replace("await pass.flush();", "")}`,
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
    from: 'errorFacts(entry.error.code).outcome === "unknown"',
    to: 'entry.error.code === "connector.answer_invalid"',
  },
  {
    fault: "drift since the approval goes unnoticed",
    file: "effect-decision.ts",
    from: "const drifted = Boolean(\n",
    to: "const drifted = Boolean(\n      !state.intended &&\n",
  },
  { fault: "an answer after the deadline is taken", file: "external.ts", from: "if (now >= asked.approval.expiresAt)", to: "if (now < 0)" },
  { fault: "an approval never expires", file: "effect-decision.ts", from: "return now >= state.approval.expiresAt", to: "return now < 0" },
  {
    fault: "a decision on another digest is taken",
    file: "external.ts",
    from: "if (decision.digest !== asked.approval.digest)",
    to: "if (decision.digest === undefined)",
  },
  {
    fault: "a second decision is taken",
    file: "external.ts",
    from: 'if (decided?.type === "approval.decided") return',
    to: 'if (decided?.type === "approval.voided") return',
  },
  { fault: "anybody may decide", file: "external.ts", from: "if (!spec.review.reviewers.includes(by)) return", to: "if (!by) return" },
  { fault: "an edit is not ruled on", file: "external.ts", from: 'if (ruling.outcome === "deny") {', to: "if (!ruling) {" },
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
    from: "return count === 1 ? name :",
    to: "if (count > 0) return name;\n    return count === 1 ? name :",
  },
  {
    fault: "a remembered read is done again",
    file: "run-read.ts",
    from: 'case "read.done":\n        pass.checkArgs(step, entry.args, args);\n        return entry.output;',
    to: 'case "read.done":\n        pass.checkArgs(step, entry.args, args);\n        break;',
  },
  {
    fault: "a remembered model decision is made again",
    file: "run-read.ts",
    from: 'case "decision.made":\n        pass.checkArgs(step, entry.args, args);\n        return entry.decision;',
    to: 'case "decision.made":\n        pass.checkArgs(step, entry.args, args);\n        break;',
  },
  {
    fault: "no compensation",
    file: "execute.ts",
    from: 'if (run.spec.onFailure === "compensate") {',
    to: 'if (run.spec.onFailure === "leave" && !run) {',
  },
  {
    fault: "compensation although the spec says leave",
    file: "execute.ts",
    from: 'if (run.spec.onFailure === "compensate") {',
    to: "if (run.spec) {",
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

const SCHEDULES = 600;
const LIMIT_MS = 60_000;

export async function runMutants(): Promise<number> {
  const root = path.resolve(import.meta.dirname, "../..");
  const copy = mkdtempSync(path.join(tmpdir(), "interlock-mutants-"));
  let missed = 0;
  try {
    for (const folder of ["src", "test"]) cpSync(path.join(root, folder), path.join(copy, folder), { recursive: true });
    cpSync(path.join(root, "package.json"), path.join(copy, "package.json"));
    symlinkSync(path.join(root, "node_modules"), path.join(copy, "node_modules"));
    const sound = await simulateIn(copy);
    if (sound !== null) throw new Error(`the engine as it is fails already: ${sound}`);
    for (const mutant of MUTANTS) {
      const file = path.join(copy, "src/engine", mutant.file);
      const text = readFileSync(file, "utf8");
      if (text.split(mutant.from).length !== 2) throw new Error(`"${mutant.fault}": its text is not exactly once in ${mutant.file}`);
      writeFileSync(
        file,
        text.replace(mutant.from, () => mutant.to),
      );
      const caught = await simulateIn(copy);
      writeFileSync(file, text);
      if (caught === null) missed++;
      console.log(`${mutant.fault.padEnd(52)} ${caught ?? "NOT CAUGHT"}`);
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  console.log(`${MUTANTS.length} faults planted, ${MUTANTS.length - missed} caught`);
  return missed > 0 ? 1 : 0;
}

/** The first invariant that a copy breaks, with its seed; null when it breaks none. */
function simulateIn(folder: string): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["test/simulate/main.ts", "--runs", String(SCHEDULES), "--seed", "1", "--first"], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
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
      if (spins) return resolve(`[liveness] no end within ${LIMIT_MS / 1000} s`);
      if (code === 0) return resolve(null);
      const invariant = /^violation (\[.*?\])/m.exec(said)?.[1];
      const seed = /--seed (\d+)/.exec(said)?.[1];
      if (invariant) resolve(`${invariant} seed ${seed}`);
      else reject(new Error(`the simulation broke: ${said.slice(-2_000)}`));
    });
  });
}
