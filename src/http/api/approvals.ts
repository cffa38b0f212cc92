// /api/approvals: what waits for people, one approval with everything about it, who has taken it and what was said, and the answer to it or to identical ones.
import { Hono } from "hono";
import * as z from "zod";
import { DecisionInput } from "../../core/approval.ts";
import { InterlockError } from "../../core/errors.ts";
import { listApprovals, readApproval } from "../../db/reads.ts";
import type { Deployment } from "../../deployment.ts";
import { ClaimInput, claimApproval, claimsNow, releaseApproval } from "../../operations/claim-approval.ts";
import { CommentInput, commentOnApproval, commentsOf } from "../../operations/comment-on-approval.ts";
import { decideTogether, TogetherInput } from "../../operations/decide-together.ts";
import { gateOf } from "../../operations/gate-of.ts";
import { decideApproval } from "../../operations/govern-run.ts";
import { permitApproval } from "../../operations/require-role.ts";
import { type ConsoleEnv, operationContext, orRefuse, withinOf } from "../console-env.ts";
import { LimitInput, PositionInput, parseInput, positionText, readJsonBody } from "../input.ts";
import { problemResponse } from "../problems.ts";

const Query = z.object({ status: z.enum(["pending", "decided"]).default("pending"), after: PositionInput.optional(), limit: LimitInput });
const Nothing = z.strictObject({});

export const approvalsApi = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", async (c) => {
      const { rows, next } = await listApprovals(c.env.DB, { ...parseInput(Query, c.req.query()), within: withinOf(c, "read approvals") });
      const claims = await claimsNow(
        c.env.DB,
        rows.map(({ id }) => id),
        Date.now(),
      );
      return c.json({ approvals: rows.map((row) => ({ ...row, claim: claims.get(row.id) ?? null })), next: next && positionText(next) });
    })
    .get("/:id", async (c) => {
      const id = c.req.param("id");
      orRefuse(await permitApproval(c.env.DB, c.get("principal"), "read approvals", id));
      const [detail, claims, comments] = await Promise.all([
        readApproval(c.env.DB, id),
        claimsNow(c.env.DB, [id], Date.now()),
        commentsOf(c.env.DB, id),
      ]);
      if (!detail) throw new InterlockError("approval.not_found", `No approval ${id}`);
      return c.json({ ...detail, claim: claims.get(id) ?? null, comments, gate: gateOf(detail, Date.now()) });
    })
    .post("/bulk", async (c) => {
      const input = await readJsonBody(c.req, TogetherInput);
      const decided = await decideTogether(operationContext(c, deployment), c.get("principal"), input, Date.now());
      return decided.ok ? c.json({ results: decided.value }) : problemResponse(decided.error);
    })
    .post("/:id/claim", async (c) => {
      const input = await readJsonBody(c.req, ClaimInput);
      const claimed = await claimApproval(operationContext(c, deployment), c.get("principal"), c.req.param("id"), input, Date.now());
      return claimed.ok ? c.json({ approval: c.req.param("id"), ...claimed.value }) : problemResponse(claimed.error);
    })
    .post("/:id/release", async (c) => {
      await readJsonBody(c.req, Nothing);
      const released = await releaseApproval(operationContext(c, deployment), c.get("principal"), c.req.param("id"), Date.now());
      return released.ok ? c.json({ approval: c.req.param("id") }) : problemResponse(released.error);
    })
    .post("/:id/comments", async (c) => {
      const input = await readJsonBody(c.req, CommentInput);
      const said = await commentOnApproval(operationContext(c, deployment), c.get("principal"), c.req.param("id"), input, Date.now());
      return said.ok ? c.json({ approval: c.req.param("id"), by: c.get("principal").id }, 201) : problemResponse(said.error);
    })
    .post("/:id/decision", async (c) => {
      const decision = await readJsonBody(c.req, DecisionInput);
      const decided = await decideApproval(operationContext(c, deployment), c.get("principal"), c.req.param("id"), decision);
      return decided.ok
        ? c.json({ approval: c.req.param("id"), decision: decision.kind, by: c.get("principal").id })
        : problemResponse(decided.error);
    });
