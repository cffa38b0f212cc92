// /approvals/:id/together: every approval that asks for the identical change, and one answer to those that a person has ticked. How each ended is shown at once and
// not kept in an address: whoever decided has to read which refused and why.
import { Hono } from "hono";
import { errorFacts, type Failure, failureOf, InterlockError } from "../../core/errors.ts";
import type { Deployment } from "../../deployment.ts";
import { decideTogether, TogetherInput, waitingTogether } from "../../operations/decide-together.ts";
import { permitApproval } from "../../operations/require-role.ts";
import { actionFacts } from "../action-facts.ts";
import { type ConsoleEnv, operationContext, orRefuse } from "../console-env.ts";
import { parseInput, readForm } from "../input.ts";
import { TOGETHER_PREFIX, TogetherAnswerPage, TogetherPage } from "../pages/together-page.tsx";

import { frameFor, renderPage } from "./page.ts";

export const decideTogetherPages = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/:id/together", async (c) => {
      orRefuse(await permitApproval(c.env.DB, c.get("principal"), "read approvals", c.req.param("id")));
      const [together, frame] = await Promise.all([waitingTogether(c.env.DB, c.req.param("id")), frameFor(c.env.DB, c.get("principal"))]);
      if (!together.ok) throw new InterlockError(together.error.code, together.error.message);
      const action = actionFacts(deployment, together.value.tasks[0]?.approval.action ?? "");
      return renderPage(
        c,
        <TogetherPage frame={frame} id={c.req.param("id")} together={together.value} action={action} now={Date.now()} />,
      );
    })
    .post("/:id/together", async (c) => {
      const id = c.req.param("id");
      orRefuse(await permitApproval(c.env.DB, c.get("principal"), "decide approvals", id));
      const form = await readForm(c.req);
      const frame = await frameFor(c.env.DB, c.get("principal"));
      const refuse = async (failure: Failure) => {
        const together = await waitingTogether(c.env.DB, id);
        if (!together.ok) throw new InterlockError(together.error.code, together.error.message);
        const action = actionFacts(deployment, together.value.tasks[0]?.approval.action ?? "");
        const page = (
          <TogetherPage
            frame={frame}
            id={id}
            together={together.value}
            action={action}
            now={Date.now()}
            refused={failure}
            reason={form.get("reason") ?? ""}
          />
        );
        return renderPage(c, page, errorFacts(failure.code).status);
      };
      try {
        const input = parseInput(TogetherInput, {
          decision: form.get("decision"),
          digestOfChange: form.get("digestOfChange") ?? "",
          ids: [...form.keys()].flatMap((name) => (name.startsWith(TOGETHER_PREFIX) ? [name.slice(TOGETHER_PREFIX.length)] : [])),
          ...(form.get("decision") === "rejected" ? { reason: form.get("reason") ?? "" } : {}),
        });
        const decided = await decideTogether(operationContext(c, deployment), c.get("principal"), input, Date.now());
        if (!decided.ok) return refuse(decided.error);
        return renderPage(c, <TogetherAnswerPage frame={frame} decision={input.decision} results={decided.value} />);
      } catch (thrown) {
        const failure = failureOf(thrown);
        if (failure.code !== "request.invalid") throw thrown;
        return refuse(failure);
      }
    });
