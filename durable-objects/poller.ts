// One object per connection and poll that is declared: its alarm reads one page, has the new changes stored as events, and then commits how far it is. A shell:
// src/ingress/poll-cursor.ts decides; here it is kept.
// It must not commit before the events are stored: whatever ends in between repeats the page, and an event that comes twice finds its run. One page to an alarm, so that
// each has the platform's limits for itself. A poll that is not declared any more is forgotten at its next alarm, with all that is known of it.
import { DurableObject } from "cloudflare:workers";
import { openConnection } from "../src/connections.ts";
import { failureOf, ok, type Result } from "../src/core/errors.ts";
import { type Deployment, declaredPoll } from "../src/deployment.ts";
import { beginPoll, type Change, Cursor, decidePoll, noteFailure, type Seen } from "../src/ingress/poll-cursor.ts";
import { takePage } from "../src/ingress/poll-page.ts";
import { migrate, POLLER } from "./storage-migrations.ts";

/** Stores changes as events; resolves when all of them are durable. Handed in by what puts the deployment together. */
export type StoreChanges = (
  env: Env,
  connection: string,
  poll: string,
  changes: readonly Change[],
  waitUntil: (work: Promise<unknown>) => void,
) => Promise<void>;

/** Rows are looked up and kept in lots, so that no statement grows with a page. */
const LOT = 50;

export function createPoller(deployment: Pick<Deployment, "connections">, store: StoreChanges) {
  return class Poller extends DurableObject<Env> {
    readonly #sql: SqlStorage;

    constructor(ctx: DurableObjectState, env: Env) {
      super(ctx, env);
      this.#sql = ctx.storage.sql;
      ctx.blockConcurrencyWhile(async () => ctx.storage.transactionSync(() => migrate(ctx.storage.sql, POLLER)));
    }

    /** It is told its name with every wake; an object does not know its own. */
    async wake(connection: string, poll: string): Promise<Result<null>> {
      return answer(async () => {
        const kept = this.#read();
        if (!kept) this.#keep(connection, poll, beginPoll(Date.now()));
        if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(kept?.cursor.dueAt ?? Date.now());
        return null;
      });
    }

    async standing() {
      return answer(() => {
        const cursor = this.#read()?.cursor;
        if (!cursor) return null;
        const { window, ...rest } = cursor;
        return { ...rest, pages: window?.pages ?? null };
      });
    }

    override async alarm(): Promise<void> {
      const kept = this.#read();
      const poll = kept && declaredPoll(deployment, kept.connection, kept.poll);
      if (!kept || !poll) {
        this.ctx.storage.transactionSync(() => {
          this.#sql.exec("delete from cursor");
          this.#sql.exec("delete from seen");
        });
        return;
      }
      const { connection, cursor } = kept;
      const decided = decidePoll(cursor, poll, Date.now());
      if (decided.kind === "wait") return this.ctx.storage.setAlarm(decided.until);
      try {
        const noted = await takePage({
          poll,
          cursor,
          window: decided.window,
          open: () => openConnection(this.env, deployment, connection),
          known: (keys) => this.#known(keys),
          store: (changes) => store(this.env, connection, kept.poll, changes, (work) => this.ctx.waitUntil(work)),
          now: () => Date.now(),
        });
        this.ctx.storage.transactionSync(() => {
          for (const [key, { at, first, taken }] of noted.seen)
            this.#sql.exec(
              "insert into seen (key, at, first, taken) values (?, ?, ?, ?) on conflict (key) do update set taken = excluded.taken",
              key,
              at,
              first,
              Number(taken),
            );
          if (noted.forgetBefore !== null) this.#sql.exec("delete from seen where at < ?", noted.forgetBefore);
          this.#keep(connection, kept.poll, noted.cursor);
        });
        await this.ctx.storage.setAlarm(noted.cursor.dueAt);
      } catch (thrown) {
        const failed = noteFailure(cursor, decided.window, failureOf(thrown), poll, Date.now());
        this.#keep(connection, kept.poll, failed);
        await this.ctx.storage.setAlarm(failed.dueAt);
      }
    }

    #known(keys: readonly string[]): ReadonlyMap<string, Seen> {
      const known = new Map<string, Seen>();
      for (let from = 0; from < keys.length; from += LOT) {
        const lot = keys.slice(from, from + LOT);
        const marks = lot.map(() => "?").join(", ");
        const rows = this.#sql.exec<{ key: string; at: number; first: number; taken: number }>(
          `select key, at, first, taken from seen where key in (${marks})`,
          ...lot,
        );
        for (const { key, at, first, taken } of rows) known.set(key, { at, first, taken: taken === 1 });
      }
      return known;
    }

    #read(): { readonly connection: string; readonly poll: string; readonly cursor: Cursor } | null {
      const [row] = this.#sql
        .exec<{ connection: string; poll: string; body: string }>("select connection, poll, body from cursor")
        .toArray();
      return row ? { connection: row.connection, poll: row.poll, cursor: Cursor.parse(JSON.parse(row.body)) } : null;
    }

    #keep(connection: string, poll: string, cursor: Cursor): void {
      this.#sql.exec(
        "insert into cursor (one, connection, poll, body) values (1, ?, ?, ?) on conflict (one) do update set body = excluded.body",
        connection,
        poll,
        JSON.stringify(cursor),
      );
    }
  };
}

async function answer<T>(work: () => T | Promise<T>): Promise<Result<T>> {
  try {
    return ok(await work());
  } catch (thrown) {
    return { ok: false, error: failureOf(thrown) };
  }
}
