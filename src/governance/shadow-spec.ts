// The rules of a workflow that has no approved governance spec: it goes the whole way and can write nothing. Version 0, which no document has: nobody made it, and
// nothing in it may be taken for somebody's decision. Each write is ruled to need a person (evaluate.ts), and none is asked.
import type { GovernanceSpec } from "./spec.ts";

export const UNAPPROVED_VERSION = 0;

export const isUnapproved = ({ version }: { readonly version: number }): boolean => version === UNAPPROVED_VERSION;

/** RFC 2606 keeps this ending free for ever: no identity provider can name anybody so. */
const NOBODY = "nobody@interlock.invalid";

/** How long the contents of such runs are kept: long enough to write rules from them. */
const PAYLOAD_DAYS = 30;

export const shadowSpec = ({ name, purpose }: { readonly name: string; readonly purpose: string }): GovernanceSpec => ({
  workflow: name,
  version: UNAPPROVED_VERSION,
  owner: NOBODY,
  purpose,
  mode: "shadow",
  regulated: false,
  thresholds: {},
  alwaysAsk: [],
  actions: {},
  review: { reviewers: [NOBODY], slaMinutes: 60, onExpiry: "reject" },
  onFailure: "leave",
  rollback: { procedure: "Nothing is written", owner: NOBODY, windowDays: 1 },
  retention: { payloadDays: PAYLOAD_DAYS },
});
