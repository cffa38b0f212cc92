// What every scheme has around it: the headers and the body that a system always sends, a proof of the vendor's own, the recipient.
import { describe, expect, it } from "vitest";
import type { ProofContext, Verdict, WebhookDeclaration, WebhookRequest } from "../../../src/connectors/webhook.ts";
import { zendeskWebhook } from "../../../src/connectors/zendesk-webhook.ts";
import { checkAddress, verifyDelivery } from "../../../src/ingress/verify.ts";
import { mac, NOW, requestOf, SECRET, zendeskRequest } from "./sign.ts";

const context: ProofContext = { secrets: [SECRET], settings: { clientId: "c-1" }, published: async () => null, now: NOW };
const proofBy = (verify: (request: WebhookRequest, context: ProofContext) => Promise<Verdict>): WebhookDeclaration => ({
  docs: "https://vendor.example",
  maxBytes: 1024,
  scheme: { kind: "proof", verify },
  parse: () => ({ kind: "ignored", reason: "not read here" }),
});

describe("what a system always sends", () => {
  const declaration: WebhookDeclaration = {
    ...zendeskWebhook,
    scheme: {
      kind: "hmac-sha256",
      signature: { header: "x-sig", encoding: "base64", instead: ["x-old-sig"] },
      secret: { encoding: "text" },
      timestamp: { header: "x-time", format: "milliseconds", toleranceSeconds: 300 },
      signed: ["method", { url: (url) => new URL(url).pathname }, "body", { header: "x-time" }],
    },
    required: ["x-topic"],
    bodyRequired: true,
  };
  const time = String(NOW - 300_000);
  const good = { "x-topic": "orders/create", "x-time": time, "x-sig": mac(SECRET, "POST", "/hooks/c1", "{}", time).toString("base64") };
  const reason = async (headers: Record<string, string>, body = "{}", more: Partial<WebhookRequest> = {}, now = NOW) => {
    const verdict = await verifyDelivery(declaration, { ...requestOf(headers, body), ...more }, { ...context, now });
    return verdict.ok ? "ok" : verdict.reason;
  };

  it("is under the MAC where the scheme says so: method and address as well, with a time in milliseconds", async () => {
    expect(await reason(good)).toBe("ok");
    expect(await reason(good, "{}", { method: "PUT" })).toBe("bad_signature");
    expect(await reason(good, "{}", { url: "https://interlock.example/hooks/c2" })).toBe("bad_signature");
    expect(await reason(good, "{}", {}, NOW + 1)).toBe("stale_timestamp");
    expect(await reason({ ...good, "x-time": String(NOW / 1000) })).toBe("stale_timestamp");
    expect(await reason({ ...good, "x-time": String(NOW + 300_001) })).toBe("future_timestamp");
    for (const text of ["1e12", "1764500000000.0", "0x1", " ", "9".repeat(16)])
      expect(await reason({ ...good, "x-time": text }), text).toBe(text === " " ? "missing_header" : "malformed_timestamp");
  });

  it("is missed before any signature is computed", async () => {
    const { "x-topic": _, ...untitled } = good;
    expect(await reason(untitled)).toBe("missing_header");
    expect(await reason({ ...good, "x-topic": "" })).toBe("missing_header");
    expect(await reason({ ...good, "x-topic": "a, b" })).toBe("duplicate_header");
    expect(await reason(good, "")).toBe("missing_body");
  });

  it("is not made up for by a signature of another kind", async () => {
    expect(await reason({ "x-old-sig": "0", "x-topic": "t", "x-time": time })).toBe("unsupported_scheme");
    expect(await reason({ "x-topic": "t", "x-time": time })).toBe("missing_header");
    expect(await reason({ ...good, "x-old-sig": "0" })).toBe("ok");
  });
});

describe("a signature under an auth-scheme", () => {
  const declaration: WebhookDeclaration = {
    ...zendeskWebhook,
    scheme: {
      kind: "hmac-sha256",
      signature: { header: "authorization", encoding: "base64", prefix: "HMAC " },
      secret: { encoding: "base64", prefix: "" },
      signed: ["body"],
    },
  };
  const digest = mac(Buffer.from(SECRET, "base64"), "{}").toString("base64");
  const reason = async (authorization: string, secrets: readonly string[] = [SECRET]) => {
    const verdict = await verifyDelivery(declaration, requestOf({ authorization }, "{}"), { ...context, secrets });
    return verdict.ok ? "ok" : verdict.reason;
  };

  it("knows its scheme in any case, and no other", async () => {
    expect(await reason(`HMAC ${digest}`)).toBe("ok");
    expect(await reason(`hmac ${digest}`)).toBe("ok");
    expect(await reason(`Bearer ${digest}`)).toBe("unsupported_scheme");
    expect(await reason(digest)).toBe("malformed_header");
    expect(await reason("HMAC")).toBe("malformed_header");
    expect(await reason(`HMAC ${digest}, HMAC ${digest}`)).toBe("duplicate_header");
    expect(await reason(`HMAC ${digest}`, ["not base64!"])).toBe("no_secret_configured");
  });
});

describe("a proof of the vendor's own", () => {
  it("is given secrets, settings, the time and published keys, and its word counts", async () => {
    const seen: ProofContext[] = [];
    const declaration = proofBy(async (_, given) => {
      seen.push(given);
      return { ok: false, reason: "bad_issuer", header: "authorization" };
    });
    expect(await verifyDelivery(declaration, requestOf({}), context)).toEqual({ ok: false, reason: "bad_issuer", header: "authorization" });
    expect(seen).toEqual([context]);
  });

  it("that throws has proved nothing, and what was sent is not in the log", async () => {
    const declaration = proofBy(async ({ body }) => {
      throw new SyntaxError(`Unexpected token in ${new TextDecoder().decode(body)}`);
    });
    const verdict = await verifyDelivery(declaration, requestOf({}, "a secret"), context);
    expect(verdict).toEqual({ ok: false, reason: "bad_signature", detail: "The connector's proof failed: SyntaxError" });
  });

  it("is not asked about a delivery that lacks what the system always sends", async () => {
    let asked = 0;
    const declaration: WebhookDeclaration = {
      ...proofBy(async () => {
        asked++;
        return { ok: true };
      }),
      required: ["x-topic"],
    };
    expect(await verifyDelivery(declaration, requestOf({}), context)).toMatchObject({ reason: "missing_header", header: "x-topic" });
    expect(asked).toBe(0);
    expect(await verifyDelivery(declaration, requestOf({ "x-topic": "t" }), context)).toEqual({ ok: true });
    expect(asked).toBe(1);
  });
});

describe("the recipient", () => {
  const declaration: WebhookDeclaration = {
    ...zendeskWebhook,
    addressed: ({ body }, { clientId }) =>
      JSON.parse(new TextDecoder().decode(body)).to === clientId ? { ok: true } : { ok: false, reason: "wrong_recipient" },
  };

  it("is whom the connection's settings name", () => {
    expect(checkAddress(declaration, zendeskRequest('{"to":"c-1"}'), context.settings, NOW)).toEqual({ ok: true });
    expect(checkAddress(declaration, zendeskRequest('{"to":"c-2"}'), context.settings, NOW)).toEqual({
      ok: false,
      reason: "wrong_recipient",
    });
    expect(checkAddress(zendeskWebhook, zendeskRequest("{}"), {}, NOW)).toEqual({ ok: true });
  });

  it("of a body that the check cannot read is nobody", () => {
    expect(checkAddress(declaration, zendeskRequest("{"), context.settings, NOW)).toMatchObject({ ok: false, reason: "malformed_body" });
  });
});
