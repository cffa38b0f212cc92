import { describe, expect, it } from "vitest";
import type { Auth, SignableRequest } from "../../../src/connectors/auth.ts";
import { basic, bearer, header } from "../../../src/connectors/auth.ts";
import type { Ask, Lease, Usage } from "../../../src/connectors/budget.ts";
import { LEASE_MS } from "../../../src/connectors/budget.ts";
import { type Account, connect } from "../../../src/connectors/connect.ts";
import { type Connector, defineConnector } from "../../../src/connectors/define.ts";
import { fail, failureOf, ok } from "../../../src/core/errors.ts";

interface Call {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | null;
}

const GET = { method: "GET", path: "/things" } as const;

function door(
  auth: Auth,
  {
    answer,
    more = {},
    token,
    lease,
  }: Partial<{
    answer: (call: Call, nth: number) => Response;
    more: Partial<Connector>;
    token: (refused: string | null) => ReturnType<Account["token"]>;
    lease: (ask: Ask) => Lease;
  }> = {},
) {
  const calls: Call[] = [];
  const asked: { tokens: (string | null)[]; leases: Ask[]; noted: [Usage | null, number][] } = { tokens: [], leases: [], noted: [] };
  let now = 1_000_000;
  const connector = defineConnector<Record<never, never>, never>({
    name: "things",
    title: "Things",
    auth: () => auth,
    credentials: [],
    webhooks: {},
    triggers: {},
    actions: {},
    ...more,
  } as Parameters<typeof defineConnector<Record<never, never>, never>>[0]);
  const http = connect({
    connector,
    baseUrl: "https://things.test/base",
    secret: "secret",
    settings: { version: "7" },
    nonce: () => "nonce",
    now: () => now,
    account: {
      token: async (refused) => {
        asked.tokens.push(refused);
        return token?.(refused) ?? ok({ value: `token-${asked.tokens.length}`, expiresAt: now + 3_600_000 });
      },
      lease: async (ask) => {
        asked.leases.push(ask);
        return ok(lease?.(ask) ?? { kind: "leased", units: ask.units });
      },
      note: async (usage, pauseMs) => {
        asked.noted.push([usage, pauseMs]);
        return ok(null);
      },
    },
    fetch: (async (input: unknown, init: RequestInit = {}) => {
      const call = {
        url: String(input),
        method: String(init.method),
        headers: new Headers(init.headers as Record<string, string>),
        body: typeof init.body === "string" ? init.body : null,
      };
      calls.push(call);
      return answer?.(call, calls.length) ?? Response.json({ ok: true });
    }) as typeof fetch,
  });
  return {
    http,
    calls,
    asked,
    later: (ms: number) => {
      now += ms;
    },
  };
}
const failureFrom = (work: Promise<unknown>) => work.then(() => expect.fail("it did not throw"), failureOf);

describe("a credential", () => {
  it("travels in the header that its system wants, and in no message", async () => {
    const { http, calls } = door(header("x-shop-token", "shpat_123456"), {
      answer: () => new Response("shpat_123456 is wrong", { status: 403 }),
    });
    expect((await failureFrom(http.send(GET))).message).toBe("Things answered 403 to GET /things: [credential] is wrong");
    expect(calls[0]?.headers.get("x-shop-token")).toBe("shpat_123456");
    expect(calls[0]?.headers.has("authorization")).toBe(false);
  });

  it("is spelt as RFC 6750 and RFC 7617 say", () => {
    expect(bearer("abc")).toEqual({ kind: "header", name: "authorization", value: "Bearer abc" });
    expect(basic("mé", "a:b")).toEqual({
      kind: "header",
      name: "authorization",
      value: `Basic ${Buffer.from("mé:a:b").toString("base64")}`,
    });
  });

  it("that signs sees the request whole: method, address, query, body and its type", async () => {
    const seen: SignableRequest[] = [];
    const { http, calls } = door({
      kind: "signed",
      sign: (request, stamp) => {
        seen.push(request);
        return { authorization: `OAuth n=${stamp.nonce} t=${stamp.now}` };
      },
    });
    await http.send({ method: "POST", path: "/things?a=1", content: { type: "text/xml; charset=utf-8", text: "<a/>" }, answer: "text" });
    expect(seen).toEqual([
      { method: "POST", url: "https://things.test/base/things?a=1", body: "<a/>", contentType: "text/xml; charset=utf-8" },
    ]);
    expect(calls[0]?.headers.get("authorization")).toBe("OAuth n=nonce t=1000000");
    expect(calls[0]?.headers.get("content-type")).toBe("text/xml; charset=utf-8");
  });
});

describe("a token", () => {
  const auth: Auth = {
    kind: "token",
    request: () => ({ method: "POST", path: "/token" }),
    read: () => ({ value: "", expiresAt: null }),
  };

  it("is asked for once and used until its last minute", async () => {
    const { http, calls, asked, later } = door(auth);
    await http.send(GET);
    await http.send(GET);
    later(3_600_000 - 61_000);
    await http.send(GET);
    expect(asked.tokens).toEqual([null]);
    later(2_000);
    await http.send(GET);
    expect(asked.tokens).toEqual([null, null]);
    expect(calls.map(({ headers }) => headers.get("authorization"))).toEqual(
      ["token-1", "token-1", "token-1", "token-2"].map((one) => `Bearer ${one}`),
    );
  });

  it("that is refused is replaced, and the call is sent once more and no third time", async () => {
    const { http, calls, asked } = door(auth, { answer: (_, nth) => (nth === 1 ? new Response("", { status: 401 }) : Response.json({})) });
    await http.send(GET);
    expect(asked.tokens).toEqual([null, "token-1"]);
    expect(calls).toHaveLength(2);
    const never = door(auth, { answer: () => new Response("", { status: 401 }) });
    expect((await failureFrom(never.http.send(GET))).code).toBe("connector.unauthorised");
    expect(never.calls).toHaveLength(2);
  });

  it("that stays the same after a refusal is not tried again", async () => {
    const { http, calls } = door(auth, {
      token: async () => ok({ value: "same", expiresAt: null }),
      answer: () => new Response("", { status: 401 }),
    });
    expect((await failureFrom(http.send(GET))).code).toBe("connector.unauthorised");
    expect(calls).toHaveLength(1);
  });

  it("that cannot be had ends the call before it is sent, in the words of who could not", async () => {
    const { http, calls } = door(auth, { token: async () => fail("connector.unauthorised", "Things gave no token: invalid_grant") });
    expect(await failureFrom(http.send(GET))).toEqual({ code: "connector.unauthorised", message: "Things gave no token: invalid_grant" });
    expect(calls).toEqual([]);
  });
});

describe("a budget", () => {
  const budget = { capacity: 40, perSecond: 2 };

  it("is leased in bulk, apart for reads and writes, and anew when the lease is spent or over", async () => {
    const { http, asked, later } = door(bearer("t"), { more: { budget }, lease: () => ({ kind: "leased", units: 3 }) });
    for (let call = 0; call < 4; call++) await http.send(GET);
    expect(asked.leases).toEqual([
      { units: 1, effect: "read" },
      { units: 1, effect: "read" },
    ]);
    await http.send({ method: "POST", path: "/things", body: {} });
    await http.send({ method: "POST", path: "/search", body: {}, reads: true });
    expect(asked.leases.map(({ effect }) => effect)).toEqual(["read", "read", "write"]);
    later(LEASE_MS);
    await http.send(GET);
    expect(asked.leases).toHaveLength(4);
  });

  it("that is spent keeps a call from leaving, and says how long", async () => {
    const { http, calls } = door(bearer("t"), {
      more: { budget },
      lease: () => ({ kind: "wait", ms: 700, because: "its rate limit is spent" }),
    });
    expect(await failureFrom(http.send({ ...GET, cost: 12 }))).toEqual({
      code: "connector.held_back",
      message: "Things: the call was not sent, because its rate limit is spent",
      retryAfterMs: 700,
    });
    expect(calls).toEqual([]);
  });

  it("hears what answers tell, and of a pause that one of them asked for", async () => {
    const usage = ({ headers }: { headers: Headers }): Usage | null => {
      const left = headers.get("x-left");
      return left === null ? null : { kind: "bucket", left: Number(left), ...budget };
    };
    const { http, asked } = door(bearer("t"), {
      more: { budget, usage },
      answer: (_, nth) =>
        nth === 1 ? Response.json({}, { headers: { "x-left": "7" } }) : new Response("", { status: 429, headers: { "retry-after": "9" } }),
    });
    await http.send(GET);
    await failureFrom(http.send(GET));
    expect(asked.noted).toEqual([
      [{ kind: "bucket", left: 7, ...budget }, 0],
      [null, 9_000],
    ]);
  });
});

describe("an answer", () => {
  it("that is read by the connector is judged by its words, status and all", async () => {
    const refusal: Connector["refusal"] = ({ status, json }) =>
      status === 403 && (json as [{ errorCode: string }])[0].errorCode === "REQUEST_LIMIT_EXCEEDED"
        ? { code: "connector.rate_limited", message: "REQUEST_LIMIT_EXCEEDED: too many", retryAfterMs: 60_000 }
        : null;
    const { http } = door(bearer("t"), {
      more: { refusal },
      answer: () => Response.json([{ errorCode: "REQUEST_LIMIT_EXCEEDED" }], { status: 403 }),
    });
    expect(await failureFrom(http.send(GET))).toEqual({
      code: "connector.rate_limited",
      message: "Things answered 403 to GET /things: REQUEST_LIMIT_EXCEEDED: too many",
      retryAfterMs: 60_000,
    });
  });

  it("that is no JSON is there as text where the call asked for text, and is refused where it did not", async () => {
    const answer = () => new Response("<a>1</a>", { headers: { "content-type": "text/xml" } });
    expect(await door(bearer("t"), { answer }).http.send({ ...GET, answer: "text" })).toMatchObject({ json: null, text: "<a>1</a>" });
    expect((await failureFrom(door(bearer("t"), { answer }).http.send(GET))).code).toBe("connector.answer_invalid");
  });

  it("that never ends is not read to its end", async () => {
    let sent = 0;
    const body = () =>
      new ReadableStream<Uint8Array>({
        pull: (controller) => {
          sent++;
          controller.enqueue(new Uint8Array(1024 * 1024).fill(0x20));
        },
      });
    const failure = await failureFrom(door(bearer("t"), { answer: () => new Response(body()) }).http.send(GET));
    expect(failure).toMatchObject({ code: "connector.answer_invalid", message: expect.stringContaining("more than") });
    expect(sent).toBeLessThan(20);
  });

  it("comes with what the deployment says about its connection", () => {
    expect(door(bearer("t")).http.settings).toEqual({ version: "7" });
  });
});
