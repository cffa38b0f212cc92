// Which version of the built-in model answers: the process owner's word, on record. Runs go by it within seconds (durable-objects/current-models.ts). What was proved of
// another version is not proved of this one: certificates name the version.
import * as z from "zod";
import { fail, ok, type Result } from "../core/errors.ts";
import type { Principal } from "../core/principal.ts";
import { chooseModel, currentModel, hasVersion } from "../db/model-versions.ts";
import type { Context } from "./context.ts";
import { permit } from "./require-role.ts";
import { trainedModelOf } from "./trained-models.ts";

export const ChooseModelInput = z.strictObject({
  model: z.string().min(1, "Name the version, such as builtin/ticket-triage@3f2a").max(300),
});
export type ChooseModelInput = z.infer<typeof ChooseModelInput>;

/** Repeating it is safe: a version that is current stays so, and nothing is recorded. */
export async function makeCurrent(
  context: Context,
  principal: Principal,
  workflow: string,
  { model }: ChooseModelInput,
  now: number,
): Promise<Result<{ readonly model: string }>> {
  const denied = permit(principal, "choose models", workflow);
  if (denied) return denied;
  const trained = trainedModelOf(context, workflow);
  if (!trained.ok) return trained;
  const { DB } = context.env;
  if (!(await hasVersion(DB, workflow, model))) return fail("model.unknown", `${workflow} has no version ${model}`, { field: "model" });
  if ((await currentModel(DB, workflow)) !== model) await chooseModel(DB, { workflow, at: now, by: principal.id, model });
  return ok({ model });
}
