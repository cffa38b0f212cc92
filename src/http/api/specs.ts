// /api/specs: the governance specs of every workflow, one version, what differs between two; and a version's life from draft to retirement.
import { Hono, type Context as HonoContext } from "hono";
import * as z from "zod";
import type { Result } from "../../core/errors.ts";
import type { Deployment } from "../../deployment.ts";
import {
  ApproveSpecInput,
  approveSpec,
  EndSpecInput,
  newDraft,
  rejectSpec,
  retireSpec,
  type SpecName,
  SubmitInput,
  saveDraft,
  submitSpec,
} from "../../operations/govern-spec.ts";
import { compareSpecs, readSpecs, readSpecVersion } from "../../operations/read-specs.ts";
import { permit } from "../../operations/require-role.ts";
import { type ConsoleEnv, operationContext, orRefuse, withinOf } from "../console-env.ts";
import { parseInput, readJsonBody, SpecVersionInput } from "../input.ts";
import { problemResponse } from "../problems.ts";

/** What a spec must be is said by its schema, once it is known to be JSON. */
const DraftInput = z.strictObject({ spec: z.json() });
const Between = z.object({ from: SpecVersionInput, to: SpecVersionInput });

type Call = HonoContext<ConsoleEnv>;

export const specsApi = (deployment: Deployment) => {
  const workflowOf = (c: Call): string => {
    const workflow = c.req.param("workflow") ?? "";
    orRefuse(permit(c.get("principal"), "read specs", workflow));
    return workflow;
  };
  const named = (c: Call): SpecName => ({
    workflow: workflowOf(c),
    version: parseInput(SpecVersionInput, c.req.param("version")),
  });
  /** The version as it stands after what was done to it. */
  const answer = async (c: Call, done: Result<SpecName>, status: 200 | 201 = 200) => {
    if (!done.ok) return problemResponse(done.error);
    const read = await readSpecVersion(operationContext(c, deployment), done.value, Date.now());
    return read.ok ? c.json(read.value.version, status) : problemResponse(read.error);
  };
  return new Hono<ConsoleEnv>()
    .get("/", async (c) => c.json({ workflows: await readSpecs(operationContext(c, deployment), withinOf(c, "read specs"), Date.now()) }))
    .get("/:workflow/diff", async (c) => {
      const between = parseInput(Between, c.req.query());
      const compared = await compareSpecs(operationContext(c, deployment), workflowOf(c), between, Date.now());
      return compared.ok ? c.json(compared.value) : problemResponse(compared.error);
    })
    .get("/:workflow/:version", async (c) => {
      const read = await readSpecVersion(operationContext(c, deployment), named(c), Date.now());
      return read.ok ? c.json(read.value) : problemResponse(read.error);
    })
    .post("/:workflow/drafts", async (c) => {
      const { spec } = await readJsonBody(c.req, DraftInput);
      const workflow = workflowOf(c);
      return answer(c, await newDraft(operationContext(c, deployment), c.get("principal"), workflow, spec, Date.now()), 201);
    })
    .put("/:workflow/:version", async (c) => {
      const { spec } = await readJsonBody(c.req, DraftInput);
      return answer(c, await saveDraft(operationContext(c, deployment), c.get("principal"), named(c), spec, Date.now()));
    })
    .post("/:workflow/:version/submit", async (c) => {
      const input = await readJsonBody(c.req, SubmitInput);
      return answer(c, await submitSpec(operationContext(c, deployment), c.get("principal"), named(c), input, Date.now()));
    })
    .post("/:workflow/:version/approve", async (c) => {
      const input = await readJsonBody(c.req, ApproveSpecInput);
      return answer(c, await approveSpec(operationContext(c, deployment), c.get("principal"), named(c), input, Date.now()));
    })
    .post("/:workflow/:version/reject", async (c) => {
      const input = await readJsonBody(c.req, EndSpecInput);
      return answer(c, await rejectSpec(operationContext(c, deployment), c.get("principal"), named(c), input, Date.now()));
    })
    .post("/:workflow/:version/retire", async (c) => {
      const input = await readJsonBody(c.req, EndSpecInput);
      return answer(c, await retireSpec(operationContext(c, deployment), c.get("principal"), named(c), input, Date.now()));
    });
};
