// How many automatic writes there are, and so how large a share of them is drawn: worked out once a day from what is in D1, and read by partitions that keep it.
import { beforeEach, describe, expect, it } from "vitest";
import { AuditFloors } from "../../../durable-objects/audit-floors.ts";
import { readAuditRate, readAuditShare } from "../../../src/db/audit-rates.ts";
import type { Context } from "../../../src/operations/context.ts";
import { rateAudits } from "../../../src/operations/rate-audits.ts";
import { fakeD1 } from "../http/fake-d1.ts";
import { DAY, NOW } from "../http/stories.ts";

let db: D1Database;
let context: Context;
beforeEach(() => {
  db = fakeD1();
  context = { env: { DB: db } } as unknown as Context;
});

/** `reached`: nobody was asked, because the model was sure enough. */
const write = (step: number, at: number, reached: boolean, status = "applied") =>
  db
    .prepare(
      `insert into effect (run, step, workflow, version, action, target, status, at, sampled, body, seq)
       values ('r', ?1, 'ticket-triage', 1, 'zendesk.updateTicket', 'ticket/1', ?2, ?3, 0, ?4, 1)`,
    )
    .bind(String(step), status, at, JSON.stringify({ basedOn: { decision: "triage", confidence: 0.9, reached } }))
    .run();

describe("the rating of audits", () => {
  it("counts what was written because a model was sure, over the days since the first such write", async () => {
    for (let i = 0; i < 40; i++) await write(i, NOW - (i % 10) * DAY - 1, true);
    await write(40, NOW - DAY, false);
    await write(41, NOW - DAY, true, "refused");
    await write(42, NOW - 29 * DAY, true);
    await write(43, NOW - DAY, true, "undone");
    expect(await rateAudits(context, NOW)).toBe(1);
    expect(await readAuditRate(db, "ticket-triage")).toMatchObject({ writes: 41, days: 10, share: 74 / (4.1 * 90) });
  });

  it("is done once a day, also where there was nothing to count", async () => {
    expect(await rateAudits(context, NOW)).toBe(0);
    await write(1, NOW, true);
    expect(await rateAudits(context, NOW + DAY - 1)).toBe(0);
    expect(await readAuditShare(db, "ticket-triage")).toBe(0);
    expect(await rateAudits(context, NOW + DAY)).toBe(1);
    expect(await readAuditShare(db, "ticket-triage")).toBeCloseTo(74 / 90, 12);
  });
});

describe("a partition's knowledge of the share", () => {
  it("is kept for an hour, and the last one known counts while D1 cannot be read", async () => {
    let now = NOW;
    await write(1, NOW, true);
    await rateAudits(context, NOW);
    let reads = 0;
    let away = false;
    const counting = {
      prepare: (sql: string) => {
        reads++;
        if (away) throw new Error("D1 is away");
        return db.prepare(sql);
      },
    } as unknown as D1Database;
    const floors = new AuditFloors(counting, () => now);
    expect([await floors.of("ticket-triage"), await floors.of("ticket-triage"), reads]).toEqual([74 / 90, 74 / 90, 1]);
    now += 60 * 60_000;
    away = true;
    expect([await floors.of("ticket-triage"), reads]).toEqual([74 / 90, 2]);
    now += 30_000;
    away = false;
    await db.prepare("update audit_rate set share = 0.5").run();
    expect([await floors.of("ticket-triage"), reads]).toEqual([0.5, 3]);
  });

  it("of a workflow that nobody has rated, or that cannot be read at all, leaves the spec's share", async () => {
    expect(await new AuditFloors(db, () => NOW).of("ticket-triage")).toBe(0);
    const away = {
      prepare: () => {
        throw new Error("D1 is away");
      },
    } as unknown as D1Database;
    expect(await new AuditFloors(away, () => NOW).of("ticket-triage")).toBe(0);
  });
});
