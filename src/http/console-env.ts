// What every handler of the console and the API is given: the bindings, and who asks. Nothing behind `signedIn` runs for a request without a principal.
import type { Context as HonoContext } from "hono";
import { createMiddleware } from "hono/factory";
import { type fail, InterlockError } from "../core/errors.ts";
import type { Principal, Within } from "../core/principal.ts";
import type { Deployment } from "../deployment.ts";
import type { Operation } from "../operations/access.ts";
import type { Context as OperationContext } from "../operations/context.ts";
import { permitWithin } from "../operations/require-role.ts";
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

/** For routes that read: an answer without the permission is an error like any other. */
export function orRefuse(denied: ReturnType<typeof fail> | null): void {
  if (denied) throw new InterlockError(denied.error.code, denied.error.message, denied.error);
}

/** The workflows that a list may show to whoever asks; refused where there can be none. */
export function withinOf(c: HonoContext<ConsoleEnv>, operation: Operation): Within {
  const within = permitWithin(c.get("principal"), operation);
  if (!within.ok) throw new InterlockError(within.error.code, within.error.message, within.error);
  return within.value;
}
