// One local Worker as a process of its own, so that it can be killed: node sandbox/serve.ts '{"config":"wrangler.toml","port":8787,"state":".state/x",...}'.
// Migrates and seeds a Worker that has a database, says "ready" on a line of its own, and ends on SIGTERM or when its parent is gone.

import type { GovernanceSpec } from "../src/governance/spec.ts";
import { localGrants, seedGrants } from "./grants.ts";
import { applyMigrations, type LocalOptions, startLocal } from "./local.ts";
import { seedCards } from "./provider-cards.ts";
import { localSpecs, seedSpecs } from "./specs.ts";

export interface ServeOptions extends Omit<LocalOptions, "onLog"> {
  /** Migrate, and approve these specs (default: the repository's). */
  readonly database?: boolean;
  readonly specs?: readonly GovernanceSpec[];
}

const options = JSON.parse(process.argv[2] ?? "{}") as ServeOptions;
const worker = await startLocal({ ...options, onLog: (line) => process.stderr.write(line) });
if (options.database) {
  const db = await worker.d1();
  await applyMigrations(db);
  await seedSpecs(db, options.specs ?? localSpecs, Date.now());
  await seedGrants(db, localGrants, Date.now());
  await seedCards(db);
}
console.log(`ready ${worker.url}`);

let stopping = false;
const stop = async () => {
  if (stopping) return;
  stopping = true;
  await worker.stop();
  process.exit(0);
};
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
process.on("disconnect", stop);
