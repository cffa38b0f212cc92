// How a source system proves that a delivery is its own, as data. Connectors declare it; src/ingress reads the declaration and does the arithmetic.
// A declaration holds no secret and no code that sees one.
import type { Json } from "../core/json.ts";

/** One piece of the text under the MAC, in order. `body` is the raw bytes as they arrived. */
export type SignedPart = { readonly literal: string } | { readonly header: string } | "body";

/** HMAC-SHA-256 over declared parts. All signature schemes of this kind differ only in these fields. */
export interface HmacScheme {
  readonly kind: "hmac-sha256";
  readonly signature: {
    readonly header: string;
    readonly encoding: "hex" | "base64";
    /** Text before the digest, such as Slack's "v0=". */
    readonly prefix?: string;
    /** Several signatures in one header, each `version,digest` (Standard Webhooks): any one of `version` may match. */
    readonly list?: { readonly separator: string; readonly version: string };
  };
  /** How a configured secret becomes key bytes: as UTF-8 text, or base64 behind an optional prefix. */
  readonly secret: { readonly encoding: "text" } | { readonly encoding: "base64"; readonly prefix: string };
  /** A delivery id that is under the MAC and must be present (Standard Webhooks' webhook-id). */
  readonly id?: { readonly header: string };
  readonly timestamp?: { readonly header: string; readonly format: "seconds" | "rfc3339"; readonly toleranceSeconds: number };
  readonly signed: readonly SignedPart[];
  /** Secrets that a vendor has published for tests; configured for live use they prove nothing. */
  readonly publicTestSecrets?: readonly string[];
}

export interface WebhookRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

export interface HandshakeAnswer {
  readonly status: number;
  readonly body: string;
  readonly contentType?: string;
}

/** An authentic delivery, read: an event, nothing of interest (with the reason, kept in the log), or text that does not parse. */
export type Parsed =
  | {
      readonly kind: "event";
      /** The sender's own id of this delivery, the same on its retries; null where it has none. Usually not under the MAC: for the log, never for identity. */
      readonly deliveryKey: string | null;
      /** An id of the event that is under the MAC, the same on every retry and never used again: the event's identity. Without one, see ingress/event-key.ts. */
      readonly signedId?: string;
      /** Ids of whoever caused the event. If one is the connection's own, the event is our own write coming back, and is ignored. */
      readonly actors?: readonly string[];
      readonly type: string;
      readonly subject: string;
      /** Epoch milliseconds. */
      readonly time: number;
      readonly data: Json;
    }
  | { readonly kind: "ignored"; readonly reason: string; readonly deliveryKey?: string | null }
  | { readonly kind: "unparsable"; readonly reason: string; readonly deliveryKey?: string | null };

export interface WebhookDeclaration {
  readonly scheme: HmacScheme;
  /** Bytes; a larger body is refused with 413 before it is read. */
  readonly maxBytes: number;
  /** An unsigned probe that has a prescribed answer and must do nothing else (Slack's ssl_check). */
  readonly probe?: (request: WebhookRequest) => HandshakeAnswer | null;
  /** An authentic handshake that must be echoed (Slack's url_verification). */
  readonly handshake?: (request: WebhookRequest) => HandshakeAnswer | null;
  readonly parse: (request: WebhookRequest, receivedAt: number) => Parsed;
  /** Vendor documentation of the scheme. */
  readonly docs: string;
}
