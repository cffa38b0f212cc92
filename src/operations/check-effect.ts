// A person's verdict on a sampled write, afterwards. Only somebody who took no part in the run may give one, each write has one, and it stays as it was given.
import * as z from "zod";
import { fail, ok, type Result } from "../core/errors.ts";
import type { Principal } from "../core/principal.ts";
import { participantsOf, readEffect, recordCheck } from "../db/effects.ts";
import type { Context } from "./context.ts";
import { permitRun } from "./require-role.ts";

export const EffectCheck = z
  .strictObject({
    run: z.string().min(1).max(500),
    step: z.string().min(1).max(500),
    verdict: z.enum(["right", "wrong"], "Say whether the write was right or wrong"),
    note: z.string().trim().max(2000).default(""),
  })
  .refine(({ verdict, note }) => verdict === "right" || note !== "", { path: ["note"], message: "Say what was wrong" });
export type EffectCheck = z.infer<typeof EffectCheck>;

export async function checkEffect(
  { env }: Context,
  principal: Principal,
  { run, step, verdict, note }: EffectCheck,
  now: number,
): Promise<Result<null>> {
  const denied = await permitRun(env.DB, principal, "check writes", run);
  if (denied) return denied;
  const effect = await readEffect(env.DB, run, step);
  if (!effect?.sampled) return fail("effect.not_sampled", `"${step}" of ${run} was not chosen to be looked at afterwards`);
  if (effect.check) return fail("effect.already_checked", `${effect.check.by} found it ${effect.check.verdict}`);
  if (effect.erasedAt !== null) return fail("run.erased", `The contents of ${run} were removed: there is nothing left to look at`);
  if ((await participantsOf(env.DB, run)).includes(principal.id)) {
    return fail("effect.own_write", `${principal.id} took part in ${run}, or began it`);
  }
  const recorded = await recordCheck(env.DB, { run, step, at: now, by: principal.id, verdict, note });
  return recorded ? ok(null) : fail("effect.already_checked", "Somebody else was faster");
}
