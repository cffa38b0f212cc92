// A migrated database with the approved specs and the local grants for every file; everything is wiped after it.
import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll } from "vitest";
import { localGrants, seedGrants } from "../../sandbox/grants.ts";
import { localSpecs, seedSpecs } from "../../sandbox/specs.ts";

beforeAll(async () => {
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
  await seedGrants(env.DB, localGrants, Date.now());
  await seedSpecs(env.DB, localSpecs, Date.now());
});
afterAll(() => reset());
