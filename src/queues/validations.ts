// The queue's side of a validation: parse, answer the batch, then acknowledge, or let the message come again at the time that is named. What a batch means is in
// src/operations/run-validation.ts. A message that is lost is sent again by the sweep.
import { failureOf } from "../core/errors.ts";
import type { Context } from "../operations/context.ts";
import { ValidationMessage } from "../operations/messages.ts";
import { prepareModels } from "../operations/prepare-models.ts";
import { answerBatch } from "../operations/run-validation.ts";
import { retryDelay } from "./consumer.ts";

/** The platform's most: a day (https://developers.cloudflare.com/queues/platform/limits/). */
const LONGEST_SECONDS = 86_400;

export async function consumeValidations(batch: MessageBatch, context: Context, now: () => number = Date.now): Promise<void> {
  try {
    await prepareModels(context);
  } catch (thrown) {
    console.error(JSON.stringify({ message: "training failed", error: failureOf(thrown).message }));
  }
  for (const message of batch.messages) {
    const read = ValidationMessage.safeParse(message.body);
    if (!read.success) {
      console.error(JSON.stringify({ message: "no message of a validation", queue: batch.queue }));
      message.ack();
      continue;
    }
    try {
      const end = await answerBatch(context, read.data, now);
      if (end.kind === "done") message.ack();
      else message.retry({ delaySeconds: Math.min(LONGEST_SECONDS, end.seconds) });
    } catch (thrown) {
      console.error(
        JSON.stringify({ message: "batch failed, will be repeated", validation: read.data.validation, error: failureOf(thrown).message }),
      );
      message.retry({ delaySeconds: retryDelay(message.attempts) });
    }
  }
}
