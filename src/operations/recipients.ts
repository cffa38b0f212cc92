// To whom this deployment's workflows send data: each model that a workflow names, as it is configured. The provider and its host are known only once the model is set
// up with the deployment's bindings; setting one up sends nothing, and here it could not.
import { failureOf, InterlockError } from "../core/errors.ts";
import { bindingOf } from "../deployment.ts";
import type { Workflow } from "../engine/define.ts";
import type { FlowRecipient } from "../governance/flow-text.ts";
import type { Context } from "./context.ts";

export interface Recipient extends FlowRecipient {
  /** What kind of model it is; what is wrong with it, where it cannot be set up. */
  readonly label: string;
}

/** Of one version of a workflow, each model once, in the order of its handles. */
export function recipientsOf({ env, deployment }: Pick<Context, "env" | "deployment">, workflow: Workflow): Recipient[] {
  const names = Object.values(workflow.uses).flatMap((use) => (use.kind === "model" ? [use.model] : []));
  return [...new Set(names)].map((name) => {
    try {
      const source = deployment.models[name];
      if (!source) throw new InterlockError("workflow.undeclared", `This deployment has no model "${name}"`);
      const { provider, host, local, label } = source.build(workflow.name, {
        binding: (binding) => bindingOf(env, binding),
        fetch: () => Promise.reject(new InterlockError("internal", "Nothing is sent while it is only said who is asked")),
        blobs: { get: async () => null },
        versions: { current: async () => null },
      });
      return { model: name, provider, host: host ?? null, local: local ?? false, label };
    } catch (thrown) {
      return { model: name, provider: null, host: null, local: false, label: failureOf(thrown).message };
    }
  });
}

/** The version of a workflow that takes new runs. */
export function newestOf({ deployment }: Pick<Context, "deployment">, name: string): Workflow | null {
  const versions = deployment.workflows.filter((workflow) => workflow.name === name);
  return versions.toSorted((a, b) => b.version - a.version)[0] ?? null;
}
