// /costs: what model calls cost.
import { Hono } from "hono";
import type { Deployment } from "../../deployment.ts";
import { CostFilterInput, readCosts, windowOf } from "../../operations/read-costs.ts";
import { type ConsoleEnv, withinOf } from "../console-env.ts";
import { filledIn, parseInput } from "../input.ts";
import { CostsPage } from "../pages/costs-page.tsx";
import { namesWithin } from "../versions.ts";
import { frameFor, renderPage } from "./page.ts";

export const costPages = (deployment: Deployment) =>
  new Hono<ConsoleEnv>().get("/", async (c) => {
    const within = withinOf(c, "read costs");
    const filter = windowOf(parseInput(CostFilterInput, filledIn(c.req.query())), Date.now());
    const [costs, frame] = await Promise.all([readCosts(c.env.DB, { ...filter, within }), frameFor(c.env.DB, c.get("principal"))]);
    return renderPage(c, <CostsPage frame={frame} filter={filter} workflows={namesWithin(deployment, within)} costs={costs} />);
  });
