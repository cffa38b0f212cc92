// A person's verdict on a sampled write, afterwards. Only somebody who took no part in the run may give one, each write has one, and it stays as it was given.
// It takes nothing back: an undo is asked for by itself.
import * as z from "zod";
import { fail, ok, type Result } from "../core/errors.ts";
import { type JsonObject, sameJson } from "../core/json.ts";
import type { Principal } from "../core/principal.ts";
import { participantsOf, readEffect, recordCheck } from "../db/effects.ts";
import type { Context } from "./context.ts";
import { permitRun } from "./require-role.ts";

export const EffectCheck = z
  .strictObject({
    run: z.string().min(1).max(500),
    step: z.string().min(1).max(500),
    verdict: z.enum(["right", "wrong", "cannot_tell"], "Say whether the write was right or wrong, or that you cannot tell"),
    note: z.string().trim().max(2000).default(""),
    /** What should have been written, by field of the write, where another value would have been right. */
    should: z.record(z.string().min(1).max(200), z.json()).optional(),
  })
  .refine(({ verdict, note }) => verdict !== "wrong" || note !== "", { path: ["note"], message: "Say what was wrong" })
  .refine(({ verdict, note }) => verdict !== "cannot_tell" || note !== "", { path: ["note"], message: "Say what is missing to tell" })
  .refine(({ verdict, should }) => verdict === "wrong" || should === undefined, {
    path: ["should"],
    message: "Another value belongs to a write that was wrong",
  });
export type EffectCheck = z.infer<typeof EffectCheck>;

export async function checkEffect(
  { env }: Context,
  principal: Principal,
  { run, step, verdict, note, should }: EffectCheck,
  now: number,
): Promise<Result<null>> {
  const denied = await permitRun(env.DB, principal, "check writes", run);
  if (denied) return denied;
  const effect = await readEffect(env.DB, run, step);
  if (!effect?.sampled) return fail("effect.not_sampled", `"${step}" of ${run} was not chosen to be looked at afterwards`);
  if (effect.check) return fail("effect.already_checked", `${effect.check.by} has looked at it: ${effect.check.verdict.replace("_", " ")}`);
  if (effect.erasedAt !== null) return fail("run.erased", `The contents of ${run} were removed: there is nothing left to look at`);
  if ((await participantsOf(env.DB, run)).includes(principal.id)) {
    return fail("effect.own_write", `${principal.id} took part in ${run}, or began it`);
  }
  const fault = should && faultOf(should, effect.body.values);
  if (fault) return fail("request.invalid", fault.message, { field: `should.${fault.field}` });
  const recorded = await recordCheck(env.DB, { run, step, at: now, by: principal.id, verdict, note, should: should ?? null });
  return recorded ? ok(null) : fail("effect.already_checked", "Somebody else was faster");
}

function faultOf(should: JsonObject, written: JsonObject): { readonly field: string; readonly message: string } | null {
  for (const [field, value] of Object.entries(should)) {
    if (!Object.hasOwn(written, field)) return { field, message: `The write set no field ${field}` };
    if (sameJson(value, written[field])) return { field, message: `${field}: this is what was written; leave out what was right` };
  }
  return null;
}
