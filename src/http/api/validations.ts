// /api/validations: sending a file of labelled records as the text of a JSON body, starting, cancelling, letting go on, and how far each validation is.
import { Hono, type Context as HonoContext } from "hono";
import type { Deployment } from "../../deployment.ts";
import { findValidation, type ValidationRow } from "../../operations/read-validation.ts";
import {
  cancelValidation,
  checkValidation,
  keptImport,
  resumeValidation,
  startCheckedValidation,
  ValidationInput,
  validationsNow,
} from "../../operations/validations.ts";
import { type ConsoleEnv, operationContext, refuse } from "../console-env.ts";
import { LimitInput, parseInput, readJsonBody } from "../input.ts";
import { problemResponse } from "../problems.ts";

type Call = HonoContext<ConsoleEnv>;

export const validationsApi = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", async (c) => {
      const limit = parseInput(LimitInput, c.req.query("limit"));
      const listed = await validationsNow(operationContext(c, deployment), c.get("principal"), limit);
      return listed.ok ? c.json({ validations: listed.value.map(shown) }) : problemResponse(listed.error);
    })
    .post("/", async (c) => {
      const input = await readJsonBody(c.req, ValidationInput);
      const checked = await checkValidation(operationContext(c, deployment), c.get("principal"), input, Date.now());
      return checked.ok ? c.json(detailOf(checked.value), 201) : problemResponse(checked.error);
    })
    .get("/:id", async (c) => showOne(c, deployment, 200))
    .post("/:id/start", (c) => act(c, deployment, startCheckedValidation))
    .post("/:id/cancel", (c) => act(c, deployment, cancelValidation))
    .post("/:id/resume", (c) => act(c, deployment, resumeValidation));

async function act(c: Call, deployment: Deployment, operation: typeof startCheckedValidation): Promise<Response> {
  const done = await operation(operationContext(c, deployment), c.get("principal"), c.req.param("id") ?? "", Date.now());
  return done.ok ? showOne(c, deployment, 202) : problemResponse(done.error);
}

async function showOne(c: Call, deployment: Deployment, status: 200 | 202): Promise<Response> {
  const found = await findValidation(operationContext(c, deployment), c.get("principal"), c.req.param("id") ?? "");
  return found.ok ? c.json(detailOf(found.value), status) : refuse(found.error);
}

const shown = ({ imported: _, ...row }: ValidationRow) => row;

/** With what became of the file's rows. */
const detailOf = (row: ValidationRow) => ({ ...shown(row), imported: keptImport(row) });
