// Outbound messages and callouts: what is refused before it is read, and which events come of the rest.
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ADA, API_USER, ORGANIZATION, WEBHOOK_SECRET } from "../../../sandbox/salesforce/directory.ts";
import { isAcknowledged } from "../../../sandbox/salesforce/messages.ts";
import { salesforceWebhooks } from "../../../src/connectors/salesforce-webhook.ts";
import type { WebhookRequest } from "../../../src/connectors/webhook.ts";
import { hmacSha256 } from "../../../src/core/crypto.ts";
import { NOW, setUp } from "./salesforce-here.ts";
import { CASE, LEAD } from "./worlds/salesforce-worlds.ts";

const { "outbound-message": outbound, flow, apex } = salesforceWebhooks;
const SETTINGS = { organizationId: ORGANIZATION };

const requestOf = (body: string, headers: Record<string, string> = {}, method = "POST"): WebhookRequest => ({
  method,
  url: "https://app.example.com/hooks/salesforce/x",
  headers: new Headers(headers),
  body: new TextEncoder().encode(body),
});
const eventsOf = (request: WebhookRequest) => {
  const parsed = outbound.parse(request, NOW);
  return parsed.kind === "events" ? parsed.events : expect.fail(JSON.stringify(parsed));
};

async function posted(path: string, body: object) {
  const here = setUp();
  await here.control(path, body);
  const [first] = here.posted;
  return { here, first: first ?? expect.fail("nothing was posted"), request: requestOf(first?.body ?? "", first?.headers) };
}

describe("an outbound message", () => {
  it("becomes an event per notification, with the record's id as subject and the notification's as identity", async () => {
    const { first, request } = await posted("/outbound-message", {
      object: "Lead",
      ids: [LEAD],
      fields: ["Company", "Phone", "SystemModstamp", "LastModifiedById"],
    });
    expect(first.path).toBe(`/hooks/salesforce/${WEBHOOK_SECRET}`);
    expect(outbound.addressed?.(request, SETTINGS)).toEqual({ ok: true });
    const [event] = eventsOf(request);
    expect(event).toMatchObject({
      signedId: expect.stringMatching(/^04l/),
      type: "lead.changed",
      subject: LEAD,
      time: Date.parse("2026-01-05T07:00:00Z"),
      data: { object: "Lead", organizationId: ORGANIZATION, record: { Id: LEAD, Company: "Navy", Phone: null } },
    });
    expect(event?.actors).toContain(ADA);
    expect(event?.actors).toContain(ADA.slice(0, 15));
  });

  it("passes its session id on to nobody", async () => {
    const { request } = await posted("/outbound-message", { object: "Lead", ids: [LEAD] });
    expect(new TextDecoder().decode(request.body)).toContain("A-SESSION-ID");
    expect(JSON.stringify(outbound.parse(request, NOW))).not.toContain("A-SESSION-ID");
  });

  it("names us as the cause of what we wrote", async () => {
    const here = setUp();
    await here.http.send({ method: "PATCH", path: `/services/data/v67.0/sobjects/Case/${CASE}`, body: { Priority: "High" } });
    await here.control("/outbound-message", { object: "Case", ids: [CASE] });
    expect(eventsOf(requestOf(here.posted[0]?.body ?? ""))[0]?.actors).toContain(API_USER);
  });

  it("is acknowledged as Salesforce wants it", () => {
    const stored = typeof outbound.stored === "object" ? outbound.stored : expect.fail("one answer for all");
    expect(isAcknowledged(stored.status, stored.body)).toBe(true);
    expect(stored.contentType).toMatch(/^text\/xml/);
  });

  it("of another org, or where no org is configured, is refused", async () => {
    const other = await posted("/outbound-message", { object: "Lead", ids: [LEAD], organizationId: "00D000000000001AAA" });
    expect(outbound.addressed?.(other.request, SETTINGS)).toEqual({ ok: false, reason: "wrong_recipient" });
    expect(outbound.addressed?.(other.request, {})).toEqual({ ok: false, reason: "no_secret_configured" });
  });

  it.each<[string, (body: string) => string]>([
    ["no notification", (body) => body.replace(/<Notification>.*<\/Notification>/s, "")],
    ["a hundred and one", (body) => body.replace(/<Notification>.*<\/Notification>/s, (one) => one.repeat(101))],
    ["a notification without an id", (body) => body.replace(/<Id>04l\w+<\/Id>/, "")],
    ["a record without an id", (body) => body.replace(/<sf:Id>\w+<\/sf:Id>/, "")],
    ["a record with a field twice", (body) => body.replace("</sObject>", "<sf:Id>00Q</sf:Id></sObject>")],
    ["another envelope", (body) => body.replace("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope")],
    ["two bodies", (body) => body.replace("</soapenv:Body>", "</soapenv:Body><soapenv:Body/>")],
  ])("with %s is malformed, and makes no event", async (_what, spoil) => {
    const { first } = await posted("/outbound-message", { object: "Lead", ids: [LEAD] });
    const spoilt = spoil(first.body);
    expect(spoilt).not.toBe(first.body);
    expect(outbound.addressed?.(requestOf(spoilt), SETTINGS)).toEqual({ ok: false, reason: "malformed_body" });
    expect(outbound.parse(requestOf(spoilt), NOW).kind).toBe("unparsable");
  });
});

describe("a callout", () => {
  it("of Apex is signed over its time and its body", async () => {
    const { request } = await posted("/apex", { object: "Case", id: CASE, event: "case.created", eventId: "e-1" });
    if (apex.scheme.kind !== "hmac-sha256") expect.fail("it is signed");
    const { signature, signed, timestamp } = apex.scheme;
    const parts = signed.map((part) => {
      if (part === "body") return request.body;
      if (part === "method" || "url" in part) return expect.fail("nothing else is signed");
      return "header" in part ? (request.headers.get(part.header) ?? "") : part.literal;
    });
    const mac = Buffer.from(hmacSha256(WEBHOOK_SECRET, parts)).toString(signature.encoding);
    expect(request.headers.get(signature.header)).toBe(mac);
    expect(timestamp).toMatchObject({ header: "x-webhook-timestamp", format: "seconds", toleranceSeconds: 300 });
  });

  it("becomes the event that its body says", async () => {
    const { request } = await posted("/flow", { object: "Case", id: CASE, event: "case.created", eventId: "interview-1" });
    expect(request.headers.get("x-webhook-secret")).toBe(WEBHOOK_SECRET);
    expect(flow.parse(request, NOW)).toMatchObject({
      kind: "event",
      deliveryKey: "interview-1",
      signedId: "interview-1",
      type: "case.created",
      subject: CASE,
    });
    expect(flow.stored).toMatchObject({ status: 200, body: "{}" });
  });

  it("needs a record and a type, and takes the object for one", () => {
    const parse = (payload: unknown) => flow.parse(requestOf(JSON.stringify(payload)), NOW);
    expect(parse({ recordId: CASE.slice(0, 15), object: "Invoice__c" })).toMatchObject({
      kind: "event",
      type: "invoice__c.changed",
      subject: CASE,
      deliveryKey: null,
    });
    expect(parse({ recordId: CASE, object: "Invoice__c" })).not.toHaveProperty("signedId");
    for (const payload of [{}, [], { recordId: "1", object: "Case" }, { recordId: CASE }, { recordId: CASE, event: "Case Created" }])
      expect(parse(payload).kind).toBe("unparsable");
    expect(flow.parse(requestOf("{"), NOW).kind).toBe("unparsable");
  });
});

const VECTORS = "../shared/vectors/salesforce.json";

describe.skipIf(!existsSync(VECTORS))("the vectors of outbound messages", () => {
  interface Vector {
    readonly id: string;
    readonly scheme: string;
    readonly method: string;
    readonly body: string;
    readonly config: { readonly organization_id: string };
    readonly expect: string;
    readonly reason: string;
    readonly dedupe_keys?: number;
    readonly response?: { readonly status: number; readonly body: string };
  }
  const vectors = (existsSync(VECTORS) ? (JSON.parse(readFileSync(VECTORS, "utf8")) as Vector[]) : []).filter(
    ({ scheme, reason }) => scheme === "salesforce-outbound-message" && !["bad_signature", "missing_header"].includes(reason),
  );

  it.each(vectors.map((one): [string, Vector] => [one.id, one]))("%s", (_id, vector) => {
    const request = requestOf(vector.body, { "content-type": "text/xml; charset=utf-8" }, vector.method);
    const verdict = outbound.addressed?.(request, { organizationId: vector.config.organization_id }) ?? { ok: true };
    expect(verdict.ok ? "ok" : verdict.reason).toBe(vector.reason);
    if (!verdict.ok) return;
    const ids = eventsOf(request).map(({ signedId }) => signedId);
    expect(new Set(ids).size).toBe(vector.dedupe_keys ?? ids.length);
    if (vector.response) expect(outbound.stored).toMatchObject({ status: vector.response.status, body: vector.response.body });
  });
});
