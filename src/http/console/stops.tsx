// /stops: the kill switch, of everything and of each workflow, and the workflows' breakers. A turn leads back to the page with a notice; a refusal is shown on it with
// what was entered.
import { Hono, type Context as HonoContext } from "hono";
import * as z from "zod";
import { errorFacts, type Failure, failureOf, type Result } from "../../core/errors.ts";
import type { Deployment } from "../../deployment.ts";
import { breakersWithin, CloseBreakerInput, closeBreaker } from "../../operations/breakers.ts";
import { HaltInput, type HaltRow, haltsNow, turnHalt } from "../../operations/halt-runs.ts";
import { type ConsoleEnv, operationContext, withinOf } from "../console-env.ts";
import { parseInput, readForm } from "../input.ts";
import { StopsPage, type SwitchDraft } from "../pages/stops-page.tsx";
import { namesWithin } from "../versions.ts";
import { frameFor, renderPage } from "./page.ts";

const Query = z.object({
  turned: z.enum(["on", "off"]).optional(),
  scope: z.string().max(200).optional(),
  closed: z.string().max(200).optional(),
});

export const stopPages = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", async (c) => {
      const { turned, scope, closed = null } = Query.catch({}).parse(c.req.query());
      return showStops(c, deployment, { turned: turned && scope ? { on: turned === "on", scope } : null, closed });
    })
    .post("/", async (c) => {
      const form = Object.fromEntries(await readForm(c.req));
      const draft = { scope: form.scope ?? "", reason: form.reason ?? "" };
      const turned = await turn(c, deployment, { ...draft, on: form.turn === "on" ? true : form.turn === "off" ? false : undefined });
      return turned.ok
        ? c.redirect(`/stops?${new URLSearchParams({ turned: turned.value.on ? "on" : "off", scope: turned.value.scope })}`, 303)
        : showStops(c, deployment, { refused: turned.error, draft });
    })
    .post("/breakers/:workflow/close", async (c) => {
      const workflow = c.req.param("workflow");
      const { openedAt, reason = "" } = Object.fromEntries(await readForm(c.req));
      const closed = await attempt(() =>
        closeBreaker(
          operationContext(c, deployment),
          c.get("principal"),
          workflow,
          parseInput(CloseBreakerInput, { openedAt, reason }),
          Date.now(),
        ),
      );
      return closed.ok
        ? c.redirect(`/stops?${new URLSearchParams({ closed: workflow })}#breakers`, 303)
        : showStops(c, deployment, { refused: closed.error, breakerDraft: { scope: workflow, reason } });
    });

const turn = (c: HonoContext<ConsoleEnv>, deployment: Deployment, input: unknown): Promise<Result<HaltRow>> =>
  attempt(() => turnHalt(operationContext(c, deployment), c.get("principal"), parseInput(HaltInput, input), Date.now()));

/** A refusal of what was entered is data, too. */
async function attempt<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work();
  } catch (thrown) {
    const error = failureOf(thrown);
    if (error.code !== "request.invalid") throw thrown;
    return { ok: false, error };
  }
}

interface Shown {
  readonly turned?: { readonly on: boolean; readonly scope: string } | null;
  readonly closed?: string | null;
  readonly refused?: Failure | null;
  readonly draft?: SwitchDraft | null;
  readonly breakerDraft?: SwitchDraft | null;
}

async function showStops(
  c: HonoContext<ConsoleEnv>,
  deployment: Deployment,
  { turned = null, closed = null, refused = null, draft = null, breakerDraft = null }: Shown,
): Promise<Response> {
  const within = withinOf(c, "read the kill switch");
  const [{ switches, turns }, breakers, frame] = await Promise.all([
    haltsNow(c.env.DB, within),
    breakersWithin(c.env.DB, within),
    frameFor(c.env.DB, c.get("principal")),
  ]);
  const workflows = namesWithin(deployment, within);
  const page = (
    <StopsPage
      frame={frame}
      workflows={workflows}
      switches={switches}
      turns={turns}
      breakers={breakers}
      now={Date.now()}
      turned={turned}
      closed={breakers.some(({ workflow }) => workflow === closed) ? closed : null}
      refused={refused}
      draft={draft}
      breakerDraft={breakerDraft}
    />
  );
  return renderPage(c, page, refused ? errorFacts(refused.code).status : 200);
}
