// The built-in models of the workflows that somebody may see: which version answers today and by whose word, every version with what it learned and how it measured itself,
// and what was asked for.
import type { Within } from "../core/principal.ts";
import { EVERY_WORKFLOW } from "../core/principal.ts";
import { type ModelChoice, type ModelHistory, type ModelTraining, type ModelVersion, modelHistory } from "../db/model-versions.ts";
import type { Context } from "./context.ts";
import { trainedModels } from "./trained-models.ts";

export type { ModelChoice, ModelTraining, ModelVersion };

export interface ModelView extends ModelHistory {
  readonly workflow: string;
  /** Null where nothing is shipped and nothing was chosen. */
  readonly current: string | null;
  readonly shipped: string | null;
}

export async function readModels(context: Pick<Context, "env" | "deployment">, within: Within): Promise<ModelView[]> {
  const shown = trainedModels(context).filter(({ workflow }) => within === EVERY_WORKFLOW || within.includes(workflow));
  return Promise.all(
    shown.map(async ({ workflow, shipped }) => {
      const history = await modelHistory(context.env.DB, workflow);
      return { workflow, shipped: shipped?.id ?? null, current: history.choices[0]?.model ?? shipped?.id ?? null, ...history };
    }),
  );
}
