// The source record as a reviewer reads it, made from what the run has read or, before any read, from the event. Pure, and knows no system: it goes by the
// names that systems commonly give to a title and to prose, and lists everything else as it is.
import type { Json, JsonObject } from "../../core/json.ts";
import type { ApprovalDetail, AuditRow, RecordedRead } from "../../db/reads.ts";
import { capital } from "./words.ts";

export interface RecordView {
  /** Where this comes from, as a sentence. */
  readonly from: string;
  readonly title: string | null;
  readonly prose: readonly { readonly label: string; readonly text: string }[];
  readonly facts: readonly { readonly label: string; readonly value: Json }[];
}

const TITLES = ["subject", "title", "summary", "name"];
const PROSE = ["description", "body", "text", "content", "message", "comment"];

export function recordOf({ reads, event }: Pick<ApprovalDetail, "reads" | "event">): RecordView | null {
  const read = reads.find(({ output }) => isObject(output));
  if (read) return viewOf(`Read with ${read.action} in “${read.step}”`, read.output as JsonObject);
  if (!event || !isObject(event.data)) return null;
  // Many senders wrap the record: the part that is about it is one of these.
  const inner = [event.data.detail, event.data.data, event.data.object, event.data.record].find(isObject);
  return viewOf(`From the event ${event.type}`, inner ?? event.data);
}

/** What a run's read steps brought, from its journal. */
export const readsOf = (entries: readonly AuditRow[]): RecordedRead[] =>
  entries.flatMap(({ type, step, body }) =>
    type === "read.done" && body ? [{ step: step ?? "", action: String(body.action), output: body.output ?? null }] : [],
  );

function viewOf(from: string, record: JsonObject): RecordView {
  const titled = TITLES.find((key) => typeof record[key] === "string" && record[key] !== "");
  const prose: { label: string; text: string }[] = [];
  const facts: { label: string; value: Json }[] = [];
  for (const [key, value] of Object.entries(record)) {
    if (key === titled) continue;
    if (typeof value === "string" && (PROSE.includes(key) || value.includes("\n"))) {
      if (value !== "") prose.push({ label: labelOf(key), text: value });
    } else if (isObject(value)) {
      for (const [inner, part] of Object.entries(value)) facts.push({ label: labelOf(`${key} ${inner}`), value: part });
    } else {
      facts.push({ label: labelOf(key), value });
    }
  }
  return { from, title: titled === undefined ? null : String(record[titled]), prose, facts };
}

/** "updatedAt" and "updated_at" -> "Updated at" */
const labelOf = (key: string): string =>
  capital(
    key
      .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
      .replaceAll("_", " ")
      .toLowerCase(),
  );

const isObject = (value: Json | undefined): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);
