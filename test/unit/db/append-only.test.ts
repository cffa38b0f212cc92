// The audit in D1 can be added to and nothing else. drizzle-kit knows no triggers: whoever makes the migrations anew without `npm run db:renew` meets this test.
import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { unstable_splitSqlQuery } from "wrangler";
import { fakeD1 } from "../http/fake-d1.ts";
import { tell } from "../http/stories.ts";
import { projectAll, table } from "./projected.ts";

const FILE = "migrations/0001_audit_is_append_only.sql";

const ROWS = {
  audit: "(run, seq, at, type, actor, content_digest, hash) values ('r', 1, 1, 't', 'a', 'd', 'h')",
  halt: `(scope, at, "on", by, reason) values ('*', 1, 1, 'ada', 'why')`,
  audit_checkpoint: "(number, date, key, at, digest, runs, records, through, complete) values (1, 'd', 'k', 1, 'x', 0, 0, 0, 1)",
  role_grant: "(id, principal, role, workflow, granted_at, granted_by) values (1, 'ada', 'reviewer', '*', 1, 'alan')",
  audit_export: "(id, at, by, format, filter) values (1, 1, 'ada', 'csv', '{}')",
  provider_card: "(provider, host, recorded_at, recorded_by, region, zero_retention) values ('p', 'q', 1, 'ada', 'eu', 0)",
  data_flow_approval: "(workflow, at, by, digest, body) values ('w', 1, 'ada', 'd', '{}')",
  effect_check: "(run, step, at, by, verdict, note) values ('r', 's', 1, 'ada', 'right', '')",
  spec_advice: "(workflow, version, at, by, digest, evidence) values ('w', 1, 1, 'ada', 'd', '{}')",
  second_review: "(approval, run, workflow, at, by, kind, note) values ('apr', 'r', 'w', 1, 'ada', 'same', '')",
  approval_comment: "(approval, at, run, by, text) values ('apr', 1, 'r', 'ada', 'why')",
  contest: "(id, run, step, person, reason, at, by) values ('c', 'r', 's', 'case 7', 'why', 1, 'ada')",
  business_case: "(workflow, at, by, body) values ('w', 1, 'ada', '{}')",
  contest_closing: "(contest, at, by, outcome, reason) values ('c', 1, 'ada', 'upheld', 'why')",
  certificate: "(id, workflow, decision, issued_at, issued_by, body) values ('c', 'w', 'd', 1, 'ada', '{}')",
} as const;
const CHANGE = {
  audit: "actor",
  halt: "reason",
  audit_checkpoint: "digest",
  audit_export: "by",
  provider_card: "region",
  data_flow_approval: "by",
  role_grant: "principal",
  effect_check: "verdict",
  spec_advice: "by",
  second_review: "kind",
  approval_comment: "text",
  contest: "reason",
  business_case: "body",
  contest_closing: "outcome",
  certificate: "body",
} as const;
/** An insert over a row of these is left out and does not fail: a projection and a seed repeat theirs. */
const REPEATED: readonly string[] = ["audit", "provider_card"];
type Table = keyof typeof ROWS;

describe.each(Object.keys(ROWS) as Table[])("the table %s", (name) => {
  let db: D1Database;
  let before: unknown;
  beforeEach(async () => {
    db = fakeD1();
    await db.prepare(`insert into ${name} ${ROWS[name]}`).run();
    before = await table(db, name);
    expect(before).toHaveLength(1);
  });
  const attempt = (sql: string) =>
    db
      .prepare(sql)
      .run()
      .then(
        () => "done",
        (thrown: Error) => thrown.message,
      );

  it("refuses to change and to remove a row, whichever way", async () => {
    expect(await attempt(`update ${name} set ${CHANGE[name]} = 'eve'`)).toContain("append-only");
    expect(await attempt(`delete from ${name}`)).toContain("append-only");
    const other = ROWS[name].replace(/'(h|why|x|ada)'/, "'eve'");
    const replaced = await attempt(`insert or replace into ${name} ${other}`);
    expect(replaced).toContain(REPEATED.includes(name) ? "done" : "append-only");
    expect(await table(db, name)).toEqual(before);
  });
});

describe("a grant", () => {
  let db: D1Database;
  beforeEach(async () => {
    db = fakeD1();
    await db.prepare(`insert into role_grant ${ROWS.role_grant}`).run();
  });
  const update = (set: string) => db.prepare(`update role_grant set ${set}`).run();

  it("is revoked once, by somebody, and changed in nothing else by that", async () => {
    await expect(update("revoked_at = 2")).rejects.toThrow("append-only");
    await expect(update("revoked_at = 2, revoked_by = 'alan', role = 'admin'")).rejects.toThrow("append-only");
    await update("revoked_at = 2, revoked_by = 'alan'");
    await expect(update("revoked_at = 3, revoked_by = 'eve'")).rejects.toThrow("append-only");
    await expect(update("revoked_at = null, revoked_by = null")).rejects.toThrow("append-only");
    expect(await table(db, "role_grant")).toMatchObject([{ principal: "ada", revoked_at: 2, revoked_by: "alan" }]);
  });

  it("stands once while it is in force, and again after it was revoked", async () => {
    const again = () => db.prepare(`insert or replace into role_grant ${ROWS.role_grant.replace("(1,", "(2,")}`).run();
    await expect(again()).rejects.toThrow("append-only");
    await update("revoked_at = 2, revoked_by = 'alan'");
    await again();
    expect(await table(db, "role_grant")).toHaveLength(2);
  });
});

it("a projection that is repeated is taken, and leaves the records as they were", async () => {
  const db = fakeD1();
  const story = tell({ ending: "approved", ticket: 1 });
  await projectAll(db, story);
  const before = await table(db, "audit");
  await projectAll(db, story);
  expect(await table(db, "audit")).toEqual(before);
});

it("the file that makes the triggers is cut into the same statements by wrangler, by the tests and by the sandbox", () => {
  const text = readFileSync(FILE, { encoding: "utf8" });
  const bare = (statement: string) =>
    statement
      .replace(/^--.*$/gm, "")
      .trim()
      .replace(/;$/, "");
  const byWrangler = unstable_splitSqlQuery(text).map(bare);
  expect(byWrangler).toHaveLength(text.split("CREATE TRIGGER").length - 1);
  expect(text.split("--> statement-breakpoint").map(bare)).toEqual(byWrangler);
});
