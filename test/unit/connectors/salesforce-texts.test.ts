// Comments, posts and tasks: how they carry our mark, and are found, proved and taken back.
import { describe, expect, it } from "vitest";
import { ADA } from "../../../sandbox/salesforce/directory.ts";
import { salesforce } from "../../../src/connectors/salesforce.ts";
import { failureFrom, NOW, setUp } from "./salesforce-here.ts";
import { CASE, LEAD } from "./worlds/salesforce-worlds.ts";

const { addCaseComment, addFeedItem, createTask } = salesforce.actions;

describe("a text with our mark", () => {
  it("is found by its key among those of its record, from the intent on", async () => {
    const { http, context, sent, row } = setUp();
    const input = { id: CASE, body: "Refunded\nin full", public: true };
    const { id } = await addCaseComment.apply(input, context("run-1/comment"));
    expect(row("CaseComment", id)).toMatchObject({
      ParentId: CASE,
      IsPublished: true,
      CommentBody: expect.stringMatching(/^Refunded\nin full\n\n\(Interlock [0-9a-f]{16}\)$/),
    });
    expect(await addCaseComment.find?.(input, { ...context("run-1/comment"), since: NOW })).toEqual({ id });
    expect(sent("GET", /query/)[0]?.query.get("q")).toContain("CreatedDate >= 2026-01-05T07:55:00.000Z");
    expect(await addCaseComment.prove?.(input, { id }, http)).toEqual({ body: input.body, public: true });
  });

  it("that somebody edited is shown as it is, and is not deleted by an undo", async () => {
    const { http, context, change, row } = setUp();
    const input = { id: LEAD, body: "Scored 87" };
    const output = await addFeedItem.apply(input, context());
    await change("FeedItem", output.id, { Body: "Scored 12" });
    expect(await addFeedItem.prove?.(input, output, http)).toEqual({ body: "Scored 12" });
    if (addFeedItem.undo.kind !== "withdraw") expect.fail("it withdraws");
    expect((await failureFrom(addFeedItem.undo.withdraw(input, output, context()))).message).toContain(ADA);
    expect(row("FeedItem", output.id).IsDeleted).toBe(false);
  });

  it("is not repeated because there are many others", async () => {
    const { context, add, set } = setUp();
    const input = { id: CASE, body: "First", public: false };
    const output = await addCaseComment.apply(input, context());
    for (let n = 0; n < 5; n++) await add("CaseComment", { ParentId: CASE, CommentBody: `Reply ${n}` });
    await set({ pageSize: 2 });
    expect(await addCaseComment.find?.(input, context())).toEqual(output);
  });

  it("is as long as Salesforce takes, in its own count", () => {
    expect(addCaseComment.input.safeParse({ id: CASE, body: "ü".repeat(1_976), public: false }).success).toBe(false);
    expect(addCaseComment.input.safeParse({ id: CASE, body: "ü".repeat(1_975), public: false }).success).toBe(true);
    expect(addCaseComment.input.safeParse({ id: CASE, body: " ", public: false }).success).toBe(false);
  });
});

describe("createTask", () => {
  it("is for a person or about a record, and for whoever is named", async () => {
    const { http, context, row } = setUp();
    const input = { person: LEAD, subject: "Call", owner: ADA.slice(0, 15) };
    const { id } = await createTask.apply(input, context());
    expect(row("Task", id)).toMatchObject({ WhoId: LEAD, WhatId: null, OwnerId: ADA, Status: "Not Started", Priority: "Normal" });
    expect(await createTask.prove?.(input, { id }, http)).toEqual({ subject: "Call", owner: input.owner });
    expect(await createTask.find?.(input, context())).toEqual({ id });
    expect(createTask.input.safeParse({ subject: "Call" }).error?.issues[0]).toMatchObject({
      path: ["about"],
      message: expect.stringContaining("person"),
    });
  });
});
