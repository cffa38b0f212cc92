// /api/overview and /api/dead-letters: how the deployment stands, and what it could not handle.
import { Hono } from "hono";
import * as z from "zod";
import { listDeadLetters, overview } from "../../db/reads.ts";
import type { ConsoleEnv } from "../console-env.ts";
import { LimitInput, parseInput } from "../input.ts";

export const overviewApi = () => new Hono<ConsoleEnv>().get("/", async (c) => c.json(await overview(c.env.DB)));

export const deadLettersApi = () =>
  new Hono<ConsoleEnv>().get("/", async (c) => {
    const { limit } = parseInput(z.object({ limit: LimitInput }), c.req.query());
    return c.json({ deadLetters: await listDeadLetters(c.env.DB, limit) });
  });
