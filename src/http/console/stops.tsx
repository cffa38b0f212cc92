// /stops: the kill switch, of everything and of each workflow. A turn leads back to the page with a notice; a refusal is shown on it with what was entered.
import { Hono, type Context as HonoContext } from "hono";
import * as z from "zod";
import { errorFacts, type Failure, failureOf, type Result } from "../../core/errors.ts";
import type { Deployment } from "../../deployment.ts";
import { HaltInput, type HaltRow, haltsNow, turnHalt } from "../../operations/halt-runs.ts";
import { type ConsoleEnv, operationContext, withinOf } from "../console-env.ts";
import { parseInput, readForm } from "../input.ts";
import { StopsPage, type SwitchDraft } from "../pages/stops-page.tsx";
import { namesWithin } from "../versions.ts";
import { frameFor, renderPage } from "./page.ts";

const Query = z.object({ turned: z.enum(["on", "off"]).optional(), scope: z.string().max(200).optional() });

export const stopPages = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", async (c) => {
      const { turned, scope } = Query.catch({}).parse(c.req.query());
      return showStops(c, deployment, { turned: turned && scope ? { on: turned === "on", scope } : null });
    })
    .post("/", async (c) => {
      const form = Object.fromEntries(await readForm(c.req));
      const draft = { scope: form.scope ?? "", reason: form.reason ?? "" };
      const turned = await turn(c, deployment, { ...draft, on: form.turn === "on" ? true : form.turn === "off" ? false : undefined });
      return turned.ok
        ? c.redirect(`/stops?${new URLSearchParams({ turned: turned.value.on ? "on" : "off", scope: turned.value.scope })}`, 303)
        : showStops(c, deployment, { refused: turned.error, draft });
    });

async function turn(c: HonoContext<ConsoleEnv>, deployment: Deployment, input: unknown): Promise<Result<HaltRow>> {
  try {
    return await turnHalt(operationContext(c, deployment), c.get("principal"), parseInput(HaltInput, input), Date.now());
  } catch (thrown) {
    const error = failureOf(thrown);
    if (error.code !== "request.invalid") throw thrown;
    return { ok: false, error };
  }
}

interface Shown {
  readonly turned?: { readonly on: boolean; readonly scope: string } | null;
  readonly refused?: Failure | null;
  readonly draft?: SwitchDraft | null;
}

async function showStops(
  c: HonoContext<ConsoleEnv>,
  deployment: Deployment,
  { turned = null, refused = null, draft = null }: Shown,
): Promise<Response> {
  const within = withinOf(c, "read the kill switch");
  const [{ switches, turns }, frame] = await Promise.all([haltsNow(c.env.DB, within), frameFor(c.env.DB, c.get("principal"))]);
  const workflows = namesWithin(deployment, within);
  const page = (
    <StopsPage
      frame={frame}
      workflows={workflows}
      switches={switches}
      turns={turns}
      now={Date.now()}
      turned={turned}
      refused={refused}
      draft={draft}
    />
  );
  return renderPage(c, page, refused ? errorFacts(refused.code).status : 200);
}
