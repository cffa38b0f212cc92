// What every handler of the console and the API is given: the bindings, and who asks. Nothing behind `signedIn` runs for a request without a principal.
import type { Context as HonoContext } from "hono";
import { createMiddleware } from "hono/factory";
import { type Failure, type fail, InterlockError } from "../core/errors.ts";
import { type Principal, ROLES, type Within, workflowsWith } from "../core/principal.ts";
import type { Deployment } from "../deployment.ts";
import type { Operation } from "../operations/access.ts";
import type { Context as OperationContext } from "../operations/context.ts";
import { admins, principalOf } from "../operations/grants.ts";
import { permitWithin } from "../operations/require-role.ts";
import { identify } from "./identity.ts";

export interface ConsoleEnv {
  Bindings: Env;
  Variables: { principal: Principal };
}

export const signedIn = createMiddleware<ConsoleEnv>(async (c, next) => {
  const identified = await identify(c.req.raw, c.env);
  if (!identified.ok) return refuse(identified.failure);
  const principal = await principalOf(c.env, identified.identity);
  c.set("principal", principal);
  // Pages and answers hold personal data: no cache may keep them.
  c.header("cache-control", "no-store");
  if (workflowsWith(principal, ROLES).length === 0) {
    const ask = await admins(c.env);
    throw new InterlockError("access.no_grant", `You are ${principal.id}. ${ask.length === 0 ? NO_ADMIN : `Ask ${ask.join(" or ")}`}`);
  }
  await next();
});

const NO_ADMIN = "Nobody is admin here yet: whoever deploys Interlock names the first one in FIRST_ADMIN";

export const operationContext = (c: HonoContext<ConsoleEnv>, deployment: Deployment): OperationContext => ({
  env: c.env,
  deployment,
  waitUntil: (work) => c.executionCtx.waitUntil(work),
});

/** For routes that read: an answer without the permission is an error like any other. */
export function orRefuse(denied: ReturnType<typeof fail> | null): void {
  if (denied) refuse(denied.error);
}

export function refuse(failure: Failure): never {
  throw new InterlockError(failure.code, failure.message, failure);
}

/** The workflows that a list may show to whoever asks; refused where there can be none. */
export function withinOf(c: HonoContext<ConsoleEnv>, operation: Operation): Within {
  const within = permitWithin(c.get("principal"), operation);
  return within.ok ? within.value : refuse(within.error);
}
