// The vendors' own clients against our stand-ins, over loopback HTTP: a stand-in that they can read answers in the vendor's shapes, and what holds against it means
// something. Slack's is Slack's; Zendesk has none for JavaScript, and node-zendesk is the one in use. The whole sandbox runs here, with SQLite in memory.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ErrorCode, LogLevel, WebClient } from "@slack/web-api";
import { createClient } from "node-zendesk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sandboxApp } from "../../../sandbox/app.ts";
import type { SandboxEnv } from "../../../sandbox/environment.ts";
import { openWorld } from "../../../sandbox/world.ts";
import { Database } from "../../simulate/partition/sqlite.ts";

const TOKEN = "sandbox-token";

const database = new Database();
const exec = (statement: string, ...given: unknown[]) => {
  const rows = database.rows(statement, given);
  return {
    toArray: () => rows,
    one: () => rows[0],
    raw: () => rows.map((row) => Object.values(row)).values(),
    [Symbol.iterator]: () => rows.values(),
  };
};
const world = openWorld(
  {
    storage: { sql: { exec }, transactionSync: (work: () => unknown) => database.transaction(work) },
    waitUntil: (work: Promise<unknown>) => void work.catch(() => {}),
  } as unknown as DurableObjectState,
  {
    ZENDESK_API_TOKEN: TOKEN,
    ZENDESK_WEBHOOK_SECRET: "secret",
    SLACK_BOT_TOKEN: TOKEN,
    SLACK_SIGNING_SECRET: "secret",
    // Nobody listens there: what the stand-ins post of themselves is no part of this.
    INTERLOCK_URL: "http://127.0.0.1:1",
    TARGET_HOOK: "",
  } as SandboxEnv,
);
const app = sandboxApp(world);

const server = createServer(async (request, response) => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const body = request.method === "GET" ? {} : { body: Buffer.concat(parts) };
  const headers = request.headers as Record<string, string>;
  const answer = await app.request(`http://127.0.0.1${request.url}`, { method: request.method ?? "GET", headers, ...body });
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(Buffer.from(await answer.arrayBuffer()));
});
let base = "";

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe("Slack's own client", () => {
  const client = (token = TOKEN): WebClient =>
    new WebClient(token, {
      slackApiUrl: `${base}/slack/api/`,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      logLevel: LogLevel.ERROR,
    });
  const metadata = { event_type: "interlock_step", event_payload: { key: "run-1/step" } };

  it("posts, reads the channel back with the metadata, answers in the thread, and replaces the message", async () => {
    const slack = client();
    const posted = await slack.chat.postMessage({ channel: "C0SUPPORT", text: "Ticket 42", metadata, unfurl_links: false });
    expect(posted).toMatchObject({ ok: true, channel: "C0SUPPORT", message: { text: "Ticket 42", bot_id: "B0INTERLOCK" } });
    const ts = String(posted.ts);
    const bare = await slack.conversations.history({ channel: "C0SUPPORT", limit: 1 });
    expect(bare.messages?.[0]?.ts).toBe(ts);
    expect(bare.messages?.[0]).not.toHaveProperty("metadata");
    const history = await slack.conversations.history({ channel: "C0SUPPORT", limit: 1, include_all_metadata: true });
    expect(history.messages?.[0]).toMatchObject({ ts, metadata });
    const reply = await slack.chat.postMessage({ channel: "C0SUPPORT", text: "Step 2", thread_ts: ts });
    const thread = await slack.conversations.replies({ channel: "C0SUPPORT", ts });
    expect(thread.messages?.map((message) => message.ts)).toEqual([ts, reply.ts]);
    expect(await slack.chat.update({ channel: "C0SUPPORT", ts, text: "Ticket 42 is solved" })).toMatchObject({ ok: true, ts });
  });

  it("pages through a channel by its cursors", async () => {
    const slack = client();
    for (const text of ["one", "two", "three"]) await slack.chat.postMessage({ channel: "C0BILLING", text });
    const texts: unknown[] = [];
    for await (const page of slack.paginate("conversations.history", { channel: "C0BILLING", limit: 2 }))
      texts.push(...((page as { messages?: { text: string }[] }).messages ?? []).map(({ text }) => text));
    expect(texts).toEqual(["three", "two", "one"]);
  });

  it("finds people and who it is itself", async () => {
    const slack = client();
    expect(await slack.auth.test()).toMatchObject({ ok: true, team_id: "T0SANDBOX", user_id: "U0INTERLOCK" });
    const found = await slack.users.lookupByEmail({ email: "ada@example.com" });
    expect(found.user).toMatchObject({ id: "U0ADA", profile: { email: "ada@example.com" } });
    expect((await slack.conversations.open({ users: "U0ADA" })).channel?.id).toBe("D0ADA");
  });

  it("reads the stand-in's refusals as Slack's", async () => {
    const refused = { code: ErrorCode.PlatformError };
    await expect(client().chat.postMessage({ channel: "C0NOWHERE", text: "x" })).rejects.toMatchObject({
      ...refused,
      data: { error: "channel_not_found" },
    });
    await expect(client("another").auth.test()).rejects.toMatchObject({ ...refused, data: { error: "invalid_auth" } });
    world.settings.change({ slack_rate_limit: 0 });
    await expect(client().chat.postMessage({ channel: "C0SUPPORT", text: "x" })).rejects.toMatchObject({
      code: ErrorCode.RateLimitedError,
      retryAfter: expect.any(Number),
    });
    world.settings.reset();
  });
});

describe("Zendesk, by node-zendesk", () => {
  const client = (token = TOKEN) =>
    createClient({ username: "maya.brandt@example.com", token, endpointUri: `${base}/zendesk/api/v2`, throwOriginalException: true });

  it("creates a ticket, changes it, comments on it, and reads the ticket, its comments and its audits", async () => {
    const zendesk = client();
    const { result: made } = await zendesk.tickets.create({
      ticket: { subject: "Charged twice", comment: { body: "My card was charged twice" } },
    });
    expect(made).toMatchObject({ subject: "Charged twice", status: expect.any(String) });
    const { result: changed } = await zendesk.tickets.update(made.id, {
      ticket: { group_id: 101, priority: "high", tags: ["triaged"], comment: { body: "Sent on to billing", public: false } },
    });
    expect(changed).toMatchObject({ id: made.id, group_id: 101, priority: "high", tags: ["triaged"] });
    const { result: shown } = await zendesk.tickets.show(made.id);
    expect(shown).toMatchObject({ id: made.id, priority: "high" });
    const comments = await zendesk.tickets.getComments(made.id);
    expect(comments.map(({ body, public: shownToAll }) => [body, shownToAll])).toEqual([
      ["My card was charged twice", true],
      ["Sent on to billing", false],
    ]);
    const audits = (await zendesk.ticketaudits.list(made.id)) as { ticket_id: number; events: { type: string }[] }[];
    expect(audits.map(({ ticket_id }) => ticket_id)).toEqual([made.id, made.id]);
    expect(audits[1]?.events.map(({ type }) => type)).toEqual(expect.arrayContaining(["Change", "Comment"]));
  });

  it("lists tickets and groups page by page, and knows who it is", async () => {
    const zendesk = client();
    const ids = (await zendesk.tickets.list()).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBe(world.tickets.count());
    expect((await zendesk.groups.list()).map(({ name }) => name)).toEqual(expect.arrayContaining(["support", "billing"]));
    expect((await zendesk.users.me()).result).toMatchObject({ id: 901, role: "agent" });
  });

  it("reads the stand-in's refusals as Zendesk's", async () => {
    const zendesk = client();
    await expect(zendesk.tickets.show(99_999)).rejects.toMatchObject({ statusCode: 404 });
    await expect(client("another").tickets.list()).rejects.toMatchObject({ statusCode: 401 });
    const { result: made } = await zendesk.tickets.create({ ticket: { subject: "Safe", comment: { body: "Twice" } } });
    const stale = { ticket: { priority: "low", safe_update: true, updated_stamp: "2020-01-01T00:00:00Z" } };
    await expect(zendesk.tickets.update(made.id, stale as never)).rejects.toMatchObject({ statusCode: 409 });
    await expect(zendesk.tickets.update(made.id, { ticket: { group_id: 1 } } as never)).rejects.toMatchObject({ statusCode: 422 });
    world.settings.change({ zendesk_rate_limit: 0 });
    // This client knows a limit by Retry-After, and hands it on as a result.
    const limited = await zendesk.tickets.show(made.id);
    expect(limited.result).toMatchObject({ statusCode: 429, result: { error: "APIRateLimitExceeded" } });
    world.settings.reset();
  });
});
