import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { memoryTable } from "../../../sandbox/stand-in.ts";
import { APP_ID, CLIENT_SECRET, CLIENT_STATE, OUTGOING_TOKEN, PEOPLE, type Person, TENANT } from "../../../sandbox/teams/directory.ts";
import { Keys } from "../../../sandbox/teams/keys.ts";
import { teamsStandIn } from "../../../sandbox/teams/stand-in.ts";
import type { ApplyContext } from "../../../src/connectors/define.ts";
import { createHttp } from "../../../src/connectors/http.ts";
import { teams } from "../../../src/connectors/teams.ts";
import { teamsAuth } from "../../../src/connectors/teams-api.ts";
import type { Parsed, ProofContext, Verdict, WebhookDeclaration, WebhookRequest } from "../../../src/connectors/webhook.ts";
import { hmacSha256 } from "../../../src/core/crypto.ts";
import { errorFacts, type Failure, failureOf } from "../../../src/core/errors.ts";
import { verifyDelivery } from "../../../src/ingress/verify.ts";
import { json } from "./faults.ts";
import { type StandInHere, standInHere } from "./worlds/action-world.ts";
import { TEAMS_SECRET } from "./worlds/teams-worlds.ts";

const { postMessage, replyInThread, updateMessage, deleteMessage, listMembers, findMember } = teams.actions;
const { bot, outgoing, graph } = teams.webhooks as Record<"bot" | "outgoing" | "graph", WebhookDeclaration>;
const NOW = Date.parse("2026-01-05T08:00:00Z");
const channel = "19:support@thread.tacv2";
const closed = "19:leaders@thread.tacv2";
const SETTINGS = { appId: APP_ID, tenantId: TENANT };

const setUp = (settings: Record<string, string> = SETTINGS) => {
  let time = NOW;
  const here = standInHere(teams, teamsStandIn, { secret: TEAMS_SECRET, settings, now: () => time });
  const context: ApplyContext = { http: here.http, key: "run-1/tell", version: null };
  return { here, context, http: here.http, pass: (ms: number) => (time += ms) };
};
const failureFrom = (work: Promise<unknown> | undefined): Promise<Failure> =>
  (work ?? Promise.resolve()).then(
    () => expect.fail("it did not throw"),
    (thrown) => failureOf(thrown),
  );
/** The stand-in, except that the next writing request is answered with this. */
function answering(here: StandInHere, response: Response) {
  const http = createHttp({
    baseUrl: "http://127.0.0.1",
    authorization: "Bearer stand-in-token",
    system: "Microsoft Teams",
    now: () => NOW,
    fetch: (async () => response) as unknown as typeof fetch,
    ...(teams.refusal ? { refusal: teams.refusal } : {}),
  });
  return { http, key: "k", version: null, here };
}

// ---- actions ----

describe("a run's messages", () => {
  it("are one thread: its first message's output is where the others go, and what is replaced", async () => {
    const { here, context } = setUp();
    const root = await postMessage.apply({ channel, text: "Run 12 <b>has</b> begun" }, context);
    expect(root.conversation).toBe(`${channel};messageid=${root.activity}`);
    const reply = await replyInThread.apply({ conversation: root.conversation, text: "Step 2 is done" }, context);
    await updateMessage.apply({ ...root, text: "Run 12 is done" }, context);
    await deleteMessage.apply({ ...reply, reason: "Superseded" }, context);
    expect(here.requests.map(({ method, path: at, body }) => [method, decodeURIComponent(at), body])).toEqual([
      [
        "POST",
        "/v3/conversations",
        {
          isGroup: true,
          channelData: { channel: { id: channel } },
          activity: { type: "message", text: "Run 12 <b>has</b> begun", textFormat: "plain" },
        },
      ],
      ["POST", `/v3/conversations/${root.conversation}/activities`, { type: "message", text: "Step 2 is done", textFormat: "plain" }],
      [
        "PUT",
        `/v3/conversations/${root.conversation}/activities/${root.activity}`,
        { type: "message", text: "Run 12 is done", textFormat: "plain", id: root.activity },
      ],
      ["DELETE", `/v3/conversations/${root.conversation}/activities/${reply.activity}`, null],
    ]);
  });

  it("carry a card beside the text", async () => {
    const { here, context } = setUp();
    const card = { type: "AdaptiveCard", version: "1.4", body: [{ type: "RichTextBlock", inlines: ["Refund 42"] }] };
    const input = postMessage.input.parse({ channel, text: "Refund 42", card });
    expect(postMessage.values(input)).toEqual({ text: "Refund 42", card });
    await postMessage.apply(input, context);
    expect(here.requests[0]?.body?.activity).toMatchObject({
      attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", content: card }],
    });
  });

  it.each([
    [{ channel: "Support", text: "x" }],
    [{ channel: "19:x@unq.gbl.spaces/../..", text: "x" }],
    [{ channel, text: " " }],
    [{ channel, text: "ä".repeat(20_000) }],
    [{ channel, text: "x", card: { type: "Card" } }],
    [{ channel, text: "x", thread: "1" }],
  ])("are not taken from %o", (input) => expect(postMessage.input.safeParse(input).success).toBe(false));

  it("that are deleted already are deleted, and one that is not there cannot be replaced", async () => {
    const { context } = setUp();
    const root = await postMessage.apply({ channel, text: "x" }, context);
    const input = { ...root, reason: "Wrong channel" };
    expect(await deleteMessage.apply(input, context)).toEqual(root);
    expect(await deleteMessage.apply(input, context)).toEqual(root);
    expect((await failureFrom(updateMessage.apply({ ...root, text: "y" }, context))).code).toBe("connector.not_found");
  });

  it("whose answer is lost stay unknown: nobody can look them up", async () => {
    const { here, context } = setUp();
    here.fault("lost", "after");
    const { code } = await failureFrom(postMessage.apply({ channel, text: "x" }, context));
    expect(errorFacts(code).outcome).toBe("unknown");
    expect([postMessage.idempotency, postMessage.find, here.writes()]).toEqual(["none", undefined, 1]);
  });
});

describe("a channel that the bot was taken out of", () => {
  it("is passed over for the fallback, which says for whom the message was", async () => {
    const { here, context } = setUp();
    const output = await postMessage.apply({ channel: closed, text: "Refund over the limit", fallback: channel }, context);
    expect(output).toMatchObject({ conversation: expect.stringContaining(channel), instead: closed });
    const [kept] = (here.tables.get("activities")?.all() ?? []) as { body: { text: string } }[];
    expect(kept?.body.text).toMatch(/^This was meant for 19:leaders@thread.tacv2.*\nRefund over the limit$/s);
    expect(here.writes()).toBe(1);
  });

  it("is a refusal with Teams' words without one, and where the fallback is closed as well", async () => {
    const { context } = setUp();
    expect(await failureFrom(postMessage.apply({ channel: closed, text: "x" }, context))).toEqual({
      code: "connector.rejected",
      field: "channel",
      message:
        "Microsoft Teams answered 403 to POST /v3/conversations: BotNotInConversationRoster: The bot is not part of the conversation roster. (ms-cv sandbox.1)",
    });
    const gone = "19:gone@thread.tacv2";
    expect((await failureFrom(postMessage.apply({ channel: closed, text: "x", fallback: gone }, context))).message).toContain(
      "ConversationNotFound",
    );
  });

  it("is not passed over when it is unknown whether the message was sent", async () => {
    const { here, context } = setUp();
    here.fault("lost", "before");
    await failureFrom(postMessage.apply({ channel: closed, text: "x", fallback: channel }, context));
    expect(here.requests).toHaveLength(1);
  });
});

describe("a limit", () => {
  it("of seven a second in one conversation is met with a pause, because Teams names none", async () => {
    const { context, pass } = setUp();
    const root = await postMessage.apply({ channel, text: "x" }, context);
    for (let i = 0; i < 7; i++) await replyInThread.apply({ conversation: root.conversation, text: `${i}` }, context);
    const reply = replyInThread.apply({ conversation: root.conversation, text: "8" }, context);
    expect(await failureFrom(reply)).toMatchObject({ code: "connector.rate_limited", retryAfterMs: 2_000 });
    pass(2_000);
    await replyInThread.apply({ conversation: root.conversation, text: "8" }, context);
  });

  it.each([
    [429, { "retry-after": "9" }, { error: { code: "Throttled", message: "Too many requests" } }, "connector.rate_limited", 9_000],
    [412, {}, { error: { code: "PreconditionFailed", message: "Retry" } }, "connector.conflict", undefined],
    [502, {}, { error: { code: "BadGateway" } }, "connector.unavailable", undefined],
    [504, {}, null, "connector.unavailable", undefined],
    [401, {}, { message: "Authorization has been denied for this request." }, "connector.unauthorised", undefined],
    [403, {}, { error: { code: "Forbidden", message: "no" } }, "connector.unauthorised", undefined],
    [400, {}, { error: { code: "BadSyntax", message: "Bad format of conversation ID" } }, "connector.rejected", undefined],
    [413, {}, { error: { code: "MessageSizeTooBig", message: "too big" } }, "connector.rejected", undefined],
  ] as const)("or failure %i %o means what it should", async (status, headers, body, code, retryAfterMs) => {
    const { here } = setUp();
    const failure = await failureFrom(postMessage.apply({ channel, text: "x" }, answering(here, json(body, status, headers))));
    expect([failure.code, failure.retryAfterMs]).toEqual([code, retryAfterMs]);
    if (body && "error" in body) expect(failure.message).toContain(body.error.code);
  });
});

describe("people", () => {
  const crowd = (here: StandInHere, size: number) => {
    for (let n = 10; n < 10 + size; n++)
      here.tables.get("people")?.put(`29:${n}`, {
        ...PEOPLE[0],
        id: `29:${n}`,
        email: `p${n}@example.com`,
        aadObjectId: `94e3a4f3-4a1c-4e5c-9d6d-0000000${n + 10_000}`,
      } as Person);
  };

  it("are listed by pages", async () => {
    const { here, http } = setUp();
    crowd(here, 700);
    const first = await listMembers.run({ conversation: `${channel};messageid=1` }, http);
    expect([first.members.length, first.members[0]]).toEqual([
      500,
      { id: "29:sandbox-user-1", name: "Ada Reviewer", email: "ada@example.com", aadObjectId: PEOPLE[0]?.aadObjectId },
    ]);
    const second = await listMembers.run({ conversation: channel, next: first.next ?? "" }, http);
    expect([second.members.length, second.next]).toEqual([203, null]);
  });

  it("are found by address or by the directory's id, on whichever page, and not by half an address", async () => {
    const { here, http } = setUp();
    crowd(here, 700);
    expect((await findMember.run({ conversation: channel, by: { email: "P600@example.com" } }, http)).id).toBe("29:600");
    const { aadObjectId = "" } = PEOPLE[1] ?? {};
    expect((await findMember.run({ conversation: channel, by: { aadObjectId } }, http)).email).toBe("maya.brandt@example.com");
    const nobody = findMember.run({ conversation: channel, by: { email: "da@example.com" } }, http);
    expect((await failureFrom(nobody)).code).toBe("connector.not_found");
  });
});

// ---- the credential ----

describe("the credential", () => {
  const auth = teamsAuth(TEAMS_SECRET);
  const token = auth.kind === "token" ? auth : expect.fail("it is a token that expires");
  const exchange = async (secret: string) => {
    const { here } = setUp();
    const own = teamsAuth(secret);
    if (own.kind !== "token") return expect.fail("it is a token that expires");
    const { base = "", ...request } = own.request({ kept: null, now: NOW, nonce: "" });
    const door = { authorization: null, system: "Microsoft Teams", now: () => NOW, fetch: here.fetch };
    return { base, read: own.read(await createHttp({ baseUrl: base, ...door }).send(request), NOW, base) };
  };

  it("is exchanged for a token at Microsoft's", async () => {
    expect(await exchange(TEAMS_SECRET)).toEqual({
      base: "https://login.microsoftonline.com",
      read: { value: "stand-in-token", expiresAt: NOW + 3_599_000 },
    });
    expect(token.request({ kept: null, now: NOW, nonce: "" }).path).toBe(`/${TENANT}/oauth2/v2.0/token`);
  });

  it("that is wrong gives none", async () => {
    const wrong = JSON.stringify({ tenant: TENANT, clientId: APP_ID, clientSecret: `not ${CLIENT_SECRET}` });
    expect((await failureFrom(exchange(wrong))).message).toContain("AADSTS7000215");
  });

  it.each([
    ["xoxb-1", "not JSON"],
    [JSON.stringify({ tenant: TENANT, clientId: APP_ID }), "clientSecret"],
    [JSON.stringify({ tenant: "../x", clientId: APP_ID, clientSecret: "s" }), "tenant"],
  ])("that lacks a part is refused by its name: %s", (secret, part) => expect(() => teamsAuth(secret)).toThrow(part));
});

// ---- what comes in ----

const requestOf = ({ body, headers }: StandInHere["posted"][number]): WebhookRequest => ({
  method: "POST",
  url: "https://interlock.example/hooks/teams",
  headers: new Headers(headers),
  body: new TextEncoder().encode(body),
});

function proofContext(here: StandInHere, more: Partial<ProofContext> = {}): ProofContext & { asked: [string, boolean][] } {
  const asked: [string, boolean][] = [];
  return {
    secrets: [CLIENT_STATE],
    settings: { ...SETTINGS, openIdConfiguration: "http://127.0.0.1/v1/.well-known/openidconfiguration" },
    published: async (url, fresh = false) => {
      asked.push([new URL(url).pathname, fresh]);
      const response = await here.fetch(url);
      return response.ok ? response.text() : null;
    },
    now: NOW,
    asked,
    ...more,
  };
}

const verify = (declaration: WebhookDeclaration, request: WebhookRequest, context: ProofContext): Promise<Verdict> =>
  declaration.scheme.kind === "proof" ? declaration.scheme.verify(request, context) : expect.fail("it is proved");
const postedBy = async (here: StandInHere, control: string, body: object): Promise<WebhookRequest> => {
  here.posted.length = 0;
  await here.control(control, body);
  return requestOf(here.posted[0] ?? expect.fail("nothing was posted"));
};
const said = { conversation: `${channel};messageid=1600000000000`, text: "status?" };

describe("an activity", () => {
  it("that Teams posts is proved, addressed to us, and an event of its thread", async () => {
    const { here } = setUp();
    const request = await postedBy(here, "/message", said);
    const context = proofContext(here);
    expect(await verify(bot, request, context)).toEqual({ ok: true });
    expect(context.asked).toEqual([
      ["/v1/.well-known/openidconfiguration", false],
      ["/v1/.well-known/keys", false],
    ]);
    expect(bot.addressed?.(request, SETTINGS)).toEqual({ ok: true });
    expect(bot.parse(request, NOW)).toMatchObject({
      kind: "event",
      type: "message",
      subject: said.conversation,
      time: NOW,
      actors: ["29:sandbox-user-1", PEOPLE[0]?.aadObjectId],
      signedId: expect.stringContaining(`msteams:${said.conversation}:`),
    });
  });

  it("of another organisation, or of another channel of the Bot Framework, is not for us", async () => {
    const { here } = setUp();
    const request = await postedBy(here, "/message", said);
    expect(bot.addressed?.(request, { ...SETTINGS, tenantId: "another" })).toEqual({ ok: false, reason: "wrong_recipient" });
    const body = new TextEncoder().encode(new TextDecoder().decode(request.body).replace('"msteams"', '"webchat"'));
    expect(bot.addressed?.({ ...request, body }, SETTINGS)).toEqual({ ok: false, reason: "wrong_recipient" });
  });

  it("is refused without an application to compare with, and when the keys are said to be elsewhere", async () => {
    const { here } = setUp();
    const request = await postedBy(here, "/message", said);
    expect(await verify(bot, request, proofContext(here, { settings: {} }))).toEqual({ ok: false, reason: "no_secret_configured" });
    const elsewhere = async () => JSON.stringify({ issuer: "https://api.botframework.com", jwks_uri: "https://evil.example/keys" });
    expect(await verify(bot, request, proofContext(here, { published: elsewhere }))).toEqual({ ok: false, reason: "wrong_key_source" });
    expect(await verify(bot, request, proofContext(here, { published: async () => null }))).toEqual({
      ok: false,
      reason: "wrong_key_source",
    });
  });

  it("with a key that is not known yet asks for the keys anew, once", async () => {
    const { here } = setUp();
    const request = await postedBy(here, "/message", said);
    const real = proofContext(here);
    const asked: boolean[] = [];
    const published: ProofContext["published"] = async (url, fresh = false) => {
      if (!url.endsWith("/keys")) return real.published(url);
      asked.push(fresh);
      return fresh ? real.published(url, fresh) : JSON.stringify({ keys: [{ kty: "EC", kid: "another" }] });
    };
    expect(await verify(bot, request, proofContext(here, { published }))).toEqual({ ok: true });
    expect(asked).toEqual([false, true]);
    const never = proofContext(here, { published: async (url) => (url.endsWith("/keys") ? '{"keys":[]}' : real.published(url)) });
    expect(await verify(bot, request, never)).toEqual({ ok: false, reason: "unknown_key" });
  });

  it.each<[object, Partial<Parsed> & { type?: string }]>([
    [
      { type: "invoke", name: "adaptiveCard/action" },
      { kind: "event", type: "card_action" },
    ],
    [
      { type: "invoke", name: "composeExtension/submitAction" },
      { kind: "event", type: "invoke.compose_extension_submit_action" },
    ],
    [{ type: "conversationUpdate" }, { kind: "event", type: "conversation_update" }],
    [{ type: "installationUpdate" }, { kind: "event", type: "installation_update" }],
    [{ type: "typing" }, { kind: "ignored" }],
    [{ type: "" }, { kind: "unparsable" }],
    [{ type: "message", conversation: null }, { kind: "unparsable" }],
  ])("%o is %o", (activity, expected) => {
    const body = new TextEncoder().encode(JSON.stringify({ id: "1", channelId: "msteams", conversation: { id: "19:x" }, ...activity }));
    expect(bot.parse({ method: "POST", url: "", headers: new Headers(), body }, NOW)).toMatchObject(expected);
  });

  it("that is no JSON is said to be none", () => {
    const body = new TextEncoder().encode("{");
    expect(bot.parse({ method: "POST", url: "", headers: new Headers(), body }, NOW).kind).toBe("unparsable");
  });

  it("that is a press is answered as whoever pressed needs it, once it is stored", () => {
    const stored = (type: string) => {
      const body = new TextEncoder().encode(JSON.stringify({ type }));
      return typeof bot.stored === "function"
        ? bot.stored({ method: "POST", url: "", headers: new Headers(), body })
        : expect.fail("it depends");
    };
    expect(JSON.parse(stored("invoke")?.body ?? "")).toMatchObject({ statusCode: 200, type: "application/vnd.microsoft.activity.message" });
    expect(stored("message")).toBeNull();
    expect(bot.refusedStatus).toBe(403);
  });
});

describe("an outgoing webhook", () => {
  it("is proved with the token that Teams showed, and known by the message's id", async () => {
    const { here } = setUp();
    const request = await postedBy(here, "/outgoing", said);
    expect(await verifyDelivery(outgoing, request, proofContext(here, { secrets: [OUTGOING_TOKEN] }))).toEqual({ ok: true });
    const parsed = outgoing.parse(request, NOW);
    expect(parsed).toMatchObject({ kind: "event", type: "message", subject: said.conversation });
    expect("signedId" in parsed && parsed.signedId).toBe(parsed.deliveryKey);
  });
});

describe("a change notification", () => {
  const change = { resource: "teams('t')/channels('c')/messages('1')", changeType: "created" };

  it("is several events, each with its own id and without the word that proved it", async () => {
    const { here } = setUp();
    const request = await postedBy(here, "/change", { ...change, count: 3 });
    expect(await verify(graph, request, proofContext(here))).toEqual({ ok: true });
    const parsed = graph.parse(request, NOW);
    if (parsed.kind !== "events") return expect.fail("they are several");
    expect(parsed.events.map(({ type, subject }) => [type, subject])).toEqual(
      Array.from({ length: 3 }, () => ["chat_message.created", change.resource]),
    );
    expect(new Set(parsed.events.map(({ signedId }) => signedId)).size).toBe(3);
    expect(JSON.stringify(parsed)).not.toContain(CLIENT_STATE);
  });

  it("is proved by either of two words while one is replaced, and by none that is missing", async () => {
    const { here } = setUp();
    const request = await postedBy(here, "/change", change);
    const json = JSON.stringify({ clientState: CLIENT_STATE });
    for (const secrets of [
      ["another", CLIENT_STATE],
      [json, "another"],
    ])
      expect(await verify(graph, request, proofContext(here, { secrets }))).toEqual({ ok: true });
    for (const secrets of [[], [""], ['{"clientstate":"x"}']])
      expect(await verify(graph, request, proofContext(here, { secrets }))).toEqual({ ok: false, reason: "no_secret_configured" });
    expect(await verify(graph, request, proofContext(here, { secrets: ["another"] }))).toEqual({
      ok: false,
      reason: "client_state_mismatch",
    });
  });

  it("about the subscription itself is an event of its own", () => {
    const body = new TextEncoder().encode(
      JSON.stringify({ value: [{ subscriptionId: "s", clientState: "x", lifecycleEvent: "reauthorizationRequired", resource: "r" }] }),
    );
    expect(graph.parse({ method: "POST", url: "", headers: new Headers(), body }, NOW)).toMatchObject({
      kind: "event",
      type: "subscription_lifecycle",
      deliveryKey: null,
      data: { lifecycleEvent: "reauthorizationRequired" },
    });
  });

  it("has an address that answers a new subscription, and nothing else", () => {
    const at = (url: string, body = "", method = "POST"): WebhookRequest => ({
      method,
      url,
      headers: new Headers(),
      body: new TextEncoder().encode(body),
    });
    const hook = "https://interlock.example/hooks/graph";
    expect(graph.probe?.(at(`${hook}?validationToken=a%20b`))).toEqual({ status: 200, body: "a b", contentType: "text/plain" });
    expect(graph.probe?.(at(hook))).toBeNull();
    expect(graph.probe?.(at(`${hook}?validationToken=a`, '{"value":[]}'))).toBeNull();
    expect(graph.probe?.(at(`${hook}?validationToken=a`, "", "GET"))).toBeNull();
    expect(graph.probe?.(at(`${hook}?validationToken=${"a".repeat(2_000)}`))).toBeNull();
  });
});

describe("a notification that carries the record", () => {
  const content = { id: "1", body: { content: "Charged twice <b>" } };
  const keys = new Keys(memoryTable());
  const pem = (der: ArrayBuffer) => `-----BEGIN PRIVATE KEY-----\n${Buffer.from(der).toString("base64")}\n-----END PRIVATE KEY-----\n`;
  const at = NOW / 1_000;
  const claims = {
    iss: `https://login.microsoftonline.com/${TENANT}/v2.0`,
    aud: APP_ID,
    azp: "0bf30f3b-4a52-48df-9a82-234910c4a086",
    exp: at + 3_600,
    nbf: at - 60,
  };

  /** Sealed as Graph does, for a certificate that was just made. */
  async function sealedFor(more: { claims?: object; hash?: "SHA-1" | "SHA-256"; certificate?: string; mac?: Uint8Array } = {}) {
    const how = { name: "RSA-OAEP", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: more.hash ?? "SHA-1" };
    const pair = (await crypto.subtle.generateKey(how, true, ["encrypt", "decrypt"])) as CryptoKeyPair;
    const key = crypto.getRandomValues(new Uint8Array(32));
    const aes = await crypto.subtle.importKey("raw", key, "AES-CBC", false, ["encrypt"]);
    const sealed = await crypto.subtle.encrypt(
      { name: "AES-CBC", iv: key.slice(0, 16) },
      aes,
      new TextEncoder().encode(JSON.stringify(content)),
    );
    const data = new Uint8Array(sealed);
    const dataKey = await crypto.subtle.encrypt("RSA-OAEP", pair.publicKey, key);
    const base64 = (bytes: Uint8Array | ArrayBuffer) => Buffer.from(bytes as Uint8Array).toString("base64");
    const item = {
      id: "n1",
      subscriptionId: "s1",
      clientState: CLIENT_STATE,
      changeType: "created",
      resource: "chats('c')/messages('1')",
      resourceData: { "@odata.type": "#Microsoft.Graph.chatMessage" },
      encryptedContent: {
        data: base64(data),
        dataKey: base64(dataKey),
        dataSignature: base64(more.mac ?? hmacSha256(key, [data])),
        encryptionCertificateId: "cert-1",
      },
    };
    const body = JSON.stringify({ value: [item], validationTokens: [await keys.sign({ ...claims, ...more.claims })] });
    const privateKey = pem((await crypto.subtle.exportKey("pkcs8", pair.privateKey)) as ArrayBuffer);
    const secret = JSON.stringify({ clientState: CLIENT_STATE, certificates: { [more.certificate ?? "cert-1"]: privateKey } });
    const request = { method: "POST", url: "https://x.example/hooks/graph", headers: new Headers(), body: new TextEncoder().encode(body) };
    const asked: string[] = [];
    const published = async (url: string) => {
      asked.push(url);
      return JSON.stringify(await keys.published());
    };
    const context = { secrets: [secret], settings: SETTINGS, published, now: NOW };
    return { request, verdict: await verify(graph, request, context), asked };
  }

  it("is opened while it is proved, and read in its place", async () => {
    const { request, verdict, asked } = await sealedFor();
    expect(asked).toEqual(["https://login.microsoftonline.com/common/discovery/v2.0/keys"]);
    if (!verdict.ok || !verdict.opened) return expect.fail("it is opened");
    const parsed = graph.parse({ ...request, body: verdict.opened }, NOW);
    expect(parsed).toMatchObject({ kind: "event", deliveryKey: "s1:n1", data: { content, changeType: "created" } });
    expect(JSON.stringify(parsed)).not.toMatch(/encryptedContent|sandbox-client-state/);
  });

  it.each<[string, Parameters<typeof sealedFor>[0], string]>([
    ["for another certificate", { certificate: "cert-0" }, "unknown_key"],
    ["with another MAC", { mac: new Uint8Array(32) }, "bad_signature"],
    ["with its key wrapped in another way", { hash: "SHA-256" }, "bad_signature"],
    ["of another application than Graph", { claims: { azp: "11111111-0000-4000-8000-000000000009" } }, "bad_issuer"],
    ["of another organisation", { claims: { iss: "https://sts.windows.net/another/" } }, "bad_issuer"],
    ["for another application than ours", { claims: { aud: "another" } }, "bad_audience"],
    ["with a token that has expired", { claims: { exp: at - 301 } }, "expired"],
    ["with a token that is not valid yet", { claims: { nbf: at + 301 } }, "not_yet_valid"],
  ])("is refused %s", async (_, more, reason) => expect((await sealedFor(more)).verdict).toEqual({ ok: false, reason }));
});

// ---- the assessment ----

describe("the assessment", () => {
  const findings = (name: string, settings: Record<string, string>, now = NOW) =>
    teams.checks?.find((check) => check.name === name)?.run({ http: setUp(settings).http, now, hookUrl: "https://x.example/hooks/teams" });

  it("confirms a bot that may read its channel", async () => {
    expect((await findings("auth", { ...SETTINGS, channel }))?.map(({ outcome }) => outcome)).toEqual(["confirmed", "confirmed"]);
    expect((await findings("settings", SETTINGS))?.map(({ outcome }) => outcome)).toEqual(["confirmed", "confirmed"]);
  });

  it("names a channel that the bot is not in, a clock that is off, a setting that is missing and what only a person can see", async () => {
    expect(await findings("auth", { ...SETTINGS, channel: closed })).toMatchObject([
      { outcome: "missing", said: expect.stringContaining("BotNotInConversationRoster"), fix: expect.stringContaining("Add the app") },
    ]);
    expect((await findings("auth", { ...SETTINGS, channel }, NOW + 400_000))?.[1]?.outcome).toBe("missing");
    expect((await findings("auth", SETTINGS))?.[0]?.outcome).toBe("cannot_tell");
    expect((await findings("settings", { appId: APP_ID }))?.[1]).toMatchObject({
      outcome: "missing",
      said: "The setting tenantId is not set",
    });
    expect(await findings("webhook", SETTINGS)).toMatchObject([
      { outcome: "cannot_tell", fix: expect.stringContaining("https://x.example/hooks/teams") },
    ]);
  });

  it("passes a refused credential on", async () => {
    const { here } = setUp({ ...SETTINGS, channel });
    await here.control("/state", { token: "another" });
    const auth = teams.checks?.find(({ name }) => name === "auth");
    expect((await failureFrom(auth?.run({ http: here.http, now: NOW, hookUrl: null }) as Promise<unknown>)).code).toBe(
      "connector.unauthorised",
    );
  });
});

// ---- the published contract ----

const CONTRACT = path.resolve("../shared/contracts/teams");

describe.skipIf(!existsSync(CONTRACT))("the Connector's published API (../shared/contracts/teams)", () => {
  const swagger = JSON.parse(readFileSync(path.join(CONTRACT, "botframework-ConnectorAPI.json"), "utf8"));
  const exchanges: {
    name: string;
    request: { method: string; path: string; body: unknown };
    response: { status: number; headers: object; body: unknown };
  }[] = JSON.parse(readFileSync(path.join(CONTRACT, "exchanges.derived.json"), "utf8"));
  const named = (name: string) => exchanges.find((one) => one.name === name) ?? expect.fail(`no exchange ${name}`);
  const replay = (name: string) => {
    const { response } = named(name);
    return json(response.body, response.status, response.headers as Record<string, string>);
  };

  it("has every call, its method and each field of its body", async () => {
    const { here, context, http } = setUp();
    const root = await postMessage.apply({ channel, text: "x", card: { type: "AdaptiveCard" } }, context);
    await replyInThread.apply({ conversation: root.conversation, text: "y" }, context);
    await updateMessage.apply({ ...root, text: "z" }, context);
    await deleteMessage.apply({ ...root, reason: "r" }, context);
    await listMembers.run({ conversation: channel }, http);
    const known = (name: string) => Object.keys(swagger.definitions[name].properties);
    for (const { method, path: at, body } of here.requests) {
      const template = at
        .replace(/conversations\/[^/]+/, "conversations/{conversationId}")
        .replace(/activities\/[^/]+/, "activities/{activityId}");
      expect(Object.keys(swagger.paths[template] ?? {}), `${method} ${at}`).toContain(method.toLowerCase());
      const activity = (body?.activity ?? body ?? {}) as object;
      if (template === "/v3/conversations")
        expect(known("ConversationParameters")).toEqual(expect.arrayContaining(Object.keys(body ?? {})));
      expect(known("Activity")).toEqual(expect.arrayContaining(Object.keys(activity)));
    }
    expect(here.requests).toHaveLength(5);
  });

  it("answers as the recorded exchanges do", async () => {
    const { here } = setUp();
    expect(await postMessage.apply({ channel, text: "Run 12" }, answering(here, replay("create-thread")))).toEqual({
      conversation: "19:abc@thread.tacv2;messageid=1668000000000",
      activity: "1668000000000",
    });
    const conversation = "19:abc@thread.tacv2;messageid=1668000000000";
    expect(await replyInThread.apply({ conversation, text: "x" }, answering(here, replay("reply-in-thread")))).toEqual({
      conversation,
      activity: "1668000000999",
    });
    await updateMessage.apply({ conversation, activity: "1668000000999", text: "x" }, answering(here, replay("update-card")));
    const codes = { "rate-limit": "connector.rate_limited", error: "connector.rejected", unauthorized: "connector.unauthorised" };
    for (const [name, code] of Object.entries(codes))
      expect((await failureFrom(replyInThread.apply({ conversation, text: "x" }, answering(here, replay(name))))).code, name).toBe(code);
    const token = named("token");
    const auth = teamsAuth(JSON.stringify({ tenant: "TENANT", clientId: "APP", clientSecret: "S" }));
    if (auth.kind !== "token") return expect.fail("it is a token that expires");
    const { base, path: at, content } = auth.request({ kept: null, now: NOW, nonce: "" });
    expect([`${base}${at}`, content?.text]).toEqual([token.request.path, token.request.body]);
    expect(auth.read({ status: 200, headers: new Headers(), text: "", json: token.response.body }, NOW, "").value).toBe("eyJ");
  });
});
