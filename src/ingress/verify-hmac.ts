// Is this delivery the source system's own, and fresh? One pure decision over the declared scheme, the raw bytes and the time.
// It never throws on what a sender can send, and never reads the body: bytes that are parsed first can be signed again by accident.
// Sequence: a secret is configured, headers are there and single, their syntax, the timestamp's syntax and age, the signature.
import type { HmacScheme, Verdict, WebhookRequest } from "../connectors/webhook.ts";
import { constantTimeEqual, hmacSha256 } from "../core/crypto.ts";
import { type Expected, presentOnce, reject } from "./expected.ts";
import { usableKeys } from "./keys.ts";
import { readSignature, spell } from "./signature-header.ts";
import { checkTimestamp } from "./timestamp.ts";

/** Printable ASCII: what else a header carries depends on who decodes it, and then so would the text under the MAC. */
const ID = /^[\x20-\x7e]+$/;

/** The text under the MAC, in the declared order. */
const signedText = (scheme: HmacScheme, request: WebhookRequest): (string | Uint8Array)[] =>
  scheme.signed.map((part) => {
    if (part === "body") return request.body;
    if (part === "method") return request.method;
    if ("url" in part) return part.url(request.url);
    return "literal" in part ? part.literal : (request.headers.get(part.header) ?? "");
  });

export function verifyHmac(
  scheme: HmacScheme,
  secrets: readonly string[],
  request: WebhookRequest,
  now: number,
  expected: Expected = {},
): Verdict {
  const configured = usableKeys(scheme, secrets);
  if (!configured.ok) return reject(configured.reason);

  const { id, timestamp, signature } = scheme;
  const read = (name: string): string => request.headers.get(name) ?? "";
  if (read(signature.header) === "" && signature.instead?.some((name) => read(name) !== ""))
    return reject("unsupported_scheme", signature.header);
  const own = [id?.header, timestamp?.header].filter((name) => name !== undefined);
  const present = presentOnce(request, { ...expected, required: [...own, ...(expected.required ?? [])] }, [signature.header]);
  if (!present.ok) return present;
  const claims = readSignature(signature, read(signature.header));
  if (!claims.ok) return reject(claims.reason, signature.header);
  if (id && !ID.test(read(id.header))) return reject("malformed_header", id.header);

  if (timestamp) {
    const time = checkTimestamp(timestamp, read(timestamp.header), now);
    if (time !== "ok") return reject(time);
  }

  const text = signedText(scheme, request);
  const claimed = claims.digests.map((digest) => new TextEncoder().encode(digest));
  // Every secret is tried against every signature, so that the time taken does not tell which of two secrets is in use.
  let authentic = false;
  for (const key of configured.keys) {
    const right = new TextEncoder().encode(spell(signature, hmacSha256(key, text)));
    for (const digest of claimed) authentic = constantTimeEqual(digest, right) || authentic;
  }
  return authentic ? { ok: true } : reject("bad_signature");
}
