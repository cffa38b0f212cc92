// What decisions cost, from journals through the projection into sums: each counted once however often it is written, unknown costs never taken for nothing.
import { beforeEach, describe, expect, it } from "vitest";
import { addCosts, costText, dollars } from "../../../src/core/cost.ts";
import { EVERY_WORKFLOW } from "../../../src/core/principal.ts";
import { type CostsShown, costsPerRecord, listCosts } from "../../../src/db/costs.ts";
import { readRun } from "../../../src/db/reads.ts";
import { decisionCost } from "../../../src/engine/decision-cost.ts";
import type { Entry, NewEntry } from "../../../src/engine/journal.ts";
import { forkJournal } from "../../../src/engine/run-requests.ts";
import { fakeD1 } from "../http/fake-d1.ts";
import { DAY, NOW, type Story, tell } from "../http/stories.ts";
import { projectAll, projectPart, table } from "./projected.ts";

const GPT = { model: "gpt-4.1", provider: "openai" };
const all: CostsShown = { within: EVERY_WORKFLOW };
const decisionOf = (story: Story) =>
  story.entries.find(({ type }) => type === "decision.made") as Extract<Entry, { type: "decision.made" }>;
const step = (story: Story) => story.entries.filter((entry) => entry.step === decisionOf(story).step);

describe("a decision's cost", () => {
  const made = tell({ ticket: 1, ending: "approved", model: GPT, costUsd: 0.002 });
  const attempt = (
    code: "model.unavailable" | "model.rate_limited" | "model.invalid_output",
    during: "decide" | "read" = "decide",
  ): Entry =>
    ({
      type: "attempt.failed",
      step: "triage",
      args: "a",
      during,
      attempt: 1,
      error: { code, message: "m" },
      retryAt: 1,
      seq: 1,
      at: NOW,
    }) as Entry;

  it("is that of the call that answered, with its model and tokens", () => {
    expect(decisionCost("triage", step(made))).toMatchObject({
      ...GPT,
      calls: 1,
      unknownCalls: 0,
      promptTokens: 42,
      cachedTokens: 0,
      completionTokens: 4,
      usd: 0.002,
      priceVersion: null,
    });
  });

  it("counts calls that failed and may have been billed, as of unknown cost", () => {
    const failed = [
      attempt("model.unavailable"),
      attempt("model.rate_limited"),
      attempt("model.invalid_output"),
      attempt("model.unavailable", "read"),
    ];
    expect(decisionCost("triage", failed)).toMatchObject({ model: null, calls: 2, unknownCalls: 2, usd: 0 });
    expect(decisionCost("triage", [...failed, ...step(made)])).toMatchObject({ ...GPT, calls: 3, unknownCalls: 2, usd: 0.002 });
    expect(decisionCost("triage", [attempt("model.rate_limited")])).toBeNull();
  });

  it("is unknown where price or usage was, and nobody's where no model was asked", () => {
    const [entry] = step(tell({ ticket: 2, ending: "approved", model: GPT, costUsd: null }));
    expect(decisionCost("triage", [entry as Entry])).toMatchObject({ calls: 1, unknownCalls: 1, usd: 0 });
    expect(
      decisionCost(
        "load ticket",
        made.entries.filter((one) => one.step === "load ticket"),
      ),
    ).toBeNull();
  });

  it("adds up all samples of an answer, and what was given up or repaired on the way", () => {
    const given = { model: "gpt-5", provider: "openai", message: "m" };
    const tried = [
      { ...given, code: "model.invalid_output" as const, repaired: true as const },
      { ...given, code: "model.unavailable" as const },
      { ...given, code: "model.circuit_open" as const },
    ];
    const answered = { ...decisionOf(made), tried, decision: { ...decisionOf(made).decision, samples: 3 } };
    expect(decisionCost("triage", [{ ...attempt("model.unavailable"), tried: tried.slice(0, 1) } as Entry, answered])).toMatchObject({
      calls: 6,
      unknownCalls: 3,
      usd: 0.002,
    });
    const unpriced = { ...answered, decision: { ...answered.decision, costUsd: null } };
    expect(decisionCost("triage", [unpriced])).toMatchObject({ calls: 5, unknownCalls: 5 });
    // An operator has begun the step anew in between: what was tried before was paid all the same.
    const asked = { type: "question.asked", step: "triage", args: "a", tried, seq: 2, at: NOW } as Entry;
    const again = { type: "operator.resolved", step: "triage", choice: "retry", by: "olga", seq: 3, at: NOW } as Entry;
    expect(decisionCost("triage", [asked, again, answered])).toMatchObject({ calls: 7, unknownCalls: 4 });
  });

  it("of a decision that a person made is that of the models that could not", () => {
    const given = { model: "gpt-5", provider: "openai", message: "m", code: "model.refused" as const };
    const byPerson = { ...decisionOf(made), by: "ada@example.com", tried: [given] };
    expect(decisionCost("triage", [byPerson])).toMatchObject({ model: null, calls: 1, unknownCalls: 1, usd: 0 });
    expect(decisionCost("triage", [{ ...byPerson, tried: [] }])).toBeNull();
  });

  it("is not paid again by a run that begins from a step of another", () => {
    const ended = [...made.entries];
    const fork = forkJournal(ended, "route ticket");
    if (!fork.ok) throw new Error(fork.error.message);
    const copied = fork.value.map((entry: NewEntry, index) => ({ ...entry, seq: index + 2, at: NOW }) as Entry);
    const own = copied.filter((entry) => entry.step === decisionOf(made).step);
    expect(own.map(({ type }) => type)).toEqual(["decision.made"]);
    expect(decisionCost("triage", own)).toBeNull();
  });
});

describe("in D1", () => {
  let db: D1Database;
  beforeEach(() => {
    db = fakeD1();
  });
  const story = (ticket: number, telling: Partial<Parameters<typeof tell>[0]> = {}) =>
    tell({ ticket, ending: "approved", model: GPT, costUsd: 0.002, ...telling });

  it("a decision is one row, however its run is cut and repeated", async () => {
    const one = story(1);
    const upTo = decisionOf(one).seq;
    const head = await projectPart(db, one, { after: 0, upTo, head: "" });
    await projectPart(db, one, { after: 0, upTo, head: "" });
    await projectPart(db, one, { after: upTo, upTo: one.entries.length, head });
    await projectAll(db, one);
    expect(await table(db, "decision_cost")).toMatchObject([{ run: one.id, workflow: "ticket-triage", calls: 1, usd: 0.002 }]);
    expect((await readRun(db, one.id))?.cost).toEqual({ usd: 0.002, calls: 1, unknownCalls: 0 });
  });

  it("an older write does not take back what a later one said", async () => {
    const one = story(1);
    await projectAll(db, one);
    const before = await table(db, "decision_cost");
    await projectPart(db, one, { after: 0, upTo: decisionOf(one).seq, head: "" });
    expect(await table(db, "decision_cost")).toEqual(before);
  });

  it("sums go by day, workflow and model, within a time", async () => {
    await projectAll(db, story(1));
    await projectAll(db, story(2, { costUsd: null }));
    await projectAll(db, story(3, { model: { model: "gpt-4.1-mini", provider: "openai" }, costUsd: 0.0004 }));
    await projectAll(db, story(4, { startedAt: NOW - 3 * DAY }));
    const rows = await listCosts(db, all);
    expect(rows.map(({ day, model, decisions, usd, calls, unknownCalls }) => [day, model, decisions, usd, calls, unknownCalls])).toEqual([
      ["2026-11-23", "gpt-4.1", 2, 0.002, 2, 1],
      ["2026-11-23", "gpt-4.1-mini", 1, 0.0004, 1, 0],
      ["2026-11-20", "gpt-4.1", 1, 0.002, 1, 0],
    ]);
    expect(rows[0]).toMatchObject({ promptTokens: 84, completionTokens: 8, priceVersions: [] });
    expect(await listCosts(db, { ...all, from: Date.UTC(2026, 10, 21), to: Date.UTC(2026, 10, 23) })).toEqual([]);
    expect(await listCosts(db, { ...all, workflow: "other" })).toEqual([]);
    expect(await listCosts(db, { within: ["other"] })).toEqual([]);
    expect(addCosts(rows)).toEqual({ usd: expect.closeTo(0.0044, 12), calls: 4, unknownCalls: 1 });
  });

  it("an automated record is a run that wrote and in which nobody was asked", async () => {
    await projectAll(db, story(1));
    const unasked = story(2);
    const alone = unasked.entries.filter(({ type }) => !type.startsWith("approval."));
    await projectAll(db, { ...unasked, entries: alone.map((entry, index) => ({ ...entry, seq: index + 1 })) });
    await projectAll(db, story(3, { ending: "failed" }));
    expect(await costsPerRecord(db, all)).toEqual([
      { workflow: "ticket-triage", runs: 3, automated: 1, usd: expect.closeTo(0.006, 12), calls: 3, unknownCalls: 0 },
    ]);
  });

  it("a run without a model call has cost nothing", async () => {
    const one = story(1, { ending: "retrying" });
    await projectAll(db, one);
    expect((await readRun(db, one.id))?.cost).toEqual({ usd: 0, calls: 0, unknownCalls: 0 });
  });
});

describe("a cost in words", () => {
  it.each([
    [{ usd: 0, calls: 0, unknownCalls: 0 }, "nothing: no model call"],
    [{ usd: 0, calls: 3, unknownCalls: 0 }, "$0"],
    [{ usd: 0, calls: 3, unknownCalls: 3 }, "unknown (3 calls)"],
    [{ usd: 0.0042, calls: 3, unknownCalls: 0 }, "$0.0042"],
    [{ usd: 1.2, calls: 5, unknownCalls: 1 }, "at least $1.20, 1 call of unknown cost"],
  ])("%j: %s", (cost, text) => {
    expect(costText(cost)).toBe(text);
  });

  it.each([
    [0.000234, "$0.000234"],
    [0.0001572, "$0.000157"],
    [0.5, "$0.50"],
    [0.002, "$0.002"],
    [0.1, "$0.10"],
    [1234567.891, "$1,234,568"],
    [999.999, "$1,000"],
    [999.99, "$999.99"],
    [-3.5, "-$3.50"],
    [1e-9, "$0.000000001"],
  ])("%d is %s", (usd, text) => {
    expect(dollars(usd)).toBe(text);
  });
});
