// One delivery, from its bytes to durable events: limit, read, verify, normalise, store, answer. 2xx only after all of its events are stored. The press of a button under
// one of our own notices is no event: it is answered at once and then decided on (answer-from-chat.ts).
// What the answer says is the same for every failed check; which one it was is in our log. The log has no address: a secret may be part of it.
import { readPublic } from "../connectors/http.ts";
import type { HandshakeAnswer, WebhookDeclaration } from "../connectors/webhook.ts";
import { type ErrorCode, errorFacts, type Failure, failureOf, InterlockError, problemOf } from "../core/errors.ts";
import type { InterlockEvent } from "../core/event.ts";
import { type DeadLetter, eventLetter, keepDeadLetters } from "../db/dead-letters.ts";
import { bindingOf, type Connection, settingsOf, webhookOf } from "../deployment.ts";
import { storeEvent, type Timer } from "../ingress/admit.ts";
import { createPublications } from "../ingress/published.ts";
import { readBody } from "../ingress/read-body.ts";
import { type ParkedRecord, receiveDelivery } from "../ingress/receive.ts";
import { pressOn } from "./answer-from-chat.ts";
import type { Context } from "./context.ts";
import { prepareModels } from "./prepare-models.ts";
import { withinLimit } from "./rate-limit.ts";
import { sendEvents } from "./send-events.ts";
import { startRuns } from "./start-runs.ts";

/** How long the queue may take before the event goes straight to its partition: Slack waits 3 s for an answer, Zendesk 12. */
const SEND_TIMEOUT_MS = 2_000;
/** Seconds. Zendesk repeats a 429 or 503 only when asked to wait less than a minute. */
const RETRY_AFTER_S = 10;
const NOT_STORED = `The event could not be stored; send it again in ${RETRY_AFTER_S} s`;

/** One memory for the isolate. */
const publications = createPublications((url) => readPublic(url));

export async function receiveEvent(context: Context, connectionId: string, request: Request, segment?: string): Promise<Response> {
  const { connections } = context.deployment;
  // An own member: "constructor" is a name that anybody may post to, and no connection.
  const connection = Object.hasOwn(connections, connectionId) ? connections[connectionId] : undefined;
  const declaration = connection && webhookOf(connection);
  if (!connection || !declaration || (segment !== undefined && !hasSecretInPath(declaration)))
    return refuse("webhook.connection_unknown", "No connection has this address");
  if (!(await withinLimit(context, connectionId, Date.now())))
    return refuse("webhook.rate_limited", `More deliveries than this connection accepts; try again in ${RETRY_AFTER_S} s`);

  const body = await readBody(request, declaration.maxBytes);
  if (!body.ok) return refuse(body.error.code, body.error.message);
  const now = Date.now();
  const ownActorId = connection.ownActor && bindingOf(context.env, connection.ownActor);
  const received = await receiveDelivery({
    connection: {
      id: connectionId,
      connector: connection.connector.name,
      declaration,
      secrets: connection.webhookSecrets.flatMap((name) => bindingOf(context.env, name) ?? []),
      settings: settingsOf(connection, context.env),
      ...(ownActorId ? { ownActorId } : {}),
    },
    request: { method: request.method, url: request.url, headers: request.headers, body: body.value },
    published: (url, fresh) => publications(url, now, fresh),
    now,
  });

  switch (received.kind) {
    case "answer":
      return answerWith(received);
    case "rejected": {
      const { failure, status, reason, header, detail } = received;
      log("delivery rejected", { connection: connectionId, reason, header, detail });
      return refuse(failure.code, failure.message, status);
    }
    case "ignored":
      return accepted({ status: "ignored", reason: received.reason }, received.stored);
    case "dead_letter":
      if (!(await park(context, connectionId, connection, [received], now))) return refuse("ingress.unavailable", NOT_STORED);
      return received.stored
        ? answerWith(received.stored)
        : Response.json({ status: "dead_letter", reason: received.reason }, { status: 200 });
    case "accepted": {
      const { events, parked, bodyBytes, stored } = received;
      if (!(await park(context, connectionId, connection, parked, now))) return refuse("ingress.unavailable", NOT_STORED);
      if (events.length === 0) return accepted({ status: "dead_letter", records: parked.length }, stored);
      const [only] = events;
      // A chat posts each press by itself.
      const press = only && events.length === 1 ? pressOn(context, connectionId, only.data) : null;
      if (press) return press(now);
      if (!(await store(context, connection, events, bodyBytes))) return refuse("ingress.unavailable", NOT_STORED);
      const named = only && events.length === 1 ? { event: only.id } : { events: events.map(({ id }) => id) };
      return accepted({ status: "accepted", ...named, ...(parked.length === 0 ? {} : { dead_letters: parked.length }) }, stored);
    }
  }
}

const hasSecretInPath = ({ scheme }: WebhookDeclaration): boolean => scheme.kind === "shared-secret" && scheme.carried.in === "path";

/** What does not read, and would not read better a second time. */
async function park(
  context: Context,
  connectionId: string,
  connection: Connection,
  parked: readonly ParkedRecord[],
  now: number,
): Promise<boolean> {
  const source = `${connection.connector.name}/${connectionId}`;
  const letters = parked.map(({ id, reason, body, kept }): DeadLetter => {
    return { id, kind: "delivery", connection: connectionId, source, reason, body, delivery: kept };
  });
  try {
    await keepDeadLetters(context.env.DB, letters, now);
    return true;
  } catch (thrown) {
    log("dead letter not kept", { connection: connectionId, error: failureOf(thrown).message });
    return false;
  }
}

/** All of them, or the sender is to send them all again: what was stored is found then. */
async function store(context: Context, connection: Connection, events: readonly InterlockEvent[], bodyBytes: number): Promise<boolean> {
  const admit = () => admitDirectly(context, events);
  const stored = await storeEvent({
    send: connection.admission === "direct" ? admit : () => sendEvents(context, events, bodyBytes),
    admit,
    timeoutMs: SEND_TIMEOUT_MS,
    timer: timerFor,
  });
  if (stored.kind === "unavailable") log("event not stored", { events: events.map(({ id }) => id), errors: stored.errors });
  return stored.kind !== "unavailable";
}

function timerFor(ms: number): Timer {
  const { promise, resolve } = Promise.withResolvers<void>();
  const id = setTimeout(resolve, ms);
  return { expired: promise, cancel: () => clearTimeout(id) };
}

/** A refusal that no repeat would change is stored as a dead letter: the event itself is safe, and the sender need not know. */
async function admitDirectly(context: Context, events: readonly InterlockEvent[]): Promise<void> {
  context.waitUntil(prepareModels(context, Date.now()).catch(() => undefined));
  const outcomes = await startRuns(context, events);
  const letters = events.flatMap((event, index) => {
    const outcome = outcomes[index];
    return outcome?.kind === "refused" ? [eventLetter(event, outcome.error.message)] : [];
  });
  await keepDeadLetters(context.env.DB, letters, Date.now());
  for (const outcome of outcomes) if (outcome.kind === "failed") throw new InterlockError(outcome.error.code, outcome.error.message);
}

const accepted = (body: Record<string, unknown>, stored: HandshakeAnswer | null): Response =>
  stored ? answerWith(stored) : Response.json(body, { status: 202 });

const answerWith = ({ status, body, contentType, headers }: HandshakeAnswer): Response =>
  new Response(body, { status, headers: { ...headers, "content-type": contentType ?? "text/plain", "x-content-type-options": "nosniff" } });

/** `status`: what this sender understands better than the failure's own. */
function refuse(code: ErrorCode, message: string, status: number | null = null): Response {
  const failure: Failure = { code, message };
  const given = status ?? errorFacts(code).status;
  const headers = new Headers({ "content-type": "application/problem+json" });
  if (errorFacts(code).retry === "after") headers.set("retry-after", String(RETRY_AFTER_S));
  return new Response(JSON.stringify({ ...problemOf(failure), status: given }), { status: given, headers });
}

const log = (message: string, facts: Record<string, unknown>): void => console.warn(JSON.stringify({ message, ...facts }));
