import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/core/json.ts";
import type { FieldRule } from "../../../src/db/reads.ts";
import { editorFor, editorText, readEditor } from "../../../src/http/pages/field-editor.ts";

const back = (rule: FieldRule | undefined, proposed: Json, text?: string) => {
  const editor = editorFor(rule, proposed);
  const read = readEditor(editor, "field", text ?? editorText(editor, proposed), proposed);
  return read.ok ? read.value : read.error;
};

describe("a proposed value in a form", () => {
  it("comes back as it was when nobody touches it, whatever JSON it is", () => {
    const values: Json[] = [
      "billing",
      "",
      "two\nlines",
      "with\r\nwindows breaks",
      " spaces ",
      4,
      0,
      true,
      null,
      [],
      ["a", 1],
      { a: { b: null } },
      "\n starts with a break",
    ];
    for (const value of values) expect(back(undefined, value)).toEqual(value);
  });

  it("is not edited by the line breaks that a browser posts", () => {
    expect(back(undefined, "two\nlines", "two\r\nlines")).toBe("two\nlines");
    expect(back(undefined, "two\nlines", "two\r\nnew lines")).toBe("two\nnew lines");
  });

  it("is chosen from a list where the spec has one", () => {
    const rule = { oneOf: ["billing", "returns"] };
    expect(editorFor(rule, "billing")).toMatchObject({ kind: "choice", options: [{ text: "billing" }, { text: "returns" }] });
    expect(back(rule, "billing", "returns")).toBe("returns");
    expect(back(rule, "billing", "shipping")).toMatchObject({ code: "approval.edit_refused", field: "field" });
  });

  it("keeps a listed value that is no text apart from a text that looks like it", () => {
    const rule = { oneOf: [1, "1", null, false] };
    for (const value of [1, "1", null, false]) expect(back(rule, value)).toEqual(value);
  });

  it("offers what was proposed even where the list does not have it", () => {
    expect(back({ oneOf: ["low"] }, "high")).toBe("high");
  });

  it("stays a text when it looks like JSON", () => {
    expect(back(undefined, "true")).toBe("true");
    expect(back(undefined, "billing", "12")).toBe("12");
  });

  it("is JSON when it is no text, with an error that says what JSON is", () => {
    expect(back(undefined, 4, "5")).toBe(5);
    expect(back(undefined, 4, "five")).toMatchObject({
      code: "approval.edit_refused",
      field: "field",
      message: expect.stringContaining("double quotes"),
    });
    expect(back(undefined, null, '"now a text"')).toBe("now a text");
  });

  it("gets room for several lines when it has them or is long", () => {
    expect(editorFor(undefined, "short")).toMatchObject({ kind: "text", long: false });
    expect(editorFor({ maxLength: 9 }, "x".repeat(100))).toEqual({ kind: "text", long: true, maxLength: 9 });
    expect(editorFor(undefined, "a\nb")).toMatchObject({ long: true });
    expect(editorFor(undefined, { list: "x".repeat(100) })).toMatchObject({ kind: "json", long: true });
  });
});
