// The stand-in's key pair, as the Bot Framework's: drawn on first use and kept with the records, so that no key stands in a file and a restart keeps its name.
import type { Table } from "../stand-in.ts";

interface KeyPair {
  readonly privateKey: JsonWebKey;
  readonly publicKey: JsonWebKey;
}

const ALGORITHM = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
const KID = "sandbox-key-1";

export class Keys {
  readonly #table: Table<KeyPair>;

  constructor(table: Table<KeyPair>) {
    this.#table = table;
  }

  async published(): Promise<object> {
    const { n, e } = (await this.#get()).publicKey;
    return { keys: [{ kty: "RSA", use: "sig", kid: KID, x5t: KID, n, e, endorsements: ["msteams", "webchat"] }] };
  }

  async sign(claims: object): Promise<string> {
    const { privateKey } = await this.#get();
    const key = await crypto.subtle.importKey("jwk", privateKey, ALGORITHM, false, ["sign"]);
    const text = [{ alg: "RS256", typ: "JWT", kid: KID, x5t: KID }, claims].map((part) => base64url(JSON.stringify(part))).join(".");
    return `${text}.${base64url(await crypto.subtle.sign(ALGORITHM.name, key, new TextEncoder().encode(text)))}`;
  }

  async #get(): Promise<KeyPair> {
    const kept = this.#table.get(KID);
    if (kept) return kept;
    drawing ??= draw();
    const pair = await drawing;
    this.#table.put(KID, pair);
    return pair;
  }
}

/** One for a process: it takes a noticeable part of a second. */
let drawing: Promise<KeyPair> | null = null;

async function draw(): Promise<KeyPair> {
  const how = { ...ALGORITHM, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  const pair = (await crypto.subtle.generateKey(how, true, ["sign", "verify"])) as CryptoKeyPair;
  const [privateKey, publicKey] = await Promise.all([
    crypto.subtle.exportKey("jwk", pair.privateKey) as Promise<JsonWebKey>,
    crypto.subtle.exportKey("jwk", pair.publicKey) as Promise<JsonWebKey>,
  ]);
  return { privateKey, publicKey };
}

const base64url = (data: string | ArrayBuffer): string =>
  (typeof data === "string" ? Buffer.from(data, "utf8") : Buffer.from(data)).toString("base64url");
