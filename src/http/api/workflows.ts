// /api/workflows: every version of a workflow that is deployed, or that runs still need, and how many.
import { Hono } from "hono";
import type { Deployment } from "../../deployment.ts";
import { type ConsoleEnv, withinOf } from "../console-env.ts";
import { versionsFor } from "../versions.ts";

export const workflowsApi = (deployment: Deployment) =>
  new Hono<ConsoleEnv>().get("/", async (c) =>
    c.json({ workflows: await versionsFor(c.env.DB, deployment, withinOf(c, "read workflows")) }),
  );
