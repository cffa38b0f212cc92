// /workflows: every version that is deployed or that runs still need.
import { Hono } from "hono";
import { countRunsByVersion } from "../../db/workflows.ts";
import type { Deployment } from "../../deployment.ts";
import { actionFacts } from "../action-facts.ts";
import type { ConsoleEnv } from "../console-env.ts";
import { WorkflowsPage } from "../pages/workflows-page.tsx";
import { versionsOf } from "../versions.ts";
import { frameFor, renderPage } from "./page.ts";

export const workflowPages = (deployment: Deployment) =>
  new Hono<ConsoleEnv>().get("/", async (c) => {
    const [runs, frame] = await Promise.all([countRunsByVersion(c.env.DB), frameFor(c.env.DB, c.get("principal"))]);
    const versions = versionsOf(deployment, runs);
    const actions = Object.fromEntries(versions.flatMap(({ writes }) => writes.map((action) => [action, actionFacts(deployment, action)])));
    return renderPage(c, <WorkflowsPage frame={frame} versions={versions} actions={actions} now={Date.now()} />);
  });
