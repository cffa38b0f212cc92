// What reviewers decided as samples: which field a written value stands for, and what is left out because nobody confirmed it.
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { Amount, Day } from "../../../src/core/amount.ts";
import { missingLabels, type ReviewedDecision, sampleOf } from "../../../src/inference/builtin/reviewed.ts";

const properties = (schema: z.ZodType): Record<string, unknown> => z.toJSONSchema(schema).properties as Record<string, unknown>;
const schemas = {
  triage: properties(z.object({ team: z.enum(["billing", "returns", "other"]), priority: z.enum(["low", "high"]) })),
  receipt: properties(z.object({ total: Amount, date: Day.nullable(), note: z.string() })),
};
const input = { "ticket.subject": "Charged twice", "ticket.description": "Please help" };
const answered = { team: "billing", priority: "high" };
const reviewed = (asked: ReviewedDecision["writes"][number]["asked"], decided = asked): ReviewedDecision => ({
  decision: "triage",
  input,
  answered,
  writes: [{ asked, decided }],
});

describe("a reviewed decision", () => {
  test("that was approved confirms the fields that the write carried, whatever they are called there", () => {
    expect(sampleOf(reviewed({ group: "billing", priority: "high" }), schemas)).toEqual({
      text: "Charged twice\nPlease help",
      labels: { team: "billing", priority: "high" },
      origin: "approved",
    });
  });

  test("that was edited gives what the person wrote", () => {
    expect(sampleOf(reviewed({ group: "billing", priority: "high" }, { group: "returns", priority: "high" }), schemas)).toMatchObject({
      labels: { team: "returns", priority: "high" },
      origin: "edited",
    });
  });

  test("says nothing of a field that was not written", () => {
    expect(sampleOf(reviewed({ group: "billing" }), schemas)?.labels).toEqual({ team: "billing" });
  });

  test("says nothing where two fields could be meant", () => {
    const twice = {
      decision: "pair",
      input,
      answered: { from: "a", to: "a" },
      writes: [{ asked: { group: "a" }, decided: { group: "b" } }],
    };
    const pair = { pair: properties(z.object({ from: z.enum(["a", "b"]), to: z.enum(["a", "b"]) })) };
    expect(sampleOf(twice, pair)).toBeNull();
    expect(sampleOf(reviewed({ group: "billing", queue: "billing" }), schemas)).toBeNull();
  });

  test("says nothing where the label is not one of today's, or the decision is none of today's", () => {
    expect(sampleOf(reviewed({ group: "billing" }, { group: "sales" }), schemas)).toBeNull();
    expect(sampleOf({ ...reviewed({ group: "billing" }), decision: "gone" }, schemas)).toBeNull();
  });

  test("of several writes knows what all of them say", () => {
    const writes: ReviewedDecision["writes"] = [
      { asked: { group: "billing" }, decided: { group: "billing" } },
      { asked: { priority: "high" }, decided: { priority: "low" } },
    ];
    expect(sampleOf({ ...reviewed({}), writes }, schemas)).toMatchObject({
      labels: { team: "billing", priority: "low" },
      origin: "edited",
    });
  });

  test("gives days and amounts in their one form, and no free text", () => {
    const asked = { total: "12.50", date: "2026-11-01", note: "thanks" };
    const decided = { total: 12.5, date: "2026-11-02", note: "thanks" };
    const sample = sampleOf({ decision: "receipt", input, answered: asked, writes: [{ asked, decided }] }, schemas);
    expect(sample).toMatchObject({ labels: {}, values: { total: "12.50", date: "2026-11-02" } });
  });
});

test("labels that no record carries are named", () => {
  const samples = [{ text: "x", labels: { team: "billing", priority: "low" } }];
  expect(missingLabels(samples, schemas)).toEqual([
    { field: "team", labels: ["returns", "other"] },
    { field: "priority", labels: ["high"] },
  ]);
});
