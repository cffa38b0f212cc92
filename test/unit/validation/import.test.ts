// Files of labelled records: what is read, which column is what, and which rows are refused, with their line and reason.
import { describe, expect, it } from "vitest";
import type { ImportPlan } from "../../../src/validation/import-columns.ts";
import { readLabelledFile } from "../../../src/validation/import-file.ts";
import { type ImportTerms, importRecords } from "../../../src/validation/import-records.ts";

const PLAN: ImportPlan = {
  elements: ["ticket.subject", "ticket.description"],
  fields: [
    { path: "team", labels: ["billing", "shipping"] },
    { path: "priority", labels: ["low", "high"] },
  ],
  text: "ticket.description",
  label: "team",
};

const usable = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => `r${from + i},question number ${from + i},${i % 2 ? "billing" : "shipping"}`);
const csv = (...rows: string[]) => ["id,text,label", ...rows].join("\n");
const read = (text: string, terms?: ImportTerms) => {
  const imported = importRecords(text, PLAN, terms);
  if (!imported.ok) throw new Error(imported.error.message);
  return imported.value;
};
const refusal = (text: string, terms?: ImportTerms) => {
  const imported = importRecords(text, PLAN, terms);
  return imported.ok ? null : imported.error.message;
};

describe("a file", () => {
  it.each([
    ["commas", 'id,text,label\n1,"a, ""b""",billing\n'],
    ["semicolons", 'id;text;label\n1;"a, ""b""";billing\n'],
    ["tabs", 'id\ttext\tlabel\r\n1\t"a, ""b"""\tbilling\r\n'],
    ["a byte order mark", '\uFEFFid,text,label\n1,"a, ""b""",billing'],
  ])("with %s is read", (_, text) => {
    const file = readLabelledFile(text);
    expect(file.ok && file.value).toEqual({
      columns: ["id", "text", "label"],
      rows: [{ line: 2, cells: { id: "1", text: 'a, "b"', label: "billing" } }],
      malformed: [],
    });
  });

  it("keeps the lines right below a text of several lines, and names a row of another length", () => {
    const file = readLabelledFile('id,text,label\n1,"two\nlines",billing\n\n2,short\n3,c,shipping\n');
    expect(file.ok && file.value.rows.map(({ line }) => line)).toEqual([2, 6]);
    expect(file.ok && file.value.malformed).toEqual([{ line: 5, reason: "The row has 2 cells, and the first line names 3 columns" }]);
  });

  it("costs a row for a quote in the wrong place, and no other row", () => {
    const file = readLabelledFile('id,text,label\n1,a "b" c,billing\n2,d,shipping\n');
    expect(file.ok && file.value.rows.map(({ line }) => line)).toEqual([3]);
    expect(file.ok && file.value.malformed).toMatchObject([{ line: 2, reason: expect.stringContaining("cannot be read") }]);
  });

  it.each([
    ["", "The file is empty"],
    ["a\nb", "The first line names fewer than two columns"],
    ["a,a\nb,c", 'Two columns are called "a"'],
    ["id,text\n1,\uFFFD", "The file is not UTF-8"],
  ])("%j is refused with what to do", (text, message) => {
    const file = readLabelledFile(text);
    expect(!file.ok && file.error.message).toContain(message);
  });

  it("of JSON lines may say its input and label in several ways", () => {
    const lines = [
      { id: "a", input: "one", expected: "billing", metadata: { source: "x" } },
      { id: "b", input: { subject: "two", description: "deux" }, ideal: "shipping" },
      {
        id: "c",
        input: [
          { role: "system", content: "s" },
          { role: "user", content: "three" },
        ],
        ground_truth: ["billing"],
      },
      { id: "d", input: "four", expected: { team: "shipping", priority: "low" } },
    ].map((line) => JSON.stringify(line));
    const file = readLabelledFile(`${lines.join("\n")}\nnot json\n[1]\n`);
    expect(file.ok && file.value.malformed.map(({ line }) => line)).toEqual([5, 6]);
    expect(file.ok && file.value.rows.map(({ cells }) => cells)).toEqual([
      { id: "a", text: "one", expected: "billing" },
      { id: "b", subject: "two", description: "deux", expected: "shipping" },
      { id: "c", text: "three", expected: "billing" },
      { id: "d", text: "four", team: "shipping", priority: "low" },
    ]);
  });
});

describe("columns", () => {
  it("are found by element and field, or by the last part of these", () => {
    const { columns, records } = read("id,subject,ticket.description,team,priority\n1,s,d,billing,low", { anyway: true });
    expect(columns.fields).toEqual({ team: "team", priority: "priority" });
    expect(records[0]).toMatchObject({
      input: { "ticket.subject": "s", "ticket.description": "d" },
      expected: { team: "billing", priority: "low" },
    });
  });

  it("may be said", () => {
    const text = "nr,words,queue,urgent\n7,hello,billing,high";
    const mapping = { id: "nr", text: "words", label: "queue", columns: { priority: "urgent" } };
    expect(read(text, { anyway: true, mapping }).records[0]).toMatchObject({
      id: "7",
      input: { "ticket.subject": "", "ticket.description": "hello" },
      expected: { team: "billing", priority: "high" },
    });
  });

  it("of promptfoo are variables, and __expected is the label", () => {
    const text = "question,__expected,__description\nhello,equals: billing,x\nworld,shipping,y\nmore,contains:ship,z";
    const { records, rejections } = read(text, { anyway: true });
    expect(records.map(({ expected }) => expected.team)).toEqual(["billing", "shipping"]);
    expect(rejections).toEqual([{ line: 4, reason: expect.stringContaining("only equals") }]);
  });

  it.each([
    ["a,label\nb,billing", undefined, 'No column holds the text: name one "text"'],
    ["text,b\na,c", undefined, "No column holds labels"],
    ["text,label\na,billing", { text: "words" }, 'The file has no column "words"'],
    ["text,label\na,billing", { columns: { colour: "text" } }, '"colour" is neither an element nor a field'],
    ["text,label\na,billing", { text: "label", label: "label" }, "cannot be both"],
  ])("%j with %j: what is missing is asked for", (text, mapping, message) => {
    expect(refusal(text, { mapping, anyway: true })).toContain(message);
  });
});

describe("a row", () => {
  it("is refused with its line and reason, and costs no other row", () => {
    const rows = [
      ...usable(200),
      "x1,,billing",
      "x2,no label,",
      "x3,odd label,refunds",
      "r5,another text,billing",
      "x4,Question  NUMBER 7,billing",
      "x5,question number 8,billing",
      "x6,Where is the parcel that I ordered last week?,shipping",
      "x7,only two",
    ];
    const known = ["Parcel\nWhere is the parcel that I ordered last week?"];
    const { records, rejections } = read(csv(...rows), { known });
    expect(records).toHaveLength(200);
    expect(rejections.map(({ line, reason }) => [line, reason])).toEqual([
      [202, "The text is empty"],
      [203, 'The label of "team" is empty'],
      [204, '"refunds" is no label of "team"; it may be billing, shipping'],
      [205, 'The id "r5" is that of line 7 as well'],
      [206, "The text is that of line 9 as well"],
      [207, "The text is that of line 10 as well, with another label: one of the two is wrong"],
      [208, expect.stringContaining("trained on this text")],
      [209, "The row has 2 cells, and the first line names 3 columns"],
    ]);
  });
});

describe("the number of records", () => {
  it("below 200 is refused with how many are missing, unless it is wanted anyway", () => {
    expect(refusal(csv(...usable(150), "x,,billing"))).toBe(
      "The file has 150 usable records, and 200 are needed: 50 are missing. 1 rows were refused, the first in line 152: The text is empty.",
    );
    expect(read(csv(...usable(150)), { anyway: true }).warnings[0]).toContain("can prove nothing");
  });

  it("above 5,000 is refused", () => {
    expect(refusal(csv(...usable(5_001)))).toContain("at most 5000");
    expect(read(csv(...usable(5_000))).records).toHaveLength(5_000);
  });

  it("of a class below 20 is a warning", () => {
    const rows = Array.from({ length: 200 }, (_, i) => `r${i},text ${i},${i < 19 ? "billing" : "shipping"}`);
    expect(read(csv(...rows)).warnings).toEqual(['"billing" of "team" has 19 rows: below 20 nothing can be said of it alone']);
  });
});
