import { describe, expect, it } from "vitest";
import { genericHmac, genericHmacWebhook } from "../../../src/connectors/generic-hmac.ts";
import { standardWebhooks, standardWebhooksDeclaration } from "../../../src/connectors/standard-webhooks.ts";
import { requestOf, standardRequest } from "./sign.ts";

const RECEIVED = 1_700_000_000_000;
const declaration = genericHmacWebhook({ name: "shop", signatureHeader: "x-sig", encoding: "hex", idHeader: "x-delivery" });
const parse = (value: unknown, raw?: string) =>
  declaration.parse(requestOf({ "x-delivery": "d1" }, raw ?? JSON.stringify(value)), RECEIVED);

describe("a generic payload", () => {
  it("gives its type, subject and time where it names them", () => {
    const payload = { type: "order.created", timestamp: "2022-11-03T20:26:10.344522Z", data: { id: 42 } };
    expect(parse(payload)).toEqual({
      kind: "event",
      deliveryKey: "d1",
      type: "order.created",
      subject: "42",
      time: expect.closeTo(Date.parse("2022-11-03T20:26:10.344Z"), -1),
      data: payload,
    });
  });

  it("is of type received, now, about its delivery, where it names nothing", () => {
    expect(parse([{ a: 1 }])).toMatchObject({ type: "received", time: RECEIVED, subject: "d1", data: [{ a: 1 }] });
    expect(parse({ type: "has spaces\n" })).toMatchObject({ type: "received" });
  });

  it("does not take a plain body's id for the event's: it may be the record's", () => {
    expect(parse({ id: "42", type: "order.updated" })).not.toHaveProperty("signedId");
  });

  it("takes a CloudEvent's source and id, with the body's digest", () => {
    const event = { specversion: "1.0", id: "e1", source: "/shop", type: "t", data: 1 };
    const ids = [event, event, { ...event, data: 2 }].map((one) => (parse(one) as { signedId?: string }).signedId);
    expect(ids[0]).toBeDefined();
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it("is no event when empty, and unparsable when it is not an object or an array", () => {
    expect(parse(null, "")).toMatchObject({ kind: "ignored" });
    for (const raw of ["5", '"x"', "null", "a=b", "{"]) expect(parse(null, raw), raw).toMatchObject({ kind: "unparsable" });
  });
});

describe("the connectors", () => {
  it("accept any type as a trigger", () => {
    expect(standardWebhooks.on("order.created")).toEqual({ connector: "standard-webhooks", type: "order.created" });
    expect(genericHmac({ name: "shop", signatureHeader: "x-sig", encoding: "hex" }).on("a.b")).toEqual({ connector: "shop", type: "a.b" });
  });

  it("take Standard Webhooks' signed id as the event's", () => {
    expect(standardWebhooksDeclaration.parse(standardRequest('{"type":"a"}'), RECEIVED)).toMatchObject({
      signedId: "msg_1",
      deliveryKey: "msg_1",
    });
  });

  it("keep the limit that a source declares", () => {
    expect(genericHmacWebhook({ name: "shop", signatureHeader: "x-sig", encoding: "hex", maxBytes: 10 }).maxBytes).toBe(10);
    expect(declaration.maxBytes).toBe(262_144);
  });
});
