// The stand-ins of the sandbox, each over tables of its own in the one SQLite database; written through, and read into memory once. A reset empties them in place.
import type { MakeStandIn, Posted, StandIn, StandInWorld, Table } from "./stand-in.ts";
import { STAND_INS } from "./stand-ins.ts";

interface Ports {
  readonly sql: SqlStorage;
  readonly post: (system: string, posted: Posted) => ReturnType<StandInWorld["post"]>;
  readonly applied: (what: string) => void;
  readonly address: () => string;
}

export class StoredStandIns {
  readonly #tables: SqlTable<unknown>[] = [];
  readonly all: ReadonlyMap<string, StandIn>;

  constructor(ports: Ports) {
    ports.sql.exec(
      "CREATE TABLE IF NOT EXISTS records (kind TEXT, id TEXT, n INTEGER NOT NULL, doc TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID",
    );
    this.all = new Map(Object.entries(STAND_INS).map(([system, make]) => [system, this.#open(ports, system, make)]));
    if (ports.sql.exec("SELECT 1 FROM records LIMIT 1").toArray().length === 0) this.#seed();
  }

  /** As on the first day. */
  reset(): void {
    for (const table of this.#tables) table.empty();
    this.#seed();
  }

  /** Everything a system knows, by table. */
  contents(system: string): Record<string, unknown[]> {
    const own = this.#tables.filter(({ kind }) => kind.startsWith(`${system}/`));
    return Object.fromEntries(own.map((table) => [table.kind.slice(system.length + 1), table.all()]));
  }

  #seed(): void {
    for (const standIn of this.all.values()) standIn.seed();
  }

  #open({ sql, post, applied, address }: Ports, system: string, make: MakeStandIn): StandIn {
    return make({
      table: <T>(name: string) => {
        const table = new SqlTable<T>(sql, `${system}/${name}`);
        this.#tables.push(table as SqlTable<unknown>);
        return table;
      },
      now: () => Date.now(),
      address,
      post: (posted) => post(system, posted),
      applied: (what) => applied(`${system} ${what}`),
    });
  }
}

class SqlTable<T> implements Table<T> {
  readonly kind: string;
  readonly #sql: SqlStorage;
  readonly #rows: Map<string, T>;
  #n: number;

  constructor(sql: SqlStorage, kind: string) {
    this.kind = kind;
    this.#sql = sql;
    const rows = sql
      .exec<{ id: string; n: number; doc: string }>("SELECT id, n, doc FROM records WHERE kind = ? ORDER BY n", kind)
      .toArray();
    this.#rows = new Map(rows.map(({ id, doc }) => [id, JSON.parse(doc) as T]));
    this.#n = rows.at(-1)?.n ?? 0;
  }

  get(id: string): T | undefined {
    return this.#rows.get(id);
  }

  put(id: string, record: T): void {
    this.#rows.set(id, record);
    this.#sql.exec(
      "INSERT INTO records (kind, id, n, doc) VALUES (?, ?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET doc = excluded.doc",
      this.kind,
      id,
      ++this.#n,
      JSON.stringify(record),
    );
  }

  delete(id: string): void {
    this.#rows.delete(id);
    this.#sql.exec("DELETE FROM records WHERE kind = ? AND id = ?", this.kind, id);
  }

  all(): T[] {
    return [...this.#rows.values()];
  }

  empty(): void {
    this.#rows.clear();
    this.#sql.exec("DELETE FROM records WHERE kind = ?", this.kind);
  }
}
