// Microsoft Teams through a bot: begin a thread in a channel, answer in it, replace and delete what the bot said, look people up.
// A bot can read no message back and there is no idempotency key: a send whose answer is lost becomes `unknown`, and a person has to look. Replacing and deleting may
// be repeated. Text goes out as plain text: a model's words can name nobody and hide no link; of a card, only what stands in a TextRun is as plain.
// A run's messages belong in one thread: postMessage's output is what replyInThread and updateMessage take.
import * as z from "zod";
import { failureOf, InterlockError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import { type ApplyContext, defineConnector, readAction, writeAction } from "./define.ts";
import { isClosed, redirected } from "./escalation.ts";
import {
  beginThread,
  deleteActivity,
  type Member,
  memberPage,
  replaceActivity,
  sendActivity,
  teamsAuth,
  teamsCredentials,
  teamsRefusal,
} from "./teams-api.ts";
import { teamsChat } from "./teams-chat.ts";
import { teamsChecks } from "./teams-checks.ts";
import { teamsWebhooks } from "./teams-webhook.ts";

const DOCS = "https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference";

/** Teams refuses a bot's message of more than about 40 KB. */
const MAX_BYTES = 40_000;

const Channel = z.string().regex(/^19:[\w-]{1,200}@thread\.(tacv2|skype)$/, "A channel's id, such as 19:abc@thread.tacv2");
const Conversation = z
  .string()
  .regex(
    /^(19:[\w.-]{1,200}@[\w.]{1,40}(;messageid=\d{1,20})?|a:[\w-]{1,400})$/,
    "A thread's or a chat's id, such as 19:abc@thread.tacv2;messageid=1700000000000",
  );
const ActivityId = z.string().regex(/^[\w:.-]{1,200}$/, "A message's id, such as 1700000000000");
const Text = z.string().refine((text) => text.trim() !== "", "A message needs text");
const Card = z.record(z.string(), z.json()).refine((card) => card.type === "AdaptiveCard", 'An Adaptive Card has "type": "AdaptiveCard"');

const tooLarge = (activity: JsonObject): boolean => new TextEncoder().encode(JSON.stringify(activity)).length > MAX_BYTES;
const LARGE = `Larger than the ${MAX_BYTES} bytes that Teams takes from a bot`;

interface Content {
  readonly text: string;
  readonly card?: z.infer<typeof Card> | undefined;
}

const activityOf = ({ text, card }: Content): JsonObject => ({
  type: "message",
  text,
  textFormat: "plain",
  ...(card === undefined ? {} : { attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", content: card }] }),
});

const values = ({ text, card }: Content): JsonObject => ({ text, ...(card === undefined ? {} : { card }) });
const fits = (input: Content): boolean => !tooLarge(activityOf(input));

const Sent = z.object({ conversation: z.string(), activity: z.string(), instead: z.string().optional() });

// ---- actions ----

const PostInput = z
  .strictObject({ channel: Channel, text: Text, card: Card.optional(), fallback: Channel.optional() })
  .refine(fits, { error: LARGE, path: ["text"] });

const postMessage = writeAction({
  effect: "send",
  summary: "Begin a thread in a channel, or in the fallback where that channel takes no message",
  docs: `${DOCS}#create-conversation`,
  idempotency: "none",
  input: PostInput,
  /** `instead`: the channel that did not take it. */
  output: Sent,
  target: ({ channel }) => `channel/${channel}`,
  values,
  withValues: (input, edited) => ({ ...input, ...(edited as unknown as Content) }),
  apply: async ({ channel, fallback, ...content }, { http }) => {
    try {
      return await beginThread(channel, activityOf(content), http);
    } catch (thrown) {
      if (fallback === undefined || fallback === channel || !isClosed(thrown)) throw thrown;
      const text = redirected(channel, content.text);
      return { ...(await beginThread(fallback, activityOf({ ...content, text }), http)), instead: channel };
    }
  },
  undo: { kind: "irreversible", because: "People may have read the message, and a bot cannot read back whether it is gone" },
});

const ReplyInput = z
  .strictObject({ conversation: Conversation, text: Text, card: Card.optional() })
  .refine(fits, { error: LARGE, path: ["text"] });

const replyInThread = writeAction({
  effect: "send",
  summary: "Answer in a thread or a chat",
  docs: `${DOCS}#send-to-conversation`,
  idempotency: "none",
  input: ReplyInput,
  output: Sent,
  target: ({ conversation }) => `thread/${conversation}`,
  values,
  withValues: (input, edited) => ({ ...input, ...(edited as unknown as Content) }),
  apply: ({ conversation, ...content }, { http }) => sendActivity(conversation, activityOf(content), http),
  undo: { kind: "irreversible", because: "People may have read the message, and a bot cannot read back whether it is gone" },
});

const UpdateInput = z
  .strictObject({ conversation: Conversation, activity: ActivityId, text: Text, card: Card.optional() })
  .refine(fits, { error: LARGE, path: ["text"] });

const updateMessage = writeAction({
  effect: "write",
  summary: "Replace a message that this bot sent, text and card",
  docs: `${DOCS}#update-activity`,
  // The message is replaced as a whole: the same again changes nothing.
  idempotency: "key",
  input: UpdateInput,
  output: Sent,
  target: ({ conversation, activity }) => `message/${conversation}/${activity}`,
  values,
  withValues: (input, edited) => ({ ...input, ...(edited as unknown as Content) }),
  apply: async ({ conversation, activity, ...content }, { http }) => {
    await replaceActivity({ conversation, activity }, activityOf(content), http);
    return { conversation, activity };
  },
  undo: { kind: "irreversible", because: "A bot cannot read what stood there before" },
});

const DeleteInput = z.strictObject({ conversation: Conversation, activity: ActivityId, reason: Text });

const deleteMessage = writeAction({
  effect: "write",
  summary: "Delete a message that this bot sent",
  docs: `${DOCS}#delete-activity`,
  // What is deleted already is not there, which is what was asked for.
  idempotency: "key",
  input: DeleteInput,
  output: Sent,
  target: ({ conversation, activity }) => `message/${conversation}/${activity}`,
  /** Why, for whoever approves it; Teams is not told. */
  values: ({ reason }) => ({ reason }),
  withValues: (input, edited) => ({ ...input, ...(edited as { reason: string }) }),
  apply: async ({ conversation, activity }, { http }: ApplyContext) => {
    await deleteActivity({ conversation, activity }, http).catch((thrown) => {
      if (failureOf(thrown).code !== "connector.not_found") throw thrown;
    });
    return { conversation, activity };
  },
  undo: { kind: "irreversible", because: "Teams keeps nothing of a deleted message for a bot" },
});

const Person = z.object({ id: z.string(), aadObjectId: z.string().nullable(), name: z.string().nullable(), email: z.string().nullable() });
const personOf = ({ id, aadObjectId, name, email }: Member): z.infer<typeof Person> => ({
  id,
  aadObjectId,
  name: name ?? null,
  email: email?.toLowerCase() ?? null,
});

const listMembers = readAction({
  summary: "A page of a conversation's members; `next` asks for the following one",
  docs: `${DOCS}#get-conversation-paged-members`,
  input: z.strictObject({ conversation: Conversation, next: z.string().min(1).optional() }),
  output: z.object({ members: z.array(Person), next: z.string().nullable() }),
  run: async ({ conversation, next }, http) => {
    const page = await memberPage(conversation, next, http);
    return { members: page.members.map(personOf), next: page.next };
  },
});

/** 25,000 members, the most that a team may have. */
const MAX_PAGES = 50;

const findMember = readAction({
  summary: "The member of a conversation with this e-mail address or directory id",
  docs: `${DOCS}#get-conversation-paged-members`,
  input: z.strictObject({
    conversation: Conversation,
    by: z.union([z.strictObject({ email: z.email() }), z.strictObject({ aadObjectId: z.guid() })]),
  }),
  output: Person,
  run: async ({ conversation, by }, http) => {
    const wanted = ({ email, aadObjectId }: Member): boolean =>
      "email" in by ? email?.toLowerCase() === by.email.toLowerCase() : aadObjectId === by.aadObjectId;
    let next: string | undefined;
    for (let page = 0; page < MAX_PAGES; page++) {
      const found = await memberPage(conversation, next, http);
      const member = found.members.find(wanted);
      if (member) return personOf(member);
      if (found.next === null) break;
      next = found.next;
    }
    throw new InterlockError(
      "connector.not_found",
      `Microsoft Teams: nobody in ${conversation} has ${"email" in by ? "this address" : "this directory id"}`,
    );
  },
});

export const teams = defineConnector({
  name: "teams",
  title: "Microsoft Teams",
  auth: teamsAuth,
  credentials: teamsCredentials,
  settings: {
    appId: { summary: "The bot's application (client) id: Azure portal, Azure Bot, Configuration", required: true },
    tenantId: {
      summary: "The directory (tenant) id: deliveries from another organisation are refused, and only its people can decide",
      required: true,
    },
    channel: { summary: "A channel that the bot is in, such as 19:abc@thread.tacv2; the assessment reads its members" },
    openIdConfiguration: { summary: "Where the Bot Framework publishes its keys, in another cloud than the public one" },
  },
  webhooks: teamsWebhooks,
  // docs: 30 requests a second for one app in one tenant. Within a thread 7 a second; what is over is answered with 429 and waits.
  budget: { capacity: 30, perSecond: 30 },
  refusal: teamsRefusal,
  checks: teamsChecks,
  triggers: {
    message: "A message to the bot, or that mentions it",
    card_action: "A button of a card was pressed",
    message_reaction: "A reaction was added or taken back",
    conversation_update: "People or the bot joined or left, a channel was made or renamed",
    installation_update: "The bot was installed or removed",
    "chat_message.created": "A message was posted (change notification of Graph)",
    "chat_message.updated": "A message was changed (change notification of Graph)",
    "chat_message.deleted": "A message was deleted (change notification of Graph)",
    subscription_lifecycle: "A subscription of Graph needs care: reauthorizationRequired, subscriptionRemoved or missed",
  },
  actions: { postMessage, replyInThread, updateMessage, deleteMessage, listMembers, findMember },
  chat: teamsChat,
});
