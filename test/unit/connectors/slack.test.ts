import { describe, expect, it } from "vitest";
import { connect } from "../../../src/connectors/connect.ts";
import type { ApplyContext } from "../../../src/connectors/define.ts";
import { routeOf } from "../../../src/connectors/escalation.ts";
import { createHttp } from "../../../src/connectors/http.ts";
import { slack } from "../../../src/connectors/slack.ts";
import { slackAuth, slackRefusal } from "../../../src/connectors/slack-api.ts";
import { type ErrorCode, type Failure, failureOf, ok } from "../../../src/core/errors.ts";
import { createFakeSlack } from "./fake-slack.ts";

const { postMessage, updateMessage, findUser, openConversation } = slack.actions;
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
    refusal: slackRefusal,
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
    [{ channel, text: "x", blocks: [{ type: "section", text: { type: "mrkdwn", text: "<!channel>" } }] }],
    [{ channel, text: "x", fallback: "#alarms" }],
  ])("does not take %o", (input) => expect(postMessage.input.safeParse(input).success).toBe(false));

  it("finds its message in the channel, and in a thread, behind many others", async () => {
    const { fake, context } = setUp();
    const root = fake.say(channel, "root");
    const posted = await postMessage.apply({ channel, text: "hello" }, context("a"));
    const replied = await postMessage.apply({ channel, text: "hello", threadTs: root }, context("b"));
    for (let i = 0; i < 240; i++) {
      fake.say(channel, `later ${i}`);
      fake.say(channel, `reply ${i}`, { thread_ts: root });
    }
    expect(await postMessage.find?.({ channel, text: "hello" }, context("a"))).toEqual(posted);
    expect(await postMessage.find?.({ channel, text: "hello", threadTs: root }, context("b"))).toEqual(replied);
    expect(await postMessage.find?.({ channel, text: "hello" }, context("c"))).toBeNull();
  });

  it("looks no further back than the intent", async () => {
    const { fake, context, pass } = setUp();
    for (let i = 0; i < 4_100; i++) fake.say(channel, `earlier ${i}`);
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
      code: "connector.unauthorised",
      message: "Slack answered 200 to GET /api/conversations.history: missing_scope (the app needs the scope channels:history)",
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
    expect((await failureFrom(updateMessage.apply({ channel, ts, text: "x" }, context()))).message).toContain(": cant_update_message");
  });
});

describe("a channel that takes nothing from the app", () => {
  const fallback = "C0ALARMS";
  const input = { channel, text: "Refund over the limit", threadTs: "1700000000.000100", fallback };
  type Close = (fake: ReturnType<typeof setUp>["fake"]) => void;
  const closed: [string, Close][] = [
    ["is archived", (fake) => Object.assign(fake.channels.get(channel) ?? {}, { archived: true })],
    ["the app is not in", (fake) => Object.assign(fake.channels.get(channel) ?? {}, { joined: false })],
    ["is gone", (fake) => fake.channels.delete(channel)],
  ];
  const open = () => {
    const here = setUp();
    here.fake.channels.set(fallback, { id: fallback, archived: false, joined: true, messages: [] });
    return here;
  };

  it.each(closed)("because it %s: the message goes to the fallback, says so, and is told", async (_, close) => {
    const { fake, context } = open();
    close(fake);
    const output = await postMessage.apply(input, context());
    const [message] = fake.channels.get(fallback)?.messages ?? [];
    expect(output).toEqual({ channel: fallback, ts: message?.ts, instead: channel });
    expect(message?.text).toContain(`This was meant for ${channel}`);
    expect(message?.text).toContain("Refund over the limit");
    // The thread is the other channel's.
    expect(message?.thread_ts).toBeUndefined();
  });

  it.each(closed)("because it %s: a lost answer of the fallback is found there, and not sent twice", async (_, close) => {
    const { fake, context } = open();
    close(fake);
    fake.fault("lost", "after", ({ path, body }) => path === "/chat.postMessage" && body?.channel === fallback);
    expect((await failureFrom(postMessage.apply(input, context()))).code).toBe("connector.unavailable");
    expect(await postMessage.find?.({ ...input, threadTs: undefined }, context())).toMatchObject({ channel: fallback, instead: channel });
    expect(fake.writes.get("chat.postMessage")).toBe(1);
  });

  it("is no reason to say no, where it cannot be read and the fallback has nothing", async () => {
    const { fake, context } = open();
    Object.assign(fake.channels.get(channel) ?? {}, { joined: false });
    expect((await failureFrom(postMessage.find?.(input, context()))).message).toContain("not_in_channel");
  });

  it("fails as before without a fallback, and for every other reason", async () => {
    const { fake, context } = open();
    fake.answerNext("chat.postMessage", { ok: false, error: "msg_too_long" });
    expect((await failureFrom(postMessage.apply(input, context()))).message).toContain("msg_too_long");
    fake.answerNext("chat.postMessage", { ok: false, error: "internal_error" });
    expect((await failureFrom(postMessage.apply(input, context()))).code).toBe("connector.unavailable");
    Object.assign(fake.channels.get(channel) ?? {}, { archived: true });
    expect((await failureFrom(postMessage.apply({ channel, text: "x" }, context()))).message).toContain("is_archived");
    expect(fake.writes.size).toBe(0);
  });

  it("is chosen by severity and team from a table, of which the first row that fits counts", () => {
    const table = {
      rows: [
        { severity: "high", team: "billing", channel: "C0URGENT" },
        { team: "billing", channel: "C0BILLING" },
        { severity: "high", channel: "C0HIGH" },
      ],
      fallback,
    };
    expect(routeOf(table, { severity: "high", team: "billing" })).toEqual({ channel: "C0URGENT", fallback });
    expect(routeOf(table, { severity: "low", team: "billing" })).toEqual({ channel: "C0BILLING", fallback });
    expect(routeOf(table, { severity: "high", team: "returns" })).toEqual({ channel: "C0HIGH", fallback });
    expect(routeOf(table, { team: "returns" })).toEqual({ channel: fallback, fallback });
  });
});

describe("blocks", () => {
  const blocks = [{ type: "section", text: { type: "plain_text", text: "Refund 42" } }];

  it("are replaced, proved and put back, whatever ids Slack gives them", async () => {
    const { fake, http, context } = setUp();
    const { ts } = await postMessage.apply({ channel, text: "Waiting", blocks }, context());
    const input = { channel, ts, text: "Done", blocks: [{ type: "header", text: { type: "plain_text", text: "Done" } }] };
    const before = await updateMessage.look?.(input, http);
    await updateMessage.apply(input, context());
    expect(await updateMessage.prove?.(input, { channel, ts }, http)).toEqual({ text: "Done", blocks: input.blocks });
    if (updateMessage.undo.kind !== "restore") expect.fail("it is a restore");
    await updateMessage.undo.restore(input, before?.fields ?? {}, context());
    expect(fake.channels.get(channel)?.messages[0]).toMatchObject({ text: "Waiting", blocks });
  });

  it("of a message are not lost by an update that has none", async () => {
    const { http, context } = setUp();
    const { ts } = await postMessage.apply({ channel, text: "Waiting", blocks }, context());
    expect(await failureFrom(updateMessage.look?.({ channel, ts, text: "Done" }, http))).toMatchObject({ field: "blocks" });
  });

  it("that somebody else changed meanwhile stay when the text is put back", async () => {
    const { fake, http, context } = setUp();
    const { ts } = await postMessage.apply({ channel, text: "Waiting", blocks }, context());
    const input = { channel, ts, text: "Done", blocks: [{ type: "divider" }] };
    await updateMessage.look?.(input, http);
    await updateMessage.apply(input, context());
    const [message] = fake.channels.get(channel)?.messages ?? [];
    if (message) message.blocks = [{ type: "context", elements: [] }];
    if (updateMessage.undo.kind !== "restore") expect.fail("it is a restore");
    await updateMessage.undo.restore(input, { text: "Waiting" }, context());
    expect(message).toMatchObject({ text: "Waiting", blocks: [{ type: "context" }] });
  });
});

describe("people", () => {
  it("are found by their address, and written to directly", async () => {
    const { fake, http, context } = setUp();
    fake.people.set("U0ADA", { email: "Ada@Example.com", real_name: "Ada" });
    const found = await findUser.run({ email: "ada@example.com" }, http);
    expect(found).toEqual({ id: "U0ADA", team: "T0", name: "Ada", email: "Ada@Example.com" });
    const { channel: direct } = await openConversation.run({ user: found.id }, http);
    expect(await openConversation.run({ user: found.id }, http)).toEqual({ channel: direct });
    await postMessage.apply({ channel: direct, text: "A word" }, context());
    expect(fake.channels.get(direct)?.messages).toHaveLength(1);
  });

  it("who are not there, or whose account was closed, are not found", async () => {
    const { fake, http } = setUp();
    fake.people.set("U0OLD", { email: "old@example.com", deleted: true });
    expect((await failureFrom(findUser.run({ email: "nobody@example.com" }, http))).code).toBe("connector.not_found");
    expect((await failureFrom(findUser.run({ email: "old@example.com" }, http))).code).toBe("connector.not_found");
    expect((await failureFrom(openConversation.run({ user: "U0NOBODY" }, http))).code).toBe("connector.not_found");
  });
});

describe("the credential", () => {
  const rotating = { clientId: "1.2", clientSecret: "s", refreshToken: "xoxe-1-A" };
  const tokenAuth = (secret: unknown) => {
    const auth = slackAuth(JSON.stringify(secret));
    return auth.kind === "token" ? auth : expect.fail("it is a token that expires");
  };
  const answer = (json: unknown) => ({ status: 200, headers: new Headers(), json, text: "" });

  it("is a bot token as it is", () => {
    expect(slackAuth("xoxb-1")).toEqual({ kind: "header", name: "authorization", value: "Bearer xoxb-1" });
  });

  it("or asks for the next token with the refresh token of the last answer", () => {
    const auth = tokenAuth(rotating);
    const ask = (kept: string | null) => new URLSearchParams(auth.request({ kept, now: NOW, nonce: "" }).content?.text);
    expect(Object.fromEntries(ask(null))).toEqual({
      grant_type: "refresh_token",
      client_id: "1.2",
      client_secret: "s",
      refresh_token: "xoxe-1-A",
    });
    expect(ask("xoxe-1-B").get("refresh_token")).toBe("xoxe-1-B");
    const told = { ok: true, access_token: "xoxe.xoxb-1-A", expires_in: 43_200, refresh_token: "xoxe-1-B", token_type: "bot" };
    expect(auth.read(answer(told), NOW, "")).toEqual({ value: "xoxe.xoxb-1-A", expiresAt: NOW + 43_200_000, refresh: "xoxe-1-B" });
    expect(() => auth.read(answer({ ok: false, error: "invalid_refresh_token" }), NOW, "")).toThrow("invalid_refresh_token");
  });

  it.each([
    [{ clientId: "1.2", clientSecret: "s" }, "refreshToken"],
    [{ ...rotating, clientId: "" }, "clientId"],
  ])("that lacks a part is refused by its name: %j", (secret, part) => {
    expect(() => slackAuth(JSON.stringify(secret))).toThrow(part);
  });

  it("that was rotated away is asked for anew once, although Slack says so with HTTP 200", async () => {
    const { fake } = setUp();
    const given = ["xoxe.old", TOKEN];
    const asked: (string | null)[] = [];
    const http = connect({
      connector: slack,
      baseUrl: "http://127.0.0.1:8788/slack",
      secret: JSON.stringify(rotating),
      settings: {},
      account: {
        token: async (refused) => {
          asked.push(refused);
          return ok({ value: given.shift() ?? "", expiresAt: null });
        },
        lease: async ({ units }) => ok({ kind: "leased", units }),
        note: async () => ok(null),
      },
      now: () => NOW,
      nonce: () => "",
      fetch: fake.fetch,
    });
    fake.answerNext("chat.postMessage", { ok: false, error: "token_expired" });
    await postMessage.apply({ channel, text: "x" }, { http, key: "k", version: null });
    expect(asked).toEqual([null, "xoxe.old"]);
    expect(fake.writes.get("chat.postMessage")).toBe(1);
  });
});

describe("the assessment", () => {
  const findings = async (name: string, here: ReturnType<typeof setUp>, settings: Record<string, string> = {}, now = NOW) =>
    (await slack.checks
      ?.find((check) => check.name === name)
      ?.run({ http: { ...here.http, settings }, now, hookUrl: "https://x.example/hooks/slack" })) ?? expect.fail(`no check ${name}`);

  it("names the bot, and a clock that is off", async () => {
    const here = setUp();
    expect((await findings("auth", here)).map(({ outcome }) => outcome)).toEqual(["confirmed", "confirmed"]);
    expect((await findings("auth", here, {}, NOW + 120_000))[1]).toMatchObject({
      outcome: "warning",
      said: "Its clock and ours differ by 120 s",
    });
    expect((await findings("auth", here, {}, NOW + 400_000))[1]?.outcome).toBe("missing");
    here.fake.answerNext("auth.test", { ok: true, team: "Acme", user: "ada" });
    expect((await findings("auth", here))[0]).toMatchObject({ outcome: "missing", fix: expect.stringContaining("xoxb-") });
  });

  it("names each scope that is missing", async () => {
    const here = setUp();
    here.fake.scopes = "channels:history,users:read,im:write";
    const wrong = (await findings("scopes", here)).filter(({ outcome }) => outcome !== "confirmed");
    expect(wrong).toMatchObject([
      { outcome: "missing", said: expect.stringContaining("chat:write") },
      { outcome: "warning", said: expect.stringContaining("users:read.email") },
    ]);
  });

  it("names each channel that the app cannot post to", async () => {
    const here = setUp();
    for (const [id, more] of [
      ["C0OLD", { archived: true }],
      ["C0OUT", { joined: false }],
    ] as const)
      here.fake.channels.set(id, { id, archived: false, joined: true, messages: [], ...more });
    const found = await findings("objects", here, { channels: `${channel}, C0OLD,C0OUT,C0GONE` });
    expect(found.map(({ outcome }) => outcome)).toEqual(["confirmed", "missing", "missing", "missing"]);
    expect(found.map(({ said }) => said).join()).toMatch(/archived.*not in C0OUT.*channel_not_found/);
    expect((await findings("objects", here))[0]?.outcome).toBe("cannot_tell");
  });

  it("says what only a person can see", async () => {
    expect(await findings("webhook", setUp())).toMatchObject([
      { outcome: "cannot_tell", fix: expect.stringContaining("https://x.example/hooks/slack") },
    ]);
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
    ["missing_scope", "connector.unauthorised"],
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
    expect(await failureFrom(postMessage.apply({ channel, text: "x" }, context()))).toMatchObject({
      code,
      message: `Slack answered 200 to POST /api/chat.postMessage: ${error}`,
    });
    expect(fake.requests).toHaveLength(1);
  });

  it("tells what Slack found wrong with the blocks", () => {
    const body = { ok: false, error: "invalid_blocks", response_metadata: { messages: ["[ERROR] missing required field: type"] } };
    expect(slackRefusal({ status: 200, headers: new Headers(), json: body, text: "" })).toEqual({
      code: "connector.rejected",
      message: "invalid_blocks ([ERROR] missing required field: type)",
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
