// A deployment of the product on the simulated platform: its partitions, its D1, and what operations/ needs to start runs there. Deploying anew replaces every
// object's code; an object that was there before goes on a little, and reaches no storage any more.
import { createRunPartition } from "../../../durable-objects/run-partition.ts";
import type { LimitsPort } from "../../../durable-objects/workflow-limits.ts";
import { approvalOf } from "../../../sandbox/specs.ts";
import { ok } from "../../../src/core/errors.ts";
import type { InterlockEvent } from "../../../src/core/event.ts";
import { partitionName, runIdOf } from "../../../src/core/ids.ts";
import { readJournalCopy } from "../../../src/db/journal-copy.ts";
import { overdueRuns } from "../../../src/db/overdue.ts";
import type { AuditEntry } from "../../../src/db/projection.ts";
import { type Deployment, defineDeployment } from "../../../src/deployment.ts";
import type { Entry } from "../../../src/engine/journal.ts";
import type { PartitionPort } from "../../../src/engine/partition-port.ts";
import type { GovernanceSpec } from "../../../src/governance/spec.ts";
import { otherRuns } from "../../../src/operations/start-child.ts";
import { type EventOutcome, startRuns } from "../../../src/operations/start-runs.ts";
import { memoryLimits } from "../../harness/memory-limits.ts";
import { ledgerConnector } from "../../unit/engine/ledger.ts";
import type { Random } from "../random.ts";
import type { PartitionChaos } from "./faults.ts";
import { type Host, type Instance, SimulatedObject } from "./platform.ts";
import { createD1, type Database, d1, emptyD1 } from "./sqlite.ts";
import type { VirtualTime } from "./virtual-time.ts";
import { type Code, type Flow, WORKFLOW, workflowsOf } from "./workflows.ts";
import type { KeptRun } from "./world.ts";

/** A run's number in the keys of its entries; see durable-objects/partition-journal.ts. */
const SPAN = 2 ** 20;
const PARTITIONS = 2;

interface Options {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly chaos: PartitionChaos;
  readonly boundary: () => void;
  readonly specs: readonly GovernanceSpec[];
  readonly flow: Flow;
  readonly computed: (event: string, step: string) => number;
  readonly kept: (run: KeptRun, entries: readonly Entry[]) => void;
  /** An entry that was durable before has been stored once more. */
  readonly again: (run: KeptRun, entry: Entry) => void;
  readonly runs: Map<string, KeptRun>;
}

export type Environment = ReturnType<typeof makeEnvironment>;

let shared: Database | null = null;

export function makeEnvironment({ time, random, chaos, boundary, specs, flow, computed, kept, again, runs }: Options) {
  const database = shared ?? createD1();
  shared = database;
  emptyD1(database);
  for (const spec of specs) {
    for (const { statement, values } of approvalOf(spec, time.now)) database.rows(statement, [...values]);
  }
  const objects = new Map<string, SimulatedObject>();
  const instances = new Map<number, Instance>();
  const beginnings: { readonly at: number; readonly now: number }[] = [];
  let order = 0;
  let deployment = deploymentOf({ flow });
  let RunPartition = partitionOf(deployment);

  function partitionOf(from: Deployment) {
    return createRunPartition(from, (env, speaker, waitUntil) => otherRuns({ env, deployment: from, waitUntil }, speaker));
  }

  function deploymentOf(code: Code | null): Deployment {
    return defineDeployment({
      partitions: PARTITIONS,
      connections: { ledger: { connector: ledgerConnector, baseUrl: "LEDGER_URL", webhookSecrets: [] } },
      models: {},
      workflows: workflowsOf(code, { made: computed }),
    });
  }

  /** D1 as one caller reaches it. */
  const d1For = (instance: Instance | null): D1Database =>
    d1(database, async (work) => {
      if (instance?.mute) return new Promise<never>(() => {});
      boundary();
      const fault = chaos.strike("d1");
      await time.pause(fault === "D1 slow" ? 5_000 + random.int(60_000) : 1 + random.int(20));
      if (fault === "D1 fails before") throw new Error("D1_ERROR: Network connection lost");
      const result = work();
      if (fault === "D1 fails after") throw new Error("D1_ERROR: Network connection lost");
      await time.pause(1);
      return instance?.mute ? new Promise<never>(() => {}) : result;
    });

  const host: Host = {
    time,
    random,
    commitFault: () => {
      boundary();
      return chaos.strike("commit") as "commit fails" | "lost after commit" | null;
    },
    kept: (object, id, body) => {
      const entries = JSON.parse(body) as Entry[];
      const [row] = object.database.rows("select id from run where no = ?", [Math.floor(id / SPAN)]);
      const name = String(row?.id);
      let run = runs.get(name);
      if (!run) {
        run = { id: name, object, entries: [], order: [], begunWith: entries.length };
        runs.set(name, run);
      }
      const fresh = entries.filter(({ seq }) => seq > run.entries.length);
      // A run that had been closed gets its journal back before something is added to it.
      for (const entry of entries) if (entry.seq <= run.entries.length) again(run, entry);
      for (const entry of fresh) {
        run.entries.push(entry);
        run.order.push(++order);
      }
      kept(run, fresh);
    },
    counted: (at) => beginnings.push({ at, now: time.now }),
    build: (_object, instance, ctx) => {
      instances.set(instance.number, instance);
      return new RunPartition(ctx, {
        RUN_PARTITION: namespaceFor(instance),
        WORKFLOW_LIMITS: { getByName: () => limitsFor(instance) },
        DB: d1For(instance),
        LEDGER_URL: `https://ledger.test/i${instance.number}`,
      } as unknown as Env);
    },
  };

  const objectOf = (name: string): SimulatedObject => {
    const object = objects.get(name) ?? new SimulatedObject(name, host);
    objects.set(name, object);
    return object;
  };
  /** The partitions as one caller reaches them. A message takes its time and can be lost either way; what is called by then may have been lost itself. */
  const namespaceFor = (caller: Instance | null) => ({
    getByName: (name: string) =>
      new Proxy({} as Record<string, unknown>, {
        get: (_, method) => (method === "then" ? undefined : (...given: unknown[]) => message(caller, name, String(method), given)),
      }),
  });
  async function message(caller: Instance | null, name: string, method: string, given: readonly unknown[]): Promise<unknown> {
    return across(caller, () =>
      objectOf(name).call((partition: Record<string, (...given: readonly unknown[]) => Promise<unknown>>) =>
        (partition[method] as (...given: readonly unknown[]) => Promise<unknown>)(...given),
      ),
    );
  }
  async function across<T>(caller: Instance | null, call: () => Promise<T>): Promise<T> {
    if (caller?.mute) return new Promise<never>(() => {});
    boundary();
    const fault = chaos.strike("call");
    await time.pause(random.int(10));
    if (fault === "call lost") throw new Error("Network connection lost");
    const answer = await call();
    if (fault === "answer lost") throw new Error("Network connection lost");
    return caller?.mute ? new Promise<never>(() => {}) : answer;
  }
  /** The counter of writes is never lost: what it is in its object is tested there. */
  const counter = memoryLimits(() => time.now);
  const limitsFor = (caller: Instance): LimitsPort => ({
    counts: (write) => across(caller, async () => ok(await counter.counts(write))),
    take: (write) => across(caller, async () => ok(await counter.take(write))),
    reserve: (call) => across(caller, async () => ok(await counter.reserve(call))),
    settle: (call) => across(caller, async () => ok(await counter.settle(call).then(() => null))),
  });

  return {
    start: async (event: InterlockEvent): Promise<EventOutcome | undefined> => {
      const context = {
        env: { RUN_PARTITION: namespaceFor(null), DB: d1For(null) } as unknown as Env,
        deployment,
        waitUntil: (work: Promise<unknown>) => void work.catch(() => {}),
      };
      return (await startRuns(context, [event]))[0];
    },
    deploy: (code: Omit<Code, "flow"> | null): void => {
      deployment = deploymentOf(code && { ...code, flow });
      RunPartition = partitionOf(deployment);
      for (const object of objects.values()) object.replace();
    },
    objects: () => Array.from({ length: PARTITIONS }, (_, index) => objectOf(partitionName(index))),
    /** Those that somebody has called already. */
    built: () => [...objects.values()].filter((object) => object.isBuilt),
    anyObject: () => (objects.size === 0 ? undefined : random.pick([...objects.values()])),
    instanceOf: (number: number) => instances.get(number),
    runId: (event: string) => runIdOf(WORKFLOW, event),
    d1: database,
    /** As the cron's sweep does; answers how many runs had not moved by themselves although their time had come. */
    sweep: async (): Promise<number> => {
      let due = 0;
      for (const { run, partition } of await overdueRuns(d1For(null), time.now, 1_000)) {
        const woken = await objectOf(partition).call((object: PartitionPort) => object.wake([run]));
        due += woken.ok ? woken.value : 0;
      }
      return due;
    },
    /** When runs of a throttled workflow began, as the partition counts them. */
    beginnings,
    /** As the partition shows it, from its own storage or back from D1. */
    inspect: async ({ object, id }: KeptRun): Promise<readonly Entry[] | string> => {
      const view = await object.call((partition: PartitionPort) => partition.inspect(id));
      return view.ok ? view.value.entries : view.error.message;
    },
    /** As D1 holds it, its chain verified up to the hash that the partition has kept. */
    journalInD1: async ({ object, id }: KeptRun): Promise<readonly AuditEntry[] | string> => {
      const [row] = object.database.rows("select projected, head from run where id = ?", [id]);
      const copy = await readJournalCopy(d1For(null), id, { seq: Number(row?.projected), head: String(row?.head) });
      return copy.kind === "whole" ? copy.entries : copy.kind === "missing" ? copy.what : copy.kind;
    },
    close: () => {
      for (const object of objects.values()) {
        object.lose();
        object.database.close();
      }
    },
  };
}
