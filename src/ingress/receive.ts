// What becomes of one delivery, decided without doing anything but asking for published keys: the caller answers, stores or logs as the outcome says.
// A rejection's failure is what the sender may see and is the same for every failed check; `reason` is for our log. A delivery that could not be judged, because
// published keys could not be had just now, is no forgery: its sender is asked to send it again.
// Sequence: an unsigned probe, authenticity, a signed handshake, the recipient, the events. Nothing of the body is believed before authenticity.
import type { HandshakeAnswer, RejectReason, Verdict, WebhookDeclaration, WebhookRequest } from "../connectors/webhook.ts";
import { type Failure, fail } from "../core/errors.ts";
import type { InterlockEvent } from "../core/event.ts";
import { eventIdOf } from "../core/ids.ts";
import { type KeptDelivery, keepDelivery } from "./kept-delivery.ts";
import { normalise, type ReceivingConnection } from "./normalise.ts";
import type { Published } from "./published.ts";
import { checkAddress, verifyDelivery } from "./verify.ts";
import { withoutSecret } from "./verify-secret.ts";

export interface Delivery {
  readonly connection: ReceivingConnection & { readonly secrets: readonly string[]; readonly settings?: Readonly<Record<string, string>> };
  readonly request: WebhookRequest;
  /** Published keys, by their address. */
  readonly published: (url: string, fresh?: boolean) => Promise<Published>;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** `id` is the same for a record that is sent again. */
export interface ParkedRecord {
  readonly id: string;
  readonly reason: string;
  readonly body: string;
  readonly kept: KeptDelivery;
}

export type Received =
  | {
      readonly kind: "answer";
      readonly to: "probe" | "handshake";
      readonly status: number;
      readonly body: string;
      readonly contentType?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: "rejected";
      readonly failure: Failure;
      /** What the sender is answered with. */
      readonly status: number | null;
      readonly reason: RejectReason;
      readonly header?: string;
      readonly detail?: string;
    }
  | {
      readonly kind: "accepted";
      /** One at least, or one of `parked`. */
      readonly events: readonly InterlockEvent[];
      /** Records of a batch that do not read: a dead letter each, and no reason to refuse the others. */
      readonly parked: readonly ParkedRecord[];
      readonly bodyBytes: number;
      readonly bodyDigest: string;
      readonly deliveryKey: string | null;
      readonly stored: HandshakeAnswer | null;
    }
  | { readonly kind: "ignored"; readonly reason: string; readonly deliveryKey: string | null; readonly stored: HandshakeAnswer | null }
  /** Authentic, but unreadable: answered 200, because no retry would read better. `id` is the same for a repeated delivery. */
  | {
      readonly kind: "dead_letter";
      readonly id: string;
      readonly reason: string;
      readonly body: string;
      readonly kept: KeptDelivery;
      readonly deliveryKey: string | null;
      readonly stored: HandshakeAnswer | null;
    };

export async function receiveDelivery({ connection, request, published, now }: Delivery): Promise<Received> {
  const { declaration, secrets, settings = {} } = connection;
  const probe = declaration.probe?.(request, settings);
  if (probe) return { kind: "answer", to: "probe", ...probe };

  let unavailable = false;
  const verdict = await verifyDelivery(declaration, request, {
    secrets,
    settings,
    published: async (url, fresh) => {
      const document = await published(url, fresh);
      if (document.kind === "unavailable") unavailable = true;
      return document.kind === "found" ? document.text : null;
    },
    now,
  });
  if (!verdict.ok) return rejection(declaration, verdict, unavailable);

  // What reads the delivery further has no use for the secret in it.
  const bare = declaration.scheme.kind === "shared-secret" ? withoutSecret(declaration.scheme, request) : request;
  const authentic = verdict.opened ? { ...bare, body: verdict.opened } : bare;
  const handshake = declaration.handshake?.(authentic, settings);
  if (handshake) return { kind: "answer", to: "handshake", ...handshake };
  const meant = checkAddress(declaration, authentic, settings, now);
  if (!meant.ok) return rejection(declaration, meant, false);

  const outcome = normalise(connection, authentic, now);
  const stored = typeof declaration.stored === "function" ? declaration.stored(authentic) : (declaration.stored ?? null);
  switch (outcome.kind) {
    case "ignored":
      return { ...outcome, stored };
    case "unparsable": {
      const { id, reason, deliveryKey } = outcome;
      return { kind: "dead_letter", id, reason, ...keepDelivery(declaration, authentic), deliveryKey, stored };
    }
    case "events": {
      const { events, unreadable, bodyDigest, deliveryKey } = outcome;
      const parked = unreadable.map(({ reason, text }): ParkedRecord => {
        const { body, kept } = keepDelivery(declaration, { ...authentic, body: new TextEncoder().encode(text) });
        return { id: eventIdOf(connection.id, `record\n${kept.digest}`), reason, body, kept };
      });
      return { kind: "accepted", events, parked, bodyBytes: authentic.body.length, bodyDigest, deliveryKey, stored };
    }
  }
}

function rejection(
  { refusedStatus }: WebhookDeclaration,
  { reason, header, detail }: Verdict & { ok: false },
  unavailable: boolean,
): Received {
  const told = { reason, ...(header ? { header } : {}), ...(detail ? { detail } : {}) };
  if (reason === "no_secret_configured" || reason === "public_test_secret") {
    const { error } = fail("webhook.misconfigured", "This connection cannot verify deliveries as it is configured");
    return { kind: "rejected", failure: error, status: null, ...told };
  }
  if (unavailable) {
    const { error } = fail("ingress.unavailable", "The delivery cannot be verified just now");
    return { kind: "rejected", failure: error, status: null, ...told };
  }
  const status = typeof refusedStatus === "object" ? refusedStatus[reason] : refusedStatus;
  const { error } = fail("webhook.unauthentic", "The delivery is not authentic");
  return { kind: "rejected", failure: error, status: status ?? null, ...told };
}
