// A validation as people read it: what it is about, how far it is, and the records that are answered. It changes nothing.
import { fail, ok, type Result } from "../core/errors.ts";
import type { Principal } from "../core/principal.ts";
import { answeredRecords, readValidationRow, type ValidationRow } from "../db/validations.ts";
import type { ValidatedRecord, ValidationFacts } from "../validation/record.ts";
import type { Context } from "./context.ts";
import { permit, permitWithin } from "./require-role.ts";

export type { ValidationRow };

export interface ReadValidation {
  /** While it is under way, finishedAt is the time of the last answer. */
  readonly facts: ValidationFacts;
  readonly records: readonly ValidatedRecord[];
  readonly state: ValidationRow;
}

export async function readValidation({ env }: Pick<Context, "env">, principal: Principal, id: string): Promise<Result<ReadValidation>> {
  const found = await findValidation({ env }, principal, id);
  if (!found.ok) return found;
  return ok({ facts: factsOf(found.value), records: await answeredRecords(env.DB, id), state: found.value });
}

/** Without its records. */
export async function findValidation({ env }: Pick<Context, "env">, principal: Principal, id: string): Promise<Result<ValidationRow>> {
  const row = await readValidationRow(env.DB, id);
  if (row === null) {
    const within = permitWithin(principal, "read validations");
    return within.ok ? fail("validation.not_found", `No validation ${id}`) : within;
  }
  return permit(principal, "read validations", row.workflow) ?? ok(row);
}

const DAY_MS = 86_400_000;

/** When what the records said is erased, or was. */
export const contentsEndAt = ({ erasedAt, finishedAt, movedAt, createdAt, keepDays }: ValidationRow): number =>
  erasedAt ?? (finishedAt ?? movedAt ?? createdAt) + keepDays * DAY_MS;

export const factsOf = ({ facts, startedAt, finishedAt, movedAt, createdAt }: ValidationRow): ValidationFacts => ({
  ...facts,
  startedAt: startedAt ?? createdAt,
  finishedAt: finishedAt ?? movedAt ?? createdAt,
});
