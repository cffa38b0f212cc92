// /api/models: every model that this deployment lists, with what its last probe found; and a probe of one.
import { Hono } from "hono";
import type { Deployment } from "../../deployment.ts";
import { ProbeInput, probeModel } from "../../operations/probe-model.ts";
import { readModels } from "../../operations/read-models.ts";
import { permit } from "../../operations/require-role.ts";
import { type ConsoleEnv, operationContext, orRefuse } from "../console-env.ts";
import { readJsonBody } from "../input.ts";
import { problemResponse } from "../problems.ts";

export const modelsApi = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", async (c) => {
      orRefuse(permit(c.get("principal"), "read provider cards", null));
      return c.json({ models: await readModels(operationContext(c, deployment)) });
    })
    .post("/probe", async (c) => {
      const input = await readJsonBody(c.req, ProbeInput);
      const probed = await probeModel(operationContext(c, deployment), c.get("principal"), input, Date.now);
      return probed.ok ? c.json(probed.value) : problemResponse(probed.error);
    });
