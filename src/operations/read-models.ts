// Every model that this deployment lists, whether a workflow asks it or not: where it is, what is wrong with it, and what its last probe found.
import { failureOf } from "../core/errors.ts";
import { listProbes } from "../db/model-probes.ts";
import type { ModelSource } from "../deployment.ts";
import type { Context } from "./context.ts";
import { adviceOf, listedModels, type Probe } from "./probe-model.ts";
import { lookedAt } from "./recipients.ts";

export interface ModelStanding {
  /** The deployment's name for it. */
  readonly model: string;
  /** What kind it is and where, or why it cannot be set up. */
  readonly set:
    | {
        readonly state: "up";
        readonly modelId: string;
        readonly provider: string;
        readonly host: string | null;
        readonly via: string | null;
        readonly local: boolean;
        readonly label: string;
      }
    | { readonly state: "broken"; readonly why: string };
  /** Of the model as it is set up now: one of another model of this name, or at another host, says nothing about this one. */
  readonly probe: Probe | null;
  readonly advice: string | null;
}

export async function readModels(context: Pick<Context, "env" | "deployment">): Promise<ModelStanding[]> {
  const probes = (await listProbes(context.env.DB)) as unknown as Probe[];
  return listedModels(context.deployment).map(({ name, source }) => {
    const set = setUp(source, context.env);
    const last = probes.find(({ model }) => model === name) ?? null;
    const probe = last && set.state === "up" && last.modelId === set.modelId && last.host === set.host ? last : null;
    return { model: name, set, probe, advice: probe && adviceOf(probe) };
  });
}

function setUp(source: ModelSource, env: Env): ModelStanding["set"] {
  try {
    const { id, provider, host, via, local, label } = lookedAt(source, env, "probe");
    return { state: "up", modelId: id, provider, host: host ?? null, via: via?.host ?? null, local: local ?? false, label };
  } catch (thrown) {
    return { state: "broken", why: failureOf(thrown).message };
  }
}
