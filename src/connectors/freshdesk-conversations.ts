// Notes and replies on a ticket. Freshdesk would take the same one any number of times, so each bears a reference at its end, by which `find` knows it among those of the
// ticket: they are read from the ticket itself, and not from an index that lags behind.
import * as z from "zod";
import { failureOf, InterlockError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import { type ApplyContext, type Http, writeAction } from "./define.ts";
import { DOCS, digits, PAGE, TicketId, ticketPath } from "./freshdesk-api.ts";
import { marked, referenceOf, sameText, Text } from "./freshdesk-text.ts";
import { promised } from "./http.ts";

const Conversation = z.object({
  id: z.number(),
  body: z.string().nullish(),
  body_text: z.string().nullish(),
  private: z.boolean().optional(),
});
type Conversation = z.infer<typeof Conversation>;

const Said = z.strictObject({ id: TicketId, body: Text });
type Said = z.infer<typeof Said>;
const Made = z.object({ id: z.string() });

/** A longer conversation is not read to its end: better no answer than a wrong no. */
const MOST_PAGES = 20;

async function conversation(ticket: string, matches: (one: Conversation) => boolean, http: Http): Promise<Conversation | null> {
  for (let page = 1; page <= MOST_PAGES; page++) {
    const { json } = await http.send({ method: "GET", path: `${ticketPath(ticket)}/conversations?per_page=${PAGE}&page=${page}` });
    const found = promised(z.array(Conversation), json, "a list of conversations");
    const match = found.find(matches);
    if (match) return match;
    if (found.length < PAGE) return null;
  }
  throw new InterlockError("connector.answer_invalid", `The conversation of ticket/${ticket} could not be read to its end`);
}

const byNumber = (ticket: string, id: string, http: Http) => conversation(ticket, (one) => String(one.id) === id, http);

const textOf = ({ body_text, body }: Conversation): string => body_text ?? (body ?? "").replace(/<[^>]*>/g, " ");

async function say(path: "notes" | "reply", { id, body }: Said, more: JsonObject, { http, key }: ApplyContext): Promise<{ id: string }> {
  const { json } = await http.send({ method: "POST", path: `${ticketPath(id)}/${path}`, body: { body: marked(body, key), ...more } });
  return { id: String(promised(Conversation, json, "a conversation").id) };
}

async function find({ id }: Said, { http, key }: ApplyContext): Promise<{ id: string } | null> {
  const reference = referenceOf(key);
  const found = await conversation(id, (one) => textOf(one).includes(reference), http);
  return found && { id: String(found.id) };
}

async function prove({ id, body }: Said, output: { id: string }, http: Http): Promise<JsonObject> {
  const found = await byNumber(id, output.id, http);
  return found ? { body: sameText(textOf(found), body) } : {};
}

const common = {
  idempotency: "lookup" as const,
  input: Said,
  output: Made,
  target: ({ id }: Said) => `ticket/${id}`,
  values: ({ body }: Said): JsonObject => ({ body }),
  withValues: (input: Said, { body }: JsonObject): Said => ({ ...input, body: body as string }),
  find,
  prove,
};

export const addNote = writeAction({
  ...common,
  effect: "write",
  summary: "Add a private note to a ticket, which only agents see",
  docs: `${DOCS}#add_note_to_a_ticket`,
  apply: (input, context) => say("notes", input, { private: true }, context),
  undo: {
    kind: "withdraw",
    withdraw: async (_input, { id }, { http }) => {
      try {
        await http.send({ method: "DELETE", path: `/api/v2/conversations/${digits(id)}` });
      } catch (thrown) {
        if (failureOf(thrown).code !== "connector.not_found") throw thrown;
      }
    },
    gone: async ({ id: ticket }, { id }, http) => (await byNumber(ticket, id, http)) === null,
  },
});

export const addReply = writeAction({
  ...common,
  effect: "send",
  summary: "Reply to whoever wrote a ticket; Freshdesk e-mails it at once",
  docs: `${DOCS}#reply_ticket`,
  apply: (input, context) => say("reply", input, {}, context),
  undo: { kind: "irreversible", because: "Freshdesk has e-mailed the reply by then; deleting it takes it from the ticket only" },
});
