// /dead-letters: what could not be handled, and what an operator asks of it. A replay leads back to the list as it was, with how it ended read from the letter's
// own row; a refusal is shown on the list.
import { Hono, type Context as HonoContext } from "hono";
import * as z from "zod";
import { errorFacts, type Failure, fail, failureOf, type Result } from "../../core/errors.ts";
import { listDeadLetters, readDeadLetter } from "../../db/reads.ts";
import type { Deployment } from "../../deployment.ts";
import { replayDeadLetter, replayDeadLetters } from "../../operations/replay-dead-letters.ts";
import { permit } from "../../operations/require-role.ts";
import { type ConsoleEnv, operationContext, orRefuse } from "../console-env.ts";
import { LetterStatusInput, LetterTextInput, parseInput, readForm } from "../input.ts";
import { DeadLettersPage } from "../pages/dead-letters-page.tsx";
import { letterAddress } from "../pages/letter-replay.tsx";
import { frameFor, renderPage } from "./page.ts";

const SHOWN = 100;
const REPLAYED_AT_ONCE = 200;

/** An empty field of a form that was sent is a filter that was not set. */
const Text = z.preprocess((text) => (text === "" ? undefined : text), LetterTextInput.optional());
const Filter = z.object({ source: Text, reason: Text });
const Count = z.coerce.number().int().min(0).max(REPLAYED_AT_ONCE).catch(0);
const Query = Filter.extend({ status: LetterStatusInput.default("open"), letter: Text, replayed: Count.optional(), failed: Count });

export const deadLetterPages = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", async (c) => showLetters(c, c.req.query()))
    .post("/replay", async (c) =>
      answer(c, async (form) => {
        const filter = parseInput(Filter, form);
        if (form.confirmed !== "yes")
          return fail("request.invalid", "Say that the cause is gone: otherwise each of them fails again", { field: "confirmed" });
        const context = operationContext(c, deployment);
        const done = await replayDeadLetters(context, c.get("principal"), { ...filter, limit: REPLAYED_AT_ONCE });
        if (!done.ok) return done;
        const { letters, outcomes } = done.value;
        const failed = (outcomes.failed ?? 0) + (outcomes.refused ?? 0);
        return { ok: true, value: { ...filter, replayed: String(letters), failed: String(failed) } };
      }),
    )
    .post("/:id/replay", async (c) => {
      const id = c.req.param("id");
      return answer(c, async (form) => {
        const done = await replayDeadLetter(operationContext(c, deployment), c.get("principal"), id);
        return done.ok ? { ok: true, value: { ...parseInput(Filter, form), letter: id } } : done;
      });
    });

/** Does what the form asks; back to the list with a notice, or the list with the refusal. */
async function answer(
  c: HonoContext<ConsoleEnv>,
  work: (form: Record<string, string>) => Promise<Result<Readonly<Record<string, string | undefined>>>>,
): Promise<Response> {
  const form = Object.fromEntries(await readForm(c.req));
  const done = await work(form).catch((thrown): Result<never> => {
    const error = failureOf(thrown);
    if (error.code !== "request.invalid") throw thrown;
    return { ok: false, error };
  });
  if (done.ok) return c.redirect(letterAddress(done.value), 303);
  const { source, reason } = Filter.safeParse(form).data ?? {};
  return showLetters(c, { ...(source ? { source } : {}), ...(reason ? { reason } : {}) }, done.error);
}

async function showLetters(
  c: HonoContext<ConsoleEnv>,
  input: Readonly<Record<string, string>>,
  refused: Failure | null = null,
): Promise<Response> {
  orRefuse(permit(c.get("principal"), "read dead letters", null));
  const { status, source, reason, letter, replayed, failed } = parseInput(Query, input);
  const [letters, frame, answered] = await Promise.all([
    listDeadLetters(c.env.DB, { status, source, reason, limit: SHOWN }),
    frameFor(c.env.DB, c.get("principal")),
    letter ? readDeadLetter(c.env.DB, letter) : null,
  ]);
  const page = (
    <DeadLettersPage
      frame={frame}
      letters={letters}
      filter={{ status, source, reason }}
      limit={SHOWN}
      now={Date.now()}
      answered={answered}
      many={replayed === undefined ? null : { replayed, failed }}
      refused={refused}
    />
  );
  return renderPage(c, page, refused ? errorFacts(refused.code).status : 200);
}
