// npm run seed: approves the repository's governance specs in the local D1 database that `npm run dev` uses. Safe to repeat. It refuses nothing and asks
// nothing, so it never touches a remote database.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { INSERT_SPEC, localSpecs, specRow } from "./specs.ts";

const quote = (value: string | number): string => (typeof value === "number" ? String(value) : `'${value.replaceAll("'", "''")}'`);

const statements = localSpecs.map((spec) => {
  const values = specRow(spec, Date.now());
  let index = 0;
  return `${INSERT_SPEC.replaceAll("?", () => quote(values[index++] as string | number))};`;
});
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
