// The stand-in's ticket rules: what an update changes, what it refuses, and what it leaves alone.
import { describe, expect, test } from "vitest";
import { auditOf, commentsIn } from "../../../sandbox/zendesk/audit.ts";
import { ticketCreated } from "../../../sandbox/zendesk/event.ts";
import { stampAfter, type Ticket, VIA_API } from "../../../sandbox/zendesk/ticket.ts";
import { changeTicket } from "../../../sandbox/zendesk/ticket-change.ts";
import { readComment, redact } from "../../../sandbox/zendesk/ticket-comment.ts";
import { createTicket } from "../../../sandbox/zendesk/ticket-create.ts";

const NOW = Date.parse("2026-11-20T05:09:26.400Z");
const known = { isAgent: (id: number) => id >= 900, isUser: (id: number) => id >= 500 };

function made(input: object = {}): Ticket {
  const context = { id: 1001, requester: 501, submitter: 501, via: VIA_API, now: NOW, known };
  const created = createTicket({ subject: "Where is it?", description: "My parcel is late.", ...input }, context);
  if (!created.ok) throw new Error(JSON.stringify(created.body));
  return created.ticket;
}

function change(ticket: Ticket, input: Record<string, unknown>, requiredOnSolve: { id: number; title: string }[] = []) {
  return changeTicket(ticket, input, { actor: 900, now: NOW, known, requiredOnSolve });
}

describe("a new ticket", () => {
  test("is new, without priority, in the default group", () => {
    expect(made()).toMatchObject({ status: "new", priority: null, group_id: 100, tags: [], updated_at: "2026-11-20T05:09:26Z" });
  });

  test("without a word in it is refused", () => {
    const refused = createTicket({ subject: "s" }, { id: 1, requester: 501, submitter: 501, via: VIA_API, now: NOW, known });
    expect(refused).toMatchObject({ ok: false, status: 422, body: { error: "RecordInvalid" } });
  });

  test("is announced in the event's own form: numbers as text, words in capitals", () => {
    const event = ticketCreated(made({ priority: "high" }), "e-1");
    expect(event).toMatchObject({
      type: "zen:event-type:ticket.created",
      subject: "zen:ticket:1001",
      detail: { id: "1001", group_id: "100", requester_id: "501", actor_id: "501", status: "NEW", priority: "HIGH" },
      event: {},
    });
  });
});

describe("an update", () => {
  test("changes what it names, and says so in events", () => {
    const changed = change(made(), { group_id: 101, priority: "high", comment: { body: "Routed", public: false } });
    expect(changed).toMatchObject({
      ok: true,
      ticket: { group_id: 101, priority: "high", status: "new", updated_at: "2026-11-20T05:09:27Z" },
      events: [
        { type: "Comment", body: "Routed", public: false, author_id: 900 },
        { type: "Change", field_name: "priority", value: "high", previous_value: null },
        { type: "Change", field_name: "group_id", value: "101", previous_value: "100" },
      ],
    });
  });

  test("that asks for what is already so changes nothing, not even the stamp", () => {
    const ticket = made({ priority: "low" });
    expect(change(ticket, { priority: "low", group_id: "100", tags: [] })).toEqual({ ok: true, ticket, events: [] });
  });

  test("with a stale stamp is a conflict, and with the right one is not", () => {
    const ticket = made();
    expect(change(ticket, { priority: "low", safe_update: true, updated_stamp: "2026-11-20T05:09:25Z" })).toMatchObject({ status: 409 });
    expect(change(ticket, { priority: "low", safe_update: true })).toMatchObject({ status: 409 });
    expect(change(ticket, { priority: "low", safe_update: true, updated_stamp: ticket.updated_at }).ok).toBe(true);
    expect(change(ticket, { priority: "low", updated_stamp: "2020-01-01T00:00:00Z" }).ok).toBe(true);
  });

  test("names every problem at once, and applies none of it", () => {
    const refused = change(made(), { status: "done", priority: "asap", group_id: 7, assignee_id: 501, subject: "fine" });
    expect(refused).toMatchObject({ ok: false, status: 422, body: { error: "RecordInvalid" } });
    expect(Object.keys((refused as { body: { details: object } }).body.details)).toEqual(["priority", "status", "group", "assignee"]);
  });

  test("replaces, adds and removes tags", () => {
    const ticket = made({ tags: ["VIP", "two words"] });
    expect(ticket.tags).toEqual(["vip", "two", "words"]);
    expect(change(ticket, { additional_tags: ["new", "vip"], remove_tags: ["two"] })).toMatchObject({
      ticket: { tags: ["vip", "words", "new"] },
    });
    expect(change(ticket, { tags: ["only"] })).toMatchObject({ ticket: { tags: ["only"] } });
  });

  test("sets the custom fields that it names and leaves the others", () => {
    const ticket = made({ custom_fields: [{ id: 1, value: "a" }] });
    const changed = change(ticket, { custom_fields: [{ id: 2, value: "b" }] });
    expect(changed).toMatchObject({
      ticket: {
        custom_fields: [
          { id: 1, value: "a" },
          { id: 2, value: "b" },
        ],
      },
      events: [{ field_name: "2", value: "b", previous_value: null }],
    });
  });

  test("that assigns a new ticket opens it", () => {
    expect(change(made(), { assignee_id: 901 })).toMatchObject({ ticket: { status: "open", assignee_id: 901 } });
    expect(change(made(), { assignee_id: 901, status: "pending" })).toMatchObject({ ticket: { status: "pending" } });
  });

  test("cannot solve a ticket that lacks a required field, nor touch a closed one", () => {
    const required = [{ id: 27642, title: "Order" }];
    expect(change(made(), { status: "solved" }, required)).toMatchObject({
      status: 422,
      body: { details: { base: [{ error: "BlankValue", field_key: 27642 }] } },
    });
    expect(change(made(), { status: "solved", custom_fields: [{ id: 27642, value: "A-1" }] }, required).ok).toBe(true);
    expect(change(made({ status: "closed" }), { priority: "low" })).toMatchObject({ status: 422 });
  });
});

describe("stamps, audits and comments", () => {
  test("a second change in the same second gets a later stamp", () => {
    expect(stampAfter("2026-11-20T05:09:26Z", NOW)).toBe("2026-11-20T05:09:27Z");
    expect(stampAfter("2026-11-20T05:09:20Z", NOW)).toBe("2026-11-20T05:09:26Z");
  });

  test("a comment is its audit's event, with the caller's metadata", () => {
    const changed = change(made(), { comment: { html_body: "<p>Hi <b>you</b></p>" } });
    if (!changed.ok) throw new Error("refused");
    const audit = auditOf({
      id: 7,
      ticketId: 1001,
      author: 900,
      at: "t",
      events: changed.events,
      via: VIA_API,
      custom: { key: "run/2" },
    });
    expect(audit).toMatchObject({ id: 7, metadata: { custom: { key: "run/2" } }, events: [{ id: 700, type: "Comment", public: true }] });
    expect(commentsIn(audit)).toMatchObject([{ id: 700, audit_id: 7, plain_body: "Hi you", metadata: { custom: { key: "run/2" } } }]);
  });

  test("redacting blots out each occurrence, character for character, in every form of the text", () => {
    const comment = readComment({ body: "Card <4111>, again <4111>" });
    expect(comment && redact(comment, "<4111>")).toMatchObject({
      body: "Card ▇▇▇▇▇▇, again ▇▇▇▇▇▇",
      html_body: '<div class="zd-comment" dir="auto"><p dir="auto">Card ▇▇▇▇▇▇, again ▇▇▇▇▇▇</p></div>',
    });
  });
});
