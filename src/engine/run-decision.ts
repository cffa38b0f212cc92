// A decision as a memoised step: a model's, or a person's where no model could decide. It always ends: answered, or asked of a person, or it says that nobody answered.
// What leaves is built from declared elements only. It must not judge the answer: what may be written on it is the governance spec's.
// Sequence: recorded? -> declared elements -> treatments -> the models in their order -> put values back where that is declared -> journal; or a person is asked.
import * as z from "zod";
import { type ErrorCode, errorFacts, InterlockError } from "../core/errors.ts";
import { digest } from "../core/json.ts";
import { type Prepared, prepare } from "../governance/data-flow.ts";
import { injectionHints } from "../governance/injection-hints.ts";
import { isUnapproved } from "../governance/shadow-spec.ts";
import type { GovernanceSpec } from "../governance/spec.ts";

import type { SampleThreshold } from "../inference/agreement.ts";
import type { ModelDecision } from "../inference/model.ts";
import { askChain, type ChainEnd } from "./ask-chain.ts";
import { askPerson } from "./ask-person.ts";
import { type DecisionState, foldDecision } from "./decision-state.ts";
import type { Decided, DecisionRequest, RetryPolicy, Workflow } from "./define.ts";
import type { StepEntry } from "./journal.ts";
import type { Pass } from "./pass.ts";
import { type Patience, patienceOf } from "./retry.ts";
import { handOut, outputOfAnswer } from "./step-output.ts";

export interface DecisionCall {
  /** A decision has fields, a draft is a text. */
  readonly kind: "decide" | "draft";
  readonly step: string;
  /** The deployment's name for the models. */
  readonly model: string;
  readonly name: string;
  /** The record that the run is about, for a person who is asked. */
  readonly subject: string;
  readonly request: DecisionRequest & { readonly retry?: RetryPolicy };
}

/** What a model is asked for where a text is wanted, and a person in its place. */
const DRAFT = z.object({ text: z.string() });

/** What an answer must fit; null for what the workflow does not declare. */
export function schemaOf({ decisions, drafts }: Pick<Workflow, "decisions" | "drafts">, name: string): z.ZodType | null {
  if (Object.hasOwn(decisions, name)) return decisions[name] ?? null;
  return drafts?.includes(name) ? DRAFT : null;
}

export async function runDecision(pass: Pass, workflow: Workflow, call: DecisionCall): Promise<Decided> {
  const { step, name } = call;
  const { retry, ...request } = call.request;
  const args = digest({ [call.kind === "draft" ? "draft" : "decision"]: name, ...request });
  const patience = patienceOf(step, retry);
  for (;;) {
    for (const entry of pass.entries(step)) if ("args" in entry) pass.checkArgs(step, entry.args, args);
    const state = foldDecision(pass.entries(step));
    if (!state) return pass.hold(step, "workflow.diverged", `The step "${step}" was recorded as something else and is now a decision`);
    if (state.made) return decidedOf(call, state.made);
    if (state.failed) throw new InterlockError(state.failed.code, state.failed.message, state.failed);
    if (state.question) {
      const schema = declared(workflow, call);
      askPerson(pass, { step, args, subject: call.subject, decision: name, instruction: request.instruction, schema }, state.question);
      continue;
    }
    const { waitsFor } = state;
    if (waitsFor?.retryAt === null) return pass.wait({ kind: "operator", step, error: waitsFor.error });
    if (waitsFor && waitsFor.retryAt > pass.ports.now()) return pass.wait({ kind: "timer", step, until: waitsFor.retryAt });
    const tryBegan = pass.ports.now();
    let entry: StepEntry;
    try {
      entry = await askModels(pass, workflow, call, { args, patience, state });
    } catch (thrown) {
      const attempt = (state.asked?.tries ?? 0) + 1;
      return pass.failAttempt(step, args, "decide", attempt, thrown, { patience, began: state.asked?.began ?? tryBegan, tryBegan });
    }
    pass.record(step, entry);
  }
}

async function askModels(
  pass: Pass,
  workflow: Workflow,
  call: DecisionCall,
  { args, patience, state }: { readonly args: string; readonly patience: Patience; readonly state: DecisionState },
): Promise<StepEntry> {
  const { step, name, request } = call;
  const prepared = prepare(workflow.dataFlow, request, pass.runId);
  const [element] = prepared.undeclared;
  if (element !== undefined)
    throw new InterlockError("workflow.undeclared", `The data element "${element}" is not in the data flow of ${workflow.name}`, {
      field: element,
    });
  const schema = declared(workflow, call);
  await pass.flush();
  const models = pass.ports.models(call.model, workflow.name);
  const asked = { decision: name, instruction: request.instruction, input: prepared.sent, schema, schemaName: name };
  const threshold =
    call.kind === "draft" || workflow.unsampled?.includes(name) ? null : (pass.ports.samples ?? thresholdOf(pass.spec, name));
  const end = await askChain({ pass, step, prepared, request: asked }, { args, models, patience, state, threshold });
  if (end.decision === null) return notDecided(pass, step, args, end, prepared);
  const fields = workflow.reinsert?.[name] ?? [];
  const { value, invented } = putBack(end.decision.value, fields, prepared);
  // The adapter has checked what the model said; what was put into it is checked here.
  if (fields.length > 0 && !schema.safeParse(value).success)
    throw new InterlockError("model.invalid_output", "With the values in the place of their tokens the answer no longer fits its schema");
  const hints = [...new Set(Object.values(prepared.sent).flatMap(injectionHints))];
  return {
    type: "decision.made",
    args,
    decision: outputOfAnswer(step, { ...end.decision, ...(call.kind === "draft" ? UNMEASURED : {}), value }) as unknown as ModelDecision,
    notSent: prepared.notSent,
    ...sentWithin(prepared.sent),
    sent: prepared.treated,
    instruction: request.instruction,
    ...(invented.length > 0 ? { invented } : {}),
    ...(hints.length > 0 ? { hints } : {}),
    ...(end.tried.length > 0 ? { tried: end.tried } : {}),
  };
}

/**
 * Characters of what was sent that a journal keeps: as much as the built-in model reads (inference/builtin/features.ts), because what reviewers decided can be learned
 * only together with the text that the model saw.
 */
const SENT_LIMIT = 16_000;

function sentWithin(sent: Prepared["sent"]): { readonly input?: Prepared["sent"] } {
  const length = Object.values(sent).reduce((sum, text) => sum + text.length, 0);
  return length <= SENT_LIMIT ? { input: sent } : {};
}

/** Failures before which nothing left. */
const UNSENT: readonly ErrorCode[] = ["model.no_agreement", "model.circuit_open", "model.forbidden_value", "model.budget"];

/** A person is asked, unless the budget was reached and the spec says to refuse then. Where nobody has said who may answer, what the last model came to is the step's end, or an operator's to mend. */
function notDecided(pass: Pass, step: string, args: string, { tried }: ChainEnd, { treated, notSent }: Prepared): StepEntry {
  const refused = pass.spec.budget?.onReached === "refuse" ? tried.findLast(({ code }) => code === "model.budget") : undefined;
  if (refused) return pass.failStep(step, args, { code: refused.code, message: refused.message });
  const hasLeft = tried.some(({ code }) => !UNSENT.includes(code));
  if (!isUnapproved(pass.spec)) return { type: "question.asked", args, tried, notSent, ...(hasLeft ? { sent: treated } : {}) };
  const { code, message } = tried.at(-1) as ChainEnd["tried"][number];
  const error = { code, message };
  if (errorFacts(code).retry === "never") return pass.failStep(step, args, error);
  pass.record(step, { type: "attempt.failed", args, during: "decide", attempt: tried.length, error, retryAt: null });
  return pass.wait({ kind: "operator", step, error });
}

/** That its words are likely says nothing of whether a text is right. */
const UNMEASURED = { confidence: 0, fields: {}, source: "none" } as const satisfies Partial<ModelDecision>;

function declared(workflow: Workflow, { kind, name }: Pick<DecisionCall, "kind" | "name">): z.ZodType {
  const schema = schemaOf(workflow, name);
  if (!schema || (kind === "draft") !== (schema === DRAFT))
    throw new InterlockError("workflow.undeclared", `${workflow.name} declares no ${kind === "draft" ? "draft" : "decision"} "${name}"`);
  return schema;
}

/** What the run's own spec compares the confidence with. */
function thresholdOf({ thresholds }: GovernanceSpec, decision: string): SampleThreshold {
  const set = Object.entries(thresholds).filter(([of]) => of === decision || of.startsWith(`${decision}.`));
  if (set.length === 0) return null;
  const [[of, threshold]] = set as [(typeof set)[number]];
  return set.length === 1 && of === decision && typeof threshold === "number" ? threshold : "all";
}

function decidedOf({ kind, name }: DecisionCall, { decision: made, by }: Extract<StepEntry, { type: "decision.made" }>): Decided {
  const value = handOut(made.value);
  return {
    decision: name,
    value: kind === "draft" ? (value as z.infer<typeof DRAFT>).text : value,
    confidence: made.confidence,
    ...(by === undefined ? {} : { decidedBy: by }),
  };
}

/** Tokens become values in the named fields only; one that stands for nothing is left, wherever it is. */
function putBack(value: unknown, fields: readonly string[], { redactor }: Prepared): { value: unknown; invented: string[] } {
  const invented = new Set<string>();
  const walk = (node: unknown, path: string): unknown => {
    if (typeof node === "string") {
      const restored = redactor.restore(node);
      for (const token of restored.invented) invented.add(token);
      return fields.includes(path) ? restored.text : node;
    }
    if (Array.isArray(node)) return node.map((item) => walk(item, path));
    if (typeof node !== "object" || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([name, item]) => [name, walk(item, path === "" ? name : `${path}.${name}`)]));
  };
  const walked = walk(value, "");
  return { value: walked, invented: [...invented] };
}
