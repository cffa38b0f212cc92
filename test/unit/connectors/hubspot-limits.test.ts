import { describe, expect, it } from "vitest";
import { PRIVATE_APP_TOKEN } from "../../../sandbox/hubspot/account.ts";
import { type Ask, type Budget, decideLease, noteUsage, UNSPENT } from "../../../src/connectors/budget.ts";
import { type Account, connect } from "../../../src/connectors/connect.ts";
import type { HttpAnswer } from "../../../src/connectors/define.ts";
import { hubspot } from "../../../src/connectors/hubspot.ts";
import { hubspotBudget, hubspotRefusal, hubspotSearches, hubspotUsage, SEARCHES } from "../../../src/connectors/hubspot-limits.ts";
import { failureOf, ok } from "../../../src/core/errors.ts";
import { hubspotHere } from "./worlds/hubspot-worlds.ts";

const answer = (status: number, json: unknown, headers: Record<string, string> = {}): HttpAnswer => ({
  status,
  json,
  text: JSON.stringify(json),
  headers: new Headers(headers),
});
const counted = (over: Record<string, string> = {}) =>
  answer(
    200,
    {},
    {
      "x-hubspot-ratelimit-max": "190",
      "x-hubspot-ratelimit-remaining": "150",
      "x-hubspot-ratelimit-interval-milliseconds": "10000",
      "x-hubspot-ratelimit-daily": "650000",
      "x-hubspot-ratelimit-daily-remaining": "600000",
      ...over,
    },
  );

const HERE = { connector: hubspot, baseUrl: "http://127.0.0.1", secret: PRIVATE_APP_TOKEN, settings: {}, now: () => 0, nonce: () => "n" };

/** Times at which calls leave when everybody wants to call all the time. */
function greedy(budget: Budget, forMs: number): number[] {
  const times: number[] = [];
  let state = UNSPENT;
  for (let now = 0; now < forMs; ) {
    const { state: next, lease } = decideLease(state, budget, { units: 1, effect: "read" }, now);
    state = next;
    if (lease.kind === "wait") now += lease.ms;
    else for (let spent = 1; spent <= lease.units; spent++) times.push(now);
  }
  return times;
}

/** The most that any stretch of `ms` holds. */
const most = (times: readonly number[], ms: number): number =>
  Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + ms).length));

describe("the shared budget", () => {
  it("never spends more than 100 calls in any ten seconds, and most of them", () => {
    const times = greedy(hubspotBudget, 40_000);
    expect(most(times, 10_000)).toBeLessThanOrEqual(100);
    expect(times.length).toBeGreaterThan(300);
  });

  it("lets no more than four searches a second leave", () => {
    const times = greedy(hubspotSearches, 20_000);
    expect(most(times, 1_000)).toBeLessThanOrEqual(4);
    expect(times.length).toBeGreaterThanOrEqual(40);
  });

  it("follows what the answers tell", () => {
    const usage = hubspotUsage(counted());
    expect(usage).toEqual({ kind: "bucket", capacity: 38, perSecond: 15.2, left: 38 });
    expect(hubspotUsage(counted({ "x-hubspot-ratelimit-remaining": "3" }))).toMatchObject({ left: 3 });
    expect(usage && noteUsage(UNSPENT, hubspotBudget, usage, 0).bucket).toMatchObject({ capacity: 38 });
  });

  it("tells the day's count once it is news, and reads stop before writes", () => {
    const spent = hubspotUsage(counted({ "x-hubspot-ratelimit-daily-remaining": "60000" }));
    expect(spent).toMatchObject({ kind: "quota", used: 590_000, limit: 650_000 });
    const state = spent ? noteUsage(UNSPENT, hubspotBudget, spent, 0) : UNSPENT;
    expect(decideLease(state, hubspotBudget, { units: 1, effect: "read" }, 1).lease.kind).toBe("wait");
    expect(decideLease(state, hubspotBudget, { units: 1, effect: "write" }, 1).lease.kind).toBe("leased");
  });

  it("is not asked for searches, whose own is, and whose pause is theirs alone", async () => {
    const here = hubspotHere();
    await here.control("/settings", { searchesPerSecond: 1 });
    const asked: Ask[] = [];
    const noted: [number, string | undefined][] = [];
    const account: Account = {
      token: async () => ok({ value: "t", expiresAt: null }),
      lease: async (ask) => {
        asked.push(ask);
        return ok({ kind: "leased", units: 1 });
      },
      note: async (_usage, pauseMs, countedAs) => {
        if (pauseMs > 0) noted.push([pauseMs, countedAs]);
        return ok(null);
      },
    };
    const http = connect({ ...HERE, account, fetch: here.fetch });
    const search = {
      type: "deals",
      filters: [{ property: "amount", operator: "HAS_PROPERTY" as const }],
      properties: ["amount"],
      limit: 1,
    };
    await hubspot.actions.searchRecords.run(search, http);
    await http.send({ method: "GET", path: "/crm/v3/objects/deals/1001" });
    await hubspot.actions.searchRecords.run(search, http).catch(() => undefined);
    expect(asked.map(({ countedAs }) => countedAs)).toEqual([SEARCHES, undefined, SEARCHES]);
    expect(noted).toEqual([[1_000, SEARCHES]]);
    expect(hubspot.budgetsApart?.[SEARCHES]).toEqual(hubspotSearches);
  });

  it("is told nothing by a search's answer", () => {
    expect(hubspotUsage(answer(200, {}))).toBeNull();
  });
});

describe("a refusal", () => {
  const said = (status: number, body: unknown, headers?: Record<string, string>) => hubspotRefusal(answer(status, body, headers), 0);

  it("that is locked waits two seconds, and one of an account that is moved as long as it says", () => {
    expect(said(423, { message: "locked" })).toMatchObject({ code: "connector.rate_limited", retryAfterMs: 2_000 });
    expect(said(477, { message: "moved" }, { "retry-after": "120" })).toMatchObject({
      code: "connector.rate_limited",
      retryAfterMs: 120_000,
    });
  });

  it("for too many calls waits the window that its headers name, also where no policy is named", () => {
    expect(said(429, {}, { "x-hubspot-ratelimit-interval-milliseconds": "5000" })).toMatchObject({ retryAfterMs: 5_000 });
    expect(said(429, {}, { "retry-after": "7" })).toMatchObject({ retryAfterMs: 7_000 });
    expect(said(429, "<html>")).toMatchObject({ code: "connector.rate_limited", retryAfterMs: 10_000 });
  });

  it("of a part of a batch is one, and a record that is gone is none", () => {
    const batch = (category: string) => ({
      status: "COMPLETE",
      results: [],
      errors: [{ category, message: "m", context: { objectWriteTraceId: ["2"] } }],
    });
    expect(said(207, batch("VALIDATION_ERROR"))).toEqual({ code: "connector.rejected", message: "m (VALIDATION_ERROR) (input 2)" });
    expect(said(207, batch("OBJECT_NOT_FOUND"))).toBeNull();
    expect(said(200, {})).toBeNull();
  });

  it("keeps the vendor's words, the scopes it asks for, and the number that its support asks for", () => {
    const body = {
      message: "This app hasn't been granted all required scopes.",
      correlationId: "c-1",
      category: "MISSING_SCOPES",
      errors: [{ message: "One or more are required.", context: { requiredScopes: ["crm.objects.deals.read"] } }],
    };
    expect(said(403, body)?.message).toBe(
      "This app hasn't been granted all required scopes.; One or more are required.; it needs the scope crm.objects.deals.read (MISSING_SCOPES, correlation id c-1)",
    );
  });

  it.each([
    [{ errors: [{ context: { propertyName: ["stage"] } }] }, "stage"],
    [{ errors: [{ in: "amount" }] }, "amount"],
    [{ message: 'not valid: [{"error":"X","name":"nope"}]' }, "nope"],
  ])("names the field of %j", (body, field) => {
    expect(said(400, body)).toMatchObject({ field });
  });
});

describe("the stand-in's door", () => {
  const failure = (work: Promise<unknown>) => work.then(() => null).catch((thrown) => failureOf(thrown));
  const read = "/crm/v3/objects/deals/1001";

  it("counts ten seconds, the day, and a search's second, and says which it was", async () => {
    let time = 0;
    const here = hubspotHere({ now: () => time });
    await here.control("/settings", { burst: 2, searchesPerSecond: 1 });
    const search = () => here.http.send({ method: "POST", path: "/crm/v3/objects/deals/search", body: {}, reads: true });
    const get = () => here.http.send({ method: "GET", path: read });
    await search();
    expect(await failure(search())).toMatchObject({ code: "connector.rate_limited", retryAfterMs: 1_000 });
    await get();
    expect(await failure(get())).toMatchObject({ code: "connector.rate_limited", retryAfterMs: 10_000 });
    time = 10_000;
    const { headers } = await get();
    expect(headers.get("x-hubspot-ratelimit-remaining")).toBe("1");
    await here.control("/settings", { daily: 3 });
    expect(await failure(get())).toMatchObject({ code: "connector.rate_limited", retryAfterMs: 3_600_000 });
  });

  it("turns away a token that it does not know, and one without the scope", async () => {
    const stranger = hubspotHere({ secret: "pat-other" });
    expect(await failure(stranger.http.send({ method: "GET", path: read }))).toMatchObject({ code: "connector.unauthorised" });
    const here = hubspotHere();
    await here.control("/settings", { scopes: ["crm.objects.deals.read"] });
    await here.http.send({ method: "GET", path: read });
    const refused = await failure(here.http.send({ method: "PATCH", path: read, body: { properties: {} } }));
    expect(refused?.message).toContain("crm.objects.deals.write");
  });

  it.each([
    [423, "connector.rate_limited"],
    [477, "connector.rate_limited"],
    [502, "connector.unavailable"],
  ])("answers %i when it is told to, and nothing was done", async (status, code) => {
    const here = hubspotHere();
    await here.control("/settings", { next: [status] });
    expect(await failure(here.http.send({ method: "PATCH", path: read, body: { properties: { amount: "1" } } }))).toMatchObject({ code });
    expect(here.writes()).toBe(0);
  });
});
