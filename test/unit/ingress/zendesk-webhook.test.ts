import { describe, expect, it } from "vitest";
import { zendeskWebhook } from "../../../src/connectors/zendesk-webhook.ts";
import { requestOf } from "./sign.ts";

const RECEIVED = Date.parse("2026-11-20T05:09:30Z");
const parse = (body: string | Uint8Array, type = "application/json") =>
  zendeskWebhook.parse(requestOf({ "content-type": type, "x-zendesk-webhook-invocation-id": "8350205582" }, body), RECEIVED);

const created = {
  account_id: 22129848,
  id: "cbe4028c-7239-495d-b020-f22348516046",
  time: "2026-11-20T05:09:26.931846288Z",
  type: "zen:event-type:ticket.created",
  subject: "zen:ticket:5158",
  detail: { id: "5158", actor_id: "8447388090494", subject: "Order 12" },
  event: {},
};

describe("an event subscription", () => {
  it("becomes an event of the ticket, at the time and with the signed id that the payload states", () => {
    expect(parse(JSON.stringify(created))).toEqual({
      kind: "event",
      deliveryKey: "8350205582",
      signedId: "cbe4028c-7239-495d-b020-f22348516046",
      actors: ["8447388090494"],
      type: "ticket.created",
      subject: "5158",
      time: expect.closeTo(Date.parse("2026-11-20T05:09:26.931Z"), -1),
      data: created,
    });
  });

  it("takes the ticket's id from the detail where the subject has none", () => {
    expect(parse(JSON.stringify({ ...created, subject: undefined }))).toMatchObject({ subject: "5158" });
    expect(parse(JSON.stringify({ ...created, subject: "x", detail: {} }))).toMatchObject({ kind: "unparsable" });
  });

  it("keeps ids beyond 2^53 to the digit, in the subject and in the data", () => {
    const text = JSON.stringify(created)
      .replace('"zen:ticket:5158"', "null")
      .replace('"5158"', "9007199254740993")
      .replace('"8447388090494"', "9223372036854775807");
    expect(parse(text)).toMatchObject({
      subject: "9007199254740993",
      actors: ["9223372036854775807"],
      data: { detail: { id: "9007199254740993", actor_id: "9223372036854775807" }, account_id: 22129848 },
    });
  });

  it("reads a body behind a byte order mark, and refuses invalid UTF-8", () => {
    const text = new TextEncoder().encode(JSON.stringify(created));
    expect(parse(new Uint8Array([0xef, 0xbb, 0xbf, ...text]))).toMatchObject({ kind: "event", subject: "5158" });
    expect(parse(new Uint8Array([...text.slice(0, -2), 0xff, ...text.slice(-2)]))).toMatchObject({ kind: "unparsable" });
  });
});

describe("a trigger's payload", () => {
  it.each([
    ['{"ticket_id":5158,"run":"triage"}', "application/json"],
    ['{"ticket_id":"5158"}', "application/json; charset=utf-8"],
    ['{"ticket":{"id":5158}}', "application/json"],
    ["ticket_id=5158&title=Caf%C3%A9+1", "application/x-www-form-urlencoded"],
  ])("becomes a trigger of the ticket: %s", (body, type) => {
    const parsed = parse(body, type);
    expect(parsed).toMatchObject({ kind: "event", type: "trigger", subject: "5158", deliveryKey: "8350205582", time: RECEIVED });
    expect(parsed).not.toHaveProperty("signedId");
  });

  it("has a signed id as soon as it carries the ticket's updated_at to the second", () => {
    expect(parse('{"ticket_id":1,"updated_at":"2026-11-20T05:09:26Z"}')).toHaveProperty("signedId");
    expect(parse('{"ticket_id":1,"updated_at":"November 20"}')).not.toHaveProperty("signedId");
    expect(parse('{"ticket_id":1,"updated_at":"2026-11-20"}')).not.toHaveProperty("signedId");
  });

  it.each([
    '{"ticket_id":5158,"title":"broken "quoted""}',
    "{}",
    "[]",
    "null",
    '"5158"',
    '{"ticket_id":1.5}',
    '{"ticket_id":-1}',
    '{"ticket_id":""}',
    "<ticket/>",
    "",
    "[".repeat(200_000),
  ])("is unparsable, and does not throw, as %.40s", (body) => {
    expect(parse(body)).toMatchObject({ kind: "unparsable", deliveryKey: "8350205582" });
  });

  it("is unparsable when it is nested too deeply to be read by recursion", () => {
    expect(parse(`{"ticket_id":1,"x":${"[".repeat(101)}${"]".repeat(101)}}`)).toMatchObject({ kind: "unparsable" });
  });

  it("does not take an id from an inherited member", () => {
    expect(parse('{"__proto__":{"ticket_id":5158}}')).toMatchObject({ kind: "unparsable" });
  });
});
