// `npm run simulate -- --runs 10000 --seed 1`: so many schedules from this seed on, and what came of them. `--first` ends with the first violation.
// `--only partition` (or engine): all of them of whole partitions, where otherwise every tenth is.
// `npm run simulate -- --mutants`: plants faults in a copy of the product, one at a time, and shows which invariant catches each; with `--fault` those
// whose name holds this text.
import { parseArgs } from "node:util";
import { Counts } from "./count.ts";
import { runMutants } from "./mutants.ts";
import { runThreads, seedsFrom } from "./threads.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    first: { type: "boolean", default: false },
    only: { type: "string" },
    mutants: { type: "boolean", default: false },
    fault: { type: "string", default: "" },
  },
});
const runs = Number(values.runs);
const seed = Number(values.seed);
const only = values.only === "engine" || values.only === "partition" ? values.only : null;
if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(seed)) throw new Error("--runs and --seed take whole numbers");
// Not exitCode: stopped processes have left requests that nobody waits for, each with its time limit.
process.exit(values.mutants ? await runMutants(values.fault) : await simulate());

async function simulate(): Promise<number> {
  const counts = new Counts();
  const began = performance.now();
  await runThreads(
    seedsFrom(seed, runs),
    (result) => {
      counts.add(result);
      if (result.violations.length === 0) return true;
      for (const { invariant, what } of result.violations.slice(0, 5)) console.log(`violation [${invariant}] ${what}`);
      console.log(`  reproduce: npm run simulate -- --seed ${result.seed} --runs 1${only ? ` --only ${only}` : ""}`);
      return !values.first && counts.violated.length < 20;
    },
    only,
  );
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `seed ${seed}: ${counts.schedules} schedules (${counts.partitions} of whole partitions), ${counts.passes} passes, ${seconds.toFixed(1)} s, ${Math.round(counts.schedules / seconds)} schedules a second`,
  );
  console.log(String(counts));
  if (counts.violated.length > 0) return 1;
  if (counts.schedules !== runs) throw new Error(`only ${counts.schedules} of ${runs} schedules came back`);
  // A single schedule, or a handful, cannot hold every fault.
  const missing = runs >= 3_000 && only === null ? counts.missing : [];
  if (missing.length > 0) console.log(`no schedule had: ${missing.join(", ")}`);
  if (counts.untouched.length > 0) console.log(`nothing was injected into: ${counts.untouched.join(", ")}`);
  return missing.length + counts.untouched.length > 0 ? 1 : 0;
}
