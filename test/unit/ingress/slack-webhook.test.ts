import { describe, expect, it } from "vitest";
import { slackWebhook } from "../../../src/connectors/slack-webhook.ts";
import { requestOf } from "./sign.ts";

const RECEIVED = 1_700_000_000_000;
const FORM = "application/x-www-form-urlencoded";
const json = (value: unknown) => requestOf({ "content-type": "application/json" }, JSON.stringify(value));
const form = (fields: Record<string, string>) => requestOf({ "content-type": FORM }, new URLSearchParams(fields).toString());
const parse = (request: ReturnType<typeof json>) => slackWebhook.parse(request, RECEIVED);

const envelope = (event: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  type: "event_callback",
  team_id: "T1",
  api_app_id: "A1",
  event_id: "Ev08MFMKH6",
  event_time: 1_355_517_523,
  event: { channel: "C1", user: "U1", ts: "2.0", ...event },
  ...more,
});

describe("Events API", () => {
  it("makes a message an event of its thread, with Slack's event id as the signed id", () => {
    const payload = envelope({ type: "message", text: "Café", thread_ts: "1.0" });
    expect(parse(json(payload))).toEqual({
      kind: "event",
      deliveryKey: "Ev08MFMKH6",
      signedId: "Ev08MFMKH6",
      actors: ["U1"],
      type: "message",
      subject: "C1:1.0",
      time: 1_355_517_523_000,
      data: payload,
    });
  });

  it("gives the root of a thread and its replies the same subject, and a reaction that of its message", () => {
    expect(parse(json(envelope({ type: "message" })))).toMatchObject({ subject: "C1:2.0" });
    expect(
      parse(json(envelope({ type: "reaction_added", channel: undefined, ts: undefined, item: { channel: "C1", ts: "2.0" } }))),
    ).toMatchObject({
      subject: "C1:2.0",
    });
  });

  it("keeps edits apart from posts", () => {
    expect(parse(json(envelope({ type: "message", subtype: "message_changed" })))).toMatchObject({ type: "message.message_changed" });
    expect(parse(json(envelope({ type: "message", subtype: "file_share" })))).toMatchObject({ type: "message" });
  });

  it("ignores what a bot wrote, and what we wrote", () => {
    for (const own of [
      envelope({ type: "message", subtype: "bot_message", bot_id: "B1" }),
      envelope({ type: "message", app_id: "A1" }),
      envelope({ type: "message", user: "UBOT" }, { authorizations: [{ is_bot: true, user_id: "UBOT" }] }),
    ]) {
      expect(parse(json(own))).toMatchObject({ kind: "ignored", deliveryKey: "Ev08MFMKH6" });
    }
    expect(parse(json(envelope({ type: "message" }, { authorizations: [{ is_bot: false, user_id: "U1" }] })))).toMatchObject({
      kind: "event",
    });
  });

  it("finds other requests unparsable without throwing", () => {
    for (const odd of [null, [], "x", {}, { type: "event_callback" }, { type: "event_callback", event: [] }, { type: "new" }]) {
      expect(parse(json(odd))).toMatchObject({ kind: "unparsable" });
    }
    expect(parse(json({ type: "app_rate_limited" }))).toMatchObject({ kind: "ignored" });
  });
});

describe("interactivity and commands", () => {
  it("reads a pressed button from the form's payload", () => {
    const payload = {
      type: "block_actions",
      user: { id: "U1" },
      trigger_id: "123.456.abc",
      channel: { id: "C1" },
      container: { message_ts: "2.0" },
      message: { ts: "2.0", thread_ts: "1.0" },
      actions: [{ action_id: "approve", value: "run_01|step_2" }],
    };
    expect(parse(form({ payload: JSON.stringify(payload) }))).toEqual({
      kind: "event",
      deliveryKey: "123.456.abc",
      signedId: "123.456.abc",
      actors: ["U1"],
      type: "block_actions",
      subject: "C1:1.0",
      time: RECEIVED,
      data: payload,
    });
  });

  it("reads a slash command from the form's fields", () => {
    const fields = { command: "/triage", text: "42", channel_id: "C1", user_id: "U1", trigger_id: "1.2.c" };
    expect(parse(form(fields))).toMatchObject({ kind: "event", type: "slash_command", subject: "C1", signedId: "1.2.c", data: fields });
  });

  it("finds broken forms unparsable", () => {
    const broken: Record<string, string>[] = [{}, { payload: "{" }, { payload: "null" }, { text: "no command" }];
    for (const fields of broken) expect(parse(form(fields))).toMatchObject({ kind: "unparsable" });
  });
});

describe("probe and handshake", () => {
  it("answers only a form with ssl_check=1 without a signature", () => {
    expect(slackWebhook.probe?.(form({ ssl_check: "1", payload: "{}" }))).toEqual({ status: 200, body: "" });
    expect(slackWebhook.probe?.(form({ ssl_check: "0" }))).toBeNull();
    expect(slackWebhook.probe?.(requestOf({ "content-type": "application/json" }, "ssl_check=1"))).toBeNull();
  });

  it("echoes a challenge as plain text", () => {
    expect(slackWebhook.handshake?.(json({ type: "url_verification", challenge: "<b>3eZ</b>" }))).toEqual({
      status: 200,
      body: "<b>3eZ</b>",
      contentType: "text/plain",
    });
    expect(slackWebhook.handshake?.(json({ type: "url_verification" }))).toBeNull();
    expect(slackWebhook.handshake?.(json(envelope({ type: "message", challenge: "x" })))).toBeNull();
  });
});
