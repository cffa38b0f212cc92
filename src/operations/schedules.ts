// Workflows that start by the clock: the sweep keeps the object of each going, and what an object finds due is stored as events, as deliveries are. When a tick is due is
// decided in src/ingress/schedule.ts; the place of each schedule is durable-objects/scheduler.ts's.
import { failureOf, InterlockError, type Result } from "../core/errors.ts";
import { declaredSchedule } from "../deployment.ts";
import { tickEvent } from "../ingress/schedule.ts";
import type { Context } from "./context.ts";
import { sendEvents } from "./send-events.ts";

export interface SchedulerPort {
  /** Sees to it that it goes on; begins where it has not begun. */
  wake(workflow: string): Promise<Result<null>>;
}

export const schedulerName = (workflow: string): string => `schedule ${workflow}`;

/** How many were told. */
export async function wakeSchedules({ env, deployment }: Pick<Context, "env" | "deployment">): Promise<number> {
  const names = new Set(deployment.workflows.map(({ name }) => name));
  const told = await Promise.all(
    [...names]
      .filter((name) => declaredSchedule(deployment, name) !== null)
      .map(async (workflow) => {
        const scheduler = env.SCHEDULER.getByName(schedulerName(workflow)) as unknown as SchedulerPort;
        const answer = await scheduler.wake(workflow).catch((thrown) => ({ ok: false as const, error: failureOf(thrown) }));
        if (!answer.ok)
          console.error(JSON.stringify({ message: "schedule not woken, will be repeated", workflow, error: answer.error.message }));
        return answer.ok;
      }),
  );
  return told.filter(Boolean).length;
}

/** Resolves when the queue has them all. */
export async function storeTicks(context: Context, workflow: string, ticks: readonly number[]): Promise<void> {
  const schedule = declaredSchedule(context.deployment, workflow);
  if (!schedule) throw new InterlockError("workflow.undeclared", `${workflow} has no schedule in this deployment`);
  await sendEvents(
    context,
    ticks.map((tick) => tickEvent(workflow, schedule, tick)),
    Number.POSITIVE_INFINITY,
  );
}
