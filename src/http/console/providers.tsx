// /providers: each model provider's card, as it stands today; a data-protection officer records one here. Models are probed here. A refusal is shown on the page with
// what was entered.
import { Hono, type Context as HonoContext } from "hono";
import { errorFacts, type Failure, failureOf, type Result } from "../../core/errors.ts";
import type { Deployment } from "../../deployment.ts";
import { ProbeInput, probeModel } from "../../operations/probe-model.ts";
import { readModels } from "../../operations/read-models.ts";
import { readProviders } from "../../operations/read-providers.ts";
import { CardInput, recordProviderCard } from "../../operations/record-card.ts";
import { permit } from "../../operations/require-role.ts";
import { type ConsoleEnv, operationContext, orRefuse } from "../console-env.ts";
import { filledIn, parseInput, readForm } from "../input.ts";
import { type CardDraft, ProvidersPage } from "../pages/providers-page.tsx";
import { frameFor, renderPage } from "./page.ts";

export const providerPages = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", async (c) => showProviders(c, deployment, { recorded: c.req.query("recorded") ?? null }))
    .post("/", async (c) => {
      const draft = Object.fromEntries(await readForm(c.req));
      const recorded = await record(c, deployment, draft);
      return recorded.ok
        ? c.redirect(`/providers?${new URLSearchParams({ recorded: recorded.value.provider })}`, 303)
        : showProviders(c, deployment, { refused: recorded.error, draft });
    })
    .post("/probe", async (c) => {
      const input = parseInput(ProbeInput, Object.fromEntries(await readForm(c.req)));
      const probed = await probeModel(operationContext(c, deployment), c.get("principal"), input, Date.now);
      return probed.ok ? c.redirect("/providers", 303) : showProviders(c, deployment, { refused: probed.error });
    });

/** A day that was left empty is one that there is not; every other field says something. */
async function record(
  c: HonoContext<ConsoleEnv>,
  deployment: Deployment,
  draft: CardDraft,
): Promise<Result<{ readonly provider: string }>> {
  const keeps = { nothing: true, requests: false }[draft.keeps ?? ""];
  const { keeps: _, ...filled } = filledIn(draft);
  try {
    const input = parseInput(CardInput, {
      provider: "",
      host: "",
      region: "",
      dpaSignedOn: null,
      dpaExpires: null,
      ...filled,
      zeroRetention: keeps,
    });
    return await recordProviderCard(operationContext(c, deployment), c.get("principal"), input, Date.now());
  } catch (thrown) {
    const error = failureOf(thrown);
    if (error.code !== "request.invalid") throw thrown;
    return { ok: false, error };
  }
}

interface Shown {
  readonly recorded?: string | null;
  readonly refused?: Failure | null;
  readonly draft?: CardDraft | null;
}

async function showProviders(
  c: HonoContext<ConsoleEnv>,
  deployment: Deployment,
  { recorded = null, refused = null, draft = null }: Shown,
): Promise<Response> {
  orRefuse(permit(c.get("principal"), "read provider cards", null));
  const now = Date.now();
  const context = operationContext(c, deployment);
  const [view, models, frame] = await Promise.all([
    readProviders(context, now),
    readModels(context),
    frameFor(c.env.DB, c.get("principal")),
  ]);
  const known = view.history.some(({ provider }) => provider === recorded) ? recorded : null;
  const page = <ProvidersPage frame={frame} view={view} models={models} now={now} recorded={known} refused={refused} draft={draft} />;
  return renderPage(c, page, refused ? errorFacts(refused.code).status : 200);
}
