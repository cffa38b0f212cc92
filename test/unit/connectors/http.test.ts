import { describe, expect, it, vi } from "vitest";
import type { Http, HttpAnswer, HttpRequest } from "../../../src/connectors/define.ts";
import { createHttp, type HttpOptions, outboundFetch, readPublic, retryAfterMs } from "../../../src/connectors/http.ts";
import { type ErrorCode, type Failure, failureOf } from "../../../src/core/errors.ts";

const NOW = Date.parse("2026-01-05T08:00:00Z");
const TOKEN = "tok_live_3f9c2a";
const GET: HttpRequest = { method: "GET", path: "/api/v2/tickets/5.json?page[size]=100" };

interface Answer {
  status?: number;
  body?: string;
  headers?: Record<string, string>;
}
interface Call {
  url: string;
  init: RequestInit;
}

/** A fetch that answers always the same and remembers every call. */
function door(answer: Answer | ((call: Call) => Promise<Response>), options: Partial<HttpOptions> = {}): { http: Http; calls: Call[] } {
  const calls: Call[] = [];
  const fetch = async (url: unknown, init: unknown): Promise<Response> => {
    const call = { url: String(url), init: init as RequestInit };
    calls.push(call);
    if (typeof answer === "function") return answer(call);
    const { status = 200, body = "{}", headers = {} } = answer;
    return new Response(status === 204 ? null : body, { status, headers });
  };
  const http = createHttp({
    baseUrl: "https://acme.zendesk.com",
    authorization: `Bearer ${TOKEN}`,
    system: "Zendesk",
    now: () => NOW,
    fetch: fetch as unknown as HttpOptions["fetch"],
    ...options,
  });
  return { http, calls };
}

const failureFrom = async (work: Promise<unknown>): Promise<Failure> =>
  work.then(
    () => expect.fail("it did not throw"),
    (thrown) => failureOf(thrown),
  );

describe("a request", () => {
  it("goes to the base URL with the credential and no redirects", async () => {
    const { http, calls } = door({ body: '{"ticket":{"id":5}}' });
    const answer = await http.send({
      method: "PUT",
      path: "/api/v2/tickets/5.json",
      body: { ticket: {} },
      headers: { "x-own": "1", authorization: "mine" },
    });
    expect(answer).toMatchObject({ status: 200, json: { ticket: { id: 5 } } });
    expect(calls).toHaveLength(1);
    expect(calls[0]?.url).toBe("https://acme.zendesk.com/api/v2/tickets/5.json");
    expect(calls[0]?.init).toMatchObject({
      method: "PUT",
      body: '{"ticket":{}}',
      redirect: "manual",
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json; charset=utf-8", "x-own": "1" },
    });
  });

  it("keeps the base URL's path prefix", async () => {
    const { http, calls } = door({}, { baseUrl: "http://127.0.0.1:8788/zendesk/" });
    await http.send(GET);
    expect(calls[0]?.url).toBe("http://127.0.0.1:8788/zendesk/api/v2/tickets/5.json?page[size]=100");
  });

  it("sends no authorization where the connection has none", async () => {
    const { http, calls } = door({}, { authorization: null });
    await http.send(GET);
    expect(new Headers(calls[0]?.init.headers).has("authorization")).toBe(false);
  });

  it.each([
    "https://evil.example/api",
    "//evil.example/api",
    "@evil.example/api",
    "api/v2",
    "/api/../admin",
    "/api/%2e%2E/admin",
    "/api//v2",
    "/api\\v2",
    "/api/v2#part",
    "/api/v2 x",
    "/api/v2\r\nx: 1",
    "/api/ü",
  ])("refuses the path %j without sending anything", async (path) => {
    const { http, calls } = door({});
    expect((await failureFrom(http.send({ method: "GET", path }))).code).toBe("connector.rejected");
    expect(calls).toHaveLength(0);
  });

  it("allows dots and slashes in a query", async () => {
    const { http, calls } = door({});
    await http.send({ method: "GET", path: "/api/x?cursor=a..b//c" });
    expect(calls).toHaveLength(1);
  });

  it.each(["not a url", "ftp://acme.example", "https://user:pass@acme.example", "https://acme.example?x=1", "https://acme.example#x"])(
    "refuses the base URL %j",
    (baseUrl) => expect(() => door({}, { baseUrl })).toThrow(/base URL/),
  );

  it("refuses a credential that cannot be a header, without repeating it", () => {
    expect(() => door({}, { authorization: "Bearer geheim\nx" })).toThrow(/^(?!.*geheim).*cannot travel/s);
  });

  it("calls the global fetch by default", async () => {
    const spy = vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response("{}"));
    try {
      await door({}, { fetch: undefined }).http.send(GET);
      await outboundFetch("https://acme.example/");
      expect(spy).toHaveBeenCalledTimes(2);
    } finally {
      spy.mockRestore();
    }
  });
});

describe("an SDK's way out", () => {
  const through = async (answer: () => Response, init?: RequestInit) => {
    const spy = vi.spyOn(globalThis, "fetch").mockImplementation(async () => answer());
    try {
      return { response: await outboundFetch("https://acme.example/", init), sent: spy.mock.calls[0]?.[1] };
    } finally {
      spy.mockRestore();
    }
  };

  it("hands on status, headers and the whole body, and not the headers that were about how it travelled", async () => {
    const headers = { "x-request-id": "r1", "content-encoding": "gzip", "content-length": "999" };
    const { response } = await through(() => new Response('{"a":1}', { status: 418, headers }));
    expect([response.status, Object.fromEntries(response.headers)]).toEqual([
      418,
      { "content-type": "text/plain;charset=UTF-8", "x-request-id": "r1" },
    ]);
    expect(await response.json()).toEqual({ a: 1 });
  });

  it("never follows a redirect, whatever it is told", async () => {
    const location = { location: "https://elsewhere.example/" };
    const { response, sent } = await through(() => new Response(null, { status: 307, headers: location }), { redirect: "follow" });
    expect(sent?.redirect).toBe("manual");
    expect(response.status).toBe(307);
  });

  it.each([204, 205, 304])("takes an answer without a body: %i", async (status) => {
    const { response } = await through(() => new Response(null, { status }));
    expect([response.status, await response.text()]).toEqual([status, ""]);
  });

  it("fails where the body does", async () => {
    const broken = () => new Response(new ReadableStream({ pull: (controller) => controller.error(new Error("reset")) }));
    await expect(through(broken)).rejects.toThrow("reset");
  });
});

describe("an answer", () => {
  it.each([
    [200, "", null],
    [204, "", null],
    [200, "null", null],
    [201, "[1]", [1]],
  ])("of %i with body %j is %j", async (status, body, json) => {
    expect((await door({ status, body }).http.send(GET)).json).toEqual(json);
  });

  const WAIT = { "retry-after": "7" };
  const cases: [name: string, answer: Answer, code: ErrorCode, retryAfterMs?: number][] = [
    ["301", { status: 301, headers: { location: "https://evil.example/" } }, "connector.rejected"],
    ["302", { status: 302, headers: { location: "/elsewhere" } }, "connector.rejected"],
    ["400", { status: 400 }, "connector.rejected"],
    ["401", { status: 401 }, "connector.unauthorised"],
    ["403", { status: 403 }, "connector.unauthorised"],
    ["404", { status: 404 }, "connector.not_found"],
    ["408", { status: 408 }, "connector.timeout"],
    ["409", { status: 409 }, "connector.conflict"],
    ["410", { status: 410 }, "connector.not_found"],
    ["412", { status: 412 }, "connector.conflict"],
    ["422", { status: 422 }, "connector.rejected"],
    ["429 with a pause", { status: 429, headers: WAIT }, "connector.rate_limited", 7000],
    ["429 without", { status: 429 }, "connector.rate_limited"],
    ["429 with a pause that is no number", { status: 429, headers: { "retry-after": "soon 12" } }, "connector.rate_limited"],
    ["429 with a negative pause", { status: 429, headers: { "retry-after": "-5" } }, "connector.rate_limited"],
    ["429 with a pause of a day", { status: 429, headers: { "retry-after": "86400" } }, "connector.rate_limited", 900_000],
    ["429 until a time", { status: 429, headers: { "retry-after": "Mon, 05 Jan 2026 08:00:30 GMT" } }, "connector.rate_limited", 30_000],
    [
      "429 until a time that has passed",
      { status: 429, headers: { "retry-after": "Mon, 05 Jan 2026 07:00:00 GMT" } },
      "connector.rate_limited",
      0,
    ],
    ["500", { status: 500 }, "connector.unavailable"],
    ["502", { status: 502, headers: WAIT }, "connector.unavailable"],
    ["503 with a pause", { status: 503, headers: WAIT }, "connector.rate_limited", 7000],
    ["503 without", { status: 503 }, "connector.unavailable"],
    ["200 with HTML", { body: "<html><title>Login</title></html>" }, "connector.answer_invalid"],
    ["200 with half an object", { body: '{"ticket":' }, "connector.answer_invalid"],
  ];
  it.each(cases)("%s is a failure with a code, of a read and of a write, after one request", async (_name, answer, code, pause) => {
    for (const request of [GET, { method: "PUT", path: "/api/x", body: {} } as const]) {
      const { http, calls } = door(answer);
      const failure = await failureFrom(http.send(request));
      expect(failure).toMatchObject({ code });
      expect(failure.retryAfterMs).toBe(pause);
      expect(calls).toHaveLength(1);
    }
  });

  it.each([
    [null, undefined],
    ["", undefined],
    ["  3 ", 3000],
    ["1.5", 1500],
    ["1e3", undefined],
    ["Infinity", undefined],
    ["2026-01-05T08:00:30Z", undefined],
  ])("with Retry-After %j pauses %j ms", (header, pause) => {
    expect(retryAfterMs(header, NOW)).toBe(pause);
  });

  it("that never comes is a timeout", async () => {
    const { http } = door(
      ({ init }) => new Promise((_, reject) => init.signal?.addEventListener("abort", () => reject(new Error("aborted")))),
      { timeoutMs: 5 },
    );
    expect(await failureFrom(http.send(GET))).toMatchObject({ code: "connector.timeout" });
  });

  it("whose body breaks off is unavailable", async () => {
    const broken = new ReadableStream({
      start: (controller) => controller.error(new TypeError("terminated", { cause: { code: "UND_ERR_SOCKET" } })),
    });
    const { http } = door(async () => new Response(broken as unknown as BodyInit));
    expect(await failureFrom(http.send(GET))).toEqual({
      code: "connector.unavailable",
      message: "Zendesk could not be reached for GET /api/v2/tickets/5.json (UND_ERR_SOCKET)",
    });
  });

  it("may say no with HTTP 200", async () => {
    const refusal = ({ json }: HttpAnswer) =>
      (json as { ok: boolean }).ok ? null : { code: "connector.rate_limited" as const, message: `no, ${TOKEN}` };
    const { http } = door({ body: '{"ok":false}', headers: WAIT }, { refusal });
    expect(await failureFrom(http.send(GET))).toEqual({
      code: "connector.rate_limited",
      message: "Zendesk answered 200 to GET /api/v2/tickets/5.json: no, [credential]",
      retryAfterMs: 7000,
    });
    expect((await door({ body: '{"ok":true}' }, { refusal }).http.send(GET)).json).toEqual({ ok: true });
  });
});

describe("a message", () => {
  const said = async (body: string, status = 422) =>
    failureFrom(door({ status, body }).http.send({ method: "PUT", path: "/api/v2/tickets/5.json?a=1", body: {} }));

  it("names the field that Zendesk refused", async () => {
    const details = { priority: [{ description: "Priority: is invalid", error: "InvalidValue" }] };
    expect(await said(JSON.stringify({ error: "RecordInvalid", description: "Record validation errors", details }))).toEqual({
      code: "connector.rejected",
      field: "priority",
      message:
        "Zendesk answered 422 to PUT /api/v2/tickets/5.json: RecordInvalid; Record validation errors; priority: Priority: is invalid",
    });
  });

  it.each([
    ['{"error":{"title":"Forbidden","message":"Not yours"}}', "Forbidden; Not yours"],
    ['{"error":"Couldn\'t authenticate you"}', "Couldn't authenticate you"],
    ['{"title":"Bad","detail":"Field x"}', "Bad; Field x"],
    ['{"errors":[{"code":"X","detail":"no such view"}]}', "no such view"],
    ['{"details":{"base":[{"description":"Order: is required"}]}}', "base: Order: is required"],
    ["<html><style>p{}</style><body><h1>Down</h1>for  maintenance</body></html>", "Down for maintenance"],
    ["plain words", "plain words"],
    ['"text"', '"text"'],
  ])("reads the error body %s", async (body, expected) => {
    expect((await said(body)).message).toBe(`Zendesk answered 422 to PUT /api/v2/tickets/5.json: ${expected}`);
  });

  it("says nothing more where the body is empty", async () => {
    expect((await said("", 500)).message).toBe("Zendesk answered 500 to PUT /api/v2/tickets/5.json");
  });

  it("is cut at 500 characters", async () => {
    expect((await said(JSON.stringify({ error: "x".repeat(5000) }))).message).toHaveLength(500);
    expect((await said(`<p>${"y ".repeat(5000)}`)).message).toHaveLength(500);
  });

  it("does not take long over a body made to be slow", async () => {
    const start = performance.now();
    await said("<".repeat(2_000_000));
    await said("<style>".repeat(300_000));
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it("never holds the credential, even where the system quotes it", async () => {
    const basic = `Basic ${btoa(`me@acme.example/token:${TOKEN}`)}`;
    const secrets = [TOKEN, basic, basic.slice(6)];
    for (const authorization of [`Bearer ${TOKEN}`, basic]) {
      const body = JSON.stringify({ error: "InvalidToken", description: `Header ${authorization}, token ${TOKEN}, ${basic}` });
      const failures = [
        await failureFrom(door({ status: 401, body }, { authorization }).http.send(GET)),
        await failureFrom(door({ status: 200, body: `Hello ${authorization}` }, { authorization }).http.send(GET)),
        await failureFrom(door(() => Promise.reject(new TypeError(`invalid header ${authorization}`)), { authorization }).http.send(GET)),
      ];
      for (const secret of authorization === basic ? secrets : [TOKEN]) expect(JSON.stringify(failures)).not.toContain(secret);
    }
  });
});

describe("remember", () => {
  function memory() {
    let time = NOW;
    let loads = 0;
    const { http } = door({}, { now: () => time });
    const load = async () => {
      loads++;
      await Promise.resolve();
      return loads;
    };
    return { http, load, loads: () => loads, pass: (ms: number) => (time += ms) };
  }

  it("loads once for all who ask at the same time", async () => {
    const { http, load, loads } = memory();
    expect(await Promise.all([1, 2, 3].map(() => http.remember("groups", 1000, load)))).toEqual([1, 1, 1]);
    expect(loads()).toBe(1);
  });

  it("keeps a value for its time and no longer", async () => {
    const { http, load, loads, pass } = memory();
    await http.remember("groups", 1000, load);
    pass(999);
    expect(await http.remember("groups", 1000, load)).toBe(1);
    pass(1);
    expect(await http.remember("groups", 1000, load)).toBe(2);
    expect(loads()).toBe(2);
  });

  it("keeps values apart by key, and by connection", async () => {
    const one = memory();
    await one.http.remember("a", 1000, one.load);
    expect(await one.http.remember("b", 1000, one.load)).toBe(2);
    expect(await memory().http.remember("a", 1000, async () => "other")).toBe("other");
  });

  it("does not keep a failure", async () => {
    const { http, load } = memory();
    const fail = () => Promise.reject(new Error("down"));
    await expect(Promise.all([http.remember("groups", 1000, fail), http.remember("groups", 1000, fail)])).rejects.toThrow("down");
    expect(await http.remember("groups", 1000, load)).toBe(1);
  });
});

describe("readPublic", () => {
  const answering = (answer: (init: RequestInit) => Promise<Response>) => {
    const calls: RequestInit[] = [];
    const given = (async (_: unknown, init: RequestInit) => {
      calls.push(init);
      return answer(init);
    }) as unknown as typeof fetch;
    return { calls, read: () => readPublic("https://keys.example/jwks", given) };
  };

  it("reads a document without a credential, and does not follow a redirect", async () => {
    const { calls, read } = answering(async () => new Response("{}", { status: 200 }));
    expect(await read()).toEqual({ status: 200, text: "{}" });
    expect(calls).toMatchObject([{ redirect: "manual", headers: { "user-agent": "interlock" } }]);
    expect(await answering(async () => new Response(null, { status: 302, headers: { location: "https://evil.example" } })).read()).toEqual({
      status: 302,
      text: "",
    });
  });

  it("is null for what is too large, does not answer in time or is not there", async () => {
    expect(await answering(async () => new Response("x".repeat(512 * 1024 + 1))).read()).toBeNull();
    expect(await answering(() => Promise.reject(new TypeError("no such host"))).read()).toBeNull();
    vi.useFakeTimers();
    try {
      const hanging = answering(
        ({ signal }) => new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new Error("aborted")))),
      ).read();
      await vi.advanceTimersByTimeAsync(1_200);
      expect(await hanging).toBeNull();
    } finally {
      vi.useRealTimers();
    }
  });
});
