// Whether an agreement covers what would be sent: with the model's provider, and with a gateway on the way to it, which sees the same. Each has a card of its own.
// It only refuses; what is sent, and how it is treated, is decided elsewhere (governance/data-flow.ts).
import { decideSend, type Prepared } from "../governance/data-flow.ts";
import type { Model, ModelFailure } from "../inference/model.ts";
import type { Pass } from "./pass.ts";

/** What stands against asking this model, or null. */
export async function disagreement(
  { ports }: Pick<Pass, "ports">,
  { provider, host = "unknown host", via, local }: Pick<Model, "provider" | "host" | "via" | "local">,
  { demands }: Pick<Prepared, "demands">,
): Promise<ModelFailure | null> {
  if (local) return null;
  for (const recipient of [{ provider, host }, ...(via ? [via] : [])]) {
    const card = (await ports.providerCard?.(recipient)) ?? null;
    const refused = decideSend(recipient, card, ports.now(), demands);
    if (refused !== null) return { code: "model.no_agreement", message: `${refused}. Nothing was sent` };
  }
  return null;
}
