import { describe, expect, it } from "vitest";
import type { AuditRow } from "../../../src/db/reads.ts";
import type { Entry } from "../../../src/engine/journal.ts";
import { entryWords } from "../../../src/http/pages/entry-words.ts";
import { operatorQuestion } from "../../../src/http/pages/operator-choices.ts";
import { recordOf } from "../../../src/http/pages/record-view.ts";
import { waitsBriefly, waitsFor } from "../../../src/http/pages/status-words.ts";
import { type Ending, tell } from "./stories.ts";

const rowOf = ({ seq, at, type, step, ...body }: Entry): AuditRow => ({
  seq,
  at,
  type,
  step: step ?? null,
  actor: "interlock",
  body: body as never,
});
const wordsOf = (ending: Ending) => tell({ ending, ticket: 5158 }).entries.map((entry) => entryWords(rowOf(entry)).text);
const row = (type: string, body: object): AuditRow => ({ seq: 1, at: 1000, type, step: "s", actor: "interlock", body: body as never });

describe("a journal in plain words", () => {
  it("tells a run from its event to its end", () => {
    expect(wordsOf("approved")).toEqual([
      "Started by ticket.created from zendesk, record 5158",
      "Read with zendesk.getTicket in 38 ms",
      "The model answered team billing and priority high, 71.4 % sure",
      "Intends to set group to billing and priority to high on ticket/5158",
      "Before: group support and priority normal",
      "A person has to approve: The model is only 71.4 % sure, threshold 80.0 % (rule confidence_below)",
      "Asked ada@example.com and grace@example.com to decide by 23 Nov 2026, 17:42 UTC",
      "Approved by ada@example.com",
      "Before: group support and priority normal",
      "Allowed: Decided by ada@example.com (rule person_decided)",
      "Sends the change, attempt 1",
      "Written",
      "Read back: the record holds what was written",
      "Intends to post message on C0BILLING: text “Ticket 5158 is yours, priority high: Charged twice for order 48213”",
      "Allowed: The spec allows slack.postMessage within its fields (rule action_listed)",
      "Sends the change, attempt 1",
      "Written",
      "Completed",
    ]);
  });

  it.each([
    ["edited", "Approved by ada@example.com with other values: group to returns and priority to high"],
    ["rejected", "Rejected by grace@example.com: This is a return, not a payment question"],
    ["expired", "Nobody decided in time"],
    ["voided", "The approval was voided: The record changed after the approval was asked"],
    ["unknown", "It is not known whether this was written: Zendesk did not answer PUT /api/v2/tickets within 10 s"],
    ["held", "Attempt 1 to ask the model failed, and an operator has to act: The provider refused the key"],
    ["retrying", "Attempt 1 to read failed: Zendesk did not answer PUT /api/v2/tickets within 10 s. Next try after 8 s"],
    ["undone", "Undone, and read back"],
    ["conflict", "Undone but for priority, which somebody has changed since"],
  ] as const)("says of a run that ended %s: %s", (ending, text) => {
    expect(wordsOf(ending)).toContain(text);
  });

  it.each<[string, object, string]>([
    ["approval.endorsed", { by: "ada", reason: "Seen it" }, "ada agrees: Seen it; others must agree as well"],
    [
      "approval.amended",
      { by: "ada", inPlaceOf: "bob", values: { group: "x" } },
      "ada in the place of bob changes the values (group to x) and agrees to them; the others are asked again",
    ],
    ["approval.reassigned", { by: "ada", to: "bob" }, "ada hands the decision to bob"],
    ["approval.information_asked", { by: "ada", question: "Who?" }, "ada asks for information: Who?"],
    ["approval.information_given", { by: "ada", text: "Bob" }, "ada gives information: Bob"],
    ["approval.reminded", { minutes: 90 }, "A reminder is due to those who may decide, 1 h 30 min after they were asked"],
    ["approval.escalated", { level: 2, to: ["boss"], until: 0 }, "boss may decide as well (level 2), until 1 Jan 1970, 00:00 UTC"],
    [
      "approval.decided",
      { decision: { kind: "approved", by: "bob", agreed: [{ by: "ada", inPlaceOf: "eve" }], reason: "Fine" } },
      "Approved by bob, as ada in the place of eve had: Fine",
    ],
    [
      "approval.decided",
      { decision: { kind: "insufficient", by: "bob", missing: "The form" } },
      "Not enough information, says bob: The form",
    ],
  ])("says of %s what it holds", (type, body, text) => {
    expect(entryWords(row(type, body)).text).toBe(text);
  });

  it("says which run another one came from, and which goes on in its place", () => {
    const begun = (origin: object) => entryWords(row("run.started", { event: { type: "started", subject: "7" }, origin })).text;
    expect(begun({ kind: "child", parent: "parent.1" })).toBe("Started by the run parent.1, record 7");
    expect(begun({ kind: "continued", from: "loop.1" })).toBe("Goes on from the run loop.1, record 7");
    expect(entryWords(row("run.completed", { output: {}, continuedAs: "loop.2" })).text).toBe("Completed: the run loop.2 goes on");
  });

  it("names an entry of a kind that it does not know, and survives one without its fields", () => {
    expect(entryWords(row("signal.received_late", {})).text).toBe("signal: received late");
    for (const type of [
      "run.started",
      "decision.made",
      "effect.ruled",
      "approval.requested",
      "approval.decided",
      "undo.done",
      "attempt.failed",
      "effect.intended",
    ]) {
      expect(entryWords(row(type, {})).text).not.toContain("undefined");
    }
  });
});

describe("a step that waits for an operator", () => {
  const ask = (ending: Ending, status = "intended") => {
    const { state, entries } = tell({ ending, ticket: 1 });
    return operatorQuestion({ run: { state } as never, audit: entries.map(rowOf), effects: [{ step: "route ticket", status }] as never });
  };

  it("offers what an operator can find out about a write whose outcome is unknown", () => {
    expect(ask("unknown", "unknown")).toMatchObject({ step: "route ticket", unknown: true });
    expect(ask("unknown", "unknown")?.choices.map(({ choice }) => choice)).toEqual(["applied", "not_applied", "retry", "abandon"]);
  });

  it("offers only another try where something else failed", () => {
    expect(ask("held")?.choices.map(({ choice }) => choice)).toEqual(["retry"]);
  });

  it("offers nothing where no answer could help, and asks nothing of a run that waits for something else", () => {
    const { entries } = tell({ ending: "asked", ticket: 1 });
    const state = { status: "waiting", on: { kind: "operator", step: "", error: { code: "workflow.unknown", message: "No workflow" } } };
    expect(operatorQuestion({ run: { state } as never, audit: entries.map(rowOf), effects: [] })?.choices).toEqual([]);
    expect(ask("asked")).toBeNull();
    expect(ask("approved")).toBeNull();
  });
});

describe("the record of a run", () => {
  const event = { id: "e", connection: "c", type: "ticket.created", subject: "1", time: 0, receivedAt: 0 };

  it("has the title and texts of what was read, and everything else as facts", () => {
    const output = {
      id: "1",
      subject: "Charged twice",
      description: "Hello",
      tags: [],
      requester: { id: "9" },
      updated_at: "2026-11-23T14:00:00Z",
    };
    expect(recordOf({ reads: [{ step: "load", action: "zendesk.getTicket", output }], event: null })).toEqual({
      from: "Read with zendesk.getTicket in “load”",
      title: "Charged twice",
      prose: [{ label: "Description", text: "Hello" }],
      facts: [
        { label: "Id", value: "1" },
        { label: "Tags", value: [] },
        { label: "Requester id", value: "9" },
        { label: "Updated at", value: "2026-11-23T14:00:00Z" },
      ],
    });
  });

  it("comes from the event before anything was read, without its envelope", () => {
    expect(recordOf({ reads: [], event: { ...event, data: { type: "t", detail: { subject: "From the event" } } } })?.title).toBe(
      "From the event",
    );
    expect(recordOf({ reads: [], event: { ...event, data: { title: "Plain" } } })?.title).toBe("Plain");
    expect(recordOf({ reads: [], event: { ...event, data: "text" } })).toBeNull();
    expect(recordOf({ reads: [], event: null })).toBeNull();
  });
});

it("a run that waits for people says by when they may decide, whenever it is looked at next", () => {
  const on = { kind: "approval", approvalId: "a", step: "set", until: 60_000 } as const;
  expect(waitsFor({ state: { status: "waiting", on } })).toBe("A person decides on “set” by 1 Jan 1970, 00:01 UTC");
  const reminded = { status: "waiting", on: { ...on, decideBy: 7_200_000 } } as const;
  expect(waitsFor({ state: reminded })).toBe("A person decides on “set” by 1 Jan 1970, 02:00 UTC");
  expect(waitsBriefly({ state: reminded }, 0)).toBe("“set”, 2 h left");
});
