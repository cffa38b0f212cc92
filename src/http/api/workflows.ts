// /api/workflows: every version of a workflow that is deployed, or that runs still need, and how many.
import { Hono } from "hono";
import { countRunsByVersion } from "../../db/workflows.ts";
import type { Deployment } from "../../deployment.ts";
import type { ConsoleEnv } from "../console-env.ts";
import { versionsOf } from "../versions.ts";

export const workflowsApi = (deployment: Deployment) =>
  new Hono<ConsoleEnv>().get("/", async (c) => c.json({ workflows: versionsOf(deployment, await countRunsByVersion(c.env.DB)) }));
