// /workflows/:name/second-reviews: the next answer that is to be given again, blind, and the answer to it.
import { Hono, type Context as HonoContext } from "hono";
import { errorFacts, type Failure, failureOf, type Result } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { Deployment } from "../../deployment.ts";
import { answerAgain, blindTask, openSeconds, SecondAnswer } from "../../operations/second-review.ts";
import { type ConsoleEnv, operationContext, refuse } from "../console-env.ts";
import { filledIn, parseInput, readForm } from "../input.ts";
import { FIELD_PREFIX, SecondReviewPage } from "../pages/second-review-page.tsx";
import { frameFor, renderPage } from "./page.ts";

export const secondReviewPages = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/:name/second-reviews", async (c) => showNext(c, deployment, { answered: c.req.query("answered") === "yes" }))
    .post("/:name/second-reviews/:approval", async (c) => {
      const { name, approval } = c.req.param();
      const form = filledIn(Object.fromEntries(await readForm(c.req)));
      const done = await answer(c, deployment, { workflow: name, approval }, form);
      if (done.ok) return c.redirect(`/workflows/${encodeURIComponent(name)}/second-reviews?answered=yes`, 303);
      return showNext(c, deployment, { refused: done.error });
    });

async function answer(
  c: HonoContext<ConsoleEnv>,
  deployment: Deployment,
  which: { readonly workflow: string; readonly approval: string },
  { reject, note = "", ...fields }: Record<string, string>,
): Promise<Result<null>> {
  try {
    const values = Object.entries(fields).flatMap(([name, text]): [string, Json][] =>
      name.startsWith(FIELD_PREFIX) ? [[name.slice(FIELD_PREFIX.length), jsonOf(text)]] : [],
    );
    const input = reject === "yes" ? { kind: "reject", note } : { kind: "set", values: Object.fromEntries(values), note };
    return await answerAgain(operationContext(c, deployment), c.get("principal"), which, parseInput(SecondAnswer, input), Date.now());
  } catch (thrown) {
    const error = failureOf(thrown);
    if (error.code !== "request.invalid") throw thrown;
    return { ok: false, error };
  }
}

/** The form's options are JSON; anything else fits none of the listed values. */
function jsonOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

async function showNext(
  c: HonoContext<ConsoleEnv>,
  deployment: Deployment,
  { answered = false, refused = null }: { readonly answered?: boolean; readonly refused?: Failure | null },
): Promise<Response> {
  const name = c.req.param("name") ?? "";
  const now = Date.now();
  const context = operationContext(c, deployment);
  const [open, frame] = await Promise.all([openSeconds(context, c.get("principal"), name, now), frameFor(c.env.DB, c.get("principal"))]);
  if (!open.ok) refuse(open.error);
  for (const { approval } of open.value) {
    const task = await blindTask(context, c.get("principal"), name, approval, now);
    if (!task.ok) continue;
    const page = (
      <SecondReviewPage
        frame={frame}
        workflow={name}
        task={task.value}
        open={open.value.length}
        now={now}
        answered={answered}
        refused={refused}
      />
    );
    return renderPage(c, page, refused ? errorFacts(refused.code).status : 200);
  }
  const page = <SecondReviewPage frame={frame} workflow={name} task={null} open={0} now={now} answered={answered} refused={refused} />;
  return renderPage(c, page, refused ? errorFacts(refused.code).status : 200);
}
