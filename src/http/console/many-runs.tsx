// /runs: the list by what is asked for, and one request to all runs that it matches. How each ended is shown at once and not kept in an address: an operator has
// to read who refused and why.
import { Hono, type Context as HonoContext } from "hono";
import * as z from "zod";
import { errorFacts, type Failure, failureOf, InterlockError } from "../../core/errors.ts";
import { listRuns } from "../../db/reads.ts";
import { countRuns } from "../../db/runs.ts";
import type { Deployment } from "../../deployment.ts";
import { workflowsFor } from "../../operations/access.ts";
import { askOfMany, type ManyRequest, MOST_AT_ONCE } from "../../operations/many-runs.ts";
import { type ConsoleEnv, operationContext, withinOf } from "../console-env.ts";
import { filledIn, LimitInput, PositionInput, parseInput, positionText, RunFilterInput, readForm } from "../input.ts";
import { ManyAnswerPage } from "../pages/many-answer-page.tsx";
import { ASKS, type AskName } from "../pages/many-runs-form.tsx";
import { isFiltered, runsAddress } from "../pages/runs-filter.tsx";
import { RunsPage } from "../pages/runs-page.tsx";
import { namesWithin } from "../versions.ts";
import { frameFor, renderPage } from "./page.ts";

/** More are not counted: "more than" is enough to think again. */
const COUNTED = 1_000;

const Query = RunFilterInput.extend({ before: PositionInput.optional(), limit: LimitInput });
const Form = RunFilterInput.extend({
  ask: z.enum(Object.keys(ASKS) as [AskName, ...AskName[]], "Choose what to ask of them"),
  reason: z.string().trim().max(2000).default(""),
  after: PositionInput.optional(),
  confirmed: z.string().optional(),
});

export const manyRunsPages = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", async (c) => showRuns(c, deployment, filledIn(c.req.query())))
    .post("/bulk", async (c) => {
      const fields = filledIn(Object.fromEntries(await readForm(c.req)));
      try {
        const { ask, reason, after, confirmed, ...filter } = parseInput(Form, fields);
        if (!isFiltered(filter))
          throw new InterlockError("request.invalid", "Filter the runs first: this would ask every run there ever was");
        if (confirmed !== "yes")
          throw new InterlockError("request.invalid", "Say that these are the runs you mean", { field: "confirmed" });
        const asked = await askOfMany(operationContext(c, deployment), c.get("principal"), {
          filter,
          request: requestOf(ask, reason),
          after,
          limit: MOST_AT_ONCE,
        });
        if (!asked.ok) return showRuns(c, deployment, fields, asked.error);
        const frame = await frameFor(c.env.DB, c.get("principal"));
        return renderPage(c, <ManyAnswerPage frame={frame} filter={filter} ask={ask} reason={reason} answer={asked.value} />);
      } catch (thrown) {
        const error = failureOf(thrown);
        if (error.code !== "request.invalid") throw thrown;
        return showRuns(c, deployment, fields, error);
      }
    });

function requestOf(ask: AskName, reason: string): ManyRequest["request"] {
  switch (ask) {
    case "cancel":
      return { do: "cancel", compensate: false, reason };
    case "cancel-and-take-back":
      return { do: "cancel", compensate: true, reason };
    default:
      return { do: ask };
  }
}

async function showRuns(
  c: HonoContext<ConsoleEnv>,
  deployment: Deployment,
  fields: Readonly<Record<string, string>>,
  refused: Failure | null = null,
): Promise<Response> {
  const { before, limit, ...filter } = parseInput(Query, fields);
  const within = withinOf(c, "read runs");
  const controlled = workflowsFor(c.get("principal"), "control runs");
  const [{ rows, next }, matching, frame] = await Promise.all([
    listRuns(c.env.DB, { ...filter, within, before, limit }),
    controlled.length > 0 && isFiltered(filter) ? countRuns(c.env.DB, { ...filter, within: controlled }, COUNTED + 1) : null,
    frameFor(c.env.DB, c.get("principal")),
  ]);
  const page = (
    <RunsPage
      frame={frame}
      filter={filter}
      workflows={namesWithin(deployment, within)}
      runs={rows}
      next={next && runsAddress({ ...filter, before: positionText(next) })}
      matching={matching}
      counted={COUNTED}
      now={Date.now()}
      refused={refused}
      draft={refused ? fields : null}
    />
  );
  return renderPage(c, page, refused ? errorFacts(refused.code).status : 200);
}
