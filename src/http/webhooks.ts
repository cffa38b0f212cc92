// The address that source systems post to: POST (or whatever method a vendor uses) /hooks/:connection. No identity and no session: the signature is the proof. A system that
// can neither sign nor send a header of its own has its secret behind the connection's name; it is in no log and in nothing that is kept.
import { type Context, Hono } from "hono";
import type { Deployment } from "../deployment.ts";
import { receiveEvent } from "../operations/receive-event.ts";

export function webhookRoutes(deployment: Deployment) {
  const receive = (c: Context<{ Bindings: Env }>, connection: string, segment?: string): Promise<Response> =>
    receiveEvent(
      { env: c.env, deployment, waitUntil: (work) => c.executionCtx.waitUntil(work) },
      connection,
      c.req.raw as unknown as Request,
      segment,
    );
  return new Hono<{ Bindings: Env }>()
    .all("/:connection", (c) => receive(c, c.req.param("connection")))
    .all("/:connection/:secret", (c) => receive(c, c.req.param("connection"), c.req.param("secret")));
}
