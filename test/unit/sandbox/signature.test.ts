// The sandbox signs as the vendors do: compared with node:crypto, a second implementation.
import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { signSlack, signZendesk } from "../../../sandbox/signature.ts";

const NOW = Date.parse("2026-11-20T05:09:27.931Z");

describe("signature", () => {
  test("Zendesk's is base64 over timestamp and body, the timestamp in UTC to the second", async () => {
    const body = '{"subject":"Grüße"}';
    const signed = await signZendesk("c2VjcmV0LWFzLXRleHQ=", body, NOW);
    expect(signed.timestamp).toBe("2026-11-20T05:09:27Z");
    expect(signed.signature).toBe(
      createHmac("sha256", "c2VjcmV0LWFzLXRleHQ=")
        .update(signed.timestamp + body)
        .digest("base64"),
    );
  });

  test("Slack's is hex over version, timestamp and body, the timestamp in Unix seconds", async () => {
    const body = "payload=%7B%7D";
    const signed = await signSlack("shhh", body, NOW);
    expect(signed.timestamp).toBe("1795151367");
    expect(signed.signature).toBe(`v0=${createHmac("sha256", "shhh").update(`v0:1795151367:${body}`).digest("hex")}`);
  });
});
