// npm run bench: 2,000 webhooks through the whole path, beside the leanest Worker that does the same flow, in the same minute on the same machine. Rounds
// alternate, so that what else the machine does meets both; what counts is the ratio. Needs the load rig and the reference in ../shared/bench.
//   npm run bench -- [--n 2000] [--rounds 3] [--partitions 16] [--latency 0]
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { freePort } from "../sandbox/local.ts";
import { startProcess } from "../sandbox/processes.ts";
import { PARTITIONS } from "../src/core/ids.ts";
import { benchSpec } from "./spec.ts";

const ROOT = path.resolve(import.meta.dirname, "..");
const SHARED = path.resolve(ROOT, "../shared/bench");

const { values } = parseArgs({
  options: {
    n: { type: "string", default: "2000" },
    rounds: { type: "string", default: "3" },
    partitions: { type: "string", default: String(PARTITIONS) },
    latency: { type: "string", default: "0" },
  },
});

interface Measured {
  /** Runs finished per second, CPU seconds per 1,000 runs, lost and repeated write-backs, milliseconds from webhook to write-back. */
  readonly done_s: number;
  readonly cpu_s_per_1000: number;
  readonly lost: number;
  readonly dup: number;
  readonly wrong: number;
  readonly e2e_p50: number;
  readonly e2e_p99: number;
}

if (!existsSync(path.join(SHARED, "rig.mjs"))) {
  console.error(`The load rig and the reference are not at ${SHARED}: nothing to measure with.`);
  process.exit(1);
}

const work = mkdtempSync(path.join(tmpdir(), "interlock-bench-"));
const [modelPort, bizPort] = [await freePort(9801), await freePort(9851)];
const modelUrl = `http://127.0.0.1:${modelPort}/v1`;
const bizUrl = `http://127.0.0.1:${bizPort}`;

async function rig(target: string, pid: number, label: string): Promise<Measured> {
  const child = spawn(
    process.execPath,
    [
      path.join(SHARED, "rig.mjs"),
      `--target=${target}`,
      `--n=${values.n}`,
      "--c=32",
      `--latency=${values.latency}`,
      `--pids=${pid}`,
      `--label=${label}`,
      `--modelport=${modelPort}`,
      `--bizport=${bizPort}`,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let out = "";
  for await (const chunk of child.stdout) out += chunk;
  const line = out.trim().split("\n").at(-1) ?? "";
  const measured = JSON.parse(line) as Measured & { fatal?: string };
  if (measured.fatal) throw new Error(`${label}: ${measured.fatal}`);
  return measured;
}

async function measureInterlock(round: number): Promise<Measured> {
  const port = await freePort(9700);
  const worker = await startProcess({
    config: "wrangler.toml",
    entry: "bench/worker.ts",
    port,
    state: path.join(work, `interlock-${round}`),
    database: true,
    specs: [benchSpec],
    define: { BENCH_PARTITIONS: values.partitions },
    vars: { MODEL_URL: modelUrl, BIZ_URL: bizUrl, RIG_SECRET: "bench-secret" },
  });
  try {
    return await rig(`${worker.url}/hooks/rig`, worker.pid, "interlock");
  } finally {
    await worker.stop();
  }
}

async function measureReference(round: number): Promise<Measured> {
  const folder = path.join(work, "reference");
  if (!existsSync(folder)) {
    cpSync(path.join(SHARED, "reference"), folder, { recursive: true });
    symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
  }
  const port = await freePort(9750);
  const child = spawn(
    process.execPath,
    [
      "mf.mjs",
      String(port),
      path.join(work, `reference-${round}`),
      ...["INGRESS=queue", "START=lane", "AUDIT=outbox", "LANES=1", "GROUP=2"],
      `MODEL_URL=${modelUrl}/chat/completions`,
      `BIZ_URL=${bizUrl}/records/`,
    ],
    { cwd: folder, stdio: ["ignore", "pipe", "inherit"] },
  );
  try {
    await new Promise<void>((resolve, reject) => {
      child.stdout.on("data", (chunk: Buffer) => chunk.toString().includes("ready") && resolve());
      child.once("exit", (code) => reject(new Error(`the reference ended with ${code}`)));
    });
    await fetch(`http://127.0.0.1:${port}/init`);
    return await rig(`http://127.0.0.1:${port}/hook`, child.pid as number, "reference");
  } finally {
    child.kill("SIGTERM");
    await new Promise((resolve) => (child.exitCode === null ? child.once("exit", resolve) : resolve(undefined)));
  }
}

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
const show = (name: string, measured: Measured) =>
  console.log(
    `${name.padEnd(10)} ${measured.done_s.toFixed(0).padStart(5)} runs/s   ${measured.cpu_s_per_1000.toFixed(2)} CPU s per 1,000   ${measured.lost} lost, ${measured.dup} repeated, ${measured.wrong} wrong   webhook to write-back p50 ${measured.e2e_p50} ms, p99 ${measured.e2e_p99} ms`,
  );

try {
  const ours: Measured[] = [];
  const theirs: Measured[] = [];
  console.log(`${values.n} webhooks a round, model latency ${values.latency} ms, ${values.partitions} partitions (reference: 1)`);
  for (let round = 1; round <= Number(values.rounds); round++) {
    theirs.push(await measureReference(round));
    show("reference", theirs.at(-1) as Measured);
    ours.push(await measureInterlock(round));
    show("interlock", ours.at(-1) as Measured);
  }
  const rate = median(ours.map(({ done_s }) => done_s));
  const reference = median(theirs.map(({ done_s }) => done_s));
  const ratios = ours.map(({ done_s }, index) => done_s / (theirs[index]?.done_s ?? 1));
  console.log(
    `\nmedian ${rate.toFixed(0)} against ${reference.toFixed(0)} runs/s: ratio ${(rate / reference).toFixed(2)} (per round ${ratios.map((ratio) => ratio.toFixed(2)).join(", ")})`,
  );
  if (ours.some(({ lost, dup, wrong }) => lost + dup + wrong > 0)) {
    console.error("Interlock lost, repeated or mistook a write-back.");
    process.exitCode = 1;
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
