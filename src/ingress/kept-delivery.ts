// An authentic delivery as text that can be read again later, as if it had just come. It keeps no signature (it was verified on arrival, and is too old to be
// verified again), no address (a secret may be part of it), and of the headers only those that identity and reading need: others may carry a sender's credential.
// Bytes that are no text cannot be kept so: their digest then tells, and such a delivery is not read again as something that nobody has signed.
import type { Scheme, WebhookDeclaration, WebhookRequest } from "../connectors/webhook.ts";
import { sha256Hex } from "../core/crypto.ts";
import { secretHeader } from "./verify-secret.ts";

export interface KeptDelivery {
  readonly headers: Readonly<Record<string, string>>;
  /** SHA-256 of the bytes as they came. */
  readonly digest: string;
}

/** A byte order mark is kept: the text has to give the same bytes again. */
const utf8 = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

/** Whoever has one of these can send as the sender does. */
const CREDENTIALS = ["authorization", "proxy-authorization", "cookie"];

export function keepDelivery(
  { scheme, required = [] }: WebhookDeclaration,
  { headers, body }: WebhookRequest,
): { body: string; kept: KeptDelivery } {
  const proof = proofHeaders(scheme);
  const names = ["content-type", ...required, ...neededBy(scheme)]
    .map((name) => name.toLowerCase())
    .filter((name) => !proof.includes(name));
  const present = names.flatMap((name): [string, string][] => {
    const value = headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  return { body: utf8.decode(body), kept: { headers: Object.fromEntries(present), digest: sha256Hex(body) } };
}

/** What identity and reading need beside what the system always sends. */
function neededBy(scheme: Scheme): readonly string[] {
  switch (scheme.kind) {
    case "hmac-sha256": {
      const signed = scheme.signed.flatMap((part) => (typeof part === "object" && "header" in part ? [part.header] : []));
      return [...signed, ...(scheme.timestamp ? [scheme.timestamp.header] : []), ...(scheme.id ? [scheme.id.header] : [])];
    }
    case "shared-secret":
    case "proof":
      return scheme.keptHeaders ?? [];
  }
}

function proofHeaders(scheme: Scheme): readonly string[] {
  const own = scheme.kind === "hmac-sha256" ? scheme.signature.header : scheme.kind === "shared-secret" ? secretHeader(scheme) : null;
  return own === null ? CREDENTIALS : [...CREDENTIALS, own.toLowerCase()];
}

/** Null where the kept text does not give the bytes that were signed. */
export function requestOfKept(connection: string, text: string, { headers, digest }: KeptDelivery): WebhookRequest | null {
  const body = new TextEncoder().encode(text);
  if (sha256Hex(body) !== digest) return null;
  return { method: "POST", url: `https://interlock.invalid/hooks/${encodeURIComponent(connection)}`, headers: new Headers(headers), body };
}
