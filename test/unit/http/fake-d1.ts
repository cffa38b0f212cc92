// D1 over node:sqlite with this repository's own migrations applied: enough of the binding for drizzle and for prepared statements. It must not be kinder
// than D1: a batch is one transaction.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";

const MIGRATIONS = path.join(import.meta.dirname, "../../../migrations");

class FakeStatement {
  readonly #db: DatabaseSync;
  readonly #sql: string;
  readonly #params: SQLInputValue[];

  constructor(db: DatabaseSync, sql: string, params: SQLInputValue[] = []) {
    this.#db = db;
    this.#sql = sql;
    this.#params = params;
  }

  bind(...params: SQLInputValue[]): FakeStatement {
    return new FakeStatement(this.#db, this.#sql, params);
  }

  async all() {
    return { success: true, meta: {}, results: this.#db.prepare(this.#sql).all(...this.#params) };
  }

  run() {
    return this.all();
  }

  async first() {
    return this.#db.prepare(this.#sql).get(...this.#params) ?? null;
  }

  async raw() {
    const statement = this.#db.prepare(this.#sql);
    statement.setReturnArrays(true);
    return statement.all(...this.#params);
  }
}

/** The migrated database, made once: applying the migrations takes longer than most tests. */
let migrated: Uint8Array | null = null;

function migrate(): Uint8Array {
  const db = new DatabaseSync(":memory:");
  for (const file of readdirSync(MIGRATIONS).sort()) {
    if (file.endsWith(".sql")) db.exec(readFileSync(path.join(MIGRATIONS, file), "utf8"));
  }
  return db.serialize();
}

const databases = new WeakMap<D1Database, DatabaseSync>();

/** A copy of all that it holds now, for another to begin with. */
export const imageOf = (d1: D1Database): Uint8Array => (databases.get(d1) as DatabaseSync).serialize();

export function fakeD1(image: Uint8Array | null = null): D1Database {
  migrated ??= migrate();
  const db = new DatabaseSync(":memory:");
  db.deserialize(image ?? migrated);
  // One transaction after the other, as D1 does.
  let before: Promise<unknown> = Promise.resolve();
  const binding = {
    prepare: (sql: string) => new FakeStatement(db, sql),
    batch: (statements: readonly FakeStatement[]) => {
      const turn = before.then(() => transact(statements));
      before = turn.catch(() => undefined);
      return turn;
    },
  };
  async function transact(statements: readonly FakeStatement[]) {
    db.exec("begin");
    try {
      const results = [];
      for (const statement of statements) results.push(await statement.all());
      db.exec("commit");
      return results;
    } catch (error) {
      db.exec("rollback");
      throw error;
    }
  }
  const d1 = binding as unknown as D1Database;
  databases.set(d1, db);
  return d1;
}
