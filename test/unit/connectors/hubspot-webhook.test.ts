import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { APP_ID, OAUTH_APP, PORTAL_ID } from "../../../sandbox/hubspot/account.ts";
import { hubspotWebhooks, signedUri } from "../../../src/connectors/hubspot-webhook.ts";
import type { Parsed, ProofContext, Verdict, WebhookDeclaration, WebhookRequest } from "../../../src/connectors/webhook.ts";
import { hmacSha256, sha256Hex } from "../../../src/core/crypto.ts";
import type { Json } from "../../../src/core/json.ts";
import { hubspotHere } from "./worlds/hubspot-worlds.ts";

const { v1, v2, v3 } = hubspotWebhooks;
const URL_HERE = "https://app.example.com/hooks/hubspot/t1";
const RECEIVED = 1_764_500_001_500;

function requestOf(body: string | Uint8Array, headers: Record<string, string> = {}, url = URL_HERE, method = "POST"): WebhookRequest {
  return { method, url, headers: new Headers(headers), body: typeof body === "string" ? new TextEncoder().encode(body) : body };
}

const change = (over: Record<string, Json> = {}): Record<string, Json> => ({
  eventId: 100,
  subscriptionId: 778899,
  portalId: 62515,
  appId: 54321,
  occurredAt: 1_764_499_999_000,
  subscriptionType: "object.propertyChange",
  attemptNumber: 0,
  objectId: 123,
  objectTypeId: "0-3",
  propertyName: "dealstage",
  propertyValue: "won",
  changeSource: "CRM",
  sourceId: "userId:9",
  ...over,
});

const parsed = (payload: Json, declaration: WebhookDeclaration = v3): Parsed =>
  declaration.parse(requestOf(JSON.stringify(payload)), RECEIVED);

const eventIn = (payload: Json) => {
  const read = parsed(payload);
  return read.kind === "event" ? read : expect.fail(`it is ${read.kind}`);
};

/** The declared text under the declared secret: what src/ingress computes. */
function macOf(declaration: WebhookDeclaration, secret: string, request: WebhookRequest): string {
  const { scheme } = declaration;
  if (scheme.kind !== "hmac-sha256") return expect.fail("it is no HMAC");
  const parts = scheme.signed.map((part) => {
    if (part === "body") return request.body;
    if (part === "method") return request.method;
    if ("url" in part) return part.url(request.url);
    return "header" in part ? (request.headers.get(part.header) ?? "") : part.literal;
  });
  return Buffer.from(hmacSha256(secret, parts)).toString("base64");
}

const verify = (declaration: WebhookDeclaration, request: WebhookRequest, secrets: readonly string[]): Promise<Verdict> => {
  const { scheme } = declaration;
  const context: ProofContext = { secrets, settings: {}, published: async () => null, now: RECEIVED } as ProofContext;
  return scheme.kind === "proof" ? scheme.verify(request, context) : expect.fail("it is no proof");
};

describe("a list of events", () => {
  it("is one event each, with the key that leaves the attempt out", () => {
    const read = parsed([change(), change({ eventId: 101, subscriptionType: "contact.creation", attemptNumber: 3 })]);
    expect(read).toMatchObject({
      kind: "events",
      events: [
        {
          signedId: "62515:object.propertyChange:123:100:1764499999000",
          type: "deal.property_change",
          subject: "123",
          time: 1_764_499_999_000,
        },
        { signedId: "62515:contact.creation:123:101:1764499999000", type: "contact.creation" },
      ],
    });
    expect(eventIn([change({ attemptNumber: 4 })]).signedId).toBe(eventIn([change()]).signedId);
  });

  it.each([
    ["deal.propertyChange", undefined, "deal.property_change"],
    ["object.propertyChange", "0-1", "contact.property_change"],
    ["object.creation", "2-3465404", "record.creation"],
    ["contact.privacyDeletion", undefined, "contact.privacy_deletion"],
    ["line_item.creation", undefined, "record.creation"],
    ["conversation.newMessage", undefined, "conversation.new_message"],
  ])("calls %s (%s) %s", (subscriptionType, objectTypeId, type) => {
    expect(eventIn([change({ subscriptionType, objectTypeId: objectTypeId ?? null })]).type).toBe(type);
  });

  it("names its app as the one who did it where an integration did, and the person otherwise", () => {
    const actors = (over: Record<string, Json>) => eventIn([change(over)]).actors;
    expect(actors({ changeSource: "INTEGRATION", sourceId: "54321" })).toEqual(["54321"]);
    expect(actors({ changeSource: "INTEGRATION", sourceId: "appId:777" })).toEqual(["777"]);
    expect(actors({ changeSource: "INTEGRATION", sourceId: null })).toEqual(["54321"]);
    expect(actors({})).toEqual(["userId:9"]);
    expect(actors({ sourceId: null })).toEqual([]);
  });

  it("tells two changes of one association apart", () => {
    const association = { objectId: null, fromObjectId: 1, subscriptionType: "contact.associationChange" };
    const ids = [2, 3].map((toObjectId) => eventIn([change({ ...association, toObjectId })]).signedId);
    expect(new Set(ids).size).toBe(2);
    expect(eventIn([change({ ...association, toObjectId: 2 })]).subject).toBe("1");
  });

  it("keeps every digit of a long number", () => {
    const read = v3.parse(requestOf(JSON.stringify([change()]).replace('"objectId":123', '"objectId":12345678901234567890')), RECEIVED);
    expect(read).toMatchObject({ kind: "event", subject: "12345678901234567890" });
  });

  it.each(["subscriptionType", "objectId", "portalId", "eventId", "occurredAt"])(
    "without %s in one element is a dead letter as a whole",
    (field) => {
      expect(parsed([change(), change({ [field]: null })])).toMatchObject({
        kind: "unparsable",
        reason: expect.stringContaining("Element 2 of 2"),
      });
    },
  );

  it("that is empty is nothing", () => {
    expect(parsed([]).kind).toBe("ignored");
  });

  it.each(["", "{", "\u0000", '"text"', "7"])("is not %j", (body) => {
    expect(v3.parse(requestOf(body), RECEIVED).kind).toBe("unparsable");
  });
});

describe("a workflow's webhook", () => {
  it("is known by its body where that carries the time of the record's change, and by nothing otherwise", () => {
    const payload = { hs_object_id: 55, hs_lastmodifieddate: "2026-01-05T08:00:00.000Z", dealname: "x" };
    const event = eventIn(payload);
    expect(event).toMatchObject({
      type: "workflow",
      subject: "55",
      time: Date.parse("2026-01-05T08:00:00Z"),
      signedId: `body ${sha256Hex(JSON.stringify(payload))}`,
    });
    expect(eventIn({ hs_object_id: "55" })).toMatchObject({ subject: "55", time: RECEIVED });
    expect(eventIn({ hs_object_id: "55" }).signedId).toBeUndefined();
  });

  it("takes the older payload, whose properties are objects", () => {
    expect(eventIn({ properties: { hs_object_id: { value: "9" }, lastmodifieddate: { value: "1764499999000" } } })).toMatchObject({
      subject: "9",
      time: 1_764_499_999_000,
    });
  });

  it("that names no record is a dead letter", () => {
    expect(parsed({ dealname: "x" })).toMatchObject({ kind: "unparsable", reason: expect.stringContaining("hs_object_id") });
  });
});

describe("the address", () => {
  it("is decoded as HubSpot does: its twelve characters, once", () => {
    expect(signedUri("https://a.example/h?x=%3A%2F%3f%40%21%24%27%28%29%2A%2C%3B")).toBe("https://a.example/h?x=:/?@!$'()*,;");
    expect(signedUri("https://a.example/h?x=%252F%20%26%3D%23%C3%A4")).toBe("https://a.example/h?x=%252F%20%26%3D%23%C3%A4");
  });

  it("and the account are those that the connection names, where it names them", () => {
    const delivery = requestOf(JSON.stringify([change()]));
    expect(v3.addressed?.(delivery, {})).toEqual({ ok: true });
    expect(v3.addressed?.(delivery, { targetUrl: URL_HERE, portalId: "62515" })).toEqual({ ok: true });
    expect(v3.addressed?.(delivery, { targetUrl: "https://app.example.com/hooks/hubspot/t" })).toEqual({
      ok: false,
      reason: "wrong_target_url",
    });
    const foreign = requestOf(JSON.stringify([change(), change({ portalId: 1 })]));
    expect(v3.addressed?.(foreign, { portalId: "62515" })).toEqual({ ok: false, reason: "wrong_recipient" });
  });
});

describe("the older hashes", () => {
  const body = JSON.stringify([change()]);
  const signed = (version: "v1" | "v2", over: Record<string, string> = {}) =>
    requestOf(body, {
      "x-hubspot-signature": sha256Hex(version === "v1" ? `s3${body}` : `s3POST${URL_HERE}${body}`),
      "x-hubspot-signature-version": version,
      ...over,
    });

  it("are accepted on a connection that has chosen them, each by its own name only", async () => {
    expect(await verify(v1, signed("v1"), ["s3"])).toEqual({ ok: true });
    expect(await verify(v2, signed("v2"), ["other", "s3"])).toEqual({ ok: true });
    expect(await verify(v1, signed("v2"), ["s3"])).toMatchObject({ ok: false, reason: "unsupported_scheme" });
  });

  it("are refused without a secret, a header, or with another hash", async () => {
    expect(await verify(v1, signed("v1"), [""])).toMatchObject({ reason: "no_secret_configured" });
    expect(await verify(v1, signed("v1", { "x-hubspot-signature": "" }), ["s3"])).toMatchObject({ reason: "missing_header" });
    expect(await verify(v2, signed("v2", { "x-hubspot-signature": "ab, cd" }), ["s3"])).toMatchObject({ reason: "duplicate_header" });
    expect(await verify(v2, signed("v2"), ["s4"])).toMatchObject({ reason: "bad_signature" });
  });

  it("are not what a connection takes by default, which also says that they are another scheme", () => {
    expect(Object.keys(hubspotWebhooks)[0]).toBe("v3");
    expect(v3.scheme).toMatchObject({ kind: "hmac-sha256", signature: { instead: ["x-hubspot-signature"] } });
  });
});

describe("what the stand-in posts", () => {
  it("is signed over Interlock's address, tells each change once, and again until it is taken", async () => {
    const here = hubspotHere();
    await here.control("/change", { type: "deals", id: "1001", properties: { dealstage: "qualifiedtobuy", amount: "1200" } });
    await here.control("/deliver");
    const [delivery] = here.posted;
    const request = requestOf(delivery?.body ?? "", { ...delivery?.headers }, "https://interlock.example/hooks/hubspot");
    expect(request.headers.get("x-hubspot-signature-v3")).toBe(macOf(v3, OAUTH_APP.clientSecret, request));
    expect(v3.parse(request, 0)).toMatchObject({
      kind: "event",
      type: "deal.property_change",
      subject: "1001",
      actors: ["userId:9"],
      data: { portalId: PORTAL_ID, propertyName: "dealstage" },
    });
    expect(await (await here.control("/deliver")).json()).toEqual({ events: 0, status: null });
    await here.control("/deliver-again");
    const again = requestOf(here.posted[1]?.body ?? "");
    expect(here.posted[1]?.body).not.toBe(delivery?.body);
    expect(eventIdOf(v3.parse(again, 0))).toBe(eventIdOf(v3.parse(request, 0)));
  });

  it("says of our own writes that our app made them", async () => {
    const here = hubspotHere();
    await here.http.send({ method: "PATCH", path: "/crm/v3/objects/deals/1001", body: { properties: { amount: "7" } } });
    await here.control("/deliver");
    expect(v3.parse(requestOf(here.posted[0]?.body ?? ""), 0)).toMatchObject({ actors: [String(APP_ID)] });
  });
});

const eventIdOf = (read: Parsed) => (read.kind === "event" ? read.signedId : null);

// ---- the shared vectors, as far as this connector decides them; the receiving code's own runner holds all of them ----

const FILE = "../shared/vectors/hubspot.json";
const present = existsSync(FILE);
interface Case {
  id: string;
  scheme: string;
  secret: string;
  method: string;
  url: string;
  headers: [string, string][];
  body?: string;
  body_base64?: string;
  config: { configured_url?: string };
  expect: "accept" | "reject";
  reason: string;
  dedupe_key?: string;
  signed_uri?: string;
}
const cases: Case[] = present ? (JSON.parse(readFileSync(FILE, "utf8")) as Case[]) : [];

describe.skipIf(!present)("the shared vectors (skipped without ../shared/vectors)", () => {
  const asRequest = ({ method, url, headers, body, body_base64 }: Case): WebhookRequest => {
    const all = new Headers();
    for (const [name, value] of headers) all.append(name, value);
    const bytes = body_base64 === undefined ? new TextEncoder().encode(body ?? "") : new Uint8Array(Buffer.from(body_base64, "base64"));
    return { method, url, headers: all, body: bytes };
  };

  it("give v3 the MAC that we compute, and every key that we give", () => {
    const accepted = cases.filter(({ scheme, expect: expected }) => scheme === "hubspot-v3" && expected === "accept");
    expect(accepted.length).toBeGreaterThan(5);
    for (const one of accepted) {
      const request = asRequest(one);
      expect(macOf(v3, one.secret, request), one.id).toBe(request.headers.get("x-hubspot-signature-v3"));
      if (one.signed_uri) expect(signedUri(one.url), one.id).toBe(one.signed_uri);
      if (one.dedupe_key) expect(eventIdOf(v3.parse(request, 0)), one.id).toBe(one.dedupe_key);
    }
  });

  it("give v1 and v2 the verdicts and the reasons that we give", async () => {
    const old = cases.filter(({ scheme }) => scheme !== "hubspot-v3");
    expect(old.length).toBeGreaterThan(5);
    for (const one of old) {
      const declaration = one.scheme === "hubspot-v1" ? v1 : v2;
      const request = asRequest(one);
      const verdict = await verify(declaration, request, [one.secret]);
      const addressed = verdict.ok
        ? (declaration.addressed?.(request, one.config.configured_url ? { targetUrl: one.config.configured_url } : {}) ?? verdict)
        : verdict;
      expect(addressed.ok ? "ok" : addressed.reason, one.id).toBe(one.reason);
    }
  });
});
