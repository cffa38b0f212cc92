// What people do to governance specs: draft, change, submit, approve, reject, retire. Authors write, process owners decide, and nobody both on one version.
// Sequence of each: the role -> the version as it stands -> decideTransition -> one statement, which finds the version where it was or changes nothing. The
// database refuses by itself what must never be; see the triggers in migrations/.
import * as z from "zod";
import { sha256Hex } from "../core/crypto.ts";
import { fail, ok, type Result } from "../core/errors.ts";
import { canonical } from "../core/json.ts";
import type { Principal } from "../core/principal.ts";
import { endSpec, insertDraft, readSpecTexts, recordApproval, type SpecText, submitDraft, updateDraft } from "../db/specs.ts";
import { GovernanceSpec } from "../governance/spec.ts";
import { approvalsNeeded, decideTransition, expiryOf, type SpecFacts, type Transition } from "../governance/spec-lifecycle.ts";
import { may } from "./access.ts";
import type { Context } from "./context.ts";
import { permit } from "./require-role.ts";
import { refuseMissing } from "./threshold-evidence.ts";

const Reason = z.string("Say in a few words why").trim().min(1, "Say in a few words why").max(2000);
const Note = z.string().trim().max(2000).optional();
const Digest = z
  .string("repeat the digest of the text that was read")
  .regex(/^[0-9a-f]{64}$/, "repeat the digest of the text that was read: 64 hex digits");

export const SubmitInput = z.strictObject({ note: Note, emergency: Reason.optional() });
export type SubmitInput = z.infer<typeof SubmitInput>;
export const ApproveSpecInput = z.strictObject({ digest: Digest, note: Note });
export type ApproveSpecInput = z.infer<typeof ApproveSpecInput>;
export const EndSpecInput = z.strictObject({ reason: Reason });
export type EndSpecInput = z.infer<typeof EndSpecInput>;

export interface SpecName {
  readonly workflow: string;
  readonly version: number;
}

/** What this person may do to the specs of a workflow. */
export const specPowers = (principal: Principal, workflow: string): { readonly write: boolean; readonly decide: boolean } => ({
  write: may(principal, "write specs", workflow),
  decide: may(principal, "decide specs", workflow),
});

/** The next version of a workflow's spec. `text` says for which workflow, and which version it is. */
export async function newDraft(
  context: Context,
  principal: Principal,
  workflow: string,
  text: unknown,
  now: number,
): Promise<Result<SpecName>> {
  const denied = permit(principal, "write specs", workflow);
  if (denied) return denied;
  if (!context.deployment.workflows.some(({ name }) => name === workflow))
    return fail("workflow.unknown", `No workflow ${workflow} is deployed`);
  const { DB } = context.env;
  const next = async () => nextVersion(await readSpecTexts(DB, workflow, now));
  const version = await next();
  const read = readText({ workflow, version }, text);
  if (!read.ok) return read;
  const inserted = await insertDraft(DB, { workflow, version, ...read.value, author: principal.id }, now);
  return inserted ? ok({ workflow, version }) : versionTaken(await next());
}

/** A draft's text. Only its author changes it. */
export async function saveDraft(
  context: Context,
  principal: Principal,
  name: SpecName,
  text: unknown,
  now: number,
): Promise<Result<SpecName>> {
  return move(context, principal, name, { do: "save" }, now, async () => {
    const read = readText(name, text);
    if (!read.ok) return read;
    return ok(await updateDraft(context.env.DB, { ...name, ...read.value, author: principal.id }));
  });
}

/** From now on the text is fixed. `emergency`: why it cannot wait for the usual way; two people approve it then, and it counts for a day. */
export async function submitSpec(
  context: Context,
  principal: Principal,
  name: SpecName,
  { note, emergency }: SubmitInput,
  now: number,
): Promise<Result<SpecName>> {
  return move(context, principal, name, { do: "submit" }, now, async ({ body, digest }) => {
    // This release may ask more of a spec than the one that saved it.
    const read = readText(name, JSON.parse(body));
    if (!read.ok) return read;
    const missing = await refuseMissing(context.env.DB, read.value.spec);
    if (missing) return missing;
    return ok(await submitDraft(context.env.DB, { ...name, digest, note: note || null, emergency: emergency ?? null }, now));
  });
}

/** Binds the approval to the digest of the text that was read. */
export async function approveSpec(
  context: Context,
  principal: Principal,
  name: SpecName,
  { digest, note }: ApproveSpecInput,
  now: number,
): Promise<Result<SpecName>> {
  return move(context, principal, name, { do: "approve", digest }, now, async (version) => {
    const read = readText(name, JSON.parse(version.body));
    if (!read.ok) return read;
    const missing = await refuseMissing(context.env.DB, read.value.spec);
    if (missing) return missing;
    const approval = { by: principal.id, at: now, digest, note: note || null };
    await recordApproval(context.env.DB, name, approval, { needed: approvalsNeeded(version), expiresAt: expiryOf(version, now) });
    return ok(true);
  });
}

export const rejectSpec = (context: Context, principal: Principal, name: SpecName, { reason }: EndSpecInput, now: number) =>
  move(context, principal, name, { do: "reject" }, now, async () =>
    ok(await endSpec(context.env.DB, name, { to: "rejected", by: principal.id, at: now, because: reason })),
  );

export const retireSpec = (context: Context, principal: Principal, name: SpecName, { reason }: EndSpecInput, now: number) =>
  move(context, principal, name, { do: "retire" }, now, async () =>
    ok(await endSpec(context.env.DB, name, { to: "retired", by: principal.id, at: now, because: reason })),
  );

/** `write` is true once it has happened; false or a rejection where somebody else was first, which a second look then says. */
async function move(
  context: Context,
  principal: Principal,
  name: SpecName,
  transition: Transition,
  now: number,
  write: (version: SpecText) => Promise<Result<boolean>>,
): Promise<Result<SpecName>> {
  const denied = permit(principal, transition.do === "save" || transition.do === "submit" ? "write specs" : "decide specs", name.workflow);
  if (denied) return denied;
  const look = async () => {
    const versions = await readSpecTexts(context.env.DB, name.workflow, now);
    const version = versions.find((one) => one.version === name.version);
    if (!version) return fail("spec.not_found", `${name.workflow} has no version ${name.version} of its governance spec`);
    const decided = decideTransition(factsOf(version, versions), transition, principal.id);
    return decided.ok ? ok(version) : decided;
  };
  const first = await look();
  if (!first.ok) return first;
  let refused: unknown = null;
  try {
    const written = await write(first.value);
    if (!written.ok) return written;
    if (written.value) return ok(name);
  } catch (thrown) {
    refused = thrown;
  }
  const second = await look();
  if (!second.ok) return second;
  if (refused) throw refused;
  return fail("spec.changed", `Version ${name.version} was changed at the same moment: open it again`);
}

const factsOf = (version: SpecText, versions: readonly SpecText[]): SpecFacts => ({
  ...version,
  approvedVersion: versions.find(({ status, emergency }) => status === "approved" && emergency === null)?.version ?? null,
});

export const nextVersion = (versions: readonly { readonly version: number }[]): number =>
  Math.max(0, ...versions.map(({ version }) => version)) + 1;

/** The exact text that is kept, and its digest. An error names the place in the text. */
export function readText(
  { workflow, version }: SpecName,
  text: unknown,
): Result<{ readonly body: string; readonly digest: string; readonly spec: GovernanceSpec }> {
  const parsed = GovernanceSpec.safeParse(text);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.join(".") ?? "";
    return fail(
      "spec.invalid",
      field === "" ? (issue?.message ?? "not a governance spec") : `${field}: ${issue?.message}`,
      field ? { field } : {},
    );
  }
  if (parsed.data.workflow !== workflow) return fail("spec.invalid", `workflow: write ${workflow} here`, { field: "workflow" });
  if (parsed.data.version !== version) return versionTaken(version);
  const body = canonical(parsed.data);
  return ok({ body, digest: sha256Hex(body), spec: parsed.data });
}

const versionTaken = (next: number) => fail("spec.invalid", `version: write ${next} here`, { field: "version" });
