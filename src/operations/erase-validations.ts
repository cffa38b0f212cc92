// The contents of validations go when those of their workflow's runs would: so many days after the end, or after the last answer of one that never ended. Figures, labels and the
// report stay. What one sweep does not get done, the next finds again.
// Sequence: which validations -> the file from R2 -> what the records said from D1.
import { erasableValidations, eraseValidation } from "../db/validation-erasure.ts";
import type { Context } from "./context.ts";
import { fileKey } from "./validations.ts";

/** A sweep: each is one statement over 5,000 records at most, and D1 has one writer. */
const AT_ONCE = 20;

export async function eraseValidations({ env }: Pick<Context, "env">, now: number): Promise<number> {
  let erased = 0;
  for (const id of await erasableValidations(env.DB, now, AT_ONCE)) {
    // R2 first: were it last, a failure between the two would leave a file there that nothing names any more.
    await env.BLOBS.delete([fileKey(id)]);
    if (await eraseValidation(env.DB, id, now)) erased++;
  }
  return erased;
}
