// Everything outside a partition that its runs may touch, built once per object: HTTP to each connection, models, the counts of writes, the clock, chance.
// It hands out ports and decides nothing.

import { openConnection } from "../src/connections.ts";
import type { Http } from "../src/connectors/define.ts";
import { outboundFetch } from "../src/connectors/http.ts";
import { failureOf, InterlockError, type Result } from "../src/core/errors.ts";
import { bindingOf, connectionFor, type Deployment, modelSources } from "../src/deployment.ts";
import { type CircuitPort, circuitOpen, type Recipient } from "../src/engine/circuit.ts";
import type { Ports } from "../src/engine/pass.ts";
import type { Model } from "../src/inference/model.ts";
import { AuditFloors } from "./audit-floors.ts";
import type { ConnectionPort } from "./connection.ts";
import { CurrentModels } from "./current-models.ts";
import { OnRecordCache } from "./on-record.ts";
import { ProviderCards } from "./provider-cards.ts";
import type { LimitsPort } from "./workflow-limits.ts";

/** All ports but the one that is another for each run. */
export type OutsidePorts = Omit<Ports, "runs">;

export class Outside {
  readonly #deployment: Deployment;
  readonly #env: Env;
  readonly #halted: Ports["halted"];
  readonly #http = new Map<string, Http>();
  readonly #models = new Map<string, readonly Model[]>();
  readonly #cards: ProviderCards;
  readonly #floors: AuditFloors;
  readonly #onRecord: OnRecordCache;
  readonly #versions: CurrentModels;
  readonly #ports = new Map<string, OutsidePorts>();

  constructor(deployment: Deployment, env: Env, halted: Ports["halted"]) {
    this.#deployment = deployment;
    this.#env = env;
    this.#halted = halted;
    this.#cards = new ProviderCards(env.DB, () => Date.now());
    this.#floors = new AuditFloors(env.DB, () => Date.now());
    this.#onRecord = new OnRecordCache(env.DB, () => Date.now());
    this.#versions = new CurrentModels(env.DB, () => Date.now());
  }

  portsFor(connection: string): OutsidePorts {
    let ports = this.#ports.get(connection);
    if (!ports) {
      ports = {
        connect: (connector) => this.#connect(connectionFor(this.#deployment, connector, connection)),
        models: (name, workflow) => this.#chain(name, workflow),
        providerCard: (recipient) => this.#cards.of(recipient),
        onRecord: (workflow, certificates) => this.#onRecord.of(workflow, certificates),
        circuit: this.#circuit,
        now: () => Date.now(),
        random: Math.random,
        turn: () => new Promise((resolve) => setTimeout(resolve, 0)),
        halted: this.#halted,
        audit: { key: bindingOf(this.#env, "AUDIT_SIGNING_KEY") ?? null, floor: (workflow) => this.#floors.of(workflow) },
        limits: {
          counts: (write) => counted(() => this.#limits(write.workflow).counts(write)),
          take: (write) => counted(() => this.#limits(write.workflow).take(write)),
          reserve: (call) => counted(() => this.#limits(call.workflow).reserve(call)),
          settle: async (call) => void (await counted(() => this.#limits(call.workflow).settle(call))),
        },
      };
      this.#ports.set(connection, ports);
    }
    return ports;
  }

  #limits(workflow: string): LimitsPort {
    return this.#env.WORKFLOW_LIMITS.getByName(workflow) as unknown as LimitsPort;
  }

  /** An object that cannot be reached must not stop what it is there to speed up. */
  readonly #circuit: CircuitPort = {
    mayAsk: async (recipient) => {
      const asked = await this.#connection(recipient)
        .mayAsk()
        .catch(() => null);
      const until = asked?.ok ? asked.value.openUntil : null;
      return until === null ? null : circuitOpen(recipient, until, Date.now());
    },
    report: async (recipient, failed) => {
      await this.#connection(recipient)
        .report(failed)
        .catch(() => null);
    },
  };

  /** By provider and host, as agreements are. */
  #connection({ provider, host }: Recipient): ConnectionPort {
    return this.#env.CONNECTION.getByName(`${provider} ${host}`) as unknown as ConnectionPort;
  }

  #connect(connection: string): Http {
    let http = this.#http.get(connection);
    if (!http) {
      http = openConnection(this.#env, this.#deployment, connection);
      this.#http.set(connection, http);
    }
    return http;
  }

  #chain(name: string, workflow: string): readonly Model[] {
    const key = `${name}\n${workflow}`;
    let models = this.#models.get(key);
    if (!models) {
      const bindings = {
        binding: (binding: string) => bindingOf(this.#env, binding),
        fetch: outboundFetch,
        blobs: { get: async (key: string) => readBlob(await this.#env.BLOBS.get(key)) },
        versions: this.#versions,
      };
      models = modelSources(this.#deployment, name).map((source) => source.build(workflow, bindings));
      this.#models.set(key, models);
    }
    return models;
  }
}

const readBlob = async (object: R2ObjectBody | null): Promise<Uint8Array | null> =>
  object ? new Uint8Array(await object.arrayBuffer()) : null;

/** A counter that cannot be asked is asked again, whatever was wrong with it. */
async function counted<T>(call: () => Promise<Result<T>>): Promise<T> {
  let answer: Result<T>;
  try {
    answer = await call();
  } catch (thrown) {
    answer = { ok: false, error: failureOf(thrown) };
  }
  if (answer.ok) return answer.value;
  throw new InterlockError("limits.unavailable", `What the workflow writes and spends could not be counted: ${answer.error.message}`);
}
