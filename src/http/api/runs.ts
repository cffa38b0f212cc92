// /api/runs: lists and single runs from D1, the journal from the run's partition, and what an operator may ask of a run.
import { Hono } from "hono";
import * as z from "zod";
import { InterlockError } from "../../core/errors.ts";
import { listRuns, readRun } from "../../db/reads.ts";
import type { Deployment } from "../../deployment.ts";
import { historyOfRun, inspectRun, resolveStep, signalRun, undoEffect } from "../../operations/govern-run.ts";
import { type ConsoleEnv, operationContext } from "../console-env.ts";
import { ChoiceInput, LimitInput, PositionInput, parseInput, positionText, RunStatusInput, readJsonBody, StepInput } from "../input.ts";
import { problemResponse } from "../problems.ts";

const Query = z.object({
  status: RunStatusInput.optional(),
  workflow: z.string().min(1).max(200).optional(),
  before: PositionInput.optional(),
  limit: LimitInput,
});
const Undo = z.strictObject({ step: StepInput });
/** `id` is the sender's own: repeating a signal with it is safe. */
const Signal = z.strictObject({ name: z.string().min(1).max(200), id: z.string().min(1).max(200), data: z.json() });
const Resolve = z.strictObject({ step: StepInput, choice: ChoiceInput });

export const runsApi = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", async (c) => {
      const { rows, next } = await listRuns(c.env.DB, parseInput(Query, c.req.query()));
      return c.json({ runs: rows, next: next && positionText(next) });
    })
    .get("/:id", async (c) => {
      const detail = await readRun(c.env.DB, c.req.param("id"));
      if (!detail) throw new InterlockError("run.not_found", `No run ${c.req.param("id")}`);
      return c.json(detail);
    })
    .get("/:id/history", async (c) => {
      const history = await historyOfRun(operationContext(c, deployment), c.req.param("id"));
      return history.ok ? c.json(history.value) : problemResponse(history.error);
    })
    .get("/:id/journal", async (c) => {
      const inspected = await inspectRun(operationContext(c, deployment), c.req.param("id"));
      return inspected.ok ? c.json(inspected.value) : problemResponse(inspected.error);
    })
    .post("/:id/undo", async (c) => {
      const { step } = await readJsonBody(c.req, Undo);
      const asked = await undoEffect(operationContext(c, deployment), c.get("principal"), c.req.param("id"), step);
      return asked.ok ? c.json({ run: c.req.param("id"), step, undo: "requested" }, 202) : problemResponse(asked.error);
    })
    .post("/:id/signals", async (c) => {
      const signal = await readJsonBody(c.req, Signal);
      const sent = await signalRun(operationContext(c, deployment), c.get("principal"), c.req.param("id"), signal);
      return sent.ok ? c.json({ run: c.req.param("id"), signal: signal.name, id: signal.id }, 202) : problemResponse(sent.error);
    })
    .post("/:id/resolve", async (c) => {
      const { step, choice } = await readJsonBody(c.req, Resolve);
      const resolved = await resolveStep(operationContext(c, deployment), c.get("principal"), c.req.param("id"), step, choice);
      return resolved.ok ? c.json({ run: c.req.param("id"), step, choice }, 202) : problemResponse(resolved.error);
    });
