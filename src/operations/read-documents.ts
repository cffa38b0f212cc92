// What the printable documents are made from: a governance spec with its record, and the record of processing of a workflow. Facts as they are enforced and stored;
// the pages put them into words.
import { sha256Hex } from "../core/crypto.ts";
import { fail, ok, type Result } from "../core/errors.ts";
import { readSpecRecord, type SpecRecord } from "../db/spec-records.ts";
import { bindingOf, dataFlowOf, type Processing } from "../deployment.ts";
import { LAW_ANCHORS, LAW_AS_OF, type LawAnchor } from "../governance/law-anchors.ts";
import { type KeptFor, keptFor, undoableFor } from "../governance/retention.ts";
import { ENGINE_RULES, NOT_DONE, type Safeguard, securityMeasures } from "../governance/safeguards.ts";
import { signingKey } from "./checkpoint-audit.ts";
import type { Context } from "./context.ts";
import { type DataFlowView, readDataFlow } from "./read-data-flow.ts";
import { newestOf } from "./recipients.ts";
import { type ThresholdEvidence, thresholdEvidence } from "./threshold-evidence.ts";

export interface Law {
  readonly asOf: string;
  readonly anchors: readonly LawAnchor[];
}

const lawIn = (document: LawAnchor["in"][number]): Law => ({
  asOf: LAW_AS_OF,
  anchors: LAW_ANCHORS.filter((one) => one.in.includes(document)),
});

export interface SpecDocument {
  readonly record: SpecRecord;
  /** SHA-256 of the text as it is in the database now. */
  readonly digestNow: string;
  /** Null where the text cannot be read as a spec of this release. */
  readonly kept: { readonly contents: KeptFor; readonly undoDays: number } | null;
  /** What stands behind each threshold. */
  readonly evidence: readonly ThresholdEvidence[];
  /** Null where no version of the workflow is deployed. */
  readonly flow: DataFlowView | null;
  readonly engine: readonly Safeguard[];
  readonly law: Law;
}

export async function readSpecDocument(
  context: Pick<Context, "env" | "deployment">,
  workflow: string,
  version: number,
  now: number,
): Promise<Result<SpecDocument>> {
  const record = await readSpecRecord(context.env.DB, workflow, version, now);
  if (!record) return fail("request.not_found", `There is no version ${version} of a governance spec of ${workflow}`);
  const flow = await readDataFlow(context, workflow, now);
  const newest = newestOf(context, workflow);
  const elements = newest ? dataFlowOf(context.deployment, workflow, newest.version) : [];
  const { spec } = record;
  const contents = spec && keptFor(spec.retention.payloadDays, elements);
  return ok({
    record,
    digestNow: sha256Hex(record.body),
    evidence: spec ? await thresholdEvidence(context.env.DB, spec) : [],
    kept: spec && contents && { contents, undoDays: undoableFor(spec.rollback.windowDays, contents) },
    flow: flow.ok ? flow.value : null,
    engine: ENGINE_RULES,
    law: lawIn("spec"),
  });
}

export interface SystemUse {
  readonly connector: string;
  readonly title: string;
  /** Where it is; null where its address is not set. */
  readonly host: string | null;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

export interface ProcessingRecord {
  readonly flow: DataFlowView;
  readonly controller: Processing["controller"] | null;
  /** The business systems that the workflow reads from and writes to. */
  readonly systems: readonly SystemUse[];
  readonly measures: readonly Safeguard[];
  readonly notDone: readonly string[];
  readonly law: Law;
}

export async function readProcessingRecord(
  context: Pick<Context, "env" | "deployment">,
  name: string,
  now: number,
): Promise<Result<ProcessingRecord>> {
  const flow = await readDataFlow(context, name, now);
  if (!flow.ok) return flow;
  const { env, deployment } = context;
  const key = signingKey(env);
  return ok({
    flow: flow.value,
    controller: deployment.processing?.controller ?? null,
    systems: systemsOf(context, name),
    measures: securityMeasures({
      signsCheckpoints: key.ok && key.value !== null,
      access: bindingOf(env, "ACCESS_TEAM_DOMAIN") !== undefined,
    }),
    notDone: NOT_DONE,
    law: lawIn("flow"),
  });
}

function systemsOf({ env, deployment }: Pick<Context, "env" | "deployment">, name: string): SystemUse[] {
  const uses = Object.values(newestOf({ deployment }, name)?.uses ?? {});
  return uses.flatMap((use) => {
    if (use.kind === "model") return [];
    const actions = Object.entries(use.actions);
    const named = (isRead: boolean) => actions.flatMap(([action, { effect }]) => ((effect === "read") === isRead ? [action] : []));
    const connections = Object.values(deployment.connections).filter(({ connector }) => connector.name === use.connector);
    return connections.map(({ connector, baseUrl }) => ({
      connector: use.connector,
      title: connector.title,
      host: hostOf(bindingOf(env, baseUrl)),
      reads: named(true),
      writes: named(false),
    }));
  });
}

const hostOf = (address: string | undefined): string | null =>
  address !== undefined && URL.canParse(address) ? new URL(address).host : null;
