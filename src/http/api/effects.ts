// /api/effects: the ledger of writes by filter, a copy of it, what an undo would do, the undo of what was shown, and verdicts on sampled writes.
import { Hono } from "hono";
import * as z from "zod";
import { countChecks, listEffects } from "../../db/effects.ts";
import type { Position } from "../../db/reads.ts";
import type { Deployment } from "../../deployment.ts";
import { checkEffect, EffectCheck } from "../../operations/check-effect.ts";
import { EffectFilterInput, exportEffects } from "../../operations/effect-ledger.ts";
import { PreviewDigest, planUndo, UndoWanted, undoEffects } from "../../operations/undo-effects.ts";
import { type ConsoleEnv, operationContext, withinOf } from "../console-env.ts";
import { filledIn, LimitInput, PositionInput, parseInput, positionText, readJsonBody } from "../input.ts";
import { problemResponse } from "../problems.ts";
import { streamOf } from "../text-stream.ts";

const Query = EffectFilterInput.extend({ before: PositionInput.optional(), limit: LimitInput });
const Copy = EffectFilterInput.extend({ before: PositionInput.optional() });
const Place = z.object({ before: PositionInput.optional() });
const Undo = z.strictObject({ filter: UndoWanted, digest: PreviewDigest, before: PositionInput.optional() });
const Counted = z.object({ workflow: z.string().min(1).max(200).optional() });

export const effectsApi = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", async (c) => {
      const { rows, next } = await listEffects(c.env.DB, {
        ...parseInput(Query, filledIn(c.req.query())),
        within: withinOf(c, "read effects"),
      });
      return c.json({ effects: rows, next: next && positionText(next) });
    })
    .get("/export", async (c) => {
      const now = Date.now();
      const exported = await exportEffects(c.env, c.get("principal"), parseInput(Copy, filledIn(c.req.query())), now);
      if (!exported.ok) return problemResponse(exported.error);
      return c.body(streamOf(exported.value), 200, {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="interlock-writes-${new Date(now).toISOString().slice(0, 19).replaceAll(":", "")}.csv"`,
      });
    })
    .get("/undo", async (c) => {
      const { before: place, ...fields } = filledIn(c.req.query());
      const { before } = parseInput(Place, { before: place });
      const planned = await planUndo(operationContext(c, deployment), c.get("principal"), parseInput(UndoWanted, fields), before);
      return planned.ok ? c.json(withNext(planned.value)) : problemResponse(planned.error);
    })
    .post("/undo", async (c) => {
      const request = await readJsonBody(c.req, Undo);
      const asked = await undoEffects(operationContext(c, deployment), c.get("principal"), request);
      return asked.ok ? c.json(withNext(asked.value), 202) : problemResponse(asked.error);
    })
    .get("/checks", async (c) => {
      const { workflow } = parseInput(Counted, filledIn(c.req.query()));
      return c.json(await countChecks(c.env.DB, withinOf(c, "read effects"), workflow));
    })
    .post("/checks", async (c) => {
      const check = await readJsonBody(c.req, EffectCheck);
      const checked = await checkEffect(operationContext(c, deployment), c.get("principal"), check, Date.now());
      return checked.ok ? c.json({ run: check.run, step: check.step, verdict: check.verdict }, 201) : problemResponse(checked.error);
    });

/** The place of the next part as an address takes it. */
const withNext = <T extends { readonly next: Position | null }>(answer: T) => ({
  ...answer,
  next: answer.next && positionText(answer.next),
});
