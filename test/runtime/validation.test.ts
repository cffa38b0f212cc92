// A validation through the real queue handler, D1 and R2, in workerd: 500 records, the process that answers them goes away in the middle, and no record is answered twice.
import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Principal } from "../../src/core/principal.ts";
import { everywhere } from "../../src/core/principal.ts";
import { claimRecords } from "../../src/db/validations.ts";
import type { Deployment } from "../../src/deployment.ts";
import type { Model, ModelResult } from "../../src/inference/model.ts";
import type { Context } from "../../src/operations/context.ts";
import { eraseValidations } from "../../src/operations/erase-validations.ts";
import type { ValidationMessage } from "../../src/operations/messages.ts";
import { readValidation } from "../../src/operations/read-validation.ts";
import { resumeStalled } from "../../src/operations/run-validation.ts";
import { readReport } from "../../src/operations/validation-reports.ts";
import {
  cancelValidation,
  checkValidation,
  resumeValidation,
  startCheckedValidation,
  ValidationInput,
} from "../../src/operations/validations.ts";
import { consumeValidations } from "../../src/queues/validations.ts";
import { deployment as base } from "./worker.ts";

const ANN: Principal = { kind: "person", id: "ann@example.com", name: "Ann", grants: everywhere("author", "auditor") };
const MINUTE = 60_000;

/** Counts what it is asked, by text. */
function countingModel(answer: (text: string, asked: number) => ModelResult | Promise<ModelResult>, more: Partial<Model> = {}) {
  const asked = new Map<string, number>();
  const model: Model = {
    id: "counting",
    provider: "test",
    local: true,
    label: "Counting",
    decide: async ({ input }) => {
      const text = Object.values(input).join(" ").trim();
      const times = (asked.get(text) ?? 0) + 1;
      asked.set(text, times);
      return answer(text, times);
    },
    ...more,
  };
  return { model, asked };
}

const right = (text: string): ModelResult => ({
  ok: true,
  decision: {
    value: { team: /team=(\w+)/.exec(text)?.[1] ?? "billing", priority: "high" },
    confidence: 0.9,
    fields: { team: { confidence: 0.97, alternatives: [] }, priority: { confidence: 0.9, alternatives: [] } },
    source: "logprobs",
    basis: { prompt: "p", schema: "s" },
    model: "counting",
    provider: "test",
    usage: { promptTokens: 5, completionTokens: 2 },
    costUsd: 0.001,
    latencyMs: 12,
  },
});

interface World {
  readonly context: Context;
  /** What lies in the queue, oldest first. */
  readonly queue: ValidationMessage[];
  clock: number;
}

function worldWith(model: Model): World {
  const queue: ValidationMessage[] = [];
  const deployment: Deployment = { ...base, models: { default: { trained: [], build: () => model } } };
  const VALIDATIONS = {
    sendBatch: async (messages: Iterable<{ body: ValidationMessage }>) => void queue.push(...[...messages].map(({ body }) => body)),
  };
  return {
    context: { env: { ...env, VALIDATIONS } as unknown as Env, deployment, waitUntil: () => undefined },
    queue,
    clock: Date.parse("2026-07-01T09:00:00Z"),
  };
}

const TEAMS = ["billing", "shipping", "returns", "technical", "account"];
const fileOf = (count: number, tag: string) =>
  ["id,text,team", ...Array.from({ length: count }, (_, i) => `t${i},${tag} ticket ${i} team=${TEAMS[i % 5]},${TEAMS[i % 5]}`)].join("\n");

async function begin(world: World, count: number, tag: string): Promise<string> {
  const input = ValidationInput.parse({
    workflow: "ticket-triage",
    name: `${tag}.csv`,
    data: fileOf(count, tag),
    limit: 0.05,
    anyway: count < 200,
  });
  const checked = await checkValidation(world.context, ANN, input, world.clock);
  if (!checked.ok) throw new Error(checked.error.message);
  const { id } = checked.value;
  expect(await startCheckedValidation(world.context, ANN, id, world.clock)).toEqual({ ok: true, value: null });
  return id;
}

/** One delivery; what is to come again is put back. Gives the pauses that were asked for. */
async function deliver(world: World, bodies: readonly ValidationMessage[]): Promise<number[]> {
  const batch = createMessageBatch(
    "interlock-validations",
    bodies.map((body, index) => ({ id: `m${index}`, body, attempts: 1, timestamp: new Date() })),
  );
  const pauses: number[] = [];
  for (const message of batch.messages) {
    const retry = message.retry.bind(message);
    message.retry = (options) => {
      pauses.push(options?.delaySeconds ?? 0);
      world.queue.push(message.body as ValidationMessage);
      retry(options);
    };
  }
  const execution = createExecutionContext();
  await consumeValidations(batch, world.context, () => world.clock);
  await getQueueResult(batch, execution);
  return pauses;
}

async function drain(world: World, most = 1_000): Promise<void> {
  for (let round = 0; world.queue.length > 0; round++) {
    if (round === most) throw new Error("the queue does not become empty");
    const [pause] = await deliver(world, world.queue.splice(0, 1));
    world.clock += (pause ?? 0) * 1_000;
  }
}

async function stateOf({ context }: World, id: string) {
  const read = await readValidation(context, ANN, id);
  if (!read.ok) throw new Error(read.error.message);
  return read.value;
}

const most = (asked: ReadonlyMap<string, number>): number => Math.max(...asked.values());

describe("500 records", () => {
  it("are answered once each, although the process goes away in the middle and messages come twice", async () => {
    let goesAway = 0;
    const { model, asked } = countingModel((text) => {
      // The process is gone: this call, and whatever else was in flight, is never heard of again.
      if (goesAway > 0 && asked.size > goesAway) return new Promise<never>(() => {});
      return right(text);
    });
    const world = worldWith(model);
    const id = await begin(world, 500, "killed");
    expect(world.queue).toHaveLength(50);

    for (let message = 0; message < 20; message++) await deliver(world, world.queue.splice(0, 1));
    expect((await stateOf(world, id)).state).toMatchObject({ status: "running", answered: 200, total: 500 });
    // The 21st batch answers some of its records and hangs.
    goesAway = 203;
    const lost = world.queue.splice(0, 1);
    const hangs = deliver(world, lost).then(() => "ended");
    await expect.poll(async () => (await stateOf(world, id)).state.answered).toBe(203);
    expect(await Promise.race([hangs, Promise.resolve("hangs")])).toBe("hangs");
    goesAway = 0;
    const before = new Map(asked);
    const recorded = (await stateOf(world, id)).records.map(({ input }) => Object.values(input).join(" ").trim());

    // The queue delivers it again at once, while the claim of the lost process still holds: nothing is asked.
    const size = asked.size;
    const [pause] = await deliver(world, lost);
    expect(asked.size).toBe(size);
    expect(pause).toBe(300);
    // Everything is delivered twice.
    world.queue.push(...world.queue);
    world.clock += 5 * MINUTE;
    await drain(world);

    const { state, records } = await stateOf(world, id);
    expect(state).toMatchObject({ status: "finished", answered: 500, failed: 0 });
    expect(records).toHaveLength(500);
    expect(records.every(({ answer, expected }) => answer.kind === "answered" && answer.value.team === expected.team)).toBe(true);
    for (const text of recorded) expect(asked.get(text)).toBe(1);
    // Those of which no answer ever came were asked a second time, and no others.
    const twice = [...asked].filter(([, times]) => times > 1).map(([text]) => text);
    expect(twice.length).toBeLessThanOrEqual(5);
    expect(twice.every((text) => before.has(text) && !recorded.includes(text))).toBe(true);
    expect(most(asked)).toBeLessThanOrEqual(2);
  }, 120_000);

  it("end in a report that is issued once and does not change", async () => {
    const { model } = countingModel(right);
    const world = worldWith(model);
    const id = await begin(world, 500, "report");
    const again = [...world.queue];
    await drain(world);
    const read = await readReport(world.context, ANN, id, null);
    const { state } = await stateOf(world, id);
    expect(read.ok && read.value.issued?.report.verdict).toMatchObject({ kind: "proved" });
    expect(read.ok && read.value.issued?.report).toMatchObject({ records: 500, failed: 0, accuracy: { right: 500 } });
    expect(read.ok && read.value.issued?.digest).toBe(state.reportDigest);
    await deliver(world, again.slice(0, 3));
    await expect(
      env.DB.prepare("update validation_record set answer = '{}' where validation = ? and number = 1").bind(id).run(),
    ).rejects.toThrow("a record is answered once");
    await expect(env.DB.prepare("update validation set status = 'running' where id = ?").bind(id).run()).rejects.toThrow("stays as it is");
    expect((await stateOf(world, id)).state).toEqual(state);
    // What the records said goes in one statement, the file with it; the report is the same.
    expect(await eraseValidations(world.context, world.clock + 3650 * 24 * 60 * MINUTE)).toBeGreaterThan(0);
    const erased = await readReport(world.context, ANN, id, null);
    expect(erased.ok && erased.value.issued?.digest).toBe(state.reportDigest);
    expect(erased.ok && erased.value.records.filter(({ input }) => Object.keys(input).length > 0)).toEqual([]);
    expect(await env.BLOBS.head(`validation/${id}`)).toBeNull();
  }, 120_000);
});

describe("a record", () => {
  it("carries what the governance spec said of its write, and only its labelled fields", async () => {
    const { model } = countingModel(right);
    const world = worldWith(model);
    const id = await begin(world, 40, "ruling");
    await drain(world);
    const { records, facts } = await stateOf(world, id);
    expect(facts).toMatchObject({ fields: ["team"], currentThreshold: 0.6, limit: 0.05 });
    expect(facts.specVersion).toBeGreaterThan(0);
    expect(records[0]).toMatchObject({
      id: "t0",
      line: 2,
      expected: { team: "billing" },
      answer: { kind: "answered", value: { team: "billing" }, score: 0.97, ruling: "allow", costUsd: 0.001, latencyMs: 12 },
    });
    const { results } = await env.DB.prepare("select count(*) as runs from run").all<{ runs: number }>();
    expect(results[0]?.runs).toBe(0);
  });

  it("is asked again with a pause where the provider wants one, and stops no other", async () => {
    const { model, asked } = countingModel((text, times) =>
      text.includes("ticket 3 ") && times < 3
        ? { ok: false, error: { code: "model.rate_limited", message: "slow down", retryAfterMs: 7_000 } }
        : right(text),
    );
    const world = worldWith(model);
    const id = await begin(world, 40, "limited");
    const [pause] = await deliver(world, world.queue.splice(0, 1));
    expect(pause).toBe(7);
    expect((await stateOf(world, id)).state.answered).toBe(9);
    world.clock += 7_000;
    await drain(world);
    expect((await stateOf(world, id)).state).toMatchObject({ status: "finished", answered: 40, failed: 0 });
    expect([...asked.values()].filter((times) => times > 1)).toEqual([3]);
  });

  it("that no model answers counts as failed, and stops no other", async () => {
    const { model } = countingModel((text) =>
      text.includes("ticket 5 ") ? { ok: false, error: { code: "model.refused", message: "no" } } : right(text),
    );
    const world = worldWith(model);
    const id = await begin(world, 40, "refused");
    await drain(world);
    const { state, records } = await stateOf(world, id);
    expect(state).toMatchObject({ status: "finished", answered: 40, failed: 1 });
    expect(records[5]?.answer).toEqual({ kind: "failed", code: "model.refused", message: "no" });
  });
});

describe("a validation", () => {
  it("stops where no agreement covers the provider, with nothing asked, and goes on when it is put right", async () => {
    const { model, asked } = countingModel(right, { local: undefined, provider: "acme", host: "api.acme.test" } as Partial<Model>);
    const world = worldWith(model);
    const id = await begin(world, 40, "agreement");
    await drain(world);
    expect((await stateOf(world, id)).state).toMatchObject({ status: "stopped", answered: 0, because: { code: "model.no_agreement" } });
    expect(asked.size).toBe(0);
    await env.DB.prepare(
      `insert into provider_card (provider, host, recorded_at, recorded_by, dpa_signed_on, dpa_expires, region, zero_retention, transfer)
       values ('acme', 'api.acme.test', 1, 'dpo@example.com', '2026-01-01', null, 'eu', 1, 'none')`,
    ).run();
    expect(await resumeValidation(world.context, ANN, id, world.clock)).toEqual({ ok: true, value: null });
    await drain(world);
    expect((await stateOf(world, id)).state).toMatchObject({ status: "finished", answered: 40, because: null });
    expect(most(asked)).toBe(1);
  });

  it("waits while the kill switch of its workflow is on", async () => {
    const { model, asked } = countingModel(right);
    const world = worldWith(model);
    const id = await begin(world, 20, "halted");
    const turn = (on: number) =>
      env.DB.prepare("insert into halt (scope, at, \"on\", by, reason) values ('ticket-triage', ?1, ?2, 'olga@example.com', 'a look')")
        .bind(world.clock + (on === 1 ? 0 : 1), on)
        .run();
    await turn(1);
    expect(await deliver(world, world.queue.splice(0, 1))).toEqual([60]);
    expect(asked.size).toBe(0);
    await turn(0);
    await drain(world);
    expect((await stateOf(world, id)).state.status).toBe("finished");
  });

  it("whose provider is away is stopped, and no record is taken for failed", async () => {
    const { model } = countingModel(() => ({ ok: false, error: { code: "model.unavailable", message: "502" } }));
    const world = worldWith(model);
    const id = await begin(world, 10, "outage");
    await drain(world);
    expect((await stateOf(world, id)).state).toMatchObject({ status: "stopped", failed: 0, because: { code: "model.unavailable" } });
  });

  it("that is cancelled asks nothing more", async () => {
    const { model, asked } = countingModel(right);
    const world = worldWith(model);
    const id = await begin(world, 40, "cancelled");
    await deliver(world, world.queue.splice(0, 1));
    expect(await cancelValidation(world.context, ANN, id, world.clock)).toEqual({ ok: true, value: null });
    await drain(world);
    expect(asked.size).toBe(10);
    expect((await stateOf(world, id)).state).toMatchObject({ status: "cancelled", answered: 10 });
    expect(await startCheckedValidation(world.context, ANN, id, world.clock)).toMatchObject({ error: { code: "validation.wrong_state" } });
  });

  it("whose messages were lost goes on by the sweep", async () => {
    const { model, asked } = countingModel(right);
    const world = worldWith(model);
    const id = await begin(world, 40, "lost");
    await deliver(world, world.queue.splice(0, 1));
    world.queue.length = 0;
    // Somebody claimed, and is gone.
    await claimRecords(env.DB, id, { from: 11, to: 20 }, { now: world.clock, until: world.clock + MINUTE });
    await resumeStalled(world.context, world.clock + 9 * MINUTE);
    expect(world.queue).toEqual([]);
    world.clock += 11 * MINUTE;
    await resumeStalled(world.context, world.clock);
    expect(world.queue).toHaveLength(3);
    await drain(world);
    expect((await stateOf(world, id)).state.status).toBe("finished");
    expect(most(asked)).toBe(1);
  });
});
