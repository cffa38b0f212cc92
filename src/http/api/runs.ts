// /api/runs: lists and single runs from D1, the journal from the run's partition, and what an operator may ask of a run, or of all that a filter matches.
import { Hono } from "hono";
import * as z from "zod";
import { InterlockError } from "../../core/errors.ts";
import { RunRequest } from "../../core/run-request.ts";
import { listRuns, readRun } from "../../db/reads.ts";
import type { Deployment } from "../../deployment.ts";
import { replayRun, restartRun } from "../../operations/begin-again.ts";
import { ContestInput, contestChange } from "../../operations/contest.ts";
import { askOfRun, historyOfRun, inspectRun, resolveStep, signalRun, undoEffect } from "../../operations/govern-run.ts";
import { askOfMany, ManyRequest } from "../../operations/many-runs.ts";
import { permitRun } from "../../operations/require-role.ts";
import { type ConsoleEnv, operationContext, orRefuse, withinOf } from "../console-env.ts";
import { ChoiceInput, LimitInput, PositionInput, parseInput, positionText, RunFilterInput, readJsonBody, StepInput } from "../input.ts";
import { problemResponse } from "../problems.ts";

const Query = RunFilterInput.extend({ before: PositionInput.optional(), limit: LimitInput });
const Nothing = z.strictObject({});
const Restart = z.strictObject({ step: StepInput });
const Undo = z.strictObject({ step: StepInput });
/** `id` is the sender's own: repeating a signal with it is safe. */
const Signal = z.strictObject({ name: z.string().min(1).max(200), id: z.string().min(1).max(200), data: z.json() });
const Resolve = z.strictObject({ step: StepInput, choice: ChoiceInput });

export const runsApi = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", async (c) => {
      const { rows, next } = await listRuns(c.env.DB, { ...parseInput(Query, c.req.query()), within: withinOf(c, "read runs") });
      return c.json({ runs: rows, next: next && positionText(next) });
    })
    .get("/:id", async (c) => {
      orRefuse(await permitRun(c.env.DB, c.get("principal"), "read runs", c.req.param("id")));
      const detail = await readRun(c.env.DB, c.req.param("id"));
      if (!detail) throw new InterlockError("run.not_found", `No run ${c.req.param("id")}`);
      return c.json(detail);
    })
    .get("/:id/history", async (c) => {
      orRefuse(await permitRun(c.env.DB, c.get("principal"), "read runs", c.req.param("id")));
      const history = await historyOfRun(operationContext(c, deployment), c.req.param("id"));
      return history.ok ? c.json(history.value) : problemResponse(history.error);
    })
    .get("/:id/journal", async (c) => {
      orRefuse(await permitRun(c.env.DB, c.get("principal"), "read runs", c.req.param("id")));
      const inspected = await inspectRun(operationContext(c, deployment), c.req.param("id"));
      return inspected.ok ? c.json(inspected.value) : problemResponse(inspected.error);
    })
    .post("/bulk", async (c) => {
      const request = await readJsonBody(c.req, ManyRequest);
      const asked = await askOfMany(operationContext(c, deployment), c.get("principal"), request);
      return asked.ok ? c.json(asked.value, 202) : problemResponse(asked.error);
    })
    .post("/:id/lifecycle", async (c) => {
      const request = await readJsonBody(c.req, RunRequest);
      const asked = await askOfRun(operationContext(c, deployment), c.get("principal"), c.req.param("id"), request);
      return asked.ok ? c.json({ run: c.req.param("id"), asked: request.do }, 202) : problemResponse(asked.error);
    })
    .post("/:id/replay", async (c) => {
      await readJsonBody(c.req, Nothing);
      const begun = await replayRun(operationContext(c, deployment), c.get("principal"), c.req.param("id"));
      return begun.ok ? c.json({ run: begun.value.run, from: c.req.param("id") }, 202) : problemResponse(begun.error);
    })
    .post("/:id/restart", async (c) => {
      const { step } = await readJsonBody(c.req, Restart);
      const begun = await restartRun(operationContext(c, deployment), c.get("principal"), c.req.param("id"), step);
      return begun.ok ? c.json({ run: begun.value.run, from: c.req.param("id"), step }, 202) : problemResponse(begun.error);
    })
    .post("/:id/undo", async (c) => {
      const { step } = await readJsonBody(c.req, Undo);
      const asked = await undoEffect(operationContext(c, deployment), c.get("principal"), c.req.param("id"), step);
      return asked.ok ? c.json({ run: c.req.param("id"), step, undo: "requested" }, 202) : problemResponse(asked.error);
    })
    .post("/:id/contests", async (c) => {
      const input = await readJsonBody(c.req, ContestInput);
      const opened = await contestChange(operationContext(c, deployment), c.get("principal"), c.req.param("id"), input, Date.now());
      return opened.ok ? c.json({ run: c.req.param("id"), ...opened.value }, 201) : problemResponse(opened.error);
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
