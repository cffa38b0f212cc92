// What a caller sends, checked before anything is done with it: an error names the field. It knows shapes, not permissions.
import * as z from "zod";
import { fail, InterlockError, ok, type Result } from "../core/errors.ts";
import type { Position } from "../db/reads.ts";

export function parseInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join(".") || undefined;
  throw new InterlockError(
    "request.invalid",
    `${field ? `${field}: ` : ""}${issue?.message ?? "The request is not valid"}`,
    field ? { field } : {},
  );
}

/** The body of an API call. Only as application/json: no form of another site can send that without asking first, which this API never allows. */
export async function readJsonBody<T>(
  request: { header(name: string): string | undefined; text(): Promise<string> },
  schema: z.ZodType<T>,
): Promise<T> {
  const type = request.header("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/json")
    throw new InterlockError("request.invalid", "content-type: send application/json", { field: "content-type" });
  const text = await request.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new InterlockError("request.invalid", "The body is not JSON");
  }
  return parseInput(schema, body);
}

/** The text fields of a form; a file in their place does not count. */
export async function readForm(request: { formData(): Promise<FormData> }): Promise<ReadonlyMap<string, string>> {
  let form: FormData;
  try {
    form = await request.formData();
  } catch {
    throw new InterlockError("request.invalid", "The form could not be read: send it as application/x-www-form-urlencoded");
  }
  const fields = new Map<string, string>();
  for (const [name, value] of form) if (typeof value === "string") fields.set(name, value);
  return fields;
}

/** An empty field of a form that was sent is one that was not filled in. */
export const filledIn = (fields: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).filter(([, text]) => text.trim() !== ""));

export const RunStatusInput = z.enum(["pending", "running", "waiting", "completed", "failed", "cancelled"]);
/** Which runs, as an address says it. The same conditions that a bulk request takes, so that a list previews what it would touch. */
export const RunFilterInput = z.object({
  status: RunStatusInput.optional(),
  workflow: z.string().min(1).max(200).optional(),
  version: z.coerce.number().int().min(1).optional(),
  error: z.string().min(1).max(200).optional(),
  startedFrom: z.coerce.number().int().optional(),
  startedBefore: z.coerce.number().int().optional(),
});
export const ChoiceInput = z.enum(["retry", "applied", "not_applied", "abandon"]);
export const StepInput = z.string().min(1, "Name the step").max(500);
export const LimitInput = z.coerce.number().int().min(1).max(200).default(50);
/** A version of a governance spec, as an address names it. */
export const SpecVersionInput = z.coerce.number("a version is a whole number from 1").int().min(1);
export const LetterStatusInput = z.enum(["open", "replayed"]);
/** A letter's source, or a part of its reason. */
export const LetterTextInput = z.string().trim().min(1).max(500);
/** Where the next page of a list begins, as the last one gave it. */
export const PositionInput = z.string().transform((text, context): Position => {
  const read = positionOf(text);
  if (read.ok) return read.value;
  context.addIssue({ code: "custom", message: read.error.message });
  return z.NEVER;
});

export const positionText = ({ at, id }: Position): string => `${at}.${id}`;

function positionOf(text: string): Result<Position> {
  const [, at, id] = /^(\d{1,15})\.(.{1,1100})$/.exec(text) ?? [];
  return at && id ? ok({ at: Number(at), id }) : fail("request.invalid", "Not a place in this list: use the value that the last page gave");
}
