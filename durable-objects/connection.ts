// One object per connection to the outside, whichever partitions its callers live in: for a model's provider and host its circuit, for a business system its token and
// what is left of its budget. A shell: src/engine/circuit.ts and src/connectors/budget.ts decide; here it is kept, and one caller after the other asks.
// It must not know what is sent, and holds nothing of a request. A write per failure and per change: calls that succeed leave no trace.
import { DurableObject } from "cloudflare:workers";
import { configured } from "../src/connections.ts";
import {
  type Ask,
  type Budget,
  type BudgetState,
  decideLease,
  type Lease,
  notePause,
  noteUsage,
  UNSPENT,
  type Usage,
} from "../src/connectors/budget.ts";
import { failureOf, InterlockError, ok, type Result } from "../src/core/errors.ts";
import { bindingOf, type Connection as Configured, type Deployment } from "../src/deployment.ts";
import { type Circuit, type CircuitDecision, type CircuitEvent, CLOSED, decideCircuit } from "../src/engine/circuit.ts";
import { ConnectionToken } from "./connection-token.ts";
import { CONNECTION, migrate } from "./storage-migrations.ts";

/** The surface that callers share. The object's own clock counts: those of its callers differ. */
export interface ConnectionPort {
  mayAsk(): Promise<Result<Pick<CircuitDecision, "openUntil">>>;
  report(failed: boolean): Promise<Result<null>>;
  /** Of the connection of this name: see Account in src/connectors/connect.ts. */
  token(connection: string, refused: string | null): Promise<Result<{ value: string; expiresAt: number | null }>>;
  lease(connection: string, ask: Ask): Promise<Result<Lease>>;
  note(connection: string, usage: Usage | null, pauseMs: number, countedAs?: string): Promise<Result<null>>;
}

export function createConnection({ connections }: Pick<Deployment, "connections">) {
  return class Connection extends DurableObject<Env> implements ConnectionPort {
    readonly #sql: SqlStorage;
    readonly #token: ConnectionToken;
    /**
     * By what the system counts apart; the common one under no name. In memory alone: an object that starts anew knows what the next answers tell, and a full bucket is
     * at worst one turned-away call.
     */
    readonly #budgets = new Map<string | undefined, BudgetState>();

    constructor(ctx: DurableObjectState, env: Env) {
      super(ctx, env);
      this.#sql = ctx.storage.sql;
      ctx.blockConcurrencyWhile(async () => ctx.storage.transactionSync(() => migrate(ctx.storage.sql, CONNECTION)));
      this.#token = new ConnectionToken(this.#sql, bindingOf(env, "CONNECTION_SEAL_KEY") ?? null);
    }

    async token(connection: string, refused: string | null): Promise<Result<{ value: string; expiresAt: number | null }>> {
      return answer(() => this.#token.get(configured(this.env, this.#configured(connection)), refused));
    }

    async lease(connection: string, ask: Ask): Promise<Result<Lease>> {
      return answer(() => {
        const { kept, declared } = this.#budget(connection, ask.countedAs);
        const { state, lease } = decideLease(kept, declared, ask, Date.now());
        this.#budgets.set(ask.countedAs, state);
        return lease;
      });
    }

    async note(connection: string, usage: Usage | null, pauseMs: number, countedAs?: string): Promise<Result<null>> {
      return answer(() => {
        const { kept, declared } = this.#budget(connection, countedAs);
        const told = usage ? noteUsage(kept, declared, usage, Date.now()) : kept;
        this.#budgets.set(countedAs, pauseMs > 0 ? notePause(told, pauseMs, Date.now()) : told);
        return null;
      });
    }

    #budget(connection: string, countedAs: string | undefined): { readonly kept: BudgetState; readonly declared: Budget | null } {
      const { budget, budgetsApart } = this.#configured(connection).connector;
      const declared = countedAs === undefined ? budget : budgetsApart?.[countedAs];
      return { kept: this.#budgets.get(countedAs) ?? UNSPENT, declared: declared ?? null };
    }

    #configured(connection: string): Configured {
      const found = connections[connection];
      if (!found) throw new InterlockError("workflow.undeclared", `This deployment has no connection "${connection}"`);
      return found;
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
  };
}

async function answer<T>(work: () => T | Promise<T>): Promise<Result<T>> {
  try {
    return ok(await work());
  } catch (thrown) {
    return { ok: false, error: failureOf(thrown) };
  }
}
