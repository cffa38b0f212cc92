// Fields whose value stands in the text: read in every way it can be meant, ranked by what was learned, never made up.
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { Amount, Day } from "../../../src/core/amount.ts";
import { predictFields } from "../../../src/inference/builtin/predict.ts";
import { plainAmount, readAmounts } from "../../../src/inference/builtin/read-amounts.ts";
import { readDates } from "../../../src/inference/builtin/read-dates.ts";
import { builtinFetch } from "../../../src/inference/builtin/serve.ts";
import { type DecisionSample, modelIdOf, trainDecision, trainModel } from "../../../src/inference/builtin/train.ts";
import { decodeWeights, encodeWeights } from "../../../src/inference/builtin/weights.ts";
import { sha256 } from "./desk.ts";

const days = (text: string) => [...new Set(readDates(text).map(({ value }) => value))].sort();
const amounts = (text: string) => [...new Set(readAmounts(text).map(({ value }) => value))].sort();

describe("days", () => {
  test.each([
    ["invoice of 25/12/2018 8:13", ["2018-12-25"]],
    ["30.03.201817:01", ["2018-03-30"]],
    ["2018-03-04T10:00", ["2018-03-04"]],
    ["due 5 March 2024", ["2024-03-05"]],
    ["due March 5th, 2024", ["2024-03-05"]],
    ["05-MAR-24", ["2024-03-05"]],
    ["in '99: 1/1/99", ["1999-01-01"]],
    ["20240305", ["2024-03-05"]],
    ["29 Feb 2024, 29/02/2023", ["2024-02-29"]],
    ["31/06/2024, call 555-12-345", []],
  ])("of %j are %j", (text, expected) => expect(days(text)).toEqual(expected));

  test("that can be meant in several ways are read in all of them", () => {
    expect(days("03/04/18")).toEqual(["2003-04-18", "2018-03-04", "2018-04-03"]);
  });
});

describe("amounts", () => {
  test.each([
    ["TOTAL RM9.00", ["9.00"]],
    ["1,234.50 EUR", ["1234.50"]],
    ["1.234,50 €", ["1234.50"]],
    ["1 234,5", ["1234.50"]],
    ["rounding -RM 0.02", ["-0.02"]],
    ["9.000", ["9.00", "9000.00"]],
    ["$1,234", ["1.234", "1234.00"]],
    ["7", ["7.00"]],
    ["on 25/12/2018 at 8:13", []],
  ])("of %j are %j", (text, expected) => expect(amounts(text)).toEqual(expected));

  test("have one plain form", () => {
    expect(["9", "9.0", "9.000", "-05.5", "1.2345", "1,2", "x", "1.23456"].map(plainAmount)).toEqual([
      "9.00",
      "9.00",
      "9.00",
      "-5.50",
      "1.2345",
      null,
      null,
      null,
    ]);
  });

  test("and days that are read fit the schemas that ask for them", () => {
    for (const { value } of readAmounts("1,234.50 -7 0,5 00012.3456")) expect(Amount.safeParse(value).success, value).toBe(true);
    for (const { value } of readDates("1/2/03 4 May 2005")) expect(Day.safeParse(value).success, value).toBe(true);
  });
});

const PLACES = ["Kiosk", "Books", "Garden", "Market", "Pharmacy"];
/** A receipt with an amount before and one after the total, and an ordering day besides its own. */
const samples: DecisionSample[] = Array.from({ length: 40 }, (_, index) => {
  const [paid, total] = [50 + index, 11.5 + index];
  const day = String(1 + (index % 27)).padStart(2, "0");
  return {
    text: `${PLACES[index % 5]}\nOrdered 01/0${1 + (index % 9)}/2023\nDate: ${day}/11/2024\nSubtotal ${(total - 1).toFixed(2)}\nTOTAL ${total.toFixed(2)}\nCASH ${paid.toFixed(2)}`,
    labels: {},
    values: { date: `2024-11-${day}`, total: total.toFixed(2) },
  };
});
const { weights, fields } = trainModel("receipts", samples, sha256);
const unseen = "Bakery\nOrdered 02/03/2022\nDate: 14/07/2025\nSubtotal 900.10\nTOTAL 901.10\nCASH 1,000.00";

describe("a trained extractor", () => {
  test("finds the value in a text that it has not seen, with a probability below one", () => {
    const { values } = predictFields(weights, unseen);
    expect(values.total?.[0]).toMatchObject({ label: "901.10", probability: expect.closeTo(0.95, 1) });
    expect(values.date?.[0]?.label).toBe("2025-07-14");
    expect(values.total!.reduce((sum, { probability }) => sum + probability, 0)).toBeLessThan(1);
  });

  test("is measured on texts that were left out, and tells how many hold their value", () => {
    expect(fields.map(({ field, kind, heldOut }) => [field, kind, heldOut.rows, heldOut.accuracy])).toEqual([
      ["date", "date", 40, 1],
      ["total", "amount", 40, 1],
    ]);
    const half = samples.map((sample, index) => (index % 2 ? sample : { ...sample, values: { ...sample.values!, total: "77777.00" } }));
    const trained = trainModel("receipts", half, sha256);
    expect(trained.weights.extractors.total!.coverage).toBeCloseTo(20.5 / 41, 6);
    expect(trained.fields[1]!.heldOut.accuracy).toBe(0.5);
    expect(predictFields(trained.weights, unseen).values.total![0]!.probability).toBeLessThanOrEqual(0.5);
  });

  test("is the same for the same samples in any order, and through storage", () => {
    const again = trainDecision("receipts", [...samples].reverse(), sha256);
    const bytes = encodeWeights(weights);
    expect(encodeWeights(again)).toEqual(bytes);
    expect(predictFields(decodeWeights(bytes), unseen)).toEqual(predictFields(weights, unseen));
    expect(() => decodeWeights(bytes.slice(0, bytes.length - 4))).toThrow(RangeError);
  });

  test("has an id that its values make", () => {
    const other = [{ ...samples[0]!, values: { ...samples[0]!.values, total: "1.00" } }, ...samples.slice(1)];
    expect(modelIdOf("receipts", samples, sha256)).toBe(weights.id);
    expect(modelIdOf("receipts", other, sha256)).not.toBe(weights.id);
  });

  test.each([
    ["values of two kinds", { date: "2024-11-01", total: "soon" }, /"total" has the value "soon"/],
    ["an amount that is not plain", { date: "2024-11-01", total: "1,2" }, /"total" has the value "1,2"/],
    ["a day that there is not", { date: "2024-02-31", total: "1.00" }, /"date" has the value "2024-02-31"/],
  ])("is refused %s", (_, values, message) => {
    expect(() => trainDecision("receipts", [...samples, { text: "x", labels: {}, values }], sha256)).toThrow(message);
  });

  test("is refused too few values, and a field that is a label elsewhere", () => {
    expect(() => trainDecision("receipts", samples.slice(0, 9), sha256)).toThrow(/9 given with a value for "date", at least 10/);
    expect(() => trainDecision("receipts", [...samples, { text: "x", labels: { total: "high" } }], sha256)).toThrow(
      /"total" has labels in some records and values in others/,
    );
  });
});

const client = new OpenAI({
  apiKey: "builtin",
  baseURL: "http://builtin.invalid/v1",
  maxRetries: 0,
  fetch: builtinFetch({ load: async () => weights }),
});
const ask = (text: string, schema: z.ZodType) =>
  client.chat.completions.create({
    model: weights.id,
    messages: [{ role: "user", content: text }],
    response_format: {
      type: "json_schema",
      json_schema: { name: "receipt", strict: true, schema: z.toJSONSchema(schema) as Record<string, unknown> },
    },
    logprobs: true,
    top_logprobs: 5,
  });

describe("through chat completions", () => {
  test("a value is one token, and its logprob is its probability", async () => {
    const { message, logprobs } = (await ask(unseen, z.object({ date: Day, total: Amount }))).choices[0]!;
    expect(message.content).toBe('{"date":"2025-07-14","total":"901.10"}');
    const tokens = logprobs!.content!;
    expect(tokens.map(({ token }) => token).join("")).toBe(message.content);
    const expected = predictFields(weights, unseen).values.total!;
    const token = tokens.find(({ token }) => token === "901.10")!;
    expect(Math.exp(token.logprob)).toBeCloseTo(expected[0]!.probability, 12);
    expect(token.top_logprobs).toHaveLength(Math.min(5, expected.length));
  });

  test("a text that holds no value is null where the schema allows it, and nobody is sure of that", async () => {
    const { message, logprobs } = (await ask("thank you", z.object({ total: Amount.nullable(), date: Day.nullable() }))).choices[0]!;
    expect(message.content).toBe('{"total":null,"date":null}');
    expect(logprobs!.content!.filter(({ token }) => token === "null").map(({ logprob }) => Math.exp(logprob))).toEqual([0, 0]);
  });

  test("and is a refusal where the schema does not", async () => {
    await expect(ask("thank you", z.object({ total: Amount }))).rejects.toMatchObject({
      status: 422,
      code: "model.refused",
      message: expect.stringMatching(/holds nothing that can be read as the amount "total"/),
    });
  });

  test.each([
    ["free text", z.object({ total: z.string() }), /"total" is not an enum, a date or an amount.*cannot write free text/],
    ["another kind", z.object({ total: Day }), /"total" was trained with values of the kind amount/],
    ["a field without training", z.object({ tax: Amount }), /not trained for the field "tax"/],
  ])("%s is a 400", async (_, schema, message) => {
    await expect(ask(unseen, schema)).rejects.toMatchObject({ status: 400, message: expect.stringMatching(message) });
  });
});
