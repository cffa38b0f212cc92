// /api/overview: how the deployment stands, in numbers.
import { Hono } from "hono";
import { overview } from "../../db/reads.ts";
import { type ConsoleEnv, withinOf } from "../console-env.ts";

export const overviewApi = () =>
  new Hono<ConsoleEnv>().get("/", async (c) => c.json(await overview(c.env.DB, withinOf(c, "read the overview"))));
