// /api/dead-letters: what could not be handled, and its replay: one letter, or the open ones that a filter matches.
import { Hono } from "hono";
import * as z from "zod";
import { listDeadLetters } from "../../db/reads.ts";
import type { Deployment } from "../../deployment.ts";
import { replayDeadLetter, replayDeadLetters } from "../../operations/replay-dead-letters.ts";
import { permit } from "../../operations/require-role.ts";
import { type ConsoleEnv, operationContext, orRefuse } from "../console-env.ts";
import { LetterStatusInput, LetterTextInput, LimitInput, parseInput, readJsonBody } from "../input.ts";
import { problemResponse } from "../problems.ts";

const Query = z.object({
  status: LetterStatusInput.optional(),
  source: LetterTextInput.optional(),
  reason: LetterTextInput.optional(),
  limit: LimitInput,
});
const Nothing = z.strictObject({});
/** An unknown field is refused: a filter with a misspelt name would match everything. */
const Filter = z.strictObject({ source: LetterTextInput.optional(), reason: LetterTextInput.optional(), limit: LimitInput });

export const deadLettersApi = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", async (c) => {
      orRefuse(permit(c.get("principal"), "read dead letters", null));
      return c.json({ deadLetters: await listDeadLetters(c.env.DB, parseInput(Query, c.req.query())) });
    })
    .post("/replay", async (c) => {
      const filter = await readJsonBody(c.req, Filter);
      const replayed = await replayDeadLetters(operationContext(c, deployment), c.get("principal"), filter);
      return replayed.ok ? c.json(replayed.value) : problemResponse(replayed.error);
    })
    .post("/:id/replay", async (c) => {
      await readJsonBody(c.req, Nothing);
      const replayed = await replayDeadLetter(operationContext(c, deployment), c.get("principal"), c.req.param("id"));
      return replayed.ok ? c.json({ deadLetter: c.req.param("id"), ...replayed.value }) : problemResponse(replayed.error);
    });
