// A decision that no model could make, asked of the spec's reviewers: the same gate as every approval, with the decision's fields as a form. The answer is checked against
// the schema where it is given (answer-approval.ts) and once more here, for the code may have changed since. It must not decide who may answer or when.
// Sequence: ask -> what comes due -> an answer that fits is the decision; anything else is the step's end.
import * as z from "zod";
import type { Approval, Decision } from "../core/approval.ts";
import { digest, type JsonObject } from "../core/json.ts";
import { computeGate, timesOf } from "../governance/gate.ts";
import { peopleOf } from "../governance/review.ts";
import { foldEffect } from "./effect-decision.ts";
import type { StepEntry, Tried } from "./journal.ts";
import { keepAsking, notByOf } from "./open-approval.ts";
import type { Pass } from "./pass.ts";
import { outputOfAnswer } from "./step-output.ts";

export interface PersonAsked {
  readonly step: string;
  readonly args: string;
  readonly subject: string;
  readonly decision: string;
  readonly instruction: string;
  readonly schema: z.ZodType;
}

/** One move: it records something or waits. */
export function askPerson(pass: Pass, asked: PersonAsked, tried: readonly Tried[]): void {
  const { step } = asked;
  const entries = pass.entries(step);
  const { approval, said, decision } = foldEffect(entries.slice(entries.findLastIndex(({ type }) => type === "question.asked")));
  if (!approval) pass.record(step, { type: "approval.requested", approval: approvalFor(pass, asked, tried) });
  else if (!decision) keepAsking(pass, approval, computeGate(pass.spec.review, approval, said, pass.ports.now()).next);
  else pass.record(step, endOf(pass, asked, tried, decision, pass.ports.now() - approval.requestedAt));
}

function approvalFor(pass: Pass, { step, subject, decision, instruction, schema }: PersonAsked, tried: readonly Tried[]): Approval {
  const { review, version } = pass.spec;
  const round = pass.entries(step).filter(({ type }) => type === "approval.requested").length + 1;
  const fields = (z.toJSONSchema(schema) as { properties?: JsonObject }).properties ?? {};
  const why = `No model could decide “${decision}”`;
  return {
    id: `apr_${digest({ run: pass.runId, step, round }).slice(0, 32)}`,
    step,
    action: "",
    target: subject,
    before: {},
    values: {},
    digest: digest({ decision, instruction, fields, specVersion: version }),
    rule: "workflow",
    why,
    also: tried.map(({ provider, model, message }) => `${provider}, ${model}: ${message}`),
    reviewers: peopleOf(review, review.reviewers),
    ...timesOf(review, pass.ports.now()),
    ...notByOf(pass),
    question: `${why}: what is the answer?`,
    answer: { decision, instruction, fields },
  };
}

/** Who was asked and did not answer is the author's to know: an error, for there is nothing that could stand for an answer. */
function endOf(pass: Pass, { step, args, decision, schema }: PersonAsked, tried: readonly Tried[], said: Decision, ms: number): StepEntry {
  const unanswered = (why: string): never =>
    pass.failStep(step, args, { code: "decision.unanswered", message: `No model could decide “${decision}”, and ${why}` });
  switch (said.kind) {
    case "edited": {
      const parsed = schema.safeParse(said.values);
      if (!parsed.success) return unanswered(`what ${said.by} answered no longer fits the workflow's code`);
      const { by, agreed } = said;
      return {
        type: "decision.made",
        args,
        decision: {
          value: outputOfAnswer(step, parsed.data),
          // No measure, and none is needed: that a person answered is a fact of its own.
          confidence: 0,
          fields: {},
          source: "person",
          basis: { prompt: "", schema: digest(z.toJSONSchema(schema) as JsonObject) },
          model: "person",
          provider: "person",
          usage: { promptTokens: 0, completionTokens: 0 },
          costUsd: 0,
          latencyMs: ms,
        },
        notSent: [],
        tried,
        by,
        ...(agreed ? { agreed } : {}),
      };
    }
    // Nothing is proposed that could be approved as it stands; an answer that says so is refused before it is recorded.
    case "approved":
      return unanswered(`${said.by} gave no answer`);
    case "rejected":
      return unanswered(`${said.by} did not want to: ${said.reason}`);
    case "insufficient":
      return unanswered(`${said.by} could not say, for this is missing: ${said.missing}`);
    case "expired":
      return unanswered("nobody answered within the time that the spec allows");
  }
}
