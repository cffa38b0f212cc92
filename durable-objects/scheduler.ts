// One object per workflow that starts by the clock: its alarm stands at the next tick, has the events of the ticks that are due stored, and then commits how far it is.
// A shell: src/ingress/schedule.ts decides; here it is kept.
// It must not commit before the events are stored: whatever ends in between stores the same events again, and an event that comes twice finds its run. A schedule that is
// not declared any more is forgotten at its next alarm.
import { DurableObject } from "cloudflare:workers";
import { failureOf, ok, type Result } from "../src/core/errors.ts";
import type { Schedule } from "../src/core/schedule.ts";
import { type Deployment, declaredSchedule } from "../src/deployment.ts";
import { ticksOf } from "../src/ingress/cron.ts";
import { computeAlarm, decideTicks, noteTickFailure, noteTicks, ScheduleState, stateFor } from "../src/ingress/schedule.ts";
import { migrate, SCHEDULER } from "./storage-migrations.ts";

/** Stores ticks as events; resolves when all of them are durable. Handed in by what puts the deployment together. */
export type StoreTicks = (
  env: Env,
  workflow: string,
  ticks: readonly number[],
  waitUntil: (work: Promise<unknown>) => void,
) => Promise<void>;

export function createScheduler(deployment: Pick<Deployment, "workflows">, store: StoreTicks) {
  return class Scheduler extends DurableObject<Env> {
    readonly #sql: SqlStorage;

    constructor(ctx: DurableObjectState, env: Env) {
      super(ctx, env);
      this.#sql = ctx.storage.sql;
      ctx.blockConcurrencyWhile(async () => ctx.storage.transactionSync(() => migrate(ctx.storage.sql, SCHEDULER)));
    }

    /** It is told its name with every wake; an object does not know its own. */
    async wake(workflow: string): Promise<Result<null>> {
      try {
        const schedule = declaredSchedule(deployment, workflow);
        if (!schedule) return ok(null);
        const kept = this.#read();
        const state = stateFor(kept?.state ?? null, schedule, Date.now());
        if (state !== kept?.state) this.#keep(workflow, state);
        await this.#arm(state, schedule);
        return ok(null);
      } catch (thrown) {
        return { ok: false, error: failureOf(thrown) };
      }
    }

    override async alarm(): Promise<void> {
      const kept = this.#read();
      const schedule = kept && declaredSchedule(deployment, kept.workflow);
      if (!kept || !schedule) {
        this.#sql.exec("delete from schedule");
        return;
      }
      const { workflow } = kept;
      const before = stateFor(kept.state, schedule, Date.now());
      const after = await this.#tick(workflow, schedule, before);
      this.#keep(workflow, after);
      await this.#arm(after, schedule);
    }

    async #tick(workflow: string, schedule: Schedule, state: ScheduleState): Promise<ScheduleState> {
      try {
        const decided = decideTicks(state, schedule, ticksOf(schedule), Date.now());
        if (decided.due.length > 0) await store(this.env, workflow, decided.due, (work) => this.ctx.waitUntil(work));
        return noteTicks(state, decided);
      } catch (thrown) {
        const failed = noteTickFailure(state, failureOf(thrown), Date.now());
        console.error(JSON.stringify({ message: "ticks not stored, will be repeated", workflow, ...failed.error }));
        return failed;
      }
    }

    async #arm(state: ScheduleState, schedule: Schedule): Promise<void> {
      const at = computeAlarm(state, ticksOf(schedule));
      if (at !== null && (await this.ctx.storage.getAlarm()) !== at) await this.ctx.storage.setAlarm(at);
    }

    #read(): { readonly workflow: string; readonly state: ScheduleState } | null {
      const [row] = this.#sql.exec<{ workflow: string; body: string }>("select workflow, body from schedule").toArray();
      return row ? { workflow: row.workflow, state: ScheduleState.parse(JSON.parse(row.body)) } : null;
    }

    #keep(workflow: string, state: ScheduleState): void {
      this.#sql.exec(
        "insert into schedule (one, workflow, body) values (1, ?, ?) on conflict (one) do update set body = excluded.body",
        workflow,
        JSON.stringify(state),
      );
    }
  };
}
