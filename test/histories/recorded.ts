// The recorded histories of this repository: a folder per workflow and version, a file per path that a run can take. What it takes for them to be in order is said
// here; test/unit/histories holds them to it, and record.ts makes them.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Workflow } from "../../src/engine/define.ts";
import { manifestDigest } from "../../src/engine/manifest.ts";
import { type History, replayHistory } from "../harness/history.ts";

export const HISTORIES = import.meta.dirname;

export interface Recorded {
  /** "ticket-triage@1". */
  readonly folder: string;
  readonly path: string;
  readonly history: History;
}

export const folderOf = (workflow: Pick<Workflow, "name" | "version">): string => `${workflow.name}@${workflow.version}`;

export function readHistories(root: string = HISTORIES): Recorded[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, { withFileTypes: true })
    .filter((folder) => folder.isDirectory())
    .flatMap((folder) =>
      readdirSync(path.join(root, folder.name))
        .filter((file) => file.endsWith(".json"))
        .sort()
        .map((file) => ({
          folder: folder.name,
          path: file.slice(0, -".json".length),
          history: JSON.parse(readFileSync(path.join(root, folder.name, file), { encoding: "utf8" })) as History,
        })),
    );
}

/** Everything that is not in order, in words that say what to do; runs that are under way depend on it. */
export async function problemsOf(workflows: readonly Workflow[], recorded: readonly Recorded[]): Promise<string[]> {
  const problems: string[] = [];
  for (const workflow of workflows) {
    if (recorded.some(({ folder }) => folder === folderOf(workflow))) continue;
    problems.push(
      `${folderOf(workflow)} has no recorded history. Describe its paths in test/histories/paths.ts and record them: npm run histories -- --record`,
    );
  }
  for (const { folder, path: name, history } of recorded) {
    const file = `test/histories/${folder}/${name}.json`;
    if (folder !== `${history.workflow}@${history.version}`) {
      problems.push(`${file} is of ${history.workflow}@${history.version}: it lies in the wrong folder`);
      continue;
    }
    const workflow = workflows.find((known) => folderOf(known) === folder);
    if (!workflow) {
      problems.push(
        `${file}: ${folder} is not registered in src/config.ts. Its definition may go once GET /api/workflows shows no open run of it; then delete test/histories/${folder} too. Until then register it again`,
      );
      continue;
    }
    if (history.manifestDigest !== manifestDigest(workflow)) {
      problems.push(`${file}: the manifest of ${folder} is no longer the one that its runs are pinned to. ${MEND}`);
      continue;
    }
    const divergence = await replayHistory(workflow, history);
    if (divergence) problems.push(`${file}: ${divergence.message}. ${MEND}`);
  }
  return problems;
}

const MEND =
  "Runs that are under way would stop for an operator: give the changed workflow a new version and keep the old definition registered until its runs have ended, or restore it";
