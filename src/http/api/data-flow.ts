// /api/workflows/:name/data-flow: what is declared, to whom it goes, what recent runs show, who approved exactly this; and approving it.
import { Hono } from "hono";
import type { Deployment } from "../../deployment.ts";
import { approveDataFlow, FlowApprovalInput } from "../../operations/approve-data-flow.ts";
import { type DataFlowView, readDataFlow } from "../../operations/read-data-flow.ts";
import { permit } from "../../operations/require-role.ts";
import { type ConsoleEnv, operationContext, orRefuse } from "../console-env.ts";
import { readJsonBody } from "../input.ts";
import { problemResponse } from "../problems.ts";

export const dataFlowApi = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/:name/data-flow", async (c) => {
      orRefuse(permit(c.get("principal"), "read workflows", c.req.param("name")));
      const read = await readDataFlow(operationContext(c, deployment), c.req.param("name"), Date.now());
      return read.ok ? c.json(factsOf(read.value)) : problemResponse(read.error);
    })
    .post("/:name/data-flow/approvals", async (c) => {
      const input = await readJsonBody(c.req, FlowApprovalInput);
      const { name } = c.req.param();
      const approved = await approveDataFlow(operationContext(c, deployment), c.get("principal"), name, input, Date.now());
      return approved.ok ? c.json(factsOf(approved.value)) : problemResponse(approved.error);
    });

/** The governance spec has an address of its own: here its version is enough. */
const factsOf = ({ spec, ...facts }: DataFlowView) => ({ ...facts, specVersion: spec?.version ?? null });
