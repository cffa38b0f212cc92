// One object per connection to the outside, whichever partitions its callers live in; today that of a model's provider and host. A shell: src/engine/circuit.ts says when
// a circuit opens and closes; here it is kept, and one caller after the other asks.
// It must not know what is sent, and holds nothing of a request. A write per failure and per change: calls that succeed leave no trace.
import { DurableObject } from "cloudflare:workers";
import { failureOf, ok, type Result } from "../src/core/errors.ts";
import { type Circuit, type CircuitDecision, type CircuitEvent, CLOSED, decideCircuit } from "../src/engine/circuit.ts";
import { CONNECTION, migrate } from "./storage-migrations.ts";

/** The surface that callers share. The object's own clock counts: those of its callers differ. */
export interface ConnectionPort {
  mayAsk(): Promise<Result<Pick<CircuitDecision, "openUntil">>>;
  report(failed: boolean): Promise<Result<null>>;
}

export class Connection extends DurableObject<Env> implements ConnectionPort {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    ctx.blockConcurrencyWhile(async () => ctx.storage.transactionSync(() => migrate(ctx.storage.sql, CONNECTION)));
  }

  async mayAsk(): Promise<Result<Pick<CircuitDecision, "openUntil">>> {
    return answer(() => ({ openUntil: this.#circuit("ask") }));
  }

  async report(failed: boolean): Promise<Result<null>> {
    return answer(() => {
      this.#circuit(failed ? "failed" : "succeeded");
      return null;
    });
  }

  /** Nothing is awaited between the read and the write, so nothing comes between them. */
  #circuit(event: CircuitEvent): number | null {
    const [row] = this.#sql.exec<{ body: string }>("select body from circuit").toArray();
    const before = row ? (JSON.parse(row.body) as Circuit) : CLOSED;
    const { circuit, openUntil } = decideCircuit(before, event, Date.now());
    const body = JSON.stringify(circuit);
    if (body !== JSON.stringify(before))
      this.#sql.exec("insert into circuit (one, body) values (1, ?) on conflict (one) do update set body = excluded.body", body);
    return openUntil;
  }
}

function answer<T>(work: () => T): Result<T> {
  try {
    return ok(work());
  } catch (thrown) {
    return { ok: false, error: failureOf(thrown) };
  }
}
