// /workflows/:name/business-case: a form whose address holds the inputs, and what follows from them; its owner can keep them. What cannot be meant is said on the page, with
// everything that was entered.
import { Hono, type Context as HonoContext } from "hono";
import { errorFacts, type Failure, failureOf, InterlockError } from "../../core/errors.ts";
import type { Deployment } from "../../deployment.ts";
import { keepWorkInputs, readBusinessCase, WorkInputs } from "../../operations/business-case.ts";
import { type ConsoleEnv, operationContext } from "../console-env.ts";
import { filledIn, parseInput, readForm } from "../input.ts";
import { BusinessCasePage } from "../pages/business-case-page.tsx";
import { businessCaseAddress } from "../pages/costs-page.tsx";
import { frameFor, renderPage } from "./page.ts";

export const businessCasePages = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/:name/business-case", async (c) => {
      const { kept, ...entered } = filledIn(c.req.query());
      return show(c, deployment, entered, kept === "yes");
    })
    .post("/:name/business-case", async (c) => {
      const entered = filledIn(Object.fromEntries(await readForm(c.req)));
      const { name } = c.req.param();
      const read = parsed(entered);
      if (!read.inputs) return show(c, deployment, entered, false);
      const kept = await keepWorkInputs(operationContext(c, deployment), c.get("principal"), name, read.inputs, Date.now());
      if (!kept.ok) throw new InterlockError(kept.error.code, kept.error.message, kept.error);
      return c.redirect(`${businessCaseAddress(name)}?kept=yes`, 303);
    });

type Entered = Readonly<Record<string, string>>;

function parsed(entered: Entered): { readonly inputs: WorkInputs | null; readonly refused: Failure | null } {
  try {
    return { inputs: parseInput(WorkInputs, entered), refused: null };
  } catch (thrown) {
    const refused = failureOf(thrown);
    if (refused.code !== "request.invalid") throw thrown;
    return { inputs: null, refused };
  }
}

async function show(
  c: HonoContext<ConsoleEnv, "/:name/business-case">,
  deployment: Deployment,
  entered: Entered,
  kept: boolean,
): Promise<Response> {
  const { inputs, refused } = Object.keys(entered).length === 0 ? { inputs: null, refused: null } : parsed(entered);
  const now = Date.now();
  const [read, frame] = await Promise.all([
    readBusinessCase(operationContext(c, deployment), c.get("principal"), c.req.param("name"), inputs, now),
    frameFor(c.env.DB, c.get("principal")),
  ]);
  if (!read.ok) throw new InterlockError(read.error.code, read.error.message, read.error);
  const page = <BusinessCasePage frame={frame} view={read.value} entered={entered} refused={refused} kept={kept} now={now} />;
  return renderPage(c, page, refused ? errorFacts(refused.code).status : 200);
}
