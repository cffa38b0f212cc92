// /api/breakers: the breakers of workflows, open ones first, with what tripped each and who closed it; and closing one.
import { Hono } from "hono";
import type { Deployment } from "../../deployment.ts";
import { breakersWithin, CloseBreakerInput, closeBreaker } from "../../operations/breakers.ts";
import { type ConsoleEnv, operationContext, withinOf } from "../console-env.ts";
import { readJsonBody } from "../input.ts";
import { problemResponse } from "../problems.ts";

export const breakersApi = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", async (c) => c.json({ breakers: await breakersWithin(c.env.DB, withinOf(c, "read the kill switch")) }))
    .post("/:workflow/close", async (c) => {
      const input = await readJsonBody(c.req, CloseBreakerInput);
      const closed = await closeBreaker(operationContext(c, deployment), c.get("principal"), c.req.param("workflow"), input, Date.now());
      return closed.ok ? c.json(closed.value) : problemResponse(closed.error);
    });
