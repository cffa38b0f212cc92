// A breaker's row is added open, closed once with a name and a reason, and is otherwise as it was.
import { beforeEach, describe, expect, it } from "vitest";
import { closeBreaker, listBreakers, openBreakerOf, tripBreaker } from "../../../src/db/breakers.ts";
import { fakeD1 } from "../http/fake-d1.ts";
import { table } from "./projected.ts";

const TRIP = { workflow: "triage", at: 100, by: "interlock", reason: "Too many wrong", evidence: { audited: 60, wrong: 9 } };
const CLOSING = { workflow: "triage", openedAt: 100, at: 200, by: "olga", because: "The prompt is mended" };

describe("a breaker", () => {
  let db: D1Database;
  beforeEach(() => {
    db = fakeD1();
  });

  it("is open from its trip to its closing, and a second trip meanwhile changes nothing", async () => {
    expect(await openBreakerOf(db, "triage")).toBeNull();
    expect(await tripBreaker(db, TRIP)).toBe(true);
    expect(await tripBreaker(db, { ...TRIP, at: 150, reason: "Again" })).toBe(false);
    expect(await openBreakerOf(db, "triage")).toEqual({
      workflow: "triage",
      openedAt: 100,
      openedBy: "interlock",
      reason: "Too many wrong",
      evidence: { audited: 60, wrong: 9 },
      closed: null,
    });
    expect(await openBreakerOf(db, "another")).toBeNull();
    expect(await closeBreaker(db, CLOSING)).toBe(true);
    expect(await closeBreaker(db, CLOSING)).toBe(false);
    expect(await openBreakerOf(db, "triage")).toBeNull();
  });

  it("trips again after it was closed, as a row of its own even within one millisecond", async () => {
    await tripBreaker(db, TRIP);
    await closeBreaker(db, CLOSING);
    expect(await tripBreaker(db, TRIP)).toBe(true);
    expect((await listBreakers(db, "*", 10)).map(({ openedAt, closed }) => [openedAt, closed?.by ?? null])).toEqual([
      [101, null],
      [100, "olga"],
    ]);
    expect(await listBreakers(db, ["another"], 10)).toEqual([]);
  });

  it("is not closed by somebody who read an earlier trip", async () => {
    await tripBreaker(db, TRIP);
    expect(await closeBreaker(db, { ...CLOSING, openedAt: 99 })).toBe(false);
    expect(await openBreakerOf(db, "triage")).not.toBeNull();
  });

  it("refuses in the database what is neither a trip nor its one closing", async () => {
    await tripBreaker(db, TRIP);
    const before = await table(db, "breaker");
    const refused = (sql: string) => expect(db.prepare(sql).run(), sql).rejects.toThrow("append-only");
    await refused("update breaker set reason = 'nothing'");
    await refused("update breaker set closed_at = 5, closed_by = 'eve', closed_because = ' '");
    await refused("update breaker set closed_at = 5, closed_by = 'eve', closed_because = 'x', evidence = '{}'");
    await refused("delete from breaker");
    const columns = "(workflow, opened_at, opened_by, reason, evidence, closed_at, closed_by, closed_because)";
    await refused(`insert or replace into breaker ${columns} values ('triage', 100, 'eve', 'x', '{}', null, null, null)`);
    await refused(`insert into breaker ${columns} values ('triage', 300, 'eve', 'x', '{}', null, null, null)`);
    await refused(`insert into breaker ${columns} values ('other', 300, 'eve', 'x', '{}', 301, 'eve', 'x')`);
    expect(await table(db, "breaker")).toEqual(before);
    await closeBreaker(db, CLOSING);
    await refused("update breaker set closed_at = null, closed_by = null, closed_because = null");
    await refused("update breaker set closed_because = 'another'");
  });
});
