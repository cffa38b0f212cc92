// One run of a workflow that each test writes for itself, on the real engine, against the ledger and a scripted model. `again` starts another process, or
// another deployment, from the same journal.
import * as z from "zod";
import type { AnyWriteAction } from "../../../src/connectors/define.ts";
import { createHttp } from "../../../src/connectors/http.ts";
import type { InterlockEvent } from "../../../src/core/event.ts";
import { type DataElement, defineWorkflow, type Handles, model, type StepTools, type Workflow } from "../../../src/engine/define.ts";
import type { Entry, Journal } from "../../../src/engine/journal.ts";
import { endedBy } from "../../../src/engine/lifecycle.ts";
import type { Ports } from "../../../src/engine/pass.ts";
import type { ProviderCard } from "../../../src/governance/data-flow.ts";
import type { GovernanceSpec } from "../../../src/governance/spec.ts";
import type { Model, ModelRequest, ModelResult } from "../../../src/inference/model.ts";
import { noRuns } from "../../harness/fake-runs.ts";
import { MemoryEngine, type MemoryOptions } from "../../harness/memory-engine.ts";
import { memoryLimits } from "../../harness/memory-limits.ts";
import { createLedger, ledgerConnector } from "./ledger.ts";

const uses = {
  book: ledgerConnector.only("getRecord", "setRecord", "setUnversioned", "addLine", "pay", "sendLetter"),
  mind: model("default"),
};
const decisions = { judge: z.object({ verdict: z.enum(["yes", "no"]) }) };

const element = (name: Element, more: Partial<DataElement<Element>>): DataElement<Element> => ({
  element: name,
  class: "personal",
  to: "model",
  purpose: "tests",
  basis: "contract",
  retentionDays: 1,
  ...more,
});
type Element = "note.text" | "note.title" | "note.password";
const dataFlow: readonly DataElement<Element>[] = [
  element("note.text", { redact: ["email", "phone", "card"] }),
  element("note.title", {}),
  element("note.password", { class: "secret" }),
];

export type Body = (
  context: Handles<typeof uses, typeof decisions, Element> & { readonly event: InterlockEvent; readonly step: StepTools },
) => Promise<unknown>;

type Overrides = Readonly<Record<string, Partial<AnyWriteAction>>>;

/** `actions`: parts of the connector's actions, replaced. */
export function ledgerWorkflow(body: Body, actions: Overrides = {}): Workflow {
  const workflow = defineWorkflow(
    {
      name: "bookkeeping",
      version: 1,
      purpose: "Keep the tests' books",
      trigger: ledgerConnector.on("opened"),
      lane: ({ event }) => event.subject,
      uses,
      dataFlow,
      decisions,
    },
    body,
  );
  const changed = Object.entries(uses.book.actions).map(([name, action]) => [name, { ...action, ...actions[name] }]);
  return { ...workflow, uses: { ...uses, book: { ...uses.book, actions: Object.fromEntries(changed) } } };
}

const free = { ask: "never", fields: { text: {} } } as const;

export const ledgerSpec: GovernanceSpec = {
  workflow: "bookkeeping",
  version: 1,
  owner: "owner@example.com",
  purpose: "Keep the tests' books",
  mode: "live",
  regulated: false,
  thresholds: { judge: 0.6 },
  alwaysAsk: [],
  actions: {
    "ledger.setRecord": { ask: "never", fields: { owner: {}, grade: {} } },
    "ledger.setUnversioned": { ask: "never", fields: { owner: {}, grade: {} } },
    "ledger.addLine": free,
    "ledger.pay": free,
    "ledger.sendLetter": free,
  },
  review: { reviewers: ["ada@example.com", "grace@example.com"], slaMinutes: 60, onExpiry: "reject" },
  onFailure: "compensate",
  rollback: { procedure: "Undo each write on its run's page", owner: "owner@example.com", windowDays: 30 },
  retention: { payloadDays: 30 },
};

/** The same spec with one action that is always asked. */
export const asking = (...actions: string[]): Partial<GovernanceSpec> => ({
  actions: Object.fromEntries(
    Object.entries(ledgerSpec.actions).map(([name, rule]) => [name, actions.includes(name) ? { ...rule, ask: "always" as const } : rule]),
  ),
});

export interface LedgerScenario {
  readonly spec?: Partial<GovernanceSpec>;
  readonly answer?: MemoryOptions["answer"];
  readonly stopAt?: ReadonlySet<number>;
  readonly afterStop?: NonNullable<MemoryOptions["afterStop"]>;
  readonly actions?: Overrides;
  readonly runId?: MemoryOptions["runId"];
  readonly limits?: MemoryOptions["limits"];
  /** What the model says, in order; after that it is sure. */
  readonly says?: ModelResult[];
  /** A model outside, and what is on record about its provider. */
  readonly remote?: {
    readonly host: string;
    readonly card: ProviderCard | null;
    /** Stands on the way there. */
    readonly gateway?: { readonly provider: string; readonly host: string; readonly card: ProviderCard | null };
  };
  /** Certificates and the breaker, as they are read. */
  readonly onRecord?: NonNullable<MemoryOptions["onRecord"]>;
  /** Models that are asked after that one. */
  readonly further?: readonly Model[];
  readonly circuit?: MemoryOptions["circuit"];
  /** Parts of the workflow's declaration, replaced. */
  readonly declares?: Partial<Pick<Workflow, "decisions" | "drafts" | "unsampled" | "dataFlow" | "reinsert" | "mayWrite">>;
}

export const sure = (confidence = 0.95): ModelResult => ({
  ok: true,
  decision: {
    value: { verdict: "yes" },
    confidence,
    fields: {},
    source: "logprobs",
    basis: { prompt: "prompt", schema: "schema" },
    model: "scripted",
    provider: "test",
    usage: { promptTokens: 1, completionTokens: 1 },
    costUsd: 0,
    latencyMs: 1,
  },
});

function cardFor({ remote }: LedgerScenario, { host }: { readonly host: string }): ProviderCard | null {
  return (remote?.gateway?.host === host ? remote.gateway.card : remote?.card) ?? null;
}

export function ledgerWorld(body: Body, scenario: LedgerScenario = {}) {
  const clock = { now: Date.parse("2026-01-05T09:00:00Z") };
  const ledger = createLedger(() => clock.now);
  ledger.add("a", { owner: "nobody", grade: "c" });
  ledger.add("b", { owner: "nobody", grade: "c" });
  const asked: ModelRequest[] = [];
  const says = [...(scenario.says ?? [])];
  const mind: Model = {
    id: "scripted",
    provider: "test",
    ...(scenario.remote ? { host: scenario.remote.host } : { local: true }),
    ...(scenario.remote?.gateway ? { via: scenario.remote.gateway } : {}),
    label: "Scripted",
    async decide(request) {
      const { leaving: _, ...text } = request;
      asked.push(structuredClone({ ...text, schema: null }) as unknown as ModelRequest);
      return says.shift() ?? sure();
    },
  };
  const event: InterlockEvent = {
    id: "evt_1",
    connection: "ledger",
    source: "ledger/ledger",
    type: "opened",
    subject: "a",
    time: clock.now,
    data: {},
  };
  const connection = { fetch: ledger.fetch, authorization: "Bearer l", missing: null as Error | null };
  const systems = {
    get ledger() {
      if (connection.missing) throw connection.missing;
      return connection;
    },
  };
  const spec = { ...ledgerSpec, ...scenario.spec };
  const engineOf = (workflow: Workflow) =>
    new MemoryEngine({
      workflow,
      spec,
      event,
      model: [mind, ...(scenario.further ?? [])],
      systems,
      clock,
      ...(scenario.remote ? { providerCard: async (recipient) => cardFor(scenario, recipient) } : {}),
      ...(scenario.onRecord ? { onRecord: scenario.onRecord } : {}),
      ...(scenario.circuit ? { circuit: scenario.circuit } : {}),
      ...(scenario.answer ? { answer: scenario.answer } : {}),
      ...(scenario.stopAt ? { stopAt: scenario.stopAt } : {}),
      ...(scenario.afterStop ? { afterStop: scenario.afterStop } : {}),
      ...(scenario.runId ? { runId: scenario.runId } : {}),
      ...(scenario.limits ? { limits: scenario.limits } : {}),
    });
  const engine = engineOf({ ...ledgerWorkflow(body, scenario.actions), ...scenario.declares });
  /** From the same journal, up to the end that it had; `to` keeps only the first so many entries. */
  const again = (changed: Body = body, to: number | null = null): MemoryEngine => {
    const next = engineOf({ ...ledgerWorkflow(changed, scenario.actions), ...scenario.declares });
    next.durable.push(...structuredClone(to === null ? engine.durable.filter((entry) => !isEnd(entry)) : engine.durable.slice(0, to)));
    return next;
  };
  return { engine, ledger, clock, asked, connection, spec, event, mind, again };
}

const isEnd = (entry: Entry): boolean => endedBy(entry) !== undefined;

interface ByHand {
  /** What happens instead of a durable write, or of taking an entry. */
  readonly flush?: () => Promise<void>;
  readonly record?: () => void;
}

/** The engine's ports to this world and a journal that starts with `entries`, for tests of how a pass and its journal get on with each other. */
export function byHand(world: ReturnType<typeof ledgerWorld>, entries: readonly Entry[], { flush, record }: ByHand = {}) {
  const kept: Entry[] = [...entries];
  const journal: Journal = {
    get size() {
      return { entries: kept.length, bytes: 0 };
    },
    entriesOf: (step) => kept.filter((entry) => (entry.step ?? null) === step),
    record: (added) => {
      record?.();
      for (const entry of added) kept.push({ ...entry, seq: kept.length + 1, at: world.clock.now } as Entry);
    },
    flush: async () => flush?.(),
  };
  const ports: Ports = {
    connect: () =>
      createHttp({
        baseUrl: "https://ledger.test",
        authorization: null,
        system: "ledger",
        now: () => world.clock.now,
        fetch: world.ledger.fetch,
      }),
    models: () => [world.mind],
    now: () => world.clock.now,
    random: () => 0.5,
    turn: () => new Promise((resolve) => setImmediate(resolve)),
    halted: () => null,
    runs: noRuns,
    limits: memoryLimits(() => world.clock.now),
  };
  return { journal, ports, kept };
}
