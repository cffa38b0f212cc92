// /api/grants: who holds which role for which workflow, since when and by whom; what was revoked; granting and revoking.
import { Hono } from "hono";
import type { Deployment } from "../../deployment.ts";
import { GrantInput, grantRole, grantsNow, revokeRole } from "../../operations/grants.ts";
import type { ConsoleEnv } from "../console-env.ts";
import { readJsonBody } from "../input.ts";
import { problemResponse } from "../problems.ts";

export const grantsApi = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", async (c) => {
      const listed = await grantsNow(c.env, c.get("principal"));
      return listed.ok ? c.json(listed.value) : problemResponse(listed.error);
    })
    .post("/", async (c) => {
      const input = await readJsonBody(c.req, GrantInput);
      const granted = await grantRole(c.env, deployment, c.get("principal"), input, Date.now());
      return granted.ok ? c.json(granted.value) : problemResponse(granted.error);
    })
    .post("/revoke", async (c) => {
      const input = await readJsonBody(c.req, GrantInput);
      const revoked = await revokeRole(c.env, c.get("principal"), input, Date.now());
      return revoked.ok ? c.json({ revoked: input }) : problemResponse(revoked.error);
    });
