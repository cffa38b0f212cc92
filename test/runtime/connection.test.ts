// The object of a connection, in workerd: it keeps a provider's circuit over evictions, and runs of all partitions are told of it. And a decision that goes down its
// chain of models to a person, through the real partition.

import { createExecutionContext, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { generateKeyPairSync, verify } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { ConnectionPort } from "../../durable-objects/connection.ts";
import { seedSpecs } from "../../sandbox/specs.ts";
import { signRs256 } from "../../src/core/crypto.ts";
import { everywhere, type Principal } from "../../src/core/principal.ts";
import { recordCard } from "../../src/db/provider-cards.ts";
import { LONGEST_OPEN_MS, OPEN_MS, OPENS_AFTER } from "../../src/engine/circuit.ts";
import type { Entry } from "../../src/engine/journal.ts";
import type { Context } from "../../src/operations/context.ts";
import { decideApproval, inspectRun } from "../../src/operations/govern-run.ts";
import { startRuns } from "../../src/operations/start-runs.ts";
import { ticketTriageSpec } from "../../src/workflows/ticket-triage/governance.ts";
import { outside, ticketEvent } from "./outside.ts";
import { CHAINED, deployment, down } from "./worker.ts";

const ada: Principal = { kind: "person", id: "ada@example.com", name: "Ada", grants: everywhere("reviewer", "operator") };
const context = (): Context => {
  const execution = createExecutionContext();
  return { env, deployment, waitUntil: (work) => execution.waitUntil(work) };
};
const stubOf = (name: string) => env.CONNECTION.getByName(name);
const portOf = (name: string) => stubOf(name) as unknown as ConnectionPort;
const openUntil = async (name: string) => {
  const asked = await portOf(name).mayAsk();
  return asked.ok ? asked.value.openUntil : asked.error;
};
const fail = async (name: string, times: number) => {
  for (let time = 0; time < times; time++) await portOf(name).report(true);
};
const now = Math.floor(Date.now() / 1000) * 1000;
const setNow = (at: number) => void vi.useFakeTimers({ now: at, toFake: ["Date"] });
afterEach(() => {
  vi.useRealTimers();
});

describe("what a system counts apart", () => {
  it("pauses by itself, for all who share the connection, and the rest goes on", async () => {
    setNow(now);
    const port = portOf("connection zendesk");
    const lease = async (countedAs?: string) => {
      const asked = await port.lease("zendesk", { units: 1, effect: "read", ...(countedAs === undefined ? {} : { countedAs }) });
      return asked.ok ? asked.value : asked.error;
    };
    await port.note("zendesk", null, 5_000, "searches");
    expect(await lease("searches")).toEqual({ kind: "wait", ms: 5_000, because: "it asked to wait" });
    expect(await lease()).toMatchObject({ kind: "leased" });
    await port.note("zendesk", null, 1_000);
    setNow(now + 1_000);
    expect(await lease()).toMatchObject({ kind: "leased" });
    expect(await lease("searches")).toMatchObject({ kind: "wait", ms: 4_000 });
  });
});

describe("a circuit in its object", () => {
  it("opens after so many failures, outlives its instance, and lets one call through when its time is over", async () => {
    setNow(now);
    await fail("p a.example", OPENS_AFTER - 1);
    expect(await openUntil("p a.example")).toBeNull();
    await fail("p a.example", 1);
    expect(await openUntil("p a.example")).toBe(now + OPEN_MS);
    await evictDurableObject(stubOf("p a.example"));
    expect(await openUntil("p a.example")).toBe(now + OPEN_MS);
    setNow(now + OPEN_MS);
    expect(await Promise.all([openUntil("p a.example"), openUntil("p a.example")])).toEqual([null, expect.any(Number)]);
    await portOf("p a.example").report(false);
    expect(await openUntil("p a.example")).toBeNull();
  });

  it("is one for each provider and host", async () => {
    setNow(now);
    await fail("p b.example", OPENS_AFTER);
    expect(await openUntil("p b.example")).not.toBeNull();
    expect(await openUntil("p c.example")).toBeNull();
    expect(await openUntil("q b.example")).toBeNull();
  });

  it("keeps nothing of calls that succeed", async () => {
    await portOf("p d.example").mayAsk();
    await portOf("p d.example").report(false);
    const rows = await runInDurableObject(stubOf("p d.example"), (_, { storage }) => storage.sql.exec("select * from circuit").toArray());
    expect(rows).toEqual([]);
  });
});

describe("a decision down its chain", () => {
  let world: ReturnType<typeof outside>;
  beforeAll(async () => {
    world = outside();
    await seedSpecs(env.DB, [{ ...ticketTriageSpec, workflow: "chained-triage" }], Date.now());
    await recordCard(env.DB, {
      provider: "acme",
      host: "api.acme.test",
      dpaSignedOn: "2025-01-01",
      dpaExpires: null,
      region: "eu",
      zeroRetention: true,
      recordedAt: Date.now(),
      recordedBy: "owner@example.com",
      transfer: null,
    });
  });
  afterAll(() => {
    vi.restoreAllMocks();
  });

  const start = async (text: string): Promise<string> => {
    const ticket = world.zendesk.add({ subject: text, description: text, group_id: 100, priority: null });
    const [outcome] = await startRuns(context(), [{ ...ticketEvent(ticket), type: CHAINED.type }]);
    if (outcome?.kind !== "started" || !outcome.runs[0]) throw new Error(JSON.stringify(outcome));
    return outcome.runs[0].runId;
  };
  const entriesOf = async (runId: string): Promise<readonly Entry[]> => {
    const seen = await inspectRun(context(), runId);
    return seen.ok ? seen.value.entries : [];
  };
  const found = async <T extends Entry["type"]>(runId: string, type: T) =>
    vi.waitFor(
      async () => {
        const entry = (await entriesOf(runId)).find((one) => one.type === type);
        if (!entry) throw new Error(`no ${type} yet`);
        return entry as Extract<Entry, { type: T }>;
      },
      { timeout: 60_000, interval: 50 },
    );

  it("is the second model's once the first was tried some times; then its circuit is open for every run, which asks the second at once", async () => {
    for (let run = 0; run < 2; run++) {
      expect(await found(await start("Charged twice"), "decision.made")).toMatchObject({
        decision: { value: { team: "billing" } },
        tried: [{ model: "down", provider: "acme", host: "api.acme.test" }],
      });
    }
    const until = await openUntil("acme api.acme.test");
    expect(until).toBeGreaterThan(Date.now());
    expect(until).toBeLessThanOrEqual(Date.now() + LONGEST_OPEN_MS);
    expect(down.calls).toBe(OPENS_AFTER);
    const third = await start("Charged twice");
    expect(await found(third, "decision.made")).toMatchObject({ tried: [{ model: "down", code: "model.circuit_open" }] });
    expect((await entriesOf(third)).filter(({ type }) => type === "attempt.failed")).toEqual([]);
    expect(down.calls).toBe(OPENS_AFTER);
  });

  it("is a person's where the second cannot either, and what follows from it is asked as well", async () => {
    const run = await start("nobody knows");
    const { approval } = await found(run, "approval.requested");
    expect(approval).toMatchObject({
      answer: { decision: "triage" },
      also: [expect.stringContaining("acme"), expect.stringContaining("declined")],
    });
    const say = (values: object) => decideApproval(context(), ada, approval.id, { kind: "edited", digest: approval.digest, values });
    await vi.waitFor(
      async () =>
        expect(await say({ team: "kitchen", priority: "low" })).toMatchObject({ ok: false, error: { code: "approval.edit_refused" } }),
      { timeout: 60_000, interval: 50 },
    );
    expect(await say({ team: "returns", priority: "low" })).toMatchObject({ ok: true });
    expect(await found(run, "decision.made")).toMatchObject({ by: ada.id, decision: { value: { team: "returns" }, source: "person" } });
    expect(await found(run, "effect.ruled")).toMatchObject({ ruling: { outcome: "require_approval" } });
  });
});

describe("RS256 in workerd, whose crypto is not Node's", () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

  it.each(["pkcs8", "pkcs1"] as const)("signs with a %s key what that key verifies", (type) => {
    const signature = signRs256(String(privateKey.export({ type, format: "pem" })), "header.claims");
    expect(signature).toMatch(/^[A-Za-z0-9_-]{342}$/);
    expect(verify("sha256", new TextEncoder().encode("header.claims"), publicKey, Buffer.from(signature, "base64url"))).toBe(true);
  });

  it("takes no key of another kind", () => {
    const other = String(generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }));
    expect(() => signRs256(other, "x")).toThrow(/RSA/);
  });
});
