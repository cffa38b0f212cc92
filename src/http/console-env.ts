// What every handler of the console and the API is given: the bindings, and who asks. Nothing behind `signedIn` runs for a request without a principal.
import type { Context as HonoContext } from "hono";
import { createMiddleware } from "hono/factory";
import { InterlockError } from "../core/errors.ts";
import type { Principal } from "../core/principal.ts";
import type { Deployment } from "../deployment.ts";
import type { Context as OperationContext } from "../operations/context.ts";
import { identify } from "./identity.ts";

export interface ConsoleEnv {
  Bindings: Env;
  Variables: { principal: Principal };
}

export const signedIn = createMiddleware<ConsoleEnv>(async (c, next) => {
  const identified = await identify(c.req.raw, c.env);
  if (!identified.ok) throw new InterlockError(identified.failure.code, identified.failure.message, identified.failure);
  c.set("principal", identified.principal);
  // Pages and answers hold personal data: no cache may keep them.
  c.header("cache-control", "no-store");
  await next();
});

export const operationContext = (c: HonoContext<ConsoleEnv>, deployment: Deployment): OperationContext => ({
  env: c.env,
  deployment,
  waitUntil: (work) => c.executionCtx.waitUntil(work),
});
