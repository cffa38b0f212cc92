// /workflows: every version that is deployed or that runs still need.
import { Hono } from "hono";
import type { Deployment } from "../../deployment.ts";

import { lapsing, readProviders } from "../../operations/read-providers.ts";
import { actionFacts } from "../action-facts.ts";
import { type ConsoleEnv, operationContext, withinOf } from "../console-env.ts";

import { WorkflowsPage } from "../pages/workflows-page.tsx";
import { versionsFor } from "../versions.ts";
import { frameFor, renderPage } from "./page.ts";

export const workflowPages = (deployment: Deployment) =>
  new Hono<ConsoleEnv>().get("/", async (c) => {
    const within = withinOf(c, "read workflows");
    const now = Date.now();
    const [versions, providers, frame] = await Promise.all([
      versionsFor(c.env.DB, deployment, within),
      readProviders(operationContext(c, deployment), now),
      frameFor(c.env.DB, c.get("principal")),
    ]);
    const actions = Object.fromEntries(versions.flatMap(({ writes }) => writes.map((action) => [action, actionFacts(deployment, action)])));
    return renderPage(c, <WorkflowsPage frame={frame} versions={versions} actions={actions} agreements={lapsing(providers)} now={now} />);
  });
