import { describe, expect, it } from "vitest";
import { type GenericHmac, genericHmacWebhook } from "../../../src/connectors/generic-hmac.ts";
import { slackWebhook } from "../../../src/connectors/slack-webhook.ts";
import { standardWebhooksDeclaration } from "../../../src/connectors/standard-webhooks.ts";
import type { HmacScheme, WebhookRequest } from "../../../src/connectors/webhook.ts";
import { zendeskWebhook } from "../../../src/connectors/zendesk-webhook.ts";
import { verifyHmac } from "../../../src/ingress/verify-hmac.ts";
import { mac, NOW, requestOf, SECRET, STANDARD_SECRET, slackRequest, standardRequest, zendeskRequest } from "./sign.ts";

const zendesk = (request: WebhookRequest, secrets: readonly string[] = [SECRET]) =>
  verifyHmac(zendeskWebhook.scheme as HmacScheme, secrets, request, NOW);
const slack = (request: WebhookRequest, secrets: readonly string[] = [SECRET]) =>
  verifyHmac(slackWebhook.scheme as HmacScheme, secrets, request, NOW);
const standard = (request: WebhookRequest, secrets: readonly string[] = [STANDARD_SECRET]) =>
  verifyHmac(standardWebhooksDeclaration.scheme as HmacScheme, secrets, request, NOW);

const hmacOf = (source: GenericHmac) => genericHmacWebhook(source).scheme as HmacScheme;

const signatureOf = (request: WebhookRequest, header: string): string => request.headers.get(header) ?? "";
const TEST_SECRET = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==";
const BODY = '{"ticket_id":5158}';

describe("secrets", () => {
  it("refuses every delivery while none is configured, even one signed with the empty key", () => {
    const signed = zendeskRequest(BODY, { secret: "" });
    for (const secrets of [[], [""], ["  "], ["", "\n"]]) {
      expect(zendesk(signed, secrets)).toEqual({ ok: false, reason: "no_secret_configured" });
    }
  });

  it("refuses a published test secret, alone or beside an empty one", () => {
    const signed = zendeskRequest(BODY, { secret: TEST_SECRET });
    expect(zendesk(signed, [TEST_SECRET])).toMatchObject({ reason: "public_test_secret" });
    expect(zendesk(signed, ["", `${TEST_SECRET}\n`])).toMatchObject({ reason: "public_test_secret" });
  });

  it("ignores a published test secret beside a real one", () => {
    expect(zendesk(zendeskRequest(BODY, { secret: TEST_SECRET }), [TEST_SECRET, SECRET])).toMatchObject({ reason: "bad_signature" });
    expect(zendesk(zendeskRequest(BODY), [TEST_SECRET, SECRET])).toEqual({ ok: true });
  });

  it("accepts either of two secrets during a rotation, in any order", () => {
    for (const secrets of [
      ["old", "new"],
      ["new", "old"],
    ]) {
      expect(zendesk(zendeskRequest(BODY, { secret: "old" }), secrets)).toEqual({ ok: true });
      expect(zendesk(zendeskRequest(BODY, { secret: "new" }), secrets)).toEqual({ ok: true });
      expect(zendesk(zendeskRequest(BODY, { secret: "other" }), secrets)).toMatchObject({ reason: "bad_signature" });
    }
  });

  it("takes a base64 secret with or without its prefix and padding, and refuses what is no base64", () => {
    const key = Buffer.from("0123456789abcdef0123456789abcde");
    const padded = key.toString("base64");
    expect(padded).toMatch(/=$/);
    const signed = standardRequest(BODY, {
      headers: { "webhook-signature": `v1,${mac(key, `msg_1.${NOW / 1000 - 2}.`, BODY).toString("base64")}` },
    });
    for (const secret of [padded, `whsec_${padded}`, `whsec_${padded.replace(/=+$/, "")}`])
      expect(standard(signed, [secret])).toEqual({ ok: true });
    for (const secret of ["whsec_", "whsec_====", "whsec_A", "whpk_abcd", "not base64!"]) {
      expect(standard(signed, [secret]), secret).toMatchObject({ reason: "no_secret_configured" });
    }
  });
});

describe("order of checks", () => {
  it("names the first thing wrong: secret, headers, syntax, time, signature", () => {
    const broken = { "x-slack-signature": "v0=", "x-slack-request-timestamp": "soon" };
    expect(slack(requestOf({}), [])).toMatchObject({ reason: "no_secret_configured" });
    expect(slack(requestOf({ "x-slack-signature": "v0=" }))).toEqual({
      ok: false,
      reason: "missing_header",
      header: "x-slack-request-timestamp",
    });
    expect(slack(requestOf(broken))).toMatchObject({ reason: "malformed_header", header: "x-slack-signature" });
    expect(slack(requestOf({ ...broken, "x-slack-signature": "v0=00" }))).toMatchObject({ reason: "malformed_timestamp" });
    expect(slack(requestOf({ "x-slack-signature": "v0=00", "x-slack-request-timestamp": "1" }))).toMatchObject({
      reason: "stale_timestamp",
    });
    expect(slack(slackRequest(BODY, { headers: { "x-slack-signature": "v0=00" } }))).toMatchObject({ reason: "bad_signature" });
  });
});

describe("the signature", () => {
  it("is refused when any bit of the body, the timestamp or the signature changes", () => {
    const signed = slackRequest(BODY);
    expect(slack(signed)).toEqual({ ok: true });
    for (let index = 0; index < signed.body.length * 8; index++) {
      const body = signed.body.slice();
      body[index >> 3] = (body[index >> 3] ?? 0) ^ (1 << (index & 7));
      expect(slack({ ...signed, body }), `body bit ${index}`).toMatchObject({ reason: "bad_signature" });
    }
    const hex = signatureOf(signed, "x-slack-signature").slice(3);
    for (let index = 0; index < hex.length; index++) {
      const other = hex[index] === "0" ? "1" : "0";
      const headers = { "x-slack-signature": `v0=${hex.slice(0, index)}${other}${hex.slice(index + 1)}` };
      expect(slack(slackRequest(BODY, { headers })), `digit ${index}`).toMatchObject({ reason: "bad_signature" });
    }
  });

  it("is computed over the bytes as they came: byte order marks, invalid UTF-8 and line ends included", () => {
    for (const body of [
      new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x7d]),
      new Uint8Array([0xff, 0xfe, 0x00, 0x80]),
      new TextEncoder().encode("{}\r\n"),
      new Uint8Array(),
      new Uint8Array(300_000).fill(0x20),
    ]) {
      expect(zendesk(zendeskRequest(body))).toEqual({ ok: true });
    }
    const signed = zendeskRequest(new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x7d]));
    expect(zendesk({ ...signed, body: signed.body.slice(3) })).toMatchObject({ reason: "bad_signature" });
  });

  it("has one spelling in base64: other alphabets, paddings and trailing bits are refused", () => {
    let seen = 0;
    for (let n = 0; n < 64; n++) {
      const body = `{"n":${n}}`;
      const good = signatureOf(zendeskRequest(body), "x-zendesk-webhook-signature");
      const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
      // 32 bytes leave two unused bits in the last character: the next character decodes to the same bytes.
      const trailing = `${good.slice(0, 42)}${alphabet[alphabet.indexOf(good[42] ?? "") + 1]}=`;
      expect(Buffer.from(trailing, "base64").equals(Buffer.from(good, "base64"))).toBe(true);
      const url = good.replaceAll("+", "-").replaceAll("/", "_");
      if (url !== good) seen++;
      for (const wrong of [
        trailing,
        good.slice(0, 43),
        `${good}=`,
        `${good}AAAA`,
        ` ${good} x`,
        good.toLowerCase(),
        url === good ? "-" : url,
      ]) {
        expect(zendesk(zendeskRequest(body, { headers: { "x-zendesk-webhook-signature": wrong } })), wrong).toMatchObject({
          reason: "bad_signature",
        });
      }
    }
    expect(seen).toBeGreaterThan(0);
  });

  it("has one spelling in hex: upper case and other lengths are refused, other alphabets are malformed", () => {
    const good = signatureOf(slackRequest(BODY), "x-slack-signature");
    const reasons = {
      [`v0=${good.slice(3).toUpperCase()}`]: "bad_signature",
      [good.slice(0, 35)]: "bad_signature",
      [`${good}0`]: "bad_signature",
      [`${good}=x`]: "malformed_header",
      [`${good} `.replace("v0=", "v0= ")]: "malformed_header",
      [good.slice(3)]: "malformed_header",
      "v0=": "malformed_header",
      "v0=zz": "malformed_header",
      [good.replace("v0", "v1")]: "unsupported_scheme",
    };
    for (const [header, reason] of Object.entries(reasons)) {
      expect(slack(slackRequest(BODY, { headers: { "x-slack-signature": header } })), header).toMatchObject({ reason });
    }
  });
});

describe("repeated headers", () => {
  it("are refused whichever copy is the good one", () => {
    for (const header of ["x-zendesk-webhook-signature", "x-zendesk-webhook-signature-timestamp"]) {
      for (const order of ["good, bad", "bad, good", "good, good"]) {
        const signed = zendeskRequest(BODY);
        const good = signatureOf(signed, header);
        signed.headers.set(header, order.replaceAll("good", good));
        expect(zendesk(signed), `${header}: ${order}`).toMatchObject({ reason: "duplicate_header", header });
      }
    }
  });

  it("are found in a list of signatures too, joined with or without a space", () => {
    const good = signatureOf(standardRequest(BODY), "webhook-signature");
    for (const joined of [`${good}, ${good}`, `${good},${good}`, `v1,bad, ${good}`]) {
      expect(standard(standardRequest(BODY, { headers: { "webhook-signature": joined } })), joined).toMatchObject({
        reason: "duplicate_header",
      });
    }
    expect(standard(standardRequest(BODY, { headers: { "webhook-id": "msg_1, msg_1" } }))).toMatchObject({
      reason: "duplicate_header",
      header: "webhook-id",
    });
  });
});

describe("a boundary without a separator", () => {
  it("cannot be moved: what leaves the timestamp leaves it malformed", () => {
    const timestamp = "2026-11-20T05:09:27Z";
    const signature = mac(SECRET, timestamp, BODY).toString("base64");
    for (let cut = 0; cut <= timestamp.length + BODY.length; cut++) {
      const text = timestamp + BODY;
      const moved = requestOf(
        { "x-zendesk-webhook-signature": signature, "x-zendesk-webhook-signature-timestamp": text.slice(0, cut) },
        text.slice(cut),
      );
      expect(zendesk(moved).ok, `cut at ${cut}`).toBe(cut === timestamp.length);
    }
  });
});

describe("Standard Webhooks", () => {
  const good = signatureOf(standardRequest(BODY), "webhook-signature");

  it("accepts the one signature that matches among others, in any order", () => {
    for (const list of [`v1,AAAA ${good}`, `${good} v1,AAAA`, `v1a,xyz ${good}`, `${good} v2,zzz`, `v1,  ${good}`, `rubbish ${good}`]) {
      expect(standard(standardRequest(BODY, { headers: { "webhook-signature": list } })), list).toEqual({ ok: true });
    }
  });

  it("tells another version from a wrong signature and from no signature at all", () => {
    const reasons = {
      [good.replace("v1,", "v1a,")]: "unsupported_scheme",
      [good.replace("v1,", "V1,")]: "unsupported_scheme",
      "v1,": "bad_signature",
      [`${good}=`]: "bad_signature",
      [good.slice(3)]: "malformed_header",
    };
    for (const [header, reason] of Object.entries(reasons)) {
      expect(standard(standardRequest(BODY, { headers: { "webhook-signature": header } })), header).toMatchObject({ reason });
    }
  });

  it("covers the id: another id is refused, an id with full stops is one id", () => {
    expect(standard(standardRequest(BODY, { headers: { "webhook-id": "msg_2" } }))).toMatchObject({ reason: "bad_signature" });
    expect(standard(standardRequest(BODY, { id: "msg.1.2" }))).toEqual({ ok: true });
    expect(standard(standardRequest(BODY, { headers: { "webhook-id": "msg_é" } }))).toMatchObject({ reason: "malformed_header" });
  });

  it("accepts an empty body that was signed as one", () => {
    expect(standard(standardRequest(""))).toEqual({ ok: true });
  });
});

describe("generic HMAC", () => {
  it("verifies a body alone under a labelled digest", () => {
    const scheme = hmacOf({ name: "github", signatureHeader: "x-hub-signature-256", encoding: "hex", prefix: "sha256=" });
    const digest = mac(SECRET, BODY).toString("hex");
    expect(verifyHmac(scheme, [SECRET], requestOf({ "x-hub-signature-256": `sha256=${digest}` }, BODY), NOW)).toEqual({ ok: true });
    expect(verifyHmac(scheme, [SECRET], requestOf({ "x-hub-signature-256": `sha1=${digest}` }, BODY), NOW)).toMatchObject({
      reason: "unsupported_scheme",
    });
  });

  it("verifies timestamp and body with a full stop between them", () => {
    const scheme = hmacOf({ name: "shop", signatureHeader: "x-sig", encoding: "base64", timestampHeader: "x-time" });
    const time = String(NOW / 1000);
    const sig = mac(SECRET, `${time}.${BODY}`).toString("base64");
    expect(verifyHmac(scheme, [SECRET], requestOf({ "x-sig": sig, "x-time": time }, BODY), NOW)).toEqual({ ok: true });
    expect(verifyHmac(scheme, [SECRET], requestOf({ "x-sig": sig }, BODY), NOW)).toMatchObject({
      reason: "missing_header",
      header: "x-time",
    });
    expect(verifyHmac(scheme, [SECRET], requestOf({ "x-sig": sig, "x-time": time }, BODY), NOW + 301_000)).toMatchObject({
      reason: "stale_timestamp",
    });
  });
});
