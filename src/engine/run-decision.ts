// A model's decision as a memoised step. What leaves is built from declared elements only, a provider without a data-processing agreement is not asked, and the exact
// text is looked at once more before it goes. It must not judge the answer: what may be written on it is the governance spec's.
// Sequence: declared elements -> treatments -> provider's card -> ask -> put values back where that is declared -> journal.
import { InterlockError } from "../core/errors.ts";
import { digest } from "../core/json.ts";
import { forbiddenIn, type Prepared, prepare } from "../governance/data-flow.ts";
import { injectionHints } from "../governance/injection-hints.ts";
import type { ModelDecision, ModelFailure, ModelRequest } from "../inference/model.ts";
import { disagreement } from "./agreement.ts";
import type { Decided, DecisionRequest, RetryPolicy, Workflow } from "./define.ts";
import type { StepEntry } from "./journal.ts";
import type { Pass } from "./pass.ts";
import { patienceOf } from "./retry.ts";
import { memoised } from "./run-read.ts";
import { outputOfAnswer } from "./step-output.ts";

export async function runDecision(
  pass: Pass,
  workflow: Workflow,
  step: string,
  modelName: string,
  decision: string,
  { retry, ...request }: DecisionRequest & { readonly retry?: RetryPolicy },
): Promise<Decided> {
  const args = digest({ decision, ...request });
  const work = async (): Promise<StepEntry> => {
    const prepared = prepare(workflow.dataFlow, request, pass.runId);
    const [element] = prepared.undeclared;
    if (element !== undefined)
      throw new InterlockError("workflow.undeclared", `The data element "${element}" is not in the data flow of ${workflow.name}`, {
        field: element,
      });
    const schema = workflow.decisions[decision];
    if (!schema) throw new InterlockError("workflow.undeclared", `${workflow.name} declares no decision "${decision}"`);
    await pass.flush();
    const model = pass.ports.model(modelName, workflow.name);
    const closed = await disagreement(pass, model, prepared);
    if (closed !== null) throw new InterlockError(closed.code, closed.message, closed);
    const leaving = (body: string): ModelFailure | null => {
      const name = forbiddenIn(body, prepared.forbidden);
      return name === null ? null : { code: "model.forbidden_value", message: `The request would have held ${name}; nothing was sent` };
    };
    const asked: ModelRequest = {
      decision,
      instruction: request.instruction,
      input: prepared.sent,
      schema,
      schemaName: decision,
      modelId: model.id,
      ...(prepared.forbidden.length > 0 ? { leaving } : {}),
    };
    // Here as well: an adapter that does not ask must not be the only lock.
    const early = leaving(JSON.stringify({ instruction: asked.instruction, input: asked.input }));
    const result = early ? { ok: false as const, error: early } : await model.decide(asked, pass.ports.now);
    if (!result.ok) throw new InterlockError(result.error.code, result.error.message, result.error);
    const fields = workflow.reinsert?.[decision] ?? [];
    const { value, invented } = putBack(result.decision.value, fields, prepared);
    // The adapter has checked what the model said; what was put into it is checked here.
    if (fields.length > 0 && !schema.safeParse(value).success)
      throw new InterlockError("model.invalid_output", "With the values in the place of their tokens the answer no longer fits its schema");
    const hints = [...new Set(Object.values(prepared.sent).flatMap(injectionHints))];
    return {
      type: "decision.made",
      args,
      decision: outputOfAnswer(step, { ...result.decision, value }) as unknown as ModelDecision,
      notSent: prepared.notSent,
      sent: prepared.treated,
      ...(invented.length > 0 ? { invented } : {}),
      ...(hints.length > 0 ? { hints } : {}),
    };
  };
  const made = (await memoised(pass, step, args, "decide", work, patienceOf(step, retry))) as ModelDecision;
  return { decision, value: made.value, confidence: made.confidence };
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
