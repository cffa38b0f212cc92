// Approvals of a workflow's data flow by a data-protection officer, with the exact text of each. Rows are added and never changed; what an approval still counts for is
// not said here.
import type { FlowText } from "../governance/flow-text.ts";

export interface FlowApproval {
  readonly workflow: string;
  readonly at: number;
  readonly by: string;
  /** SHA-256 of the text. */
  readonly digest: string;
  readonly text: FlowText;
}

export async function recordFlowApproval(db: D1Database, approval: Omit<FlowApproval, "text"> & { readonly body: string }): Promise<void> {
  const { workflow, at, by, digest, body } = approval;
  await db
    .prepare(
      `insert into data_flow_approval (workflow, at, by, digest, body)
       values (?1, max(?2, coalesce((select max(at) + 1 from data_flow_approval where workflow = ?1), 0)), ?3, ?4, ?5)`,
    )
    .bind(workflow, at, by, digest, body)
    .run();
}

/** The latest first. */
export async function listFlowApprovals(db: D1Database, workflow: string): Promise<FlowApproval[]> {
  const { results } = await db
    .prepare("select workflow, at, by, digest, body from data_flow_approval where workflow = ? order by at desc")
    .bind(workflow)
    .all<Omit<FlowApproval, "text"> & { readonly body: string }>();
  return results.map(({ body, ...row }) => ({ ...row, text: JSON.parse(body) as FlowText }));
}
