// Every model provider that a deployed workflow sends to, how its card stands today, which workflows need it and what goes there; and the history of all cards.
import { listCards } from "../db/provider-cards.ts";
import { type RecordedCard, type Standing, standingOf } from "../governance/card-standing.ts";
import { decideSend, type ProviderDemands, type Treatment, treatmentOf } from "../governance/data-flow.ts";
import type { Context } from "./context.ts";
import { recipientsOf } from "./recipients.ts";

export interface ProviderUse {
  readonly workflow: string;
  readonly version: number;
  readonly model: string;
  /** Those that may go there; what is never sent is not among them. */
  readonly elements: readonly { readonly element: string; readonly treatment: Treatment }[];
  /** Why nothing of it is sent today, or null. */
  readonly refused: string | null;
}

export interface ProviderStanding {
  readonly provider: string;
  readonly host: string;
  readonly label: string;
  /** It runs inside this deployment: nothing leaves, and no card is asked for. */
  readonly local: boolean;
  readonly standing: Standing;
  readonly card: RecordedCard | null;
  readonly uses: readonly ProviderUse[];
}

export interface ProvidersView {
  readonly providers: readonly ProviderStanding[];
  /** Models that cannot be set up as they are configured, and why. */
  readonly broken: readonly { readonly workflow: string; readonly model: string; readonly why: string }[];
  /** Every version of every card, the latest first. */
  readonly history: readonly RecordedCard[];
}

export async function readProviders(context: Pick<Context, "env" | "deployment">, now: number): Promise<ProvidersView> {
  const history = await listCards(context.env.DB);
  const found = new Map<string, ProviderStanding>();
  const broken: ProvidersView["broken"][number][] = [];
  for (const workflow of context.deployment.workflows) {
    const sendable = workflow.dataFlow.filter((element) => treatmentOf(element) !== "no");
    const demands = sendable.flatMap(({ requires }): ProviderDemands[] => (requires ? [requires] : []));
    for (const { model, provider, host, local, label } of recipientsOf(context, workflow)) {
      if (provider === null) {
        broken.push({ workflow: workflow.name, model, why: label });
        continue;
      }
      const recipient = { provider, host: host ?? "unknown host" };
      const key = `${recipient.provider}\n${recipient.host}`;
      const card = cardOf(history, recipient);
      const known = found.get(key) ?? { ...recipient, label, local, standing: standingOf(card, now), card, uses: [] };
      const use: ProviderUse = {
        workflow: workflow.name,
        version: workflow.version,
        model,
        elements: sendable.map((element) => ({ element: element.element, treatment: treatmentOf(element) })),
        refused: local ? null : decideSend(recipient, card, now, demands),
      };
      found.set(key, { ...known, uses: [...known.uses, use] });
    }
  }
  return { providers: [...found.values()], broken, history };
}

/** Providers outside whose agreement does not hold, or will not for long. */
export const lapsing = ({ providers }: ProvidersView): ProviderStanding[] =>
  providers.filter(({ local, standing }) => !local && standing.state !== "in_force");

/** The latest: `history` has it first. */
export const cardOf = (
  history: readonly RecordedCard[],
  { provider, host }: { readonly provider: string; readonly host: string },
): RecordedCard | null => history.find((card) => card.provider === provider && card.host === host) ?? null;
