// To whom this deployment's workflows send data: each model that a workflow names, as it is configured. The provider and its host are known only once the model is set
// up with the deployment's bindings; setting one up sends nothing, and here it could not.
import { type Failure, failureOf, InterlockError } from "../core/errors.ts";
import { bindingOf, type ModelSource, modelSources } from "../deployment.ts";
import type { Workflow } from "../engine/define.ts";
import type { FlowRecipient } from "../governance/flow-text.ts";
import type { Model } from "../inference/model.ts";
import type { Context } from "./context.ts";

export interface Recipient extends FlowRecipient {
  /** What kind of model it is; what is wrong with it, where it cannot be set up. */
  readonly label: string;
}

/** Of one version of a workflow, each model once, in the order of its handles; after a model the gateway on the way to it. */
export function recipientsOf({ env, deployment }: Pick<Context, "env" | "deployment">, workflow: Workflow): Recipient[] {
  const names = Object.values(workflow.uses).flatMap((use) => (use.kind === "model" ? [use.model] : []));
  return [...new Set(names)].flatMap((name) =>
    sourcesOf(deployment, name).flatMap((source) => recipientsAt(env, name, source, workflow.name)),
  );
}

function recipientsAt(env: Context["env"], name: string, source: ModelSource | Failure, workflow: string): Recipient[] {
  try {
    if (!("build" in source)) throw new InterlockError(source.code, source.message);
    const { provider, host, local, label, via } = modelFrom(env, source, workflow);
    const own = { model: name, provider, host: host ?? null, local: local ?? false, label };
    if (!via) return [own];
    return [own, { model: name, ...via, local: false, label: `A gateway on the way to ${provider}, which sees the same`, gateway: true }];
  } catch (thrown) {
    return [{ model: name, provider: null, host: null, local: false, label: failureOf(thrown).message }];
  }
}

/** A model as it is configured, to be looked at: it is asked nothing. */
export function modelFrom(env: Context["env"], source: ModelSource, workflow: string): Model {
  return source.build(workflow, {
    binding: (binding) => bindingOf(env, binding),
    fetch: () => Promise.reject(new InterlockError("internal", "Nothing is sent while it is only said who is asked")),
    blobs: { get: async () => null },
    versions: { current: async () => null },
  });
}

/** All that may be asked under the name: the data go to any of them. */
function sourcesOf(deployment: Context["deployment"], name: string): readonly (ModelSource | Failure)[] {
  try {
    return modelSources(deployment, name);
  } catch (thrown) {
    return [failureOf(thrown)];
  }
}

/** The version of a workflow that takes new runs. */
export function newestOf({ deployment }: Pick<Context, "deployment">, name: string): Workflow | null {
  const versions = deployment.workflows.filter((workflow) => workflow.name === name);
  return versions.toSorted((a, b) => b.version - a.version)[0] ?? null;
}
