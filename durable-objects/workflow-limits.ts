// One object per workflow counts its writes, whichever partitions its runs live in. A shell: src/governance/tally.ts says what counts; here it is kept, and one
// write after the other asks.
// take: this write's place and the tally in one transaction, answered once it is durable. Under one key a write counts once, so a crash between its taking and its
// sending, or an answer that was lost, costs nothing. What a day has taken is deleted when it is over: by the next day's first write, or by the alarm.
// reserve, settle: the same for what model calls cost, by src/governance/budget.ts. Each reserve is one more; who repeats it after a lost answer has spent twice.
// It must not know what a write or a call says: it is given an action, a key and amounts. A spec without limits and budget, whose conditions do not name `counts`,
// never calls it.
import { DurableObject } from "cloudflare:workers";
import { failureOf, ok, type Result } from "../src/core/errors.ts";
import type { ModelBudget, Reserved } from "../src/engine/model-budget.ts";
import type { Room, WriteAsked, WriteLimits } from "../src/engine/write-limits.ts";
import { computeSettled, decideReserve, type Reservation, type Spending, type Spent } from "../src/governance/budget.ts";
import type { WriteCounts } from "../src/governance/limits.ts";
import { countsOf, DAY_MS, dayOf, decideTake, endOfDay, type Taken, type Tally } from "../src/governance/tally.ts";
import { LIMITS, migrate } from "./storage-migrations.ts";

/** The surface that callers share. The object's own clock counts: those of its callers differ. */
export interface LimitsPort {
  counts(write: Parameters<WriteLimits["counts"]>[0]): Promise<Result<WriteCounts>>;
  take(write: Parameters<WriteLimits["take"]>[0]): Promise<Result<Room>>;
  reserve(call: Parameters<ModelBudget["reserve"]>[0]): Promise<Result<Reserved>>;
  settle(call: Parameters<ModelBudget["settle"]>[0]): Promise<Result<null>>;
}

/** The row of "spent" that is a day's; a run's id has a dot in it. */
const DAY = "day";
/** For how many days what a run spent is kept after its last call: a run that asks a model again after longer has its budget anew. */
const RUN_DAYS = 400;

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

  async reserve({ run, usd, budget }: Parameters<ModelBudget["reserve"]>[0]): Promise<Result<Reserved>> {
    return answer(() =>
      this.ctx.storage.transactionSync((): Reserved => {
        const kept = this.#spending(run);
        const decided = decideReserve(kept, { run, usd }, budget, Date.now());
        if (!decided.reserved) return decided;
        const { today, own } = decided;
        if (!kept.today || dayOf(kept.today.at) < own.day) {
          this.#forgetBefore(today.at);
          this.ctx.storage.setAlarm(endOfDay(today.at));
        }
        this.#keep(DAY, today);
        this.#keep(run, decided.run);
        const { id } = this.#sql
          .exec<{ id: number }>("insert into reservation (day, run, nano) values (?, ?, ?) returning id", own.day, run, own.nano)
          .one();
        return { reserved: true, id };
      }),
    );
  }

  async settle({ id, usd }: Parameters<ModelBudget["settle"]>[0]): Promise<Result<null>> {
    return answer(() =>
      this.ctx.storage.transactionSync(() => {
        const [own] = this.#sql
          .exec<{ [Field in keyof Reservation]: Reservation[Field] }>("delete from reservation where id = ? returning day, run, nano", id)
          .toArray();
        if (!own) return null;
        const { today, run } = computeSettled(this.#spending(own.run), own, usd);
        if (today) this.#keep(DAY, today);
        if (run) this.#keep(own.run, run);
        return null;
      }),
    );
  }

  override async alarm(): Promise<void> {
    const now = Date.now();
    this.ctx.storage.transactionSync(() => this.#forgetBefore(now));
  }

  #forgetBefore(at: number): void {
    const kept = this.#tally();
    const today = dayOf(at);
    this.#sql.exec("delete from taken where day < ?", today);
    if (kept && dayOf(kept.at) < today) this.#sql.exec("delete from tally");
    // A call that was under way at midnight is settled in its run's sum.
    this.#sql.exec("delete from reservation where day < ?", today - 1);
    this.#sql.exec("delete from spent where of = ? and at < ? or at < ?", DAY, today * DAY_MS, (today - RUN_DAYS) * DAY_MS);
  }

  #spending(run: string): Spending {
    return { today: this.#spent(DAY), run: this.#spent(run) };
  }

  #spent(of: string): Spent | null {
    return this.#sql.exec<{ at: number; nano: number }>("select at, nano from spent where of = ?", of).toArray()[0] ?? null;
  }

  #keep(of: string, { at, nano }: Spent): void {
    this.#sql.exec(
      "insert into spent (of, at, nano) values (?, ?, ?) on conflict (of) do update set at = excluded.at, nano = excluded.nano",
      of,
      at,
      nano,
    );
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
