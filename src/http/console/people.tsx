// /people: who holds which role, and, for an admin, the forms that grant and revoke. A change leads back to the page with a notice; a refusal is shown on it
// with what was entered.
import { Hono, type Context as HonoContext } from "hono";
import * as z from "zod";
import { errorFacts, type Failure, failureOf, type Result } from "../../core/errors.ts";
import { EVERY_WORKFLOW } from "../../core/principal.ts";
import type { Deployment } from "../../deployment.ts";
import { GrantInput, grantRole, grantsNow, revokeRole } from "../../operations/grants.ts";
import { type ConsoleEnv, refuse } from "../console-env.ts";
import { parseInput, readForm } from "../input.ts";
import { type GrantDraft, PeoplePage } from "../pages/people-page.tsx";
import { namesWithin } from "../versions.ts";
import { frameFor, renderPage } from "./page.ts";

const Query = z.object({ done: z.enum(["granted", "revoked"]).optional() });

export const peoplePages = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", async (c) => showPeople(c, deployment, { done: Query.catch({}).parse(c.req.query()).done ?? null }))
    .post("/grant", async (c) =>
      answer(c, deployment, "granted", (input) => grantRole(c.env, deployment, c.get("principal"), input, Date.now())),
    )
    .post("/revoke", async (c) => answer(c, deployment, "revoked", (input) => revokeRole(c.env, c.get("principal"), input, Date.now())));

async function answer(
  c: HonoContext<ConsoleEnv>,
  deployment: Deployment,
  done: "granted" | "revoked",
  work: (input: GrantInput) => Promise<Result<unknown>>,
): Promise<Response> {
  const { principal = "", role = "", workflow = "" } = Object.fromEntries(await readForm(c.req));
  const draft = { principal, role, workflow };
  const answered = await refusable(() => work(parseInput(GrantInput, draft)));
  return answered.ok
    ? c.redirect(`/people?done=${done}`, 303)
    : showPeople(c, deployment, { refused: answered.error, draft: done === "granted" ? draft : null });
}

async function refusable(work: () => Promise<Result<unknown>>): Promise<Result<unknown>> {
  try {
    return await work();
  } catch (thrown) {
    const error = failureOf(thrown);
    if (error.code !== "request.invalid") throw thrown;
    return { ok: false, error };
  }
}

interface Shown {
  readonly done?: "granted" | "revoked" | null;
  readonly refused?: Failure | null;
  readonly draft?: GrantDraft | null;
}

async function showPeople(
  c: HonoContext<ConsoleEnv>,
  deployment: Deployment,
  { done = null, refused = null, draft = null }: Shown,
): Promise<Response> {
  const [grants, frame] = await Promise.all([grantsNow(c.env, c.get("principal")), frameFor(c.env.DB, c.get("principal"))]);
  if (!grants.ok) return refuse(grants.error);
  const workflows = namesWithin(deployment, EVERY_WORKFLOW);
  const page = (
    <PeoplePage frame={frame} grants={grants.value} workflows={workflows} now={Date.now()} done={done} refused={refused} draft={draft} />
  );
  return renderPage(c, page, refused ? errorFacts(refused.code).status : 200);
}
