// Puts a deployment together: what the platform calls (fetch, queue, scheduled) and the object classes. src/index.ts does it for this deployment, tests and the benchmark
// for theirs.
import { createConnection } from "../durable-objects/connection.ts";
import { createPoller } from "../durable-objects/poller.ts";
import { createRunPartition } from "../durable-objects/run-partition.ts";
import { createScheduler } from "../durable-objects/scheduler.ts";
import { WorkflowLimits } from "../durable-objects/workflow-limits.ts";
import type { Deployment } from "./deployment.ts";
import { createApp } from "./http/app.tsx";
import { startComplaints } from "./operations/connection-setup.ts";
import { type Context, rememberStarting } from "./operations/context.ts";
import { storePolled } from "./operations/poll-connection.ts";
import { storeTicks } from "./operations/schedules.ts";
import { otherRuns } from "./operations/start-child.ts";
import { sweep } from "./operations/sweep.ts";
import { consumeDeadLetters, consumeEvents } from "./queues/consumer.ts";
import { consumeValidations } from "./queues/validations.ts";

export function createWorker(deployment: Deployment, now: () => number = Date.now) {
  const app = createApp(deployment);
  const starting = rememberStarting(now);
  const contextOf = (env: Env, execution: ExecutionContext): Context => ({
    env,
    deployment,
    starting,
    waitUntil: (work) => execution.waitUntil(work),
  });
  let begun = false;
  /** A Worker has no start: what is missing is named with the first call that an isolate gets. */
  const begin = (env: Env): void => {
    if (begun) return;
    begun = true;
    for (const complaint of startComplaints(env, deployment)) console.error(complaint);
  };
  return {
    handler: {
      fetch: (request: Request, env: Env, execution: ExecutionContext) => {
        begin(env);
        return app.fetch(request, env, execution);
      },
      queue: (batch: MessageBatch, env: Env, execution: ExecutionContext) => {
        begin(env);
        const context = contextOf(env, execution);
        if (batch.queue.endsWith("-validations")) return consumeValidations(batch, context);
        return batch.queue.endsWith("-dead") ? consumeDeadLetters(batch, context) : consumeEvents(batch, context);
      },
      // The minute that it was meant for: a sweep that comes late does not erase early.
      scheduled: async (controller: ScheduledController, env: Env, execution: ExecutionContext): Promise<void> => {
        begin(env);
        await sweep(contextOf(env, execution), controller.scheduledTime);
      },
    } satisfies ExportedHandler<Env>,
    RunPartition: createRunPartition(deployment, (env, speaker, waitUntil) => otherRuns({ env, deployment, starting, waitUntil }, speaker)),
    WorkflowLimits,
    Connection: createConnection(deployment),
    Poller: createPoller(deployment, (env, connection, poll, changes, waitUntil) =>
      storePolled({ env, deployment, starting, waitUntil }, connection, poll, changes, Date.now()),
    ),
    Scheduler: createScheduler(deployment, (env, workflow, ticks, waitUntil) =>
      storeTicks({ env, deployment, starting, waitUntil }, workflow, ticks),
    ),
  };
}
