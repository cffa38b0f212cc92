// npm run vectors -- <folder>: runs every file of signature vectors in the folder. Exit code 0 when none failed; the last line is for machines.
import { existsSync } from "node:fs";
import path from "node:path";
import { type CaseResult, type FileResult, runVectors } from "./vectors.ts";

const of = (file: FileResult, outcome: CaseResult["outcome"]): readonly CaseResult[] => file.cases.filter((one) => one.outcome === outcome);

function report(file: FileResult): void {
  const name = path.basename(file.file);
  for (const one of of(file, "failed")) console.log(`FAILED ${one.id}: ${one.detail}`);
  const skipped = of(file, "not run");
  const ran = file.cases.length - skipped.length;
  if (ran > 0) console.log(`${name}: ${of(file, "passed").length} passed, ${of(file, "failed").length} failed`);
  const reasons = file.notRun ?? [...new Set(skipped.map((one) => one.detail))].join("; ");
  if (file.notRun !== null || skipped.length > 0) {
    console.log(`not run: ${name}${skipped.length > 0 ? ` (${skipped.length} of ${file.cases.length} cases)` : ""}: ${reasons}`);
  }
}

const place = process.argv[2];
if (!place || !existsSync(place)) {
  console.error(place ? `There is no ${place}` : "Usage: npm run vectors -- <folder with *.json>");
  process.exit(2);
}
const files = await runVectors(place);
for (const file of files) report(file);
const count = (outcome: CaseResult["outcome"]) => files.reduce((sum, file) => sum + of(file, outcome).length, 0);
console.log(`\n${count("not run")} not run`);
console.log(`${count("passed")} passed, ${count("failed")} failed`);
process.exitCode = count("failed") === 0 ? 0 : 1;
