// Confidence from token probabilities, against numbers worked out by hand.
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { confidences, leastConfident, type TokenLogprob } from "../../../src/inference/confidence.ts";
import { outputSchemaOf } from "../../../src/inference/output-schema.ts";

const Triage = z.object({ team: z.enum(["billing", "shipping", "returns", "technical"]) });
const Both = z.object({ team: z.enum(["billing", "shipping"]), priority: z.enum(["low", "high"]) });

type Row = [token: string, probability: number, rivals?: Record<string, number>];

function tokens(rows: readonly Row[]): TokenLogprob[] {
  return rows.map(([token, probability, rivals = {}]) => ({
    token,
    logprob: Math.log(probability),
    top_logprobs: Object.entries(rivals).map(([rival, mass]) => ({ token: rival, logprob: Math.log(mass) })),
  }));
}

function read(schema: z.ZodType, rows: readonly Row[], content = rows.map(([token]) => token).join("")) {
  const output = outputSchemaOf(schema);
  if (!output.ok) throw new Error(output.problem);
  return confidences(content, tokens(rows), output);
}

describe("a label that is one token", () => {
  test("shares the probability with the labels it competed with, and with nothing else", () => {
    const fields = read(Triage, [
      ['{"team":"', 1],
      ["billing", 0.6, { billing: 0.6, shipping: 0.3, "\n": 0.06, Invoice: 0.04 }],
      ['"}', 1],
    ]);
    expect(fields?.team?.confidence).toBeCloseTo(0.6 / 0.9, 12);
    expect(fields?.team?.alternatives).toEqual([{ value: "shipping", probability: expect.closeTo(0.3 / 0.9, 12) }]);
  });

  test("keeps its own probability when no other label was in sight", () => {
    const fields = read(Triage, [
      ['{"team":"', 1],
      ["billing", 0.8, { billing: 0.8, Bill: 0.1 }],
      ['"}', 1],
    ]);
    expect(fields).toEqual({ team: { confidence: expect.closeTo(0.8, 12), alternatives: [] } });
  });

  test("adds up the pieces that can only become one label", () => {
    const fields = read(Triage, [
      ['{"team":"', 1],
      ["billing", 0.5, { billing: 0.5, bill: 0.1, tech: 0.3, technical: 0.1 }],
      ['"}', 1],
    ]);
    expect(fields?.team?.confidence).toBeCloseTo(0.6, 12);
    expect(fields?.team?.alternatives).toEqual([{ value: "technical", probability: expect.closeTo(0.4, 12) }]);
  });

  test("does not gain from a piece that fits several labels: it stays in the total", () => {
    const Teams = z.object({ team: z.enum(["billing", "budget", "shipping"]) });
    const fields = read(Teams, [
      ['{"team":"', 1],
      ["billing", 0.6, { billing: 0.6, b: 0.2, shipping: 0.2 }],
      ['"}', 1],
    ]);
    expect(fields?.team?.confidence).toBeCloseTo(0.6 / 1, 12);
    expect(fields?.team?.alternatives).toEqual([{ value: "shipping", probability: expect.closeTo(0.2, 12) }]);
  });

  test("counts itself when it is missing among the top tokens", () => {
    const fields = read(Triage, [
      ['{"team":"', 1],
      ["returns", 0.1, { billing: 0.5, shipping: 0.3 }],
      ['"}', 1],
    ]);
    expect(fields?.team?.confidence).toBeCloseTo(0.1 / 0.9, 12);
    expect(fields?.team?.alternatives.map(({ value }) => value)).toEqual(["billing", "shipping"]);
  });
});

describe("a label that is several tokens", () => {
  test("is as probable as all of them together", () => {
    const fields = read(Triage, [
      ['{"team":"', 1],
      ["tech", 0.7, { tech: 0.7, bill: 0.2 }],
      ["nical", 0.9],
      ['"}', 1],
    ]);
    expect(fields?.team?.confidence).toBeCloseTo(0.63, 12);
    expect(fields?.team?.alternatives).toEqual([{ value: "billing", probability: expect.closeTo(0.2, 12) }]);
  });

  test("needs its closing quote when a longer label goes on from it", () => {
    const Level = z.object({ level: z.enum(["low", "lowest"]) });
    const fields = read(Level, [
      ['{"level":"', 1],
      ["low", 0.95, { low: 0.95 }],
      ['"}', 0.6, { '"}': 0.6, est: 0.4 }],
    ]);
    expect(fields?.level?.confidence).toBeCloseTo(0.95 * 0.6, 12);
  });
});

describe("tokens that cross the quotes", () => {
  test("are compared without what stands before the value", () => {
    const fields = read(Both, [
      ['{"team', 1],
      ['":"billing', 0.8, { '":"billing': 0.8, '":"shipping': 0.2, '": "': 0.1 }],
      ['","priority":"', 1],
      ["low", 0.9, { low: 0.9, high: 0.1 }],
      ['"}', 1],
    ]);
    expect(fields?.team?.confidence).toBeCloseTo(0.8, 12);
    expect(fields?.priority?.confidence).toBeCloseTo(0.9, 12);
    expect(leastConfident(fields!)).toBeCloseTo(0.8, 12);
  });

  test("are compared up to the closing quote", () => {
    const fields = read(Triage, [
      ['{"team":', 1],
      [' "billing"}', 0.75, { ' "billing"}': 0.75, ' "returns"}': 0.25, ' "ship"}': 0.1 }],
    ]);
    expect(fields?.team).toEqual({
      confidence: expect.closeTo(0.75, 12),
      alternatives: [{ value: "returns", probability: expect.closeTo(0.25, 12) }],
    });
  });
});

describe("finding the value", () => {
  test("is not fooled by text that looks like the field", () => {
    const Noted = z.object({ note: z.string(), team: z.enum(["billing", "shipping"]) });
    const fields = read(Noted, [
      ['{"note":"', 1],
      ['\\"team\\":\\"shipping\\"', 0.01],
      ['","team":"', 1],
      ["billing", 0.9, { billing: 0.9, shipping: 0.1 }],
      ['"}', 1],
    ]);
    expect(fields?.team?.confidence).toBeCloseTo(0.9, 12);
  });

  test("takes the last of a repeated key, as the parser does", () => {
    const fields = read(Triage, [
      ['{"team":"', 1],
      ["shipping", 0.9, { shipping: 0.9, billing: 0.1 }],
      ['","team":"', 1],
      ["billing", 0.6, { billing: 0.6, shipping: 0.4 }],
      ['"}', 1],
    ]);
    expect(fields?.team?.confidence).toBeCloseTo(0.6, 12);
  });

  test("goes into nested objects, past arrays, and reads booleans and null", () => {
    const Nested = z.object({
      tags: z.array(z.string()),
      route: z.object({ team: z.enum(["billing", "shipping"]).nullable(), spam: z.boolean() }),
    });
    const fields = read(Nested, [
      ['{ "tags": ["a]", "b"],\n "route": {"team": ', 1],
      ["null", 0.7, { null: 0.7, '"': 0.3 }],
      [', "spam": ', 1],
      ["false", 0.8, { false: 0.8, true: 0.2 }],
      ["}}", 1],
    ]);
    expect(fields?.["route.team"]).toEqual({ confidence: expect.closeTo(0.7, 12), alternatives: [] });
    expect(fields?.["route.spam"]).toEqual({
      confidence: expect.closeTo(0.8, 12),
      alternatives: [{ value: "true", probability: expect.closeTo(0.2, 12) }],
    });
  });

  test("works in bytes when a token holds half a character", () => {
    const Noted = z.object({ note: z.string(), team: z.enum(["billing", "shipping"]) });
    const [first, ...rest] = [...new TextEncoder().encode("😀")];
    const content = '{"note":"😀","team":"billing"}';
    const rows: TokenLogprob[] = [
      { token: '{"note":"', logprob: 0, top_logprobs: [] },
      { token: "�", bytes: [first!], logprob: 0, top_logprobs: [] },
      { token: "�", bytes: rest, logprob: 0, top_logprobs: [] },
      { token: '","team":"', logprob: 0, top_logprobs: [] },
      ...tokens([["billing", 0.9, { billing: 0.9, shipping: 0.1 }]]),
      { token: '"}', logprob: 0, top_logprobs: [] },
    ];
    const output = outputSchemaOf(Noted);
    expect(output.ok && confidences(content, rows, output)?.team?.confidence).toBeCloseTo(0.9, 12);
  });
});

describe("an extracted value", () => {
  const Invoice = z.object({ total: z.number(), due: z.iso.date(), seller: z.string().max(80), note: z.string() });
  const invoice = (due: readonly Row[], seller: readonly Row[] = [["Acme", 0.9]]) =>
    read(Invoice, [
      ['{"total":', 1],
      ["12", 0.5],
      [".", 0.9],
      ["50", 0.72],
      [',"due":"', 1],
      ...due,
      ['","seller":"', 1],
      ...seller,
      ['","note":"', 1],
      ["whatever it", 0.01],
      [' said"}', 1],
    ]);

  test("is as sure as the geometric mean of its tokens, with the least of them beside it", () => {
    const fields = invoice([
      ["2026", 0.8],
      ["-12-01", 0.2],
    ]);
    expect(fields?.total).toEqual({
      confidence: expect.closeTo((0.5 * 0.9 * 0.72) ** (1 / 3), 12),
      alternatives: [],
      weakest: expect.closeTo(0.5, 12),
    });
    expect(fields?.due).toEqual({ confidence: expect.closeTo(0.4, 12), alternatives: [], weakest: expect.closeTo(0.2, 12) });
    expect(fields?.seller?.confidence).toBeCloseTo(0.9, 12);
    expect(leastConfident(fields ?? {})).toBeCloseTo(0.4, 12);
  });

  test("is not what is only written: a text without a limit or a form has no measure, and holds nothing back", () => {
    expect(Object.keys(invoice([["2026-12-01", 0.9]]) ?? {})).toEqual(["total", "due", "seller"]);
  });

  test("that is empty is measured by the quotes that say so", () => {
    const fields = read(z.object({ seller: z.string().max(80) }), [
      ['{"seller":', 1],
      ['""', 0.3],
      ["}", 1],
    ]);
    expect(fields?.seller).toEqual({ confidence: expect.closeTo(0.3, 12), alternatives: [], weakest: expect.closeTo(0.3, 12) });
  });

  test("that is null is measured like any other; one token that spells several values counts for each", () => {
    const fields = read(z.object({ due: z.iso.date().nullable(), total: z.int() }), [
      ['{"due":', 1],
      ['null,"total":1', 0.6],
      ["2", 0.5],
      ["}", 1],
    ]);
    expect(fields?.due?.confidence).toBeCloseTo(0.6, 12);
    expect(fields?.total?.confidence).toBeCloseTo(Math.sqrt(0.3), 12);
  });

  test("whose probability is no number is not sure", () => {
    const output = outputSchemaOf(z.object({ total: z.number() }));
    const rows: TokenLogprob[] = [{ token: '{"total":1}', logprob: Number.NaN, top_logprobs: [] }];
    expect(output.ok && confidences('{"total":1}', rows, output)).toEqual({ total: { confidence: 0, alternatives: [], weakest: 0 } });
  });
});

describe("what cannot be measured", () => {
  test("tokens that spell another text give no confidence at all", () => {
    expect(read(Triage, [['{"team":"billing"}', 1]], '{"team":"shipping"}')).toBeNull();
    expect(read(Triage, [['{"team":"bill', 1]], '{"team":"billing"}')).toBeNull();
  });

  test("a missing field gives no confidence at all", () => {
    expect(read(Triage, [['{"other":"billing"}', 1]])).toBeNull();
  });

  test("a logprob that is no number is no certainty", () => {
    const rows: TokenLogprob[] = [{ token: '{"team":"billing"}', logprob: Number.NaN, top_logprobs: [] }];
    const output = outputSchemaOf(Triage);
    expect(output.ok && confidences('{"team":"billing"}', rows, output)?.team?.confidence).toBe(0);
  });

  test("an answer without choices is never confident", () => {
    expect(leastConfident({})).toBe(0);
  });
});
