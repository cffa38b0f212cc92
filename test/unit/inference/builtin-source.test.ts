// The built-in model as a deployment builds it: the version that is current answers, and the answer names it.
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { builtinSource } from "../../../src/inference/builtin/source.ts";
import { deskSamples } from "./desk.ts";

const Desk = z.object({ team: z.enum(["billing", "shipping", "technical"]) });
const schemas = { triage: z.toJSONSchema(Desk).properties as Record<string, unknown> };
const source = builtinSource({ desk: deskSamples, empty: [] });
const [desk, empty] = source.trained;
const shipped = desk!.train({ schemas, reviewed: [] });
/** A reviewer said that lost keys are the technicians' matter. */
const reviewed = Array.from({ length: 12 }, (_, index) => ({
  decision: "triage",
  input: { text: `lost keys ${index}` },
  answered: { team: "shipping" },
  writes: [{ asked: { team: "shipping" }, decided: { team: "technical" } }],
}));
const grown = desk!.train({ schemas, reviewed });
const request = {
  decision: "triage",
  instruction: "Which team?",
  input: { text: "I have lost keys" },
  schema: Desk,
  schemaName: "triage",
  modelId: "whatever the engine says",
};

describe("a version", () => {
  test("is named by what it learned from, before and after training", () => {
    expect(desk!.shipped).toEqual({ id: shipped.id, key: shipped.key });
    expect(grown.id).not.toBe(shipped.id);
    expect([shipped.rows, grown.rows]).toEqual([
      { shipped: deskSamples.length, approved: 0, edited: 0 },
      { shipped: deskSamples.length, approved: 0, edited: 12 },
    ]);
    expect(desk!.train({ schemas, reviewed: [...reviewed].reverse() }).id).toBe(grown.id);
  });

  test("is used once it is current, from the next decision on", async () => {
    const kept = new Map([shipped, grown].map(({ key, bytes }) => [key, bytes]));
    let current: string | null = null;
    const model = source.build("desk", {
      blobs: { get: async (key) => kept.get(key) ?? null },
      versions: { current: async (workflow) => (workflow === "desk" ? current : "another") },
    });
    const answers = [];
    for (const version of [null, grown.id, shipped.id]) {
      current = version;
      const answer = await model.decide(request, () => 0);
      answers.push(answer.ok ? [answer.decision.model, (answer.decision.value as z.infer<typeof Desk>).team] : answer.error);
    }
    expect(answers[0]?.[0 as never]).toBe(shipped.id);
    expect(answers[1]).toEqual([grown.id, "technical"]);
    expect(answers[2]).toEqual(answers[0]);
  });

  test("that cannot be told fails as an unavailable model", async () => {
    const model = source.build("desk", {
      blobs: { get: async () => null },
      versions: { current: () => Promise.reject(new Error("D1 is away")) },
    });
    expect(await model.decide(request, () => 0)).toMatchObject({ ok: false, error: { code: "model.unavailable" } });
  });
});

describe("a workflow without shipped records", () => {
  test("is not trained, and learns from its reviewers alone", async () => {
    expect(empty!.shipped).toBeNull();
    const model = source.build("empty", { blobs: { get: async () => null }, versions: { current: async () => null } });
    expect(await model.decide(request, () => 0)).toMatchObject({ ok: false, error: { code: "model.not_trained" } });
    const both = [
      ...reviewed,
      ...reviewed.map((one) => ({ ...one, writes: [{ asked: { team: "shipping" }, decided: { team: "shipping" } }] })),
    ];
    expect(empty!.train({ schemas, reviewed: both })).toMatchObject({ rows: { shipped: 0, approved: 12, edited: 12 }, unused: 0 });
    expect(() => empty!.train({ schemas, reviewed })).toThrow(/another label/);
  });
});
