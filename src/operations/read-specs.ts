// Governance specs as people read them: which version counts for each workflow and since when, what waits for approval, every version's history, and what differs
// between two. It changes nothing, and asks nobody who they are.
import { fail, ok, type Result } from "../core/errors.ts";
import { EVERY_WORKFLOW, type Within } from "../core/principal.ts";
import { listSpecVersions, readSpecTexts, type SpecApproval, type SpecText, type SpecVersion } from "../db/specs.ts";
import type { Workflow } from "../engine/define.ts";
import { shadowSpec } from "../governance/shadow-spec.ts";
import { GovernanceSpec } from "../governance/spec.ts";
import { diffSpecs, type SpecChange } from "../governance/spec-diff.ts";
import type { Context } from "./context.ts";
import { nextVersion, type SpecName } from "./govern-spec.ts";
import { type AdviceBehind, adviceBehind } from "./spec-advice.ts";
import { newestWorkflow } from "./start-runs.ts";
import { type ThresholdEvidence, thresholdEvidence } from "./threshold-evidence.ts";

export type { SpecApproval, SpecChange, SpecText, SpecVersion, ThresholdEvidence };

export interface WorkflowSpecs {
  readonly workflow: string;
  readonly purpose: string | null;
  /** Newest first. */
  readonly versions: readonly SpecVersion[];
}

/** Every deployed workflow, and every other that has a spec; by name. */
export async function readSpecs({ env, deployment }: Context, within: Within, now: number): Promise<WorkflowSpecs[]> {
  const versions = await listSpecVersions(env.DB, now);
  const names = new Set([...deployment.workflows.map(({ name }) => name), ...versions.map(({ workflow }) => workflow)]);
  const shown = [...names].filter((name) => within === EVERY_WORKFLOW || within.includes(name));
  return shown.sort().map((workflow) => ({
    workflow,
    purpose: deployment.workflows.findLast(({ name }) => name === workflow)?.purpose ?? null,
    versions: versions.filter((one) => one.workflow === workflow),
  }));
}

/** A version with its text as a spec; null for one of an older form than this release reads. */
export interface ReadSpec {
  readonly version: SpecText;
  readonly spec: GovernanceSpec | null;
}

export interface SpecDetail extends ReadSpec {
  /** What new runs begin under now, if that is another version. */
  readonly counting: ReadSpec | null;
  /** From what counts to this one; null where one of the two cannot be read, or nothing counts. */
  readonly changes: readonly SpecChange[] | null;
  /** What stands behind each threshold; empty where the text cannot be read. */
  readonly evidence: readonly ThresholdEvidence[];
  /** The review that advised this version; null where none did. */
  readonly advice: AdviceBehind | null;
  /** Where the rules and the deployed code are not about the same things, as sentences. */
  readonly misfits: readonly string[];
  /** Newest first. */
  readonly versions: readonly SpecVersion[];
}

export async function readSpecVersion(
  { env, deployment }: Context,
  { workflow, version }: SpecName,
  now: number,
): Promise<Result<SpecDetail>> {
  const versions = await readSpecTexts(env.DB, workflow, now);
  const found = versions.find((one) => one.version === version);
  if (!found) return notFound(workflow, version);
  const counts = versions.find((one) => one.counts && one.version !== version);
  const counting = counts ? read(counts) : null;
  const own = read(found);
  const changes = counting?.spec && own.spec ? diffSpecs(counting.spec, own.spec) : null;
  const deployed = newestWorkflow(deployment, workflow);
  const misfits = own.spec && deployed ? misfitsOf(own.spec, deployed) : [];
  const [evidence, advice] = await Promise.all([own.spec ? thresholdEvidence(env.DB, own.spec) : [], adviceBehind(env.DB, found)]);
  return ok({
    ...own,
    counting,
    changes,
    evidence: markAdvised(evidence, advice),
    advice,
    misfits,
    versions: versions.map(({ body: _, ...listed }) => listed),
  });
}

const markAdvised = (evidence: readonly ThresholdEvidence[], advice: AdviceBehind | null): ThresholdEvidence[] =>
  evidence.map((one) =>
    one.kind === "number" && one.name === advice?.decision && one.threshold === advice.to ? { ...one, advised: true as const } : one,
  );

export async function compareSpecs(
  { env }: Context,
  workflow: string,
  { from, to }: { readonly from: number; readonly to: number },
  now: number,
): Promise<Result<{ readonly changes: readonly SpecChange[] }>> {
  const versions = await readSpecTexts(env.DB, workflow, now);
  const specs: GovernanceSpec[] = [];
  for (const version of [from, to]) {
    const found = versions.find((one) => one.version === version);
    if (!found) return notFound(workflow, version);
    const { spec } = read(found);
    if (!spec) return fail("spec.invalid", `Version ${version} is of an older form, which this release does not read`);
    specs.push(spec);
  }
  return ok({ changes: diffSpecs(specs[0] as GovernanceSpec, specs[1] as GovernanceSpec) });
}

/** What a new draft begins from: the latest text under the next number, or what the workflow's code says of itself. */
export async function draftBasis(
  { env, deployment }: Context,
  workflow: string,
  now: number,
): Promise<Result<{ readonly version: number; readonly text: unknown }>> {
  const deployed = newestWorkflow(deployment, workflow);
  if (!deployed) return fail("workflow.unknown", `No workflow ${workflow} is deployed`);
  const versions = await readSpecTexts(env.DB, workflow, now);
  const version = nextVersion(versions);
  const latest = jsonOf(versions[0]?.body ?? "");
  return ok({ version, text: latest === null ? firstDraft(deployed) : { ...latest, version } });
}

/** To be filled in: who owns it and reviews, and which fields may be written. It begins in shadow and asks about everything. */
function firstDraft({ name, purpose, uses, decisions }: Workflow) {
  const writes = writesOf(uses);
  const { mode, regulated, alwaysAsk, onFailure, retention } = shadowSpec({ name, purpose });
  return {
    workflow: name,
    version: 1,
    owner: "",
    purpose,
    mode,
    regulated,
    thresholds: Object.fromEntries(Object.keys(decisions).map((decision) => [decision, 1])),
    alwaysAsk,
    actions: Object.fromEntries(writes.map((action) => [action, { ask: "always", fields: {} }])),
    review: { reviewers: [], slaMinutes: 240, onExpiry: "reject" },
    onFailure,
    rollback: { procedure: "", owner: "", windowDays: retention.payloadDays },
    retention,
  };
}

const writesOf = (uses: Workflow["uses"]): string[] =>
  Object.values(uses).flatMap((use) =>
    use.kind === "connector"
      ? Object.entries(use.actions).flatMap(([action, { effect }]) => (effect === "read" ? [] : [`${use.connector}.${action}`]))
      : [],
  );

function misfitsOf({ actions, thresholds, alwaysAsk }: GovernanceSpec, { uses, decisions }: Workflow): string[] {
  const writes = writesOf(uses);
  const listed = Object.keys(actions);
  // "triage.team" is a field of the decision "triage".
  const named = new Set([
    ...Object.keys(thresholds).map((name) => name.split(".", 1)[0] as string),
    ...alwaysAsk.map(({ decision }) => decision),
  ]);
  return [
    ...writes
      .filter((action) => !listed.includes(action))
      .map((action) => `${action} is not listed: the workflow may ask for it, and it is denied.`),
    ...listed
      .filter((action) => !writes.includes(action))
      .map((action) => `${action} is listed, and the deployed workflow has no such write.`),
    ...[...named]
      .filter((decision) => !Object.hasOwn(decisions, decision))
      .map((decision) => `${decision} is named, and the deployed workflow makes no such decision.`),
  ];
}

const read = (version: SpecText): ReadSpec => ({ version, spec: GovernanceSpec.safeParse(jsonOf(version.body)).data ?? null });

const notFound = (workflow: string, version: number) =>
  fail("spec.not_found", `${workflow} has no version ${version} of its governance spec`);

function jsonOf(text: string): object | null {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" ? json : null;
  } catch {
    return null;
  }
}
