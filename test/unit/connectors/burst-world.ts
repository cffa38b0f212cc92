// A deployment in one process and in virtual time: the product's own partitions and connection object, its door to a connection, and a stand-in behind a network that
// takes its time. For bursts: what thousands of calls do to each other is only seen where they share a budget and a clock. Import it after "cloudflare:workers" is mocked.
import { createConnection } from "../../../durable-objects/connection.ts";
import { createRunPartition } from "../../../durable-objects/run-partition.ts";
import { approvalOf } from "../../../sandbox/specs.ts";
import { type MakeStandIn, memoryTable, type Posted } from "../../../sandbox/stand-in.ts";
import type { Connector } from "../../../src/connectors/define.ts";
import { ok } from "../../../src/core/errors.ts";
import type { InterlockEvent } from "../../../src/core/event.ts";
import { defineDeployment } from "../../../src/deployment.ts";
import type { Workflow } from "../../../src/engine/define.ts";
import type { Entry } from "../../../src/engine/journal.ts";
import { endOf } from "../../../src/engine/lifecycle.ts";
import type { GovernanceSpec } from "../../../src/governance/spec.ts";
import { otherRuns } from "../../../src/operations/start-child.ts";
import { startRuns } from "../../../src/operations/start-runs.ts";
import { memoryLimits } from "../../harness/memory-limits.ts";
import { type Host, SimulatedObject } from "../../simulate/partition/platform.ts";
import { createD1, d1 } from "../../simulate/partition/sqlite.ts";
import { VirtualTime } from "../../simulate/partition/virtual-time.ts";
import { createRandom } from "../../simulate/random.ts";

/** A run's number in the keys of its entries; see durable-objects/partition-journal.ts. */
const SPAN = 2 ** 20;
/** Turns of the event loop without anything. */
const IDLE = 200;
const BEGINNING = Date.parse("2026-01-05T09:00:00Z");

export interface Call {
  readonly at: number;
  readonly body: Record<string, unknown>;
  readonly status: number;
  readonly answer: Record<string, unknown>;
}

interface Options {
  readonly connector: Connector;
  readonly make: MakeStandIn;
  readonly secret: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly workflow: Workflow;
  readonly spec: GovernanceSpec;
  /** What a delivery of the stand-in means, as an event. */
  readonly read: (posted: Posted) => InterlockEvent;
  /** Milliseconds of a call there and back. */
  readonly latencyMs: number;
}

export function burstWorld({ connector, make, secret, settings, workflow, spec, read, latencyMs }: Options) {
  const random = createRandom(1);
  const time = new VirtualTime(BEGINNING, random);
  const database = createD1();
  for (const { statement, values } of approvalOf(spec, time.now)) database.rows(statement, [...values]);
  const events: InterlockEvent[] = [];
  const standIn = make({
    table: memoryTable,
    now: () => time.now,
    address: () => "https://interlock.test",
    post: async (posted) => {
      events.push(read(posted));
      return { status: 202, text: "" };
    },
    applied: () => {},
  });
  standIn.seed();

  const calls: Call[] = [];
  const network = async (input: unknown, init: RequestInit = {}): Promise<Response> => {
    const { signal: _, ...request } = init;
    await time.pause(latencyMs / 2);
    const response = await standIn.api.request(new URL(String(input)).pathname, request as RequestInit);
    const text = await response.text();
    const json = (body: unknown) => JSON.parse(String(body)) as Record<string, unknown>;
    calls.push({ at: time.now, body: json(init.body), status: response.status, answer: json(text) });
    await time.pause(latencyMs / 2);
    return new Response(text, { status: response.status, headers: response.headers });
  };

  const deployment = defineDeployment({
    connections: {
      main: {
        connector,
        baseUrl: "SYSTEM_URL",
        credential: "SYSTEM_SECRET",
        webhookSecrets: [],
        settings: Object.fromEntries(Object.keys(settings).map((name) => [name, `SETTING_${name}`])),
      },
    },
    models: {},
    workflows: [workflow],
  });
  const RunPartition = createRunPartition(deployment, (env, speaker, waitUntil) => otherRuns({ env, deployment, waitUntil }, speaker));
  const Connection = createConnection(deployment);

  const entries = new Map<string, Entry[]>();
  const counter = memoryLimits(() => time.now);
  const limits = {
    counts: async (write: never) => ok(await counter.counts(write)),
    take: async (write: never) => ok(await counter.take(write)),
    reserve: async (call: never) => ok(await counter.reserve(call)),
    settle: async (call: never) => ok(await counter.settle(call).then(() => null)),
  };
  const objects = new Map<string, SimulatedObject>();
  const named = (of: "partition" | "connection") => ({
    getByName: (name: string) =>
      new Proxy({} as Record<string, unknown>, {
        get: (_, method) =>
          method === "then"
            ? undefined
            : (...given: unknown[]) =>
                objectOf(`${of} ${name}`).call((object: Record<string, (...given: unknown[]) => Promise<unknown>>) =>
                  (object[String(method)] as (...given: unknown[]) => Promise<unknown>)(...given),
                ),
      }),
  });
  const env = {
    RUN_PARTITION: named("partition"),
    CONNECTION: named("connection"),
    WORKFLOW_LIMITS: { getByName: () => limits },
    DB: d1(database, async (work) => work()),
    SYSTEM_URL: "https://system.test",
    SYSTEM_SECRET: secret,
    ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [`SETTING_${name}`, value])),
  } as unknown as Env;
  const host: Host = {
    time,
    random,
    commitFault: () => null,
    counted: () => {},
    kept: (object, id, body) => {
      const [row] = object.database.rows("select id from run where no = ?", [Math.floor(id / SPAN)]);
      const name = String(row?.id);
      const known = entries.get(name) ?? [];
      known.push(...(JSON.parse(body) as Entry[]).filter(({ seq }) => seq > known.length));
      entries.set(name, known);
    },
    build: (object, _instance, ctx) => (object.name.startsWith("partition") ? new RunPartition(ctx, env) : new Connection(ctx, env)),
  };
  const objectOf = (name: string): SimulatedObject => {
    const object = objects.get(name) ?? new SimulatedObject(name, host);
    objects.set(name, object);
    return object;
  };

  return {
    calls,
    events,
    /** By run id, as they became durable. */
    entries,
    control: (path: string, body: unknown) =>
      standIn.control.request(path, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    now: () => time.now,
    /** As the queue's consumer starts them, a hundred at a time; then all that follows, in virtual time, until every run has ended. */
    run: async (longestMs: number): Promise<void> => {
      const restore = time.install(network as typeof fetch);
      try {
        const context = { env, deployment, waitUntil: (work: Promise<unknown>) => void work.catch(() => {}) };
        let started = false;
        const starting = (async () => {
          for (let at = 0; at < events.length; at += 100) {
            const outcomes = await startRuns(context, events.slice(at, at + 100));
            const refused = outcomes.find(({ kind }) => kind !== "started");
            if (refused) throw new Error(`not started: ${JSON.stringify(refused)}`);
          }
          started = true;
        })();
        const over = () => started && entries.size >= events.length && [...entries.values()].every((run) => endOf(run) !== null);
        // Nothing stands in the list while something is answered without waiting: only when that stays so, nothing will come.
        for (let steps = 1, idle = 0; idle < IDLE; steps++) {
          idle = (await time.step(BEGINNING + longestMs)) ? 0 : idle + 1;
          if (steps % 500 === 0 && over()) break;
        }
        await Promise.race([starting, Promise.resolve()]);
      } finally {
        restore();
        for (const object of objects.values()) object.database.close();
        database.close();
      }
    },
  };
}
