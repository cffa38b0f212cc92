// /models: the built-in model of each workflow: asking for training, and making a version current. A change leads back to the page with a notice; a refusal is shown on it.
import { Hono, type Context as HonoContext } from "hono";
import * as z from "zod";
import { errorFacts, type Failure, failureOf, type Result } from "../../core/errors.ts";
import type { Deployment } from "../../deployment.ts";
import { ChooseModelInput, makeCurrent } from "../../operations/choose-model.ts";
import { readModels } from "../../operations/read-model-versions.ts";
import { askTraining } from "../../operations/train-model.ts";
import { type ConsoleEnv, operationContext, withinOf } from "../console-env.ts";
import { parseInput, readForm } from "../input.ts";
import { ModelVersionsPage } from "../pages/model-versions-page.tsx";
import { frameFor, renderPage } from "./page.ts";

const Query = z.object({ done: z.enum(["asked", "current"]).optional() });

export const modelVersionPages = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", async (c) => showModels(c, deployment, Query.catch({}).parse(c.req.query()).done ?? null, null))
    .post("/:workflow/trainings", async (c) =>
      answer(c, deployment, "asked", () =>
        askTraining(operationContext(c, deployment), c.get("principal"), c.req.param("workflow"), Date.now()),
      ),
    )
    .post("/:workflow/current", async (c) => {
      const form = Object.fromEntries(await readForm(c.req));
      return answer(c, deployment, "current", async () =>
        makeCurrent(
          operationContext(c, deployment),
          c.get("principal"),
          c.req.param("workflow"),
          parseInput(ChooseModelInput, { model: form.model ?? "" }),
          Date.now(),
        ),
      );
    });

async function answer(
  c: HonoContext<ConsoleEnv>,
  deployment: Deployment,
  done: "asked" | "current",
  work: () => Promise<Result<unknown>>,
): Promise<Response> {
  const answered = await refusable(work);
  return answered.ok ? c.redirect(`/models?done=${done}`, 303) : showModels(c, deployment, null, answered.error);
}

async function refusable(work: () => Promise<Result<unknown>>): Promise<Result<unknown>> {
  try {
    return await work();
  } catch (thrown) {
    const error = failureOf(thrown);
    if (error.code !== "request.invalid") throw thrown;
    return { ok: false, error };
  }
}

async function showModels(
  c: HonoContext<ConsoleEnv>,
  deployment: Deployment,
  done: "asked" | "current" | null,
  refused: Failure | null,
): Promise<Response> {
  const within = withinOf(c, "read models");
  const [models, frame] = await Promise.all([readModels(operationContext(c, deployment), within), frameFor(c.env.DB, c.get("principal"))]);
  const page = <ModelVersionsPage frame={frame} models={models} now={Date.now()} done={done} refused={refused} />;
  return renderPage(c, page, refused ? errorFacts(refused.code).status : 200);
}
