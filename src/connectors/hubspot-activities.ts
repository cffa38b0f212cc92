// Notes and tasks on records. HubSpot would take the same one any number of times, so each carries a mark at its end, by which `find` knows it among those of the record:
// associations are read from the records themselves, and not from the search index, which lags behind.
// Text is text: what looks like HTML in it is shown as it is.
import * as z from "zod";
import { sha256Hex } from "../core/crypto.ts";
import { failureOf, InterlockError } from "../core/errors.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { parseRfc3339 } from "../core/rfc3339.ts";
import { type ApplyContext, type Http, type Undo, writeAction } from "./define.ts";
import { promised } from "./http.ts";
import {
  archiveRecord,
  createRecord,
  findRecord,
  ObjectType,
  RecordId,
  type RecordJson,
  readBatch,
  readRecord,
  targetOf,
} from "./hubspot-api.ts";
import { ownerId, ownerName } from "./hubspot-owners.ts";
import { textOf } from "./hubspot-properties.ts";
import { associatedPage } from "./hubspot-reads.ts";

const DOCS = "https://developers.hubspot.com/docs/api-reference";

const On = z.strictObject({ type: ObjectType, id: RecordId });
type On = z.infer<typeof On>;

const Instant = z.iso.datetime({ offset: true });

/** 65,536 characters with the mark; a character of text is at most six of HTML. */
const Text = z
  .string()
  .refine((text) => text.trim() !== "", "It needs text")
  .max(10_000);

const Made = z.object({ id: z.string() });
type Made = z.infer<typeof Made>;

// ---- text and its mark ----

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const htmlOf = (text: string): string => text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character).replace(/\r?\n/g, "<br>");

/** Seen by whoever reads the note; too long to be met by chance, and says nothing of the run. */
const markOf = (key: string): string => `interlock-${sha256Hex(key).slice(0, 24)}`;
const MARK = /\s*interlock-[0-9a-f]{24}\s*$/;

const withMark = (text: string, key: string): string => `<p>${htmlOf(text)}</p><p>${markOf(key)}</p>`;

const oneSpaced = (text: string): string => text.replace(/\s+/g, " ").trim();

/** What a reader sees, without the mark. HubSpot puts elements of its own around. */
function textIn(html: string | null | undefined): string {
  const text = (html ?? "")
    .replace(/<[^>]*>/g, " ")
    .replace(/&(lt|gt|quot|#39|nbsp);/g, (_, name: string) => ({ lt: "<", gt: ">", quot: '"', "#39": "'", nbsp: " " })[name] ?? "")
    .replaceAll("&amp;", "&");
  return oneSpaced(text.replace(MARK, ""));
}

// ---- the two kinds ----

interface Kind {
  readonly type: "notes" | "tasks";
  readonly body: "hs_note_body" | "hs_task_body";
}
const NOTE: Kind = { type: "notes", body: "hs_note_body" };
const TASK: Kind = { type: "tasks", body: "hs_task_body" };

const LABELS_KEPT_MS = 60 * 60_000;

const Labels = z.object({
  results: z.array(z.object({ category: z.string(), typeId: z.number(), label: z.string().nullish() })),
});

/** The association without a label, as the account numbers it: custom types have numbers of their own. */
async function associationType(from: string, to: string, http: Http): Promise<JsonObject> {
  const found = await http.remember(`associations ${from} ${to}`, LABELS_KEPT_MS, async () => {
    const { json } = await http.send({ method: "GET", path: `/crm/v4/associations/${from}/${encodeURIComponent(to)}/labels` });
    return promised(Labels, json, "a list of association types").results.find(({ label }) => !label);
  });
  if (!found) throw new InterlockError("connector.rejected", `HubSpot's ${from} cannot be associated with ${to}`, { field: "on" });
  return { associationCategory: found.category, associationTypeId: found.typeId };
}

async function make({ type }: Kind, on: On, properties: JsonObject, { http }: ApplyContext): Promise<Made> {
  const associations = [{ to: { id: on.id }, types: [await associationType(type, on.type, http)] }];
  return { id: (await createRecord(type, { properties, associations }, http)).id };
}

/** A batch's size, and how many of a record's notes are looked through: beyond that a no would be a guess. */
const BATCH = 100;
const MOST = 3_000;

async function find({ type, body }: Kind, on: On, { http, key }: ApplyContext): Promise<Made | null> {
  const ids: string[] = [];
  let after: string | null = null;
  do {
    const page = await associatedPage(on, type, after, http);
    ids.push(...page.results.map(({ toObjectId }) => toObjectId));
    after = page.next;
  } while (after !== null && ids.length <= MOST);
  // Ours is among the newest, and numbers grow.
  const newestFirst = ids.sort((a, b) => b.length - a.length || (a < b ? 1 : -1));
  const mark = markOf(key);
  for (let start = 0; start < Math.min(ids.length, MOST); start += BATCH) {
    const records = await readBatch(type, newestFirst.slice(start, start + BATCH), [body], http);
    const found = records.find(({ properties }) => properties[body]?.includes(mark));
    if (found) return { id: found.id };
  }
  if (ids.length <= MOST) return null;
  throw new InterlockError(
    "connector.answer_invalid",
    `${targetOf(on.type, on.id)} has more than ${MOST} ${type}, and ours is not among the newest`,
  );
}

const withdrawn = <Input>({ type }: Kind): Undo<Input, Made> => ({
  kind: "withdraw",
  withdraw: async (_input, { id }, { http }) => {
    try {
      await archiveRecord(type, id, http);
    } catch (thrown) {
      if (failureOf(thrown).code !== "connector.not_found") throw thrown;
    }
  },
  gone: async (_input, { id }, http) => (await findRecord({ type, id }, [], http)) === null,
});

const sameInstant = (stored: string | null, wanted: string): Json =>
  stored !== null && parseRfc3339(stored) === parseRfc3339(wanted) ? wanted : stored;

const sameText = (html: string | null | undefined, wanted: string): Json => {
  const stored = textIn(html);
  return stored === oneSpaced(wanted) ? wanted : stored;
};

// ---- actions ----

export const addNote = writeAction({
  effect: "write",
  summary: "Add a note to a record's timeline",
  docs: `${DOCS}/crm-notes-v3/guide`,
  idempotency: "lookup",
  /** `at`: where in the timeline it stands. */
  input: z.strictObject({ on: On, text: Text, at: Instant }),
  output: Made,
  target: ({ on }) => targetOf(on.type, on.id),
  values: ({ text, at }): JsonObject => ({ text, at }),
  withValues: (input, values) => ({ ...input, ...(values as { text: string; at: string }) }),
  apply: ({ on, text, at }, context) => make(NOTE, on, { hs_timestamp: at, hs_note_body: withMark(text, context.key) }, context),
  find: ({ on }, context) => find(NOTE, on, context),
  prove: async ({ text, at }, { id }, http) => {
    const { properties } = await readRecord({ type: NOTE.type, id }, [NOTE.body, "hs_timestamp"], http);
    return { text: sameText(properties.hs_note_body, text), at: sameInstant(textOf(properties.hs_timestamp), at) };
  },
  undo: withdrawn(NOTE),
});

const TaskInput = z.strictObject({
  on: On,
  subject: z.string().min(1).max(500),
  text: Text,
  dueAt: Instant,
  priority: z.enum(["LOW", "MEDIUM", "HIGH"]),
  owner: z.email().toLowerCase().nullable(),
});
type TaskInput = z.infer<typeof TaskInput>;

const TASK_PROPERTIES = ["hs_task_subject", "hs_task_body", "hs_timestamp", "hs_task_priority", "hubspot_owner_id"];

async function taskFields({ properties }: RecordJson, wanted: TaskInput, http: Http): Promise<JsonObject> {
  return {
    subject: textOf(properties.hs_task_subject),
    text: sameText(properties.hs_task_body, wanted.text),
    dueAt: sameInstant(textOf(properties.hs_timestamp), wanted.dueAt),
    priority: textOf(properties.hs_task_priority),
    owner: await ownerName(textOf(properties.hubspot_owner_id), http),
  };
}

export const createTask = writeAction({
  effect: "write",
  summary: "Create a task on a record, for an owner or for nobody yet",
  docs: `${DOCS}/crm-tasks-v3/guide`,
  idempotency: "lookup",
  input: TaskInput,
  output: Made,
  target: ({ on }) => targetOf(on.type, on.id),
  values: ({ on: _, ...values }): JsonObject => values,
  withValues: (input, values) => ({ ...input, ...(values as Omit<TaskInput, "on">) }),
  apply: async ({ on, subject, text, dueAt, priority, owner }, context) => {
    const properties: JsonObject = {
      hs_timestamp: dueAt,
      hs_task_subject: subject,
      hs_task_body: withMark(text, context.key),
      hs_task_status: "NOT_STARTED",
      hs_task_priority: priority,
      hs_task_type: "TODO",
      ...(owner === null ? {} : { hubspot_owner_id: await ownerId(owner, context.http) }),
    };
    return make(TASK, on, properties, context);
  },
  find: ({ on }, context) => find(TASK, on, context),
  prove: async (input, { id }, http) => taskFields(await readRecord({ type: TASK.type, id }, TASK_PROPERTIES, http), input, http),
  undo: withdrawn(TASK),
});
