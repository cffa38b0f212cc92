// npm run seed: approves the repository's governance specs, grants the local person their roles, and records the sandbox's provider card, in the local D1 database
// that `npm run dev` uses. Safe to repeat. It refuses nothing and asks nothing, so it never touches a remote database.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { grantValues, INSERT_GRANT, localGrants } from "./grants.ts";
import { cardRows } from "./provider-cards.ts";
import { INSERT_SPEC, localSpecs, specRow } from "./specs.ts";

const quote = (value: string | number | null): string =>
  value === null ? "null" : typeof value === "number" ? String(value) : `'${value.replaceAll("'", "''")}'`;

function filled(statement: string, values: readonly (string | number | null)[]): string {
  let index = 0;
  return `${statement.replaceAll("?", () => quote(values[index++] ?? null))};`;
}

const statements = [
  ...localSpecs.map((spec) => filled(INSERT_SPEC, specRow(spec, Date.now()))),
  ...localGrants.map((grant) => filled(INSERT_GRANT, grantValues(grant, Date.now()))),
  ...cardRows().map(({ statement, values }) => filled(statement, values)),
];
const folder = mkdtempSync(path.join(tmpdir(), "interlock-seed-"));
const file = path.join(folder, "specs.sql");
writeFileSync(file, statements.join("\n"));
try {
  execFileSync("wrangler", ["d1", "execute", "DB", "--local", "--yes", "--file", file], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, CI: "1", WRANGLER_HIDE_BANNER: "true" },
  });
  console.log(`Approved locally: ${localSpecs.map((spec) => `${spec.workflow} version ${spec.version}`).join(", ")}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
