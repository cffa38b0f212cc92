// How often a system was asked to write, and how often it did. The two differ when a request was refused, lost or changed nothing, and
// a test compares them with Interlock's audit. Keys: "ticket:1001", "ticket:1001 by 901", "tickets", "slack chat.postMessage", "model".

export interface Count {
  requests: number;
  applied: number;
}

export class Counters {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  requested(key: string): void {
    this.#sql.exec("INSERT INTO counters VALUES (?, 1, 0) ON CONFLICT (key) DO UPDATE SET requests = requests + 1", key);
  }

  applied(key: string): void {
    this.#sql.exec("INSERT INTO counters VALUES (?, 0, 1) ON CONFLICT (key) DO UPDATE SET applied = applied + 1", key);
  }

  all(): Record<string, Count> {
    const rows = this.#sql.exec<{ key: string; requests: number; applied: number }>("SELECT * FROM counters ORDER BY key");
    return Object.fromEntries([...rows].map(({ key, requests, applied }) => [key, { requests, applied }]));
  }
}
