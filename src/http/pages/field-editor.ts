// How one proposed value is edited in a form, and read back from it. Values are JSON and form fields are text: a listed value is chosen, a text is edited as
// text, anything else as JSON. Pure. The same rule and value give the same editor when the form is shown and when it is read, so nothing about it is posted.
import { fail, ok, type Result } from "../../core/errors.ts";
import { canonical, type Json, sameJson } from "../../core/json.ts";
import type { FieldRule } from "../../db/reads.ts";

export type Editor =
  | { readonly kind: "choice"; readonly options: readonly { readonly text: string; readonly value: Json }[] }
  | { readonly kind: "text"; readonly long: boolean; readonly maxLength: number | null }
  | { readonly kind: "json"; readonly long: boolean };

/** Beyond this, or with a line break, a text gets more than one line. */
const LINE = 70;

export function editorFor(rule: FieldRule | undefined, value: Json): Editor {
  if (rule?.oneOf) {
    const allowed = rule.oneOf as readonly Json[];
    // What is proposed is offered even if the spec read here does not list it; the partition rules on the answer either way.
    const values = allowed.some((option) => sameJson(option, value)) ? allowed : [value, ...allowed];
    const plain = values.every((option) => typeof option === "string");
    return { kind: "choice", options: values.map((option) => ({ text: plain ? String(option) : canonical(option), value: option })) };
  }
  if (typeof value === "string")
    return { kind: "text", long: value.length > LINE || /[\r\n]/.test(value), maxLength: rule?.maxLength ?? null };
  return { kind: "json", long: canonical(value).length > LINE };
}

export function editorText(editor: Editor, value: Json): string {
  switch (editor.kind) {
    case "choice":
      return editor.options.find((option) => sameJson(option.value, value))?.text ?? "";
    case "text":
      return String(value);
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
