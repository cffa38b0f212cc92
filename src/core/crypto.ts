// The one door to cryptography. Hashes and MACs are synchronous (node:crypto, native in workerd), because the hot path computes many small ones.
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

export const sha256Hex = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

/** Chance that nobody can guess, as hex. For secrets such as salts; an id is computed and never drawn. */
export const randomHex = (bytes: number): string => randomBytes(bytes).toString("hex");

/** HMAC-SHA-256 of the parts one after another, as 32 bytes. Callers refuse an empty secret before they come here. */
export function hmacSha256(secret: string | Uint8Array, parts: readonly (string | Uint8Array)[]): Uint8Array {
  const mac = createHmac("sha256", secret);
  for (const part of parts) mac.update(part);
  return new Uint8Array(mac.digest());
}

/** Compares without leaking where two values differ; different lengths are simply unequal. */
export function constantTimeEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
