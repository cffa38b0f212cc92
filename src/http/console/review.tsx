// /workflows/:name/review: the optimisation review, its advice as a draft, and the breaker's judgement on somebody's word.
import { Hono, type Context as HonoContext } from "hono";
import { errorFacts, type Failure, failureOf, type Result } from "../../core/errors.ts";
import type { Deployment } from "../../deployment.ts";
import { AdviceTaken, adviseSpec } from "../../operations/advise-spec.ts";
import { ReviewAsked, readReview } from "../../operations/read-review.ts";
import { openSeconds } from "../../operations/second-review.ts";
import { checkBreaker, type Judgement } from "../../operations/weekly-review.ts";
import { type ConsoleEnv, operationContext, refuse } from "../console-env.ts";
import { filledIn, parseInput, readForm } from "../input.ts";
import { ReviewPage } from "../pages/review-page.tsx";
import { frameFor, renderPage } from "./page.ts";

export const reviewPages = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/:name/review", async (c) => showReview(c, deployment, parseInput(ReviewAsked, filledIn(c.req.query()))))
    .post("/:name/review/draft", async (c) => {
      const { name } = c.req.param();
      const fields = filledIn(Object.fromEntries(await readForm(c.req)));
      const drafted = await take(c, deployment, name, fields);
      if (drafted.ok) return c.redirect(`/specs/${encodeURIComponent(name)}/${drafted.value.version}`, 303);
      return showReview(c, deployment, parseInput(ReviewAsked, fields), { refused: drafted.error });
    })
    .post("/:name/review/breaker", async (c) => {
      const checked = await checkBreaker(operationContext(c, deployment), c.get("principal"), c.req.param("name"), Date.now());
      if (!checked.ok) refuse(checked.error);
      return showReview(c, deployment, parseInput(ReviewAsked, {}), { judged: checked.value });
    });

async function take(
  c: HonoContext<ConsoleEnv>,
  deployment: Deployment,
  name: string,
  fields: Record<string, string>,
): Promise<Result<{ readonly version: number }>> {
  try {
    return await adviseSpec(operationContext(c, deployment), c.get("principal"), name, parseInput(AdviceTaken, fields), Date.now());
  } catch (thrown) {
    const error = failureOf(thrown);
    if (error.code !== "request.invalid") throw thrown;
    return { ok: false, error };
  }
}

async function showReview(
  c: HonoContext<ConsoleEnv>,
  deployment: Deployment,
  asked: ReviewAsked,
  { refused = null, judged = null }: { readonly refused?: Failure | null; readonly judged?: Judgement | null } = {},
): Promise<Response> {
  const name = c.req.param("name") ?? "";
  const now = Date.now();
  const context = operationContext(c, deployment);
  const [read, open, frame] = await Promise.all([
    readReview(context, c.get("principal"), name, asked, now),
    openSeconds(context, c.get("principal"), name, now),
    frameFor(c.env.DB, c.get("principal")),
  ]);
  if (!read.ok) refuse(read.error);
  const secondOpen = open.ok ? open.value.length : 0;
  const page = <ReviewPage frame={frame} review={read.value} secondOpen={secondOpen} now={now} judged={judged} refused={refused} />;
  return renderPage(c, page, refused ? errorFacts(refused.code).status : 200);
}
