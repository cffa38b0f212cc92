// One delivery, from its bytes to a durable event: limit, read, verify, normalise, store, answer. 2xx only after the event is stored. The press of a button under one
// of our own notices is no event: it is answered at once and then decided on (answer-from-chat.ts).
// What the answer says is the same for every failed check; which one it was is in our log.
import { type ErrorCode, errorFacts, type Failure, failureOf, InterlockError, problemOf } from "../core/errors.ts";
import type { InterlockEvent } from "../core/event.ts";
import { eventLetter, keepDeadLetters } from "../db/dead-letters.ts";
import { bindingOf, type Connection, webhookOf } from "../deployment.ts";
import { storeEvent, type Timer } from "../ingress/admit.ts";
import { readBody } from "../ingress/read-body.ts";
import { receiveDelivery } from "../ingress/receive.ts";
import { pressOn } from "./answer-from-chat.ts";
import type { Context } from "./context.ts";
import { type EventMessage, eventKey, MAX_MESSAGE_BYTES } from "./messages.ts";
import { prepareModels } from "./prepare-models.ts";
import { withinLimit } from "./rate-limit.ts";
import { startRuns } from "./start-runs.ts";

/** How long the queue may take before the event goes straight to its partition: Slack waits 3 s for an answer, Zendesk 12. */
const SEND_TIMEOUT_MS = 2_000;
/** Seconds. Zendesk repeats a 429 or 503 only when asked to wait less than a minute. */
const RETRY_AFTER_S = 10;
const NOT_STORED = `The event could not be stored; send it again in ${RETRY_AFTER_S} s`;

export async function receiveEvent(context: Context, connectionId: string, request: Request): Promise<Response> {
  const { connections } = context.deployment;
  // An own member: "constructor" is a name that anybody may post to, and no connection.
  const connection = Object.hasOwn(connections, connectionId) ? connections[connectionId] : undefined;
  const declaration = connection && webhookOf(connection);
  if (!connection || !declaration) return refuse("webhook.connection_unknown", "No connection has this address");
  if (!(await withinLimit(context, connectionId, Date.now())))
    return refuse("webhook.rate_limited", `More deliveries than this connection accepts; try again in ${RETRY_AFTER_S} s`);

  const body = await readBody(request, declaration.maxBytes);
  if (!body.ok) return refuse(body.error.code, body.error.message);
  const now = Date.now();
  const ownActorId = connection.ownActor && bindingOf(context.env, connection.ownActor);
  const received = receiveDelivery({
    connection: {
      id: connectionId,
      connector: connection.connector.name,
      declaration,
      secrets: connection.webhookSecrets.flatMap((name) => bindingOf(context.env, name) ?? []),
      ...(ownActorId ? { ownActorId } : {}),
    },
    request: { method: request.method, url: request.url, headers: request.headers, body: body.value },
    now,
  });

  switch (received.kind) {
    case "answer":
      return new Response(received.body, {
        status: received.status,
        headers: { "content-type": received.contentType ?? "text/plain", "x-content-type-options": "nosniff" },
      });
    case "rejected":
      log("delivery rejected", { connection: connectionId, reason: received.reason, header: received.header });
      return refuse(received.failure.code, received.failure.message);
    case "ignored":
      return accepted({ status: "ignored", reason: received.reason });
    case "dead_letter":
      try {
        await keepDeadLetters(
          context.env.DB,
          [
            {
              id: received.id,
              kind: "delivery",
              connection: connectionId,
              source: `${connection.connector.name}/${connectionId}`,
              reason: received.reason,
              body: received.body,
              delivery: received.kept,
            },
          ],
          now,
        );
      } catch (thrown) {
        log("dead letter not kept", { connection: connectionId, error: failureOf(thrown).message });
        return refuse("ingress.unavailable", NOT_STORED);
      }
      return Response.json({ status: "dead_letter", reason: received.reason }, { status: 200 });
    case "accepted": {
      const press = pressOn(context, connectionId, received.event.data);
      if (press) return press(now);
      return store(context, connection, received.event, received.bodyBytes);
    }
  }
}

async function store(context: Context, connection: Connection, event: InterlockEvent, bodyBytes: number): Promise<Response> {
  const admit = () => admitDirectly(context, event);
  const stored = await storeEvent({
    send:
      connection.admission === "direct"
        ? admit
        : async () => void (await context.env.EVENTS.send(await messageFor(context, event, bodyBytes))),
    admit,
    timeoutMs: SEND_TIMEOUT_MS,
    timer: timerFor,
  });
  if (stored.kind === "unavailable") {
    log("event not stored", { event: event.id, errors: stored.errors });
    return refuse("ingress.unavailable", NOT_STORED);
  }
  return accepted({ status: "accepted", event: event.id });
}

function timerFor(ms: number): Timer {
  const { promise, resolve } = Promise.withResolvers<void>();
  const id = setTimeout(resolve, ms);
  return { expired: promise, cancel: () => clearTimeout(id) };
}

/** A refusal that no repeat would change is stored as a dead letter: the event itself is safe, and the sender need not know. */
async function admitDirectly(context: Context, event: InterlockEvent): Promise<void> {
  context.waitUntil(prepareModels(context, Date.now()).catch(() => undefined));
  const [outcome] = await startRuns(context, [event]);
  if (outcome?.kind === "failed") throw new InterlockError(outcome.error.code, outcome.error.message);
  if (outcome?.kind === "refused") {
    await keepDeadLetters(context.env.DB, [eventLetter(event, outcome.error.message)], Date.now());
  }
}

/** An event over a message's size lies in R2, written before the message that points to it. */
async function messageFor(context: Context, event: InterlockEvent, bodyBytes: number): Promise<EventMessage> {
  // JSON writes no byte of a body as more than six ("\\u0000"), so a small one need not be measured.
  if (bodyBytes * 6 < MAX_MESSAGE_BYTES - 4_000) return { kind: "event", event };
  const text = JSON.stringify(event);
  if (new TextEncoder().encode(text).length <= MAX_MESSAGE_BYTES) return { kind: "event", event };
  const key = eventKey(event.id);
  await context.env.BLOBS.put(key, text);
  return { kind: "pointer", key };
}

const accepted = (body: Record<string, string>): Response => Response.json(body, { status: 202 });

function refuse(code: ErrorCode, message: string): Response {
  const failure: Failure = { code, message };
  const headers = new Headers({ "content-type": "application/problem+json" });
  if (errorFacts(code).retry === "after") headers.set("retry-after", String(RETRY_AFTER_S));
  return new Response(JSON.stringify(problemOf(failure)), { status: errorFacts(code).status, headers });
}

const log = (message: string, facts: Record<string, unknown>): void => console.warn(JSON.stringify({ message, ...facts }));
