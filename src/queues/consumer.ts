// The queue's side of a start: parse, start in one batch, then acknowledge or retry each message by itself; what somebody asked to be trained, once the starts are
// done; and what the dead-letter queue receives. A message is acknowledged only when its run is journalled, or when it lies in D1 as a dead letter.
import { errorFacts, failureOf } from "../core/errors.ts";
import type { InterlockEvent } from "../core/event.ts";
import { type DeadLetter, eventLetter, keepDeadLetters } from "../db/dead-letters.ts";
import type { Context } from "../operations/context.ts";
import { EventMessage, TrainingMessage } from "../operations/messages.ts";
import { prepareModels } from "../operations/prepare-models.ts";
import { readMessage } from "../operations/read-message.ts";
import { startRuns } from "../operations/start-runs.ts";
import { runTraining } from "../operations/train-model.ts";

/** Seconds before a message comes again: doubling from 2 s to 5 minutes, so the hundred tries of wrangler.toml span a D1 or partition outage of about eight hours. */
export const retryDelay = (attempts: number): number => Math.min(300, 2 ** Math.max(1, attempts));

export async function consumeEvents(batch: MessageBatch, context: Context): Promise<void> {
  const letters: { message: Message; letter: DeadLetter }[] = [];
  const ready: { message: Message; event: InterlockEvent }[] = [];
  const trainings: { message: Message; id: string }[] = [];
  await Promise.all(
    batch.messages.map(async (message) => {
      const training = TrainingMessage.safeParse(message.body);
      if (training.success) {
        trainings.push({ message, id: training.data.id });
        return;
      }
      try {
        const read = await readMessage(message.body, context);
        if (read.ok) ready.push({ message, event: read.event });
        else letters.push({ message, letter: messageLetter(message.body, read.reason) });
      } catch {
        message.retry({ delaySeconds: retryDelay(message.attempts) });
      }
    }),
  );
  // A start must not depend on training: a run that asks an untrained model waits and asks again.
  await prepareModels(context, Date.now()).catch((thrown) =>
    console.error(JSON.stringify({ message: "training failed", error: failureOf(thrown).message })),
  );
  const outcomes = await startRuns(
    context,
    ready.map(({ event }) => event),
  );
  for (const [index, { message, event }] of ready.entries()) {
    const outcome = outcomes[index];
    switch (outcome?.kind) {
      case "started":
      case "no_workflow":
        message.ack();
        break;
      case "refused":
        letters.push({ message, letter: eventLetter(event, `${errorFacts(outcome.error.code).title}: ${outcome.error.message}`) });
        break;
      default:
        message.retry({ delaySeconds: retryDelay(message.attempts) });
    }
  }
  await bury(letters, context);
  for (const { message, id } of trainings) {
    try {
      await runTraining(context, id, message.attempts, Date.now());
      message.ack();
    } catch (thrown) {
      console.error(JSON.stringify({ message: "training failed, will be repeated", error: failureOf(thrown).message }));
      message.retry({ delaySeconds: retryDelay(message.attempts) });
    }
  }
}

/** Messages that the queue itself gave up on. */
export async function consumeDeadLetters(batch: MessageBatch, context: Context): Promise<void> {
  await bury(
    batch.messages.map((message) => ({ message, letter: givenUp(message.body) })),
    context,
  );
}

/** An event is kept as one, so that its letter says which system it came from; a pointer stays the message that it is. */
function givenUp(body: unknown): DeadLetter {
  const reason = "Every try to start a run for this event failed";
  const { data } = EventMessage.safeParse(body);
  return data?.kind === "event" ? eventLetter(data.event, reason) : messageLetter(body, reason);
}

const messageLetter = (body: unknown, reason: string): DeadLetter => ({
  kind: "message",
  connection: null,
  source: "queue",
  reason,
  body: textOf(body),
});

async function bury(letters: readonly { message: Message; letter: DeadLetter }[], context: Context): Promise<void> {
  try {
    await keepDeadLetters(
      context.env.DB,
      letters.map(({ letter }) => letter),
      Date.now(),
    );
    for (const { message } of letters) message.ack();
  } catch (thrown) {
    console.error(JSON.stringify({ message: "dead letters not kept, will be repeated", error: failureOf(thrown).message }));
    for (const { message } of letters) message.retry({ delaySeconds: retryDelay(message.attempts) });
  }
}

const textOf = (body: unknown): string => (typeof body === "string" ? body : (JSON.stringify(body) ?? String(body)));
