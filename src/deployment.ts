// The shape of a deployment: which systems are connected, which models may be asked, which workflows run. src/config.ts fills it in for this one.
// It names the bindings that hold addresses and secrets and never holds a secret itself.
import type { Connector } from "./connectors/define.ts";
import { InterlockError } from "./core/errors.ts";
import { PARTITIONS } from "./core/ids.ts";
import type { DataElement, Workflow } from "./engine/define.ts";
import { manifestDigest } from "./engine/manifest.ts";
import type { Model } from "./inference/model.ts";

/** One configured account on a system. `baseUrl` and the secrets are names of bindings (vars and secrets in wrangler.toml's environment). */
export interface Connection {
  readonly connector: Connector;
  readonly baseUrl: string;
  /** The credential for calls; absent for a system that only sends. */
  readonly credential?: string;
  /** Signing secrets, newest first: two while one is being rotated. */
  readonly webhookSecrets: readonly string[];
  /** Binding that holds our own user's id there: events that our writes cause are ignored. */
  readonly ownActor?: string;
  /** Admit straight to the partition instead of through the queue: lower latency, no buffer before the partition. */
  readonly admission?: "queue" | "direct";
}

/** What a model provider is built from at run time. */
export interface ModelBindings {
  readonly binding: (name: string) => string | undefined;
  readonly fetch: typeof fetch;
  readonly blobs: { get(key: string): Promise<Uint8Array | null> };
}

/** A model as a deployment names it. `trained`: weights that must exist before the first decision, made where events are consumed. */
export interface ModelSource {
  readonly trained: readonly { readonly key: string; readonly train: () => Uint8Array }[];
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
  readonly models: Readonly<Record<string, ModelSource>>;
  readonly workflows: readonly Workflow[];
  readonly processing?: Processing;
  readonly partitions: number;
  /**
   * Where people are told of approvals, and may answer them by a button: a connection on a chat, and the names of the bindings that hold the channel's id and the
   * console's address. An empty binding switches it off.
   */
  readonly notices?: { readonly connection: string; readonly channel: string; readonly console: string };
}

export function defineDeployment(deployment: Omit<Deployment, "partitions"> & { partitions?: number }): Deployment {
  const { notices, connections } = deployment;
  if (notices && !connections[notices.connection]?.connector.chat)
    throw new InterlockError(
      "workflow.undeclared",
      `notices: ${notices.connection} is no connection on a chat; name one of this deployment's`,
    );
  return { partitions: PARTITIONS, ...deployment };
}

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

/** The connection that a workflow's handle speaks to: the one the event came from when it is of that system, else the only one of it. */
export function connectionFor(deployment: Deployment, connector: string, eventConnection: string): Connection {
  const own = deployment.connections[eventConnection];
  if (own?.connector.name === connector) return own;
  const all = Object.values(deployment.connections).filter((connection) => connection.connector.name === connector);
  const [only] = all;
  if (!only || all.length > 1) {
    throw new InterlockError(
      "workflow.undeclared",
      `This deployment has ${all.length} connections on ${connector}; the workflow needs exactly one`,
    );
  }
  return only;
}
