// A second answer to approvals that were answered, by somebody else, who is shown the record and neither the proposal nor the first answer. It changes nothing that was
// decided: it says how far two people agree. Drawn as writes are for the audit, by a keyed digest of the approval.
import * as z from "zod";
import { fail, ok, type Result } from "../core/errors.ts";
import { type JsonObject, sameJson } from "../core/json.ts";
import type { Principal } from "../core/principal.ts";
import { participantsOf } from "../db/effects.ts";
import { type ApprovalDetail, readApproval } from "../db/reads.ts";
import { answeredOnce, recordSecond } from "../db/second-reviews.ts";
import { bindingOf } from "../deployment.ts";
import { drawOf } from "../governance/sample.ts";
import type { GovernanceSpec } from "../governance/spec.ts";
import type { Context } from "./context.ts";
import { countingSpec } from "./owners-limit.ts";
import { permit } from "./require-role.ts";

const DAY_MS = 24 * 60 * 60_000;
/** Later than this the record has often moved on, and the second answer would be about another one. */
const WITHIN_MS = 14 * DAY_MS;
/** Answers that are looked through for a list: at 5 % ten of them are drawn. */
const LOOKED_AT = 200;

export interface OpenSecond {
  readonly approval: string;
  readonly at: number;
}

/** Which answers wait for a second one that this person may give, the oldest first. Empty where the spec draws none. */
export async function openSeconds(context: Context, principal: Principal, workflow: string, now: number): Promise<Result<OpenSecond[]>> {
  const denied = permit(principal, "review again", workflow);
  if (denied) return denied;
  const { DB } = context.env;
  const spec = (await countingSpec(DB, workflow, now))?.spec;
  const share = spec?.review.blindSecond ?? 0;
  if (!spec || share === 0) return ok([]);
  const answered = await answeredOnce(DB, { workflow, since: now - WITHIN_MS, not: principal.id, limit: LOOKED_AT });
  return ok(
    answered.flatMap(({ approval, at, action, fields }) =>
      isDrawn(context, share, approval) && isListed(spec, action, fields) ? [{ approval, at }] : [],
    ),
  );
}

const isDrawn = ({ env }: Context, share: number, approval: string): boolean =>
  drawOf(bindingOf(env, "AUDIT_SIGNING_KEY") ?? null, "second review", { approval }) < share;

/** Two answers can be compared where each field has a list of values; free texts would differ always. */
function isListed(spec: GovernanceSpec, action: string, fields: readonly string[]): boolean {
  const rules = Object.hasOwn(spec.actions, action) ? spec.actions[action]?.fields : undefined;
  return (
    fields.length > 0 && fields.every((field) => rules !== undefined && Object.hasOwn(rules, field) && rules[field]?.oneOf !== undefined)
  );
}

/** The record, and which values may be chosen: nothing of the proposal, nor of the first answer. */
export interface BlindTask {
  readonly approval: string;
  readonly workflow: string;
  readonly action: string;
  readonly target: string;
  readonly before: JsonObject;
  readonly choices: Readonly<Record<string, readonly JsonObject[string][]>>;
  readonly record: Pick<ApprovalDetail, "reads" | "event">;
}

export async function blindTask(
  context: Context,
  principal: Principal,
  workflow: string,
  id: string,
  now: number,
): Promise<Result<BlindTask>> {
  const open = await openSeconds(context, principal, workflow, now);
  if (!open.ok) return open;
  const none = () => fail("approval.not_found", `No second answer to ${id} is wanted of you`);
  if (!open.value.some(({ approval }) => approval === id)) return none();
  const [detail, spec] = await Promise.all([readApproval(context.env.DB, id), countingSpec(context.env.DB, workflow, now)]);
  if (!detail || !spec) return none();
  // Who answered, or did anything else in the run, has seen what was proposed.
  if ((await participantsOf(context.env.DB, detail.run.id)).includes(principal.id))
    return fail("effect.own_write", `${principal.id} took part in ${detail.run.id}`);
  const { action, target, before, values } = detail.approval.approval;
  const rules = spec.spec.actions[action]?.fields ?? {};
  return ok({
    approval: id,
    workflow,
    action,
    target,
    before,
    choices: Object.fromEntries(Object.keys(values).map((field) => [field, (rules[field]?.oneOf ?? []) as JsonObject[string][]])),
    record: { reads: detail.reads, event: detail.event },
  });
}

export const SecondAnswer = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("set"), values: z.record(z.string(), z.json()), note: z.string().trim().max(2000).default("") }),
  z.strictObject({ kind: z.literal("reject"), note: z.string().trim().min(1, "Say why nothing should be written").max(2000) }),
]);
export type SecondAnswer = z.infer<typeof SecondAnswer>;

export async function answerAgain(
  context: Context,
  principal: Principal,
  { workflow, approval }: { readonly workflow: string; readonly approval: string },
  answer: SecondAnswer,
  now: number,
): Promise<Result<null>> {
  const task = await blindTask(context, principal, workflow, approval, now);
  if (!task.ok) return task;
  if (answer.kind === "set") {
    for (const [field, listed] of Object.entries(task.value.choices)) {
      const chosen = Object.hasOwn(answer.values, field) ? answer.values[field] : undefined;
      if (chosen === undefined || !listed.some((one) => sameJson(one, chosen)))
        return fail("request.invalid", `${field}: choose one of the listed values`, { field });
    }
    const stranger = Object.keys(answer.values).find((field) => !Object.hasOwn(task.value.choices, field));
    if (stranger !== undefined) return fail("request.invalid", `${stranger}: it was not asked about`, { field: stranger });
  }
  const detail = await readApproval(context.env.DB, approval);
  const recorded = await recordSecond(context.env.DB, {
    approval,
    run: detail?.run.id ?? "",
    workflow,
    at: now,
    by: principal.id,
    kind: answer.kind,
    values: answer.kind === "set" ? (answer.values as JsonObject) : null,
    note: answer.note,
  });
  return recorded ? ok(null) : fail("approval.already_decided", "Somebody else was faster");
}
