// A page on its way out: rendered as a whole document, with the frame that every page shares.
import type { Context as HonoContext } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Principal } from "../../core/principal.ts";
import { countPendingApprovals } from "../../db/reads.ts";
import { workflowsFor } from "../../operations/access.ts";
import { openBreakers } from "../../operations/breakers.ts";
import { haltsOn } from "../../operations/halt-runs.ts";
import type { Frame } from "../pages/layout.tsx";

/** `page` is the root element. Our components are synchronous, so that its text is there at once. */
export const renderPage = (
  c: HonoContext,
  page: { toString(): string | Promise<string> },
  status: number = 200,
): Response | Promise<Response> => c.html(`<!doctype html>${page.toString()}`, status as ContentfulStatusCode);

/** The count in the navigation and the stops above the page are a courtesy: a page must not fail for them. */
export async function frameFor(db: D1Database, principal: Principal): Promise<Frame> {
  const approvals = workflowsFor(principal, "read approvals");
  const switches = workflowsFor(principal, "read the kill switch");
  const [pending, stopped, breakers] = await Promise.all([
    approvals.length === 0 ? null : countPendingApprovals(db, approvals).catch(() => null),
    switches.length === 0 ? [] : haltsOn(db, switches).catch(() => []),
    switches.length === 0 ? [] : openBreakers(db, switches).catch(() => []),
  ]);
  return { principal, pending, stopped, breakers };
}
