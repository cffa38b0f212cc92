import { describe, expect, it } from "vitest";
import type { Http, HttpRequest } from "../../../src/connectors/define.ts";
import { SEARCHES } from "../../../src/connectors/hubspot-limits.ts";
import { hubspotPolls } from "../../../src/connectors/hubspot-polls.ts";
import type { Poll, PollPage } from "../../../src/connectors/poll.ts";
import { failureOf } from "../../../src/core/errors.ts";
import { hubspotHere } from "./worlds/hubspot-worlds.ts";

interface Row {
  readonly id: number;
  readonly at: number;
}

/** Only what a poll asks of the search, over many rows as they are at that moment, refusing what HubSpot refuses. */
function searchOf(rows: readonly Row[]) {
  const asked: HttpRequest[] = [];
  const send = async (request: HttpRequest) => {
    asked.push(request);
    const byTime = [...rows].sort((a, b) => a.at - b.at || a.id - b.id);
    const { body } = request;
    const {
      filterGroups,
      limit,
      after = "0",
    } = body as {
      filterGroups: { filters: { operator: string; value: string }[] }[];
      limit: number;
      after?: string;
    };
    const [time, number] = filterGroups[0]?.filters ?? [];
    if (Number(after) + limit > 10_000) throw new Error("The search query exceeds the 10,000 result limit");
    const found =
      time?.operator === "EQ"
        ? byTime.filter(({ at, id }) => at === Number(time.value) && id > Number(number?.value))
        : byTime.filter(({ at }) => at >= Number(time?.value));
    const start = Number(after);
    const results = found.slice(start, start + limit).map(({ id, at }) => {
      const iso = new Date(at).toISOString();
      return { id: String(id), properties: { hs_lastmodifieddate: iso }, createdAt: iso, updatedAt: iso, archived: false };
    });
    const more = start + limit < found.length;
    return {
      status: 200,
      headers: new Headers(),
      text: "",
      json: { total: found.length, results, ...(more ? { paging: { next: { after: String(start + limit) } } } : {}) },
    };
  };
  const http: Http = { send, remember: async (_key, _ttl, load) => load(), settings: {} };
  return { http, asked };
}

/** Every page from `since` to the end, and what was seen. */
async function readAll(poll: Poll, http: Http, since: number): Promise<{ ids: Set<string>; times: number[]; pages: number }> {
  const ids = new Set<string>();
  const times: number[] = [];
  let position: string | null = null;
  let pages = 0;
  do {
    const page = await poll.page({ since, position }, http);
    for (const { id, changedAt } of page.changes) {
      ids.add(id);
      times.push(changedAt);
    }
    position = page.next;
    pages += 1;
    if (pages > 500) throw new Error("it does not end");
  } while (position !== null);
  return { ids, times, pages };
}

const START = Date.parse("2026-01-05T08:00:00Z");

describe("a poll", () => {
  it("tells what was made or changed since then, oldest first, and once more as another version when it changes again", async () => {
    let time = START;
    const here = hubspotHere({ now: () => time });
    time += 1_000;
    await here.control("/records", { type: "contacts", properties: { email: "a@x.example" } });
    time += 1_000;
    await here.control("/change", { type: "contacts", id: "1001", properties: { firstname: "Lin" } });
    const poll = hubspotPolls.contacts;
    const first = await poll.page({ since: START + 500, position: null }, here.http);
    expect(first.next).toBeNull();
    expect(first.changes.map(({ event }) => [event.subject, event.type, event.time])).toEqual([
      ["1002", "contact.changed", START + 1_000],
      ["1001", "contact.changed", START + 2_000],
    ]);
    time += 1_000;
    await here.control("/change", { type: "contacts", id: "1002", properties: { firstname: "Ada" } });
    const again = (await poll.page({ since: START + 500, position: null }, here.http)).changes.find(({ id }) => id === "contacts:1002");
    expect(again?.version).not.toBe(first.changes[0]?.version);
    expect(again?.event.signedId).not.toBe(first.changes[0]?.event.signedId);
    expect(here.requests.at(-1)?.body).toMatchObject({ sorts: [{ propertyName: "lastmodifieddate", direction: "ASCENDING" }], limit: 200 });
  });

  it("looks back further than the index lags, and asks as a read that is counted among the searches", async () => {
    for (const poll of Object.values(hubspotPolls)) expect(poll.overlapMs).toBeGreaterThanOrEqual(2 * 60_000);
    const { http, asked } = searchOf([]);
    expect(await hubspotPolls.deals.page({ since: START, position: null }, http)).toEqual({ changes: [], next: null });
    expect(asked).toMatchObject([{ reads: true, countedAs: SEARCHES }]);
  });

  it("misses no record that others change places with while a backlog is read", async () => {
    const rows = Array.from({ length: 700 }, (_, n) => ({ id: n + 1, at: START + n }));
    const { http } = searchOf(rows);
    const poll = hubspotPolls.deals;
    const ids = new Set<string>();
    let position: string | null = null;
    do {
      const page: PollPage = await poll.page({ since: START, position }, http);
      for (const { id } of page.changes) ids.add(id);
      // The first of them changes, and stands at the end from now on.
      const first = rows.shift();
      if (first) rows.push({ ...first, at: START + 10_000 + ids.size });
      position = page.next;
    } while (position !== null);
    expect(ids.size).toBe(700);
  });

  it("goes on at the last time seen, however many there are", async () => {
    const rows = Array.from({ length: 12_345 }, (_, n) => ({ id: 1_000_000 - n, at: START + Math.floor(n / 3) }));
    const { http, asked } = searchOf(rows);
    const { ids, times, pages } = await readAll(hubspotPolls.deals, http, START);
    expect(ids.size).toBe(rows.length);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(pages).toBe(asked.length);
    expect(pages).toBeLessThan(rows.length / 200 + 5);
  });

  it("goes through one millisecond by number where an import put more than that into it, and then on", async () => {
    const rows = [
      ...Array.from({ length: 150 }, (_, n) => ({ id: n + 1, at: START })),
      ...Array.from({ length: 10_200 }, (_, n) => ({ id: 10_000 + n, at: START + 5 })),
      ...Array.from({ length: 300 }, (_, n) => ({ id: 90_000 + n, at: START + 6 })),
    ];
    const { http } = searchOf(rows);
    const { ids, times } = await readAll(hubspotPolls.deals, http, START);
    expect(ids.size).toBe(rows.length);
    expect(Math.max(...times)).toBe(START + 6);
  });

  it("of a custom type names the setting that is missing", async () => {
    const here = hubspotHere();
    const failure = await hubspotPolls.custom.page({ since: 0, position: null }, here.http).catch(failureOf);
    expect(failure).toMatchObject({ code: "connector.rejected", field: "customObject" });
    const custom = hubspotHere({ settings: { customObject: "2-3465404" } });
    const page = await hubspotPolls.custom.page({ since: 0, position: null }, custom.http);
    expect(page.changes.map(({ event }) => [event.type, event.subject])).toEqual([["record.changed", "1001"]]);
  });
});
