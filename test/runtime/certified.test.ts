// A threshold that is proved, through the Worker's own door: a validation is sent, its records are answered by the consumer that the platform drives, the report becomes a
// certificate, a draft that names it is approved, and runs go by it; then what takes their freedom away again: another model, another prompt, a breaker that trips by itself,
// also between ruling and send. And shadow mode beside people, through the real partition. Longer than most: it waits for a queue, a cron and a dozen runs.
import { createExecutionContext, createScheduledController, runDurableObjectAlarm, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { seedSpecs } from "../../sandbox/specs.ts";
import type { Role } from "../../src/core/principal.ts";
import { tripBreaker } from "../../src/db/breakers.ts";
import type { GovernanceSpec } from "../../src/governance/spec.ts";
import { startRuns } from "../../src/operations/start-runs.ts";
import { ticketTriageSpec } from "../../src/workflows/ticket-triage/governance.ts";
import { ask, grantOnly, told } from "./door.ts";
import { outside, ticketEvent } from "./outside.ts";
import worker, { CERTIFIED, deployment, measured } from "./worker.ts";

const WORKFLOW = "certified-triage";
const STEP = "route ticket";
/** A partition keeps what it read of certificates and breakers for 15 seconds. */
const FORGOTTEN_MS = 16_000;
const PEOPLE = {
  ann: ["author"],
  olga: ["process_owner", "operator"],
  grace: ["reviewer"],
} as const satisfies Record<string, readonly Role[]>;
const SPEC: GovernanceSpec = { ...ticketTriageSpec, workflow: WORKFLOW, version: 1, thresholds: { triage: 0.99 }, auditSampling: 1 };

let world: ReturnType<typeof outside>;
beforeAll(async () => {
  world = outside();
  await seedSpecs(env.DB, [SPEC], Date.now());
  await grantOnly(PEOPLE, WORKFLOW);
});
afterAll(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});
const later = (ms: number) => void vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
const until = <T>(look: () => Promise<T>) => vi.waitFor(look, { timeout: 10_000, interval: 50 });

async function run(description: string): Promise<{ ticket: string; id: string }> {
  const ticket = world.zendesk.add({ subject: "Charged twice", description, group_id: 100, priority: null });
  const execution = createExecutionContext();
  const context = { env, deployment, waitUntil: (work: Promise<unknown>) => execution.waitUntil(work) };
  const [outcome] = await startRuns(context, [{ ...ticketEvent(ticket, `certified-${ticket}`), type: CERTIFIED.type }]);
  if (outcome?.kind !== "started" || !outcome.runs[0]) throw new Error(JSON.stringify(outcome));
  return { ticket, id: outcome.runs[0].runId };
}
interface Approval {
  readonly id: string;
  readonly digest: string;
  readonly rule: string;
  readonly why: string;
}
const asked = (id: string): Promise<Approval> =>
  until(async () => {
    const row = await env.DB.prepare("select body from approval where run = ? and status = 'pending'").bind(id).first<{ body: string }>();
    if (!row) throw new Error(`${id} has not asked`);
    return JSON.parse(row.body) as Approval;
  });
const approve = (approval: Approval) =>
  told("grace", "POST", `/api/approvals/${approval.id}/decision`, { kind: "approved", digest: approval.digest });
interface Audited {
  readonly type: string;
  readonly step: string | null;
  readonly body: { readonly ruling?: { readonly rule: string; readonly reason: string } } | null;
}
const entriesOf = async (id: string): Promise<readonly Audited[]> =>
  (await told<{ audit: readonly Audited[] }>("olga", "GET", `/api/runs/${id}`)).audit.filter(({ step }) => step === STEP);
/** The rules that decided, of the write in question, once it is applied. */
const written = (id: string): Promise<(string | undefined)[]> =>
  until(async () => {
    const entries = await entriesOf(id);
    expect(entries.map(({ type }) => type)).toContain("effect.applied");
    return entries.flatMap(({ type, body }) => (type === "effect.ruled" ? [body?.ruling?.rule] : []));
  });
const page = async (path: string) => (await (await ask("olga", "GET", path)).text()).replaceAll("&#39;", "'");

describe("a proved threshold", () => {
  let certificate = "";
  let pending: { ticket: string; id: string };
  const automatic: string[] = [];

  it("is measured on records that are answered by the consumer, as the platform's own queue delivers them", async () => {
    const row = (id: number, confidence: number, label: string) => `t${id},ticket ${id} team=billing confidence=${confidence},${label}`;
    const data = [
      "id,text,team",
      ...Array.from({ length: 50 }, (_, index) => row(index, 0.95, "billing")),
      ...Array.from({ length: 20 }, (_, index) => row(50 + index, 0.5, "returns")),
    ].join("\n");
    const sent = { workflow: WORKFLOW, name: "tickets.csv", data, limit: 0.2, anyway: true };
    const { id } = await told<{ id: string }>("ann", "POST", "/api/validations", sent);
    await told("ann", "POST", `/api/validations/${id}/start`);
    await until(async () => {
      const { status, answered } = await told<{ status: string; answered: number }>("ann", "GET", `/api/validations/${id}`);
      expect([status, answered]).toEqual(["finished", 70]);
    });
    const { digest } = await told<{ digest: string }>("ann", "GET", `/api/validations/${id}/report`);
    const issued = await told<{ certificate: { id: string } }>("ann", "POST", "/api/certificates", { validation: id, digest });
    expect(issued.certificate).toMatchObject({
      threshold: 0.95,
      limit: 0.2,
      records: 70,
      accepted: 50,
      errors: 0,
      model: "measured@1",
      basis: { prompt: "prompt 1", schema: "schema" },
    });
    certificate = issued.certificate.id;
  });

  it("is what runs go by, once a draft that names it is approved: above it is written, below it is asked", async () => {
    const spec = { ...SPEC, version: 2, thresholds: { triage: { certificate } } };
    await told("ann", "POST", `/api/specs/${WORKFLOW}/drafts`, { spec });
    const { digest } = await told<{ digest: string }>("ann", "POST", `/api/specs/${WORKFLOW}/2/submit`, {});
    expect(await told("olga", "POST", `/api/specs/${WORKFLOW}/2/approve`, { digest })).toMatchObject({ status: "approved" });
    const [above, same] = [await run("confidence=0.97"), await run("confidence=0.95")];
    for (const { id } of [above, same]) {
      expect(await written(id)).toEqual(["confidence_proved"]);
      automatic.push(id);
    }
    pending = await run("confidence=0.94");
    expect(await asked(pending.id)).toMatchObject({ rule: "confidence_below", why: expect.stringContaining("threshold 95.0 %") });
    expect(world.zendesk.writes.get(pending.ticket) ?? 0).toBe(0);
  });

  it("is void for another model and for another prompt: both ask, and the run's page says why", async () => {
    measured.model = "measured@2";
    const other = await run("confidence=0.99");
    expect(await asked(other.id)).toMatchObject({ rule: "certificate_void" });
    expect(await page(`/runs/${other.id}`)).toContain("the model is measured@2, and was proved for measured@1");
    expect(await page(`/certificates/${certificate}`)).toContain("Does not fit any more");
    measured.model = "measured@1";
    measured.prompt = "prompt 2";
    const reworded = await run("confidence=0.99");
    expect((await asked(reworded.id)).why).toContain("the prompt is another than the one proved");
    measured.prompt = "prompt 1";
    expect(await written((await run("confidence=0.99")).id)).toEqual(["confidence_proved"]);
  });

  it("ends with a breaker, which the cron trips by what reviewers found: the next run asks, however sure its answer is", async () => {
    for (const id of automatic) {
      const check = { run: id, step: STEP, verdict: "wrong", note: "Another team" };
      expect((await ask("grace", "POST", "/api/effects/checks", check)).status).toBe(201);
    }
    const execution = createExecutionContext();
    await worker.scheduled(createScheduledController({ scheduledTime: Date.now() + 1 }), env, execution);
    await waitOnExecutionContext(execution);
    later(FORGOTTEN_MS);
    const sure = await run("confidence=0.99");
    expect(await asked(sure.id)).toMatchObject({ rule: "breaker_open", why: expect.stringContaining("2 were wrong") });
    expect(await page(`/workflows/${WORKFLOW}/review`)).toContain(`${WORKFLOW} asks about every write`);
  });

  it("leaves a person's answer its effect: what was asked before the breaker tripped is written once it is approved", async () => {
    await approve(await asked(pending.id));
    expect(await written(pending.id)).toEqual(["confidence_below", "person_decided"]);
  });

  it("counts again once a process owner has closed the breaker with a reason", async () => {
    const [breaker] = (await told<{ breakers: { openedAt: number; openedBy: string }[] }>("olga", "GET", "/api/breakers")).breakers;
    expect(breaker?.openedBy).toBe("interlock");
    const closing = { openedAt: breaker?.openedAt, reason: "The queue of that week was mislabelled" };
    expect((await ask("grace", "POST", `/api/breakers/${WORKFLOW}/close`, closing)).status).toBe(403);
    await told("olga", "POST", `/api/breakers/${WORKFLOW}/close`, closing);
    later(FORGOTTEN_MS);
    expect(await written((await run("confidence=0.99")).id)).toEqual(["confidence_proved"]);
  });

  it("is asked about again where a breaker trips between ruling and send", async () => {
    // Zendesk turns the first update away: the ruling is made, and nothing is written yet.
    world.zendesk.fault(429, "before", ({ method }) => method === "PUT");
    const caught = await run("confidence=0.99");
    await until(async () => expect((await entriesOf(caught.id)).map(({ type }) => type)).toContain("attempt.failed"));
    await tripBreaker(env.DB, { workflow: WORKFLOW, at: Date.now(), by: "interlock", reason: "9 of 60 were wrong", evidence: {} });
    const row = await env.DB.prepare("select partition from run where id = ?").bind(caught.id).first<{ partition: string }>();
    later(60_000);
    await runDurableObjectAlarm(env.RUN_PARTITION.getByName(row?.partition ?? ""));
    const approval = await asked(caught.id);
    expect(approval).toMatchObject({ rule: "breaker_open", why: expect.stringContaining("9 of 60 were wrong") });
    expect(world.zendesk.writes.get(caught.ticket) ?? 0).toBe(0);
    await approve(approval);
    expect(await written(caught.id)).toEqual(["confidence_proved", "breaker_open", "person_decided"]);
  });
});

describe("shadow mode", () => {
  it("is compared with what people did by the run's own partition, which reads and writes nothing", async () => {
    await seedSpecs(env.DB, [{ ...SPEC, version: 3, mode: "shadow" }], Date.now());
    const [same, other, untouched] = [await run("team=billing"), await run("team=billing"), await run("team=billing")];
    for (const { id } of [same, other, untouched])
      await until(async () => expect((await entriesOf(id)).map(({ type }) => type)).toContain("effect.refused"));
    const groupOf = (team: string) => world.zendesk.groups.find(({ name }) => name === team)?.id ?? 0;
    world.zendesk.edit(same.ticket, { group_id: groupOf("billing"), priority: "high" });
    world.zendesk.edit(other.ticket, { group_id: groupOf("returns") });
    const before = world.zendesk.requests.length;
    expect(await told("olga", "POST", `/api/workflows/${WORKFLOW}/shadow/compare`)).toMatchObject({ looked: 3 });
    expect(world.zendesk.requests.slice(before).every(({ method }) => method === "GET")).toBe(true);
    const { comparisons } = await told<{ comparisons: { run: string; step: string; outcome: string }[] }>(
      "olga",
      "GET",
      `/api/workflows/${WORKFLOW}/shadow`,
    );
    const outcomeOf = (id: string) => comparisons.find((one) => one.run === id && one.step === STEP)?.outcome;
    expect([same, other, untouched].map(({ id }) => outcomeOf(id))).toEqual(["same", "different", "not_done"]);
    for (const { ticket } of [same, other, untouched]) expect(world.zendesk.writes.get(ticket) ?? 0).toBe(0);
  });
});
