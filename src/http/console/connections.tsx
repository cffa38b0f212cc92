// /connections: the systems that are connected, and their assessments.
import { Hono, type Context as HonoContext } from "hono";
import { errorFacts, type Failure } from "../../core/errors.ts";
import type { Deployment } from "../../deployment.ts";
import { assessConnection, readConnections } from "../../operations/assess-connection.ts";
import { permit } from "../../operations/require-role.ts";
import { type ConsoleEnv, operationContext, orRefuse, refuse } from "../console-env.ts";
import { readForm } from "../input.ts";
import { AssessmentPage } from "../pages/assessment-page.tsx";
import { ConnectionsPage } from "../pages/connections-page.tsx";
import { frameFor, renderPage } from "./page.ts";

export const connectionPages = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", (c) => showConnections(c, deployment))
    .get("/:name", async (c) => {
      orRefuse(permit(c.get("principal"), "read connections", null));
      const [all, frame] = await Promise.all([readConnections(operationContext(c, deployment)), frameFor(c.env.DB, c.get("principal"))]);
      const standing = all.find(({ connection }) => connection === c.req.param("name"));
      if (!standing?.assessment)
        return refuse({ code: "request.not_found", message: `The connection "${c.req.param("name")}" was not assessed yet` });
      return renderPage(c, <AssessmentPage frame={frame} standing={standing} assessment={standing.assessment} now={Date.now()} />);
    })
    .post("/:name/assess", async (c) => {
      const form = await readForm(c.req);
      const connection = c.req.param("name");
      const input = { connection, write: form.get("write") === "yes" };
      const assessed = await assessConnection(operationContext(c, deployment), c.get("principal"), input, Date.now);
      return assessed.ok
        ? c.redirect(`/connections/${encodeURIComponent(connection)}`, 303)
        : showConnections(c, deployment, assessed.error);
    });

async function showConnections(c: HonoContext<ConsoleEnv>, deployment: Deployment, refused: Failure | null = null): Promise<Response> {
  orRefuse(permit(c.get("principal"), "read connections", null));
  const [connections, frame] = await Promise.all([
    readConnections(operationContext(c, deployment)),
    frameFor(c.env.DB, c.get("principal")),
  ]);
  const page = <ConnectionsPage frame={frame} connections={connections} now={Date.now()} refused={refused} />;
  return renderPage(c, page, refused ? errorFacts(refused.code).status : 200);
}
