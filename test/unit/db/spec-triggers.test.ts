// Whoever may only run statements on D1 cannot get rules past people. Each test tries to, with raw SQL, and finds the tables as they were.
import { beforeEach, describe, expect, it } from "vitest";
import { EMERGENCY_MS } from "../../../src/governance/spec-lifecycle.ts";
import { fakeD1 } from "../http/fake-d1.ts";
import { table } from "./projected.ts";

let db: D1Database;
beforeEach(() => {
  db = fakeD1();
});
const run = (sql: string) =>
  db
    .prepare(sql)
    .run()
    .then(
      () => "done",
      (thrown: Error) => thrown.message,
    );
const AT = 1_000_000;
const draft = (version: number, more: { emergency?: string } = {}) =>
  run(`insert into governance_spec (workflow, version, status, body, digest, author, created_at, emergency)
    values ('w', ${version}, 'draft', '{}', 'd${version}', 'ann@example.com', 1, ${more.emergency ? `'${more.emergency}'` : "null"})`);
const submit = (version: number) => run(`update governance_spec set status = 'submitted', submitted_at = 2 where version = ${version}`);
const agree = (version: number, by: string, digest = `d${version}`) =>
  run(`insert into spec_approval (workflow, version, "by", at, digest) values ('w', ${version}, '${by}', 3, '${digest}')`);
const approve = (version: number, by: string, expires: number | null = null) =>
  run(
    `update governance_spec set status = 'approved', approved_by = '${by}', approved_at = ${AT}, expires_at = ${expires} where version = ${version}`,
  );
const OLGA = "olga@example.com";
const end = (version: number, status: string, because = "'why'") =>
  run(
    `update governance_spec set status = '${status}', ended_by = '${OLGA}', ended_at = 5, ended_because = ${because} where version = ${version}`,
  );
/** The way that people go. */
async function go(version: number, to: "draft" | "submitted" | "approved" | "retired" | "rejected"): Promise<void> {
  const steps = [await draft(version)];
  if (to !== "draft") steps.push(await submit(version));
  if (to === "approved" || to === "retired") steps.push(await agree(version, OLGA), await approve(version, OLGA));
  if (to === "retired" || to === "rejected") steps.push(await end(version, to));
  expect(steps.filter((step) => step !== "done")).toEqual([]);
}
/** Every one of these statements is refused with these words, and nothing has changed. */
async function refuses(statements: readonly string[], words: RegExp): Promise<void> {
  const before = await Promise.all([table(db, "governance_spec"), table(db, "spec_approval")]);
  for (const sql of statements) expect(await run(sql), sql).toMatch(words);
  expect(await Promise.all([table(db, "governance_spec"), table(db, "spec_approval")])).toEqual(before);
}

describe("a version", () => {
  it("begins as a draft and as nothing else", async () => {
    const insert = (columns: string, values: string) =>
      `insert into governance_spec (workflow, version, body, digest, author, created_at, ${columns}) values ('w', 1, '{}', 'd1', 'ann@example.com', 1, ${values})`;
    await refuses(
      [
        ...["submitted", "approved", "rejected", "retired"].map((status) => insert("status", `'${status}'`)),
        insert("status, approved_by", "'draft', 'olga@example.com'"),
        insert("status, submitted_at", "'draft', 2"),
      ],
      /begins as a draft/,
    );
  });

  it("changes as long as it is a draft, but for its name and its author", async () => {
    await go(1, "draft");
    expect(await run("update governance_spec set body = '[]', digest = 'd9'")).toBe("done");
    await refuses(
      ["version = 2", "workflow = 'v'", "author = 'eve@example.com'", "created_at = 9"].map((set) => `update governance_spec set ${set}`),
      /never change/,
    );
    expect(await run("delete from governance_spec")).toBe("done");
  });

  it.each(["submitted", "approved", "rejected", "retired"] as const)("that is %s keeps its text for ever", async (status) => {
    await go(1, status);
    const sets = [
      "body = '[]'",
      "digest = 'x'",
      "note = 'n'",
      "emergency = 'e'",
      "submitted_at = 9",
      "approved_at = 9",
      "expires_at = 9",
      "ended_at = 9",
    ];
    await refuses(
      [
        ...sets.map((set) => `update governance_spec set ${set}`),
        ...sets.slice(0, 3).map((set) => `update governance_spec set ${set}, status = status`),
      ],
      /^governance_spec: /,
    );
    await refuses(
      ["update governance_spec set author = 'eve@example.com'", "update governance_spec set version = 7"],
      /^governance_spec: /,
    );
    await refuses(["delete from governance_spec"], /stays/);
    const values = "('w', 1, 'draft', '[]', 'd1', 'eve@example.com', 1)";
    await refuses(
      [`insert or replace into governance_spec (workflow, version, status, body, digest, author, created_at) values ${values}`],
      /this version exists/,
    );
  });

  it("does not take another's place by taking its name", async () => {
    await go(1, "approved");
    await go(2, "draft");
    await refuses(["update or replace governance_spec set version = 1 where version = 2"], /never change/);
  });

  it("changes its text in no move to another stage", async () => {
    await go(1, "submitted");
    await agree(1, OLGA);
    await refuses(
      [`update governance_spec set status = 'approved', approved_by = '${OLGA}', approved_at = ${AT}, body = '[]'`],
      /nothing of a submitted version changes/,
    );
  });

  it.each([
    ["draft", ["approved", "rejected", "retired"]],
    ["submitted", ["draft", "retired"]],
    ["approved", ["draft", "submitted", "rejected"]],
    ["rejected", ["draft", "submitted", "approved", "retired"]],
    ["retired", ["draft", "submitted", "approved", "rejected"]],
  ] as const)("that is %s skips no stage and goes back to none", async (from, to) => {
    await go(1, from);
    await refuses(
      to.map((status) => `update governance_spec set status = '${status}', ended_by = 'x', ended_at = 9, ended_because = 'x'`),
      /governance_spec: /,
    );
    await refuses(["update governance_spec set status = 'anything'"], /governance_spec: /);
  });

  it("says when it was submitted, and who ended it, when and why", async () => {
    await go(1, "draft");
    await refuses(["update governance_spec set status = 'submitted'"], /says when/);
    await submit(1);
    await refuses(
      [
        "update governance_spec set status = 'rejected'",
        "update governance_spec set status = 'rejected', ended_by = 'x', ended_at = 9, ended_because = ' '",
        "update governance_spec set status = 'rejected', ended_by = 'x', ended_at = 9, ended_because = 'y', approved_by = 'z'",
      ],
      /who ended it/,
    );
    expect(await end(1, "rejected")).toBe("done");
  });
});

describe("an approval", () => {
  it("is not the author's, however the address is written", async () => {
    await go(1, "submitted");
    for (const by of ["ann@example.com", "Ann@Example.COM"]) expect(await agree(1, by)).toMatch(/author does not approve/);
    expect(await table(db, "spec_approval")).toEqual([]);
  });

  it("is of the exact text, of a version that is submitted", async () => {
    await go(1, "submitted");
    expect(await agree(1, OLGA, "d2")).toMatch(/exact text/);
    await go(2, "draft");
    expect(await agree(2, OLGA)).toMatch(/exact text/);
    await go(3, "approved");
    expect(await agree(3, "peter@example.com")).toMatch(/exact text/);
    expect(await agree(9, OLGA)).toMatch(/exact text/);
  });

  it("is needed: nothing is approved without one, by whomever it names", async () => {
    await go(1, "submitted");
    for (const by of [OLGA, "ann@example.com", "eve@example.com"]) expect(await approve(1, by)).toMatch(/approved by somebody else/);
    await agree(1, OLGA);
    expect(await approve(1, "eve@example.com")).toMatch(/approved by somebody else/);
    expect(await run("update governance_spec set status = 'approved', approved_by = 'olga@example.com'")).toMatch(
      /approved by somebody else/,
    );
    expect(await approve(1, OLGA, AT + EMERGENCY_MS)).toMatch(/approved by somebody else/);
    expect(await approve(1, OLGA)).toBe("done");
  });

  it("stays", async () => {
    await go(1, "submitted");
    await agree(1, OLGA);
    await refuses(
      [
        "delete from spec_approval",
        "update spec_approval set \"by\" = 'eve@example.com'",
        `insert or replace into spec_approval (workflow, version, "by", at, digest) values ('w', 1, '${OLGA}', 9, 'd1')`,
        `insert into spec_approval (workflow, version, "by", at, digest) values ('w', 1, 'OLGA@example.com', 9, 'd1')`,
      ],
      /append-only/,
    );
  });

  it("of an emergency takes two people, and says that it ends after 24 hours", async () => {
    await draft(1, { emergency: "now" });
    await submit(1);
    await agree(1, OLGA);
    expect(await approve(1, OLGA, AT + EMERGENCY_MS)).toMatch(/an emergency by two/);
    await agree(1, "peter@example.com");
    for (const expires of [null, AT + EMERGENCY_MS + 1, AT]) expect(await approve(1, OLGA, expires)).toMatch(/for 24 hours/);
    expect(await approve(1, OLGA, AT + EMERGENCY_MS)).toBe("done");
    expect(await run("update governance_spec set expires_at = expires_at + 1")).toMatch(/^governance_spec: /);
  });

  it("is not made easier afterwards: what is submitted as an emergency stays one", async () => {
    await draft(1, { emergency: "now" });
    await submit(1);
    await agree(1, OLGA);
    const sql = `update governance_spec set emergency = null, status = 'approved', approved_by = '${OLGA}', approved_at = ${AT}`;
    expect(await run(sql)).toMatch(/nothing of a submitted version/);
  });
});
