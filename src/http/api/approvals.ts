// /api/approvals: what waits for people, one approval with everything about it, and the answer to it.
import { Hono } from "hono";
import * as z from "zod";
import { DecisionInput } from "../../core/approval.ts";
import { InterlockError } from "../../core/errors.ts";
import { listApprovals, readApproval } from "../../db/reads.ts";
import type { Deployment } from "../../deployment.ts";
import { gateOf } from "../../operations/gate-of.ts";
import { decideApproval } from "../../operations/govern-run.ts";
import { type ConsoleEnv, operationContext } from "../console-env.ts";
import { LimitInput, PositionInput, parseInput, positionText, readJsonBody } from "../input.ts";
import { problemResponse } from "../problems.ts";

const Query = z.object({ status: z.enum(["pending", "decided"]).default("pending"), after: PositionInput.optional(), limit: LimitInput });

export const approvalsApi = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", async (c) => {
      const { rows, next } = await listApprovals(c.env.DB, parseInput(Query, c.req.query()));
      return c.json({ approvals: rows, next: next && positionText(next) });
    })
    .get("/:id", async (c) => {
      const detail = await readApproval(c.env.DB, c.req.param("id"));
      if (!detail) throw new InterlockError("approval.not_found", `No approval ${c.req.param("id")}`);
      return c.json({ ...detail, gate: gateOf(detail, Date.now()) });
    })
    .post("/:id/decision", async (c) => {
      const decision = await readJsonBody(c.req, DecisionInput);
      const decided = await decideApproval(operationContext(c, deployment), c.get("principal"), c.req.param("id"), decision);
      return decided.ok
        ? c.json({ approval: c.req.param("id"), decision: decision.kind, by: c.get("principal").id })
        : problemResponse(decided.error);
    });
