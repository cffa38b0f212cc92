// /audit, for auditors: the latest records by filter, one run verified at once, copies, checkpoints. It changes nothing.
import { Hono, type Context as HonoContext } from "hono";
import * as z from "zod";
import { errorFacts, type Failure, failureOf } from "../../core/errors.ts";
import type { Deployment } from "../../deployment.ts";
import { workflowsFor } from "../../operations/access.ts";
import { type AuditFilter, AuditFilterInput, auditOverview, LATEST_LOOK, verifyRun } from "../../operations/read-audit.ts";
import type { ConsoleEnv } from "../console-env.ts";
import { filledIn, parseInput } from "../input.ts";
import { AuditPage, type Verified } from "../pages/audit-page.tsx";
import { namesWithin } from "../versions.ts";
import { frameFor, renderPage } from "./page.ts";

const VerifyInput = z.object({ verify: z.string().trim().min(1, "Name a run").max(500).optional() });

export const auditPages = (deployment: Deployment) =>
  new Hono<ConsoleEnv>().get("/", async (c) => {
    const entered = filledIn(c.req.query());
    try {
      const filter = parseInput(AuditFilterInput, entered);
      const { verify } = parseInput(VerifyInput, entered);
      const verified =
        verify === undefined ? null : { run: verify, result: await verifyRun(c.env, c.get("principal"), verify, Date.now()) };
      return await show(c, deployment, entered, filter, verified, null);
    } catch (thrown) {
      const error = failureOf(thrown);
      if (error.code !== "request.invalid") throw thrown;
      return show(c, deployment, entered, {}, null, error);
    }
  });

async function show(
  c: HonoContext<ConsoleEnv>,
  deployment: Deployment,
  entered: Readonly<Record<string, string>>,
  filter: AuditFilter,
  verified: Verified | null,
  invalid: Failure | null,
): Promise<Response> {
  const [overview, frame] = await Promise.all([auditOverview(c.env, c.get("principal"), filter), frameFor(c.env.DB, c.get("principal"))]);
  const refused = invalid ?? (verified && !verified.result.ok ? verified.result.error : null) ?? (overview.ok ? null : overview.error);
  const page = (
    <AuditPage
      frame={frame}
      workflows={namesWithin(deployment, workflowsFor(c.get("principal"), "read the audit"))}
      entered={entered}
      overview={overview.ok ? overview.value : null}
      look={LATEST_LOOK}
      verified={verified}
      refused={refused}
      now={Date.now()}
    />
  );
  return renderPage(c, page, refused ? errorFacts(refused.code).status : 200);
}
