// The life of one version of a governance spec: draft -> submitted -> approved -> retired, or submitted -> rejected. Pure: what stands, who asks for what and when
// in; what it becomes, or why not, out. It knows no roles. The triggers in migrations/0001_audit_is_append_only.sql hold the same against whoever writes to D1.
import { fail, ok, type Result } from "../core/errors.ts";

export type SpecStatus = "draft" | "submitted" | "approved" | "rejected" | "retired";

/** How long an emergency version counts after its last approval. */
export const EMERGENCY_MS = 24 * 60 * 60_000;

export const expiryOf = ({ emergency }: { readonly emergency: string | null }, approvedAt: number): number | null =>
  emergency === null ? null : approvedAt + EMERGENCY_MS;

/** How many must agree, besides the author. */
export const approvalsNeeded = ({ emergency }: { readonly emergency: string | null }): number => (emergency === null ? 1 : 2);

export interface SpecFacts {
  readonly workflow: string;
  readonly version: number;
  readonly status: SpecStatus;
  readonly author: string;
  readonly digest: string;
  /** Why it could not wait for the usual way; null for most. */
  readonly emergency: string | null;
  readonly approvals: readonly { readonly by: string }[];
  /** The highest version that was approved in the usual way and is not retired; null where there is none. */
  readonly approvedVersion: number | null;
}

/** `digest`: of the text that whoever approves has read. */
export type Transition =
  | { readonly do: "save" }
  | { readonly do: "submit" }
  | { readonly do: "approve"; readonly digest: string }
  | { readonly do: "reject" }
  | { readonly do: "retire" };

/** `awaits`: this approval counts, and another person's is needed. */
export type Change =
  | { readonly to: "draft" }
  | { readonly to: "submitted" }
  | { readonly to: "awaits" }
  | { readonly to: "approved" }
  | { readonly to: "rejected" }
  | { readonly to: "retired" };

export function decideTransition(facts: SpecFacts, transition: Transition, by: string): Result<Change> {
  switch (transition.do) {
    case "save":
      return ownDraft(facts, by, "changes") ?? ok({ to: "draft" });
    case "submit":
      return ownDraft(facts, by, "submits") ?? ok({ to: "submitted" });
    case "approve":
      return decideApproval(facts, transition.digest, by);
    case "reject":
      return facts.status === "submitted" ? ok({ to: "rejected" }) : wrongState(facts, "rejected", "a submitted one");
    case "retire":
      return facts.status === "approved" ? ok({ to: "retired" }) : wrongState(facts, "retired", "an approved one");
  }
}

function ownDraft(facts: SpecFacts, by: string, does: string): ReturnType<typeof fail> | null {
  if (facts.status !== "draft") return wrongState(facts, "changed any more", "a draft; make a new version");
  return same(by, facts.author) ? null : fail("spec.not_yours", `Version ${facts.version} is ${facts.author}'s: its author ${does} it`);
}

function decideApproval(facts: SpecFacts, digest: string, by: string): Result<Change> {
  const { version, status, author, emergency, approvals, approvedVersion } = facts;
  if (status !== "submitted") return wrongState(facts, "approved", "a submitted one");
  if (same(by, author)) return fail("spec.not_yours", `${by} wrote version ${version}: somebody else approves it`);
  if (approvals.some((one) => same(one.by, by)))
    return fail("spec.not_yours", `${by} has approved version ${version}: a second person must`);
  if (digest !== facts.digest) {
    return fail("spec.changed", `The text of version ${version} is not the one that was read: open it again`, { field: "digest" });
  }
  if (emergency === null && approvedVersion !== null && approvedVersion > version) {
    const message = `Version ${approvedVersion} is approved, and version ${version} would not count beside it: reject it, or retire version ${approvedVersion} first`;
    return fail("spec.wrong_state", message);
  }
  return ok({ to: approvals.length + 1 < approvalsNeeded(facts) ? "awaits" : "approved" });
}

const wrongState = ({ version, status }: SpecFacts, done: string, fitting: string) =>
  fail("spec.wrong_state", `Version ${version} is ${status}, and cannot be ${done}: only ${fitting}`);

/** Identity providers give addresses in lower case; a token's name may be in any. */
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
