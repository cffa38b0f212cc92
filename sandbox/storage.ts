// The tables, and the small documents (settings, fault rules, model rules) that are read into memory once and written through.
// Records are kept as the JSON that the vendor's API answers, so that a read is one statement and no mapping.

const TABLES = [
  "CREATE TABLE IF NOT EXISTS documents (key TEXT PRIMARY KEY, doc TEXT NOT NULL) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS counters (key TEXT PRIMARY KEY, requests INTEGER NOT NULL, applied INTEGER NOT NULL) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, doc TEXT NOT NULL)",
  "CREATE TABLE IF NOT EXISTS tickets (id INTEGER PRIMARY KEY, external_id TEXT, doc TEXT NOT NULL)",
  "CREATE TABLE IF NOT EXISTS audits (ticket_id INTEGER, id INTEGER, doc TEXT NOT NULL, PRIMARY KEY (ticket_id, id)) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS idempotency (key TEXT PRIMARY KEY, request TEXT NOT NULL, answer TEXT NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS messages (channel TEXT, ts TEXT, thread_ts TEXT, doc TEXT NOT NULL, PRIMARY KEY (channel, ts)) WITHOUT ROWID",
  "CREATE INDEX IF NOT EXISTS messages_by_thread ON messages (channel, thread_ts) WHERE thread_ts IS NOT NULL",
  "CREATE TABLE IF NOT EXISTS deliveries (id INTEGER PRIMARY KEY, ticket_id INTEGER, doc TEXT NOT NULL, body TEXT NOT NULL)",
  "CREATE INDEX IF NOT EXISTS deliveries_by_ticket ON deliveries (ticket_id) WHERE ticket_id IS NOT NULL",
  "CREATE TABLE IF NOT EXISTS model_requests (id INTEGER PRIMARY KEY, at TEXT NOT NULL, doc TEXT NOT NULL)",
];

const CONTENTS = ["counters", "users", "tickets", "audits", "idempotency", "messages", "deliveries", "model_requests"];

export function createTables(sql: SqlStorage): void {
  for (const statement of TABLES) sql.exec(statement);
}

export function emptyTables(sql: SqlStorage): void {
  for (const table of CONTENTS) sql.exec(`DELETE FROM ${table}`);
}

/** One number out of a statement that answers one column of one row, 0 where there is none. */
export function numberOf(sql: SqlStorage, statement: string): number {
  const value = sql.exec<Record<string, number | null>>(statement).raw().next().value;
  return Number(value?.[0] ?? 0);
}

/** A document that lives in memory and is written through to its row. */
export class StoredDocument<T> {
  readonly #sql: SqlStorage;
  readonly #key: string;
  #value: T;

  constructor(sql: SqlStorage, key: string, initial: T) {
    this.#sql = sql;
    this.#key = key;
    const row = sql.exec<{ doc: string }>("SELECT doc FROM documents WHERE key = ?", key).toArray()[0];
    this.#value = row ? (JSON.parse(row.doc) as T) : initial;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    this.#value = value;
    this.#sql.exec(
      "INSERT INTO documents (key, doc) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET doc = excluded.doc",
      this.#key,
      JSON.stringify(value),
    );
  }
}
