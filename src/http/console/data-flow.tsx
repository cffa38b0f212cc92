// /workflows/:name/data-flow: what of a workflow's records goes to whom, and the data-protection officer's approval of exactly that. A refusal is shown on the page.
import { Hono, type Context as HonoContext } from "hono";
import { errorFacts, type Failure, failureOf, InterlockError, type Result } from "../../core/errors.ts";
import type { Deployment } from "../../deployment.ts";
import { approveDataFlow, FlowApprovalInput } from "../../operations/approve-data-flow.ts";
import { readDataFlow } from "../../operations/read-data-flow.ts";
import { permit } from "../../operations/require-role.ts";
import { type ConsoleEnv, operationContext, orRefuse } from "../console-env.ts";
import { parseInput, readForm } from "../input.ts";
import { DataFlowPage } from "../pages/data-flow-page.tsx";
import { frameFor, renderPage } from "./page.ts";

export const dataFlowPages = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/:name/data-flow", async (c) => showDataFlow(c, deployment, c.req.param("name"), { approved: c.req.query("approved") === "yes" }))
    .post("/:name/data-flow", async (c) => {
      const { name } = c.req.param();
      const approved = await approve(c, deployment, name, Object.fromEntries(await readForm(c.req)));
      return approved.ok
        ? c.redirect(`/workflows/${encodeURIComponent(name)}/data-flow?approved=yes`, 303)
        : showDataFlow(c, deployment, name, { refused: approved.error });
    });

async function approve(c: HonoContext<ConsoleEnv>, deployment: Deployment, name: string, form: unknown): Promise<Result<unknown>> {
  try {
    return await approveDataFlow(
      operationContext(c, deployment),
      c.get("principal"),
      name,
      parseInput(FlowApprovalInput, form),
      Date.now(),
    );
  } catch (thrown) {
    const error = failureOf(thrown);
    if (error.code !== "request.invalid") throw thrown;
    return { ok: false, error };
  }
}

interface Shown {
  readonly approved?: boolean;
  readonly refused?: Failure | null;
}

async function showDataFlow(
  c: HonoContext<ConsoleEnv>,
  deployment: Deployment,
  name: string,
  { approved = false, refused = null }: Shown,
): Promise<Response> {
  orRefuse(permit(c.get("principal"), "read workflows", name));
  const now = Date.now();
  const [read, frame] = await Promise.all([
    readDataFlow(operationContext(c, deployment), name, now),
    frameFor(c.env.DB, c.get("principal")),
  ]);
  if (!read.ok) throw new InterlockError(read.error.code, read.error.message, read.error);
  const page = <DataFlowPage frame={frame} view={read.value} now={now} approved={approved} refused={refused} />;
  return renderPage(c, page, refused ? errorFacts(refused.code).status : 200);
}
