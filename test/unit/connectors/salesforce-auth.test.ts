// Signing in: each flow against the stand-in's token endpoint, and what leaves against the vectors.
import { generateKeyPairSync } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, USERNAME } from "../../../sandbox/salesforce/directory.ts";
import { createHttp } from "../../../src/connectors/http.ts";
import { salesforceAuth, verifyTokenSignature } from "../../../src/connectors/salesforce-auth.ts";
import { failureOf } from "../../../src/core/errors.ts";
import { API, failureFrom, NOW, setUp } from "./salesforce-here.ts";

const HERE = "http://127.0.0.1";
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pkcs8 = String(privateKey.export({ type: "pkcs8", format: "pem" }));
const pkcs1 = String(privateKey.export({ type: "pkcs1", format: "pem" }));
const certificate = String(publicKey.export({ type: "spki", format: "pem" }));

const jwt = (more: object = {}) =>
  JSON.stringify({ flow: "jwt", clientId: CLIENT_ID, username: USERNAME, privateKey: pkcs8, login: HERE, ...more });
const client = (more: object = {}) =>
  JSON.stringify({ flow: "client_credentials", clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, ...more });
const refresh = (more: object = {}) =>
  JSON.stringify({ flow: "refresh_token", clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, refreshToken: REFRESH_TOKEN, ...more });

/** As the connection's object does it. */
async function exchange(here: ReturnType<typeof setUp>, secret: string, kept: string | null = null, baseUrl = HERE, now = NOW) {
  const auth = salesforceAuth(secret);
  const { base, ...request } = auth.request({ kept, now, nonce: "n" });
  const http = createHttp({ baseUrl: base ?? HERE, authorization: null, system: "Salesforce", now: () => now, fetch: here.fetch });
  return auth.read(await http.send(request), now, baseUrl);
}

const opens = async (here: ReturnType<typeof setUp>, token: string) =>
  (await here.fetch(`${HERE}${API}/limits`, { headers: { authorization: `Bearer ${token}` } })).status;

const thrownBy = (work: () => unknown) => {
  try {
    work();
  } catch (thrown) {
    return failureOf(thrown);
  }
  return expect.fail("it did not throw");
};

describe("a token", () => {
  it.each([
    ["PKCS#8", pkcs8],
    ["PKCS#1", pkcs1],
    ["with its line ends escaped", pkcs8.replace(/\n/g, "\\n")],
  ])("is given for an assertion that is signed with the app's key (%s)", async (_form, key) => {
    const here = setUp();
    await here.set({ certificate });
    const { value, expiresAt } = await exchange(here, jwt({ privateKey: key }));
    expect(expiresAt).toBeNull();
    expect(await opens(here, value)).toBe(200);
  });

  it.each<[string, object, number, string]>([
    [
      "another key",
      { privateKey: String(generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" })) },
      NOW,
      "invalid assertion",
    ],
    ["another app", { clientId: "other" }, NOW, "client identifier invalid"],
    ["a user who has not approved it", { username: "who@acme.example" }, NOW, "user hasn't approved this consumer"],
    ["a clock that is four minutes behind", {}, NOW - 240_000, "expired authorization code"],
  ])("is not given for %s", async (_what, more, now, words) => {
    const here = setUp();
    await here.set({ certificate });
    expect(await failureFrom(exchange(here, jwt(more), null, HERE, now))).toMatchObject({
      code: "connector.rejected",
      message: expect.stringContaining(words),
    });
  });

  it("is given to the app itself, and not for a wrong secret", async () => {
    const here = setUp();
    const { value } = await exchange(here, client());
    expect(await opens(here, value)).toBe(200);
    expect((await failureFrom(exchange(here, client({ clientSecret: "other" })))).message).toContain("invalid client credentials");
  });

  it("is given for a refresh token, which may be replaced with each use", async () => {
    const here = setUp();
    await here.set({ rotates: true });
    const first = await exchange(here, refresh());
    expect(first.refresh).toBe(`${REFRESH_TOKEN}+`);
    expect((await failureFrom(exchange(here, refresh()))).message).toContain("expired access/refresh token");
    const second = await exchange(here, refresh(), first.refresh ?? null);
    expect(await opens(here, second.value)).toBe(200);
  });

  it("of another org's address is refused with the address that is right", async () => {
    const failure = await failureFrom(exchange(setUp(), client(), null, "https://acme.my.salesforce.com"));
    expect(failure).toMatchObject({ code: "connector.unauthorised", message: expect.stringContaining(`set the address to ${HERE}`) });
  });

  it("whose signature another secret made is refused", () => {
    const auth = salesforceAuth(client());
    const json = {
      access_token: "t",
      instance_url: HERE,
      id: "https://login.salesforce.com/id/00D/005",
      issued_at: "1",
      signature: "AAAA",
    };
    const failure = thrownBy(() => auth.read({ status: 200, headers: new Headers(), text: "", json }, NOW, HERE));
    expect(failure).toMatchObject({ code: "connector.unauthorised", message: expect.stringContaining("clientSecret") });
  });
});

describe("a credential", () => {
  it.each<[string, RegExp]>([
    ["a-token", /is not JSON/],
    ["{}", /flow/],
    [JSON.stringify({ flow: "password", username: "u", password: "p" }), /flow/],
    [JSON.stringify({ flow: "jwt", clientId: "c", privateKey: "k" }), /username/],
    [JSON.stringify({ flow: "client_credentials", clientId: "c", clientSecret: "" }), /clientSecret/],
    [client({ extra: 1 }), /extra/],
    [jwt({ audience: "https://evil.example" }), /audience/],
    [refresh({ login: "ftp://x" }), /login/],
  ])("%s is refused, and what is wrong is named", (secret, words) => {
    expect(thrownBy(() => salesforceAuth(secret))).toMatchObject({ code: "connector.unauthorised", message: expect.stringMatching(words) });
  });

  it("whose key is none says so, and shows nothing of it", () => {
    const ed25519 = String(generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }));
    for (const key of ["SECRET-NO-KEY", ed25519]) {
      const failure = thrownBy(() => salesforceAuth(jwt({ privateKey: key })).request({ kept: null, now: NOW, nonce: "n" }));
      expect(failure).toMatchObject({ code: "connector.unauthorised", message: expect.stringContaining("privateKey") });
      expect(failure.message).not.toContain("SECRET-NO-KEY");
    }
  });
});

const VECTORS = "../shared/vectors/salesforce.json";
const KEYS = "../shared/vectors/salesforce.keys.json";

describe.skipIf(!existsSync(VECTORS) || !existsSync(KEYS))("the vectors", () => {
  interface Vector {
    readonly id: string;
    readonly kind: string;
    readonly scheme: string;
    readonly secret: string;
    readonly now: number;
    readonly url: string;
    readonly body: string;
    readonly config: { readonly client_id: string; readonly username: string };
    readonly expect: "accept" | "reject";
    readonly reason: string;
  }
  const vectors = existsSync(VECTORS) ? (JSON.parse(readFileSync(VECTORS, "utf8")) as Vector[]) : [];
  const keys = existsSync(KEYS) ? (JSON.parse(readFileSync(KEYS, "utf8")) as Record<string, string>) : {};
  const ofKind = (kind: string) => vectors.filter((one) => one.kind === kind).map((one): [string, Vector] => [one.id, one]);

  it.each(ofKind("outbound"))("%s leaves as it stands there", (_id, { config, now, url, body }) => {
    const { origin } = new URL(url);
    const secret = {
      flow: "jwt",
      clientId: config.client_id,
      username: config.username,
      privateKey: keys.jwt_bearer_private_key_pem,
      audience: origin,
    };
    const { base, path, method, content } = salesforceAuth(JSON.stringify(secret)).request({ kept: null, now: now * 1000, nonce: "n" });
    expect([method, `${base}${path}`, content]).toEqual(["POST", url, { type: "application/x-www-form-urlencoded", text: body }]);
  });

  it.each(ofKind("token-response"))("%s", (_id, { secret, body, expect: expected, reason }) => {
    const verdict = verifyTokenSignature(JSON.parse(body), secret);
    expect(verdict.ok ? "ok" : verdict.reason).toBe(expected === "accept" ? "ok" : reason);
  });
});
