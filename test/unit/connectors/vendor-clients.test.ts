// The vendors' own clients against our stand-ins, over loopback HTTP: a stand-in that they can read answers in the vendor's shapes, and what holds against it means
// something. Slack's is Slack's, Shopify's is Shopify's; Zendesk has none for JavaScript, and node-zendesk is the one in use. The whole sandbox runs here, with SQLite in memory.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdminApiClient } from "@shopify/admin-api-client";
import { ErrorCode, LogLevel, WebClient } from "@slack/web-api";
import { createClient } from "node-zendesk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sandboxApp } from "../../../sandbox/app.ts";
import type { SandboxEnv } from "../../../sandbox/environment.ts";
import { API_TOKEN, SHOP } from "../../../sandbox/shopify/shop.ts";
import { openWorld } from "../../../sandbox/world.ts";
import { API_VERSION } from "../../../src/connectors/shopify-api.ts";
import { ADD_TAGS, CHECK_READ, CHECK_SHOP } from "../../../src/connectors/shopify-documents.ts";
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

describe("Shopify's own client", () => {
  const client = (accessToken = API_TOKEN) =>
    createAdminApiClient({
      storeDomain: SHOP,
      apiVersion: API_VERSION,
      accessToken,
      retries: 0,
      // It warns of versions by the machine's date.
      logger: () => {},
      // It speaks to https alone; its shop is here.
      customFetchApi: (url, init) => fetch(`${base}/shopify${new URL(url).pathname}`, init as RequestInit),
    });
  const firstOrder = async (): Promise<{ id: string; name: string }> => {
    const { data, errors } = await client().request(CHECK_READ.text);
    expect(errors).toBeUndefined();
    return data.orders.nodes[0];
  };

  it("reads the shop and an order, and tags the order, by the documents that the connector sends", async () => {
    const { data, extensions } = await client().request(CHECK_SHOP.text);
    expect(data.shop).toMatchObject({ myshopifyDomain: SHOP });
    expect(extensions?.cost).toMatchObject({ throttleStatus: { currentlyAvailable: expect.any(Number) } });
    const { id, name } = await firstOrder();
    expect([id, name]).toEqual([expect.stringMatching(/^gid:\/\/shopify\/Order\/\d+$/), expect.stringMatching(/^#/)]);
    const tagged = await client().request(ADD_TAGS.text, { variables: { id, tags: ["triaged"] } });
    expect(tagged).toMatchObject({ data: { tagsAdd: { node: { id }, userErrors: [] } } });
    const read = await client().request("query Tags($id: ID!) { order(id: $id) { tags } }", { variables: { id } });
    expect(read.data.order.tags).toContain("triaged");
  });

  it("reads the stand-in's refusals as Shopify's", async () => {
    expect((await client("another").request(CHECK_SHOP.text)).errors).toMatchObject({ networkStatusCode: 401 });
    const wrong = await client().request("{ shop { nothing } }");
    expect(wrong.errors).toMatchObject({ networkStatusCode: 200, graphQLErrors: [{ extensions: { code: "undefinedField" } }] });
    const { data } = await client().request(ADD_TAGS.text, { variables: { id: "gid://shopify/Order/1", tags: ["triaged"] } });
    expect(data.tagsAdd).toMatchObject({ node: null, userErrors: [{ message: expect.any(String) }] });
    const limit = (available: number) =>
      app.request("http://127.0.0.1/control/shopify/limits", {
        method: "POST",
        body: JSON.stringify({ capacity: 1_000, restoreRate: 50, available }),
        headers: { "content-type": "application/json" },
      });
    expect((await limit(0)).status).toBe(200);
    const throttled = await client().request(CHECK_READ.text);
    expect(throttled.errors).toMatchObject({ networkStatusCode: 200, graphQLErrors: [{ extensions: { code: "THROTTLED" } }] });
    await limit(1_000);
  });
});
