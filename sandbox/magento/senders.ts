// What posts to Interlock: Adobe for the shop (signed with Adobe's keys, for one client id), the shop itself inside a shopper's request (signed with the shop's key), a
// module that repeats a secret. Key pairs are drawn on first use and kept with the records, so that no key stands in a file.
import type { Table } from "../stand-in.ts";
import type { Shop } from "./shop.ts";

interface KeyPair {
  readonly privateKey: JsonWebKey;
  readonly publicPem: string;
}

const ALGORITHM = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
export const KEY_PATHS = ["/prod/keys/pub-key-sandbox-1.pem", "/prod/keys/pub-key-sandbox-2.pem"] as const;
export const CLIENT_ID = "adobe-client-1";
export const MODULE_SECRET = "module-secret-of-the-shop";
const SHOP_KEY = "shop";

/** One draw of a pair for a process: it takes a noticeable part of a second. */
const drawn = new Map<string, Promise<KeyPair>>();

async function draw(): Promise<KeyPair> {
  const how = { ...ALGORITHM, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  const pair = (await crypto.subtle.generateKey(how, true, ["sign", "verify"])) as CryptoKeyPair;
  const privateKey = (await crypto.subtle.exportKey("jwk", pair.privateKey)) as JsonWebKey;
  const der = (await crypto.subtle.exportKey("spki", pair.publicKey)) as ArrayBuffer;
  const lines = Buffer.from(der).toString("base64").replace(/.{64}/g, "$&\n");
  return { privateKey, publicPem: `-----BEGIN PUBLIC KEY-----\n${lines}\n-----END PUBLIC KEY-----\n` };
}

export class Keys {
  readonly #table: Table<KeyPair>;

  constructor(shop: Shop) {
    this.#table = shop.world.table("keys");
  }

  async #pair(name: string): Promise<KeyPair> {
    const kept = this.#table.get(name);
    if (kept) return kept;
    const drawing = drawn.get(name) ?? draw();
    drawn.set(name, drawing);
    const pair = await drawing;
    this.#table.put(name, pair);
    return pair;
  }

  async publicPem(name: string = SHOP_KEY): Promise<string> {
    return (await this.#pair(name)).publicPem;
  }

  async sign(text: string, name: string = SHOP_KEY): Promise<string> {
    const key = await crypto.subtle.importKey("jwk", (await this.#pair(name)).privateKey, ALGORITHM, false, ["sign"]);
    return Buffer.from(await crypto.subtle.sign(ALGORITHM.name, key, new TextEncoder().encode(text))).toString("base64");
  }
}

export interface Manner {
  readonly hook: string;
  readonly signature: "valid" | "bad";
}

const JSON_TYPE = { "content-type": "application/json" };

/** An event as Adobe posts it. `id` is the same on a retry. */
export async function postEvent(
  shop: Shop,
  keys: Keys,
  { event, value, id, clientId = CLIENT_ID, hook, signature }: Manner & { event: string; value: object; id: string; clientId?: string },
): Promise<{ status: number | null }> {
  const body = JSON.stringify({
    specversion: "1.0",
    type: `com.adobe.commerce.acme.${event}`,
    source: "urn:uuid:8c0d3c2a-0000-4000-8000-000000000001",
    id: `ce-${id}`,
    time: new Date(shop.world.now()).toISOString(),
    datacontenttype: "application/json",
    eventid: id,
    recipientclientid: clientId,
    data: { key: "k", value, source: "acme.production", _metadata: { commerceEdition: "Adobe Commerce", storeId: "1" } },
  });
  const signed = signature === "valid" ? body : `${body} `;
  const [first, second] = await Promise.all(KEY_PATHS.map((name) => keys.sign(signed, name)));
  const headers = {
    ...JSON_TYPE,
    "x-adobe-digital-signature-1": first ?? "",
    "x-adobe-digital-signature-2": second ?? "",
    "x-adobe-public-key1-path": KEY_PATHS[0],
    "x-adobe-public-key2-path": KEY_PATHS[1],
  };
  const { status } = await shop.world.post({ what: `${event} ${id}`, path: hook, body, headers });
  return { status };
}

/** Inside a shopper's request: what is answered decides whether they may go on. */
export async function callWebhook(
  shop: Shop,
  keys: Keys,
  { payload, hook, signature }: Manner & { payload: object },
): Promise<{ status: number | null; text: string }> {
  // PHP escapes slashes.
  const body = JSON.stringify(payload).replaceAll("/", "\\/");
  const signed = Buffer.from(signature === "valid" ? body : `${body} `).toString("base64");
  const headers = {
    ...JSON_TYPE,
    "x-adobe-commerce-webhook-signature": await keys.sign(signed),
    "x-adobe-commerce-request-id": `62e0aa6d2b5ff1.${shop.world.now() % 100_000_000}`,
  };
  return shop.world.post({ what: "a Commerce webhook", path: hook, body, headers });
}

export async function callFromModule(
  shop: Shop,
  { payload, hook, signature }: Manner & { payload: object },
): Promise<{ status: number | null }> {
  const headers = { ...JSON_TYPE, "x-interlock-secret": signature === "valid" ? MODULE_SECRET : "another secret" };
  const { status } = await shop.world.post({ what: "a module's call", path: hook, body: JSON.stringify(payload), headers });
  return { status };
}
