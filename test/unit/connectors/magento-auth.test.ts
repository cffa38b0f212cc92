// How the connector signs in, and what the assessment finds of it, against the stand-in's door.
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { ADMIN, IMS, INTEGRATION } from "../../../sandbox/magento/door.ts";
import { magentoStandIn } from "../../../sandbox/magento/stand-in.ts";
import { memoryTable, type Table } from "../../../sandbox/stand-in.ts";
import type { TokenAuth } from "../../../src/connectors/auth.ts";
import { type BudgetState, decideLease, UNSPENT } from "../../../src/connectors/budget.ts";
import type { Finding } from "../../../src/connectors/check.ts";
import { type Account, connect } from "../../../src/connectors/connect.ts";
import type { Http } from "../../../src/connectors/define.ts";
import { createHttp } from "../../../src/connectors/http.ts";
import { inTurn } from "../../../src/connectors/in-turn.ts";
import { magento } from "../../../src/connectors/magento.ts";
import { magentoAuth } from "../../../src/connectors/magento-auth.ts";
import { failureOf, ok } from "../../../src/core/errors.ts";
import { exchange, hasMagentoContract } from "./magento-contract.ts";
import { accountOf } from "./worlds/action-world.ts";
import { magentoHere, OAUTH1 } from "./worlds/magento-worlds.ts";

const NOW = Date.parse("2026-01-05T08:00:00Z");
const HOUR_MS = 3_600_000;
type Here = ReturnType<typeof magentoHere>;

let drawn = 0;
const optionsFor = (here: Here, secret: string, now = NOW) => ({
  connector: magento,
  baseUrl: "http://127.0.0.1",
  secret,
  settings: {},
  now: () => now,
  nonce: () => `drawn-${++drawn}`,
  fetch: here.fetch,
});
const doorFor = (here: Here, secret: string, token = "", now = NOW): Http =>
  connect({ ...optionsFor(here, secret, now), account: accountOf(token) });
const readOrder = (http: Http) => magento.actions.getOrder.run({ id: "12" }, http);
const failing = (work: Promise<unknown>) => work.then(() => expect.fail("it went through")).catch((thrown) => failureOf(thrown));

/** As the connection's object does it. */
async function tokenFrom(here: Here, secret: string) {
  const auth = magentoAuth(secret) as TokenAuth;
  const { base = "http://127.0.0.1", ...request } = auth.request({ kept: null, now: NOW, nonce: "" });
  const door = createHttp({ baseUrl: base, authorization: null, system: "Magento", now: () => NOW, fetch: here.fetch });
  return { base, token: auth.read(await door.send(request), NOW, base) };
}

describe("OAuth 1.0a", () => {
  it("is taken, searches with brackets and blanks as well", async () => {
    const here = magentoHere();
    expect((await readOrder(doorFor(here, OAUTH1))).id).toBe("12");
    expect((await magento.actions.findOrder.run({ number: "000000012" }, doorFor(here, OAUTH1))).id).toBe("12");
  });

  it.each([
    ["another secret", { ...INTEGRATION, tokenSecret: "another" }, NOW, "The signature is invalid"],
    ["another consumer", { ...INTEGRATION, consumerKey: "another" }, NOW, "does not exist"],
    ["a clock that is eleven minutes ahead", INTEGRATION, NOW + 11 * 60_000, "oauth_timestamp"],
  ])("with %s is refused, and says so", async (_what, keys, now, said) => {
    const failure = await failing(readOrder(doorFor(magentoHere(), JSON.stringify({ flow: "oauth1", ...keys }), "", now)));
    expect(failure).toMatchObject({ code: "connector.unauthorised" });
    expect(failure.message).toContain(said);
  });
});

it("a shop whose address has a path before the API's is signed to under that path", async () => {
  const tables = new Map<string, Table<unknown>>();
  const standIn = magentoStandIn({
    table: <T>(name: string) => {
      const table = tables.get(name) ?? memoryTable<unknown>();
      tables.set(name, table);
      return table as Table<T>;
    },
    now: () => NOW,
    address: () => "https://interlock.example",
    post: async () => ({ status: 202, text: "" }),
    applied: () => undefined,
  });
  standIn.seed();
  const app = new Hono().route("/magento/rest/all", standIn.api);
  const fetch = (async (url: string, init?: RequestInit) => app.request(url, { ...init, signal: null })) as typeof globalThis.fetch;
  const http = connect({
    ...optionsFor(magentoHere(), OAUTH1),
    baseUrl: "http://127.0.0.1:8788/magento/rest/all",
    account: accountOf(""),
    fetch,
  });
  expect((await readOrder(http)).id).toBe("12");
  expect((await failing(magento.actions.getOrder.run({ id: "99" }, http))).message).toContain("doesn't exist");
});

it("a request that repeats a nonce is refused", async () => {
  const here = magentoHere();
  const sent = here.requests;
  await readOrder(doorFor(here, OAUTH1));
  const authorization = sent[0]?.headers.get("authorization") ?? "";
  const again = await here.fetch(`http://127.0.0.1${sent[0]?.path}?${sent[0]?.query}`, { headers: { authorization } });
  expect(again.status).toBe(401);
  expect(await again.text()).toContain("nonce is already being used");
});

it("an access token by itself is taken where the shop allows that", async () => {
  const here = magentoHere();
  expect(await failing(readOrder(doorFor(here, INTEGRATION.token)))).toMatchObject({ code: "connector.unauthorised" });
  await here.control("/settings", { bearer: true });
  expect((await readOrder(doorFor(here, INTEGRATION.token))).id).toBe("12");
});

it("an admin's token holds for four hours, and is refused when it has ended", async () => {
  const here = magentoHere();
  const secret = JSON.stringify({ flow: "admin", ...ADMIN });
  const { token } = await tokenFrom(here, secret);
  expect(token.expiresAt).toBe(NOW + 4 * HOUR_MS);
  expect((await readOrder(doorFor(here, secret, token.value))).id).toBe("12");
  await here.control("/expire-tokens");
  expect(await failing(readOrder(doorFor(here, secret, token.value)))).toMatchObject({ code: "connector.unauthorised" });
});

it("Adobe's token is asked for at Adobe, and travels with the client id and the organisation", async () => {
  const here = magentoHere();
  const secret = JSON.stringify({ flow: "ims", ...IMS });
  const { base, token } = await tokenFrom(here, secret);
  expect(base).toBe("https://ims-na1.adobelogin.com");
  expect(token.expiresAt).toBe(NOW + 24 * HOUR_MS - 1_000);
  expect((await readOrder(doorFor(here, secret, token.value))).id).toBe("12");
  expect(here.requests.at(-1)?.headers.get("x-gw-ims-org-id")).toBe(IMS.organisation);
  const other = JSON.stringify({ flow: "ims", ...IMS, organisation: "9@AdobeOrg" });
  expect(await failing(readOrder(doorFor(here, other, token.value)))).toMatchObject({ code: "connector.unauthorised" });
});

it.skipIf(!hasMagentoContract)(
  "Adobe's token is asked for as the exchange does (skipped where ../shared/contracts/magento is absent)",
  () => {
    const { request, response } = exchange("ims-token");
    const auth = magentoAuth(
      JSON.stringify({ flow: "ims", clientId: "C", clientSecret: "S", organisation: "O", scopes: "openid,AdobeID,commerce.accs" }),
    );
    if (auth.kind !== "token") return expect.fail("it is no token");
    const { base, path, content } = auth.request({ kept: null, now: NOW, nonce: "" });
    expect(`${base}${path}`).toBe(request.path);
    expect(new URLSearchParams(content?.text)).toEqual(new URLSearchParams(String(request.body)));
    const answer = { status: 200, headers: new Headers(), json: response.body, text: JSON.stringify(response.body) };
    expect(auth.read(answer, NOW, "")).toEqual({ value: "eyJ", expiresAt: NOW + 86_399_000 });
  },
);

it.each([
  ['{"flow":"oauth1","consumerKey":"a","consumerSecret":"b","token":"c"}', "tokenSecret"],
  ['{"flow":"password"}', "flow"],
  ['{"flow":"admin"', "not JSON"],
])("a credential that lacks a part is refused with its name and without its text: %s", (secret, named) => {
  expect(() => magentoAuth(secret)).toThrow(named);
  expect(() => magentoAuth(secret)).toThrow(
    expect.objectContaining({ failure: expect.objectContaining({ code: "connector.unauthorised" }) }),
  );
});

describe("the assessment", () => {
  const ask = (name: string, http: Http, hookUrl: string | null = "https://interlock.example/hooks/magento"): Promise<readonly Finding[]> =>
    magento.checks?.find((check) => check.name === name)?.run({ http, now: NOW, hookUrl }) ?? expect.fail(`no check ${name}`);
  const outcomes = (findings: readonly Finding[]) => findings.map(({ outcome }) => outcome);

  it("confirms a shop that is set up, and writes nothing on the way", async () => {
    const here = magentoHere();
    for (const name of ["auth", "scopes", "read", "limits"])
      expect([...new Set(outcomes(await ask(name, here.http)))], name).toEqual(["confirmed"]);
    expect(here.writes()).toBe(0);
  });

  it("names the right that is missing, for reads and for writes", async () => {
    const here = magentoHere();
    await here.control("/settings", {
      denied: ["Magento_Sales::cancel", "Magento_Customer::customer", "Magento_InventoryApi::stock_source_item_assign"],
    });
    const missing = (await ask("scopes", here.http)).filter(({ outcome }) => outcome === "missing");
    expect(missing.map(({ said }) => /may not ([a-z ]+):/.exec(said)?.[1])).toEqual(["read customers", "change stock", "cancel orders"]);
    expect(missing[2]?.fix).toContain("Orders > Actions > Cancel");
    expect(outcomes(await ask("auth", here.http))).toEqual(["confirmed"]);
  });

  it("waits for its turn within the budget that runs share", async () => {
    const here = magentoHere();
    let now = NOW;
    let state: BudgetState = UNSPENT;
    const account: Account = {
      ...accountOf(""),
      lease: async (asked) => {
        const decided = decideLease(state, magento.budget ?? null, asked, now);
        state = decided.state;
        return ok(decided.lease);
      },
    };
    const door = connect({ ...optionsFor(here, OAUTH1), account, now: () => now });
    const http = inTurn(door, async (ms) => {
      now += ms;
    });
    for (const name of ["auth", "scopes", "read", "webhook", "limits"])
      for (const { said } of await ask(name, http)) expect(said).not.toContain("not sent");
    const { capacity, perSecond } = magento.budget ?? expect.fail("no budget");
    expect(here.requests.length).toBeGreaterThan(capacity * 2);
    expect(now - NOW).toBeGreaterThanOrEqual(((here.requests.length - capacity) / perSecond) * 1_000 - 1);
  });

  it("tells a credential that is refused from one that lacks a right", async () => {
    const here = magentoHere();
    const [finding] = await ask("auth", doorFor(here, "a-wrong-token"));
    expect(finding).toMatchObject({ outcome: "missing", fix: expect.stringContaining("standalone Bearer") });
  });

  it("does not take a shop that is down for one that refuses", async () => {
    const here = magentoHere();
    await here.control("/settings", { next: [503] });
    expect(outcomes(await ask("auth", here.http))).toEqual(["cannot_tell"]);
  });

  it("holds and releases the order that it is given, and only that", async () => {
    const here = magentoHere();
    expect(outcomes(await ask("write", here.http))).toEqual(["cannot_tell"]);
    const named = magentoHere({ settings: { probeOrder: "13" } });
    expect(outcomes(await ask("write", named.http))).toEqual(["confirmed"]);
    expect(named.writes()).toBe(2);
    expect(await magento.actions.getOrder.run({ id: "13" }, named.http)).toMatchObject({ state: "new", onHold: false });
    const unknown = magentoHere({ settings: { probeOrder: "99" } });
    expect(await failing(ask("write", unknown.http))).toMatchObject({ code: "connector.not_found" });
  });

  it("says what the shop tells Adobe, and that where Adobe posts it is to be looked up", async () => {
    const here = magentoHere();
    const [told, posted] = await ask("webhook", here.http);
    expect(told?.said).toContain("observer.sales_order_save_commit_after");
    expect(posted).toMatchObject({ outcome: "cannot_tell", fix: expect.stringContaining("https://interlock.example/hooks/magento") });
    await here.control("/settings", { eventing: false });
    expect(outcomes(await ask("webhook", here.http))).toEqual(["cannot_tell"]);
  });

  it("finds a shop that allows smaller pages than polls ask for", async () => {
    const here = magentoHere();
    await here.control("/settings", { maxPageSize: 20 });
    expect(await ask("limits", here.http)).toMatchObject([{ outcome: "missing", said: expect.stringContaining("pageSize is 20") }]);
  });
});
