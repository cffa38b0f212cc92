import { describe, expect, it } from "vitest";
import type { ApplyContext } from "../../../src/connectors/define.ts";
import { createHttp } from "../../../src/connectors/http.ts";
import { slack } from "../../../src/connectors/slack.ts";
import { slackFailureIn } from "../../../src/connectors/slack-api.ts";
import { type ErrorCode, type Failure, failureOf } from "../../../src/core/errors.ts";
import { createFakeSlack } from "./fake-slack.ts";

const { postMessage, updateMessage } = slack.actions;
const TOKEN = "xoxb-1";
const channel = "C0SUPPORT";
const NOW = Date.parse("2026-01-05T08:00:00Z");

function setUp(token = TOKEN) {
  let time = NOW;
  const fake = createFakeSlack({ token: TOKEN, now: () => time });
  const http = createHttp({
    baseUrl: "http://127.0.0.1:8788/slack",
    authorization: `Bearer ${token}`,
    system: "Slack",
    now: () => time,
    fetch: fake.fetch,
  });
  const context = (key = "run-1/tell", since?: number): ApplyContext => ({
    http,
    key,
    version: null,
    ...(since === undefined ? {} : { since }),
  });
  return { fake, http, context, pass: (ms: number) => (time += ms) };
}

const failureFrom = async (work: Promise<unknown> | undefined): Promise<Failure> =>
  (work ?? Promise.resolve()).then(
    () => expect.fail("it did not throw"),
    (thrown) => failureOf(thrown),
  );

describe("postMessage", () => {
  it("posts escaped text with the key as metadata and no previews", async () => {
    const { fake, context } = setUp();
    const output = await postMessage.apply({ channel, text: "a < b & <!channel> > c", threadTs: "1700000000.000100" }, context());
    expect(fake.requests[0]?.body).toEqual({
      channel,
      text: "a &lt; b &amp; &lt;!channel&gt; &gt; c",
      thread_ts: "1700000000.000100",
      metadata: { event_type: "interlock_effect", event_payload: { key: "run-1/tell" } },
      unfurl_links: false,
      unfurl_media: false,
    });
    expect(output).toEqual({ channel, ts: fake.channels.get(channel)?.messages[0]?.ts });
  });

  it.each([
    [{ channel: "#support", text: "x" }],
    [{ channel: "U123", text: "x" }],
    [{ channel, text: " " }],
    [{ channel, text: "&".repeat(8001) }],
    [{ channel, text: "x", threadTs: "now" }],
    [{ channel, text: "x", blocks: [] }],
  ])("does not take %o", (input) => expect(postMessage.input.safeParse(input).success).toBe(false));

  it("finds its message in the channel, and in a thread, behind many others", async () => {
    const { fake, context } = setUp();
    const root = fake.say(channel, "root");
    const posted = await postMessage.apply({ channel, text: "hello" }, context("a"));
    const replied = await postMessage.apply({ channel, text: "hello", threadTs: root }, context("b"));
    for (let i = 0; i < 40; i++) {
      fake.say(channel, `later ${i}`);
      fake.say(channel, `reply ${i}`, { thread_ts: root });
    }
    expect(await postMessage.find?.({ channel, text: "hello" }, context("a"))).toEqual(posted);
    expect(await postMessage.find?.({ channel, text: "hello", threadTs: root }, context("b"))).toEqual(replied);
    expect(await postMessage.find?.({ channel, text: "hello" }, context("c"))).toBeNull();
  });

  it("looks no further back than the intent", async () => {
    const { fake, context, pass } = setUp();
    for (let i = 0; i < 400; i++) fake.say(channel, `earlier ${i}`);
    pass(3_600_000);
    fake.say(channel, "now");
    expect((await failureFrom(postMessage.find?.({ channel, text: "hello" }, context("a")))).code).toBe("connector.answer_invalid");
    const before = fake.requests.length;
    expect(await postMessage.find?.({ channel, text: "hello" }, context("a", NOW + 3_600_000))).toBeNull();
    expect(fake.requests.length - before).toBe(1);
  });

  it("does not say no when it may not see metadata", async () => {
    const { fake, context } = setUp();
    await postMessage.apply({ channel, text: "see https://acme.example/1 & more" }, context("a"));
    fake.hidesMetadata = true;
    expect((await failureFrom(postMessage.find?.({ channel, text: "see https://acme.example/1 & more" }, context("a")))).message).toContain(
      "cannot be told",
    );
    expect(await postMessage.find?.({ channel, text: "another" }, context("b"))).toBeNull();
  });

  it("does not say no when it may not read the channel, or the thread is gone", async () => {
    const { fake, context } = setUp();
    fake.forbidden.add("conversations.history");
    expect(await failureFrom(postMessage.find?.({ channel, text: "x" }, context()))).toEqual({
      code: "connector.rejected",
      message: "Slack: missing_scope (the app needs the scope channels:history)",
    });
    expect((await failureFrom(postMessage.find?.({ channel, text: "x", threadTs: "1700000000.000100" }, context()))).code).toBe(
      "connector.not_found",
    );
  });

  it("says beforehand that it cannot be undone", () => {
    expect(postMessage.undo.kind).toBe("irreversible");
  });
});

describe("updateMessage", () => {
  it("looks at a message of a channel or of a thread, as a person reads it", async () => {
    const { fake, http } = setUp();
    const root = fake.say(channel, "see <https://acme.example/1> and <mailto:a@b.example|a@b.example>, 1 &lt; 2 &amp;amp; <@U1>");
    const reply = fake.say(channel, "in the thread", { thread_ts: root });
    fake.say(channel, "after");
    expect(await updateMessage.look?.({ channel, ts: root, text: "x" }, http)).toEqual({
      fields: { text: "see https://acme.example/1 and a@b.example, 1 < 2 &amp; <@U1>" },
      version: null,
    });
    expect((await updateMessage.look?.({ channel, ts: reply, text: "x" }, http))?.fields).toEqual({ text: "in the thread" });
    expect((await failureFrom(updateMessage.look?.({ channel, ts: "1.1", text: "x" }, http))).code).toBe("connector.not_found");
  });

  it("replaces the text, proves it, and puts the old one back", async () => {
    const { fake, http, context } = setUp();
    const { ts } = await postMessage.apply({ channel, text: "Waiting for approval <1>" }, context());
    const input = { channel, ts, text: "Approved: https://acme.example/1 & done" };
    const before = await updateMessage.look?.(input, http);
    const output = await updateMessage.apply(input, context());
    expect(output).toEqual({ channel, ts });
    expect(await updateMessage.prove?.(input, output, http)).toEqual({ text: input.text });
    if (updateMessage.undo.kind !== "restore") expect.fail("it is a restore");
    await updateMessage.undo.restore(input, before?.fields ?? {}, context());
    expect(fake.channels.get(channel)?.messages[0]?.text).toBe("Waiting for approval &lt;1&gt;");
  });

  it("cannot change what somebody else wrote", async () => {
    const { fake, context } = setUp();
    const ts = fake.say(channel, "mine");
    expect((await failureFrom(updateMessage.apply({ channel, ts, text: "x" }, context()))).message).toBe("Slack: cant_update_message");
  });
});

describe("a no with HTTP 200", () => {
  const cases: [error: string, code: ErrorCode][] = [
    ["ratelimited", "connector.rate_limited"],
    ["rate_limited", "connector.rate_limited"],
    ["invalid_auth", "connector.unauthorised"],
    ["not_authed", "connector.unauthorised"],
    ["token_revoked", "connector.unauthorised"],
    ["token_expired", "connector.unauthorised"],
    ["account_inactive", "connector.unauthorised"],
    ["channel_not_found", "connector.rejected"],
    ["is_archived", "connector.rejected"],
    ["not_in_channel", "connector.rejected"],
    ["missing_scope", "connector.rejected"],
    ["msg_too_long", "connector.rejected"],
    ["something_new", "connector.rejected"],
    ["message_not_found", "connector.not_found"],
    ["internal_error", "connector.unavailable"],
    ["fatal_error", "connector.unavailable"],
    ["service_unavailable", "connector.unavailable"],
  ];
  it.each(cases)("%s is %s", async (error, code) => {
    const { fake, context } = setUp();
    fake.answerNext("chat.postMessage", { ok: false, error });
    expect(await failureFrom(postMessage.apply({ channel, text: "x" }, context()))).toMatchObject({ code, message: `Slack: ${error}` });
    expect(fake.requests).toHaveLength(1);
  });

  it("tells what Slack found wrong with the blocks", () => {
    const body = { ok: false, error: "invalid_blocks", response_metadata: { messages: ["[ERROR] missing required field: type"] } };
    expect(slackFailureIn(body)).toEqual({
      code: "connector.rejected",
      message: "Slack: invalid_blocks ([ERROR] missing required field: type)",
    });
  });

  it.each([[null], [{}], [[]], [{ ok: "true" }], ["ok"]])("is not read into %j, which is no answer of Slack's", async (body) => {
    const { fake, context } = setUp();
    fake.answerNext("chat.postMessage", body);
    expect((await failureFrom(postMessage.apply({ channel, text: "x" }, context()))).code).toBe("connector.answer_invalid");
  });

  it("comes for a wrong token", async () => {
    const { context } = setUp("xoxb-other");
    expect((await failureFrom(postMessage.apply({ channel, text: "x" }, context()))).code).toBe("connector.unauthorised");
  });
});
