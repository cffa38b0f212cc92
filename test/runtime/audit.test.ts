// The audit inside workerd, against its D1 and R2: what the unit tests stand in for. Triggers refuse, a checkpoint is signed and written once, a copy verifies.

import { createExecutionContext, createScheduledController } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { publicKeyOf } from "../../src/core/crypto.ts";
import { verifyExport } from "../../src/governance/audit-verify.ts";
import type { Checkpoint } from "../../src/governance/checkpoint.ts";
import type { Context } from "../../src/operations/context.ts";
import { startRuns } from "../../src/operations/start-runs.ts";
import { outside, ticketEvent } from "./outside.ts";
import worker, { deployment } from "./worker.ts";

const DAY = 24 * 60 * 60_000;
const { privateKey, publicKey } = generateKeyPairSync("ed25519", {
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const signing = { ...env, AUDIT_SIGNING_KEY: privateKey } as Env;
const keys = [publicKeyOf(publicKey)];
const get = async (path: string) => worker.fetch(new Request(`https://interlock.test${path}`), signing, createExecutionContext());
const tick = (at: number) =>
  worker.scheduled(createScheduledController({ scheduledTime: at, cron: "* * * * *" }), signing, createExecutionContext());

const runs: string[] = [];
beforeAll(async () => {
  // What other files' sweeps have written here; D1 is new for each file.
  const { objects } = await env.BLOBS.list({ prefix: "audit/checkpoints/" });
  await env.BLOBS.delete(objects.map(({ key }) => key));
  const world = outside();
  const context = { env, deployment, waitUntil: () => undefined } as Context;
  for (let n = 0; n < 3; n++) {
    const ticket = world.zendesk.add({ subject: "Charged twice", description: "team=billing", group_id: 100, priority: null });
    const [outcome] = await startRuns(context, [ticketEvent(ticket, `audit-${ticket}`)]);
    if (outcome?.kind !== "started" || !outcome.runs[0]) throw new Error(JSON.stringify(outcome));
    runs.push(outcome.runs[0].runId);
  }
  await vi.waitFor(
    async () => {
      const { results } = await env.DB.prepare("select id from run where status = 'completed'").all();
      expect(results).toHaveLength(3);
    },
    { timeout: 60_000, interval: 50 },
  );
});
afterAll(() => {
  vi.restoreAllMocks();
});

describe("D1", () => {
  it("refuses to change, remove and replace a record", async () => {
    const attempt = (sql: string) =>
      env.DB.prepare(sql)
        .run()
        .then(
          ({ meta }) => meta.changes,
          (thrown: Error) => thrown.message,
        );
    expect(await attempt("update audit set actor = 'eve'")).toContain("audit is append-only");
    expect(await attempt("delete from audit")).toContain("audit is append-only");
    expect(await attempt("insert or replace into audit select run, seq, at, 'x', step, actor, content_digest, hash from audit")).toBe(0);
    expect(await env.DB.prepare("select count(*) as n from audit where type = 'x'").first("n")).toBe(0);
  });
});

describe("a checkpoint", () => {
  it("is written once by sweeps that cross, signed, and recorded", async () => {
    const tomorrow = Date.now() + DAY;
    await Promise.all([tick(tomorrow), tick(tomorrow)]);
    await tick(tomorrow + 60_000);
    const { results } = await env.DB.prepare("select number, key, signed_by from audit_checkpoint").all<{ key: string }>();
    const key = `audit/checkpoints/${new Date(tomorrow - DAY).toISOString().slice(0, 10)}.json`;
    expect(results).toEqual([{ number: 1, key, signed_by: keys[0]?.id }]);
    const listed = await env.BLOBS.list({ prefix: "audit/checkpoints/" });
    expect(listed.objects.map((object) => object.key)).toEqual([key]);
  });

  it("and a copy over HTTP verify offline, the whole and one run; an export without its last record does not", async () => {
    const checkpoints = [(await (await get("/api/audit/checkpoints/1")).json()) as Checkpoint];
    const whole = (await (await get("/api/audit/export?format=jsonl")).text()).split("\n");
    expect(verifyExport(whole, { checkpoints, keys, everySigned: true })).toMatchObject({ ok: true, runs: 3, checkpoints: 1, notes: [] });
    const one = (await (await get(`/api/audit/export?format=jsonl&run=${runs[0]}`)).text()).split("\n");
    expect(verifyExport(one, { keys, everySigned: true })).toMatchObject({ ok: true, runs: 1, checkpoints: 1 });
    const last = one.findLastIndex((line) => line.includes('"kind":"record"'));
    const cut = one.toSpliced(last, 1).map((line) => line.replace(/^\{"kind":"end","records":\d+/, `{"kind":"end","records":${last - 1}`));
    const report = verifyExport(cut, { keys });
    expect(report.ok ? "" : report.broken.what).toBe(`record ${last} of ${runs[0]}`);
    expect(publicKeyOf(await (await get("/api/audit/key")).text())).toEqual(keys[0]);
    expect(await (await get(`/api/audit/runs/${runs[1]}`)).json()).toMatchObject({ ok: true, checkpoints: 1 });
    const csv = await (await get("/api/audit/export?format=csv")).text();
    expect(csv.split("\r\n")).toHaveLength(whole.filter((line) => line.includes('"kind":"record"')).length + 2);
  });
});
