import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { OAUTH_APP, PRIVATE_APP_TOKEN } from "../../../sandbox/hubspot/account.ts";
import type { CrmRecord } from "../../../sandbox/hubspot/store.ts";
import { type Account, connect } from "../../../src/connectors/connect.ts";
import type { AnyWriteAction, ApplyContext } from "../../../src/connectors/define.ts";
import { createHttp } from "../../../src/connectors/http.ts";
import { hubspot } from "../../../src/connectors/hubspot.ts";
import { type Failure, failureOf, ok } from "../../../src/core/errors.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import type { StandInHere } from "./worlds/action-world.ts";
import { hubspotHere } from "./worlds/hubspot-worlds.ts";

const {
  getRecord,
  findByProperty,
  searchRecords,
  findOwner,
  listAssociated,
  updateRecord,
  upsertRecord,
  assignOwner,
  addNote,
  createTask,
} = hubspot.actions;
const DEAL = { type: "deals", id: "1001" };

const contextOf = ({ http }: StandInHere, version: string | null = null, key = "run-1/step"): ApplyContext => ({ http, key, version });
const failureFrom = async (work: Promise<unknown>): Promise<Failure> =>
  work.then(
    () => expect.fail("it did not throw"),
    (thrown) => failureOf(thrown),
  );
const recordIn = (here: StandInHere, ref: string) => here.tables.get("records")?.get(ref) as CrmRecord;
const sent = (here: StandInHere, method: string, path: RegExp) =>
  here.requests.filter((request) => request.method === method && path.test(request.path));

describe("reading", () => {
  it("answers every property that was asked for, null where it has no value", async () => {
    const here = hubspotHere();
    const record = await getRecord.run({ ...DEAL, properties: ["dealname", "closedate"] }, here.http);
    expect(getRecord.output.parse(record)).toMatchObject({ id: "1001", properties: { dealname: "Northwind renewal", closedate: null } });
  });

  it("reads records of a custom type by its number", async () => {
    const here = hubspotHere();
    const record = await getRecord.run({ type: "2-3465404", id: "1001", properties: ["plan_name"] }, here.http);
    expect(record.properties).toEqual({ plan_name: "Team" });
  });

  it("says that an archived record does not exist", async () => {
    const here = hubspotHere();
    await here.control("/archive", DEAL);
    expect((await failureFrom(getRecord.run({ ...DEAL, properties: ["dealname"] }, here.http))).code).toBe("connector.not_found");
  });

  it("finds a record by a unique property whose value could stand in no path, and says null where there is none", async () => {
    const here = hubspotHere();
    const find = (value: string) =>
      findByProperty.run({ type: "contacts", idProperty: "email", value, properties: ["firstname"] }, here.http);
    expect((await find("lead@northwind.example")).record?.properties).toEqual({ firstname: "Li" });
    expect((await find("../..@x.example")).record).toBeNull();
  });

  it("searches page by page, as a read that a shadow run may send", async () => {
    const here = hubspotHere();
    for (const n of [1, 2, 3])
      await here.control("/records", { type: "deals", properties: { dealname: `Deal ${n}`, amount: String(n * 100) } });
    const input = {
      type: "deals",
      filters: [{ property: "amount", operator: "GTE" as const, value: "100" }],
      properties: ["dealname"],
      sort: { property: "amount", descending: true },
      limit: 2,
    };
    const first = await searchRecords.run(input, here.http);
    expect(first).toMatchObject({
      total: 4,
      after: "2",
      records: [{ properties: { dealname: "Northwind renewal" } }, { properties: { dealname: "Deal 3" } }],
    });
    const rest = await searchRecords.run({ ...input, after: first.after ?? "" }, here.http);
    expect(rest.records.map(({ properties }) => properties.dealname)).toEqual(["Deal 2", "Deal 1"]);
    expect(rest.after).toBeNull();
  });

  it("refuses a filter without what its operator needs", () => {
    const search = (filter: object) => searchRecords.input.safeParse({ type: "deals", filters: [filter], properties: ["amount"] }).success;
    expect(search({ property: "amount", operator: "IN", value: "1" })).toBe(false);
    expect(search({ property: "amount", operator: "BETWEEN", value: "1" })).toBe(false);
    expect(search({ property: "amount", operator: "HAS_PROPERTY" })).toBe(true);
  });

  it("finds active owners by address, and lists what is associated", async () => {
    const here = hubspotHere();
    expect(await findOwner.run({ email: "ANA@example.com" }, here.http)).toEqual({
      owner: { id: "4711", email: "ana@example.com", name: "Ana Ruiz" },
    });
    await here.control("/owners/deactivate", { id: "4711" });
    expect(await findOwner.run({ email: "ana@example.com" }, here.http)).toEqual({ owner: null });
    expect(await listAssociated.run({ type: "contacts", id: "1001", to: "companies" }, here.http)).toEqual({
      records: [{ id: "1001", labels: [] }],
      more: false,
    });
  });
});

describe("the account's description", () => {
  const refused = async (set: JsonObject) => {
    const here = hubspotHere();
    const failure = await failureFrom(updateRecord.apply({ ...DEAL, set: set as Record<string, string> }, contextOf(here)));
    expect(sent(here, "PATCH", /./)).toHaveLength(0);
    return failure;
  };

  it.each<[JsonObject, string, string]>([
    [{ nope: "1" }, "nope", "no property"],
    [{ dealstage: "almostwon" }, "dealstage", "closedwon"],
    [{ amount: "a lot" }, "amount", "a number"],
    [{ needs_review: "yes" }, "needs_review", "true or false"],
    [{ closedate: "tomorrow" }, "closedate", "a date"],
    [{ hs_lastmodifieddate: "2026-01-01T00:00:00Z" }, "hs_lastmodifieddate", "computes"],
  ])("refuses %j before anything is written, and names the field", async (set, field, words) => {
    const failure = await refused({ dealname: "x", ...set });
    expect(failure).toMatchObject({ code: "connector.rejected", field });
    expect(failure.message).toContain(words);
    expect(failure.message).toContain(`"${field}"`);
  });

  it("is asked for once for many writes, and anew for a property that it lacks", async () => {
    const here = hubspotHere();
    for (const amount of [1, 2, 3]) await updateRecord.apply({ ...DEAL, set: { amount } }, contextOf(here));
    expect(sent(here, "GET", /properties/)).toHaveLength(1);
    await here.control("/properties", { of: "deals", name: "fresh", type: "string" });
    await updateRecord.apply({ ...DEAL, set: { fresh: "new" } }, contextOf(here));
    expect(sent(here, "GET", /properties/)).toHaveLength(2);
    expect(recordIn(here, "deals/1001").properties.fresh).toBe("new");
  });

  it("refuses a name at the look, before anybody is asked, and leaves values to the write: an undo looks too", async () => {
    const here = hubspotHere();
    const failure = await failureFrom(updateRecord.look!({ ...DEAL, set: { nope: "1" } }, here.http));
    expect(failure).toMatchObject({ code: "connector.rejected", field: "nope" });
    const dropped = await updateRecord.look!({ ...DEAL, set: { dealstage: "an option of last year" } }, here.http);
    expect(dropped.fields).toEqual({ dealstage: "appointmentscheduled" });
    const input = { type: "contacts", idProperty: "lastname", idValue: "Chen", set: { firstname: "Li" } };
    expect(await failureFrom(upsertRecord.look!(input, here.http))).toMatchObject({ code: "connector.rejected", field: "idProperty" });
  });

  it("takes each choice of a property with several by itself", async () => {
    const here = hubspotHere();
    const set = (interests: string) => updateRecord.apply({ type: "contacts", id: "1001", set: { interests } }, contextOf(here));
    await set("support;pricing");
    expect((await failureFrom(set("support;golf"))).message).toContain('"golf"');
  });
});

describe("updateRecord", () => {
  it("writes once, and again nothing when it is repeated after a lost answer, whatever version the look saw", async () => {
    const here = hubspotHere();
    const input = { ...DEAL, set: { dealstage: "closedwon", amount: 99 } };
    const { version } = await updateRecord.look!(input, here.http);
    here.fault("lost", "after");
    await failureFrom(updateRecord.apply(input, contextOf(here, version)));
    await updateRecord.apply(input, contextOf(here, version));
    expect(here.writes()).toBe(1);
    expect(sent(here, "PATCH", /./)).toHaveLength(1);
  });

  it("is a conflict where somebody changed the record since it was looked at", async () => {
    const here = hubspotHere();
    const input = { ...DEAL, set: { amount: 99 } };
    const { version } = await updateRecord.look!(input, here.http);
    await here.control("/change", { ...DEAL, properties: { dealname: "Renamed" } });
    expect((await failureFrom(updateRecord.apply(input, contextOf(here, version)))).code).toBe("connector.conflict");
    expect(recordIn(here, "deals/1001").properties.amount).toBe("1200");
  });

  it("knows its own values in HubSpot's spelling", async () => {
    const here = hubspotHere();
    const set = { amount: 1500, closedate: "2026-02-01", needs_review: true };
    const output = await updateRecord.apply({ ...DEAL, set }, contextOf(here));
    expect(recordIn(here, "deals/1001").properties).toMatchObject({
      amount: "1500",
      closedate: "2026-02-01T00:00:00.000Z",
      needs_review: "true",
    });
    expect(await updateRecord.prove?.({ ...DEAL, set }, output, here.http)).toEqual(set);
  });

  it("empties a property with null, and its undo puts only the given fields back", async () => {
    const here = hubspotHere();
    const input = { ...DEAL, set: { amount: null, dealname: "Renamed" } };
    const before = await updateRecord.look!(input, here.http);
    await updateRecord.apply(input, contextOf(here));
    expect(recordIn(here, "deals/1001").properties.amount).toBeNull();
    await here.control("/change", { ...DEAL, properties: { dealname: "Somebody's" } });
    // The engine leaves out what is not ours any more.
    if (updateRecord.undo.kind !== "restore") return expect.fail("it is not restored");
    await updateRecord.undo.restore(input, { amount: before.fields.amount ?? null }, contextOf(here));
    expect(recordIn(here, "deals/1001").properties).toMatchObject({ amount: "1200", dealname: "Somebody's" });
  });

  it("names custom records by their type", () => {
    expect(updateRecord.target({ type: "2-3465404", id: "7", set: { seats: 1 } })).toBe("record/2-3465404/7");
    expect(updateRecord.input.safeParse({ type: "deals/1", id: "7", set: { seats: 1 } }).success).toBe(false);
    expect(updateRecord.input.safeParse({ type: "deals", id: "7", set: {} }).success).toBe(false);
  });
});

describe("upsertRecord", () => {
  const lead = { type: "contacts", idProperty: "email", idValue: "New@example.com", set: { firstname: "Noor", lifecyclestage: "lead" } };
  const known = { ...lead, idValue: "lead@northwind.example" };
  const restore = (here: StandInHere, input: typeof lead, values: JsonObject) =>
    upsertRecord.undo.kind === "restore" ? upsertRecord.undo.restore(input, values, contextOf(here)) : expect.fail("it is not restored");
  const all = (here: StandInHere) =>
    ((here.tables.get("records")?.all() ?? []) as CrmRecord[]).filter(({ type, archived }) => type === "contacts" && !archived);

  it("makes the record where there is none, once, also after a lost answer", async () => {
    const here = hubspotHere();
    const before = await upsertRecord.look!(lead, here.http);
    expect(before.fields).toEqual({ firstname: null, lifecyclestage: null, record: "absent" });
    here.fault("hang", "after");
    expect((await failureFrom(upsertRecord.apply(lead, contextOf(here, before.version)))).code).toBe("connector.timeout");
    const { id } = await upsertRecord.apply(lead, contextOf(here, before.version));
    expect(all(here).map((record) => record.properties.email)).toEqual(["lead@northwind.example", "new@example.com"]);
    expect(id).toBe("1002");
    expect(here.writes()).toBe(1);
  });

  it("changes the one that is there, and its undo gives that its old values back", async () => {
    const here = hubspotHere();
    const before = await upsertRecord.look!(known, here.http);
    expect(before.fields).toEqual({ firstname: "Li", lifecyclestage: "lead", record: "present" });
    await upsertRecord.apply(known, contextOf(here, before.version));
    expect(all(here)).toHaveLength(1);
    await restore(here, known, { firstname: "Li" });
    expect(recordIn(here, "contacts/1001")).toMatchObject({ archived: false, properties: { firstname: "Li" } });
  });

  it("archives what it made, and only takes its values out of what somebody has worked on since", async () => {
    const whole = hubspotHere();
    await upsertRecord.apply(lead, contextOf(whole));
    await restore(whole, lead, { firstname: null, lifecyclestage: null, record: "absent" });
    expect(recordIn(whole, "contacts/1002").archived).toBe(true);
    const worked = hubspotHere();
    await upsertRecord.apply(lead, contextOf(worked));
    await worked.control("/change", { type: "contacts", id: "1002", properties: { lifecyclestage: "customer" } });
    await restore(worked, lead, { firstname: null, record: "absent" });
    expect(recordIn(worked, "contacts/1002")).toMatchObject({
      archived: false,
      properties: { firstname: null, lifecyclestage: "customer" },
    });
  });

  it("meets HubSpot's 409 as a conflict when somebody makes the same record in between", async () => {
    const here = hubspotHere();
    const create = here.http.send({
      method: "POST",
      path: "/crm/v3/objects/contacts",
      body: { properties: { email: "lead@northwind.example" } },
    });
    const failure = await failureFrom(create);
    expect(failure).toMatchObject({ code: "connector.conflict" });
    expect(failure.message).toMatch(/Contact already exists. Existing ID: 1001 \(CONFLICT, correlation id /);
    const twice = { type: "companies", idProperty: "erp_id", idValue: "K-100" };
    const other = here.http.send({
      method: "POST",
      path: "/crm/v3/objects/companies",
      body: { properties: { [twice.idProperty]: twice.idValue } },
    });
    expect(await failureFrom(other)).toMatchObject({ code: "connector.conflict", field: "erp_id" });
  });

  it("does not make anew what was there at the look and is gone", async () => {
    const here = hubspotHere();
    const { version } = await upsertRecord.look!(known, here.http);
    await here.control("/archive", { type: "contacts", id: "1001" });
    expect((await failureFrom(upsertRecord.apply(known, contextOf(here, version)))).code).toBe("connector.conflict");
    expect(all(here)).toEqual([]);
  });

  it("refuses a property that is not unique, and an id that is also among the values", async () => {
    const here = hubspotHere();
    const failure = await failureFrom(upsertRecord.apply({ ...lead, idProperty: "lastname", set: { firstname: "x" } }, contextOf(here)));
    expect(failure).toMatchObject({ code: "connector.rejected" });
    expect(here.writes()).toBe(0);
    expect(upsertRecord.input.safeParse({ ...lead, set: { email: "other@example.com" } }).success).toBe(false);
    expect(() => upsertRecord.withValues(lead, { firstname: "x", record: "absent" })).toThrow(/cannot be edited/);
  });
});

describe("assignOwner", () => {
  it("knows people by address, and an owner who left by number", async () => {
    const here = hubspotHere();
    const input = { ...DEAL, owner: "ana@example.com" };
    expect((await assignOwner.look!(input, here.http)).fields).toEqual({ owner: "ben@example.com" });
    await here.control("/owners/deactivate", { id: "4712" });
    const before = await assignOwner.look!(input, here.http);
    expect(before.fields).toEqual({ owner: "#4712" });
    await assignOwner.apply(input, contextOf(here, before.version));
    expect(recordIn(here, "deals/1001").properties.hubspot_owner_id).toBe("4711");
    if (assignOwner.undo.kind === "restore") await assignOwner.undo.restore(input, before.fields, contextOf(here));
    expect(recordIn(here, "deals/1001").properties.hubspot_owner_id).toBe("4712");
  });

  it("refuses an address that nobody active has, and takes null for nobody", async () => {
    const here = hubspotHere();
    expect(await failureFrom(assignOwner.apply({ ...DEAL, owner: "who@example.com" }, contextOf(here)))).toMatchObject({
      code: "connector.rejected",
      field: "owner",
    });
    await assignOwner.apply({ ...DEAL, owner: null }, contextOf(here));
    expect(recordIn(here, "deals/1001").properties.hubspot_owner_id).toBeNull();
  });
});

describe("notes and tasks", () => {
  const note = { on: DEAL, text: "Price < 100 & soon\nsecond line", at: "2026-01-05T08:00:00Z" };

  it("stand on the record as text, with a mark at the end that a reader of the proof does not see", async () => {
    const here = hubspotHere();
    const { id } = await addNote.apply(note, contextOf(here));
    expect(recordIn(here, `notes/${id}`).properties.hs_note_body).toMatch(
      /^<p>Price &lt; 100 &amp; soon<br>second line<\/p><p>interlock-[0-9a-f]{24}<\/p>$/,
    );
    expect(await addNote.prove?.(note, { id }, here.http)).toEqual({ text: note.text, at: note.at });
    const [post] = sent(here, "POST", /notes$/);
    expect(post?.body?.associations).toEqual([
      { to: { id: "1001" }, types: [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 214 }] },
    ]);
  });

  it("go on records of a custom type under the account's own numbers", async () => {
    const here = hubspotHere();
    await addNote.apply({ ...note, on: { type: "2-3465404", id: "1001" } }, contextOf(here));
    expect(sent(here, "POST", /notes$/)[0]?.body?.associations).toMatchObject([
      { types: [{ associationCategory: "USER_DEFINED", associationTypeId: 31 }] },
    ]);
  });

  it("are found by their key among those of others, though the search does not know them yet", async () => {
    const here = hubspotHere();
    await here.control("/settings", { indexDelayMs: 600_000 });
    for (const n of [1, 2, 3]) await addNote.apply(note, contextOf(here, null, `other-${n}`));
    const made = await addNote.apply(note, contextOf(here));
    expect(await addNote.find?.(note, contextOf(here))).toEqual(made);
    expect(await addNote.find?.(note, contextOf(here, null, "never"))).toBeNull();
  });

  it("cannot say no where the record has more of them than are looked through", async () => {
    const here = hubspotHere();
    const links = here.tables.get("associations");
    const records = here.tables.get("records");
    for (let n = 1; n <= 3_001; n++) {
      const id = String(5_000 + n);
      records?.put(`notes/${id}`, { id, type: "notes", properties: {}, createdAt: "x", updatedAt: "x", archived: false });
      links?.put(`${n}`, { from: "deals", id: "1001", to: "notes", toId: id, typeId: 213 });
    }
    expect(await failureFrom(addNote.find!(note, contextOf(here)))).toMatchObject({ code: "connector.answer_invalid" });
  });

  it("are archived by the undo, also when somebody archived them before", async () => {
    const here = hubspotHere();
    const task = { on: DEAL, subject: "Call", text: "Now", dueAt: "2026-01-06T09:00:00Z", priority: "LOW" as const, owner: null };
    const made = await createTask.apply(task, contextOf(here));
    expect(recordIn(here, `tasks/${made.id}`).properties).toMatchObject({ hs_task_status: "NOT_STARTED", hs_task_type: "TODO" });
    const { undo } = createTask as AnyWriteAction;
    if (undo.kind !== "withdraw") return expect.fail("it is not withdrawn");
    await undo.withdraw(task, made, contextOf(here));
    await undo.withdraw(task, made, contextOf(here));
    expect(await undo.gone(task, made, here.http)).toBe(true);
    expect(await createTask.find?.(task, contextOf(here))).toBeNull();
  });
});

describe("the credential", () => {
  const secret = JSON.stringify({ flow: "refresh_token", ...OAUTH_APP });

  it("of a private app is a bearer token as it stands", () => {
    expect(hubspot.auth(`${PRIVATE_APP_TOKEN}\n`)).toEqual({ kind: "header", name: "authorization", value: `Bearer ${PRIVATE_APP_TOKEN}` });
  });

  it.each([
    ["", "empty"],
    ["{", "not JSON"],
    [JSON.stringify({ flow: "refresh_token", clientId: "a", clientSecret: "b" }), "refreshToken"],
    [JSON.stringify({ flow: "refresh_token", ...OAUTH_APP, more: 1 }), "more"],
    [JSON.stringify({ flow: "basic" }), "flow"],
  ])("%j is refused in words that name the part", (text, part) => {
    expect(() => hubspot.auth(text)).toThrow(expect.objectContaining({ message: expect.stringContaining(part) }));
  });

  it("of an OAuth app gets a token for half an hour, another one after a 401, and keeps no refresh token that stayed the same", async () => {
    const here = hubspotHere();
    const now = () => Date.parse("2026-01-05T08:00:00Z");
    const auth = hubspot.auth(secret);
    if (auth.kind !== "token") return expect.fail("it is no token");
    let asked = 0;
    const token = async () => {
      asked += 1;
      const plain = createHttp({ baseUrl: "http://127.0.0.1", authorization: null, system: "HubSpot", now, fetch: here.fetch });
      return auth.read(await plain.send(auth.request({ kept: null, now: now(), nonce: "n" })), now(), "http://127.0.0.1");
    };
    const account: Account = {
      token: async () => ok(await token()),
      lease: async ({ units }) => ok({ kind: "leased", units }),
      note: async () => ok(null),
    };
    const http = connect({
      connector: hubspot,
      baseUrl: "http://127.0.0.1",
      secret,
      settings: {},
      account,
      now,
      nonce: () => "n",
      fetch: here.fetch,
    });
    await getRecord.run({ ...DEAL, properties: ["amount"] }, http);
    await here.control("/expire-tokens");
    await getRecord.run({ ...DEAL, properties: ["amount"] }, http);
    expect(asked).toBe(2);
    expect(await token()).toEqual({ value: "sandbox-access-3", expiresAt: now() + 1_800_000 });
  });
});

// ---- against the shared exchanges ----

const FILE = "../shared/contracts/hubspot/exchanges.derived.json";
const present = existsSync(FILE);
interface Exchange {
  name: string;
  request: { method: string; path: string; headers: Record<string, string>; body: unknown };
  response: { status: number; headers: Record<string, string>; body: unknown };
}
const exchanges: Record<string, Exchange> = present
  ? Object.fromEntries((JSON.parse(readFileSync(FILE, "utf8")) as Exchange[]).map((one) => [one.name, one]))
  : {};

describe.skipIf(!present)("the shared exchanges (skipped without ../shared/contracts)", () => {
  /** Names and kinds of values, at every depth. */
  const shape = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.slice(0, 1).map(shape);
    if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, key === "properties" ? "properties" : shape(member)]));
  };
  const replay = (name: string) => {
    const seen: { method: string; path: string; body: unknown }[] = [];
    const fetch = (async (input: unknown, init: RequestInit = {}) => {
      const url = new URL(String(input));
      seen.push({ method: init.method ?? "GET", path: url.pathname + url.search, body: init.body ? JSON.parse(String(init.body)) : null });
      const { status, headers, body } = exchanges[name]?.response ?? expect.fail(name);
      return new Response(JSON.stringify(body), { status, headers });
    }) as typeof globalThis.fetch;
    const http = createHttp({
      baseUrl: "http://127.0.0.1",
      authorization: "Bearer TOKEN",
      system: "HubSpot",
      now: () => 0,
      fetch,
      refusal: hubspot.refusal!,
    });
    return { http, seen };
  };

  it("have our reads, updates, notes and searches as requests", async () => {
    const here = hubspotHere();
    await getRecord.run({ ...DEAL, properties: ["dealname", "dealstage", "hs_lastmodifieddate"] }, here.http);
    expect(here.requests.at(-1)?.query.toString()).toBe("properties=dealname%2Cdealstage%2Chs_lastmodifieddate");
    await updateRecord.apply({ ...DEAL, set: { ai_score: 87 } }, contextOf(here));
    expect(here.requests.at(-1)).toMatchObject({ method: "PATCH", body: exchanges.update?.request.body });
    await addNote.apply({ on: DEAL, text: "text", at: "2026-11-20T11:00:00Z" }, contextOf(here));
    expect(shape(here.requests.at(-1)?.body)).toEqual(shape(exchanges["note-with-association"]?.request.body));
    await hubspot.polls?.deals?.page({ since: 1_764_499_000_000, position: null }, here.http);
    // Its offset is left out: we go on by time.
    const { after: _, ...poll } = (exchanges["search-poll"]?.request.body ?? {}) as Record<string, unknown>;
    expect(shape(here.requests.at(-1)?.body)).toEqual(shape(poll));
  });

  it("have answers that the stand-in's have the shape of", async () => {
    const here = hubspotHere();
    const { json } = await here.http.send({ method: "GET", path: "/crm/v3/objects/deals/1001?properties=dealname" });
    expect(shape(json)).toEqual(shape(exchanges.read?.response.body));
  });

  it.each<[string, Partial<Failure>, string]>([
    ["rate-limit-burst", { code: "connector.rate_limited", retryAfterMs: 10_000 }, "TEN_SECONDLY_ROLLING"],
    ["rate-limit-search", { code: "connector.rate_limited", retryAfterMs: 1_000 }, "SECONDLY"],
    ["rate-limit-daily", { code: "connector.rate_limited", retryAfterMs: 3_600_000 }, "DAILY"],
    ["validation", { code: "connector.rejected", field: "nope" }, "does not exist"],
    ["token-expired", { code: "connector.unauthorised" }, "EXPIRED_AUTHENTICATION"],
    ["missing-scope", { code: "connector.unauthorised" }, "crm.objects.deals.read"],
    ["search-over-10000", { code: "connector.rejected" }, "10,000"],
    ["batch-upsert-partial", { code: "connector.rejected" }, "input 2"],
  ])("mean what we read out of %s", async (name, expected, words) => {
    const { http, seen } = replay(name);
    const { method, path } = exchanges[name]?.request ?? expect.fail(name);
    const failure = await failureFrom(http.send({ method: method as "GET", path }));
    expect(failure).toMatchObject(expected);
    expect(failure.message).toContain(words);
    expect(seen).toHaveLength(1);
  });

  it("have the token's request and answer", () => {
    const auth = hubspot.auth(JSON.stringify({ flow: "refresh_token", clientId: "C", clientSecret: "S", refreshToken: "R" }));
    if (auth.kind !== "token") return expect.fail("it is no token");
    const { method, path, content } = auth.request({ kept: null, now: 0, nonce: "n" });
    const { request, response } = exchanges["token-refresh"] ?? expect.fail("token-refresh");
    expect({ method, path, body: content?.text, type: content?.type }).toEqual({
      method: request.method,
      path: request.path,
      body: request.body,
      type: request.headers["content-type"],
    });
    expect(auth.read({ status: 200, headers: new Headers(), json: response.body, text: "" }, 5, "https://api.hubapi.com")).toEqual({
      value: "A",
      expiresAt: 1_800_005,
    });
  });
});
