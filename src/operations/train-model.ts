// Trains the built-in model of a workflow anew, from the samples that are shipped and what reviewers decided since, when somebody asks for it. The asking is a row and a
// queue message; the work happens where events are consumed. It makes a version and does not use it: that is the process owner's to say (choose-model.ts).
// Sequence: role -> row -> message -> (consumer) reviewed decisions -> training -> weights in R2 -> version in D1 -> the row says how it ended.
import { randomHex } from "../core/crypto.ts";
import { fail, failureOf, ok, type Result } from "../core/errors.ts";
import type { Principal } from "../core/principal.ts";
import { askForTraining, endTraining, keepVersion, type ModelTraining, readTraining } from "../db/model-versions.ts";
import { reviewedDecisions } from "../db/reviewed-decisions.ts";
import type { Context } from "./context.ts";
import type { TrainingMessage } from "./messages.ts";
import { permit } from "./require-role.ts";
import { schemasOf, trainedModelOf } from "./trained-models.ts";

/** The newest runs that are learned from. With the shipped samples about 2,400 records: training then takes some ten seconds of a consumer's thirty of CPU. */
export const LEARNED_RUNS = 2_000;

/** One that has not ended by then never will: three tries of a message with their pauses. */
const ABANDONED_MS = 10 * 60_000;

/** Training either ends or runs out of CPU, and would again. */
export const TRAINING_TRIES = 3;

export async function askTraining(
  context: Context,
  principal: Principal,
  workflow: string,
  now: number,
): Promise<Result<{ readonly id: string }>> {
  const denied = permit(principal, "train models", workflow);
  if (denied) return denied;
  const model = trainedModelOf(context, workflow);
  if (!model.ok) return model;
  const id = `trn_${randomHex(16)}`;
  const asked = await askForTraining(context.env.DB, { id, workflow, askedAt: now, askedBy: principal.id }, now - ABANDONED_MS);
  if (!asked) return fail("model.training", "Somebody has asked for it a moment ago: load the page again to see how it ended");
  try {
    await context.env.EVENTS.send({ kind: "training", id } satisfies TrainingMessage);
  } catch (thrown) {
    await endTraining(context.env.DB, { id, model: null, problem: "It could not be queued: ask again" }, now);
    throw thrown;
  }
  return ok({ id });
}

/** In the consumer. Whatever is wrong with the records is recorded as the end of the training; a storage that does not answer is thrown, for another try. */
export async function runTraining(context: Context, id: string, attempt: number, now: number): Promise<void> {
  const { DB, BLOBS } = context.env;
  const training = await readTraining(DB, id);
  if (training === null || training.endedAt !== null) return;
  const end = (ended: Pick<ModelTraining, "model" | "problem">) => endTraining(DB, { id, ...ended }, now);
  if (attempt > TRAINING_TRIES)
    return end({ model: null, problem: `It did not end in ${TRAINING_TRIES} tries: the records may be too many or too long` });
  const { workflow } = training;
  const model = trainedModelOf(context, workflow);
  if (!model.ok) return end({ model: null, problem: model.error.message });
  const reviewed = await reviewedDecisions(DB, workflow, LEARNED_RUNS);
  let made: ReturnType<typeof model.value.train>;
  try {
    made = model.value.train({ schemas: schemasOf(context, workflow), reviewed });
  } catch (thrown) {
    return end({ model: null, problem: failureOf(thrown).message });
  }
  const { id: version, key, bytes, rows, unused, fields, missing } = made;
  await BLOBS.put(key, bytes);
  await keepVersion(DB, { id: version, workflow, trainedAt: now, trainedBy: training.askedBy, rows, unused, fields, missing });
  await end({ model: version, problem: null });
}
