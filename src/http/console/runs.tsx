// /runs: the list, one run, and what an operator asks of it. Requests go to the run's partition; a refusal is shown on the run's page.
import { Hono, type Context as HonoContext } from "hono";
import * as z from "zod";
import { errorFacts, type Failure, failureOf, InterlockError, type Result } from "../../core/errors.ts";
import { listRuns, readRun } from "../../db/reads.ts";
import type { Deployment } from "../../deployment.ts";
import { resolveStep, undoEffect } from "../../operations/govern-run.ts";
import { actionFacts } from "../action-facts.ts";
import { type ConsoleEnv, operationContext } from "../console-env.ts";
import { ChoiceInput, LimitInput, PositionInput, parseInput, positionText, RunStatusInput, readForm, StepInput } from "../input.ts";
import { NOTICES, type NoticeName, RunPage } from "../pages/run-page.tsx";
import { RunsPage } from "../pages/runs-page.tsx";
import { frameFor, renderPage } from "./page.ts";

const Query = z.object({ status: RunStatusInput.optional(), before: PositionInput.optional(), limit: LimitInput });
const Undo = z.object({ step: StepInput });
const Resolve = z.object({ step: StepInput, choice: ChoiceInput });

export const runPages = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", async (c) => {
      const query = parseInput(Query, c.req.query());
      const [{ rows, next }, frame] = await Promise.all([listRuns(c.env.DB, query), frameFor(c.env.DB, c.get("principal"))]);
      const status = query.status ?? null;
      const address = next && `/runs?${new URLSearchParams({ ...(status ? { status } : {}), before: positionText(next) })}`;
      return renderPage(c, <RunsPage frame={frame} status={status} runs={rows} next={address} now={Date.now()} />);
    })
    .get("/:id", async (c) => {
      const notice = c.req.query("notice") ?? "";
      return showRun(c, deployment, c.req.param("id"), { notice: Object.hasOwn(NOTICES, notice) ? (notice as NoticeName) : null });
    })
    .post("/:id/undo", async (c) => {
      const id = c.req.param("id");
      return answer(c, deployment, id, "undo", async (form) =>
        undoEffect(operationContext(c, deployment), c.get("principal"), id, parseInput(Undo, form).step),
      );
    })
    .post("/:id/resolve", async (c) => {
      const id = c.req.param("id");
      return answer(c, deployment, id, "resolved", async (form) => {
        const { step, choice } = parseInput(Resolve, form);
        return resolveStep(operationContext(c, deployment), c.get("principal"), id, step, choice);
      });
    });

/** Does what the form asks; back to the run with a notice, or the run's page with the refusal. */
async function answer(
  c: HonoContext<ConsoleEnv>,
  deployment: Deployment,
  id: string,
  notice: NoticeName,
  work: (form: Record<string, string>) => Promise<Result<null>>,
): Promise<Response> {
  const form = Object.fromEntries(await readForm(c.req));
  const done = await work(form).catch((thrown): Result<null> => {
    const error = failureOf(thrown);
    if (error.code !== "request.invalid") throw thrown;
    return { ok: false, error };
  });
  return done.ok
    ? c.redirect(`/runs/${encodeURIComponent(id)}?notice=${notice}`, 303)
    : showRun(c, deployment, id, { refused: done.error });
}

async function showRun(
  c: HonoContext<ConsoleEnv>,
  deployment: Deployment,
  id: string,
  { notice = null, refused = null }: { notice?: NoticeName | null; refused?: Failure | null },
): Promise<Response> {
  const [detail, frame] = await Promise.all([readRun(c.env.DB, id), frameFor(c.env.DB, c.get("principal"))]);
  if (!detail) throw new InterlockError("run.not_found", `No run ${id}`);
  const actions = Object.fromEntries(detail.effects.map(({ action }) => [action, actionFacts(deployment, action)]));
  const page = <RunPage frame={frame} detail={detail} actions={actions} now={Date.now()} notice={notice} refused={refused} />;
  return renderPage(c, page, refused ? errorFacts(refused.code).status : 200);
}
