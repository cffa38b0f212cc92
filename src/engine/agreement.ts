// Whether an agreement covers what would be sent: with the model's provider, and with a gateway on the way to it, which sees the same. Each has a card of its own.
// It only refuses; what is sent, and how it is treated, is decided elsewhere (governance/data-flow.ts).
import { InterlockError } from "../core/errors.ts";
import { decideSend, type Prepared } from "../governance/data-flow.ts";
import type { Model } from "../inference/model.ts";
import type { Pass } from "./pass.ts";

export async function checkAgreement(
  { ports }: Pick<Pass, "ports">,
  { provider, host = "unknown host", via, local }: Model,
  { demands }: Pick<Prepared, "demands">,
): Promise<void> {
  if (local) return;
  for (const recipient of [{ provider, host }, ...(via ? [via] : [])]) {
    const card = (await ports.providerCard?.(recipient)) ?? null;
    const refused = decideSend(recipient, card, ports.now(), demands);
    if (refused !== null) throw new InterlockError("model.no_agreement", `${refused}. Nothing was sent`);
  }
}
