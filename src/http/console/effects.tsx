// /effects: the ledger of writes, what an undo would do and the request for it, and verdicts on sampled writes. A request whose preview no longer holds is answered
// with the new preview.
import { Hono, type Context as HonoContext } from "hono";
import * as z from "zod";
import { errorFacts, type Failure, failureOf, InterlockError } from "../../core/errors.ts";
import { countChecks, listEffects, rollbacksOf } from "../../db/effects.ts";
import type { Deployment } from "../../deployment.ts";
import { workflowsFor } from "../../operations/access.ts";
import { checkEffect, EffectCheck } from "../../operations/check-effect.ts";
import { EffectFilterInput } from "../../operations/effect-ledger.ts";
import { PreviewDigest, planUndo, UndoWanted, undoEffects } from "../../operations/undo-effects.ts";
import { actionFacts } from "../action-facts.ts";
import { type ConsoleEnv, operationContext, withinOf } from "../console-env.ts";
import { filledIn, LimitInput, PositionInput, parseInput, positionText, readForm } from "../input.ts";
import { effectsAddress } from "../pages/effects-filter.tsx";
import { EffectsPage } from "../pages/effects-page.tsx";
import { UndoAnswerPage } from "../pages/undo-answer-page.tsx";
import { UndoPreviewPage } from "../pages/undo-preview-page.tsx";
import { namesWithin } from "../versions.ts";
import { frameFor, renderPage } from "./page.ts";

const Query = EffectFilterInput.extend({
  before: PositionInput.optional(),
  limit: LimitInput,
  notice: z.literal("checked").optional().catch(undefined),
});
const Place = z.object({ before: PositionInput.optional() });
const Asked = z.object({ digest: PreviewDigest, confirmed: z.string().optional() });

export const effectPages = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", async (c) => showEffects(c, deployment, null, null))
    .post("/checks", async (c) => {
      const fields = filledIn(Object.fromEntries(await readForm(c.req)));
      try {
        const check = parseInput(EffectCheck, checkOf(fields));
        const checked = await checkEffect(operationContext(c, deployment), c.get("principal"), check, Date.now());
        if (!checked.ok) return await showEffects(c, deployment, checked.error, fields);
      } catch (thrown) {
        const error = failureOf(thrown);
        if (error.code !== "request.invalid") throw thrown;
        return showEffects(c, deployment, error, fields);
      }
      const { before: _, limit: __, notice: ___, ...filter } = parseInput(Query, filledIn(c.req.query()));
      const address = effectsAddress(filter);
      return c.redirect(`${address}${address.includes("?") ? "&" : "?"}notice=checked`, 303);
    })
    .get("/undo", async (c) => showPreview(c, deployment, filledIn(c.req.query()), null))
    .post("/undo", async (c) => {
      const { digest, confirmed, ...fields } = filledIn(Object.fromEntries(await readForm(c.req)));
      const { before, ...wanted } = wantedOf(fields);
      const asked = parseInput(Asked, { digest, confirmed });
      if (asked.confirmed !== "yes") {
        const failure = new InterlockError("request.invalid", "Say that you have looked at each of them", { field: "confirmed" }).failure;
        return showPreview(c, deployment, fields, failure);
      }
      const answer = await undoEffects(operationContext(c, deployment), c.get("principal"), {
        filter: wanted,
        digest: asked.digest,
        before,
      });
      if (!answer.ok) return showPreview(c, deployment, fields, answer.error);
      const frame = await frameFor(c.env.DB, c.get("principal"));
      const next = answer.value.next && positionText(answer.value.next);
      return renderPage(c, <UndoAnswerPage frame={frame} wanted={wanted} answer={answer.value} next={next} />);
    });

const SHOULD = "should:";

/** A form's fields are text: what reads as JSON is taken for it ("5", "true", "null"), anything else is a text. */
function checkOf(fields: Readonly<Record<string, string>>): Record<string, unknown> {
  const entries = Object.entries(fields);
  const should = entries.flatMap(([name, text]) => (name.startsWith(SHOULD) ? [[name.slice(SHOULD.length), jsonOrText(text)]] : []));
  return {
    ...Object.fromEntries(entries.filter(([name]) => !name.startsWith(SHOULD))),
    ...(should.length > 0 ? { should: Object.fromEntries(should) } : {}),
  };
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function wantedOf({ before: place, ...fields }: Readonly<Record<string, string>>) {
  const { before } = parseInput(Place, { before: place });
  return { ...parseInput(UndoWanted, fields), before };
}

async function showPreview(
  c: HonoContext<ConsoleEnv>,
  deployment: Deployment,
  fields: Readonly<Record<string, string>>,
  refused: Failure | null,
): Promise<Response> {
  const { before, ...wanted } = wantedOf(fields);
  const planned = await planUndo(operationContext(c, deployment), c.get("principal"), wanted, before);
  if (!planned.ok) throw new InterlockError(planned.error.code, planned.error.message, planned.error);
  const runs = [...new Set(planned.value.effects.map(({ run }) => run))];
  const [rollbacks, frame] = await Promise.all([rollbacksOf(c.env.DB, runs), frameFor(c.env.DB, c.get("principal"))]);
  const page = (
    <UndoPreviewPage
      frame={frame}
      wanted={wanted}
      planned={planned.value}
      rollbacks={rollbacks}
      before={before ? positionText(before) : null}
      next={planned.value.next && positionText(planned.value.next)}
      now={Date.now()}
      refused={refused}
    />
  );
  return renderPage(c, page, refused ? errorFacts(refused.code).status : 200);
}

async function showEffects(
  c: HonoContext<ConsoleEnv>,
  deployment: Deployment,
  refused: Failure | null,
  draft: Readonly<Record<string, string>> | null,
): Promise<Response> {
  const { before, limit, notice, ...filter } = parseInput(Query, filledIn(c.req.query()));
  const within = withinOf(c, "read effects");
  const [{ rows, next }, checks, frame] = await Promise.all([
    listEffects(c.env.DB, { ...filter, within, before, limit }),
    countChecks(c.env.DB, within, filter.workflow),
    frameFor(c.env.DB, c.get("principal")),
  ]);
  const page = (
    <EffectsPage
      frame={frame}
      filter={filter}
      workflows={namesWithin(deployment, within)}
      undoable={namesWithin(deployment, workflowsFor(c.get("principal"), "undo writes"))}
      effects={rows}
      actions={Object.fromEntries(rows.map(({ action }) => [action, actionFacts(deployment, action)]))}
      next={next && effectsAddress({ ...filter, before: positionText(next) })}
      checks={checks}
      now={Date.now()}
      checked={notice === "checked" && refused === null}
      refused={refused}
      draft={draft}
    />
  );
  return renderPage(c, page, refused ? errorFacts(refused.code).status : 200);
}
