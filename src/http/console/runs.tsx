// /runs: the list, one run, and what an operator asks of it. Requests go to the run's partition; a refusal is shown on the run's page.
import { Hono, type Context as HonoContext } from "hono";
import * as z from "zod";
import { errorFacts, type Failure, failureOf, InterlockError, ok, type Result } from "../../core/errors.ts";
import { originalOf } from "../../core/ids.ts";
import type { RunRequest } from "../../core/run-request.ts";
import { readRun } from "../../db/reads.ts";
import { runsBegunAgain } from "../../db/runs.ts";
import type { Deployment } from "../../deployment.ts";
import { replayRun, restartRun } from "../../operations/begin-again.ts";
import { ContestInput, contestChange, contestsAgainst } from "../../operations/contest.ts";
import { askOfRun, resolveStep, undoEffect } from "../../operations/govern-run.ts";
import { permitRun } from "../../operations/require-role.ts";
import { actionFacts } from "../action-facts.ts";
import { type ConsoleEnv, operationContext, orRefuse } from "../console-env.ts";
import { ChoiceInput, parseInput, readForm, StepInput } from "../input.ts";
import type { ControlDraft } from "../pages/run-control.tsx";
import { ComingRunPage, NOTICES, type NoticeName, RunPage } from "../pages/run-page.tsx";
import { manyRunsPages } from "./many-runs.tsx";
import { frameFor, renderPage } from "./page.ts";

const AtStep = z.object({ step: StepInput });
const Resolve = z.object({ step: StepInput, choice: ChoiceInput });
const Cancel = z.object({
  compensate: z.enum(["yes", "no"], "Say what shall become of what was written"),
  reason: z.string().trim().max(2000).default(""),
});

export const runPages = (deployment: Deployment) => {
  const ask = (notice: NoticeName, request: (form: Record<string, string>) => RunRequest) => async (c: HonoContext<ConsoleEnv, "/:id">) =>
    answer(c, deployment, notice, (id, form) => askOfRun(operationContext(c, deployment), c.get("principal"), id, request(form)));
  return new Hono<ConsoleEnv>()
    .route("/", manyRunsPages(deployment))
    .get("/:id", async (c) => {
      const notice = c.req.query("notice") ?? "";
      return showRun(c, deployment, c.req.param("id"), { notice: Object.hasOwn(NOTICES, notice) ? (notice as NoticeName) : null });
    })
    .post("/:id/undo", async (c) =>
      answer(c, deployment, "undo", (id, form) =>
        undoEffect(operationContext(c, deployment), c.get("principal"), id, parseInput(AtStep, form).step),
      ),
    )
    .post("/:id/resolve", async (c) =>
      answer(c, deployment, "resolved", (id, form) => {
        const { step, choice } = parseInput(Resolve, form);
        return resolveStep(operationContext(c, deployment), c.get("principal"), id, step, choice);
      }),
    )
    .post(
      "/:id/pause",
      ask("paused", () => ({ do: "pause" })),
    )
    .post(
      "/:id/resume",
      ask("resumed", () => ({ do: "resume" })),
    )
    .post(
      "/:id/retry",
      ask("retried", () => ({ do: "retry" })),
    )
    .post(
      "/:id/cancel",
      ask("cancelled", (form) => {
        const { compensate, reason } = parseInput(Cancel, form);
        return { do: "cancel", compensate: compensate === "yes", reason };
      }),
    )
    .post("/:id/contests", async (c) =>
      answer(c, deployment, "contested", async (id, form) => {
        const { step = "", person = "", reason = "" } = form;
        const input = parseInput(ContestInput, { step, person, reason });
        const opened = await contestChange(operationContext(c, deployment), c.get("principal"), id, input, Date.now());
        return opened.ok ? ok(null) : opened;
      }),
    )
    .post("/:id/replay", async (c) =>
      answer(c, deployment, "begun", (id) => replayRun(operationContext(c, deployment), c.get("principal"), id)),
    )
    .post("/:id/restart", async (c) =>
      answer(c, deployment, "begun", (id, form) =>
        restartRun(operationContext(c, deployment), c.get("principal"), id, parseInput(AtStep, form).step),
      ),
    );
};

/** Does what the form asks; to the run (the new one, where one was begun) with a notice, or the run's page with the refusal and what was entered. */
async function answer(
  c: HonoContext<ConsoleEnv, "/:id">,
  deployment: Deployment,
  notice: NoticeName,
  work: (id: string, form: Record<string, string>) => Promise<Result<{ readonly run: string } | null>>,
): Promise<Response> {
  const id = c.req.param("id");
  const form = Object.fromEntries(await readForm(c.req));
  const done = await refusable(() => work(id, form));
  if (done.ok) return c.redirect(`/runs/${encodeURIComponent(done.value?.run ?? id)}?notice=${notice}`, 303);
  const asked = c.req.path.split("/").at(-1);
  const draft: ControlDraft | null = asked === "cancel" || asked === "restart" ? { form: asked, fields: form } : null;
  return showRun(c, deployment, id, { refused: done.error, draft, contestDraft: asked === "contests" ? form : null });
}

async function refusable<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work();
  } catch (thrown) {
    const error = failureOf(thrown);
    if (error.code !== "request.invalid") throw thrown;
    return { ok: false, error };
  }
}

interface Shown {
  readonly notice?: NoticeName | null;
  readonly refused?: Failure | null;
  readonly draft?: ControlDraft | null;
  readonly contestDraft?: Readonly<Record<string, string>> | null;
}

async function showRun(
  c: HonoContext<ConsoleEnv>,
  deployment: Deployment,
  id: string,
  { notice = null, refused = null, draft = null, contestDraft = null }: Shown,
): Promise<Response> {
  const denied = await permitRun(c.env.DB, c.get("principal"), "read runs", id);
  if (denied?.error.code !== "run.not_found") orRefuse(denied);
  const [detail, again, contests, frame] = await Promise.all([
    readRun(c.env.DB, id),
    runsBegunAgain(c.env.DB, originalOf(id)),
    contestsAgainst(c.env.DB, id),
    frameFor(c.env.DB, c.get("principal")),
  ]);
  if (!detail && notice === "begun") return renderPage(c, <ComingRunPage frame={frame} runId={id} />);
  if (!detail) throw new InterlockError("run.not_found", `No run ${id}`);
  const actions = Object.fromEntries(detail.effects.map(({ action }) => [action, actionFacts(deployment, action)]));
  const page = (
    <RunPage
      frame={frame}
      detail={detail}
      actions={actions}
      now={Date.now()}
      notice={notice}
      refused={refused}
      draft={draft}
      again={again}
      contests={contests}
      contestDraft={contestDraft}
    />
  );
  return renderPage(c, page, refused ? errorFacts(refused.code).status : 200);
}
