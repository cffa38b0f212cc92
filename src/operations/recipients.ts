// To whom this deployment's workflows send data: each model that a workflow names, as it is configured. The provider and its host are known only once the model is set
// up with the deployment's bindings; setting one up sends nothing, and here it could not.
import { failureOf, InterlockError } from "../core/errors.ts";
import { bindingOf, type ModelSource } from "../deployment.ts";
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
  return [...new Set(names)].flatMap((name): Recipient[] => {
    try {
      const source = deployment.models[name];
      if (!source) throw new InterlockError("workflow.undeclared", `This deployment has no model "${name}"`);
      const { provider, host, local, label, via } = lookedAt(source, env, workflow.name);
      const own = { model: name, provider, host: host ?? null, local: local ?? false, label };
      if (!via) return [own];
      return [own, { model: name, ...via, local: false, label: `A gateway on the way to ${provider}, which sees the same`, gateway: true }];
    } catch (thrown) {
      return [{ model: name, provider: null, host: null, local: false, label: failureOf(thrown).message }];
    }
  });
}

/** A model as it is configured, to be looked at: it is asked nothing. */
export const lookedAt = (source: ModelSource, env: Env, workflow: string): Model =>
  source.build(workflow, {
    binding: (binding) => bindingOf(env, binding),
    fetch: () => Promise.reject(new InterlockError("internal", "Nothing is sent while it is only said who is asked")),
    blobs: { get: async () => null },
  });

/** The version of a workflow that takes new runs. */
export function newestOf({ deployment }: Pick<Context, "deployment">, name: string): Workflow | null {
  const versions = deployment.workflows.filter((workflow) => workflow.name === name);
  return versions.toSorted((a, b) => b.version - a.version)[0] ?? null;
}
