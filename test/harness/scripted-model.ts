// The model of one scenario: answers as the scenario says, counts, and keeps what it was sent. Only declared elements, redacted, can be in there.
import type { Workflow } from "../../src/engine/define.ts";
import type { Model, ModelRequest, ModelResult } from "../../src/inference/model.ts";
import { type FaultQueue, modelFailureOf } from "./faults.ts";
import { type Judgement, type Scenario, ScenarioError } from "./scenario.ts";
import { currentStep } from "./watch-calls.ts";

export type Asked = Pick<ModelRequest, "decision" | "instruction" | "input">;

export function scriptedModel(
  workflow: Workflow,
  decisions: Scenario["decisions"] = {},
  faults: FaultQueue,
  giveUp: (mistake: ScenarioError) => void,
): { readonly model: Model; readonly asked: Asked[] } {
  const unknown = Object.keys(decisions).find((decision) => !Object.hasOwn(workflow.decisions, decision));
  if (unknown !== undefined) throw new ScenarioError(`decisions names "${unknown}", which is no decision of ${workflow.name}`);
  const asked: Asked[] = [];

  function judge(request: ModelRequest): Judgement {
    const { decision } = request;
    const said = decisions[decision];
    const count = asked.filter((one) => one.decision === decision).length;
    if (said === undefined) {
      throw new ScenarioError(`The model is asked for "${decision}". Add: decisions: { ${decision}: { value: { … }, confidence: 0.95 } }`);
    }
    if (typeof said === "function") return said(request, count);
    if (!Array.isArray(said)) return said as Judgement;
    const judgement = said[count - 1];
    if (!judgement) throw new ScenarioError(`The model is asked for "${decision}" for the ${count}. time; the list has ${said.length}`);
    return judgement;
  }

  function decide(request: ModelRequest): ModelResult {
    asked.push(structuredClone({ decision: request.decision, instruction: request.instruction, input: request.input }));
    const fault = faults.takeForRequest(currentStep() ?? request.decision, null);
    if (fault) return { ok: false, error: modelFailureOf(fault) };
    const judgement = judge(request);
    if ("fails" in judgement) return { ok: false, error: { code: judgement.fails, message: "as the scenario says" } };
    const value = request.schema.safeParse(judgement.value);
    if (!value.success) {
      const issue = value.error.issues[0];
      throw new ScenarioError(
        `decisions["${request.decision}"] is no answer that a model may give: ${issue?.path.join(".")}: ${issue?.message}`,
      );
    }
    return {
      ok: true,
      decision: {
        value: value.data,
        confidence: judgement.confidence ?? 1,
        fields: {},
        source: "logprobs",
        basis: { prompt: "prompt", schema: "schema" },
        model: "scripted",
        provider: "test",
        usage: { promptTokens: 1, completionTokens: 1 },
        costUsd: 0,
        latencyMs: 0,
      },
    };
  }

  const model: Model = {
    id: "scripted",
    provider: "test",
    local: true,
    label: "Scripted",
    decide: async (request) => {
      try {
        return decide(request);
      } catch (thrown) {
        giveUp(thrown instanceof ScenarioError ? thrown : new ScenarioError(`decisions["${request.decision}"] threw: ${String(thrown)}`));
        return new Promise(() => {});
      }
    },
  };
  return { model, asked };
}
