// /api/halts: the kill switches as they stand, with who turned each, when and why; and turning one.
import { Hono } from "hono";
import type { Deployment } from "../../deployment.ts";
import { HaltInput, haltsNow, turnHalt } from "../../operations/halt-runs.ts";
import { type ConsoleEnv, operationContext, withinOf } from "../console-env.ts";
import { readJsonBody } from "../input.ts";
import { problemResponse } from "../problems.ts";

export const haltsApi = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", async (c) => c.json(await haltsNow(c.env.DB, withinOf(c, "read the kill switch"))))
    .post("/", async (c) => {
      const input = await readJsonBody(c.req, HaltInput);
      const turned = await turnHalt(operationContext(c, deployment), c.get("principal"), input, Date.now());
      return turned.ok ? c.json(turned.value) : problemResponse(turned.error);
    });
