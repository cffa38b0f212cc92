// The queue's side, in workerd: each message of a batch is acknowledged, retried or buried by itself. A binding that fails is a replaced one.
import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { InterlockEvent } from "../../src/core/event.ts";
import { partitionName, partitionOf, runIdOf } from "../../src/core/ids.ts";
import { askForTraining, modelHistory, readTraining } from "../../src/db/model-versions.ts";
import type { Workflow } from "../../src/engine/define.ts";
import { builtinSource } from "../../src/inference/builtin/source.ts";
import { type Context, partitionByName, partitionForLane } from "../../src/operations/context.ts";
import { retryDelay } from "../../src/queues/consumer.ts";
import { createWorker } from "../../src/worker.ts";
import { withUnreadableSpec } from "../harness/forged-spec.ts";
import { outside, ticketEvent } from "./outside.ts";
import worker, { deployment, UNAPPROVED } from "./worker.ts";

let world: ReturnType<typeof outside>;
beforeAll(() => {
  world = outside();
});
afterAll(() => {
  vi.restoreAllMocks();
});

// ---- batches ----

interface Told {
  readonly acked: readonly string[];
  /** Message id and seconds. */
  readonly retried: Readonly<Record<string, number | undefined>>;
}
interface Queued {
  readonly id: string;
  readonly body: unknown;
  readonly attempts?: number;
}

/** What the handler said of each message. A batch that fails as a whole, or is left unanswered, fails the test. */
async function consume(
  messages: readonly Queued[],
  bindings: object = {},
  options: { handler?: typeof worker; queue?: string } = {},
): Promise<Told> {
  const { handler = worker, queue = "interlock-events" } = options;
  const batch = createMessageBatch(
    queue,
    messages.map(({ id, body, attempts = 1 }) => ({ id, body, attempts, timestamp: new Date() })),
  );
  // The pool's own result leaves the pause out.
  const pauses = new Map(batch.messages.map((message) => [message.id, vi.spyOn(message, "retry")]));
  const execution = createExecutionContext();
  await handler.queue(batch, { ...env, ...bindings }, execution);
  const result = await getQueueResult(batch, execution);
  expect(result).toMatchObject({ outcome: "ok", ackAll: false, retryBatch: { retry: false } });
  const told = {
    acked: [...result.explicitAcks].sort(),
    retried: Object.fromEntries(result.retryMessages.map(({ msgId }) => [msgId, pauses.get(msgId)?.mock.calls[0]?.[0]?.delaySeconds])),
  };
  expect([...told.acked, ...Object.keys(told.retried)].sort()).toEqual(messages.map(({ id }) => id).sort());
  return told;
}

const newTicket = () => world.zendesk.add({ subject: "Charged twice", description: "Charged twice", group_id: 100, priority: null });
const message = (event: InterlockEvent, attempts?: number): Queued => ({
  id: `m-${event.subject}`,
  body: { kind: "event", event },
  ...(attempts === undefined ? {} : { attempts }),
});
const messageFor = (ticket: string, attempts?: number): Queued => message(ticketEvent(ticket), attempts);

// ---- what became of a message ----

const context = (): Context => ({ env, deployment, waitUntil: () => undefined });
async function hasRun(event: InterlockEvent): Promise<boolean> {
  const partition = partitionByName(context(), partitionForLane(context(), event.subject));
  return (await partition.inspect(runIdOf("ticket-triage", event.id))).ok;
}
const started = async (tickets: readonly string[]) => Promise.all(tickets.map((ticket) => hasRun(ticketEvent(ticket))));
/** The dead letters whose text has this in it. */
async function lettersAbout(text: string) {
  const { results } = await env.DB.prepare("select source, reason, body from dead_letter").all<{
    source: string;
    reason: string;
    body: string;
  }>();
  return results.filter(({ body }) => body.includes(text));
}

// ---- bindings that fail ----

const failingDatabase = (fails: (sql: string) => boolean): { DB: D1Database } => {
  const prepare = (sql: string) => {
    if (fails(sql)) throw new Error("D1 is down");
    return env.DB.prepare(sql);
  };
  return { DB: { prepare, batch: (statements: D1PreparedStatement[]) => env.DB.batch(statements) } as unknown as D1Database };
};
const noDatabase = failingDatabase(() => true);

const partitionsWithout = (lost: string): { RUN_PARTITION: Env["RUN_PARTITION"] } => ({
  RUN_PARTITION: {
    getByName: (name: string) =>
      name === lost ? { start: () => Promise.reject(new Error("the object was reset")) } : env.RUN_PARTITION.getByName(name),
  } as unknown as Env["RUN_PARTITION"],
});

// ---- claims ----

describe("a batch of good messages", () => {
  it("starts a run for each and acknowledges each", async () => {
    const tickets = Array.from({ length: 10 }, newTicket);
    const told = await consume(tickets.map((ticket) => messageFor(ticket)));
    expect(told.acked).toEqual(tickets.map((ticket) => `m-${ticket}`).sort());
    expect(await started(tickets)).toEqual(tickets.map(() => true));
  });

  it("is in the event log, wanted by a workflow or not", async () => {
    const [ticket, other] = [newTicket(), newTicket()];
    const unheard = { ...ticketEvent(other, "unheard"), type: "ticket.updated" };
    expect((await consume([messageFor(ticket), message(unheard)])).acked).toHaveLength(2);
    await vi.waitFor(
      async () => {
        const { results } = await env.DB.prepare("select id, type from event_log where id in (?, ?) order by type")
          .bind(ticketEvent(ticket).id, unheard.id)
          .all();
        expect(results).toEqual([
          { id: ticketEvent(ticket).id, type: "ticket.created" },
          { id: unheard.id, type: "ticket.updated" },
        ]);
      },
      { timeout: 60_000 },
    );
  });

  it("that holds one event twice, and comes again as a whole, makes one run that writes once", async () => {
    const ticket = newTicket();
    const twice = [
      { ...messageFor(ticket), id: "copy-1" },
      { ...messageFor(ticket), id: "copy-2" },
    ];
    expect((await consume(twice)).acked).toEqual(["copy-1", "copy-2"]);
    expect((await consume(twice)).acked).toEqual(["copy-1", "copy-2"]);
    const runs = () => env.DB.prepare("select status from run where event_id = ?").bind(ticketEvent(ticket).id).all();
    await vi.waitFor(async () => expect((await runs()).results).toEqual([{ status: "completed" }]), { timeout: 60_000 });
    expect(world.zendesk.comments(ticket).filter(({ body }) => body.startsWith("Interlock sent"))).toHaveLength(1);
  });
});

describe("one bad message among good ones", () => {
  it("is buried with its reason and acknowledged, and the good ones start", async () => {
    const tickets = [newTicket(), newTicket()];
    const bad = { id: "bad", body: { kind: "event", event: { subject: "the bad one" } } };
    const told = await consume([messageFor(tickets[0] ?? ""), bad, messageFor(tickets[1] ?? "")]);
    expect(told.acked).toContain("bad");
    expect(await started(tickets)).toEqual([true, true]);
    expect(await lettersAbout("the bad one")).toEqual([
      { source: "queue", reason: expect.stringMatching(/^The message is not an event: event\.id /), body: JSON.stringify(bad.body) },
    ]);
  });

  it.each([["text"], [null], [{}], [{ kind: "pointer" }], [42]])("may be anything: %j", async (body) => {
    const ticket = newTicket();
    expect((await consume([{ id: "bad", body }, messageFor(ticket)])).acked).toHaveLength(2);
    expect(await started([ticket])).toEqual([true]);
  });

  it("whose lane its workflow cannot compute costs only itself", async () => {
    const [good, bad] = [newTicket(), newTicket()];
    const careless: Workflow = {
      ...(deployment.workflows[0] as Workflow),
      lane: ({ event }) => {
        if (event.subject === bad) throw new TypeError("event.data.customer is undefined");
        return event.subject;
      },
    };
    const { handler } = createWorker({ ...deployment, workflows: [careless] });
    expect((await consume([messageFor(good), messageFor(bad)], {}, { handler })).acked).toHaveLength(2);
    expect(await started([good, bad])).toEqual([true, false]);
    expect(await lettersAbout(ticketEvent(bad).id)).toEqual([
      expect.objectContaining({ reason: expect.stringContaining("event.data.customer is undefined") }),
    ]);
  });
});

describe("a partition that refuses", () => {
  it("has only its own messages retried, later each time", async () => {
    const byPartition = new Map<string, string[]>();
    while ([...byPartition.values()].filter((tickets) => tickets.length >= 2).length < 2) {
      const ticket = newTicket();
      const name = partitionName(partitionOf(ticket, deployment.partitions));
      byPartition.set(name, [...(byPartition.get(name) ?? []), ticket]);
    }
    const [[lost, its] = ["", []], ...others] = [...byPartition].filter(([, tickets]) => tickets.length >= 2);
    const rest = others.flatMap(([, tickets]) => tickets);
    const told = await consume(
      [...its, ...rest].map((ticket, index) => messageFor(ticket, index + 1)),
      partitionsWithout(lost),
    );
    expect(told.retried).toEqual(Object.fromEntries(its.map((ticket, index) => [`m-${ticket}`, retryDelay(index + 1)])));
    expect(told.acked).toEqual(rest.map((ticket) => `m-${ticket}`).sort());
    expect(await started(rest)).toEqual(rest.map(() => true));
    expect(await started(its)).toEqual(its.map(() => false));

    expect((await consume(its.map((ticket) => messageFor(ticket, 3)))).acked).toHaveLength(its.length);
    expect(await started(its)).toEqual(its.map(() => true));
  });
});

describe("a database that does not answer", () => {
  it("has every message retried, and none buried", async () => {
    const tickets = [newTicket(), newTicket()];
    const told = await consume(
      tickets.map((ticket) => messageFor(ticket, 4)),
      noDatabase,
    );
    expect(told).toEqual({ acked: [], retried: Object.fromEntries(tickets.map((ticket) => [`m-${ticket}`, 16])) });
    expect(await started(tickets)).toEqual([false, false]);
    expect(await lettersAbout(ticketEvent(tickets[0] ?? "").id)).toEqual([]);
  });

  it("loses no dead letter: the message is retried, the good ones beside it are not", async () => {
    const ticket = newTicket();
    const messages = [{ id: "bad", body: "kept later" }, messageFor(ticket)];
    const told = await consume(
      messages,
      failingDatabase((sql) => sql.includes("dead_letter")),
    );
    expect(told).toEqual({ acked: [`m-${ticket}`], retried: { bad: 2 } });
    expect(await lettersAbout("kept later")).toEqual([]);
    expect((await consume(messages)).acked).toContain("bad");
    expect(await lettersAbout("kept later")).toHaveLength(1);
  });

  it("for the event log alone holds no message up", async () => {
    const [ticket, other] = [newTicket(), newTicket()];
    const told = await consume(
      [messageFor(ticket), message({ ...ticketEvent(other, `unlogged-${other}`), type: "ticket.updated" })],
      failingDatabase((sql) => sql.includes("event_log")),
    );
    expect(told.acked).toEqual([`m-${ticket}`, `m-${other}`].sort());
    expect(await started([ticket])).toEqual([true]);
  });
});

describe("a workflow's governance spec", () => {
  it("that was approved and does not fit its schema starts no run, and no older version takes its place", async () => {
    const ticket = newTicket();
    await withUnreadableSpec(env.DB, "ticket-triage", async () => {
      expect((await consume([messageFor(ticket)])).acked).toEqual([`m-${ticket}`]);
    });
    expect(await started([ticket])).toEqual([false]);
    const [letter] = await lettersAbout(ticketEvent(ticket).id);
    expect(letter?.reason).toMatch(/governance spec of ticket-triage.*owner/);
  });

  it("that nobody has approved yet lets the run go the whole way, and nothing is written", async () => {
    const ticket = newTicket();
    const before = world.zendesk.requests.length;
    const event = { ...ticketEvent(ticket), type: UNAPPROVED.type };
    expect((await consume([message(event)])).acked).toHaveLength(1);
    const run = runIdOf("unapproved-triage", event.id);
    const row = () =>
      env.DB.prepare("select status, spec_version from run where id = ?").bind(run).first<{ status: string; spec_version: number }>();
    await vi.waitFor(async () => expect(await row()).toEqual({ status: "completed", spec_version: 0 }), { timeout: 60_000 });
    const { results } = await env.DB.prepare("select body from effect where run = ?").bind(run).all<{ body: string }>();
    expect(results.length).toBeGreaterThan(0);
    for (const { body } of results)
      expect(JSON.parse(body)).toMatchObject({ refused: { because: "shadow" }, ruling: { rule: "no_approved_spec" } });
    const asked = world.zendesk.requests.slice(before);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter(({ method }) => method !== "GET")).toEqual([]);
  });
});

describe("a pointer", () => {
  const event = { ...ticketEvent("8001", "pointed"), data: { text: "x".repeat(1000) } };
  const pointer = (key: string): Queued => ({ id: key, body: { kind: "pointer", key } });

  it("to a stored event starts its run", async () => {
    const ticket = newTicket();
    await env.BLOBS.put("event/good", JSON.stringify(ticketEvent(ticket)));
    expect((await consume([pointer("event/good")])).acked).toEqual(["event/good"]);
    expect(await started([ticket])).toEqual([true]);
  });

  it("to nothing is a dead letter", async () => {
    expect((await consume([pointer("event/gone")])).acked).toEqual(["event/gone"]);
    expect(await lettersAbout("event/gone")).toEqual([
      { source: "queue", reason: "The event body event/gone is not in storage", body: '{"kind":"pointer","key":"event/gone"}' },
    ]);
  });

  it.each([
    ["no JSON", "event/broken", JSON.stringify(event).slice(0, 40)],
    ["no event", "event/strange", '{"subject":"8001"}'],
  ])("to what is %s is a dead letter at once", async (_what, key, text) => {
    await env.BLOBS.put(key, text);
    expect((await consume([pointer(key)])).acked).toEqual([key]);
    expect(await lettersAbout(key)).toEqual([expect.objectContaining({ reason: `The stored event ${key} does not parse` })]);
  });

  it("is retried while storage does not answer", async () => {
    const ticket = newTicket();
    const BLOBS = { get: () => Promise.reject(new Error("R2 is down")), head: async () => ({}) } as unknown as R2Bucket;
    expect(await consume([pointer("event/good"), messageFor(ticket)], { BLOBS })).toEqual({
      acked: [`m-${ticket}`],
      retried: { "event/good": 2 },
    });
  });
});

describe("the model's training", () => {
  const fails = (why: string): never => {
    throw new Error(why);
  };

  it("that fails holds no start up", async () => {
    const ticket = newTicket();
    const shipped = { id: "builtin/ticket-triage@never", key: "model/never" };
    const trained = [{ workflow: "ticket-triage", shipped, train: () => fails("no samples") }];
    const source = { ...deployment.models.default, trained } as (typeof deployment.models)[string];
    const { handler } = createWorker({ ...deployment, models: { default: source } });
    expect((await consume([messageFor(ticket)], {}, { handler })).acked).toEqual([`m-${ticket}`]);
    expect(await started([ticket])).toEqual([true]);
  });
});

describe("training that somebody asked for", () => {
  const small = Array.from({ length: 24 }, (_, index) => ({
    text: `${index % 2 ? "invoice charged twice" : "parcel is late"} ${"x".repeat(index + 1)}`,
    labels: { team: index % 2 ? "billing" : "shipping" },
  }));
  const { handler } = createWorker({ ...deployment, models: { default: builtinSource({ "ticket-triage": small }) } });
  const ask = async (id: string) => {
    const asked = { id, workflow: "ticket-triage", askedAt: Date.now(), askedBy: "ada@example.com" };
    expect(await askForTraining(env.DB, asked, Number.MAX_SAFE_INTEGER)).toBe(true);
    return { id: `m-${id}`, body: { kind: "training", id } };
  };

  it("is done after the starts of its batch, once, and its weights lie in R2", async () => {
    const training = await ask("trn_1");
    const ticket = newTicket();
    const sent = [training, messageFor(ticket)];
    for (let delivery = 0; delivery < 2; delivery++) expect((await consume(sent, {}, { handler })).acked).toHaveLength(2);
    expect(await started([ticket])).toEqual([true]);
    const { versions, trainings } = await modelHistory(env.DB, "ticket-triage");
    const [ended] = trainings;
    expect(ended).toMatchObject({ problem: null, model: versions[0]?.id });
    expect(versions.map(({ rows }) => rows.shipped)).toEqual([24]);
    expect(await env.BLOBS.head(`model/${ended?.model}`)).not.toBeNull();
  });

  it("is tried again while storage does not answer, and given up after three tries", async () => {
    const training = await ask("trn_2");
    const BLOBS = { put: () => Promise.reject(new Error("R2 is down")), head: async () => ({}) } as unknown as R2Bucket;
    expect((await consume([training], { BLOBS }, { handler })).retried).toEqual({ "m-trn_2": 2 });
    expect((await consume([{ ...training, attempts: 4 }], { BLOBS }, { handler })).acked).toEqual(["m-trn_2"]);
    expect(await readTraining(env.DB, "trn_2")).toMatchObject({ model: null, problem: expect.stringContaining("3 tries") });
  });
});

describe("the dead-letter queue", () => {
  const dead = { queue: "interlock-events-dead" };

  it("becomes rows in D1, once each, however often it is delivered", async () => {
    const ticket = newTicket();
    const event = ticketEvent(ticket);
    const messages = [message(event), { id: "bad", body: "given up" }];
    for (let delivery = 0; delivery < 2; delivery++) expect((await consume(messages, {}, dead)).acked).toHaveLength(2);
    const reason = "Every try to start a run for this event failed";
    expect(await lettersAbout(event.id)).toEqual([{ source: event.source, reason, body: JSON.stringify(event) }]);
    expect(await lettersAbout("given up")).toEqual([{ source: "queue", reason, body: "given up" }]);
    expect(await started([ticket])).toEqual([false]);
  });

  it("is retried while D1 does not answer, for hours", async () => {
    // Vite reads the file's text; the configuration is not a module.
    const { default: config } = (await import("../../wrangler.toml?raw" as string)) as { default: string };
    const consumer =
      config.split("[[").find((section) => /^queues\.consumers[\s\S]*^queue = "interlock-events-dead"$/m.test(section)) ?? "";
    const tries = Number(/^max_retries = (\d+)$/m.exec(consumer)?.[1] ?? 3);
    const seconds = Array.from({ length: tries }, (_, attempt) => retryDelay(attempt + 1)).reduce((sum, delay) => sum + delay, 0);
    expect(seconds).toBeGreaterThan(4 * 3600);
    expect(await consume([{ id: "a", body: "later", attempts: 2 }], noDatabase, dead)).toEqual({ acked: [], retried: { a: 4 } });
  });
});

describe("the pause before a message comes again", () => {
  it("doubles from two seconds to five minutes", () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100].map(retryDelay)).toEqual([2, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
  });
});
