// The address that source systems post to: POST (or whatever method a vendor uses) /hooks/:connection. No identity and no session: the signature is the proof.
import { Hono } from "hono";
import type { Deployment } from "../deployment.ts";
import { receiveEvent } from "../operations/receive-event.ts";

export const webhookRoutes = (deployment: Deployment) =>
  new Hono<{ Bindings: Env }>().all("/:connection", (c) =>
    receiveEvent(
      { env: c.env, deployment, waitUntil: (work) => c.executionCtx.waitUntil(work) },
      c.req.param("connection"),
      c.req.raw as unknown as Request,
    ),
  );
