// Records: what is checked before it is written, what leaves, what conflicts, and how it is taken back.
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ADA, API_USER, BILLING_QUEUE, idFor } from "../../../sandbox/salesforce/directory.ts";
import { decideLease, noteUsage, UNSPENT } from "../../../src/connectors/budget.ts";
import { salesforce } from "../../../src/connectors/salesforce.ts";
import { salesforceRefusal, salesforceUsage } from "../../../src/connectors/salesforce-api.ts";
import { bothForms, longId } from "../../../src/connectors/salesforce-id.ts";
import { API, failureFrom, NOW, setUp } from "./salesforce-here.ts";
import { CASE, INVOICE, LEAD } from "./worlds/salesforce-worlds.ts";

const { getRecord, queryRecords, describeObject, updateRecord, createRecord, upsertRecord, assignRecord } = salesforce.actions;
const EXCHANGES = "../shared/contracts/salesforce/exchanges.derived.json";

describe("an id", () => {
  it.each([
    ["00D5g000004XyZa", "00D5g000004XyZaEAK"],
    ["00D5g000004XyZaEAK", "00D5g000004XyZaEAK"],
    ["5005g0000000001", "5005g0000000001AAA"],
  ])("%s is %s in its long form", (id, long) => expect(longId(id)).toBe(long));

  it.each(["", "5005g000000000", "5005g0000000001AA", "00d5g000004xyzaEAK", "00D5g000004XyZaEAA", "5005g00000000-1", "../../limits"])(
    "%j is none",
    (id) => expect(longId(id)).toBeNull(),
  );

  it("is compared with what was written by hand in either form", () => {
    expect(bothForms(["00D5g000004XyZa", null, "00D5g000004XyZaEAK"])).toEqual([
      "00D5g000004XyZa",
      "00D5g000004XyZaEAK",
      "00D5g000004XyZaEAK",
      "00D5g000004XyZa",
    ]);
  });
});

describe("getRecord", () => {
  it("asks for the fields that were named and no others", async () => {
    const { http, requests } = setUp();
    const record = await getRecord.run({ object: "Case", id: CASE.slice(0, 15), fields: ["Subject", "Tier__c"] }, http);
    expect(getRecord.output.parse(record)).toEqual({
      id: CASE,
      object: "Case",
      version: "2026-01-05T07:00:00.000+0000",
      fields: { Subject: "Charged twice", Tier__c: "Gold" },
    });
    expect(requests).toHaveLength(1);
    expect(requests[0]?.path).toBe(`${API}/sobjects/Case/${CASE}`);
    expect(requests[0]?.query.get("fields")).toBe("Subject,Tier__c,SystemModstamp");
  });

  it("is not found where it was deleted", async () => {
    const { http, context } = setUp();
    const { id } = await createRecord.apply({ object: "Lead", set: { LastName: "L", Company: "C" } }, context());
    await http.send({ method: "DELETE", path: `${API}/sobjects/Lead/${id}` });
    expect(await failureFrom(getRecord.run({ object: "Lead", id, fields: ["Company"] }, http))).toMatchObject({
      code: "connector.not_found",
      message: expect.stringContaining("ENTITY_IS_DELETED"),
    });
  });
});

describe("queryRecords", () => {
  it("goes on where a page ends, and stops at the limit", async () => {
    const { http, set, add, sent } = setUp();
    for (let n = 0; n < 6; n++) await add("Lead", { LastName: `L${n}`, Company: "Bulk" });
    await set({ pageSize: 2 });
    const ask = (limit: number) =>
      queryRecords.run(
        {
          object: "Lead",
          fields: ["LastName"],
          where: [{ field: "Company", is: "=", value: "Bulk" }],
          orderBy: [{ field: "LastName" }],
          limit,
        },
        http,
      );
    expect((await ask(200)).records.map(({ LastName }) => LastName)).toEqual(["L0", "L1", "L2", "L3", "L4", "L5"]);
    expect(sent("GET", /\/query/)).toHaveLength(3);
    expect((await ask(3)).records).toHaveLength(3);
  });

  it("keeps a quotation mark inside its value, whatever it tries", async () => {
    const { http, add } = setUp();
    await add("Lead", { LastName: "O'Hara", Company: "C" });
    const find = (value: string) =>
      queryRecords.run(
        { object: "Lead", fields: ["LastName"], where: [{ field: "LastName", is: "=", value }], orderBy: [], limit: 10 },
        http,
      );
    expect((await find("O'Hara")).records).toEqual([{ LastName: "O'Hara" }]);
    expect((await find("x' OR LastName != '")).records).toEqual([]);
    expect((await find("\\' OR Name LIKE '%")).records).toEqual([]);
  });

  it("writes a moment as a moment, because it knows the field's type", async () => {
    const { http, sent } = setUp();
    await queryRecords.run(
      {
        object: "Lead",
        fields: ["Id"],
        where: [{ field: "Next_Call__c", is: "<", value: "2026-01-06T09:00:00+01:00" }],
        orderBy: [],
        limit: 1,
      },
      http,
    );
    expect(sent("GET", /query/)[0]?.query.get("q")).toBe("SELECT Id FROM Lead WHERE Next_Call__c < 2026-01-06T08:00:00.000Z LIMIT 1");
  });

  it("does not follow a page to another path", async () => {
    const { http, tables } = setUp();
    expect(tables.size).toBeGreaterThan(0);
    const stray = {
      ...http,
      send: async () => ({
        status: 200,
        headers: new Headers(),
        text: "",
        json: { records: [], done: false, nextRecordsUrl: "/services/oauth2/revoke" },
      }),
    };
    expect((await failureFrom(queryRecords.run({ object: "Lead", fields: ["Id"], where: [], orderBy: [], limit: 1 }, stray))).code).toBe(
      "connector.answer_invalid",
    );
  });
});

describe("what may be written", () => {
  it.each<[object, string, RegExp]>([
    [{ Nope__c: "x" }, "Nope__c", /no such field/],
    [{ Ai_Score__c: 1 }, "Ai_Score__c", /there is AI_Score__c/],
    [{ SystemModstamp: "2026-01-05T08:00:00Z" }, "SystemModstamp", /cannot be set/],
    [{ AI_Score__c: "87" }, "AI_Score__c", /takes a number/],
    [{ AI_Score__c: 87.555 }, "AI_Score__c", /at most 2 digits after/],
    [{ AI_Score__c: 1000 }, "AI_Score__c", /at most 3 digits before/],
    [{ Company: null }, "Company", /must not be empty/],
    [{ FirstName: "x".repeat(41) }, "FirstName", /at most 40 characters, and there are 41/],
    [{ FirstName: "  " }, "FirstName", /say null/],
    [{ OwnerId: "ada" }, "OwnerId", /id of a record \(User or Group\)/],
    [{ Next_Call__c: "tomorrow" }, "Next_Call__c", /takes a moment/],
    [{ Interlock_Key__c: "x" }, "Interlock_Key__c", /own field/],
  ])("%j is refused before anything is sent, naming %s", async (set, field, words) => {
    const { http, context, writes, sent } = setUp();
    const input = { object: "Lead", id: LEAD, set: set as Record<string, string> };
    for (const work of [() => updateRecord.look?.(input, http), () => updateRecord.apply(input, context())])
      expect(await failureFrom(work())).toMatchObject({ code: "connector.rejected", field, message: expect.stringMatching(words) });
    expect(sent("PATCH", /./)).toHaveLength(0);
    expect(writes()).toBe(0);
  });

  it.each<[object, RegExp]>([
    [{ Priority: "Urgent" }, /none of its values: High, Medium, Low/],
    [{ Tier__c: "Platinum" }, /Gold, Silver, Free/],
  ])("%j is not in a restricted picklist", async (set, words) => {
    const { context } = setUp();
    const work = updateRecord.apply({ object: "Case", id: CASE, set: set as Record<string, string> }, context());
    expect((await failureFrom(work)).message).toMatch(words);
  });

  it("takes any value where the picklist is not restricted, and several where it is multiple", async () => {
    const { context, row } = setUp();
    await updateRecord.apply({ object: "Lead", id: LEAD, set: { Rating: "Lukewarm" } }, context());
    expect(row("Lead", LEAD).Rating).toBe("Lukewarm");
    const input = {
      object: "Invoice__c",
      id: INVOICE,
      set: { Tags__c: "large;late", Case__c: CASE.slice(0, 15), Due__c: "2026-03-01", Paid__c: true, Total__c: 99.99 },
    };
    await updateRecord.apply(input, context());
    expect(await updateRecord.prove?.(input, { id: INVOICE }, context().http)).toEqual(input.set);
    expect((await failureFrom(updateRecord.apply({ ...input, set: { Tags__c: "late;rude" } }, context()))).message).toContain('"rude"');
  });

  it("looks a field up anew that was made a minute ago, and asks for descriptions no oftener than that", async () => {
    const { http, set, sent } = setUp();
    await set({ hidden: ["Case.Tier__c"] });
    const look = () => updateRecord.look?.({ object: "Case", id: CASE, set: { Tier__c: "Free" } }, http);
    expect((await failureFrom(look())).message).toMatch(/no such field, or the integration user does not see it/);
    expect((await failureFrom(look())).field).toBe("Tier__c");
    expect(sent("GET", /describe/)).toHaveLength(2);
  });

  it("names the field of ours that an object lacks, and how to add it", async () => {
    const { context, add } = setUp();
    const { Id } = await add("Contact", { LastName: "Hopper" });
    expect(await failureFrom(updateRecord.apply({ object: "Contact", id: Id, set: { FirstName: "G" } }, context()))).toMatchObject({
      code: "connector.rejected",
      field: "Interlock_Key__c",
      message: expect.stringContaining("Text(255)"),
    });
  });

  it("keeps its mark in the field that the setting names", async () => {
    const { context, row } = setUp({ settings: { markerField: "Ext_Id__c" } });
    expect((await failureFrom(updateRecord.apply({ object: "Lead", id: LEAD, set: { Rating: "Hot" } }, context()))).field).toBe(
      "Ext_Id__c",
    );
    const here = setUp({ settings: { markerField: "AI_Summary__c" } });
    expect(
      (await failureFrom(updateRecord.apply({ object: "Case", id: CASE, set: { Status: "Working" } }, here.context()))).message,
    ).toContain("AI_Summary__c");
    expect(row("Lead", LEAD).Rating).toBeNull();
  });

  it("names what a new record lacks, before anybody is asked to approve it", async () => {
    const { http, context, writes } = setUp();
    const fresh = { object: "Lead", set: { LastName: "L" } };
    const keyed = { ...fresh, key: { field: "Ext_Id__c", value: "crm-9" } };
    for (const work of [
      () => createRecord.look?.(fresh, http),
      () => createRecord.apply(fresh, context()),
      () => upsertRecord.look?.(keyed, http),
      () => upsertRecord.apply(keyed, context()),
    ])
      expect(await failureFrom(work())).toMatchObject({ code: "connector.rejected", field: "Company" });
    expect(writes()).toBe(0);
  });
});

describe("updateRecord", () => {
  it("sends the fields, its mark and the version as precondition, and lets no assignment rule run", async () => {
    const { http, context, sent, set, row } = setUp();
    await set({ assignTo: BILLING_QUEUE });
    const input = { object: "Case", id: CASE, set: { Priority: "High" } };
    const look = await updateRecord.look?.(input, http);
    expect(look).toEqual({ fields: { Priority: "Medium" }, version: "2026-01-05T07:00:00.000+0000" });
    expect(await updateRecord.apply(input, context("run-1/route", look?.version))).toEqual({ id: CASE });
    const [patch] = sent("PATCH", /./);
    expect(patch?.body).toEqual({ Priority: "High", Interlock_Key__c: "run-1/route" });
    expect(patch?.headers.get("if-unmodified-since")).toBe("Mon, 05 Jan 2026 07:00:00 GMT");
    expect(row("Case", CASE)).toMatchObject({ Priority: "High", OwnerId: ADA, LastModifiedById: API_USER });
  });

  it("is a conflict where somebody changed the record since", async () => {
    const { http, context, change, row } = setUp();
    const input = { object: "Case", id: CASE, set: { Priority: "High" } };
    const look = await updateRecord.look?.(input, http);
    await change("Case", CASE, { Status: "Working" });
    expect((await failureFrom(updateRecord.apply(input, context("run-1/route", look?.version)))).code).toBe("connector.conflict");
    expect(row("Case", CASE).Priority).toBe("Medium");
  });

  it("tries again what another transaction held", async () => {
    const { context, set } = setUp();
    await set({ locked: [CASE] });
    const input = { object: "Case", id: CASE, set: { Priority: "High" } };
    expect(await failureFrom(updateRecord.apply(input, context()))).toMatchObject({
      code: "connector.conflict",
      message: expect.stringContaining("UNABLE_TO_LOCK_ROW"),
    });
    await updateRecord.apply(input, context());
  });

  it("gives back only what it is told to, and under a mark of its own", async () => {
    const { http, context, change, row } = setUp();
    const input = { object: "Case", id: CASE, set: { Priority: "High", Status: "Working" } };
    await updateRecord.apply(input, context());
    await change("Case", CASE, { Status: "Closed" });
    if (updateRecord.undo.kind !== "restore") expect.fail("it restores");
    const version = (await updateRecord.look?.(input, http))?.version ?? null;
    await updateRecord.undo.restore(input, { Priority: "Medium" }, context("run-1/step/undo", version));
    expect(row("Case", CASE)).toMatchObject({ Priority: "Medium", Status: "Closed", Interlock_Key__c: "run-1/step/undo" });
    expect(await updateRecord.find?.(input, context("run-1/step/undo"))).toEqual({ id: CASE });
  });
});

describe("createRecord", () => {
  it("lets assignment rules run where no owner is named, and not where one is", async () => {
    const { context, set, row } = setUp();
    await set({ assignTo: BILLING_QUEUE });
    const create = async (more: Record<string, string>, key: string) =>
      row("Lead", (await createRecord.apply({ object: "Lead", set: { LastName: "L", Company: "C", ...more } }, context(key))).id);
    expect((await create({}, "a")).OwnerId).toBe(BILLING_QUEUE);
    expect((await create({ OwnerId: ADA }, "b")).OwnerId).toBe(ADA);
  });

  it("is not deleted by an undo once somebody else has worked on it", async () => {
    const { context, change, row } = setUp();
    const input = { object: "Lead", set: { LastName: "L", Company: "C" } };
    const output = await createRecord.apply(input, context());
    await change("Lead", output.id, { Rating: "Hot" });
    if (createRecord.undo.kind !== "withdraw") expect.fail("it withdraws");
    const failure = await failureFrom(createRecord.undo.withdraw(input, output, context("run-1/step/undo")));
    expect(failure).toMatchObject({ code: "connector.rejected", message: expect.stringContaining(ADA) });
    expect(row("Lead", output.id).IsDeleted).toBe(false);
  });
});

describe("upsertRecord", () => {
  const input = { object: "Lead", key: { field: "Ext_Id__c", value: "crm-1" }, set: { Rating: "Hot" as string | null } };

  it("changes the record that is there, by its own id, and leaves it there when it is undone", async () => {
    const { http, context, sent, row } = setUp();
    const look = await upsertRecord.look?.(input, http);
    expect(look?.fields).toEqual({ Rating: null, Ext_Id__c: "crm-1" });
    expect(await upsertRecord.apply(input, context("run-1/step", look?.version))).toEqual({ id: LEAD });
    expect(sent("PATCH", /./)[0]?.path).toBe(`${API}/sobjects/Lead/${LEAD}`);
    if (upsertRecord.undo.kind !== "restore") expect.fail("it restores");
    await upsertRecord.undo.restore(input, { Rating: null }, context("run-1/step/undo"));
    expect(row("Lead", LEAD)).toMatchObject({ Rating: null, IsDeleted: false });
  });

  it("creates what is not there, and takes all of it back, but not from under somebody else", async () => {
    const { context, rows, change } = setUp();
    const fresh = { object: "Lead", key: { field: "Ext_Id__c", value: "crm 9/ü" }, set: { LastName: "L", Company: "C" } };
    const { id } = await upsertRecord.apply(fresh, context());
    expect(rows("Lead").find((row) => row.Id === id)?.Ext_Id__c).toBe("crm 9/ü");
    if (upsertRecord.undo.kind !== "restore") expect.fail("it restores");
    const { restore } = upsertRecord.undo;
    const partly = await failureFrom(restore(fresh, { LastName: null, Ext_Id__c: null }, context("run-1/step/undo")));
    expect(partly).toMatchObject({ code: "connector.rejected", message: expect.stringContaining("not deleted") });
    await change("Lead", id, { Phone: "1" });
    expect((await failureFrom(restore(fresh, { LastName: null, Company: null, Ext_Id__c: null }, context("run-1/step/undo")))).code).toBe(
      "connector.rejected",
    );
    expect(rows("Lead").find((row) => row.Id === id)?.IsDeleted).toBe(false);
  });

  it("does not choose where two records have the external id", async () => {
    const { http, context, add, writes } = setUp();
    await add("Lead", { LastName: "Twin", Company: "C", Ext_Id__c: "crm-1" });
    const before = writes();
    for (const work of [upsertRecord.look?.(input, http), upsertRecord.apply(input, context())])
      expect(await failureFrom(work)).toMatchObject({
        code: "connector.rejected",
        message: expect.stringMatching(/more than one record.*00Q/),
      });
    expect(writes()).toBe(before);
  });

  it("takes no field for an external id that is none, and lets nobody edit it", async () => {
    const { http } = setUp();
    expect((await failureFrom(upsertRecord.look?.({ ...input, key: { field: "Company", value: "x" } }, http))).field).toBe("Company");
    expect(() => upsertRecord.withValues(input, { Rating: "Cold", Ext_Id__c: "crm-2" })).toThrow(/cannot be edited/);
    expect(upsertRecord.input.safeParse({ ...input, key: { field: "Ext_Id__c", value: "a/../b" } }).success).toBe(false);
  });
});

describe("assignRecord", () => {
  it("shows owners by name, and gives the record back to whoever had it", async () => {
    const { http, context, row } = setUp();
    const input = { object: "Case", id: CASE, owner: "billing_queue" };
    expect((await assignRecord.look?.(input, http))?.fields).toEqual({ owner: "ada@acme.example" });
    await assignRecord.apply(input, context());
    expect(row("Case", CASE).OwnerId).toBe(BILLING_QUEUE);
    expect(await assignRecord.prove?.(input, { id: CASE }, http)).toEqual({ owner: "billing_queue" });
    if (assignRecord.undo.kind !== "restore") expect.fail("it restores");
    await assignRecord.undo.restore(input, { owner: "ada@acme.example" }, context("run-1/step/undo"));
    expect(row("Case", CASE).OwnerId).toBe(ADA);
  });

  it("names an owner who is not active any more by the id, which leads back", async () => {
    const { http, change } = setUp();
    const gone = idFor("005", 3);
    await change("Case", CASE, { OwnerId: gone });
    expect((await assignRecord.look?.({ object: "Case", id: CASE, owner: "Billing_Queue" }, http))?.fields).toEqual({ owner: gone });
  });

  it.each(["Nobodys_Queue", "gone@acme.example", "x' OR Name != '"])("knows no owner %s", async (owner) => {
    const { http } = setUp();
    expect(await failureFrom(assignRecord.look?.({ object: "Case", id: CASE, owner }, http))).toMatchObject({
      code: "connector.rejected",
      field: "owner",
    });
  });
});

describe("failures", () => {
  const answer = (status: number, json: unknown, headers: Record<string, string> = {}) => ({
    status,
    json,
    text: "",
    headers: new Headers(headers),
  });
  const error = (errorCode: string, message: string, fields?: string[]) => [{ errorCode, message, ...(fields ? { fields } : {}) }];

  it.each<[number, unknown, object]>([
    [403, error("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), { code: "connector.rate_limited", retryAfterMs: 900_000 }],
    [
      403,
      error("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded."),
      { code: "connector.rate_limited", retryAfterMs: 30_000 },
    ],
    [400, error("INVALID_FIELD", "No such column 'Nope__c' on sobject of type Case"), { field: "Nope__c" }],
    [
      400,
      error("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Close date first", ["CloseDate"]),
      { field: "CloseDate", message: "FIELD_CUSTOM_VALIDATION_EXCEPTION: Close date first" },
    ],
    [404, error("ENTITY_IS_DELETED", "entity is deleted"), { code: "connector.not_found" }],
    [400, error("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights"), { code: "connector.unauthorised" }],
    [
      300,
      ["/services/data/v67.0/sobjects/Lead/00Q1", "/services/data/v67.0/sobjects/Lead/00Q2"],
      { code: "connector.rejected", message: expect.stringContaining("00Q1, 00Q2") },
    ],
  ])("%i %j", (status, json, expected) => expect(salesforceRefusal(answer(status, json))).toMatchObject(expected));

  it("leaves to the status what is not in Salesforce's form", () => {
    expect(salesforceRefusal(answer(412, null))).toBeNull();
    expect(salesforceRefusal(answer(503, { message: "x" }))).toBeNull();
    expect(salesforceRefusal(answer(204, null))).toBeNull();
  });

  it("keeps the request's id for whoever asks the vendor", () => {
    expect(
      salesforceRefusal(answer(500, error("UNKNOWN_EXCEPTION", "An unexpected error occurred"), { "x-sfdc-request-id": "TID:1" }))?.message,
    ).toContain("(request TID:1)");
  });

  it("tells of the day's calls whichever count is nearer to its end", () => {
    const usage = (info: string) => salesforceUsage(answer(200, null, { "sforce-limit-info": info }));
    expect(usage("api-usage=18/5000")).toMatchObject({ kind: "quota", used: 18, limit: 5000, readsUpTo: 0.8, writesUpTo: 0.9 });
    expect(usage("api-usage=25/5000; per-app-api-usage=17/250(appName=interlock)")).toMatchObject({ used: 17, limit: 250 });
    expect(usage("")).toBeNull();
    expect(usage("api-usage=1/0")).toBeNull();
  });

  it("stops reads at 80 % of the day's calls, and writes at 90 %", () => {
    const at = (used: number, effect: "read" | "write") => {
      const usage = salesforceUsage(answer(200, null, { "sforce-limit-info": `api-usage=${used}/5000` })) ?? expect.fail("no usage");
      return decideLease(noteUsage(UNSPENT, null, usage, NOW), null, { units: 1, effect }, NOW).lease.kind;
    };
    expect([at(3_999, "read"), at(4_000, "read"), at(4_000, "write"), at(4_499, "write"), at(4_500, "write")]).toEqual([
      "leased",
      "wait",
      "leased",
      "leased",
      "wait",
    ]);
  });

  it("waits long where the org's calls are spent", async () => {
    const { http, set } = setUp();
    await set({ limit: 10, usedBefore: 10 });
    expect(await failureFrom(getRecord.run({ object: "Case", id: CASE, fields: ["Subject"] }, http))).toMatchObject({
      code: "connector.rate_limited",
      retryAfterMs: 900_000,
    });
  });

  it("asks for another token where the session has ended", async () => {
    const { http, control } = setUp();
    await control("/expire");
    // The account of this test has no other.
    expect(await failureFrom(describeObject.run({ object: "Case" }, http))).toMatchObject({
      code: "connector.unauthorised",
      message: expect.stringContaining("INVALID_SESSION_ID"),
    });
  });
});

describe.skipIf(!existsSync(EXCHANGES))("the exchanges that the vendor documents", () => {
  interface Exchange {
    readonly name: string;
    readonly request: { readonly method: string; readonly path: string };
    readonly response: { readonly status: number; readonly body: unknown };
  }
  const exchanges = existsSync(EXCHANGES) ? (JSON.parse(readFileSync(EXCHANGES, "utf8")) as Exchange[]) : [];
  const named = (name: string) => exchanges.find((one) => one.name === name) ?? expect.fail(`no exchange ${name}`);
  const CODES: Readonly<Record<string, string | undefined>> = {
    "upsert-ambiguous": "connector.rejected",
    "session-expired": "connector.unauthorised",
    "api-limit": "connector.rate_limited",
    "row-lock": "connector.conflict",
    "not-found": "connector.not_found",
  };

  it("are at the base that this connector calls", () => {
    for (const { request } of exchanges.filter(({ request }) => !request.path.includes("oauth2")))
      expect(request.path.startsWith(`${API}/`)).toBe(true);
  });

  it.each(Object.entries(CODES))("%s is %s", (name, code) => {
    const { response } = named(name);
    expect(salesforceRefusal({ status: response.status, json: response.body, headers: new Headers(), text: "" })?.code).toBe(code);
  });

  it("have the methods and paths that leave here", async () => {
    const { context, http, requests } = setUp();
    await getRecord.run({ object: "Case", id: CASE, fields: ["Subject"] }, http);
    await updateRecord.apply({ object: "Case", id: CASE, set: { Priority: "High" } }, context());
    await createRecord.apply({ object: "Lead", set: { LastName: "L", Company: "C" } }, context());
    await upsertRecord.apply(
      { object: "Lead", key: { field: "Ext_Id__c", value: "run_01" }, set: { LastName: "L", Company: "C" } },
      context("k"),
    );
    const shape = (method: string, path: string) =>
      `${method} ${path
        .split("?")[0]
        ?.replace(/\/[a-zA-Z0-9]{15,19}$/, "/<id>")
        .replace(/sobjects\/(Task|Lead)$/, "sobjects/<new>")}`;
    const ours = requests.map(({ method, path }) => shape(method, path));
    for (const name of ["read", "update", "create-task", "upsert-created"]) {
      const { request } = named(name);
      expect(ours).toContain(shape(request.method, request.path));
    }
  });
});
