// The data flow of the version of a workflow that takes new runs: what is declared, to whom it goes, what recent runs show, for how long it is kept, and who approved
// exactly this. It reads; the enforcement is in the engine.
import { fail, ok, type Result } from "../core/errors.ts";
import { type FlowApproval, listFlowApprovals } from "../db/data-flow-approvals.ts";
import { latestDecisions } from "../db/observed-decisions.ts";
import { listCards } from "../db/provider-cards.ts";
import { currentSpecRecord, type SpecRecord } from "../db/spec-records.ts";
import { type RecordedCard, type Standing, standingOf } from "../governance/card-standing.ts";
import { decideSend, type ProviderDemands, treatmentOf } from "../governance/data-flow.ts";
import { type FlowText, flowChanges, flowDigest, flowTextOf } from "../governance/flow-text.ts";
import { type ObservedFlow, observeFlow } from "../governance/observed-flow.ts";
import { type KeptFor, keptFor, undoableFor } from "../governance/retention.ts";
import type { Context } from "./context.ts";
import { cardOf } from "./read-providers.ts";
import { newestOf, type Recipient, recipientsOf } from "./recipients.ts";

/** Recent enough to show a new field of the source within days, few enough for one page. */
export const RUNS_LOOKED_AT = 200;

export interface FlowRecipientView extends Recipient {
  readonly standing: Standing;
  readonly card: RecordedCard | null;
  /** Why nothing is sent there today, or null. */
  readonly refused: string | null;
}

export type FlowApprovalState =
  | { readonly state: "approved"; readonly approval: FlowApproval }
  | { readonly state: "changed"; readonly approval: FlowApproval; readonly changes: readonly string[] }
  | { readonly state: "never" };

export interface DataFlowView {
  readonly workflow: string;
  readonly version: number;
  readonly text: FlowText;
  /** SHA-256 of the text. */
  readonly digest: string;
  readonly approval: FlowApprovalState;
  /** All approvals, the latest first. */
  readonly approvals: readonly FlowApproval[];
  readonly recipients: readonly FlowRecipientView[];
  readonly observed: ObservedFlow;
  /** The approved governance spec's, beside what is kept by it and by the elements; null while there is no approved spec. */
  readonly kept: {
    readonly payloadDays: number;
    readonly windowDays: number;
    readonly contents: KeptFor;
    readonly undoDays: number;
  } | null;
  readonly spec: SpecRecord | null;
}

export async function readDataFlow(context: Pick<Context, "env" | "deployment">, name: string, now: number): Promise<Result<DataFlowView>> {
  const workflow = newestOf(context, name);
  if (!workflow) return fail("request.not_found", `No workflow ${name} is deployed`);
  const { DB } = context.env;
  const recipients = recipientsOf(context, workflow);
  const text = flowTextOf(workflow, context.deployment.processing?.dataSubjects?.[name] ?? [], recipients);
  const [approvals, history, decisions, spec] = await Promise.all([
    listFlowApprovals(DB, name),
    listCards(DB),
    latestDecisions(DB, name, RUNS_LOOKED_AT),
    currentSpecRecord(DB, name, now),
  ]);
  const demands = workflow.dataFlow.flatMap((element): ProviderDemands[] =>
    element.requires && treatmentOf(element) !== "no" ? [element.requires] : [],
  );
  return ok({
    workflow: name,
    version: workflow.version,
    text,
    digest: flowDigest(text),
    approval: approvalState(text, approvals),
    approvals,
    recipients: recipients.map((recipient) => withCard(recipient, history, demands, now)),
    observed: observeFlow(
      decisions,
      workflow.dataFlow.map(({ element }) => element),
    ),
    kept: keptOf(spec, text),
    spec,
  });
}

/** The latest approval counts, and only for exactly the text that it was given for. */
export function approvalState(text: FlowText, approvals: readonly FlowApproval[]): FlowApprovalState {
  const [latest] = approvals;
  if (!latest) return { state: "never" };
  if (latest.digest === flowDigest(text)) return { state: "approved", approval: latest };
  return { state: "changed", approval: latest, changes: flowChanges(latest.text, text) };
}

function withCard(
  recipient: Recipient,
  history: readonly RecordedCard[],
  demands: readonly ProviderDemands[],
  now: number,
): FlowRecipientView {
  const { provider, local, label } = recipient;
  if (provider === null) return { ...recipient, standing: { state: "missing" }, card: null, refused: label };
  const at = { provider, host: recipient.host ?? "unknown host" };
  const card = cardOf(history, at);
  return { ...recipient, card, standing: standingOf(card, now), refused: local ? null : decideSend(at, card, now, demands) };
}

function keptOf(record: SpecRecord | null, { elements }: FlowText): DataFlowView["kept"] {
  if (!record?.spec) return null;
  const { retention, rollback } = record.spec;
  const contents = keptFor(retention.payloadDays, elements);
  return {
    payloadDays: retention.payloadDays,
    windowDays: rollback.windowDays,
    contents,
    undoDays: undoableFor(rollback.windowDays, contents),
  };
}
