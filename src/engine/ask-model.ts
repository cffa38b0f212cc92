// One request to one model. Every request to a model leaves from here, the second try of an answer and each further sample too, so that what is asked before and
// counted after is asked and counted for all of them. It must not judge an answer, and not say what follows from a failure.
// Sequence: the provider's card -> its circuit -> the text so far -> the budget -> ask (the adapter shows the exact text) -> settle -> tell the circuit.
import { failureOf } from "../core/errors.ts";
import { decideSend, forbiddenIn, type Prepared } from "../governance/data-flow.ts";
import type { Model, ModelFailure, ModelRequest, ModelResult } from "../inference/model.ts";
import { isProvidersFault } from "./circuit.ts";
import { withinBudget } from "./model-budget.ts";
import type { Pass } from "./pass.ts";

/** What a decision asks, whichever model is asked. */
export interface Asking {
  readonly pass: Pass;
  readonly step: string;
  readonly prepared: Prepared;
  readonly request: Omit<ModelRequest, "modelId" | "leaving" | "repair" | "sample">;
}

/** `how`: as a second try after an invalid answer, or as one more sample. */
export async function askOnce(asking: Asking, model: Model, how: Pick<ModelRequest, "repair" | "sample"> = {}): Promise<ModelResult> {
  const { pass, prepared, request } = asking;
  const { ports } = pass;
  const recipient = { provider: model.provider, host: model.host ?? "unknown host" };
  const closed = model.local ? null : ((await disagreement(pass, model, prepared)) ?? (await ports.circuit?.mayAsk(recipient)) ?? null);
  if (closed !== null) return { ok: false, error: closed };
  const leaving = (body: string): ModelFailure | null => {
    const name = forbiddenIn(body, prepared.forbidden);
    return name === null ? null : { code: "model.forbidden_value", message: `The request would have held ${name}; nothing was sent` };
  };
  // Here as well: an adapter that does not ask must not be the only lock.
  const early = leaving(JSON.stringify({ instruction: request.instruction, input: request.input, ...how }));
  if (early) return { ok: false, error: early };
  const asked = { ...request, modelId: model.id, ...how, ...(prepared.forbidden.length > 0 ? { leaving } : {}) };
  const result = await withinBudget(pass, model, asked, () => model.decide(asked, ports.now));
  const wasSent = result.ok || (result.error.code !== "model.forbidden_value" && result.error.code !== "model.budget");
  if (!model.local && wasSent) await ports.circuit?.report(recipient, !result.ok && isProvidersFault(result.error.code));
  return result;
}

/** With the model's provider, and with a gateway on the way to it, which sees the same: each has a card of its own. */
async function disagreement(
  { ports }: Pass,
  { provider, host = "unknown host", via }: Model,
  { demands }: Prepared,
): Promise<ModelFailure | null> {
  try {
    for (const recipient of [{ provider, host }, ...(via ? [via] : [])]) {
      const card = (await ports.providerCard?.(recipient)) ?? null;
      const refused = decideSend(recipient, card, ports.now(), demands);
      if (refused !== null) return { code: "model.no_agreement", message: `${refused}. Nothing was sent` };
    }
    return null;
  } catch (thrown) {
    return { code: "model.unavailable", message: failureOf(thrown).message };
  }
}
