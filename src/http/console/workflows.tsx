// /workflows: every version that is deployed or that runs still need.
import { Hono } from "hono";
import { countRunsByVersion } from "../../db/workflows.ts";
import type { Deployment } from "../../deployment.ts";
import { lapsing, readProviders } from "../../operations/read-providers.ts";
import { type ConsoleEnv, operationContext } from "../console-env.ts";
import { WorkflowsPage } from "../pages/workflows-page.tsx";
import { versionsOf } from "../versions.ts";
import { frameFor, renderPage } from "./page.ts";

export const workflowPages = (deployment: Deployment) =>
  new Hono<ConsoleEnv>().get("/", async (c) => {
    const now = Date.now();
    const [runs, providers, frame] = await Promise.all([
      countRunsByVersion(c.env.DB),
      readProviders(operationContext(c, deployment), now),
      frameFor(c.env.DB, c.get("principal")),
    ]);
    return renderPage(c, <WorkflowsPage frame={frame} versions={versionsOf(deployment, runs)} agreements={lapsing(providers)} now={now} />);
  });
