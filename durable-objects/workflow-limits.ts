// One object per workflow counts its writes, whichever partitions its runs live in. A shell: src/governance/tally.ts says what counts; here it is kept, and one
// write after the other asks.
// take: this write's place and the tally in one transaction, answered once it is durable. Under one key a write counts once, so a crash between its taking and its
// sending, or an answer that was lost, costs nothing. What a day has taken is deleted when it is over: by the next day's first write, or by the alarm.
// It must not know what a write says: it is given an action, a key and amounts. A spec without limits, whose conditions do not name `counts`, never calls it.
import { DurableObject } from "cloudflare:workers";
import { failureOf, ok, type Result } from "../src/core/errors.ts";
import type { Room, WriteAsked, WriteLimits } from "../src/engine/write-limits.ts";
import type { WriteCounts } from "../src/governance/limits.ts";
import { countsOf, dayOf, decideTake, endOfDay, type Taken, type Tally } from "../src/governance/tally.ts";
import { LIMITS, migrate } from "./storage-migrations.ts";

/** The surface that callers share. The object's own clock counts: those of its callers differ. */
export interface LimitsPort {
  counts(write: Parameters<WriteLimits["counts"]>[0]): Promise<Result<WriteCounts>>;
  take(write: Parameters<WriteLimits["take"]>[0]): Promise<Result<Room>>;
}

export class WorkflowLimits extends DurableObject<Env> implements LimitsPort {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    ctx.blockConcurrencyWhile(async () => ctx.storage.transactionSync(() => migrate(ctx.storage.sql, LIMITS)));
  }

  async counts({ key, action }: WriteAsked & { readonly action: string }): Promise<Result<WriteCounts>> {
    return answer(() => countsOf(this.#tally(), this.#own(key), action, Date.now()));
  }

  async take({ key, write, limits }: Parameters<WriteLimits["take"]>[0]): Promise<Result<Room>> {
    return answer(() =>
      this.ctx.storage.transactionSync((): Room => {
        const kept = this.#tally();
        const decided = decideTake(kept, this.#own(key), write, limits, Date.now());
        if (!decided.taken) return { taken: false, counts: decided.counts };
        const { at } = decided.tally;
        if (!kept || dayOf(kept.at) < dayOf(at)) {
          this.#forgetBefore(at);
          this.ctx.storage.setAlarm(endOfDay(at));
        }
        this.#sql.exec(
          "insert into tally (one, body) values (1, ?) on conflict (one) do update set body = excluded.body",
          text(decided.tally),
        );
        this.#sql.exec(
          "insert into taken (key, day, body) values (?, ?, ?) on conflict (key) do update set day = excluded.day, body = excluded.body",
          key,
          dayOf(at),
          text(decided.own),
        );
        return { taken: true };
      }),
    );
  }

  override async alarm(): Promise<void> {
    const now = Date.now();
    this.ctx.storage.transactionSync(() => this.#forgetBefore(now));
  }

  #forgetBefore(at: number): void {
    const kept = this.#tally();
    this.#sql.exec("delete from taken where day < ?", dayOf(at));
    if (kept && dayOf(kept.at) < dayOf(at)) this.#sql.exec("delete from tally");
  }

  #tally(): Tally | null {
    const [row] = this.#sql.exec<{ body: string }>("select body from tally").toArray();
    return row ? (JSON.parse(row.body) as Tally) : null;
  }

  #own(key: string): Taken | null {
    const [row] = this.#sql.exec<{ body: string }>("select body from taken where key = ?", key).toArray();
    return row ? (JSON.parse(row.body) as Taken) : null;
  }
}

function answer<T>(work: () => T): Result<T> {
  try {
    return ok(work());
  } catch (thrown) {
    return { ok: false, error: failureOf(thrown) };
  }
}

const text = (value: Tally | Taken): string => JSON.stringify(value);
