// /api/specs/dry-run: what a draft of a governance spec would have done with the latest writes of its workflow.
import { Hono } from "hono";
import { DryRunInput, dryRunSpec } from "../../operations/dry-run-spec.ts";
import type { ConsoleEnv } from "../console-env.ts";
import { readJsonBody } from "../input.ts";
import { problemResponse } from "../problems.ts";

export const specDryRunApi = () =>
  new Hono<ConsoleEnv>().post("/", async (c) => {
    const answer = await dryRunSpec(c.env.DB, c.get("principal"), await readJsonBody(c.req, DryRunInput));
    return answer.ok ? c.json(answer.value) : problemResponse(answer.error);
  });
