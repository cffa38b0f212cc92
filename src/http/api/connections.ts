// /api/connections: which systems are connected, what is set up of each, what its last assessment found; and an assessment, asked for.
import { Hono } from "hono";
import * as z from "zod";
import type { Deployment } from "../../deployment.ts";
import { AssessInput, assessConnection, readConnections } from "../../operations/assess-connection.ts";
import { permit } from "../../operations/require-role.ts";
import { type ConsoleEnv, operationContext, orRefuse } from "../console-env.ts";
import { readJsonBody } from "../input.ts";
import { problemResponse } from "../problems.ts";

const Body = z.strictObject({ write: AssessInput.shape.write });

export const connectionsApi = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", async (c) => {
      orRefuse(permit(c.get("principal"), "read connections", null));
      return c.json({ connections: await readConnections(operationContext(c, deployment)) });
    })
    .post("/:name/assess", async (c) => {
      const { write } = await readJsonBody(c.req, Body);
      const input = { connection: c.req.param("name"), write };
      const assessed = await assessConnection(operationContext(c, deployment), c.get("principal"), input, Date.now);
      return assessed.ok ? c.json(assessed.value) : problemResponse(assessed.error);
    });
