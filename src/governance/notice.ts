// What a chat may be told about an approval. Pure. A channel has more readers than an approval, so that nothing of the record stands there: a value is shown only
// where the spec itself lists it as one of a field's values, a reason only where it is the spec's or our own. One press may decide only what is shown whole.
import type { Approval } from "../core/approval.ts";
import { sameJson } from "../core/json.ts";
import type { Notice, NoticeKind } from "../core/notice.ts";
import type { GovernanceSpec } from "./spec.ts";

export interface NoticeFacts {
  readonly workflow: string;
  readonly approval: Approval;
  /** The spec that the run is pinned to; null where D1 does not have it. */
  readonly spec: GovernanceSpec | null;
  readonly link: string;
}

const HEADS = { asked: "Approval needed", reminded: "Still waiting", escalated: "Escalated" } as const satisfies Record<NoticeKind, string>;

export function noticeOf(kind: NoticeKind, facts: NoticeFacts): Notice {
  const { approval, workflow, link } = facts;
  const { shown, whole } = changeShown(facts);
  const why = reasonShown(facts);
  const mayPress = whole && why !== null && approval.also === undefined && facts.spec?.regulated === false;
  return {
    title: titleOf(HEADS[kind], approval),
    lines: [
      `${workflow}, step “${approval.step}”`,
      ...(shown === "" ? [] : [`Would set ${shown}`]),
      `Why: ${why ?? "read the record first"}`,
      `Decide by ${utc(kind === "escalated" ? approval.expiresAt : (approval.slaEndsAt ?? approval.expiresAt))}`,
      ...(mayPress ? [] : ["To be decided on its page."]),
    ],
    link,
    approve: mayPress ? { approval: approval.id, digest: approval.digest } : null,
  };
}

/** The same message once nothing is to be decided any more. */
export function settledNotice({ approval, workflow, link }: NoticeFacts, status: string, by: string | null): Notice {
  return {
    title: titleOf("Settled", approval),
    lines: [`${workflow}, step “${approval.step}”`, `${status}${by === null ? "" : ` by ${by}`}`],
    link,
    approve: null,
  };
}

function titleOf(head: string, { action, target, question }: Approval): string {
  // The name of a record may be somebody's address.
  const record = /[\s@]/.test(target) ? "a record" : target;
  return question === undefined ? `${head}: ${action} on ${record}` : `${head}: a question about ${record}`;
}

function changeShown({ approval: { action, values, question }, spec }: NoticeFacts): { readonly shown: string; readonly whole: boolean } {
  const rules = spec && Object.hasOwn(spec.actions, action) ? spec.actions[action]?.fields : undefined;
  const fields = Object.entries(values).map(([field, value]) => {
    const listed = rules && Object.hasOwn(rules, field) ? rules[field]?.oneOf : undefined;
    const isListed = listed?.some((one) => sameJson(one, value)) ?? false;
    return { isListed, text: isListed ? `${field} to ${typeof value === "string" ? value : JSON.stringify(value)}` : field };
  });
  return {
    shown: fields.map(({ text }) => text).join(", "),
    whole: question === undefined && fields.length > 0 && fields.every(({ isListed }) => isListed),
  };
}

/** Built-in rules whose reason is made of the spec's words and numbers alone; what others say may quote the record. */
const QUOTES_NOTHING = [
  "regulated",
  "action_always_asks",
  "always_ask",
  "no_decision",
  "confidence_unmeasured",
  "certificate_unknown",
  "no_threshold",
  "confidence_below",
];

function reasonShown({ approval: { rule, why, action, question }, spec }: NoticeFacts): string | null {
  if (question !== undefined) return null;
  if (QUOTES_NOTHING.includes(rule)) return why;
  const rules = spec && Object.hasOwn(spec.actions, action) ? spec.actions[action]?.rules : undefined;
  return rules?.find(({ name }) => name === rule)?.reason ?? null;
}

/** "2026-11-23 14:30 UTC" */
const utc = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
