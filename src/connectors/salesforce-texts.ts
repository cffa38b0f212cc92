// What service and sales people say about a record: a comment on a case, a post to its feed, a task for somebody.
// Comments, posts and tasks carry a mark of ours at the end of their text, because they take no custom field that could be searched: `find` looks through those of the record.
import * as z from "zod";
import { sha256Hex } from "../core/crypto.ts";
import { InterlockError } from "../core/errors.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { type ApplyContext, type Http, writeAction } from "./define.ts";
import { create, idOf, ifThere, isGone, readRecord, removeOurs, select, textOf, where } from "./salesforce-api.ts";
import { RecordId, sameId } from "./salesforce-id.ts";

const Output = z.object({ id: z.string() });

// ---- the mark ----

/** 64 bits of the key: enough among the comments of one record, and short enough for whoever reads them. Not "ref:", which Email-to-Case reads. */
const markOf = (key: string): string => `(Interlock ${sha256Hex(key).slice(0, 16)})`;
const MARK = /\s*\(Interlock [0-9a-f]{16}\)\s*$/;
const marked = (text: string, key: string): string => `${text}\n\n${markOf(key)}`.trimStart();
const unmarked = (text: string): string => text.replace(/\r\n?/g, "\n").replace(MARK, "").trim();

/** Our clock and theirs are two. */
const SKEW_MS = 5 * 60_000;
/** More comments than a record has; a longer list is not read to its end: better no answer than a wrong no. */
const MOST = 2_000;

/** Where a record's texts are kept: which object, its reference to the record, its text. */
interface Texts {
  readonly object: "CaseComment" | "FeedItem" | "Task";
  readonly parent: string;
  readonly text: string;
}

async function findMarked({ object, parent, text }: Texts, id: string, { http, key, since }: ApplyContext): Promise<{ id: string } | null> {
  const recent = since === undefined ? [] : [where("CreatedDate", ">=", new Date(since - SKEW_MS).toISOString())];
  const query = {
    select: ["Id", text],
    from: object,
    where: [where(parent, "=", idOf(id)), ...recent],
    orderBy: [{ field: "CreatedDate", descending: true }],
    limit: MOST,
  };
  let seen = 0;
  for await (const record of select(http, query)) {
    if (textOf(record, text)?.trimEnd().endsWith(markOf(key))) return { id: idOf(textOf(record, "Id") ?? "") };
    seen += 1;
  }
  if (seen >= MOST) throw new InterlockError("connector.answer_invalid", `The ${object} records of ${id} could not be read to their end`);
  return null;
}

const withdrawn = (object: string) => ({
  kind: "withdraw" as const,
  withdraw: async (_input: unknown, { id }: { id: string }, { http }: ApplyContext) => removeOurs(http, object, id),
  gone: async (_input: unknown, { id }: { id: string }, http: Http) => isGone(http, object, id),
});

const NOTHING: JsonObject = {};

const present = (text: string): boolean => text.trim() !== "";

// ---- comments ----

const COMMENTS: Texts = { object: "CaseComment", parent: "ParentId", text: "CommentBody" };

/** A case comment has 4,000 bytes; the mark takes a few of them. */
const COMMENT_BYTES = 3_950;

const addCaseComment = writeAction({
  effect: "write",
  summary: "Add a comment to a case, for colleagues or published to the customer; the undo deletes it, but no e-mail that went out with it",
  docs: "https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_casecomment.htm",
  idempotency: "lookup",
  input: z.strictObject({
    id: RecordId,
    body: z
      .string()
      .refine(present, "A comment needs text")
      .refine((body) => new TextEncoder().encode(body).length <= COMMENT_BYTES, `At most ${COMMENT_BYTES} bytes of UTF-8`),
    public: z.boolean(),
  }),
  output: Output,
  target: ({ id }) => `case/${idOf(id)}`,
  values: ({ body, public: isPublic }) => ({ body, public: isPublic }),
  withValues: (input, values) => ({ ...input, ...(values as { body: string; public: boolean }) }),
  apply: async ({ id, body, public: isPublic }, { http, key }) => ({
    id: await create(http, COMMENTS.object, { ParentId: idOf(id), CommentBody: marked(body, key), IsPublished: isPublic }),
  }),
  find: async ({ id }, context) => findMarked(COMMENTS, id, context),
  prove: async ({ body }, { id }, http) => {
    const comment = await ifThere(readRecord(http, COMMENTS.object, id, ["CommentBody", "IsPublished"]));
    return comment ? { body: sameText(body, comment.CommentBody), public: comment.IsPublished ?? null } : NOTHING;
  },
  undo: withdrawn(COMMENTS.object),
});

/** What we wrote, where it is what is there; otherwise what is there. */
function sameText(given: string, stored: Json | undefined): Json {
  if (typeof stored !== "string") return null;
  const plain = unmarked(stored);
  return plain === unmarked(given) ? given : plain;
}

const POSTS: Texts = { object: "FeedItem", parent: "ParentId", text: "Body" };

const addFeedItem = writeAction({
  effect: "write",
  summary: "Post a text to the Chatter feed of a record",
  docs: "https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_feeditem.htm",
  idempotency: "lookup",
  // Chatter takes 10,000 characters.
  input: z.strictObject({ id: RecordId, body: z.string().refine(present, "A post needs text").max(9_900) }),
  output: Output,
  target: ({ id }) => `feed/${idOf(id)}`,
  values: ({ body }) => ({ body }),
  withValues: (input, values) => ({ ...input, ...(values as { body: string }) }),
  apply: async ({ id, body }, { http, key }) => ({
    id: await create(http, POSTS.object, { ParentId: idOf(id), Body: marked(body, key) }),
  }),
  find: async ({ id }, context) => findMarked(POSTS, id, context),
  prove: async ({ body }, { id }, http) => {
    const post = await ifThere(readRecord(http, POSTS.object, id, ["Body"]));
    return post ? { body: sameText(body, post.Body) } : NOTHING;
  },
  undo: withdrawn(POSTS.object),
});

// ---- tasks ----

const TaskInput = z
  .strictObject({
    /** A lead or a contact. */
    person: RecordId.optional(),
    /** Any other record: a case, an account, an opportunity. */
    about: RecordId.optional(),
    subject: z.string().refine(present, "A task needs a subject").max(255),
    description: z.string().max(31_000).optional(),
    due: z.iso.date().optional(),
    priority: z.string().min(1).max(255).optional(),
    status: z.string().min(1).max(255).optional(),
    /** A user; the integration user where nobody is named. */
    owner: RecordId.optional(),
  })
  .refine(({ person, about }) => (person ?? about) !== undefined, {
    error: "Say whom (person) or what (about) the task is for",
    path: ["about"],
  });
type TaskInput = z.infer<typeof TaskInput>;

const TASK_FIELDS = {
  subject: "Subject",
  description: "Description",
  due: "ActivityDate",
  priority: "Priority",
  status: "Status",
  owner: "OwnerId",
} as const;
type TaskField = keyof typeof TASK_FIELDS;
const TASK_NAMES = Object.keys(TASK_FIELDS) as TaskField[];

const taskValues = (input: TaskInput): JsonObject =>
  Object.fromEntries(TASK_NAMES.flatMap((name) => (input[name] === undefined ? [] : [[name, input[name] as Json]])));

const taskParent = ({ about, person }: TaskInput): { field: "WhatId" | "WhoId"; id: string } =>
  about !== undefined ? { field: "WhatId", id: idOf(about) } : { field: "WhoId", id: idOf(person ?? "") };

const createTask = writeAction({
  effect: "write",
  summary: "Create a task about a record, for a user",
  docs: "https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_task.htm",
  idempotency: "lookup",
  input: TaskInput,
  output: Output,
  target: (input) => `tasks/${taskParent(input).id}`,
  values: taskValues,
  withValues: ({ about, person }, values) => ({
    ...(about ? { about } : {}),
    ...(person ? { person } : {}),
    ...(values as Omit<TaskInput, "about" | "person">),
  }),
  apply: async (input, { http, key }) => {
    const { about, person, description, owner } = input;
    const given = Object.fromEntries(Object.entries(taskValues(input)).map(([name, value]) => [TASK_FIELDS[name as TaskField], value]));
    return {
      id: await create(http, "Task", {
        ...given,
        Description: marked(description ?? "", key),
        ...(about === undefined ? {} : { WhatId: idOf(about) }),
        ...(person === undefined ? {} : { WhoId: idOf(person) }),
        ...(owner === undefined ? {} : { OwnerId: idOf(owner) }),
      }),
    };
  },
  find: async (input, context) => {
    const { field, id } = taskParent(input);
    return findMarked({ object: "Task", parent: field, text: "Description" }, id, context);
  },
  prove: async (input, { id }, http) => {
    const asked = taskValues(input);
    const task = await ifThere(readRecord(http, "Task", id, Object.values(TASK_FIELDS)));
    if (!task) return NOTHING;
    return Object.fromEntries(
      Object.entries(asked).map(([name, wanted]) => {
        const stored = task[TASK_FIELDS[name as TaskField]] ?? null;
        if (name === "description") return [name, sameText(String(wanted), stored)];
        return [name, name === "owner" && typeof stored === "string" && sameId(stored, String(wanted)) ? wanted : stored];
      }),
    );
  },
  undo: withdrawn("Task"),
});

export const textActions = { addCaseComment, addFeedItem, createTask };
