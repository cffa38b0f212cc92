// The models that this deployment trains by itself, by the workflow that they serve. It reads the deployment and nothing else.
import * as z from "zod";
import { fail, ok, type Result } from "../core/errors.ts";
import { everyModel } from "../deployment.ts";
import type { Workflow } from "../engine/define.ts";
import type { AnswerSchemas } from "../inference/builtin/reviewed.ts";
import type { Trained } from "../inference/builtin/source.ts";
import type { Context } from "./context.ts";
import { newestOf } from "./recipients.ts";

/** Each once, by the name of its workflow; of workflows that are deployed. */
export function trainedModels({ deployment }: Pick<Context, "deployment">): Trained[] {
  const names = new Set(deployment.workflows.map(({ name }) => name));
  const byWorkflow = new Map(
    everyModel(deployment).flatMap(({ source: { trained } }) => trained.map((one) => [one.workflow, one] as const)),
  );
  return [...byWorkflow.values()].filter(({ workflow }) => names.has(workflow)).sort((a, b) => (a.workflow < b.workflow ? -1 : 1));
}

export function trainedModelOf(context: Pick<Context, "deployment">, workflow: string): Result<Trained> {
  const found = trainedModels(context).find((one) => one.workflow === workflow);
  return found ? ok(found) : fail("model.unknown", `No built-in model serves a workflow ${workflow} here (models in src/config.ts)`);
}

/** What the newest version of the workflow may be answered with. */
export function schemasOf(context: Pick<Context, "deployment">, name: string): AnswerSchemas {
  const workflow: Workflow | null = newestOf(context, name);
  return Object.fromEntries(
    Object.entries(workflow?.decisions ?? {}).map(([decision, schema]) => [decision, z.toJSONSchema(schema).properties ?? {}]),
  );
}
