// What becomes of one delivery, decided without doing anything: the caller answers, stores or logs as the outcome says.
// A rejection's failure is what the sender may see and is the same for every failed check; `reason` is for our log.
// Sequence: an unsigned probe, authenticity, a signed handshake, the event. Nothing of the body is believed before authenticity.
import type { RejectReason, WebhookRequest } from "../connectors/webhook.ts";
import { type Failure, fail } from "../core/errors.ts";
import type { InterlockEvent } from "../core/event.ts";
import { type KeptDelivery, keepDelivery } from "./kept-delivery.ts";
import { normalise, type ReceivingConnection } from "./normalise.ts";
import { verifyDelivery } from "./verify.ts";

export interface Delivery {
  readonly connection: ReceivingConnection & { readonly secrets: readonly string[] };
  readonly request: WebhookRequest;
  /** Epoch milliseconds. */
  readonly now: number;
}

export type Received =
  | {
      readonly kind: "answer";
      readonly to: "probe" | "handshake";
      readonly status: number;
      readonly body: string;
      readonly contentType?: string;
    }
  | { readonly kind: "rejected"; readonly failure: Failure; readonly reason: RejectReason; readonly header?: string }
  | {
      readonly kind: "accepted";
      readonly event: InterlockEvent;
      readonly bodyBytes: number;
      readonly bodyDigest: string;
      readonly deliveryKey: string | null;
    }
  | { readonly kind: "ignored"; readonly reason: string; readonly deliveryKey: string | null }
  /** Authentic, but unreadable: answered 200, because no retry would read better. `id` is the same for a repeated delivery. */
  | {
      readonly kind: "dead_letter";
      readonly id: string;
      readonly reason: string;
      readonly body: string;
      readonly kept: KeptDelivery;
      readonly deliveryKey: string | null;
    };

const failureFor = (reason: RejectReason): Failure =>
  reason === "no_secret_configured" || reason === "public_test_secret"
    ? fail("webhook.misconfigured", "This connection cannot verify deliveries as it is configured").error
    : fail("webhook.unauthentic", "The delivery is not authentic").error;

export function receiveDelivery({ connection, request, now }: Delivery): Received {
  const { declaration } = connection;
  const probe = declaration.probe?.(request);
  if (probe) return { kind: "answer", to: "probe", ...probe };

  const verdict = verifyDelivery(declaration.scheme, connection.secrets, request, now);
  if (!verdict.ok) {
    const { reason, header } = verdict;
    return { kind: "rejected", failure: failureFor(reason), reason, ...(header ? { header } : {}) };
  }

  const handshake = declaration.handshake?.(request);
  if (handshake) return { kind: "answer", to: "handshake", ...handshake };

  const outcome = normalise(connection, request, now);
  if (outcome.kind === "ignored") return outcome;
  if (outcome.kind === "unparsable") {
    const { id, reason, deliveryKey } = outcome;
    return { kind: "dead_letter", id, reason, ...keepDelivery(declaration, request), deliveryKey };
  }
  const { event, bodyDigest, deliveryKey } = outcome;
  return { kind: "accepted", event, bodyBytes: request.body.length, bodyDigest, deliveryKey };
}
