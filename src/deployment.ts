// The shape of a deployment: which systems are connected, which models may be asked, which workflows run. src/config.ts fills it in for this one.
// It names the bindings that hold addresses and secrets and never holds a secret itself.
import type { Connector } from "./connectors/define.ts";
import type { Poll } from "./connectors/poll.ts";
import type { WebhookDeclaration } from "./connectors/webhook.ts";
import { InterlockError } from "./core/errors.ts";
import { PARTITIONS } from "./core/ids.ts";
import { SCHEDULES, type Schedule } from "./core/schedule.ts";
import type { DataElement, Workflow } from "./engine/define.ts";
import { manifestDigest } from "./engine/manifest.ts";
import type { BuiltinBindings, Trained } from "./inference/builtin/source.ts";
import type { Model } from "./inference/model.ts";
import { priced } from "./inference/priced.ts";
import type { PriceRow } from "./inference/prices.ts";
import { checkSchedule } from "./ingress/cron.ts";

/** One configured account on a system. `baseUrl` and the secrets are names of bindings (vars and secrets in wrangler.toml's environment). */
export interface Connection {
  readonly connector: Connector;
  readonly baseUrl: string;
  /** The credential for calls; absent for a system that only sends. */
  readonly credential?: string;
  /** Signing secrets, newest first: two while one is being rotated. */
  readonly webhookSecrets: readonly string[];
  /** Which of the connector's webhooks posts here; the first unless it says so. */
  readonly webhook?: string;
  /** Bindings that hold what the connector's settings name. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Binding that holds our own user's id there: events that our writes cause are ignored. */
  readonly ownActor?: string;
  /** The connector's polls that are asked for changes, for a system that does not post them. */
  readonly polls?: readonly string[];
  /** Admit straight to the partition instead of through the queue: lower latency, no buffer before the partition. */
  readonly admission?: "queue" | "direct";
}

/** What a model provider is built from at run time. */
export interface ModelBindings extends BuiltinBindings {
  readonly binding: (name: string) => string | undefined;
  readonly fetch: typeof fetch;
}

/** A model as a deployment names it. `trained`: what this deployment trains by itself, where events are consumed. */
export interface ModelSource {
  readonly trained: readonly Trained[];
  readonly build: (workflow: string, bindings: ModelBindings) => Model;
  /** Texts that the model has learnt from: a validation that asks about them would prove nothing. Absent where it learns from none of ours. */
  readonly learnt?: (workflow: string) => readonly string[];
}

/** What a record of processing activities (GDPR Art. 30) says that no code can know. It enforces nothing. */
export interface Processing {
  /** Who answers for the processing. */
  readonly controller?: { readonly name: string; readonly contact: string; readonly dataProtectionOfficer?: string };
  /** Whose data each workflow works on, by its name: "customers who write to support". */
  readonly dataSubjects?: Readonly<Record<string, readonly string[]>>;
}

export interface Deployment {
  readonly connections: Readonly<Record<string, Connection>>;
  /** By the name that workflows use: one, or several in the order in which they are asked, each when the one before it could not decide. */
  readonly models: Readonly<Record<string, ModelSource | readonly ModelSource[]>>;
  /** What this deployment pays where that is not what src/inference/prices.ts says: a contract's prices, a model that is not listed there. */
  readonly prices?: readonly PriceRow[];
  readonly workflows: readonly Workflow[];
  readonly processing?: Processing;
  readonly partitions: number;
  /**
   * Where people are told of approvals, and may answer them by a button: a connection on a chat, and the names of the bindings that hold the channel's id and the
   * console's address. An empty binding switches it off.
   */
  readonly notices?: { readonly connection: string; readonly channel: string; readonly console: string };
}

/** A first tick is looked for from here, so that what is refused does not depend on the day. */
const TICKS_FROM = Date.UTC(2026, 0, 1);

export function defineDeployment(deployment: Omit<Deployment, "partitions"> & { partitions?: number }): Deployment {
  const { notices, connections } = deployment;
  if (notices && !connections[notices.connection]?.connector.chat)
    throw new InterlockError(
      "workflow.undeclared",
      `notices: ${notices.connection} is no connection on a chat; name one of this deployment's`,
    );
  for (const name of Object.keys(deployment.models)) modelSources(deployment, name);
  for (const [name, connection] of Object.entries(connections)) checkConnection(name, connection);
  if (Object.hasOwn(connections, SCHEDULES))
    throw new InterlockError("workflow.undeclared", `connections.${SCHEDULES}: ticks of schedules come by this name; choose another`);
  for (const { name, trigger } of deployment.workflows) if (trigger.schedule) checkSchedule(name, trigger.schedule, TICKS_FROM);
  return { partitions: PARTITIONS, ...deployment, models: withPrices(deployment.models, deployment.prices) };
}

/** What is misspelt here would otherwise show with the first delivery or the first call. */
function checkConnection(name: string, { connector, webhook, polls = [], settings = {} }: Connection): void {
  const known = Object.keys(connector.webhooks);
  if (webhook !== undefined && !known.includes(webhook))
    throw new InterlockError(
      "workflow.undeclared",
      `connections.${name}.webhook: ${connector.title} has no "${webhook}"; it has: ${known.join(", ")}`,
    );
  const polled = Object.keys(connector.polls ?? {});
  for (const poll of polls)
    if (!polled.includes(poll))
      throw new InterlockError(
        "workflow.undeclared",
        `connections.${name}.polls: ${connector.title} has no "${poll}"; it has: ${polled.join(", ") || "none"}`,
      );
  const declared = Object.keys(connector.settings ?? {});
  for (const setting of Object.keys(settings))
    if (!declared.includes(setting))
      throw new InterlockError(
        "workflow.undeclared",
        `connections.${name}.settings: ${connector.title} has no "${setting}"; it has: ${declared.join(", ")}`,
      );
}

/** The models behind a name, in their order; throws for a name that has none, and so for an empty list before anything runs. */
export function modelSources({ models }: Pick<Deployment, "models">, name: string): readonly ModelSource[] {
  const found = Object.hasOwn(models, name) ? models[name] : undefined;
  const sources = found === undefined ? [] : isChain(found) ? found : [found];
  if (sources.length === 0) throw new InterlockError("workflow.undeclared", `This deployment has no model "${name}"`);
  return sources;
}

/** Each model by itself, those of a list by the list's name and their place: "default", "default.2". */
export const everyModel = ({ models }: Pick<Deployment, "models">): { readonly name: string; readonly source: ModelSource }[] =>
  Object.entries(models).flatMap(([name, found]) =>
    (isChain(found) ? found : [found]).map((source, index) => ({ name: index === 0 ? name : `${name}.${index + 1}`, source })),
  );

const isChain = (models: ModelSource | readonly ModelSource[]): models is readonly ModelSource[] => Array.isArray(models);

const withPrices = (models: Deployment["models"], own: readonly PriceRow[] | undefined): Deployment["models"] => {
  const withPrice = (source: ModelSource): ModelSource => ({
    ...source,
    build: (workflow, bindings) => priced(source.build(workflow, bindings), own),
  });
  return Object.fromEntries(
    Object.entries(models).map(([name, found]) => [name, isChain(found) ? found.map(withPrice) : withPrice(found)]),
  );
};

/** Null for a connection that nothing posts to. */
export const webhookOf = ({ connector, webhook }: Connection): WebhookDeclaration | null =>
  (webhook === undefined ? Object.values(connector.webhooks)[0] : connector.webhooks[webhook]) ?? null;

/** Null for a poll that is not declared, or not any more. */
export function declaredPoll({ connections }: Pick<Deployment, "connections">, connection: string, poll: string): Poll | null {
  const found = Object.hasOwn(connections, connection) ? connections[connection] : undefined;
  return (found?.polls?.includes(poll) && found.connector.polls?.[poll]) || null;
}

/** That of the newest version; null for a workflow that does not start by the clock, or not any more. */
export function declaredSchedule({ workflows }: Pick<Deployment, "workflows">, name: string): Schedule | null {
  const [newest] = workflows.filter((workflow) => workflow.name === name).sort((a, b) => b.version - a.version);
  return newest?.trigger.schedule ?? null;
}

/** What the deployment says about a connection, by the connector's names; what is not set is not there. */
export const settingsOf = ({ settings = {} }: Connection, env: object): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(settings).flatMap(([name, binding]) => {
      const value = bindingOf(env, binding);
      return value === undefined ? [] : [[name, value]];
    }),
  );

/** Bindings by name: a deployment says which, the platform says what. */
export const bindingOf = (env: object, name: string): string | undefined => {
  const value = (env as Record<string, unknown>)[name];
  return typeof value === "string" && value !== "" ? value : undefined;
};

export function workflowOf(deployment: Deployment, name: string, version: number): Workflow | undefined {
  return deployment.workflows.find((workflow) => workflow.name === name && workflow.version === version);
}

/** Of this version; of every version that is deployed, where this one is not any more: a run of it may still end. */
export function dataFlowOf({ workflows }: Pick<Deployment, "workflows">, name: string, version: number): readonly DataElement[] {
  const own = workflows.filter((workflow) => workflow.name === name);
  const exact = own.filter((workflow) => workflow.version === version);
  return (exact.length > 0 ? exact : own).flatMap(({ dataFlow }) => dataFlow);
}

export const matchesManifest = (workflow: Workflow, digest: string): boolean => manifestDigest(workflow) === digest;

/** The connection that a workflow's handle speaks to, by its name: the one the event came from when it is of that system, else the only one of it. */
export function connectionFor({ connections }: Pick<Deployment, "connections">, connector: string, eventConnection: string): string {
  if (connections[eventConnection]?.connector.name === connector) return eventConnection;
  const all = Object.keys(connections).filter((name) => connections[name]?.connector.name === connector);
  const [only] = all;
  if (!only || all.length > 1) {
    throw new InterlockError(
      "workflow.undeclared",
      `This deployment has ${all.length} connections on ${connector}; the workflow needs exactly one`,
    );
  }
  return only;
}
