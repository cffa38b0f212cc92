// /api/model-versions: the built-in model of each workflow, with its versions, what each learned and who made one current; training anew, and making a version current.
import { Hono } from "hono";
import type { Deployment } from "../../deployment.ts";
import { ChooseModelInput, makeCurrent } from "../../operations/choose-model.ts";
import { readModels } from "../../operations/read-model-versions.ts";
import { askTraining } from "../../operations/train-model.ts";
import { type ConsoleEnv, operationContext, withinOf } from "../console-env.ts";
import { readJsonBody } from "../input.ts";
import { problemResponse } from "../problems.ts";

export const modelVersionsApi = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", async (c) => c.json({ models: await readModels(operationContext(c, deployment), withinOf(c, "read models")) }))
    .post("/:workflow/trainings", async (c) => {
      const asked = await askTraining(operationContext(c, deployment), c.get("principal"), c.req.param("workflow"), Date.now());
      return asked.ok ? c.json({ training: asked.value.id }, 202) : problemResponse(asked.error);
    })
    .post("/:workflow/current", async (c) => {
      const input = await readJsonBody(c.req, ChooseModelInput);
      const made = await makeCurrent(operationContext(c, deployment), c.get("principal"), c.req.param("workflow"), input, Date.now());
      return made.ok ? c.json({ current: made.value.model }) : problemResponse(made.error);
    });
