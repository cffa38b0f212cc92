// A question to people that is not about a write: asked once, answered by one of the spec's reviewers, or by nobody in time. It needs no ruling, for nothing
// is written; in shadow mode it is asked as well. It must not decide who may answer or when: that is answer-approval.ts, as for every approval.

import type { Approval, Decision } from "../core/approval.ts";
import { InterlockError } from "../core/errors.ts";
import { digest, type JsonObject } from "../core/json.ts";
import { computeGate, timesOf } from "../governance/gate.ts";
import { peopleOf } from "../governance/review.ts";
import { isUnapproved } from "../governance/shadow-spec.ts";
import type { Question, QuestionOutcome } from "./define.ts";
import { foldEffect } from "./effect-decision.ts";
import { keepAsking, notByOf } from "./open-approval.ts";
import type { Pass } from "./pass.ts";
import { shownDetails } from "./step-output.ts";

export async function runQuestion(pass: Pass, step: string, subject: string, asked: Question): Promise<QuestionOutcome> {
  const { question, details = {}, within } = asked;
  const args = digest({ question, details, within: within ?? null });
  const entries = pass.entries(step);
  const [first] = entries;
  if (first && first.type !== "question.asked") {
    return pass.hold(step, "workflow.diverged", `The step "${step}" was recorded as something else and is now a question`);
  }
  if (first) pass.checkArgs(step, first.args, args);
  if (isUnapproved(pass.spec)) {
    // Nobody has said who may answer.
    if (!first) pass.record(step, { type: "question.asked", args });
    return { status: "expired" };
  }
  if (!first) {
    const approval = approvalFor(pass, step, subject, asked);
    pass.record(step, { type: "question.asked", args }, { type: "approval.requested", approval });
  }
  for (;;) {
    const { approval, said, decision } = foldEffect(pass.entries(step));
    if (decision) return outcomeOf(decision);
    // The journal may have been cut between the two entries that begin a question.
    if (!approval) pass.record(step, { type: "approval.requested", approval: approvalFor(pass, step, subject, asked) });
    else keepAsking(pass, approval, computeGate(pass.spec.review, approval, said, pass.ports.now()).next);
  }
}

function approvalFor(pass: Pass, step: string, subject: string, { question, details = {}, within }: Question): Approval {
  const { review, version } = pass.spec;
  if (question.trim() === "") throw refused(step, "question", "ask something");
  if (within !== undefined && !(Number.isFinite(within) && within > 0))
    throw refused(step, "within", `${within} is no time in which anybody could answer`);
  const values = shownDetails(step, details) as JsonObject;
  return {
    id: `apr_${digest({ run: pass.runId, step, round: 1 }).slice(0, 32)}`,
    step,
    action: "",
    target: subject,
    before: {},
    values,
    digest: digest({ question, details: values, specVersion: version }),
    rule: "workflow",
    why: question,
    reviewers: peopleOf(review, review.reviewers),
    ...timesOf(review, pass.ports.now(), within),
    ...notByOf(pass),
    question,
  };
}

const refused = (step: string, field: string, why: string): InterlockError =>
  new InterlockError("request.invalid", `The step "${step}": ${field}: ${why}`, { field });

function outcomeOf(decision: Decision): QuestionOutcome {
  switch (decision.kind) {
    case "approved":
    // Nothing of a question can be edited; an answer that says so is refused before it is recorded.
    case "edited":
      return { status: "approved", by: decision.by };
    case "rejected":
      return { status: "rejected", by: decision.by, reason: decision.reason };
    case "insufficient":
      return { status: "insufficient", by: decision.by, missing: decision.missing };
    case "expired":
      return { status: "expired" };
  }
}
