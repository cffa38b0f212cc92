// Connections and their assessments: what is not set is named, the system is really called and what is wrong with it is named, and a project owner can read and sign it.
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { header } from "../../../src/connectors/auth.ts";
import { defineConnector } from "../../../src/connectors/define.ts";
import { genericHmacWebhook } from "../../../src/connectors/generic-hmac.ts";
import { InterlockError } from "../../../src/core/errors.ts";
import type { Principal } from "../../../src/core/principal.ts";
import { type Deployment, defineDeployment } from "../../../src/deployment.ts";
import { connectionsApi } from "../../../src/http/api/connections.ts";
import { connectionPages } from "../../../src/http/console/connections.tsx";
import type { ConsoleEnv } from "../../../src/http/console-env.ts";
import { pollWords } from "../../../src/http/pages/connection-words.ts";
import { failureOfThrown, problemResponse } from "../../../src/http/problems.ts";
import { assessConnection, readConnections } from "../../../src/operations/assess-connection.ts";
import { startComplaints } from "../../../src/operations/connection-setup.ts";
import { openConsole } from "./console.ts";
import { ada, asking, dora } from "./papers.ts";

const NOW = Date.parse("2026-01-05T08:00:00Z");

const desk = defineConnector<Record<never, never>, never>({
  name: "desk",
  title: "Desk",
  auth: (secret) => {
    if (!secret.startsWith("key-")) throw new InterlockError("connector.unauthorised", "a key begins with key-");
    return header("x-key", secret);
  },
  credentials: ["key-…, from Desk’s settings"],
  settings: { shop: { summary: "the shop’s domain", required: true } },
  webhooks: { posted: genericHmacWebhook({ name: "desk", signatureHeader: "x-signature", encoding: "hex" }) },
  triggers: {},
  actions: {},
  checks: [
    {
      name: "scopes",
      summary: "What the key may do",
      run: async ({ http }) => {
        const { json } = await http.send({ method: "GET", path: "/scopes" });
        return (json as string[]).includes("orders:write")
          ? [{ outcome: "confirmed", said: "It may write orders" }]
          : [{ outcome: "missing", said: "The key has no scope orders:write", fix: "Settings > Apps > Interlock > Scopes" }];
      },
    },
    {
      name: "webhook",
      summary: "Whether it posts here",
      run: async ({ http, hookUrl }) => {
        const { json } = await http.send({ method: "GET", path: "/webhooks" });
        if (hookUrl === null) return [{ outcome: "cannot_tell", said: "There is no address to compare with" }];
        return [
          (json as string[]).includes(String(hookUrl))
            ? { outcome: "confirmed", said: `It posts to ${hookUrl}` }
            : { outcome: "missing", said: `Nothing posts to ${hookUrl}`, fix: "Add the webhook" },
        ];
      },
    },
    {
      name: "write",
      summary: "Whether it can be written to",
      writes: true,
      run: async ({ http }) => {
        await http.send({ method: "POST", path: "/probe", body: {} });
        return [{ outcome: "confirmed", said: "A note was written and removed" }];
      },
    },
  ],
});

const connected: Deployment = {
  ...asking,
  connections: {
    desk: {
      connector: desk,
      baseUrl: "DESK_URL",
      credential: "DESK_KEY",
      webhookSecrets: ["DESK_SECRET"],
      settings: { shop: "DESK_SHOP" },
    },
  },
};
const SET = {
  DESK_URL: "https://desk.test",
  DESK_KEY: "key-secret-1",
  DESK_SECRET: "s",
  DESK_SHOP: "acme",
  CONSOLE_URL: "https://interlock.test",
};
const HEALTHY = { scopes: ["orders:write"], hooks: ["https://interlock.test/hooks/desk"], clock: 0, fail: null as number | null };

async function open(set: Record<string, string> = SET) {
  const { env } = await openConsole([]);
  Object.assign(env, set);
  const context = { env, deployment: connected };
  const calls: string[] = [];
  const door = (system: Partial<typeof HEALTHY>) =>
    (async (input: unknown, init: RequestInit) => {
      const { scopes, hooks, clock, fail } = { ...HEALTHY, ...system };
      const { pathname } = new URL(String(input));
      calls.push(`${init.method} ${pathname}`);
      const headers = { date: new Date(NOW + clock).toUTCString() };
      if (fail !== null) return new Response("no", { status: fail, headers });
      const body = pathname === "/scopes" ? scopes : pathname === "/webhooks" ? hooks : {};
      return Response.json(body, { headers });
    }) as typeof fetch;
  const assess = async (system: Partial<typeof HEALTHY> = {}, write = false) => {
    const assessed = await assessConnection(context, ada, { connection: "desk", write }, () => NOW, door(system));
    return assessed.ok ? assessed.value : expect.fail(assessed.error.message);
  };
  const app = (by: Principal) =>
    new Hono<ConsoleEnv>()
      .use(async (c, next) => {
        c.set("principal", by);
        await next();
      })
      .route("/api/connections", connectionsApi(connected))
      .route("/connections", connectionPages(connected))
      .onError((thrown) => problemResponse(failureOfThrown(thrown)));
  const execution = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} } as unknown as ExecutionContext;
  return {
    env,
    context,
    calls,
    assess,
    ask: (by: Principal, path: string, init: RequestInit = {}) => app(by).request(path, init, env, execution),
  };
}
const about = (findings: readonly { check: string; outcome: string; said: string }[], check: string) =>
  findings.filter((finding) => finding.check === check).map(({ outcome, said }) => `${outcome}: ${said}`);

describe("an assessment", () => {
  it("confirms what is right, call by call, and writes nothing unless it is asked to", async () => {
    const { assess, calls } = await open();
    const { findings } = await assess();
    expect(findings.map(({ check, outcome }) => `${check} ${outcome}`)).toEqual([
      "setup confirmed",
      "scopes confirmed",
      "webhook confirmed",
      "write cannot_tell",
      "clock confirmed",
      "latency confirmed",
    ]);
    expect(calls).toEqual(["GET /scopes", "GET /webhooks"]);
    expect(about((await assess({}, true)).findings, "write")).toEqual(["confirmed: A note was written and removed"]);
    expect(calls).toContain("POST /probe");
  });

  it("names a wrong scope, a missing webhook and a clock that is off, each with what to do", async () => {
    const { assess } = await open();
    const { findings } = await assess({ scopes: ["orders:read"], hooks: [], clock: -400_000 });
    expect(about(findings, "scopes")).toEqual(["missing: The key has no scope orders:write"]);
    expect(about(findings, "webhook")).toEqual(["missing: Nothing posts to https://interlock.test/hooks/desk"]);
    expect(about(findings, "clock")).toEqual(["missing: Its clock is 400 s behind ours: signatures and tokens are refused"]);
    for (const { outcome, fix } of findings) if (outcome === "missing") expect(fix).toBeTruthy();
    expect(about((await assess({ clock: 60_000 })).findings, "clock")[0]).toMatch(/^warning: Its clock is \d+ s ahead of ours/);
  });

  it("tells a credential that is refused from a system that is down", async () => {
    const { assess } = await open();
    expect(about((await assess({ fail: 401 })).findings, "scopes")[0]).toMatch(/^missing: Desk answered 401/);
    expect(about((await assess({ fail: 503 })).findings, "scopes")[0]).toMatch(/^cannot_tell: Desk answered 503/);
  });

  it("names each binding that is not set, and a credential of another form, without calling anything", async () => {
    const { assess, calls, context } = await open({ DESK_KEY: "wrong" });
    const { findings } = await assess();
    expect(findings.map(({ said }) => said)).toEqual([
      "The address of Desk (DESK_URL) is not set, or is no address",
      "The credential (DESK_KEY) cannot be used: a key begins with key-",
      "No signing secret is set: every delivery is refused",
      "The setting shop is not set: the shop’s domain",
    ]);
    expect(findings.map(({ fix }) => fix)).toEqual([
      "Set DESK_URL in wrangler.toml's [vars]",
      "It may be key-…, from Desk’s settings",
      "Set it with wrangler secret put DESK_SECRET",
      "Set DESK_SHOP in wrangler.toml's [vars]",
    ]);
    expect(calls).toEqual([]);
    const [setup] = await readConnections(context);
    expect(setup?.standing).toBe("incomplete");
    expect(setup?.missing).toHaveLength(4);
    expect(startComplaints(context.env, connected)).toEqual([
      "connection desk: The address of Desk (DESK_URL) is not set, or is no address. Set DESK_URL in wrangler.toml's [vars]",
      "connection desk: The credential (DESK_KEY) cannot be used: a key begins with key-. It may be key-…, from Desk’s settings",
      "connection desk: No signing secret is set: every delivery is refused. Set it with wrangler secret put DESK_SECRET",
      "connection desk: The setting shop is not set: the shop’s domain. Set DESK_SHOP in wrangler.toml's [vars]",
    ]);
  });

  it("takes a connection without any secret for one that nobody has begun with: no fault, and what it takes can be read", async () => {
    const { ask, context } = await open({ DESK_URL: "https://desk.test", DESK_SHOP: "acme" });
    expect(await readConnections(context)).toMatchObject([{ standing: "absent", missing: [{}, {}] }]);
    expect(startComplaints(context.env, connected)).toEqual([]);
    const page = await (await ask(ada, "/connections")).text();
    expect(page).toMatch(/Not set up.*What it takes to connect it.*wrangler secret put DESK_KEY/s);
    expect(page).not.toContain("Assess desk");
  });

  it("does not call a webhook missing where this deployment does not know its own address", async () => {
    const { assess } = await open({ ...SET, CONSOLE_URL: "" });
    const { findings } = await assess();
    expect(about(findings, "setup")).toEqual([
      "confirmed: Address, credential, signing secret and settings are set",
      "cannot_tell: This deployment does not know its own address, so that what posts to /hooks/desk cannot be looked for",
    ]);
    expect(findings.find(({ check, outcome }) => check === "setup" && outcome === "cannot_tell")?.fix).toContain("Set CONSOLE_URL");
    expect(about(findings, "webhook")).toEqual(["cannot_tell: There is no address to compare with"]);
  });

  it("is kept without anything secret, and is an operator's to ask for", async () => {
    const { env, assess, ask, context } = await open();
    await assess({ fail: 401 });
    const { results } = await env.DB.prepare("select * from assessment").all();
    expect(JSON.stringify(results)).not.toContain("key-secret-1");
    const none = await assessConnection(context, dora, { connection: "desk", write: false }, () => NOW);
    expect(none).toMatchObject({ ok: false, error: { code: "access.denied" } });
    expect((await ask(dora, "/api/connections")).status).toBe(403);
    const unknown = await assessConnection(context, ada, { connection: "shop", write: false }, () => NOW);
    expect(unknown).toMatchObject({ ok: false, error: { field: "connection", message: expect.stringContaining("it has desk") } });
  });
});

describe("the pages", () => {
  it("show each connection, what is not set, and the last assessment with its verdict and a line to sign", async () => {
    const { ask, assess, env } = await open();
    expect(await (await ask(ada, "/connections")).text()).toMatch(/Desk.*Not assessed.*https:\/\/desk\.test.*\/hooks\/desk.*Assess desk/s);
    expect((await ask(ada, "/connections/desk")).status).toBe(404);
    await assess({ scopes: [] });
    const paper = await (await ask(ada, "/connections/desk")).text();
    expect(paper).toContain("Desk is not ready: 1 thing is missing. 1 question could not be answered by calling it; no write was tried.");
    expect(paper).toMatch(/What is to be done.*orders:write: Settings &gt; Apps.*Signature/s);
    Object.assign(env, { DESK_SECRET: "" });
    expect(await (await ask(ada, "/connections")).text()).toMatch(
      /Set up in part.*No signing secret is set.*wrangler secret put DESK_SECRET/s,
    );
  });
});

describe("a connection that is polled", () => {
  const polling = defineConnector<Record<never, never>, never>({
    ...desk,
    polls: {
      orders: {
        summary: "Orders that were changed",
        docs: "",
        types: ["order.changed"],
        everyMs: 60_000,
        overlapMs: 60_000,
        page: async () => ({ changes: [], next: null }),
      },
    },
  });
  const connection = { connector: polling, baseUrl: "DESK_URL", webhookSecrets: [], polls: ["orders"] };
  const deployment = { ...connected, connections: { desk: connection } };
  const standing = { polledAt: NOW, completeTo: NOW - 300_000, watermark: NOW - 400_000, pages: null, dueAt: NOW, failures: 2, taken: 7 };
  const failed = { ...standing, error: { code: "connector.unavailable", message: "Desk answered 503", at: NOW } };
  const read = async (answer: unknown) => {
    const { env } = await open();
    Object.assign(env, { POLLER: { getByName: () => ({ standing: async () => answer }) } });
    const [poll] = (await readConnections({ env, deployment }))[0]?.polls ?? [];
    return poll ?? expect.fail("no poll");
  };

  it("shows how far behind it is and what failed", async () => {
    const poll = await read({ ok: true, value: failed });
    expect(poll).toMatchObject({ poll: "orders", seesDeletions: false, standing: failed, unknown: null });
    expect(pollWords(poll, NOW)).toEqual({
      said: "every 60 s; complete up to 5 min ago; the last change it counts from is of 2026-01-05T07:53:20.000Z, by the system’s clock; deletions are not seen",
      trouble: "Failed 2 times in a row: Desk answered 503",
    });
  });

  it("is on the page and in the API", async () => {
    const { env } = await open();
    Object.assign(env, { POLLER: { getByName: () => ({ standing: async () => ({ ok: true, value: failed }) }) } });
    const app = new Hono<ConsoleEnv>()
      .use(async (c, next) => {
        c.set("principal", ada);
        await next();
      })
      .route("/api/connections", connectionsApi(deployment))
      .route("/connections", connectionPages(deployment));
    const execution = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} } as unknown as ExecutionContext;
    const page = await (await app.request("/connections", {}, env, execution)).text();
    expect(page).toContain("Polled: Orders that were changed, every 60 s");
    expect(page).toContain("Failed 2 times in a row: Desk answered 503");
    const api = await (await app.request("/api/connections", {}, env, execution)).json();
    expect(api).toMatchObject({ connections: [{ polls: [{ poll: "orders", standing: { failures: 2, taken: 7 } }] }] });
  });

  it("says so where it has not begun, or cannot be asked", async () => {
    expect(pollWords(await read({ ok: true, value: null }), NOW).said).toContain("not begun");
    expect(pollWords(await read({ ok: false, error: { code: "internal", message: "gone" } }), NOW).trouble).toBe("gone");
  });

  it("names only polls that its connector has", () => {
    const misspelt = { ...connection, polls: ["order"] };
    expect(() => defineDeployment({ connections: { desk: misspelt }, models: {}, workflows: [] })).toThrow(
      'connections.desk.polls: Desk has no "order"; it has: orders',
    );
  });
});
