import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { identify } from "../../../src/http/identity.ts";

const AUD = "3f2a91c0aud";
const ISSUER = "https://acme.cloudflareaccess.com";
const access = { ENVIRONMENT: "production", ACCESS_TEAM_DOMAIN: "acme", ACCESS_AUD: AUD, DEV_IDENTITY: "" } as Env;

let own: CryptoKeyPair;
let other: CryptoKeyPair;
let publicPem: Uint8Array;

beforeAll(async () => {
  own = (await generateKeyPair("RS256", { extractable: true })) as CryptoKeyPair;
  other = (await generateKeyPair("RS256", { extractable: true })) as CryptoKeyPair;
  publicPem = new TextEncoder().encode(JSON.stringify(await exportJWK(own.publicKey)));
});

const fetched: string[] = [];
beforeEach(() => {
  fetched.length = 0;
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    fetched.push(String(input));
    return Response.json({ keys: [{ ...(await exportJWK(own.publicKey)), kid: "k1", alg: "RS256", use: "sig" }] });
  });
});
afterEach(() => vi.restoreAllMocks());

const token = (
  claims: JWTPayload = {},
  {
    key = own.privateKey,
    kid = "k1",
    iss = ISSUER,
    aud = AUD,
    exp = "5m",
  }: { key?: CryptoKey; kid?: string; iss?: string; aud?: string; exp?: string | null } = {},
) => {
  const jwt = new SignJWT({ email: "Ada@Example.com", ...claims })
    .setProtectedHeader({ alg: "RS256", kid })
    .setIssuer(iss)
    .setAudience(aud)
    .setIssuedAt();
  return (exp === null ? jwt : jwt.setExpirationTime(exp)).sign(key);
};

const ask = (assertion: string | null, env: Env = access) =>
  identify(
    new Request("https://console.example.com/", { headers: assertion === null ? {} : { "cf-access-jwt-assertion": assertion } }),
    env,
  );

const codeOf = async (asked: ReturnType<typeof ask>) => {
  const identified = await asked;
  return identified.ok ? "ok" : identified.failure.code;
};

describe("an assertion of Cloudflare Access", () => {
  it("names a person by e-mail address in lower case", async () => {
    expect(await ask(await token())).toEqual({
      ok: true,
      identity: { kind: "person", id: "ada@example.com", name: "ada@example.com" },
    });
  });

  it("names a service token by its client id", async () => {
    const assertion = await token({ email: undefined, common_name: "e367.access" });
    expect(await ask(assertion)).toEqual({
      ok: true,
      identity: { kind: "token", id: "e367.access", name: "e367.access" },
    });
  });

  it("is refused without a person or a token in it", async () => {
    expect(await codeOf(ask(await token({ email: undefined })))).toBe("access.denied");
    expect(await codeOf(ask(await token({ email: "" })))).toBe("access.denied");
  });

  it.each([
    ["for another application", { aud: "another" }],
    ["of another team", { iss: "https://evil.cloudflareaccess.com" }],
    ["that has expired", { exp: "-1m" }],
    ["that never expires", { exp: null }],
    ["with a key id that the team does not have", { kid: "k2" }],
  ])("is refused: one %s", async (_, options) => {
    expect(await codeOf(ask(await token({}, options)))).toBe("access.denied");
  });

  it("is refused when another key signed it", async () => {
    expect(await codeOf(ask(await token({}, { key: other.privateKey })))).toBe("access.denied");
  });

  it("is refused when it is missing, is no token, or is unsigned", async () => {
    const unsigned = new UnsecuredJWT({ email: "ada@example.com" }).setIssuer(ISSUER).setAudience(AUD).setExpirationTime("5m").encode();
    expect(await codeOf(ask(null))).toBe("access.denied");
    expect(await codeOf(ask(""))).toBe("access.denied");
    expect(await codeOf(ask("nonsense"))).toBe("access.denied");
    expect(await codeOf(ask(unsigned))).toBe("access.denied");
  });

  it("is refused when it is an HMAC keyed with the public key", async () => {
    const confused = await new SignJWT({ email: "ada@example.com" })
      .setProtectedHeader({ alg: "HS256", kid: "k1" })
      .setIssuer(ISSUER)
      .setAudience(AUD)
      .setExpirationTime("5m")
      .sign(publicPem);
    expect(await codeOf(ask(confused))).toBe("access.denied");
  });

  it("is refused while the team's keys cannot be read", async () => {
    vi.mocked(fetch).mockImplementation(async () => new Response("down", { status: 503 }));
    expect(
      await codeOf(ask(await token({}, { iss: "https://unread.cloudflareaccess.com" }), { ...access, ACCESS_TEAM_DOMAIN: "unread" })),
    ).toBe("access.denied");
  });

  it("says nothing of which check failed", async () => {
    const [aud, key] = await Promise.all([ask(await token({}, { aud: "another" })), ask(await token({}, { key: other.privateKey }))]);
    expect(aud).toEqual(key);
  });

  it("is read with the team given as a name, a host or an address", async () => {
    for (const team of ["acme", "acme.cloudflareaccess.com", ISSUER, `${ISSUER}/`]) {
      expect(await codeOf(ask(await token(), { ...access, ACCESS_TEAM_DOMAIN: team }))).toBe("ok");
    }
    expect(await codeOf(ask(await token(), { ...access, ACCESS_TEAM_DOMAIN: "https://acme.example.com" }))).toBe("access.not_configured");
  });

  it("costs one look at the team's keys for many requests", async () => {
    const env = { ...access, ACCESS_TEAM_DOMAIN: "busy" };
    for (let i = 0; i < 5; i++) await ask(await token({}, { iss: "https://busy.cloudflareaccess.com" }), env);
    expect(fetched).toEqual(["https://busy.cloudflareaccess.com/cdn-cgi/access/certs"]);
  });
});

describe("a deployment without Access", () => {
  const ada = "Ada Reviewer <Ada@example.com>";

  it("is refused, and the answer names what is missing", async () => {
    const both = await ask(null, { ...access, ACCESS_TEAM_DOMAIN: "", ACCESS_AUD: "" });
    expect(both).toMatchObject({
      ok: false,
      failure: { code: "access.not_configured", message: expect.stringContaining("ACCESS_TEAM_DOMAIN and ACCESS_AUD are") },
    });
    const one = await ask(await token(), { ...access, ACCESS_AUD: "" });
    expect(one).toMatchObject({ ok: false, failure: { code: "access.not_configured", message: expect.stringContaining("ACCESS_AUD is") } });
  });

  it("treats a setting that does not exist like an empty one: no audience is never any audience", async () => {
    const { ACCESS_AUD: _, ...forgotten } = access;
    expect(await codeOf(ask(await token({}, { aud: "another" }), forgotten as Env))).toBe("access.not_configured");
    expect(await codeOf(ask(await token(), { ENVIRONMENT: "production" } as Env))).toBe("access.not_configured");
  });

  it("ignores the development identity in production", async () => {
    expect(await codeOf(ask(null, { ...access, ACCESS_TEAM_DOMAIN: "", ACCESS_AUD: "", DEV_IDENTITY: ada }))).toBe("access.not_configured");
    expect(await codeOf(ask(null, { ...access, ENVIRONMENT: "staging", ACCESS_TEAM_DOMAIN: "", DEV_IDENTITY: ada }))).toBe(
      "access.not_configured",
    );
  });

  it("ignores the development identity as soon as a team is set", async () => {
    expect(await codeOf(ask(null, { ...access, ENVIRONMENT: "development", DEV_IDENTITY: ada }))).toBe("access.denied");
  });

  it("has the development identity in development", async () => {
    const development = { ...access, ENVIRONMENT: "development", ACCESS_TEAM_DOMAIN: "", ACCESS_AUD: "", DEV_IDENTITY: ada };
    expect(await ask(null, development)).toMatchObject({
      ok: true,
      identity: { kind: "person", id: "ada@example.com", name: "Ada Reviewer" },
    });
    for (const named of ["", "Ada", "Ada <ada>", "<>"]) {
      expect(await codeOf(ask(null, { ...development, DEV_IDENTITY: named }))).toBe("access.not_configured");
    }
  });
});
