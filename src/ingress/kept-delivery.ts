// An authentic delivery as text that can be read again later, as if it had just come. It keeps no signature (it was verified on arrival, and is too old to be
// verified again), and of the headers only those that identity and reading need: others may carry a sender's credential.
// Bytes that are no text cannot be kept so: their digest then tells, and such a delivery is not read again as something that nobody has signed.
import type { WebhookDeclaration, WebhookRequest } from "../connectors/webhook.ts";
import { sha256Hex } from "../core/crypto.ts";

export interface KeptDelivery {
  readonly headers: Readonly<Record<string, string>>;
  /** SHA-256 of the bytes as they came. */
  readonly digest: string;
}

/** A byte order mark is kept: the text has to give the same bytes again. */
const utf8 = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

export function keepDelivery({ scheme }: WebhookDeclaration, { headers, body }: WebhookRequest): { body: string; kept: KeptDelivery } {
  const hmac = scheme.kind === "hmac-sha256" ? scheme : null;
  const signed = (hmac?.signed ?? []).flatMap((part) => (typeof part === "object" && "header" in part ? [part.header] : []));
  const names = ["content-type", ...signed, ...(hmac?.timestamp ? [hmac.timestamp.header] : []), ...(hmac?.id ? [hmac.id.header] : [])];
  const present = names.flatMap((name): [string, string][] => {
    const value = headers.get(name);
    return value === null ? [] : [[name.toLowerCase(), value]];
  });
  return { body: utf8.decode(body), kept: { headers: Object.fromEntries(present), digest: sha256Hex(body) } };
}

/** Null where the kept text does not give the bytes that were signed. */
export function requestOfKept(connection: string, text: string, { headers, digest }: KeptDelivery): WebhookRequest | null {
  const body = new TextEncoder().encode(text);
  if (sha256Hex(body) !== digest) return null;
  return { method: "POST", url: `https://interlock.invalid/hooks/${encodeURIComponent(connection)}`, headers: new Headers(headers), body };
}
