// `npm run histories -- --record` writes a history for each path in paths.ts that has none. An existing one is what runs out there were recorded with, and is left
// alone, unless --overwrite says that no such run exists (a version that was never deployed). Without --record it replays what there is.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { deployment } from "../../src/config.ts";
import { testWorkflow } from "../harness/workflow-harness.ts";
import { paths } from "./paths.ts";
import { folderOf, HISTORIES, problemsOf, readHistories } from "./recorded.ts";

const { values } = parseArgs({
  options: { record: { type: "boolean", default: false }, overwrite: { type: "boolean", default: false } },
});
if (values.record) await record();
const problems = await problemsOf(deployment.workflows, readHistories());
for (const problem of problems) console.error(problem);
console.log(`${readHistories().length} histories, ${problems.length} problems`);
// Not exitCode: stopped processes have left requests that nobody waits for, each with its time limit.
process.exit(problems.length === 0 ? 0 : 1);

async function record(): Promise<void> {
  const written: string[] = [];
  for (const workflow of deployment.workflows) {
    const folder = path.join(HISTORIES, folderOf(workflow));
    for (const [name, { scenario, drive }] of Object.entries(paths[folderOf(workflow)] ?? {})) {
      const file = path.join(folder, `${name}.json`);
      if (existsSync(file) && !values.overwrite) {
        console.log(`kept      ${folderOf(workflow)}/${name}`);
        continue;
      }
      const run = testWorkflow(workflow, scenario);
      await drive?.(run);
      const end = await run.toEnd();
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, `${JSON.stringify(run.history(), null, 2)}\n`);
      written.push(file);
      console.log(`recorded  ${folderOf(workflow)}/${name}: ${end.status}, ${run.entries.length} entries`);
    }
  }
  if (written.length > 0) execFileSync("npx", ["biome", "format", "--write", ...written], { stdio: ["ignore", "ignore", "inherit"] });
}
