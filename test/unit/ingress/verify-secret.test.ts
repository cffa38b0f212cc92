import { describe, expect, it } from "vitest";
import type { SecretScheme, WebhookRequest } from "../../../src/connectors/webhook.ts";
import { verifySecret, withoutSecret } from "../../../src/ingress/verify-secret.ts";
import { requestOf } from "./sign.ts";

const SECRET = "u7Qm2sVx9Lk4Tn8RpZ3wYc6B";
const scheme = (carried: SecretScheme["carried"]): SecretScheme => ({ kind: "shared-secret", carried });
const inHeader = scheme({ in: "header", header: "x-webhook-secret" });
const inPath = scheme({ in: "path" });
const basic = scheme({ in: "basic", user: "freshdesk" });

const at = (path: string): WebhookRequest => ({ ...requestOf({}), url: `https://interlock.example${path}` });
const basicOf = (credentials: string, name = "Basic") =>
  requestOf({ authorization: `${name} ${Buffer.from(credentials).toString("base64")}` });
const reasonOf = (of: SecretScheme, request: WebhookRequest, secrets: readonly string[] = [SECRET]) => {
  const verdict = verifySecret(of, secrets, request);
  return verdict.ok ? "ok" : verdict.reason;
};

describe("a secret in a header", () => {
  it("is the header's whole value, in its own case", () => {
    expect(reasonOf(inHeader, requestOf({ "X-Webhook-Secret": SECRET }))).toBe("ok");
    for (const wrong of [SECRET.slice(0, -1), `${SECRET}x`, SECRET.toUpperCase(), "undefined", "null"])
      expect(reasonOf(inHeader, requestOf({ "x-webhook-secret": wrong })), wrong).toBe("bad_signature");
  });

  it("must be there once", () => {
    const twice = requestOf({ "x-webhook-secret": SECRET });
    twice.headers.append("x-webhook-secret", SECRET);
    expect(reasonOf(inHeader, twice)).toBe("duplicate_header");
    expect(reasonOf(inHeader, requestOf({}))).toBe("missing_header");
    expect(reasonOf(inHeader, requestOf({ "x-webhook-secret": "" }))).toBe("missing_header");
    expect(reasonOf(inHeader, { ...requestOf({}), url: `https://x.test/hooks/c1?x-webhook-secret=${SECRET}` })).toBe("missing_header");
  });

  it("proves nothing where none is configured", () => {
    for (const secrets of [[], [""], [" "]])
      for (const sent of ["", " ", "undefined"])
        expect(reasonOf(inHeader, requestOf({ "x-webhook-secret": sent }), secrets)).toBe("no_secret_configured");
  });

  it("may be either of two while one is being changed", () => {
    expect(reasonOf(inHeader, requestOf({ "x-webhook-secret": SECRET }), ["new", SECRET])).toBe("ok");
    expect(reasonOf(inHeader, requestOf({ "x-webhook-secret": "new" }), ["new", SECRET])).toBe("ok");
    expect(reasonOf(inHeader, requestOf({ "x-webhook-secret": "old" }), ["new", SECRET])).toBe("bad_signature");
  });
});

describe("a secret in the address", () => {
  it("is what follows the connection's name", () => {
    expect(reasonOf(inPath, at(`/hooks/c1/${SECRET}`))).toBe("ok");
    expect(reasonOf(inPath, at(`/hooks/c1/${SECRET}?x=/y`))).toBe("ok");
    expect(reasonOf(inPath, at("/hooks/c1/a%20b"), ["a b"])).toBe("ok");
    expect(reasonOf(inPath, at(`/hooks/c1/${SECRET.toLowerCase()}`))).toBe("bad_signature");
    expect(reasonOf(inPath, at("/hooks/c1/%ff%"))).toBe("bad_signature");
  });

  it("is missing where there is nothing, and the connection's name is none", () => {
    expect(reasonOf(inPath, at("/hooks/c1/"))).toBe("missing_header");
    expect(reasonOf(inPath, at("/hooks/c1"), ["c1"])).toBe("missing_header");
    expect(reasonOf(inPath, { ...requestOf({}), url: "no address" })).toBe("missing_header");
  });
});

describe("a secret as Basic credentials", () => {
  it("is the password, of the declared user", () => {
    expect(reasonOf(basic, basicOf(`freshdesk:${SECRET}`))).toBe("ok");
    expect(reasonOf(basic, basicOf(`freshdesk:${SECRET}`, "basic"))).toBe("ok");
    expect(reasonOf(basic, basicOf(`zendesk:${SECRET}`))).toBe("bad_signature");
    expect(reasonOf(basic, basicOf(`freshdesk:${SECRET}:x`))).toBe("bad_signature");
    expect(reasonOf(basic, basicOf("freshdesk:"))).toBe("bad_signature");
  });

  it("is the user where the declaration says so", () => {
    const asUser = scheme({ in: "basic", secretIs: "user" });
    expect(reasonOf(asUser, basicOf(`${SECRET}:X`))).toBe("ok");
    expect(reasonOf(asUser, basicOf(`X:${SECRET}`))).toBe("bad_signature");
  });

  it("is told from another scheme and from what is no such header", () => {
    expect(reasonOf(basic, requestOf({ authorization: `Bearer ${SECRET}` }))).toBe("unsupported_scheme");
    for (const value of ["Basic", "Basic !!!!", "Basic AAA", `Basic ${btoa("no colon")}`, SECRET])
      expect(reasonOf(basic, requestOf({ authorization: value })), value).toBe("malformed_header");
    expect(reasonOf(basic, requestOf({}))).toBe("missing_header");
    expect(reasonOf(basic, requestOf({ authorization: "Basic QQ==, Basic QQ==" }))).toBe("duplicate_header");
  });
});

describe("what reads an authentic delivery", () => {
  it("does not see the secret", () => {
    const header = withoutSecret(inHeader, requestOf({ "x-webhook-secret": SECRET, "x-other": "1" }));
    expect([...header.headers]).toEqual([["x-other", "1"]]);
    expect([...withoutSecret(basic, basicOf(`freshdesk:${SECRET}`)).headers]).toEqual([]);
    expect(withoutSecret(inPath, at(`/hooks/c1/${SECRET}?a=1`)).url).toBe("https://interlock.example/hooks/c1?a=1");
  });
});
