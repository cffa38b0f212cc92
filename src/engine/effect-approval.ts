// The approval that a ruling asks for: bound to exactly this change, with those who may decide and their times. It records nothing.
import type { Approval } from "../core/approval.ts";
import { digest } from "../core/json.ts";
import type { Ruling } from "../governance/evaluate.ts";
import { timesOf } from "../governance/gate.ts";
import { peopleOf } from "../governance/review.ts";
import type { EffectState } from "./effect-decision.ts";
import { notByOf } from "./open-approval.ts";
import type { Pass } from "./pass.ts";

export function approvalFor(pass: Pass, step: string, action: string, state: EffectState): Approval {
  const ruling = state.ruling as Ruling;
  const target = state.intended?.target ?? "";
  const before = state.looked?.before ?? {};
  const asks = ruling.matched.filter(({ outcome }) => outcome === "require_approval").map(({ reason }) => reason);
  const also = [...new Set(asks)].filter((reason) => reason !== ruling.reason);
  const bound = digest({ action, target, before, values: state.values, specVersion: pass.spec.version });
  const round = pass.entries(step).filter((entry) => entry.type === "approval.requested").length + 1;
  return {
    id: `apr_${digest({ run: pass.runId, step, round }).slice(0, 32)}`,
    step,
    action,
    target,
    before,
    values: state.values,
    digest: bound,
    rule: ruling.rule,
    why: ruling.reason,
    ...(also.length > 0 ? { also } : {}),
    reviewers: ruling.ask ?? peopleOf(pass.spec.review, pass.spec.review.reviewers),
    ...timesOf(pass.spec.review, pass.ports.now()),
    ...notByOf(pass),
  };
}
