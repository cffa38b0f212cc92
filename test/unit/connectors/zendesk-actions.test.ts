// What Zendesk's connector does beside groups, priorities and comments: people, custom fields, new tickets, custom objects, limits.
import { describe, expect, it } from "vitest";
import type { ApplyContext } from "../../../src/connectors/define.ts";
import { createHttp } from "../../../src/connectors/http.ts";
import { zendesk } from "../../../src/connectors/zendesk.ts";
import { zendeskUsage } from "../../../src/connectors/zendesk-limits.ts";
import { type Failure, failureOf } from "../../../src/core/errors.ts";
import { createFakeZendesk, type FakeZendesk } from "./fake-zendesk.ts";

const { getTicket, findUser, updateTicket, addNote, createTicket, getCustomRecord, updateCustomRecord } = zendesk.actions;

function setUp(pageSize = 100) {
  const fake = createFakeZendesk({ token: "t", pageSize });
  const http = createHttp({
    baseUrl: "http://127.0.0.1/zendesk",
    authorization: "Bearer t",
    system: "Zendesk",
    now: () => 0,
    fetch: fake.fetch,
    timeoutMs: 1000,
  });
  const context = (version: string | null = null, key = "run-1/step"): ApplyContext => ({ http, key, version });
  return { fake, http, context };
}
const failureFrom = async (work: Promise<unknown>): Promise<Failure> =>
  work.then(
    () => expect.fail("it did not throw"),
    (thrown) => failureOf(thrown),
  );
const sent = (fake: FakeZendesk, method: string) => fake.requests.filter((request) => request.method === method);

describe("people and custom fields of a ticket", () => {
  const set = { assignee: "maya.brandt@example.com", custom: { "27642": 745, "27643": "a" } };

  it("are set by address and by number, and looked at one by one", async () => {
    const { fake, http, context } = setUp();
    const id = fake.add({ custom_fields: [{ id: 27642, value: "12" }] });
    expect(updateTicket.values({ id, set })).toEqual({ assignee: set.assignee, field_27642: 745, field_27643: "a" });
    expect((await updateTicket.look?.({ id, set }, http))?.fields).toEqual({ assignee: null, field_27642: "12", field_27643: null });
    await updateTicket.apply({ id, set }, context());
    expect(sent(fake, "PUT")[0]?.body).toMatchObject({
      ticket: {
        assignee_id: 901,
        custom_fields: [
          { id: 27642, value: 745 },
          { id: 27643, value: "a" },
        ],
      },
    });
    expect(await getTicket.run({ id }, http)).toMatchObject({ assignee: set.assignee, custom: { "27642": 745, "27643": "a" } });
  });

  it("are proved though Zendesk gives a number back as text", async () => {
    const { fake, http, context } = setUp();
    const id = fake.add();
    const output = await updateTicket.apply({ id, set }, context());
    Object.assign(fake.tickets.get(id) ?? {}, { custom_fields: [{ id: 27642, value: "745" }] });
    expect(await updateTicket.prove?.({ id, set }, output, http)).toEqual({ assignee: set.assignee, field_27642: 745, field_27643: null });
  });

  it("are restored by an undo, nobody as nobody", async () => {
    const { fake, http, context } = setUp();
    const id = fake.add({ custom_fields: [{ id: 27642, value: "12" }] });
    const before = await updateTicket.look?.({ id, set }, http);
    await updateTicket.apply({ id, set }, context());
    if (updateTicket.undo.kind !== "restore") expect.fail("it is a restore");
    await updateTicket.undo.restore({ id, set }, before?.fields ?? {}, context(null, "run-1/step/undo"));
    expect((await updateTicket.look?.({ id, set }, http))?.fields).toEqual(before?.fields);
  });

  it.each([["elena.rossi@example.net"], ["nobody@example.com"]])("takes %s for no assignee", async (assignee) => {
    const { fake, context } = setUp();
    const failure = await failureFrom(updateTicket.apply({ id: fake.add(), set: { assignee } }, context()));
    expect(failure).toMatchObject({ code: "connector.rejected", field: "assignee" });
    expect(sent(fake, "PUT")).toHaveLength(0);
  });

  it("finds a user by the whole address", async () => {
    const { http } = setUp();
    expect(await findUser.run({ email: "Elena.Rossi@example.net" }, http)).toMatchObject({ user: { id: "501", role: "end-user" } });
    expect(await findUser.run({ email: "rossi@example.net" }, http)).toEqual({ user: null });
  });
});

describe("createTicket", () => {
  const input = { requester: "kim@example.net", subject: "S", description: "D", internal: true, group: "billing" };

  it("sends one mark as Idempotency-Key and as external id, which a header can carry whatever the step is called", async () => {
    const { fake, context } = setUp();
    await createTicket.apply(input, context(null, "run-1/prüfen"));
    const [request] = sent(fake, "POST");
    const key = request?.headers.get("idempotency-key");
    expect(key).toMatch(/^interlock-[0-9a-f]{40}$/);
    expect(request?.body).toMatchObject({ ticket: { external_id: key, group_id: 101, comment: { body: "D", public: false } } });
  });

  it("is answered with the first ticket when it is repeated within two hours, and found by its mark later", async () => {
    const { fake, context } = setUp();
    const first = await createTicket.apply(input, context());
    expect(await createTicket.apply(input, context())).toEqual(first);
    expect(fake.tickets.size).toBe(1);
    expect(await createTicket.find?.(input, context())).toEqual(first);
    expect(await createTicket.find?.(input, context(null, "run-2/step"))).toBeNull();
  });

  it("says what Zendesk says of another body under the same key", async () => {
    const { context } = setUp();
    await createTicket.apply(input, context());
    expect(await failureFrom(createTicket.apply({ ...input, subject: "Other" }, context()))).toMatchObject({
      code: "connector.rejected",
      message: expect.stringContaining("IdempotentRequestError"),
    });
  });

  it("does not take a text that Zendesk would fill in", () => {
    expect(createTicket.input.safeParse({ ...input, description: "{{ticket.requester.email}}" }).success).toBe(false);
  });
});

describe("addNote", () => {
  it("is never public, and a note that became public is not proved", async () => {
    const { fake, http, context } = setUp();
    const id = fake.add();
    const output = await addNote.apply({ id, body: "For us" }, context());
    expect(sent(fake, "PUT")[0]?.body).toMatchObject({ ticket: { comment: { body: "For us", public: false } } });
    Object.assign(fake.comments(id).at(-1) ?? {}, { public: true });
    expect(await addNote.prove?.({ id, body: "For us" }, output, http)).toEqual({ body: "For us", public: true });
  });
});

describe("records of custom objects", () => {
  const ref = { object: "contract", id: "01GCSJW391QVSC80GYDH7E93Q6" };

  it("are read with their fields", async () => {
    const { http } = setUp();
    expect(await getCustomRecord.run(ref, http)).toMatchObject({ name: "C-7", fields: { seats: 5, renewal: null } });
  });

  it("are not written again when they hold the values, and not over somebody's change", async () => {
    const { fake, http, context } = setUp();
    const input = { ...ref, set: { seats: 7 } };
    const seen = await updateCustomRecord.look?.(input, http);
    await updateCustomRecord.apply(input, context(seen?.version ?? null));
    await updateCustomRecord.apply(input, context(seen?.version ?? null));
    expect(sent(fake, "PATCH")).toHaveLength(1);
    const late = { ...ref, set: { seats: 8 } };
    expect((await failureFrom(updateCustomRecord.apply(late, context(seen?.version ?? null)))).code).toBe("connector.conflict");
  });

  it.each([[{ object: "contract/../users", id: "1" }], [{ object: "contract", id: "1/2" }], [{ object: "", id: "1" }]])(
    "%j names none",
    async (other) => {
      const { fake, http } = setUp();
      expect(getCustomRecord.input.safeParse(other).success).toBe(false);
      expect((await failureFrom(getCustomRecord.run(other, http))).code).toBe("connector.rejected");
      expect(fake.requests).toHaveLength(0);
    },
  );
});

describe("limits", () => {
  const told = (headers: Record<string, string>) => zendeskUsage({ status: 200, json: {}, text: "{}", headers: new Headers(headers) });

  it("are what the answer tells, under either name", () => {
    expect(told({ "x-rate-limit": "700", "x-rate-limit-remaining": "699" })).toEqual({
      kind: "bucket",
      capacity: 140,
      perSecond: 560 / 60,
      left: 140,
    });
    expect(told({ "ratelimit-limit": "200", "ratelimit-remaining": "3" })).toMatchObject({ capacity: 40, left: 3 });
    expect(told({ "zendesk-ratelimit-tickets-update": "total=100; remaining=0; resets=93" })).toBeNull();
    expect(told({ "x-rate-limit": "many", "x-rate-limit-remaining": "1" })).toBeNull();
  });
});

describe("the poll", () => {
  it("goes on by the cursor to the end of the stream, and tells of each ticket and change once", async () => {
    const { fake, http } = setUp(2);
    const ids = [1, 2, 3, 4, 5].map(() => fake.add({ created_at: "2026-01-05T08:00:00Z" }));
    fake.edit(ids[0] as string, { priority: "high" });
    Object.assign(fake.tickets.get(ids[1] as string) ?? {}, { status: "deleted" });
    const poll = zendesk.polls?.tickets ?? expect.fail("it has one");
    const told: string[] = [];
    let position: string | null = null;
    do {
      const page = await poll.page({ since: Date.parse("2026-01-05T08:00:00Z"), position }, http);
      told.push(...page.changes.map(({ event }) => `${event.type} ${event.subject}`));
      position = page.next;
    } while (position !== null);
    expect(told.sort()).toEqual(
      [
        `ticket.created ${ids[0]}`,
        `ticket.created ${ids[2]}`,
        `ticket.created ${ids[3]}`,
        `ticket.created ${ids[4]}`,
        `ticket.updated ${ids[0]}`,
      ].sort(),
    );
    expect(fake.requests[0]?.query.get("start_time")).toBe("1767600000");
    expect(fake.requests).toHaveLength(3);
  });
});

describe("the credential", () => {
  const parts = { flow: "refresh_token", clientId: "interlock", clientSecret: "shh", refreshToken: "r0" };

  it("of an OAuth client is exchanged, and each refresh goes on with the token that the last one gave", async () => {
    const auth = zendesk.auth(JSON.stringify(parts));
    if (auth.kind !== "token") expect.fail("it is a token's");
    let valid = "r0";
    let issued = 0;
    const http = createHttp({
      baseUrl: "https://acme.zendesk.com",
      authorization: null,
      system: "Zendesk",
      now: () => 0,
      fetch: (async (url: string, init: RequestInit) => {
        expect(url).toBe("https://acme.zendesk.com/oauth/tokens");
        const body = JSON.parse(String(init.body));
        expect(body).toMatchObject({ grant_type: "refresh_token", client_id: "interlock", client_secret: "shh" });
        if (body.refresh_token !== valid) return Response.json({ error: "invalid_grant" }, { status: 400 });
        valid = `r${++issued}`;
        return Response.json({ access_token: `a${issued}`, refresh_token: valid, token_type: "bearer", expires_in: 172_800 });
      }) as unknown as typeof fetch,
    });
    const ask = async (kept: string | null) =>
      auth.read(await http.send(auth.request({ kept, now: 0, nonce: "n" })), 1_000, "https://acme.zendesk.com");
    expect(await ask(null)).toEqual({ value: "a1", expiresAt: 172_801_000, refresh: "r1" });
    expect(await ask("r1")).toMatchObject({ value: "a2", refresh: "r2" });
    expect((await failureFrom(ask("r1"))).message).toContain("invalid_grant");
  });

  it.each([
    ['{"flow":"refresh_token"', "is not JSON"],
    [JSON.stringify({ ...parts, refreshToken: undefined }), "refreshToken"],
    [JSON.stringify({ ...parts, more: 1 }), "more"],
  ])("%s is refused with what is wrong, and without its values", (secret, words) => {
    const failure = failureOf(
      (() => {
        try {
          return zendesk.auth(secret);
        } catch (thrown) {
          return thrown;
        }
      })(),
    );
    expect(failure).toMatchObject({ code: "connector.unauthorised", message: expect.stringContaining(words) });
    expect(failure.message).not.toContain("shh");
  });

  it("of the other forms is a header", () => {
    expect(zendesk.auth("a@x.example/token:T")).toEqual({
      kind: "header",
      name: "authorization",
      value: `Basic ${btoa("a@x.example/token:T")}`,
    });
    expect(zendesk.auth("T")).toEqual({ kind: "header", name: "authorization", value: "Bearer T" });
  });
});
