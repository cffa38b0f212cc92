// The stand-ins' contract: that they answer as the vendors do. First the documented exchanges, which live beside the repository and are
// skipped where they are not; then what a workflow relies on: stamps, audits, refusals, idempotency, paging, metadata, and the counts.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestHarness } from "wrangler";
import { type Answer, asAgent, type NewTicket, type SandboxClient, SLACK_AUTH, sandboxClient, ZENDESK_AUTH } from "../../sandbox/client.ts";
import { createHttp } from "../../src/connectors/http.ts";
import { zendesk } from "../../src/connectors/zendesk.ts";

type Json = Record<string, unknown>;
interface Exchange {
  name: string;
  request: { method: string; path: string; headers: Record<string, string>; body: Json | string | null };
  response: { status: number; headers: Record<string, string>; body: Json | string };
}

const MAYA = asAgent("maya.brandt@example.com");
const ROOT = path.join(import.meta.dirname, "../..");
const server = createTestHarness({ root: ROOT, workers: [{ configPath: "sandbox/wrangler.toml" }] });
let sandbox: SandboxClient;

async function ticket(input: Partial<NewTicket> = {}): Promise<number> {
  return (await sandbox.newTicket({ subject: "Where is it?", description: "My parcel is late.", deliver: "none", ...input })).ticket_id;
}

beforeAll(async () => {
  sandbox = sandboxClient(String((await server.listen()).url));
});
afterAll(() => server.close());
beforeEach(() => sandbox.reset());

const CONTRACTS = path.join(ROOT, "../shared/contracts");
const exchanges = (system: string) =>
  JSON.parse(readFileSync(path.join(CONTRACTS, system, "exchanges.derived.json"), "utf8")) as Exchange[];

/** That a documented body's fields are there, with the same type; ids and times are the sandbox's own. */
function sameShape(actual: unknown, documented: unknown, at = "body"): void {
  if (documented === null || actual === null) return;
  if (Array.isArray(documented)) expect(Array.isArray(actual), at).toBe(true);
  else if (typeof documented === "object") {
    for (const [name, value] of Object.entries(documented as Json)) {
      expect(actual as Json, at).toHaveProperty([name]);
      sameShape((actual as Json)[name], value, `${at}.${name}`);
    }
  } else expect(typeof actual, at).toBe(typeof documented);
}

function compare(answer: Answer, { response }: Exchange): void {
  expect(answer.status, answer.text).toBe(response.status);
  for (const name of Object.keys(response.headers)) expect(answer.headers.has(name), name).toBe(true);
  if (typeof response.body === "string") {
    expect(answer.text).toContain(response.body.startsWith("<html>") ? "<html>" : response.body);
    return;
  }
  sameShape(answer.json, response.body);
  const { error } = response.body;
  if (typeof error === "string") expect(answer.json.error).toBe(error);
}

describe("documented exchanges", () => {
  if (!existsSync(CONTRACTS)) test.skip("../shared/contracts is not beside the repository", () => {});

  /** What has to be so before the exchange makes sense. A reason instead: the sandbox does not play this part. */
  const zendeskSetup: Record<string, (() => Promise<unknown>) | string> = {
    "create-idempotent-replay": () => sandbox.zendesk("POST", "/tickets", ...repeated),
    "create-idempotent-mismatch": () => sandbox.zendesk("POST", "/tickets", ...repeated),
    "rate-limit": () => sandbox.faults({ system: "zendesk", kind: "429", retryAfter: 93 }),
    validation: () => sandbox.settings({ required_on_solve: [{ id: 27642, title: "Order" }] }),
    maintenance: () => sandbox.faults({ system: "zendesk", kind: "503-html", retryAfter: 15 }),
    "update-many": "no bulk jobs: a workflow writes one record at a time",
  };
  const key = { ...ZENDESK_AUTH, "idempotency-key": "run_01:step_2" };
  const repeated: [Json, Record<string, string>] = [{ ticket: { subject: "s", comment: { body: "b" }, external_id: "run_01" } }, key];

  for (const exchange of existsSync(CONTRACTS) ? exchanges("zendesk") : []) {
    const setup = zendeskSetup[exchange.name];
    test.skipIf(typeof setup === "string")(`Zendesk: ${exchange.name}${typeof setup === "string" ? ` (${setup})` : ""}`, async () => {
      const id = await ticket({
        group_id: 101,
        tags: ["vip"],
        custom_fields: [{ id: 27642, value: exchange.name === "validation" ? null : "745" }],
      });
      if (typeof setup === "function") await setup();
      const { updated_at } = await sandbox.ticket(id);
      const { method, path: at, headers, body } = exchange.request;
      const text = JSON.stringify(body)
        ?.replaceAll('"2026-11-20T05:09:26Z"', `"${updated_at}"`)
        .replaceAll('"group_id":1,', '"group_id":102,');
      const known = exchange.name === "not-found" ? at : at.replace("5158", String(id));
      const auth = headers.authorization ? { ...headers, ...ZENDESK_AUTH } : {};
      compare(await sandbox.call(method, `/zendesk${known}`, body === null ? undefined : text, auth), exchange);
    });
  }

  const slackSetup: Record<string, (() => Promise<unknown>) | string> = {
    "rate-limit": () => sandbox.faults({ system: "slack", kind: "429", retryAfter: 30 }),
    "token-revoked": () =>
      sandbox.faults({ system: "slack", kind: "answer", answer: { status: 200, body: { ok: false, error: "token_revoked" } } }),
    "missing-scope": () =>
      sandbox.faults({
        system: "slack",
        kind: "answer",
        answer: { status: 200, body: { ok: false, error: "missing_scope", needed: "chat:write", provided: "commands" } },
      }),
    "token-refresh": "of another app; with the sandbox's own below",
  };

  for (const exchange of existsSync(CONTRACTS) ? exchanges("slack") : []) {
    const setup = slackSetup[exchange.name];
    test.skipIf(typeof setup === "string")(`Slack: ${exchange.name}${typeof setup === "string" ? ` (${setup})` : ""}`, async () => {
      const { ts } = (await sandbox.slack("chat.postMessage", { channel: "C0BILLING", text: "before" })).json;
      if (typeof setup === "function") await setup();
      const { method, path: at, headers, body } = exchange.request;
      const text = JSON.stringify(body).replaceAll('"C1"', '"C0BILLING"').replaceAll("1700000001.000200", String(ts));
      const place = at.startsWith("https://hooks.slack.com") ? `/slack/response/C0BILLING/${ts}` : `/slack${at}`;
      compare(await sandbox.call(method, place, text, { ...headers, "content-type": "application/json", ...SLACK_AUTH }), exchange);
    });
  }
});

describe("Zendesk", () => {
  test("an update is applied, audited with its metadata, and counted once", async () => {
    const id = await ticket();
    const update = {
      group_id: 102,
      priority: "high",
      additional_tags: ["routed"],
      comment: { body: "Routed", public: false },
      metadata: { key: "r/2" },
    };
    const put = await sandbox.zendesk("PUT", `/tickets/${id}.json`, { ticket: update });
    expect(put.status).toBe(200);
    expect(put.json.ticket).toMatchObject({ id, group_id: 102, priority: "high", tags: ["routed"] });
    expect(put.json.audit).toMatchObject({
      author_id: 900,
      metadata: { custom: { key: "r/2" } },
      events: [{ type: "Comment", public: false }, {}, {}, {}],
    });
    const { comments, count } = (await sandbox.zendesk("GET", `/tickets/${id}/comments`)).json as { comments: Json[]; count: number };
    expect([count, comments[1]?.body, comments[1]?.public]).toEqual([2, "Routed", false]);
    expect((await sandbox.zendesk("GET", `/tickets/${id}/audits?page[size]=1&sort=-created_at`)).json).toMatchObject({
      audits: [{ metadata: { custom: { key: "r/2" } } }],
      meta: { has_more: true },
    });
    expect((await sandbox.ticket(id)).writes).toEqual({ requests: 1, applied: 1 });
  });

  test("two updates in one second get different stamps, so that the second stale writer is stopped", async () => {
    const id = await ticket();
    const { updated_at } = (await sandbox.zendesk("GET", `/tickets/${id}`)).json.ticket as { updated_at: string };
    const safe = (priority: string) =>
      sandbox.zendesk("PUT", `/tickets/${id}`, { ticket: { priority, safe_update: true, updated_stamp: updated_at } });
    const both = await Promise.all([safe("low"), safe("high")]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await sandbox.ticket(id)).writes).toEqual({ requests: 2, applied: 1 });
  });

  test("a flat body is answered 200 and ignored", async () => {
    const id = await ticket();
    expect((await sandbox.zendesk("PUT", `/tickets/${id}`, { priority: "urgent" })).status).toBe(200);
    expect((await sandbox.ticket(id)).priority).toBeNull();
    expect((await sandbox.ticket(id)).writes).toEqual({ requests: 1, applied: 0 });
  });

  test("what is not valid is refused with every reason, and nothing is applied", async () => {
    const id = await ticket();
    const put = await sandbox.zendesk("PUT", `/tickets/${id}`, { ticket: { priority: "asap", group_id: 9, status: "open" } });
    expect(put.status).toBe(422);
    expect(put.json).toMatchObject({ error: "RecordInvalid", details: { priority: [{ error: "InvalidValue" }], group: [{}] } });
    expect((await sandbox.ticket(id)).status).toBe("new");
  });

  test("a person with their own address changes a ticket, and is not counted as Interlock", async () => {
    const id = await ticket();
    expect((await sandbox.zendesk("PUT", `/tickets/${id}`, { ticket: { priority: "low" } }, MAYA)).json.audit).toMatchObject({
      author_id: 901,
    });
    expect(await sandbox.ticket(id)).toMatchObject({ writes: { requests: 0, applied: 0 }, other_writes: { requests: 1, applied: 1 } });
    expect((await sandbox.zendesk("GET", "/users/me", undefined, MAYA)).json).toMatchObject({ user: { name: "Maya Brandt" } });
  });

  test("redacting removes the words from comment, description and audit; making private hides", async () => {
    const id = await ticket({ description: "My card is 4111." });
    const first = (await sandbox.ticket(id)).comments[0]?.id;
    const redacted = await sandbox.zendesk("PUT", `/tickets/${id}/comments/${first}/redact`, { text: "4111" });
    expect(redacted.json).toMatchObject({ comment: { id: first, body: "My card is ▇▇▇▇." } });
    expect((await sandbox.zendesk("PUT", `/tickets/${id}/comments/${first}/make_private.json`, {})).status).toBe(200);
    const state = await sandbox.ticket(id);
    expect(JSON.stringify(state)).not.toContain("4111");
    expect(state).toMatchObject({ comments: [{ public: false }], writes: { requests: 2, applied: 2 } });
    expect(state.audits.flatMap(({ events }) => events.map(({ type }) => type)).slice(-2)).toEqual([
      "CommentRedactionEvent",
      "CommentPrivacyChange",
    ]);
  });

  test("a repeat of a create with the same key answers the first ticket, and another body is refused", async () => {
    const key = { ...ZENDESK_AUTH, "idempotency-key": "run_01:step_2" };
    const create = (subject: string) =>
      sandbox.zendesk("POST", "/tickets", { ticket: { subject, comment: { body: "b" }, external_id: "run_01" } }, key);
    const [first, second, third] = [await create("s"), await create("s"), await create("other")];
    expect([first.status, first.headers.get("x-idempotency-lookup")]).toEqual([201, "miss"]);
    expect([second.status, second.headers.get("x-idempotency-lookup"), second.json]).toEqual([201, "hit", first.json]);
    expect([third.status, third.json.error]).toEqual([400, "IdempotentRequestError"]);
    expect((await sandbox.zendesk("GET", "/tickets?external_id=run_01")).json.count).toBe(1);
  });

  test("lists page by cursor and by offset without losing or repeating a ticket", async () => {
    const { ticket_ids } = await sandbox.bulk(Array(5).fill({ subject: "s", description: "d" }));
    const seen: number[] = [];
    let next: string | null = `${sandbox.base}/zendesk/api/v2/tickets?page[size]=2`;
    while (next) {
      const page = (await (await fetch(next, { headers: ZENDESK_AUTH })).json()) as {
        tickets: { id: number }[];
        links: { next: string | null };
      };
      seen.push(...page.tickets.map(({ id }) => id));
      next = page.links.next;
    }
    expect(seen).toEqual(ticket_ids);
    expect((await sandbox.zendesk("GET", "/tickets?per_page=2&page=3")).json).toMatchObject({
      tickets: [{ id: seen[4] }],
      count: 5,
      next_page: null,
    });
  });

  test("says how much of the limit is left, and refuses with Retry-After beyond it", async () => {
    const id = await ticket();
    const before = Number((await sandbox.zendesk("GET", `/tickets/${id}`)).headers.get("x-rate-limit-remaining"));
    expect(before).toBeGreaterThan(90_000);
    await sandbox.settings({ zendesk_rate_limit: 0 });
    const over = await sandbox.zendesk("GET", `/tickets/${id}`);
    expect([over.status, over.headers.get("ratelimit-remaining"), Number(over.headers.get("retry-after")) > 0]).toEqual([429, "0", true]);
  });

  test("knows its groups and its users, and nobody else", async () => {
    const { groups } = (await sandbox.zendesk("GET", "/groups.json")).json as { groups: { id: number; name: string }[] };
    expect(groups.map(({ id, name }) => `${id} ${name}`)).toEqual([
      "100 support",
      "101 billing",
      "102 shipping",
      "103 returns",
      "104 technical",
      "105 account",
      "106 privacy",
    ]);
    expect((await sandbox.zendesk("GET", "/users/me")).json).toMatchObject({ user: { id: 900, name: "Interlock" } });
    expect((await sandbox.zendesk("GET", "/users/4711")).status).toBe(404);
    expect((await sandbox.zendesk("GET", "/tickets/1", undefined, { authorization: "Bearer wrong" })).status).toBe(401);
  });

  test("is what our connector takes it for: a ticket is made once and found, deleted, exported, and the account can be assessed", async () => {
    const { url } = await server.listen();
    const http = createHttp({
      baseUrl: `${String(url).replace(/\/$/, "")}/zendesk`,
      authorization: ZENDESK_AUTH.authorization,
      system: "Zendesk",
      now: () => Date.now(),
    });
    const { createTicket, findUser } = zendesk.actions;
    const input = { requester: "kim@example.net", subject: "S", description: "D", internal: true, assignee: "maya.brandt@example.com" };
    const context = { http, key: "run-1/step", version: null };
    const made = await createTicket.apply(input, context);
    expect(await createTicket.find?.(input, context)).toEqual(made);
    expect(await createTicket.prove?.(input, made, http)).toEqual(createTicket.values(input));
    expect(await findUser.run({ email: "maya.brandt@example.com" }, http)).toMatchObject({ user: { role: "agent" } });

    const others = [await ticket(), await ticket()];
    const poll = zendesk.polls?.tickets;
    const since = Date.now() - 60_000;
    const page = await poll?.page({ since, position: null }, http);
    expect(page?.changes.map(({ event }) => event.subject)).toEqual([made.id, ...others.map(String)]);
    expect(page?.next).toBeNull();

    for (const { name, run } of zendesk.checks ?? [])
      for (const finding of await run({ http, now: Date.now(), hookUrl: "http://127.0.0.1:8787/hooks/zendesk" }))
        expect({ name, ...finding }).toMatchObject({ outcome: "confirmed" });
    await sandbox.settings({ zendesk_webhook: "inactive" });
    const webhook = zendesk.checks?.find(({ name }) => name === "webhook");
    expect(await webhook?.run({ http, now: Date.now(), hookUrl: "http://127.0.0.1:8787/hooks/zendesk" })).toMatchObject([
      { outcome: "missing" },
    ]);

    if (createTicket.undo.kind !== "withdraw") throw new Error("it is a withdrawal");
    await createTicket.undo.withdraw(input, made, context);
    expect(await createTicket.undo.gone(input, made, http)).toBe(true);
  });
});

describe("Slack", () => {
  test("a message is posted, found with its metadata only when asked, updated, and counted", async () => {
    const metadata = { event_type: "run_step", event_payload: { key: "r/2" } };
    const posted = await sandbox.slack("chat.postMessage", { channel: "#team-billing", text: "root", metadata });
    expect(posted.json).toMatchObject({ ok: true, channel: "C0BILLING", message: { text: "root", bot_id: "B0INTERLOCK" } });
    const { ts } = posted.json;
    const reply = await sandbox.slack("chat.postMessage", `channel=C0BILLING&text=reply&thread_ts=${ts}`, {
      ...SLACK_AUTH,
      "content-type": "application/x-www-form-urlencoded",
    });
    const found = await sandbox.slack("conversations.replies", { channel: "C0BILLING", ts, include_all_metadata: true });
    expect(found.json).toMatchObject({
      ok: true,
      messages: [
        { metadata, reply_count: 1 },
        { ts: reply.json.ts, thread_ts: ts },
      ],
      has_more: false,
    });
    const history = (await sandbox.slack("conversations.history", { channel: "C0BILLING" })).json.messages as Json[];
    expect([history.length, history[0]?.text, history[0]?.metadata]).toEqual([1, "root", undefined]);
    await sandbox.slack("chat.update", { channel: "C0BILLING", ts, text: "changed" });
    expect(await sandbox.state()).toMatchObject({
      slack: { messages: { C0BILLING: [{ text: "changed", metadata }, {}] } },
      writes: { "slack chat.postMessage": { requests: 2, applied: 2 }, "slack chat.update": { requests: 1, applied: 1 } },
    });
  });

  test("a member is found by id with what an app may rely on, and a whisper is counted and shown to nobody", async () => {
    const { user } = (await sandbox.slack("users.info", { user: "U0ADA" })).json as { user: Json };
    expect(user).toMatchObject({ team_id: "T0SANDBOX", is_email_confirmed: true, profile: { email: "ada@example.com" } });
    expect((await sandbox.slack("users.info", { user: "U0NOBODY" })).json).toEqual({ ok: false, error: "user_not_found" });
    const whisper = { channel: "C0APPROVALS", user: "U0ADA", text: "Not counted" };
    expect((await sandbox.slack("chat.postEphemeral", whisper)).json).toMatchObject({ ok: true });
    expect(await sandbox.state()).toMatchObject({
      slack: { messages: {} },
      writes: { "slack chat.postEphemeral": { requests: 1, applied: 1 } },
    });
  });

  test("a direct conversation is the same one each time, and a message stays in it", async () => {
    const opened = await sandbox.slack("conversations.open", { users: "U0ADA" });
    expect(opened.json).toEqual({ ok: true, channel: { id: "D0ADA" } });
    expect((await sandbox.slack("conversations.open", { users: "U0ADA" })).json).toEqual(opened.json);
    expect((await sandbox.slack("chat.postMessage", { channel: "D0ADA", text: "A word" })).json).toMatchObject({
      ok: true,
      channel: "D0ADA",
    });
    expect((await sandbox.slack("conversations.open", { users: "U0NOBODY" })).json).toMatchObject({ error: "user_not_found" });
  });

  test("an answer lists the app's scopes, and a channel says whether the app is in it", async () => {
    expect((await sandbox.slack("auth.test", {})).headers.get("x-oauth-scopes")).toContain("chat:write");
    const info = async (channel: string) => (await sandbox.slack("conversations.info", { channel })).json;
    expect(await info("C0BILLING")).toMatchObject({ channel: { is_member: true, is_archived: false } });
    expect(await info("C0LEADERS")).toMatchObject({ channel: { is_member: false } });
    expect(await info("C9")).toEqual({ ok: false, error: "channel_not_found" });
  });

  test("a refresh token gives a token and the next refresh token, and works once", async () => {
    const app = { client_id: "0.sandbox", client_secret: "sandbox-client-secret", grant_type: "refresh_token" };
    const refresh = async (refresh_token: string) => {
      const form = new URLSearchParams({ ...app, refresh_token }).toString();
      return (await sandbox.slack("oauth.v2.access", form, { "content-type": "application/x-www-form-urlencoded" })).json;
    };
    const first = await refresh("xoxe-1-sandbox");
    expect(first).toMatchObject({ ok: true, expires_in: 43_200, token_type: "bot" });
    expect((await sandbox.slack("auth.test", {}, { authorization: `Bearer ${first.access_token}` })).json).toMatchObject({ ok: true });
    expect(await refresh(String(first.refresh_token))).toMatchObject({ ok: true });
    expect(await refresh(String(first.refresh_token))).toEqual({ ok: false, error: "invalid_refresh_token" });
  });

  test.each([
    ["no token", "auth.test", {}, {}, "not_authed"],
    ["a wrong token", "auth.test", {}, { authorization: "Bearer xoxb-other" }, "invalid_auth"],
    ["an unknown channel", "chat.postMessage", { channel: "C9", text: "t" }, SLACK_AUTH, "channel_not_found"],
    ["an archived channel", "chat.postMessage", { channel: "#team-archived", text: "t" }, SLACK_AUTH, "is_archived"],
    ["a channel without the app", "chat.postMessage", { channel: "C0LEADERS", text: "t" }, SLACK_AUTH, "not_in_channel"],
    ["nothing to say", "chat.postMessage", { channel: "C0BILLING" }, SLACK_AUTH, "no_text"],
    ["no such thread", "conversations.replies", { channel: "C0BILLING", ts: "1.000001" }, SLACK_AUTH, "thread_not_found"],
    ["nobody by that address", "users.lookupByEmail", { email: "x@example.com" }, SLACK_AUTH, "users_not_found"],
  ])("says no with HTTP 200: %s", async (_, method, body, headers, error) => {
    const answer = await sandbox.slack(method, body, headers as Record<string, string>);
    expect([answer.status, answer.json.ok, answer.json.error]).toEqual([200, false, error]);
  });

  test("history pages by cursor, newest first", async () => {
    for (const text of ["a", "b", "c"]) await sandbox.slack("chat.postMessage", { channel: "C0BILLING", text });
    const first = (await sandbox.slack("conversations.history", { channel: "C0BILLING", limit: 2 })).json as Json & {
      response_metadata: { next_cursor: string };
    };
    const second = (
      await sandbox.slack("conversations.history", { channel: "C0BILLING", limit: 2, cursor: first.response_metadata.next_cursor })
    ).json;
    expect([...(first.messages as Json[]), ...(second.messages as Json[])].map(({ text }) => text)).toEqual(["c", "b", "a"]);
    expect([first.has_more, second.has_more]).toEqual([true, false]);
  });
});

describe("Microsoft Teams", () => {
  const tenant = "5a0d0000-0000-4000-8000-000000000001";
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: "b0700000-0000-4000-8000-000000000001",
    client_secret: "sandbox-teams-secret",
    scope: "https://api.botframework.com/.default",
  }).toString();

  test("gives a token, takes a thread with it, and publishes the keys that its deliveries are signed with", async () => {
    const type = { "content-type": "application/x-www-form-urlencoded" };
    const { access_token } = (await sandbox.call("POST", `/teams/${tenant}/oauth2/v2.0/token`, form, type)).json;
    const auth = { authorization: `Bearer ${access_token}` };
    const begun = await sandbox.call(
      "POST",
      "/teams/v3/conversations",
      { isGroup: true, channelData: { channel: { id: "19:support@thread.tacv2" } }, activity: { type: "message", text: "Run 12" } },
      auth,
    );
    expect(begun).toMatchObject({ status: 201, json: { id: `19:support@thread.tacv2;messageid=${begun.json.activityId}` } });
    const thread = `/teams/v3/conversations/${encodeURIComponent(String(begun.json.id))}/activities`;
    expect((await sandbox.call("POST", thread, { type: "message", text: "Step 2" }, auth)).status).toBe(201);
    expect((await sandbox.call("POST", thread, { type: "message", text: "x" }, {})).status).toBe(401);
    const { jwks_uri } = (await sandbox.call("GET", "/teams/v1/.well-known/openidconfiguration")).json;
    const { keys } = (await sandbox.call("GET", new URL(String(jwks_uri)).pathname)).json as { keys: Json[] };
    expect(keys).toMatchObject([{ kty: "RSA", endorsements: expect.arrayContaining(["msteams"]) }]);
  });
});
