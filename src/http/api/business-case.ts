// /api/workflows/:name/business-case: what was measured and what it saves, by the inputs that were given or, without any, by those that are kept; and keeping them.
import { Hono } from "hono";
import type { Deployment } from "../../deployment.ts";
import { keepWorkInputs, readBusinessCase, WorkInputs } from "../../operations/business-case.ts";
import { type ConsoleEnv, operationContext } from "../console-env.ts";
import { filledIn, parseInput, readJsonBody } from "../input.ts";
import { problemResponse } from "../problems.ts";

export const businessCaseApi = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/:name/business-case", async (c) => {
      const given = filledIn(c.req.query());
      const inputs = Object.keys(given).length === 0 ? null : parseInput(WorkInputs, given);
      const read = await readBusinessCase(operationContext(c, deployment), c.get("principal"), c.req.param("name"), inputs, Date.now());
      return read.ok ? c.json(read.value) : problemResponse(read.error);
    })
    .post("/:name/business-case", async (c) => {
      const inputs = await readJsonBody(c.req, WorkInputs);
      const kept = await keepWorkInputs(operationContext(c, deployment), c.get("principal"), c.req.param("name"), inputs, Date.now());
      return kept.ok ? c.json({ kept: inputs }, 201) : problemResponse(kept.error);
    });
