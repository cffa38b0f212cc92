// /api/contests: changes that persons affected contest, and the judgement of one by somebody who had no part in it.
import { Hono } from "hono";
import * as z from "zod";
import type { Deployment } from "../../deployment.ts";
import { ClosingInput, contestsNow, judgeContest } from "../../operations/contest.ts";
import { type ConsoleEnv, operationContext, withinOf } from "../console-env.ts";
import { LimitInput, parseInput, readJsonBody } from "../input.ts";
import { problemResponse } from "../problems.ts";

const Query = z.object({ status: z.enum(["open", "closed"]).default("open"), limit: LimitInput });

export const contestsApi = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", async (c) => {
      const { status, limit } = parseInput(Query, c.req.query());
      return c.json({ contests: await contestsNow(c.env.DB, status, withinOf(c, "read contests"), limit) });
    })
    .post("/:id/closing", async (c) => {
      const input = await readJsonBody(c.req, ClosingInput);
      const closed = await judgeContest(operationContext(c, deployment), c.get("principal"), c.req.param("id"), input, Date.now());
      return closed.ok
        ? c.json({ contest: c.req.param("id"), outcome: input.outcome, by: c.get("principal").id })
        : problemResponse(closed.error);
    });
