// The erasable part of the audit, put back to the entries that it belongs to. Rows may overlap (a projection that was repeated with another cut): they say the same.
import type { JsonObject } from "../core/json.ts";
import type { auditContent } from "./schema.ts";

/** By the entry's number. */
export function bodiesOf(rows: readonly Pick<typeof auditContent.$inferSelect, "firstSeq" | "body">[]): Map<number, JsonObject> {
  const bodies = new Map<number, JsonObject>();
  for (const { firstSeq, body } of rows) {
    for (const [index, one] of (JSON.parse(body) as JsonObject[]).entries()) bodies.set(firstSeq + index, one);
  }
  return bodies;
}
