// Everything the stand-ins share: the stores over one SQLite database, the settings, the fault rules. Opened once per object; a reset
// empties it in place, so that whoever holds a part of it goes on holding the right one.
import { Counters } from "./counters.ts";
import { Deliveries } from "./deliveries.ts";
import { noRetry } from "./delivery.ts";
import type { SandboxEnv } from "./environment.ts";
import type { CountedRule } from "./faults.ts";
import { DEFAULT_MODEL, type ModelRules } from "./model/rules.ts";
import { SettingsStore } from "./settings.ts";
import { MessageStore } from "./slack/message-store.ts";
import { createTables, emptyTables, StoredDocument } from "./storage.ts";
import { StoredStandIns } from "./stored-stand-ins.ts";
import { People } from "./zendesk/people.ts";
import type { Known } from "./zendesk/ticket-fields.ts";
import { TicketStore } from "./zendesk/ticket-store.ts";

export interface World {
  env: SandboxEnv;
  sql: SqlStorage;
  settings: SettingsStore;
  faults: StoredDocument<CountedRule[]>;
  model: StoredDocument<ModelRules>;
  counters: Counters;
  deliveries: Deliveries;
  people: People;
  known: Known;
  tickets: TicketStore;
  messages: MessageStore;
  standIns: StoredStandIns;
  /** Runs on after the answer was sent. */
  background(work: Promise<unknown>): void;
  /** All of it or none of it. */
  transaction<T>(work: () => T): T;
  reset(): void;
}

export function openWorld(ctx: DurableObjectState, env: SandboxEnv): World {
  const sql = ctx.storage.sql;
  createTables(sql);
  const people = new People(sql);
  const tickets = new TicketStore(sql);
  const messages = new MessageStore(sql);
  const counters = new Counters(sql);
  const settings = new SettingsStore(sql, env);
  const faults = new StoredDocument<CountedRule[]>(sql, "faults", []);
  const model = new StoredDocument<ModelRules>(sql, "model", DEFAULT_MODEL);
  const deliveries = new Deliveries(sql);
  const standIns = new StoredStandIns({
    sql,
    applied: (what) => counters.applied(what),
    address: () => settings.value.interlock_url,
    post: async (system, { what, path, body, headers }) => {
      const sent = await deliveries.send({
        system,
        what,
        ticket_id: null,
        invocation_id: null,
        url: `${settings.value.interlock_url}${path}`,
        signature: "valid",
        body,
        timeoutMs: settings.value.webhook_timeout_ms,
        retry: noRetry,
        headers: async () => ({ ...headers }),
      });
      return { status: sent.attempts.at(-1)?.status ?? null, text: sent.answer };
    },
  });
  return {
    env,
    sql,
    settings,
    faults,
    model,
    counters,
    deliveries,
    people,
    known: {
      isUser: (id) => people.get(id) !== undefined,
      isAgent: (id) => (people.get(id)?.role ?? "end-user") !== "end-user",
    },
    tickets,
    messages,
    standIns,
    background: (work) => ctx.waitUntil(work),
    transaction: (work) => ctx.storage.transactionSync(work),
    reset: () => {
      emptyTables(sql);
      faults.set([]);
      model.set(DEFAULT_MODEL);
      settings.reset();
      people.load();
      tickets.load();
      counters.load();
      messages.load();
      standIns.reset();
    },
  };
}
