// RSA and the AES that comes with it, for deliveries that are signed or sealed with a key pair: WebCrypto, because it does not hold up the other requests while it
// computes. It reads no token and no envelope, and says of what it cannot open or verify only that it cannot.

/** A public key as a JWKS lists it (RFC 7517). */
export interface RsaPublicKey {
  readonly n: string;
  readonly e: string;
}

/** RSASSA-PKCS1-v1_5 with SHA-256 (JWS "RS256"). False for a key that is none. */
export async function verifiesRs256({ n, e }: RsaPublicKey, signed: string, signature: Uint8Array): Promise<boolean> {
  try {
    const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("jwk", { kty: "RSA", n, e, alg: "RS256", ext: true }, algorithm, false, ["verify"]);
    return await crypto.subtle.verify(algorithm.name, key, bytesOf(signature), new TextEncoder().encode(signed));
  } catch {
    return false;
  }
}

/** RSA-OAEP with SHA-1, as Microsoft Graph wraps its keys. `privateKey`: PKCS #8 as PEM. Null where it does not open. */
export async function unwrapOaepSha1(privateKey: string, wrapped: Uint8Array): Promise<Uint8Array | null> {
  try {
    const der = Buffer.from(privateKey.replace(/-----[A-Z ]+-----|\s/g, ""), "base64");
    const algorithm = { name: "RSA-OAEP", hash: "SHA-1" };
    const key = await crypto.subtle.importKey("pkcs8", bytesOf(der), algorithm, false, ["decrypt"]);
    return new Uint8Array(await crypto.subtle.decrypt(algorithm.name, key, bytesOf(wrapped)));
  } catch {
    return null;
  }
}

/** AES in CBC with PKCS #7. It authenticates nothing: whoever calls this has verified a MAC over `sealed`. Null where it does not open. */
export async function decryptCbc(key: Uint8Array, iv: Uint8Array, sealed: Uint8Array): Promise<Uint8Array | null> {
  try {
    const imported = await crypto.subtle.importKey("raw", bytesOf(key), "AES-CBC", false, ["decrypt"]);
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-CBC", iv: bytesOf(iv) }, imported, bytesOf(sealed)));
  } catch {
    return null;
  }
}

/** WebCrypto's types want bytes that nobody shares. */
const bytesOf = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);
