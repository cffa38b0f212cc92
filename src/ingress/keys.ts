// Which of the configured secrets can prove anything, as key bytes. With none the connection fails closed: an empty key would be everybody's key.
import { Buffer } from "node:buffer";
import type { HmacScheme } from "../connectors/webhook.ts";

export type Keys =
  | { readonly ok: true; readonly keys: readonly Uint8Array[] }
  | { readonly ok: false; readonly reason: "no_secret_configured" | "public_test_secret" };

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Null for what is no key: an empty secret, or one that is not the base64 it should be. */
function keyBytes(scheme: HmacScheme, secret: string): Uint8Array | null {
  if (scheme.secret.encoding === "text") return secret.trim() === "" ? null : Buffer.from(secret, "utf8");
  const text = secret.trim();
  const encoded = text.startsWith(scheme.secret.prefix) ? text.slice(scheme.secret.prefix.length) : text;
  // Padding may be missing (a configured secret is not an attacker's input), a lone last character may not: it encodes nothing.
  if (!BASE64.test(encoded) || encoded.replace(/=+$/, "").length % 4 === 1) return null;
  return Buffer.from(encoded, "base64");
}

export function usableKeys(scheme: HmacScheme, secrets: readonly string[]): Keys {
  const published = (secret: string) => (scheme.publicTestSecrets ?? []).includes(secret.trim());
  const keys = secrets
    .filter((secret) => !published(secret))
    .map((secret) => keyBytes(scheme, secret))
    .filter((key) => key !== null);
  if (keys.length > 0) return { ok: true, keys };
  return { ok: false, reason: secrets.some(published) ? "public_test_secret" : "no_secret_configured" };
}
