// A budget's hard stop: before a model call leaves, what it costs at most is reserved where all of the workflow's calls are counted, and afterwards it is settled with
// what it did cost. It must not know prices; a model says what a call may cost. Whoever cannot reach the counter throws, and the step is tried again: no call
// leaves uncounted.
// Sequence: how much at most? -> reserve -> call -> settle. What is not settled stays spent.
import { type BudgetReached, reachedText } from "../governance/budget.ts";
import type { Budget } from "../governance/spec.ts";
import type { Model, ModelRequest, ModelResult } from "../inference/model.ts";
import { mayHaveCost } from "./decision-cost.ts";
import type { Pass } from "./pass.ts";

export type Reserved = { readonly reserved: true; readonly id: number } | { readonly reserved: false; readonly reached: BudgetReached };

/** The port to the one place where a workflow's spending is counted: its runs live in many partitions. */
export interface ModelBudget {
  /** In one step with the question whether there is room; nothing is reserved if there is none. Each call of this is a reservation of its own, a repeated one too. */
  reserve(call: { readonly workflow: string; readonly run: string; readonly usd: number; readonly budget: Budget }): Promise<Reserved>;
  /** A second time changes nothing. */
  settle(call: { readonly workflow: string; readonly id: number; readonly usd: number }): Promise<void>;
}

export async function withinBudget(
  pass: Pass,
  model: Model,
  request: ModelRequest,
  call: () => Promise<ModelResult>,
): Promise<ModelResult> {
  const { budget } = pass.spec;
  if (!budget || model.local) return call();
  const usd = model.mostUsd?.(request, pass.ports.now());
  if (usd === undefined) return refused("Nobody knows what a call of this model may cost, and the governance spec has a budget");
  const { workflow, runId: run, ports } = pass;
  const reserved = await ports.limits.reserve({ workflow, run, usd, budget });
  if (!reserved.reserved) return refused(reachedText(reserved.reached));
  const result = await call();
  const cost = costOf(result);
  if (cost === null) return result;
  try {
    await ports.limits.settle({ workflow, id: reserved.id, usd: cost });
  } catch {
    // The answer is there and paid for. Its reservation stays spent, which is more than it cost.
  }
  return result;
}

const refused = (message: string): ModelResult => ({
  ok: false,
  error: { code: "model.budget", message: `${message}. Nothing was sent` },
});

/** Null: not known, so that the whole reservation is spent. */
const costOf = (result: ModelResult): number | null => (result.ok ? result.decision.costUsd : mayHaveCost(result.error.code) ? null : 0);
