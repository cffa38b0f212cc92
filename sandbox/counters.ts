// How often a system was asked to write, and how often it did. The two differ when a request was refused, lost or changed nothing, and
// a test compares them with Interlock's audit. Keys: "ticket:1001", "ticket:1001 by 901", "tickets", "slack chat.postMessage", "model".

export interface Count {
  requests: number;
  applied: number;
}

const SOON_MS = 20;

export class Counters {
  readonly #sql: SqlStorage;
  readonly #counts = new Map<string, Count>();
  readonly #unwritten = new Set<string>();

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.load();
  }

  load(): void {
    this.#counts.clear();
    this.#unwritten.clear();
    const rows = this.#sql.exec<{ key: string; requests: number; applied: number }>("SELECT * FROM counters");
    for (const { key, requests, applied } of rows) this.#counts.set(key, { requests, applied });
  }

  /** Written down a little later, or with what it leads to: a commit of its own would cost as much as the write that is counted. */
  requested(key: string): void {
    this.#of(key).requests += 1;
    if (this.#unwritten.size === 0) setTimeout(() => this.#flush(), SOON_MS);
    this.#unwritten.add(key);
  }

  /** Written down at once, in the turn of the write itself. */
  applied(key: string): void {
    this.#of(key).applied += 1;
    this.#write(key);
  }

  all(): Record<string, Count> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => a.localeCompare(b)));
  }

  #of(key: string): Count {
    const count = this.#counts.get(key) ?? { requests: 0, applied: 0 };
    this.#counts.set(key, count);
    return count;
  }

  #flush(): void {
    for (const key of this.#unwritten) this.#write(key);
  }

  #write(key: string): void {
    const { requests, applied } = this.#of(key);
    this.#unwritten.delete(key);
    this.#sql.exec(
      "INSERT INTO counters VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET requests = excluded.requests, applied = excluded.applied",
      key,
      requests,
      applied,
    );
  }
}
