// Slack: post a message, change one, look a person up. Slack says no with HTTP 200 and {ok: false, error}; see slack-api.ts.
// There is no idempotency key: a message carries ours as metadata and `find` looks for it (slack-find.ts). The app therefore needs channels:history
// (groups:history, im:history) and membership beside chat:write; without them a lost answer ends as a question to a person.
// Text goes out escaped: a model's words can name nobody, call no @channel and hide no link. A run's messages belong in one thread: the `ts` of its first message is
// the `threadTs` of the others, and never a reply's own.
import * as z from "zod";
import { InterlockError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import { type ApplyContext, defineConnector, type Http, readAction, writeAction } from "./define.ts";
import { isClosed, redirected } from "./escalation.ts";
import { escapeText, post, read, slackAuth, slackRefusal } from "./slack-api.ts";
import { asGiven, Blocks, drawnByUs } from "./slack-blocks.ts";
import { slackChat } from "./slack-chat.ts";
import { slackChecks } from "./slack-checks.ts";
import { EVENT_TYPE, findPosted, type Message, Messages, plainText } from "./slack-find.ts";
import { slackWebhook } from "./slack-webhook.ts";

const DOCS = "https://docs.slack.dev/reference/methods";

/** An id and not a name: a name moves, and conversations.history does not take one. */
const Channel = z.string().regex(/^[CGD][A-Z0-9]{1,20}$/, "A channel's id, such as C0123ABCD");
const User = z.string().regex(/^[UW][A-Z0-9]{1,20}$/, "A user's id, such as U0123ABCD");
const Ts = z.string().regex(/^\d{1,12}\.\d{1,8}$/, "A message's ts, such as 1700000000.000100");
/** Slack cuts a text off after 40,000 characters, and counts the escaped form. */
const tooLong = (text: string): boolean => escapeText(text).length > 40_000;
const Text = z
  .string()
  .refine((text) => text.trim() !== "", "A message needs text")
  .refine((text) => !tooLong(text), "Longer than Slack's 40,000 characters");

const Posted = z.object({ channel: z.string(), ts: z.string() });
/** `instead`: the channel that did not take it. */
const PostOutput = Posted.extend({ instead: z.string().optional() });

interface Content {
  readonly text: string;
  readonly blocks?: Blocks | undefined;
}
const values = ({ text, blocks }: Content): JsonObject => ({ text, ...(blocks === undefined ? {} : { blocks }) });
const withBlocks = ({ blocks }: Content): JsonObject => (blocks === undefined ? {} : { blocks });

// ---- messages ----

const PostInput = z
  .strictObject({ channel: Channel, text: Text, blocks: Blocks.optional(), threadTs: Ts.optional(), fallback: Channel.optional() })
  .refine(({ channel, text, fallback }) => fallback === undefined || !tooLong(redirected(channel, text)), {
    error: "Longer than Slack's 40,000 characters, with the line that the fallback needs",
    path: ["text"],
  });
type PostInput = z.infer<typeof PostInput>;

/** Where it goes when its channel takes nothing from us: a message of its own there, that says for whom it was. Null where it stays a failure. */
function inFallback({ channel, text, blocks, fallback }: PostInput): PostInput | null {
  if (fallback === undefined || fallback === channel) return null;
  return { channel: fallback, text: redirected(channel, text), ...(blocks === undefined ? {} : { blocks: [note(channel), ...blocks] }) };
}

/** Beside blocks Slack shows the text in notifications only. */
const note = (channel: string): Blocks[number] => ({
  type: "section",
  text: { type: "plain_text", text: redirected(channel, "").trim() },
});

const send = ({ channel, text, blocks, threadTs }: PostInput, { http, key }: ApplyContext): Promise<z.infer<typeof Posted>> =>
  post(
    http,
    "chat.postMessage",
    {
      channel,
      text: escapeText(text),
      ...withBlocks({ text, blocks }),
      ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
      metadata: { event_type: EVENT_TYPE, event_payload: { key } },
      // Slack would fetch an address in the text from its own servers, and tell that server so.
      unfurl_links: false,
      unfurl_media: false,
    },
    Posted,
  );

const postMessage = writeAction({
  effect: "send",
  summary: "Post a message to a channel or a thread, or to the fallback where that channel takes none",
  docs: `${DOCS}/chat.postMessage`,
  idempotency: "lookup",
  input: PostInput,
  output: PostOutput,
  target: ({ channel, threadTs }) => (threadTs === undefined ? `channel/${channel}` : `thread/${channel}/${threadTs}`),
  values,
  withValues: (input, edited) => ({ ...input, ...(edited as unknown as Content) }),
  apply: async (input, context) => {
    try {
      return await send(input, context);
    } catch (thrown) {
      const instead = inFallback(input);
      if (!instead || !isClosed(thrown)) throw thrown;
      return { ...(await send(instead, context)), instead: input.channel };
    }
  },
  find: async (input, context) => {
    const instead = inFallback(input);
    const look = async (place: PostInput): Promise<z.infer<typeof Posted> | null> => {
      const message = await findPosted(place, context);
      return message && { channel: place.channel, ts: message.ts };
    };
    if (!instead) return look(input);
    // Whether it went to the channel is not known where the channel cannot be read: then only a find in the fallback is an answer.
    const [own, other] = await Promise.allSettled([look(input), look(instead)]);
    if (own.status === "fulfilled" && own.value) return own.value;
    if (other.status === "fulfilled" && other.value) return { ...other.value, instead: input.channel };
    if (own.status === "rejected") throw own.reason;
    if (other.status === "rejected") throw other.reason;
    return null;
  },
  undo: { kind: "irreversible", because: "People may have read the message" },
});

const UpdateInput = z.strictObject({ channel: Channel, ts: Ts, text: Text, blocks: Blocks.optional() });
type UpdateInput = z.infer<typeof UpdateInput>;

async function readMessage({ channel, ts }: UpdateInput, http: Http): Promise<Message> {
  // This method takes a root's ts and a reply's; conversations.history knows only roots.
  const query = { channel, ts, oldest: ts, latest: ts, inclusive: "true", limit: "1" };
  const found = (await read(http, "conversations.replies", query, Messages)).messages.find((message) => message.ts === ts);
  if (!found) throw new InterlockError("connector.not_found", `Slack: ${channel} has no message ${ts}`);
  return found;
}

/** What stands there now, of what `values` names. */
async function standing(input: UpdateInput, http: Http): Promise<JsonObject> {
  const { text, blocks } = await readMessage(input, http);
  return { text: plainText(text), ...(input.blocks === undefined ? {} : { blocks: asGiven(blocks, input.blocks) }) };
}

const write = ({ channel, ts }: UpdateInput, content: Content, http: Http): Promise<z.infer<typeof Posted>> =>
  post(http, "chat.update", { channel, ts, text: escapeText(content.text), ...withBlocks(content) }, Posted);

const updateMessage = writeAction({
  effect: "write",
  summary: "Replace a message that this app posted, text and blocks",
  docs: `${DOCS}/chat.update`,
  // The same update again changes nothing.
  idempotency: "key",
  input: UpdateInput,
  output: Posted,
  target: ({ channel, ts }) => `message/${channel}/${ts}`,
  values,
  withValues: (input, edited) => ({ ...input, ...(edited as unknown as Content) }),
  look: async (input, http) => {
    // Slack takes the blocks away with an update that has none, and an undo would not bring them back.
    if (input.blocks === undefined && drawnByUs((await readMessage(input, http)).blocks))
      throw new InterlockError("connector.rejected", `Slack: the message ${input.ts} has blocks: say what becomes of them in \`blocks\``, {
        field: "blocks",
      });
    return { fields: await standing(input, http), version: null };
  },
  apply: (input, { http }) => write(input, input, http),
  prove: (input, _output, http) => standing(input, http),
  undo: {
    kind: "restore",
    // Escaped as everything is: a mention in the old text comes back as plain text. Blocks that were none are taken away.
    restore: async (input, fields, { http }) => {
      const now = fields.text === undefined || (fields.blocks === undefined && input.blocks) ? await standing(input, http) : {};
      await write(input, { ...now, ...fields } as unknown as Content, http);
    },
  },
});

// ---- people ----

const Found = z.object({
  user: z.object({
    id: z.string(),
    team_id: z.string().nullish(),
    deleted: z.boolean().default(false),
    real_name: z.string().nullish(),
    profile: z.object({ email: z.string().nullish() }).default({}),
  }),
});

const findUser = readAction({
  summary: "The member of the workspace with this e-mail address",
  docs: `${DOCS}/users.lookupByEmail`,
  input: z.strictObject({ email: z.email() }),
  output: z.object({ id: z.string(), team: z.string().nullable(), name: z.string().nullable(), email: z.string().nullable() }),
  run: async ({ email }, http) => {
    const { user } = await read(http, "users.lookupByEmail", { email }, Found);
    if (user.deleted) throw new InterlockError("connector.not_found", "Slack: the account with this address was closed");
    return { id: user.id, team: user.team_id ?? null, name: user.real_name ?? null, email: user.profile.email ?? null };
  },
});

/** Nobody sees that it was opened, and it is the same one each time: a read, whose answer a message can be posted to. */
const openConversation = readAction({
  summary: "The direct conversation of this app with a member",
  docs: `${DOCS}/conversations.open`,
  input: z.strictObject({ user: User }),
  output: z.object({ channel: z.string() }),
  run: async ({ user }, http) => {
    const answer = z.object({ channel: z.object({ id: z.string() }) });
    const { channel } = await post(http, "conversations.open", { users: user }, answer, { reads: true });
    return { channel: channel.id };
  },
});

export const slackWebhooks = { requests: slackWebhook } as const;

export const slack = defineConnector({
  name: "slack",
  title: "Slack",
  auth: slackAuth,
  credentials: [
    "A bot token, xoxb-…",
    '{"clientId": "…", "clientSecret": "…", "refreshToken": "xoxe-1-…"} for an app that rotates its tokens',
  ],
  settings: {
    channels: {
      summary: "Ids of the channels that workflows post to, with commas between: the assessment asks whether the app is in them",
    },
  },
  webhooks: slackWebhooks,
  refusal: slackRefusal,
  checks: slackChecks,
  triggers: {
    message: "A message was posted",
    app_mention: "The app was mentioned",
    reaction_added: "A reaction was added",
    block_actions: "A button was pressed or a menu used",
    slash_command: "A slash command was sent",
  },
  actions: { postMessage, updateMessage, findUser, openConversation },
  chat: slackChat,
});
