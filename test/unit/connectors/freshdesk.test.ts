import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { API_KEY } from "../../../sandbox/freshdesk/account.ts";
import type { Conversation, Ticket } from "../../../sandbox/freshdesk/store.ts";
import type { AnyWriteAction, ApplyContext } from "../../../src/connectors/define.ts";
import { freshdesk } from "../../../src/connectors/freshdesk.ts";
import { markOf } from "../../../src/connectors/freshdesk-api.ts";
import { freshdeskBudget, freshdeskRefusal, freshdeskUsage } from "../../../src/connectors/freshdesk-limits.ts";
import { createHttp } from "../../../src/connectors/http.ts";
import { type Failure, failureOf } from "../../../src/core/errors.ts";
import type { StandInHere } from "./worlds/action-world.ts";
import { freshdeskHere, TICKET } from "./worlds/freshdesk-worlds.ts";

const { getTicket, findAgent, searchTickets, updateTicket, addNote, addReply, createTicket } = freshdesk.actions;

const contextOf = ({ http }: StandInHere, version: string | null = null, key = "run-1/step"): ApplyContext => ({ http, key, version });
const failureFrom = async (work: Promise<unknown> | undefined): Promise<Failure> =>
  (work ?? Promise.resolve()).then(
    () => expect.fail("it did not throw"),
    (thrown) => failureOf(thrown),
  );
const ticketIn = (here: StandInHere, id = TICKET) => here.tables.get("tickets")?.get(id) as Ticket;
const sent = (here: StandInHere, method: string, path = /./) =>
  here.requests.filter((request) => request.method === method && path.test(request.path));
const answer = (status: number, json: unknown, headers: Record<string, string> = {}) => ({
  status,
  json,
  text: json === null ? "" : JSON.stringify(json),
  headers: new Headers(headers),
});

describe("reading", () => {
  it("answers a ticket with its numbers in words and its group and agent by name", async () => {
    const here = freshdeskHere();
    await here.control("/change", { id: TICKET, responder_id: 701, status: 3, priority: 4 });
    const ticket = await getTicket.run({ id: TICKET }, here.http);
    expect(getTicket.output.parse(ticket)).toMatchObject({
      id: TICKET,
      subject: "Charged twice",
      description: "My card was charged twice.",
      status: "pending",
      priority: "urgent",
      group: "support",
      agent: "maya.brandt@example.com",
      tags: ["vip"],
      custom: { cf_order: null },
    });
  });

  it("asks for the groups once, however many tickets are read", async () => {
    const here = freshdeskHere();
    for (let i = 0; i < 3; i++) await getTicket.run({ id: TICKET }, here.http);
    expect(sent(here, "GET", /groups/)).toHaveLength(1);
  });

  it("says that a ticket which is not there does not exist, though the answer is empty", async () => {
    const here = freshdeskHere();
    expect(await failureFrom(getTicket.run({ id: "1" }, here.http))).toEqual({
      code: "connector.not_found",
      message: "Freshdesk answered 404 to GET /api/v2/tickets/1: there is no such record, or the agent may not see it",
    });
  });

  it.each(["", "abc", "1/../2", "12345678901234567890", "1?x", "-1"])("takes no %j for a ticket's number", async (id) => {
    const here = freshdeskHere();
    expect(getTicket.input.safeParse({ id }).success).toBe(false);
    expect((await failureFrom(getTicket.run({ id }, here.http))).code).toBe("connector.rejected");
    expect(here.requests).toHaveLength(0);
  });

  it("finds agents by address, and searches", async () => {
    const here = freshdeskHere();
    expect(await findAgent.run({ email: "jonas.keller@example.com" }, here.http)).toEqual({
      agent: { id: "702", email: "jonas.keller@example.com", name: "Jonas Keller" },
    });
    expect(await findAgent.run({ email: "nobody@example.com" }, here.http)).toEqual({ agent: null });
    expect(await searchTickets.run({ query: "tag:'vip' AND priority:1", page: 1 }, here.http)).toMatchObject({
      total: 1,
      tickets: [{ id: TICKET, priority: "low" }],
    });
    expect(searchTickets.input.safeParse({ query: 'a"b' }).success).toBe(false);
    expect(searchTickets.input.safeParse({ query: "x".repeat(511) }).success).toBe(false);
  });
});

describe("updateTicket", () => {
  it.each([
    [{}],
    [{ status: "new" }],
    [{ priority: "normal" }],
    [{ tags: ["a,b"] }],
    [{ custom: {} }],
    [{ custom: { order: "1" } }],
    [{ agent: "Maya" }],
  ])("does not take %j", (set) => expect(updateTicket.input.safeParse({ id: "1", set }).success).toBe(false));

  it("sets fields by name and merges tags, with its mark in the same request", async () => {
    const here = freshdeskHere();
    await updateTicket.apply(
      { id: TICKET, set: { group: "billing", priority: "high", tags: ["triaged"], custom: { cf_order: "12" } } },
      contextOf(here),
    );
    expect(sent(here, "PUT")[0]?.body).toEqual({
      group_id: 301,
      priority: 3,
      tags: ["vip", "triaged"],
      custom_fields: { cf_order: "12", cf_interlock: markOf("run-1/step") },
    });
  });

  it("refuses when somebody changed the ticket since it was looked at", async () => {
    const here = freshdeskHere();
    const input = { id: TICKET, set: { priority: "high" as const } };
    const seen = await updateTicket.look?.(input, here.http);
    await here.control("/change", { id: TICKET, priority: 2 });
    expect((await failureFrom(updateTicket.apply(input, contextOf(here, seen?.version)))).code).toBe("connector.conflict");
    expect(ticketIn(here).priority).toBe(2);
  });

  it("does nothing a second time, also when the ticket has changed since the first", async () => {
    const here = freshdeskHere();
    const input = { id: TICKET, set: { priority: "high" as const } };
    await updateTicket.apply(input, contextOf(here));
    await here.control("/change", { id: TICKET, priority: 2 });
    await updateTicket.apply(input, contextOf(here, "2020-01-01T00:00:00Z"));
    expect(sent(here, "PUT")).toHaveLength(1);
    expect(ticketIn(here).priority).toBe(2);
  });

  it("is proved though Freshdesk gives a decimal back as text, and not where it holds another", async () => {
    const here = freshdeskHere();
    const input = { id: TICKET, set: { custom: { cf_amount: 9.5, cf_order: "" } } };
    const output = await updateTicket.apply(input, contextOf(here));
    await here.control("/change", { id: TICKET, custom_fields: { cf_amount: "9.5", cf_order: null } });
    expect(await updateTicket.prove?.(input, output, here.http)).toEqual({ cf_amount: 9.5, cf_order: "" });
    await here.control("/change", { id: TICKET, custom_fields: { cf_amount: "9.6" } });
    expect(await updateTicket.prove?.(input, output, here.http)).toMatchObject({ cf_amount: "9.6" });
  });

  it("is still known by its mark after ten more writes, in a field that never outgrows what Freshdesk keeps", async () => {
    const here = freshdeskHere();
    const input = { id: TICKET, set: { priority: "high" as const } };
    for (let i = 0; i < 12; i++) await updateTicket.apply(input, contextOf(here, null, `run-${i}/step`));
    const kept = String(ticketIn(here).custom_fields.cf_interlock);
    expect(kept.length).toBeLessThanOrEqual(255);
    expect(await updateTicket.find?.(input, contextOf(here, null, "run-2/step"))).toMatchObject({ id: TICKET });
    expect(await updateTicket.find?.(input, contextOf(here, null, "run-1/step"))).toBeNull();
  });

  it("keeps its marks in the field that the connection names", async () => {
    const here = freshdeskHere({ settings: { markerField: "cf_order" } });
    await updateTicket.apply({ id: TICKET, set: { priority: "high" } }, contextOf(here));
    expect(ticketIn(here).custom_fields.cf_order).toBe(markOf("run-1/step"));
    const wrong = freshdeskHere({ settings: { markerField: "order" } });
    expect(await failureFrom(updateTicket.apply({ id: TICKET, set: { priority: "high" } }, contextOf(wrong)))).toMatchObject({
      field: "markerField",
    });
  });

  it("names the groups there are when asked for one there is not, and the agent that there is not", async () => {
    const here = freshdeskHere();
    const failure = (set: object) => failureFrom(updateTicket.apply({ id: TICKET, set }, contextOf(here)));
    expect(await failure({ group: "Billing" })).toMatchObject({ field: "group", message: expect.stringContaining("support, billing") });
    expect(await failure({ agent: "nobody@example.com" })).toMatchObject({ code: "connector.rejected", field: "agent" });
    expect(sent(here, "PUT")).toHaveLength(0);
  });

  it("says which field Freshdesk refused, and why", async () => {
    const here = freshdeskHere();
    expect(await failureFrom(updateTicket.apply({ id: TICKET, set: { custom: { cf_nope: "1" } } }, contextOf(here)))).toEqual({
      code: "connector.rejected",
      field: "cf_nope",
      message: `Freshdesk answered 400 to PUT /api/v2/tickets/${TICKET}: Validation failed; cf_nope: Unexpected/invalid field in request (invalid_field)`,
    });
  });

  it("is undone field by field, its tags taken off and only those, and not over somebody's change", async () => {
    const here = freshdeskHere();
    const input = {
      id: TICKET,
      set: { group: "billing", agent: "maya.brandt@example.com", tags: ["vip", "triaged"], custom: { cf_order: "12" } },
    };
    const before = await updateTicket.look?.(input, here.http);
    expect(before?.fields).toEqual({ group: "support", agent: null, tags: ["vip"], cf_order: null });
    await updateTicket.apply(input, contextOf(here, before?.version ?? null));
    await here.control("/change", { id: TICKET, tags: ["vip", "triaged", "late"], status: 5 });
    if (updateTicket.undo.kind !== "restore") expect.fail("it is a restore");
    const undo = (version: string) =>
      updateTicket.undo.kind === "restore" &&
      updateTicket.undo.restore(input, before?.fields ?? {}, contextOf(here, version, "run-1/step/undo"));
    expect((await failureFrom(undo("2020-01-01T00:00:00Z") || undefined)).code).toBe("connector.conflict");
    await undo(ticketIn(here).updated_at);
    expect(ticketIn(here)).toMatchObject({
      group_id: 300,
      responder_id: null,
      tags: ["vip", "late"],
      status: 5,
      custom_fields: { cf_order: null },
    });
  });

  it("restores a group that is not listed and a status of the account's own", async () => {
    const here = freshdeskHere();
    if (updateTicket.undo.kind !== "restore") expect.fail("it is a restore");
    const input = { id: TICKET, set: { group: "billing", status: "open" as const } };
    await failureFrom(updateTicket.undo.restore(input, { group: "#999", status: "#7" }, contextOf(here)));
    expect(sent(here, "PUT")[0]?.body).toMatchObject({ group_id: 999, status: 7 });
  });
});

describe("notes and replies", () => {
  it("show text as it is, with a reference at the end, and prove it", async () => {
    const here = freshdeskHere();
    const input = { id: TICKET, body: "Score <b>87</b> & more\nSecond line" };
    const output = await addNote.apply(input, contextOf(here));
    const [note] = (here.tables.get("conversations")?.all() ?? []) as Conversation[];
    expect(note).toMatchObject({ private: true, body: expect.stringContaining("Score &lt;b&gt;87&lt;/b&gt; &amp; more<br>Second line") });
    expect(note?.body_text).toContain(`Ref ${markOf("run-1/step")}`);
    expect(await addNote.prove?.(input, output, here.http)).toEqual({ body: input.body });
  });

  it("are found among many pages", async () => {
    const here = freshdeskHere();
    for (let i = 0; i < 120; i++) await here.control("/note", { id: TICKET, body: `Earlier ${i}`, by: 701 });
    const output = await addReply.apply({ id: TICKET, body: "We are on it" }, contextOf(here));
    expect(await addReply.find?.({ id: TICKET, body: "We are on it" }, contextOf(here))).toEqual(output);
    expect(sent(here, "GET", /conversations/)).toHaveLength(2);
  });

  it.each(["", " \n", "Dear {{ticket.requester.email}}", "{% if x %}", "x".repeat(20_001)])("do not take %j", (body) => {
    expect(addReply.input.safeParse({ id: "1", body }).success).toBe(false);
  });

  it("a note is deleted once, a reply cannot be", async () => {
    const here = freshdeskHere();
    const input = { id: TICKET, body: "A note" };
    const output = await addNote.apply(input, contextOf(here));
    if (addNote.undo.kind !== "withdraw") expect.fail("it is a withdrawal");
    await addNote.undo.withdraw(input, output, contextOf(here));
    await addNote.undo.withdraw(input, output, contextOf(here));
    expect(await addNote.undo.gone(input, output, here.http)).toBe(true);
    expect(addReply.undo.kind).toBe("irreversible");
  });
});

describe("createTicket", () => {
  const input = { requester: "new@example.net", subject: "S", description: "D", priority: "low" as const, status: "open" as const };

  it("is found though the search has not indexed it yet", async () => {
    const here = freshdeskHere();
    await here.control("/settings", { indexDelayMs: 600_000 });
    const output = await createTicket.apply(input, contextOf(here));
    const since = Date.parse("2026-01-05T08:00:00Z");
    expect(await createTicket.find?.(input, { ...contextOf(here), since })).toEqual(output);
    expect(sent(here, "GET", /search/)).toHaveLength(1);
    expect(
      sent(here, "GET", /tickets$/)
        .at(-1)
        ?.query.get("updated_since"),
    ).toBe("2026-01-05T07:55:00Z");
  });

  it("goes to the trash when it is undone, and what is there already is left", async () => {
    const here = freshdeskHere();
    const output = await createTicket.apply(input, contextOf(here));
    if (createTicket.undo.kind !== "withdraw") expect.fail("it is a withdrawal");
    await createTicket.undo.withdraw(input, output, contextOf(here));
    await createTicket.undo.withdraw(input, output, contextOf(here));
    expect(sent(here, "DELETE")).toHaveLength(1);
    expect(ticketIn(here, output.id).deleted).toBe(true);
  });
});

describe("the credential", () => {
  it("is the key alone, sent as the user of a Basic header", () => {
    expect(freshdesk.auth("APIKEY")).toEqual({ kind: "header", name: "authorization", value: "Basic QVBJS0VZOlg=" });
    for (const secret of ["", "key:X", "two words"]) expect(() => freshdesk.auth(secret)).toThrow(/API key alone/);
  });

  it("that is wrong is said in Freshdesk's words", async () => {
    const here = freshdeskHere({ secret: `${API_KEY}x` });
    expect(await failureFrom(getTicket.run({ id: TICKET }, here.http))).toEqual({
      code: "connector.unauthorised",
      message: expect.stringContaining("You have to be logged in to perform this action. (invalid_credentials)"),
    });
  });
});

describe("limits", () => {
  const told = (total: number, remaining: number) =>
    freshdeskUsage(answer(200, {}, { "x-ratelimit-total": String(total), "x-ratelimit-remaining": String(remaining) }));

  it("leave a fifth to the account's webhooks", () => {
    expect(freshdeskBudget).toEqual({ capacity: 32, perSecond: 128 / 60 });
    expect(told(700, 699)).toEqual({ kind: "bucket", capacity: 112, perSecond: 448 / 60, left: 112 });
    expect(told(700, 150)).toMatchObject({ left: 10 });
    expect(told(700, 140)).toMatchObject({ left: 0 });
  });

  it("of older plans are by the hour, and an answer without them tells nothing", () => {
    expect(told(5_000, 4_000)).toMatchObject({ perSecond: 3_200 / 3_600 });
    expect(freshdeskUsage(answer(200, {}))).toBeNull();
  });

  it("that are spent are waited for as long as the answer says, or a minute", async () => {
    expect(freshdeskRefusal(answer(429, { message: "m" }, { "retry-after": "36" }), 0)).toMatchObject({ retryAfterMs: 36_000 });
    expect(freshdeskRefusal(answer(429, null), 0)).toMatchObject({ code: "connector.rate_limited", retryAfterMs: 60_000 });
    const here = freshdeskHere();
    await here.control("/settings", { perMinute: 1 });
    await findAgent.run({ email: "jonas.keller@example.com" }, here.http);
    expect(await failureFrom(findAgent.run({ email: "jonas.keller@example.com" }, here.http))).toMatchObject({
      code: "connector.rate_limited",
      retryAfterMs: 60_000,
    });
  });

  it("a request's number is in the message", () => {
    expect(freshdeskRefusal(answer(403, { code: "access_denied", message: "No." }, { "x-request-id": "r-1" }), 0)?.message).toBe(
      "No. (access_denied) (request r-1)",
    );
  });
});

interface Exchange {
  readonly name: string;
  readonly request: { method: string; path: string; body: unknown };
  readonly response: { status: number; headers: Record<string, string>; body: unknown };
}
const CONTRACT = "../shared/contracts/freshdesk/exchanges.derived.json";

describe.skipIf(!existsSync(CONTRACT))("the vendor's exchanges (../shared/contracts)", () => {
  const exchanges: Exchange[] = existsSync(CONTRACT) ? JSON.parse(readFileSync(CONTRACT, "utf8")) : [];
  const named = (name: string) => exchanges.find((one) => one.name === name) ?? expect.fail(name);

  /** The door to one answer; keeps what was asked. */
  function replying({ response }: Exchange, ticket: unknown = {}) {
    const asked: { method: string; path: string; headers: Headers; body: unknown }[] = [];
    const http = createHttp({
      baseUrl: "https://acme.freshdesk.com",
      authorization: "Basic QVBJS0VZOlg=",
      system: "Freshdesk",
      now: () => 0,
      refusal: freshdeskRefusal,
      fetch: (async (url: string, init: RequestInit) => {
        const { pathname } = new URL(url);
        const method = init.method ?? "GET";
        asked.push({ method, path: pathname, headers: new Headers(init.headers), body: init.body ? JSON.parse(String(init.body)) : null });
        if (pathname.endsWith("/groups")) return Response.json([{ id: 7, name: "billing" }]);
        if (method === "GET" && response.status < 300 && pathname !== "/api/v2/tickets/42") return Response.json([]);
        if (method === "GET" && response.status < 300) return Response.json(ticket);
        return new Response(response.body === null ? "" : JSON.stringify(response.body), {
          status: response.status,
          headers: response.headers,
        });
      }) as unknown as typeof fetch,
    });
    return { http, asked, context: { http, key: "k", version: null } satisfies ApplyContext };
  }
  const whole = () => named("read").response.body;

  it("reads a ticket", async () => {
    const { http } = replying(named("read"), whole());
    expect(await getTicket.run({ id: "42" }, http)).toMatchObject({
      id: "42",
      status: "open",
      priority: "low",
      group: null,
      custom: { cf_order: "12" },
    });
  });

  it.each<[string, AnyWriteAction, unknown, string[]]>([
    ["update", updateTicket, { id: "42", set: { priority: "high", group: "billing" } }, ["priority", "group_id"]],
    ["note", addNote, { id: "42", body: "note" }, ["private"]],
    ["reply", addReply, { id: "42", body: "hi" }, []],
  ])("writes as the exchange %s does", async (name, action, input, same) => {
    const exchange = named(name);
    const { asked, context } = replying(exchange, whole());
    expect(action.output.safeParse(await action.apply(input, context)).success).toBe(true);
    const request = asked.at(-1);
    expect(request).toMatchObject({ method: exchange.request.method, path: exchange.request.path });
    expect(request?.headers.get("content-type")).toMatch(/^application\/json/);
    const body = (request?.body ?? {}) as Record<string, unknown>;
    const wanted = exchange.request.body as Record<string, unknown>;
    for (const field of same) expect(body[field], field).toEqual(wanted[field]);
    expect(Object.keys(body).sort()).toEqual(Object.keys(wanted).sort());
  });

  it.each([
    ["validation", "connector.rejected", "status: It should be one of these values: '2,3,4,5' (invalid_value)"],
    ["bad-credentials", "connector.unauthorised", "You have to be logged in"],
    ["forbidden", "connector.unauthorised", "You are not authorized"],
    ["not-found", "connector.not_found", "there is no such record"],
    ["duplicate", "connector.conflict", "email: It should be a unique value"],
    ["rate-limit", "connector.rate_limited", "You have exceeded the limit"],
  ])("understands the refusal %s", async (name, code, words) => {
    const { http } = replying(named(name));
    expect(await failureFrom(http.send({ method: "PUT", path: "/api/v2/tickets/42", body: {} }))).toMatchObject({
      code,
      message: expect.stringContaining(words),
    });
  });
});
