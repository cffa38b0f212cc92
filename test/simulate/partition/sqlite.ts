// SQLite in memory behind the two interfaces under which the product knows it: an object's own storage (synchronous) and D1 (a service that can fail).
// It knows two of the objects' tables: what is inserted there is reported as it becomes durable.
import { readFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";

export class Database {
  readonly #db = new DatabaseSync(":memory:");
  readonly #statements = new Map<string, StatementSync>();

  rows(sql: string, given: readonly unknown[] = []): Record<string, unknown>[] {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement.all(...(given as SQLInputValue[]));
  }

  script(sql: string): void {
    this.#db.exec(sql);
  }

  transaction<T>(work: () => T): T {
    this.#db.exec("begin");
    try {
      const result = work();
      this.#db.exec("commit");
      return result;
    } catch (error) {
      this.#db.exec("rollback");
      throw error;
    }
  }

  close(): void {
    this.#db.close();
  }
}

const cursor = (rows: Record<string, unknown>[]) => ({
  toArray: () => rows,
  one: () => {
    if (rows.length !== 1) throw new Error(`expected one row, found ${rows.length}`);
    return rows[0];
  },
  [Symbol.iterator]: () => rows[Symbol.iterator](),
  rowsRead: rows.length,
  rowsWritten: 0,
});

/** What is worth telling of: what a run's journal gets, and what a throttle counts. */
const TOLD = ["entry", "beginning"] as const;
type Told = (typeof TOLD)[number];

/** `check` throws where the storage is out of reach. */
export function sqlStorage(database: Database, check: () => void, inserted: (table: Told, given: readonly unknown[]) => void): SqlStorage {
  const exec = (sql: string, ...given: unknown[]) => {
    check();
    const rows = database.rows(sql, given);
    const table = TOLD.find((name) => sql.startsWith(`insert into ${name} `));
    if (table) inserted(table, given);
    return cursor(rows);
  };
  return { exec } as unknown as SqlStorage;
}

const MIGRATIONS = path.resolve(import.meta.dirname, "../../../migrations");
const TABLES = new WeakMap<Database, string[]>();

/** D1 as this product sets it up. One per thread: `emptyD1` makes it new. */
export function createD1(): Database {
  const database = new Database();
  const { entries } = JSON.parse(readFileSync(path.join(MIGRATIONS, "meta/_journal.json"), "utf8")) as { entries: { tag: string }[] };
  for (const { tag } of entries) database.script(readFileSync(path.join(MIGRATIONS, `${tag}.sql`), "utf8"));
  // The audit cannot be emptied while it is guarded; nothing here is a forger.
  for (const { name } of database.rows("select name from sqlite_master where type = 'trigger'")) database.script(`drop trigger "${name}"`);
  const tables = database.rows("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'");
  TABLES.set(
    database,
    tables.map(({ name }) => String(name)),
  );
  return database;
}

export const emptyD1 = (database: Database): void => {
  for (const table of TABLES.get(database) ?? []) database.rows(`delete from "${table}"`);
};

interface Prepared {
  readonly sql: string;
  readonly given: readonly unknown[];
}

/** `through`: what happens to each call on its way. */
export function d1(database: Database, through: <T>(work: () => T) => Promise<T>): D1Database {
  const result = (rows: Record<string, unknown>[]) => ({ success: true, results: rows, meta: {} });
  const prepared = (sql: string, given: readonly unknown[]): Prepared & Record<string, unknown> => ({
    sql,
    given,
    bind: (...values: unknown[]) => prepared(sql, values),
    run: () => through(() => result(database.rows(sql, given))),
    all: () => through(() => result(database.rows(sql, given))),
    raw: () => through(() => database.rows(sql, given).map((row) => Object.values(row))),
    first: () => through(() => database.rows(sql, given)[0] ?? null),
  });
  return {
    prepare: (sql: string) => prepared(sql, []),
    batch: (statements: readonly Prepared[]) =>
      through(() => database.transaction(() => statements.map(({ sql, given }) => result(database.rows(sql, given))))),
  } as unknown as D1Database;
}
