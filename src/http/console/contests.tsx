// /contests: changes that persons affected contest, and the judgement of one. A refusal is shown on the list with what was entered.
import { Hono, type Context as HonoContext } from "hono";
import * as z from "zod";
import { errorFacts, type Failure, failureOf, type Result } from "../../core/errors.ts";
import type { Deployment } from "../../deployment.ts";
import { ClosingInput, contestsNow, judgeContest } from "../../operations/contest.ts";
import { type ConsoleEnv, operationContext, withinOf } from "../console-env.ts";
import { parseInput, readForm } from "../input.ts";
import { type ClosingDraft, ContestsPage } from "../pages/contests-page.tsx";
import { frameFor, renderPage } from "./page.ts";

const SHOWN = 200;
const Query = z.object({ status: z.enum(["open", "closed"]).catch("open") });

export const contestPages = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", async (c) => showContests(c, parseInput(Query, c.req.query()).status))
    .post("/:id/closing", async (c) => {
      const id = c.req.param("id");
      const form = await readForm(c.req);
      const draft = { id, outcome: form.get("outcome") ?? "", reason: form.get("reason") ?? "" };
      const closed = await close(c, deployment, draft);
      return closed.ok ? c.redirect("/contests?status=closed", 303) : showContests(c, "open", closed.error, draft);
    });

async function close(c: HonoContext<ConsoleEnv>, deployment: Deployment, { id, ...entered }: ClosingDraft): Promise<Result<null>> {
  try {
    return await judgeContest(operationContext(c, deployment), c.get("principal"), id, parseInput(ClosingInput, entered), Date.now());
  } catch (thrown) {
    const error = failureOf(thrown);
    if (error.code !== "request.invalid") throw thrown;
    return { ok: false, error };
  }
}

async function showContests(
  c: HonoContext<ConsoleEnv>,
  status: "open" | "closed",
  refused: Failure | null = null,
  draft: ClosingDraft | null = null,
): Promise<Response> {
  const [contests, frame] = await Promise.all([
    contestsNow(c.env.DB, status, withinOf(c, "read contests"), SHOWN),
    frameFor(c.env.DB, c.get("principal")),
  ]);
  const page = <ContestsPage frame={frame} status={status} contests={contests} now={Date.now()} refused={refused} draft={draft} />;
  return renderPage(c, page, refused ? errorFacts(refused.code).status : 200);
}
