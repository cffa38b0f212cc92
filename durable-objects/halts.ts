// The kill switches as this partition was last told of them: in its SQLite, so that a restart keeps a stop, and in memory, where every step asks.
// It decides nothing; D1 holds who turned what and why.
import type { HaltSwitch } from "../src/core/halt.ts";
import type { Halt } from "../src/engine/lifecycle.ts";

export class Halts {
  readonly #sql: SqlStorage;
  #known: Map<string, HaltSwitch> | null = null;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  of(workflow: string): Halt | null {
    const known = this.#switches();
    const all = known.get("*");
    if (all?.on) return { scope: "everything", by: all.by };
    const own = known.get(workflow);
    return own?.on ? { scope: "workflow", by: own.by } : null;
  }

  /** Inside a commit. An older turn than the one that is known changes nothing. True when one was turned off: what it had stopped may go on. */
  turn(switches: readonly HaltSwitch[]): boolean {
    let released = false;
    for (const turned of switches) {
      const known = this.#switches().get(turned.scope);
      if (known && known.at >= turned.at) continue;
      this.#sql.exec(
        'insert into halt (scope, at, "on", by) values (?, ?, ?, ?) on conflict (scope) do update set at = excluded.at, "on" = excluded."on", by = excluded.by',
        turned.scope,
        turned.at,
        turned.on ? 1 : 0,
        turned.by,
      );
      this.#switches().set(turned.scope, turned);
      released ||= known?.on === true && !turned.on;
    }
    return released;
  }

  #switches(): Map<string, HaltSwitch> {
    if (!this.#known) {
      const rows = this.#sql.exec<{ scope: string; at: number; on: number; by: string }>('select scope, at, "on", by from halt').toArray();
      this.#known = new Map(rows.map((row) => [row.scope, { ...row, on: row.on === 1 }]));
    }
    return this.#known;
  }
}
