// Everything outside a partition that its runs may touch, built once per object: HTTP to each connection, models, the counts of writes, the clock, chance.
// It hands out ports and decides nothing.

import type { Http } from "../src/connectors/define.ts";
import { createHttp, outboundFetch } from "../src/connectors/http.ts";
import { failureOf, InterlockError, type Result } from "../src/core/errors.ts";
import { bindingOf, type Connection, connectionFor, type Deployment } from "../src/deployment.ts";
import type { Ports } from "../src/engine/pass.ts";
import type { Model } from "../src/inference/model.ts";
import { CurrentModels } from "./current-models.ts";
import { ProviderCards } from "./provider-cards.ts";
import type { LimitsPort } from "./workflow-limits.ts";

/** All ports but the one that is another for each run. */
export type OutsidePorts = Omit<Ports, "runs">;

export class Outside {
  readonly #deployment: Deployment;
  readonly #env: Env;
  readonly #halted: Ports["halted"];
  readonly #http = new Map<Connection, Http>();
  readonly #models = new Map<string, Model>();
  readonly #cards: ProviderCards;
  readonly #versions: CurrentModels;
  readonly #ports = new Map<string, OutsidePorts>();

  constructor(deployment: Deployment, env: Env, halted: Ports["halted"]) {
    this.#deployment = deployment;
    this.#env = env;
    this.#halted = halted;
    this.#cards = new ProviderCards(env.DB, Date.now);
    this.#versions = new CurrentModels(env.DB, Date.now);
  }

  portsFor(connection: string): OutsidePorts {
    let ports = this.#ports.get(connection);
    if (!ports) {
      ports = {
        connect: (connector) => this.#connect(connectionFor(this.#deployment, connector, connection)),
        model: (name, workflow) => this.#model(name, workflow),
        providerCard: (recipient) => this.#cards.of(recipient),
        now: () => Date.now(),
        random: Math.random,
        turn: () => new Promise((resolve) => setTimeout(resolve, 0)),
        halted: this.#halted,
        limits: {
          counts: (write) => counted(() => this.#limits(write.workflow).counts(write)),
          take: (write) => counted(() => this.#limits(write.workflow).take(write)),
        },
      };
      this.#ports.set(connection, ports);
    }
    return ports;
  }

  #limits(workflow: string): LimitsPort {
    return this.#env.WORKFLOW_LIMITS.getByName(workflow) as unknown as LimitsPort;
  }

  #connect(connection: Connection): Http {
    let http = this.#http.get(connection);
    if (!http) {
      const baseUrl = bindingOf(this.#env, connection.baseUrl);
      if (!baseUrl)
        throw new InterlockError(
          "connector.unauthorised",
          `The binding ${connection.baseUrl} (the address of ${connection.connector.title}) is not set`,
        );
      const secret = connection.credential && bindingOf(this.#env, connection.credential);
      if (connection.credential && !secret) {
        throw new InterlockError(
          "connector.unauthorised",
          `The secret ${connection.credential} is not set: wrangler secret put ${connection.credential}`,
        );
      }
      http = createHttp({
        baseUrl,
        authorization: secret ? connection.connector.authorization(secret) : null,
        system: connection.connector.title,
        now: () => Date.now(),
      });
      this.#http.set(connection, http);
    }
    return http;
  }

  #model(name: string, workflow: string): Model {
    const key = `${name}\n${workflow}`;
    let model = this.#models.get(key);
    if (!model) {
      const source = this.#deployment.models[name];
      if (!source) throw new InterlockError("workflow.undeclared", `This deployment has no model "${name}"`);
      model = source.build(workflow, {
        binding: (binding) => bindingOf(this.#env, binding),
        fetch: outboundFetch,
        blobs: { get: async (key) => readBlob(await this.#env.BLOBS.get(key)) },
        versions: this.#versions,
      });
      this.#models.set(key, model);
    }
    return model;
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
  throw new InterlockError("limits.unavailable", `The workflow's writes could not be counted: ${answer.error.message}`);
}
