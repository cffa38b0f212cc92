// A data-protection officer approves the data flow of a workflow, bound to the digest of exactly the text that was shown. It is put on record and shown; it gates no
// run: what is not declared is not sent, approved or not.
// Sequence: the role -> the text of today -> the digest that was shown -> not approved already -> not by the author of the governance spec -> on record with the text.
import * as z from "zod";
import { fail, type Result } from "../core/errors.ts";
import { canonical } from "../core/json.ts";
import type { Principal } from "../core/principal.ts";
import { recordFlowApproval } from "../db/data-flow-approvals.ts";
import type { Context } from "./context.ts";
import { type DataFlowView, readDataFlow } from "./read-data-flow.ts";
import { permit } from "./require-role.ts";

export const FlowApprovalInput = z.strictObject({
  digest: z.string().regex(/^[0-9a-f]{64}$/, "Repeat the SHA-256 of the data flow that you read"),
});
export type FlowApprovalInput = z.infer<typeof FlowApprovalInput>;

export async function approveDataFlow(
  context: Pick<Context, "env" | "deployment">,
  principal: Principal,
  workflow: string,
  { digest }: FlowApprovalInput,
  now: number,
): Promise<Result<DataFlowView>> {
  const denied = permit(principal, "approve data flows", workflow);
  if (denied) return denied;
  const read = await readDataFlow(context, workflow, now);
  if (!read.ok) return read;
  const refused = decideFlowApproval(read.value, digest, principal.id);
  if (refused) return refused;
  await recordFlowApproval(context.env.DB, { workflow, at: now, by: principal.id, digest, body: canonical(read.value.text) });
  return readDataFlow(context, workflow, now);
}

export function decideFlowApproval(
  { digest, approval, spec }: Pick<DataFlowView, "digest" | "approval" | "spec">,
  shown: string,
  by: string,
) {
  if (shown !== digest)
    return fail("data_flow.changed", `It was approved as ${shown.slice(0, 12)}… and is ${digest.slice(0, 12)}… now`, { field: "digest" });
  if (approval.state === "approved") return fail("data_flow.approved", `${approval.approval.by} has approved exactly this text`);
  if (spec?.author === by) return fail("data_flow.own_spec", `${by} wrote version ${spec.version} of this workflow's governance spec`);
  return null;
}
