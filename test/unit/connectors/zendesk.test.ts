import { describe, expect, it } from "vitest";
import type { ApplyContext } from "../../../src/connectors/define.ts";
import { createHttp } from "../../../src/connectors/http.ts";
import { zendesk } from "../../../src/connectors/zendesk.ts";
import { type Failure, failureOf } from "../../../src/core/errors.ts";
import { createFakeZendesk, type FakeZendesk } from "./fake-zendesk.ts";

const { getTicket, updateTicket, addComment } = zendesk.actions;
const TOKEN = "zd-token";

function setUp(options: { pageSize?: number; timeoutMs?: number } = {}) {
  const fake = createFakeZendesk({ token: TOKEN, ...options });
  let time = 0;
  const http = createHttp({
    baseUrl: "http://127.0.0.1:8788/zendesk",
    authorization: `Bearer ${TOKEN}`,
    system: "Zendesk",
    now: () => time,
    fetch: fake.fetch,
    timeoutMs: options.timeoutMs ?? 1000,
  });
  const context = (key = "run-1/route", version: string | null = null): ApplyContext => ({ http, key, version });
  return { fake, http, context, pass: (ms: number) => (time += ms) };
}

const failureFrom = async (work: Promise<unknown>): Promise<Failure> =>
  work.then(
    () => expect.fail("it did not throw"),
    (thrown) => failureOf(thrown),
  );
const sent = (fake: FakeZendesk, method: string, path: RegExp) =>
  fake.requests.filter((request) => request.method === method && path.test(request.path));

describe("getTicket", () => {
  it("answers a ticket with its group by name", async () => {
    const { fake, http } = setUp();
    const id = fake.add({ subject: "Invoice", description: "Twice", group_id: 101, tags: ["vip"], requester_id: 502 });
    const ticket = await getTicket.run({ id }, http);
    expect(getTicket.output.parse(ticket)).toEqual({
      id,
      subject: "Invoice",
      description: "Twice",
      status: "new",
      priority: null,
      group: "billing",
      tags: ["vip"],
      requester: { id: "502" },
      updatedAt: "2026-01-05T08:00:00Z",
    });
  });

  it("asks for the groups once, however many tickets are read", async () => {
    const { fake, http, pass } = setUp({ pageSize: 2 });
    const ids = [100, 101, 104].map((group_id) => fake.add({ group_id }));
    expect(await Promise.all(ids.map(async (id) => (await getTicket.run({ id }, http)).group))).toEqual([
      "support",
      "billing",
      "technical",
    ]);
    expect(sent(fake, "GET", /groups/)).toHaveLength(3);
    pass(300_000);
    await getTicket.run({ id: ids[0] as string }, http);
    expect(sent(fake, "GET", /groups/)).toHaveLength(6);
  });

  it("gives no group where the ticket has none, and a name that leads back where the group is not listed", async () => {
    const { fake, http } = setUp();
    expect((await getTicket.run({ id: fake.add({ group_id: null }) }, http)).group).toBeNull();
    expect((await getTicket.run({ id: fake.add({ group_id: 777 }) }, http)).group).toBe("#777");
  });

  it.each(["", "abc", "1/../2", "12345678901234567890", "1?x", "-1", "1.5"])("takes no %j for a ticket's number", async (id) => {
    const { fake, http } = setUp();
    expect(getTicket.input.safeParse({ id }).success).toBe(false);
    expect((await failureFrom(getTicket.run({ id }, http))).code).toBe("connector.rejected");
    expect(fake.requests).toHaveLength(0);
  });

  it("says what is wrong with an answer of another shape", async () => {
    const { fake, http } = setUp();
    const id = fake.add();
    fake.tickets.set(id, { id: Number(id) } as never);
    expect(await failureFrom(getTicket.run({ id }, http))).toMatchObject({
      code: "connector.answer_invalid",
      message: expect.stringContaining("ticket.status"),
    });
  });
});

describe("updateTicket", () => {
  it.each([
    [{}],
    [{ group: "" }],
    [{ priority: "super" }],
    [{ status: "closed" }],
    [{ status: "new" }],
    [{ tags: [] }],
    [{ tags: ["Big Tag"] }],
    [{ assignee: "me" }],
  ])("does not take %j", (set) => expect(updateTicket.input.safeParse({ id: "1", set }).success).toBe(false));

  it("looks only at the fields it would set, and at the version", async () => {
    const { fake, http } = setUp();
    const id = fake.add({ group_id: 102, priority: "low", tags: ["vip", "other"] });
    expect(await updateTicket.look?.({ id, set: { group: "billing", tags: ["vip", "triaged"] } }, http)).toEqual({
      fields: { group: "shipping", tags: ["vip"] },
      version: "2026-01-05T08:00:00Z",
    });
  });

  it("sets fields by name in the nested body, with the key as metadata and the version as precondition", async () => {
    const { fake, context } = setUp();
    const id = fake.add();
    const output = await updateTicket.apply(
      { id, set: { group: "billing", priority: "high" } },
      context("run-1/route", "2026-01-05T08:00:00Z"),
    );
    expect(sent(fake, "PUT", /tickets/)[0]?.body).toEqual({
      ticket: {
        group_id: 101,
        priority: "high",
        metadata: { interlock: "run-1/route" },
        updated_stamp: "2026-01-05T08:00:00Z",
        safe_update: true,
      },
    });
    expect(output).toEqual({ id, updatedAt: "2026-01-05T08:00:01Z", auditId: String(fake.audits(id)[0]?.id) });
    expect(fake.tickets.get(id)).toMatchObject({ group_id: 101, priority: "high" });
  });

  it("sends no stamp where no version was seen", async () => {
    const { fake, context } = setUp();
    await updateTicket.apply({ id: fake.add(), set: { priority: "high" } }, context());
    expect(sent(fake, "PUT", /tickets/)[0]?.body).toEqual({ ticket: { priority: "high", metadata: { interlock: "run-1/route" } } });
  });

  it("refuses when somebody changed the ticket since", async () => {
    const { fake, http, context } = setUp();
    const id = fake.add();
    const input = { id, set: { priority: "high" as const } };
    const seen = await updateTicket.look?.(input, http);
    fake.edit(id, { priority: "low" });
    expect((await failureFrom(updateTicket.apply(input, context("k", seen?.version ?? null)))).code).toBe("connector.conflict");
    expect(fake.tickets.get(id)?.priority).toBe("low");
    expect(fake.writes.get(id)).toBeUndefined();
  });

  it("adds tags and keeps those of others, also one that came a moment ago", async () => {
    const { fake, context } = setUp();
    const id = fake.add({ tags: ["vip"] });
    fake.edit(id, { tags: ["vip", "late"] });
    await updateTicket.apply({ id, set: { tags: ["triaged", "vip"] } }, context());
    expect(fake.tickets.get(id)?.tags).toEqual(["vip", "late", "triaged"]);
    expect(sent(fake, "PUT", /tickets/)[0]?.body).toMatchObject({ ticket: { safe_update: true } });
  });

  it("loses no tag that is added between its read and its write", async () => {
    const { fake, context } = setUp();
    const id = fake.add({ tags: ["vip"] });
    const { fetch } = fake;
    const http = createHttp({
      baseUrl: "http://127.0.0.1/zendesk",
      authorization: `Bearer ${TOKEN}`,
      system: "Zendesk",
      now: () => 0,
      fetch: (async (url: string, init: RequestInit) => {
        if (init.method === "PUT") fake.edit(id, { tags: ["vip", "late"] });
        return fetch(url, init);
      }) as unknown as typeof fetch,
    });
    expect((await failureFrom(updateTicket.apply({ id, set: { tags: ["triaged"] } }, { ...context(), http }))).code).toBe(
      "connector.conflict",
    );
    expect(fake.tickets.get(id)?.tags).toEqual(["vip", "late"]);
  });

  it("names the groups there are when asked for one there is not", async () => {
    const { fake, context } = setUp();
    const id = fake.add();
    expect(await failureFrom(updateTicket.apply({ id, set: { group: "Billing" } }, context()))).toEqual({
      code: "connector.rejected",
      field: "group",
      message: 'Zendesk has no group "Billing"; it has: support, billing, shipping, returns, technical',
    });
    expect(sent(fake, "PUT", /./)).toHaveLength(0);
  });

  it("finds a group that was made after the list was kept, and takes no deleted or ambiguous one", async () => {
    const { fake, http, context, pass } = setUp();
    const id = fake.add();
    await getTicket.run({ id }, http);
    fake.groups.push(
      { id: 200, name: "legal", deleted: false },
      { id: 201, name: "old", deleted: true },
      { id: 202, name: "support", deleted: false },
    );
    await updateTicket.apply({ id, set: { group: "legal" } }, context());
    expect(fake.tickets.get(id)?.group_id).toBe(200);
    expect((await failureFrom(updateTicket.apply({ id, set: { group: "old" } }, context()))).code).toBe("connector.rejected");
    pass(300_000);
    expect((await failureFrom(updateTicket.apply({ id, set: { group: "support" } }, context()))).message).toContain("more than one");
  });

  it("does not believe a 200 that changed nothing", async () => {
    const { fake, context } = setUp();
    const id = fake.add();
    fake.deaf = true;
    const failure = await failureFrom(updateTicket.apply({ id, set: { priority: "high" } }, context()));
    expect(failure).toEqual({ code: "connector.answer_invalid", message: `Zendesk answered 200 and did not set priority of ticket/${id}` });
  });

  it("takes a 200 whose values a trigger changed again for applied, and the proof shows it", async () => {
    const { fake, http, context } = setUp();
    const id = fake.add();
    fake.rule = (ticket) => {
      ticket.group_id = 104;
    };
    const input = { id, set: { group: "billing" } };
    const output = await updateTicket.apply(input, context());
    expect(output.auditId).not.toBeNull();
    expect(await updateTicket.prove?.(input, output, http)).toEqual({ group: "technical" });
  });

  it("needs no audit to set what is set already", async () => {
    const { fake, context } = setUp();
    const id = fake.add({ priority: "high" });
    expect(await updateTicket.apply({ id, set: { priority: "high" } }, context())).toEqual({
      id,
      updatedAt: "2026-01-05T08:00:00Z",
      auditId: null,
    });
    expect(await updateTicket.find?.({ id, set: { priority: "high" } }, context())).toBeNull();
    expect(fake.writes.size).toBe(0);
  });

  it("says which field Zendesk refused", async () => {
    const { fake, context } = setUp();
    const id = fake.add();
    expect(await failureFrom(updateTicket.apply({ id, set: { status: "solved" } }, context()))).toMatchObject({
      code: "connector.rejected",
      message: expect.stringContaining("Priority: is required when solving a ticket"),
    });
  });

  it("finds its update among many, whatever came after it", async () => {
    const { fake, context } = setUp({ pageSize: 3 });
    const id = fake.add();
    const input = { id, set: { priority: "high" as const } };
    const output = await updateTicket.apply(input, context());
    for (let i = 0; i < 10; i++) fake.edit(id, { priority: i % 2 ? "low" : "normal" });
    expect(await updateTicket.find?.(input, context())).toEqual(output);
    expect(await updateTicket.find?.(input, context("run-1/route/undo"))).toBeNull();
  });

  it("gives no answer rather than a wrong one when the audits do not end", async () => {
    const { fake, context } = setUp({ pageSize: 1 });
    const id = fake.add();
    for (let i = 0; i < 60; i++) fake.edit(id, { priority: i % 2 ? "low" : "normal" });
    expect((await failureFrom(updateTicket.find?.({ id, set: {} }, context()) as Promise<unknown>)).code).toBe("connector.answer_invalid");
  });

  it("is undone field by field, its tags taken off and only those", async () => {
    const { fake, http, context } = setUp();
    const id = fake.add({ group_id: 102, priority: null, tags: ["vip"] });
    const input = { id, set: { group: "billing", priority: "high" as const, tags: ["vip", "triaged"] } };
    const before = await updateTicket.look?.(input, http);
    await updateTicket.apply(input, context("k", before?.version ?? null));
    fake.edit(id, { tags: [...(fake.tickets.get(id)?.tags ?? []), "late"] });
    if (updateTicket.undo.kind !== "restore") expect.fail("it is a restore");
    await updateTicket.undo.restore(input, before?.fields ?? {}, context("k/undo", fake.tickets.get(id)?.updated_at));
    expect(fake.tickets.get(id)).toMatchObject({ group_id: 102, priority: null, tags: ["vip", "late"] });
    expect((await updateTicket.look?.(input, http))?.fields).toEqual(before?.fields);
    expect(fake.audits(id).at(-1)?.metadata.custom).toEqual({ interlock: "k/undo" });
  });

  it("restores no group, and a group that is not listed", async () => {
    const { fake, context } = setUp();
    const id = fake.add({ group_id: 101 });
    if (updateTicket.undo.kind !== "restore") expect.fail("it is a restore");
    await updateTicket.undo.restore({ id, set: { group: "billing" } }, { group: null }, context());
    expect(fake.tickets.get(id)?.group_id).toBeNull();
    fake.groups.push({ id: 777, name: "gone", deleted: true });
    await updateTicket.undo.restore({ id, set: { group: "billing" } }, { group: "#777" }, context());
    expect(fake.tickets.get(id)?.group_id).toBe(777);
  });
});

describe("addComment", () => {
  const note = (id: string, body = "Customer was called.\n\nNo  answer.") => ({ id, body, public: false });

  it.each(["", "  \n ", "Hello {{ticket.requester.email}}", "{% if x %}", "x".repeat(21_001)])("does not take %j", (body) => {
    expect(addComment.input.safeParse({ id: "1", body, public: true }).success).toBe(false);
  });

  it("adds a note with the key as metadata, and proves it though Zendesk squeezes the text", async () => {
    const { fake, http, context } = setUp();
    const id = fake.add();
    const output = await addComment.apply(note(id), context());
    expect(sent(fake, "PUT", /tickets/)[0]?.body).toEqual({
      ticket: { comment: { body: note(id).body, public: false }, metadata: { interlock: "run-1/route" } },
    });
    expect(output).toEqual({ id: String(fake.comments(id).at(-1)?.id), auditId: String(fake.audits(id).at(-1)?.id) });
    expect(await addComment.prove?.(note(id), output, http)).toEqual({ body: note(id).body, public: false });
  });

  it("proves what stands there, not what was asked for", async () => {
    const { fake, http, context } = setUp();
    const id = fake.add();
    const output = await addComment.apply(note(id), context());
    Object.assign(fake.comments(id).at(-1) ?? {}, { body: "Other", public: true });
    expect(await addComment.prove?.(note(id), output, http)).toEqual({ body: "Other", public: true });
    expect(await addComment.prove?.(note(id), { ...output, id: "1" }, http)).toEqual({});
  });

  it("does not believe a 200 that added nothing", async () => {
    const { fake, context } = setUp();
    const id = fake.add();
    fake.deaf = true;
    expect((await failureFrom(addComment.apply(note(id), context()))).code).toBe("connector.answer_invalid");
  });

  it("is withdrawn by blotting the text out, once", async () => {
    const { fake, http, context } = setUp({ pageSize: 2 });
    const id = fake.add();
    const output = await addComment.apply(note(id), context());
    for (let i = 0; i < 5; i++) await addComment.apply(note(id, `Later ${i}`), context(`other-${i}`));
    const { undo } = addComment;
    if (undo.kind !== "withdraw") expect.fail("it is a withdrawal");
    expect(await undo.gone(note(id), output, http)).toBe(false);
    await undo.withdraw(note(id), output, context("k/undo"));
    await undo.withdraw(note(id), output, context("k/undo"));
    expect(await undo.gone(note(id), output, http)).toBe(true);
    expect(fake.comments(id).filter(({ body }) => /^▇+$/.test(body))).toHaveLength(1);
    expect(sent(fake, "PUT", /redact/)).toHaveLength(1);
  });

  it("is not gone while the ticket is closed to redaction", async () => {
    const { fake, http, context } = setUp();
    const id = fake.add();
    const output = await addComment.apply(note(id), context());
    fake.edit(id, { status: "closed" });
    const { undo } = addComment;
    if (undo.kind !== "withdraw") expect.fail("it is a withdrawal");
    expect((await failureFrom(undo.withdraw(note(id), output, context()))).code).toBe("connector.rejected");
    expect(await undo.gone(note(id), output, http)).toBe(false);
  });
});

describe("the connection", () => {
  it("signs in with an OAuth token, or with an e-mail address and an API token", () => {
    expect(zendesk.auth("abc")).toEqual({ kind: "header", name: "authorization", value: "Bearer abc" });
    expect(zendesk.auth("mé@acme.example/token:abc")).toMatchObject({
      value: `Basic ${Buffer.from("mé@acme.example/token:abc").toString("base64")}`,
    });
  });

  it("turns a wrong token into a code that asks for a person", async () => {
    const { fake, context } = setUp();
    const id = fake.add();
    const http = createHttp({
      baseUrl: "https://acme.zendesk.com",
      authorization: "Bearer wrong",
      system: "Zendesk",
      now: () => 0,
      fetch: fake.fetch,
    });
    expect((await failureFrom(updateTicket.apply({ id, set: { priority: "low" } }, { ...context(), http }))).code).toBe(
      "connector.unauthorised",
    );
  });
});
