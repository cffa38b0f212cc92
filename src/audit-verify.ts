// npm run audit:verify -- <export.jsonl>... [--key <public.pem>]... [--checkpoints <folder>]
// Verifies an export of the audit offline, on any machine with Node: files in, a verdict out. What is verified is in src/governance/audit-verify.ts; here are only
// files and words. Not part of the Worker: an entry of its own beside src/index.ts, because it shares the Worker's own code for hashes and is no test of it.
// Exit code 0: everything holds. 1: something does not, and it is named. 2: it could not be verified (a file that is not there, a wrong call).
import { createReadStream, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { publicKeyOf } from "./core/crypto.ts";
import { ExportVerifier, type Report } from "./governance/audit-verify.ts";
import type { Checkpoint } from "./governance/checkpoint.ts";

const USAGE = "audit:verify -- <export.jsonl>... [--key <public.pem>]... [--checkpoints <folder>]";

async function verifyFiles(args: readonly string[]): Promise<Report> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { key: { type: "string", multiple: true, default: [] }, checkpoints: { type: "string" } },
  });
  if (positionals.length === 0) throw new Error(`Name an export: ${USAGE}`);
  const keys = values.key.map((file) => publicKeyOf(readFileSync(file, "utf8")));
  const verifier = new ExportVerifier({ keys, everySigned: keys.length > 0, checkpoints: checkpointsIn(values.checkpoints) });
  // The parts of an export, in their order; line by line, because a part may be larger than memory.
  for (const file of positionals) {
    for await (const line of createInterface({ input: createReadStream(file, "utf8"), crlfDelay: Number.POSITIVE_INFINITY })) {
      if (!verifier.take(line)) return verifier.end();
    }
  }
  return verifier.end();
}

function checkpointsIn(folder: string | undefined): Checkpoint[] {
  if (folder === undefined) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  if (files.length === 0) throw new Error(`${folder} holds no checkpoint (*.json)`);
  return files.map((name) => {
    const checkpoint = JSON.parse(readFileSync(path.join(folder, name), "utf8")) as Checkpoint;
    if (checkpoint.statement?.kind !== "interlock.checkpoint" || !Array.isArray(checkpoint.leaves))
      throw new Error(`${name} is not a checkpoint of the audit`);
    return checkpoint;
  });
}

const count = (n: number, one: string): string => `${n} ${n === 1 ? one : `${one}s`}`;

try {
  const report = await verifyFiles(process.argv.slice(2));
  if (report.ok) {
    const { runs, records, checkpoints, notes } = report;
    console.log(`Verified: ${count(records, "record")} of ${count(runs, "run")}, ${count(checkpoints, "checkpoint")}.`);
    for (const note of notes) console.log(`Note: ${note}`);
  } else {
    console.error(`BROKEN at ${report.broken.what}: ${report.broken.why}.`);
    process.exitCode = 1;
  }
} catch (thrown) {
  console.error(`Not verified: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  process.exitCode = 2;
}
