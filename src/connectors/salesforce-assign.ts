// Gives a record to a user or a queue. Both go by name, so that rules, people and models see "Billing_Queue" and not an id; no assignment rule of the org interferes.
import * as z from "zod";
import { InterlockError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import { type ApplyContext, type Http, writeAction } from "./define.ts";
import { DOCS, idOf, ifThere, readRecord, recordPath, selected, textOf, where } from "./salesforce-api.ts";
import { longId, RecordId, sameId } from "./salesforce-id.ts";
import { carries, markerField, Output, patch, targetOf, writable } from "./salesforce-marker.ts";
import { ObjectName } from "./salesforce-soql.ts";

const OWNERS_MS = 5 * 60_000;
/** What ids of users and of queues begin with. */
const OWNER_ID = /^(005|00G)/;

/** A user by the name they sign in with, a queue by its developer name, either by its id. */
async function ownerId(owner: string, http: Http): Promise<string> {
  const id = longId(owner);
  if (id !== null && OWNER_ID.test(id)) return id;
  const isUser = owner.includes("@");
  const [first] = await selected(http, {
    select: ["Id"],
    from: isUser ? "User" : "Group",
    where: isUser
      ? [where("Username", "=", owner), where("IsActive", "=", true)]
      : [where("DeveloperName", "=", owner), where("Type", "=", "Queue")],
    limit: 1,
  });
  if (first) return idOf(textOf(first, "Id") ?? "");
  const what = isUser ? "active user with the user name" : "queue with the developer name";
  throw new InterlockError("connector.rejected", `Salesforce has no ${what} "${owner}"`, { field: "owner" });
}

/** A name that leads back to this id; the id itself where none would (a user who is not active any more). */
const ownerName = (id: string, http: Http): Promise<string> =>
  http.remember(`owner ${id}`, OWNERS_MS, async () => {
    if (id.startsWith("00G")) return textOf((await ifThere(readRecord(http, "Group", id, ["DeveloperName"]))) ?? {}, "DeveloperName") ?? id;
    const user = await ifThere(readRecord(http, "User", id, ["Username", "IsActive"]));
    return user?.IsActive === true ? (textOf(user, "Username") ?? id) : id;
  });

const Assignment = z.strictObject({ object: ObjectName, id: RecordId, owner: z.string().min(1).max(120) });
type Assignment = z.infer<typeof Assignment>;

/** As it was asked, where that is who has it: Salesforce does not tell capitals apart in either name. */
async function ownerOf({ owner }: Assignment, record: JsonObject, http: Http): Promise<string> {
  const id = idOf(textOf(record, "OwnerId") ?? "");
  const name = await ownerName(id, http);
  return sameId(owner, id) || owner.toLowerCase() === name.toLowerCase() ? owner : name;
}

async function giveTo({ object, id }: Assignment, owner: string, context: ApplyContext): Promise<void> {
  const set = { OwnerId: await ownerId(owner, context.http) };
  await writable(context.http, object, set, "update");
  await patch(recordPath(object, id), set, context, context.version);
}

const assignRecord = writeAction({
  effect: "write",
  summary: "Give a record to a user or a queue",
  docs: `${DOCS}/headers_autoassign.htm`,
  idempotency: "lookup",
  input: Assignment,
  output: Output,
  target: ({ object, id }) => targetOf(object, idOf(id)),
  values: ({ owner }) => ({ owner }),
  withValues: (input, values) => ({ ...input, ...(values as { owner: string }) }),
  look: async (input, http) => {
    // Before anybody is asked to approve it: is there such an owner, and may the record be given to them?
    await writable(http, input.object, { OwnerId: await ownerId(input.owner, http) }, "update");
    const record = await readRecord(http, input.object, input.id, ["OwnerId", "SystemModstamp"]);
    return { fields: { owner: await ownerOf(input, record, http) }, version: textOf(record, "SystemModstamp") };
  },
  apply: async (input, context) => {
    await giveTo(input, input.owner, context);
    return { id: idOf(input.id) };
  },
  find: async ({ object, id }, { http, key }) =>
    carries(await readRecord(http, object, id, [markerField(http)]), http, key) ? { id: idOf(id) } : null,
  prove: async (input, _output, http) => ({
    owner: await ownerOf(input, await readRecord(http, input.object, input.id, ["OwnerId"]), http),
  }),
  undo: {
    kind: "restore",
    restore: async (input, values, context) => giveTo(input, String(values.owner), context),
  },
});

export const assignActions = { assignRecord };
