// How one proposed value is edited in a form, and read back from it. Values are JSON and form fields are text: a listed value is chosen, a text is edited as
// text, anything else as JSON. Pure. The same rule and value give the same editor when the form is shown and when it is read, so nothing about it is posted.

import type { Approval } from "../../core/approval.ts";
import { fail, ok, type Result } from "../../core/errors.ts";
import { canonical, type Json, type JsonObject, sameJson } from "../../core/json.ts";
import type { FieldRule } from "../../db/reads.ts";

export type Editor =
  | { readonly kind: "choice"; readonly options: readonly { readonly text: string; readonly value: Json }[] }
  /** `nullable`: an empty text is null. */
  | { readonly kind: "text"; readonly long: boolean; readonly maxLength: number | null; readonly nullable?: true }
  | { readonly kind: "json"; readonly long: boolean };

/** Beyond this, or with a line break, a text gets more than one line. */
const LINE = 70;

export function editorFor(rule: FieldRule | undefined, value: Json): Editor {
  if (rule?.oneOf) {
    const allowed = rule.oneOf as readonly Json[];
    // What is proposed is offered even if the spec read here does not list it; the partition rules on the answer either way.
    return choiceOf(allowed.some((option) => sameJson(option, value)) ? allowed : [value, ...allowed]);
  }
  if (typeof value === "string")
    return { kind: "text", long: value.length > LINE || /[\r\n]/.test(value), maxLength: rule?.maxLength ?? null };
  return { kind: "json", long: canonical(value).length > LINE };
}

function choiceOf(values: readonly Json[]): Editor {
  const plain = values.every((option) => typeof option === "string");
  return { kind: "choice", options: values.map((option) => ({ text: plain ? String(option) : canonical(option), value: option })) };
}

/** For a field of a decision, of which nothing is proposed: by its JSON Schema. */
export function editorForSchema(schema: Json | undefined): Editor {
  const choices = choicesOf(schema);
  if (choices !== null) return choiceOf(choices);
  const { type, maxLength, format, pattern } = node(schema);
  const given = withoutNull(schema);
  if (given !== null) {
    const editor = editorForSchema(given);
    return editor.kind === "text" ? { ...editor, nullable: true } : editor;
  }
  if (type !== "string") return { kind: "json", long: type === "object" || type === "array" };
  const most = typeof maxLength === "number" ? maxLength : null;
  const short = format !== undefined || pattern !== undefined || (most !== null && most <= LINE);
  return { kind: "text", long: !short, maxLength: most };
}

/** What a field may be besides null, in either way of saying so; null where it may not be null, or several other things. */
function withoutNull(schema: Json | undefined): Json | null {
  const { type, anyOf, ...rest } = node(schema);
  const list = Array.isArray(anyOf) ? anyOf : Array.isArray(type) ? type.map((one): Json => ({ ...rest, type: one })) : [];
  const given = list.filter((one) => node(one).type !== "null");
  return given.length === 1 && given.length < list.length ? (given[0] as Json) : null;
}

/** All that a field may be, where that is a list. */
function choicesOf(schema: Json | undefined): readonly Json[] | null {
  const { enum: listed, const: one, type, anyOf } = node(schema);
  if (Array.isArray(listed)) return listed;
  if (one !== undefined) return [one];
  if (type === "boolean") return [true, false];
  if (type === "null") return [null];
  if (!Array.isArray(anyOf)) return null;
  const branches = anyOf.map(choicesOf);
  return branches.every((branch) => branch !== null) ? branches.flat() : null;
}

const node = (schema: Json | undefined): JsonObject =>
  typeof schema === "object" && schema !== null && !Array.isArray(schema) ? (schema as JsonObject) : {};

/** One field of an approval's form. `isOpen`: nobody has proposed anything for it. */
export interface Editable {
  readonly field: string;
  readonly proposed: Json;
  readonly isOpen: boolean;
  readonly editor: Editor;
}

/** What can be entered: the values of a write, or the fields of a decision that a person makes in the models' place. `values`: as they stand. */
export function editablesOf(
  { answer }: Pick<Approval, "answer">,
  values: JsonObject,
  rules: Readonly<Record<string, FieldRule>>,
): readonly Editable[] {
  if (answer) {
    return Object.entries(answer.fields).map(([field, schema]) => {
      const isOpen = !Object.hasOwn(values, field);
      return { field, proposed: isOpen ? "" : (values[field] as Json), isOpen, editor: editorForSchema(schema) };
    });
  }
  return Object.entries(values).map(([field, proposed]) => {
    return { field, proposed, isOpen: false, editor: editorFor(Object.hasOwn(rules, field) ? rules[field] : undefined, proposed) };
  });
}

export function editorText(editor: Editor, value: Json): string {
  switch (editor.kind) {
    case "choice":
      return editor.options.find((option) => sameJson(option.value, value))?.text ?? "";
    case "text":
      return value === null ? "" : String(value);
    case "json":
      return JSON.stringify(value, null, editor.long ? 2 : undefined);
  }
}

/** A browser posts every line break as CRLF. A text that differs only in that was not edited. */
const lines = (text: string): string => text.replace(/\r\n?/g, "\n");

export function readEditor(editor: Editor, field: string, text: string, proposed: Json): Result<Json> {
  switch (editor.kind) {
    case "choice": {
      const chosen = editor.options.find((option) => option.text === text);
      return chosen ? ok(chosen.value) : fail("approval.edit_refused", `${field}: choose one of the listed values`, { field });
    }
    case "text":
      if (editor.nullable && text === "") return ok(null);
      return ok(lines(text) === lines(String(proposed)) ? proposed : lines(text));
    case "json":
      try {
        return ok(JSON.parse(text) as Json);
      } catch {
        return fail(
          "approval.edit_refused",
          `${field}: this is not JSON. Write a number, true, false, null, a list or an object; a text needs "double quotes"`,
          { field },
        );
      }
  }
}
