// A credential that has parts is JSON text; here it is read, for every connector alike. What does not fit is said by the part's name and never by its value.
import type * as z from "zod";
import { InterlockError } from "../core/errors.ts";

/** A credential that begins with a brace has parts; any other is a token or a key as it stands. */
export const hasParts = (secret: string): boolean => secret.trimStart().startsWith("{");

/** `system` and `forms` are for the message. Errors: `connector.unauthorised`. */
export function readCredential<S extends z.ZodType>(system: string, schema: S, forms: readonly string[], secret: string): z.infer<S> {
  const unusable = (why: string): InterlockError =>
    new InterlockError("connector.unauthorised", `${system}: the credential cannot be used: ${why}. It is ${forms.join(", or ")}`);
  if (secret.trim() === "") throw unusable("it is empty");
  let json: unknown;
  try {
    json = JSON.parse(secret);
  } catch {
    // The parser's words would quote the secret.
    throw unusable("it is not JSON");
  }
  const read = schema.safeParse(json);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw unusable(`${issue?.path.join(".") || "the whole"}: ${issue?.message}`);
}

/** What OAuth's token endpoints are sent (RFC 6749, 4.1.3). */
export const formOf = (fields: Readonly<Record<string, string>>) => ({
  type: "application/x-www-form-urlencoded" as const,
  text: new URLSearchParams(fields).toString(),
});
