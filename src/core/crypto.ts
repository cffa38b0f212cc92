// The one door to cryptography. Hashes and MACs are synchronous (node:crypto, native in workerd), because the hot path computes many small ones.
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomBytes,
  sign,
  timingSafeEqual,
  verify,
} from "node:crypto";

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

/** Bytes of AES-GCM's nonce and tag, as NIST SP 800-38D recommends. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM: nonce, text and tag, as base64. `key`: any text that nobody else has (its SHA-256 is the key); `about`: what it must be opened as. */
export function seal(key: string, about: string, text: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", createHash("sha256").update(key).digest(), nonce);
  cipher.setAAD(Buffer.from(about, "utf8"));
  return Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]).toString("base64");
}

/** Null for what was sealed with another key, for something else, or was changed since. */
export function unseal(key: string, about: string, sealed: string): string | null {
  const bytes = Buffer.from(sealed, "base64");
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return null;
  const cipher = createDecipheriv("aes-256-gcm", createHash("sha256").update(key).digest(), bytes.subarray(0, NONCE_BYTES));
  cipher.setAAD(Buffer.from(about, "utf8"));
  cipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([cipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), cipher.final()]).toString("utf8");
  } catch {
    return null;
  }
}

/** RSASSA-PKCS1-v1_5 with SHA-256 (JWT's RS256), as base64url. `privateKey`: PEM, either "BEGIN PRIVATE KEY" or "BEGIN RSA PRIVATE KEY". Throws for any other. */
export function signRs256(privateKey: string, text: string): string {
  // Whoever writes a PEM into JSON or an environment by hand leaves its line ends escaped.
  const key = createPrivateKey(privateKey.replace(/\\n/g, "\n"));
  if (key.asymmetricKeyType !== "rsa") throw new Error(`The key is not an RSA key, but ${key.asymmetricKeyType}`);
  return sign("sha256", new TextEncoder().encode(text), key).toString("base64url");
}

/** An Ed25519 public key: as PEM, and a short name for it (of the key itself, so that nobody can give two keys one name). */
export interface PublicKey {
  readonly id: string;
  readonly pem: string;
}

/** 64 bits name a key among the few of a deployment. */
const KEY_ID_HEX = 16;

/** Reads an Ed25519 public key, or derives it from a private one: PEM, or the base64 of its DER (PKCS8, SPKI). Throws for any other kind of key. */
export function publicKeyOf(key: string): PublicKey {
  const pem = armoured(key);
  const read = ed25519(createPublicKey(pem.includes("PRIVATE KEY") ? createPrivateKey(pem) : pem));
  const der = read.export({ type: "spki", format: "der" });
  return { id: sha256Hex(der).slice(0, KEY_ID_HEX), pem: String(read.export({ type: "spki", format: "pem" })) };
}

/** Ed25519 over the text's UTF-8, as 128 hex digits: base64 has several texts for the same bytes. */
export const signText = (privateKey: string, text: string): string =>
  sign(null, new TextEncoder().encode(text), ed25519(createPrivateKey(armoured(privateKey)))).toString("hex");

export const verifiesText = (publicKey: PublicKey, text: string, signature: string): boolean =>
  /^[0-9a-f]{128}$/.test(signature) &&
  verify(null, new TextEncoder().encode(text), createPublicKey(publicKey.pem), Buffer.from(signature, "hex"));

function ed25519(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType !== "ed25519") throw new Error(`The key is not an Ed25519 key, but ${key.asymmetricKeyType}`);
  return key;
}

/** A DER of PKCS8 begins with its version, one of SPKI does not: the lengths of Ed25519's are 48 and 44 bytes. */
function armoured(key: string): string {
  if (key.includes("-----BEGIN")) return key;
  const base64 = key.replace(/\s/g, "");
  const label = base64.length > 60 ? "PRIVATE KEY" : "PUBLIC KEY";
  return `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
}
