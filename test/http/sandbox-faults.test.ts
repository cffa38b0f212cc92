// What the sandbox sends and what it spoils: webhooks and button presses against a server that checks them, fault rules, the model,
// the page, and what a restart finds.
import { createHmac } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestHarness } from "wrangler";
import { type NewTicket, type SandboxClient, SLACK_AUTH, sandboxClient } from "../../sandbox/client.ts";

interface Received {
  path: string;
  headers: http.IncomingHttpHeaders;
  body: string;
}

const ROOT = path.join(import.meta.dirname, "../..");
const server = createTestHarness({ root: ROOT, workers: [{ configPath: "sandbox/wrangler.toml" }] });
let sandbox: SandboxClient;

/** Stands for Interlock: keeps what it is sent, answers what it is told. */
const received: Received[] = [];
let answers: { status: number; headers?: Record<string, string>; holdMs?: number }[] = [];
const interlock = http.createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    received.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks).toString() });
    const { status, headers = {}, holdMs = 0 } = answers.shift() ?? { status: 202 };
    setTimeout(() => response.writeHead(status, headers).end("taken"), holdMs);
  });
});

/** What nobody waits for here takes this long at most, on a machine that is busy with other things. */
const UNHURRIED_MS = 30_000;

async function ticket(input: Partial<NewTicket> = {}): Promise<number> {
  return (await sandbox.newTicket({ subject: "Where is it?", description: "My parcel is late.", deliver: "none", ...input })).ticket_id;
}

beforeAll(async () => {
  await new Promise<void>((resolve) => interlock.listen(0, "127.0.0.1", resolve));
  sandbox = sandboxClient(String((await server.listen()).url));
  await sandbox.settings({ interlock_url: `http://127.0.0.1:${(interlock.address() as AddressInfo).port}` });
});
afterAll(async () => {
  await server.close();
  interlock.close();
});
beforeEach(async () => {
  received.length = 0;
  answers = [];
  await sandbox.reset();
  await sandbox.settings({ webhook_retry_ms: 5, webhook_timeout_ms: UNHURRIED_MS });
});

describe("webhook", () => {
  const verified = ({ headers, body }: Received) => {
    const signed = `${headers["x-zendesk-webhook-signature-timestamp"]}${body}`;
    return headers["x-zendesk-webhook-signature"] === createHmac("sha256", "sandbox-webhook-secret").update(signed).digest("base64");
  };
  const create = (deliver: "once" | "twice" | "bad-signature") =>
    sandbox.newTicket({ subject: "Broken", description: "It crashes.", requester: "new.person@example.org", deliver });

  test("a new ticket is posted once, signed, with the event's envelope", async () => {
    const { ticket_id, deliveries } = await create("once");
    expect(deliveries).toEqual([{ invocation_id: expect.stringMatching(/^\d+$/), status: 202, attempts: 1 }]);
    expect(received).toHaveLength(1);
    const [event] = received as [Received];
    expect([event.path, verified(event)]).toEqual(["/hooks/zendesk", true]);
    expect(event.headers["x-zendesk-webhook-invocation-id"]).toBe(deliveries[0]?.invocation_id);
    expect(JSON.parse(event.body)).toMatchObject({
      type: "zen:event-type:ticket.created",
      subject: `zen:ticket:${ticket_id}`,
      detail: { id: String(ticket_id), requester_id: "2001", actor_id: "2001" },
    });
  });

  test("a duplicate, at once or later, is the same invocation with a good signature", async () => {
    const { ticket_id } = await create("twice");
    await sandbox.redeliver(ticket_id);
    expect(received.map(verified)).toEqual([true, true, true]);
    expect(new Set(received.map(({ headers, body }) => `${headers["x-zendesk-webhook-invocation-id"]} ${body}`)).size).toBe(1);
  });

  test("a bad signature is a bad signature, and is not what a later redelivery repeats", async () => {
    const { ticket_id } = await create("bad-signature");
    expect(received.map(verified)).toEqual([false]);
    await sandbox.redeliver(ticket_id);
    expect(received.map(verified)).toEqual([false, true]);
  });

  test("409, a timeout and a short Retry-After are tried again; 500 is not", async () => {
    await sandbox.settings({ webhook_timeout_ms: 1_500 });
    answers = [{ status: 409 }, { status: 200, holdMs: 3_000 }, { status: 503, headers: { "retry-after": "0" } }, { status: 202 }];
    expect((await create("once")).deliveries).toMatchObject([{ status: 202, attempts: 4 }]);
    answers = [{ status: 500 }];
    expect((await create("once")).deliveries).toMatchObject([{ status: 500, attempts: 1 }]);
    const [last] = (await sandbox.state()).deliveries;
    expect(last?.attempts).toMatchObject([{ status: 500 }]);
  });

  test("a ticket made through the API is announced too", async () => {
    await sandbox.zendesk("POST", "/tickets", { ticket: { subject: "s", comment: { body: "b" } } });
    await expect.poll(() => received.length, { timeout: 60_000 }).toBe(1);
  });
});

describe("button press", () => {
  const button = { type: "button", action_id: "approve", value: "apr_1", text: { type: "plain_text", text: "Approve" } };
  const post = { channel: "C0APPROVALS", text: "May I?", blocks: [{ type: "actions", elements: [button] }] };

  test("a press is posted as a signed form, and its response_url replaces the message", async () => {
    const ts = String((await sandbox.slack("chat.postMessage", post)).json.ts);
    const pressed = await sandbox.press({ channel: "C0APPROVALS", ts, action_id: "approve", user: "U0JONAS" });
    expect(pressed).toMatchObject({ deliveries: [{ status: 202, answer: "taken" }] });
    const [{ path: at, headers, body }] = received as [Received];
    const signature = createHmac("sha256", "sandbox-signing-secret")
      .update(`v0:${headers["x-slack-request-timestamp"]}:${body}`)
      .digest("hex");
    expect([at, headers["x-slack-signature"]]).toEqual(["/hooks/slack", `v0=${signature}`]);
    const payload = JSON.parse(new URLSearchParams(body).get("payload") ?? "") as { response_url: string };
    expect(payload).toMatchObject({
      type: "block_actions",
      user: { id: "U0JONAS", username: "jonas.keller" },
      container: { message_ts: ts, channel_id: "C0APPROVALS" },
      actions: [{ action_id: "approve", value: "apr_1", type: "button", block_id: "b1" }],
    });
    const answer = await sandbox.call("POST", new URL(payload.response_url).pathname, { replace_original: true, text: "Approved" });
    expect(answer.text).toBe("ok");
    const { messages } = (await sandbox.state()).slack;
    expect(messages.C0APPROVALS).toMatchObject([{ text: "Approved" }]);
    expect(messages.C0APPROVALS?.[0]?.blocks).toBeUndefined();
  });

  test("a press of a button that is not there is said to the caller, not to Interlock", async () => {
    const ts = String((await sandbox.slack("chat.postMessage", post)).json.ts);
    await expect(sandbox.press({ channel: "C0APPROVALS", ts, action_id: "nope" })).rejects.toThrow("no action nope");
    expect(received).toHaveLength(0);
  });
});

describe("faults", () => {
  test("a lost answer: the write is done, the caller is told 500, once", async () => {
    const id = await ticket();
    await sandbox.faults({ system: "zendesk", method: "PUT", path: `/api/v2/tickets/${id}`, kind: "lost-answer" });
    const put = () => sandbox.zendesk("PUT", `/tickets/${id}`, { ticket: { priority: "high" } });
    expect((await put()).status).toBe(500);
    expect(await sandbox.ticket(id)).toMatchObject({ priority: "high", writes: { requests: 1, applied: 1 } });
    expect((await put()).status).toBe(200);
    expect(await sandbox.faultsLeft()).toMatchObject([{ left: 0, fired: 1 }]);
  });

  test("a lost answer that is held: the caller gives up, the message stands", async () => {
    await sandbox.faults({ system: "slack", path: "chat.postMessage$", kind: "lost-answer", delayMs: 2_000 });
    const gaveUp = fetch(`${sandbox.base}/slack/api/chat.postMessage`, {
      method: "POST",
      headers: { ...SLACK_AUTH, "content-type": "application/json" },
      body: JSON.stringify({ channel: "C0BILLING", text: "did it arrive?" }),
      signal: AbortSignal.timeout(300),
    });
    await expect(gaveUp).rejects.toThrow();
    const history = await sandbox.slack("conversations.history", { channel: "C0BILLING" });
    expect(history.json.messages).toMatchObject([{ text: "did it arrive?" }]);
  });

  test("a timeout: nothing is done, and it is counted as asked", async () => {
    const id = await ticket();
    await sandbox.faults({ system: "zendesk", method: "PUT", kind: "timeout", delayMs: 300 });
    expect((await sandbox.zendesk("PUT", `/tickets/${id}`, { ticket: { priority: "high" } })).status).toBe(504);
    expect(await sandbox.ticket(id)).toMatchObject({ priority: null, writes: { requests: 1, applied: 0 } });
  });

  test.each([
    ["500", 500, null],
    ["429", 429, "2"],
    ["401", 401, null],
    ["503-html", 503, "2"],
  ] as const)("%s answers in the vendor's words and does nothing", async (kind, status, retryAfter) => {
    const id = await ticket();
    await sandbox.faults({ system: "zendesk", kind, retryAfter: 2 });
    const put = await sandbox.zendesk("PUT", `/tickets/${id}`, { ticket: { priority: "high" } });
    expect([put.status, put.headers.get("retry-after")]).toEqual([status, retryAfter]);
    expect(await sandbox.ticket(id)).toMatchObject({ priority: null, writes: { requests: 1, applied: 0 } });
  });

  test("a stand-in says it in its own vendor's words, and counts it down", async () => {
    await sandbox.faults({ system: "salesforce", kind: "429" }, { system: "hubspot", kind: "401" });
    const limits = () =>
      sandbox.call("GET", "/salesforce/services/data/v67.0/limits", undefined, { authorization: "Bearer stand-in-token" });
    expect(await limits()).toMatchObject({ status: 403, text: expect.stringContaining("REQUEST_LIMIT_EXCEEDED") });
    expect((await limits()).status).toBe(200);
    const account = await sandbox.call("GET", "/hubspot/account-info/v3/details");
    expect([account.status, account.json.category]).toEqual([401, "INVALID_AUTHENTICATION"]);
  });

  test("a system's clock is off by as much as was set", async () => {
    await sandbox.settings({ clocks_ahead_ms: { freshdesk: 3_600_000 } });
    const hourAhead = (headers: Headers) => Math.trunc((Date.parse(headers.get("date") ?? "") + 60_000 - Date.now()) / 3_600_000);
    expect(hourAhead((await sandbox.call("GET", "/freshdesk/api/v2/agents/me")).headers)).toBe(1);
    expect(hourAhead((await sandbox.zendesk("GET", "/users/me")).headers)).toBe(0);
  });

  test("a delay answers late, and right", async () => {
    const id = await ticket();
    await sandbox.faults({ system: "zendesk", kind: "delay", delayMs: 250 });
    const started = Date.now();
    expect((await sandbox.zendesk("GET", `/tickets/${id}`)).status).toBe(200);
    expect(Date.now() - started).toBeGreaterThanOrEqual(240);
  });

  test("a rule that makes no sense is refused with the reason", async () => {
    await expect(sandbox.faults({ system: "zendesk", kind: "explode" as "500" })).rejects.toThrow(/400.*kind/s);
  });
});

describe("model", () => {
  const ask = (text: string) =>
    sandbox.call(
      "POST",
      "/model/v1/chat/completions",
      {
        model: "sandbox",
        logprobs: true,
        top_logprobs: 2,
        messages: [{ role: "user", content: text }],
        response_format: {
          type: "json_schema",
          json_schema: { name: "d", schema: { type: "object", properties: { team: { enum: ["billing", "shipping"] } } } },
        },
      },
      { authorization: "Bearer key" },
    );

  test("answers by rule, with the confidence that the rule gives, and keeps what it was asked", async () => {
    await sandbox.model({ rules: [{ match: "odd", answer: { team: "shipping" }, confidence: 0.55 }] });
    const { json } = await ask("something odd about an invoice");
    const [choice] = json.choices as { message: { content: string }; logprobs: { content: { token: string; logprob: number }[] } }[];
    expect(choice?.message.content).toBe('{"team":"shipping"}');
    const label = choice?.logprobs.content.find(({ token }) => token === "shipping");
    expect(Math.exp(label?.logprob ?? 0)).toBeCloseTo(0.55);
    const { model } = await sandbox.state();
    expect([model.requests, JSON.stringify(model.recent[0]?.request)]).toEqual([1, expect.stringContaining("something odd")]);
  });

  test("fails by a fault rule", async () => {
    await sandbox.faults({ system: "model", kind: "429", retryAfter: 3 });
    const limited = await ask("x");
    expect([limited.status, limited.headers.get("retry-after"), (limited.json.error as { code: string }).code]).toEqual([
      429,
      "3",
      "rate_limit_exceeded",
    ]);
    expect((await ask("x")).status).toBe(200);
  });
});

describe("page", () => {
  test("shows tickets, notes and messages, and escapes what came from outside", async () => {
    const id = await ticket({ subject: "<script>alert(1)</script>", description: '<img src=x onerror="alert(2)">' });
    await sandbox.zendesk("PUT", `/tickets/${id}`, { ticket: { group_id: 104, comment: { body: "note & more", public: false } } });
    await sandbox.slack("chat.postMessage", { channel: "C0TECHNICAL", text: "<b>hi</b>" });
    const { text, headers } = await sandbox.call("GET", "/");
    for (const shown of [
      "&lt;script&gt;",
      "Written by Interlock",
      "internal note",
      "note &amp; more",
      "&lt;b&gt;hi",
      'http-equiv="refresh"',
    ]) {
      expect(text).toContain(shown);
    }
    expect(text).not.toMatch(/<script|<img|<b>/);
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    expect((await sandbox.call("GET", "/?refresh=off")).text).not.toContain("http-equiv");
  });

  test("a reset leaves nothing but the address of Interlock", async () => {
    await ticket();
    await sandbox.faults({ system: "slack", kind: "500" });
    await sandbox.reset();
    expect(await sandbox.state()).toMatchObject({ tickets: [], deliveries: [], writes: {}, slack: { messages: {} } });
    expect(await sandbox.faultsLeft()).toEqual([]);
    const settings = await sandbox.settings({});
    expect([settings.webhook_timeout_ms, settings.interlock_url]).toEqual([12_000, expect.stringContaining("127.0.0.1")]);
  });
});

describe("restart", () => {
  test("everything is found again, and numbers and stamps go on from where they were", async () => {
    const id = await ticket({ requester: "new.person@example.org" });
    await sandbox.zendesk("PUT", `/tickets/${id}`, { ticket: { priority: "high", comment: { body: "note", public: false } } });
    const { ts } = (await sandbox.slack("chat.postMessage", { channel: "C0BILLING", text: "before" })).json;
    await sandbox.faults({ system: "slack", kind: "500", times: 3, path: "auth.test" });
    await sandbox.slack("auth.test");
    await sandbox.redeliver(id);
    const before = await sandbox.state();

    await server.getWorker().evictDurableObject("Systems", { name: "systems" });

    expect(await sandbox.state()).toEqual(before);
    expect(await sandbox.faultsLeft()).toMatchObject([{ left: 2, fired: 1 }]);
    expect((await sandbox.settings({})).webhook_timeout_ms).toBe(UNHURRIED_MS);
    expect(await ticket()).toBe(id + 1);
    const after = (await sandbox.slack("chat.postMessage", { channel: "C0BILLING", text: "after" })).json;
    expect(Number(after.ts)).toBeGreaterThan(Number(ts));
    const audits = (await sandbox.state()).tickets.flatMap(({ audits }) => audits.map((audit) => audit.id));
    expect(new Set(audits).size).toBe(audits.length);
  });
});
