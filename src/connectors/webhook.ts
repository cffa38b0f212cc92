// How a source system proves that a delivery is its own, as data. Connectors declare it; src/ingress reads the declaration and does the arithmetic.
// A declaration holds no secret and no code that sees one.
import type { Json } from "../core/json.ts";

/** One piece of the text under the MAC, in order. `body` is the raw bytes as they arrived; `url` is read from the address that was called. */
export type SignedPart =
  | { readonly literal: string }
  | { readonly header: string }
  | { readonly url: (url: string) => string }
  | "method"
  | "body";

export type RejectReason =
  | "no_secret_configured"
  | "public_test_secret"
  | "missing_header"
  | "duplicate_header"
  | "malformed_header"
  | "unsupported_scheme"
  | "malformed_timestamp"
  | "stale_timestamp"
  | "future_timestamp"
  | "bad_signature"
  | "missing_body"
  | "malformed_body"
  | "unsafe_body"
  | "wrong_recipient"
  | "wrong_target_url"
  | "wrong_key_source"
  | "client_state_mismatch"
  | "bad_alg"
  | "bad_issuer"
  | "bad_audience"
  | "expired"
  | "not_yet_valid"
  | "unknown_key"
  | "missing_endorsement"
  | "service_url_mismatch";

/**
 * `header`: which one is missing, repeated or malformed; `detail`: what else our log should say, and nothing secret. The sender is told that the delivery is not
 * authentic, and no more. `opened`: what was sealed in the body, to be read (and, where it cannot be, kept) in its place.
 */
export type Verdict =
  | { readonly ok: true; readonly opened?: Uint8Array }
  | { readonly ok: false; readonly reason: RejectReason; readonly header?: string; readonly detail?: string };

/** HMAC-SHA-256 over declared parts. All signature schemes of this kind differ only in these fields. */
export interface HmacScheme {
  readonly kind: "hmac-sha256";
  readonly signature: {
    readonly header: string;
    readonly encoding: "hex" | "base64";
    /** Text before the digest, such as Slack's "v0="; one that ends with a space is an auth-scheme ("HMAC "), in whatever case. */
    readonly prefix?: string;
    /** Headers of this sender's other signatures, in lower case: one of them in place of ours is a scheme that is not accepted, rather than a missing header. */
    readonly instead?: readonly string[];
    /** Several signatures in one header, each `version,digest` (Standard Webhooks): any one of `version` may match. */
    readonly list?: { readonly separator: string; readonly version: string };
  };
  /** How a configured secret becomes key bytes: as UTF-8 text, or base64 behind an optional prefix. */
  readonly secret: { readonly encoding: "text" } | { readonly encoding: "base64"; readonly prefix: string };
  /** A delivery id that is under the MAC and must be present (Standard Webhooks' webhook-id). */
  readonly id?: { readonly header: string };
  readonly timestamp?: {
    readonly header: string;
    readonly format: "seconds" | "milliseconds" | "rfc3339" | "seconds or rfc3339";
    readonly toleranceSeconds: number;
  };
  readonly signed: readonly SignedPart[];
  /** Secrets that a vendor has published for tests; configured for live use they prove nothing. */
  readonly publicTestSecrets?: readonly string[];
}

/**
 * A secret that the sender repeats as it is, for systems that sign nothing. It proves who sent it as far as the secret is kept, and nothing about the body: what matters
 * is fetched back. header: a header's whole value. basic: of Authorization: Basic, the password (and the user, where declared), or the user where the sender has room for a
 * key there only. path: what follows the connection's name in the address. query: a parameter of the address. bearer: Authorization: Bearer with the secret alone, or in its
 * place (RFC 6750) the named parameter, never both.
 */
export interface SecretScheme {
  readonly kind: "shared-secret";
  readonly carried:
    | { readonly in: "header"; readonly header: string }
    | { readonly in: "basic"; readonly user?: string; readonly secretIs?: "user" }
    | { readonly in: "path" }
    | { readonly in: "query"; readonly parameter: string }
    | { readonly in: "bearer"; readonly parameter?: string };
  /** Headers that reading needs when the delivery is kept. */
  readonly keptHeaders?: readonly string[];
}

/**
 * Signed with a key whose public half is published, or proved in a way of the vendor's own. `verify` gets the secrets where there are any, and asks for documents with
 * keys by their address, which it must have checked: whoever chooses the address chooses the key.
 */
export interface ProofScheme {
  readonly kind: "proof";
  readonly verify: (request: WebhookRequest, context: ProofContext) => Promise<Verdict>;
  /** Headers that identity and reading need when the delivery is kept. */
  readonly keptHeaders?: readonly string[];
}

export interface ProofContext {
  readonly secrets: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
  /** A published document (a JWKS, a PEM), kept for a while; `fresh` asks anew, for a key that is not in it yet. Null where it cannot be had. */
  readonly published: (url: string, fresh?: boolean) => Promise<string | null>;
  /** Epoch milliseconds. */
  readonly now: number;
}

export type Scheme = HmacScheme | SecretScheme | ProofScheme;

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
  /** Others that the sender asks for; by none of them may it choose what a browser does. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One event in a delivery. */
export interface ParsedEvent {
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

/** A record of a batch that does not read, as text that is read again by itself. */
export interface UnreadableRecord {
  readonly reason: string;
  readonly text: string;
}

/**
 * An authentic delivery, read: an event, several, nothing of interest (with the reason, kept in the log), or text that does not parse.
 * `deliveryKey`: the sender's own id of this delivery, the same on its retries; null where it has none. Usually not under the MAC: for the log, never for identity.
 */
export type Parsed =
  | ({ readonly kind: "event"; readonly deliveryKey: string | null } & ParsedEvent)
  /** Each has a `signedId`, or is told from the others by its place. */
  | {
      readonly kind: "events";
      readonly deliveryKey: string | null;
      readonly events: readonly ParsedEvent[];
      /** Records of the same batch that do not read: each is kept as a dead letter of its own, and the others go on. */
      readonly unreadable?: readonly UnreadableRecord[];
    }
  | { readonly kind: "ignored"; readonly reason: string; readonly deliveryKey?: string | null }
  | { readonly kind: "unparsable"; readonly reason: string; readonly deliveryKey?: string | null };

export type RefusedStatus = 202 | 400 | 401 | 403;

export interface WebhookDeclaration {
  readonly scheme: Scheme;
  /** Headers without which a delivery is none of this system's, in lower case. Each is there once: a comma in one is two joined. They are kept with a delivery. */
  readonly required?: readonly string[];
  /** Every delivery of this system has a body: an empty one is refused as that. */
  readonly bodyRequired?: true;
  /** Bytes; a larger body is refused with 413 before it is read. */
  readonly maxBytes: number;
  /** An unsigned probe that has a prescribed answer and must do nothing else (Slack's ssl_check, Graph's validation token). */
  readonly probe?: (request: WebhookRequest, settings?: Readonly<Record<string, string>>) => HandshakeAnswer | null;
  /** An authentic handshake that must be echoed (Slack's url_verification). */
  readonly handshake?: (request: WebhookRequest, settings?: Readonly<Record<string, string>>) => HandshakeAnswer | null;
  /** Whether an authentic delivery is meant for this connection (its account, its client id), and safe to read. */
  readonly addressed?: (request: WebhookRequest, settings: Readonly<Record<string, string>>, now?: number) => Verdict;
  readonly parse: (request: WebhookRequest, receivedAt: number) => Parsed;
  /** What the sender must hear once the delivery is stored (or needs no storing), where any 2xx does not do. */
  readonly stored?: HandshakeAnswer | ((request: WebhookRequest) => HandshakeAnswer | null);
  /**
   * The status of a refusal that this sender understands best; 401 unless it says otherwise. By reason where one differs: a 202 to what must not be sent again and again.
   * A connection that cannot verify, or not just now, never answers so: what it turns away may be genuine.
   */
  readonly refusedStatus?: RefusedStatus | Readonly<Partial<Record<RejectReason, RefusedStatus>>>;
  /** Vendor documentation of the scheme. */
  readonly docs: string;
}
