// What a partition knows of certificates and breakers: read once for some seconds, as it stands in D1, and said to be unreadable where it is.
import { beforeEach, describe, expect, it } from "vitest";
import { OnRecordCache } from "../../../durable-objects/on-record.ts";
import { closeBreaker, tripBreaker } from "../../../src/db/breakers.ts";
import { insertCertificate } from "../../../src/db/certificates.ts";
import { certificateFor } from "../http/certified.ts";
import { fakeD1 } from "../http/fake-d1.ts";

const CERTIFICATE = certificateFor("triage");

describe("what is on record", () => {
  let db: D1Database;
  let reads: number;
  let down: boolean;
  let now: number;
  let cache: OnRecordCache;
  beforeEach(() => {
    db = fakeD1();
    reads = 0;
    down = false;
    now = 1_000_000;
    const counted = {
      prepare: (sql: string) => {
        reads++;
        if (down) throw new Error("D1 is down");
        return db.prepare(sql);
      },
    } as unknown as D1Database;
    cache = new OnRecordCache(counted, () => now);
  });
  const trip = () => tripBreaker(db, { workflow: "triage", at: 5, by: "interlock", reason: "Too many wrong", evidence: {} });

  it("is the certificates that there are of those that are asked for, and the workflow's open breaker", async () => {
    await insertCertificate(db, { certificate: CERTIFICATE, issuedBy: "ann@example.com" });
    await trip();
    expect(await cache.of("triage", [CERTIFICATE.id, "crt_0"])).toEqual({
      certificates: [CERTIFICATE],
      breaker: { openedAt: 5, reason: "Too many wrong" },
    });
    expect(await cache.of("invoices", [])).toEqual({ certificates: [], breaker: null });
  });

  it("is read once in fifteen seconds, and a trip or a closing is seen then", async () => {
    expect((await cache.of("triage", []))?.breaker).toBeNull();
    const once = reads;
    await trip();
    now += 14_999;
    expect((await cache.of("triage", []))?.breaker).toBeNull();
    expect(reads).toBe(once);
    now += 1;
    expect((await cache.of("triage", []))?.breaker).not.toBeNull();
    await closeBreaker(db, { workflow: "triage", openedAt: 5, at: 6, by: "olga", because: "mended" });
    now += 15_000;
    expect((await cache.of("triage", []))?.breaker).toBeNull();
  });

  it("is null while it cannot be read, and is read again at once when it can", async () => {
    down = true;
    expect(await cache.of("triage", [])).toBeNull();
    expect(await cache.of("triage", [])).toBeNull();
    down = false;
    expect(await cache.of("triage", [])).toEqual({ certificates: [], breaker: null });
  });
});
