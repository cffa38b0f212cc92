// Approvals in Slack: a message with two buttons, and what a press of one says. Slack signs the press; who the presser is, is asked of Slack's API with our own
// token and never read from the message. Needs the scopes chat:write, users:read and users:read.email, and the app's interactivity switched on.
import * as z from "zod";
import type { Json, JsonObject } from "../core/json.ts";
import type { Notice } from "../core/notice.ts";
import type { Chat } from "./chat.ts";
import { at, textAt } from "./payload.ts";
import { escapeText, post, read } from "./slack-api.ts";

const APPROVE = "interlock.approve";
const OPEN = "interlock.open";

/** https://docs.slack.dev/reference/block-kit/blocks: a header's text, a section's. */
const HEADER_LENGTH = 150;
const SECTION_LENGTH = 3_000;

const Value = z.strictObject({ approval: z.string().min(1), digest: z.string().min(1) });

const Team = z.object({ team_id: z.string() });
const Member = z.object({
  user: z.object({
    team_id: z.string().optional(),
    deleted: z.boolean().default(false),
    is_bot: z.boolean().default(false),
    is_restricted: z.boolean().default(false),
    is_ultra_restricted: z.boolean().default(false),
    is_email_confirmed: z.boolean().default(false),
    profile: z.object({ email: z.string().optional() }).default({}),
  }),
});
const Posted = z.object({ channel: z.string(), ts: z.string() });
const Done = z.object({ ok: z.literal(true) });

const plain = (text: string, longest: number): JsonObject => ({
  type: "plain_text",
  text: text.length > longest ? `${text.slice(0, longest - 1)}…` : text,
  emoji: false,
});

/** `text` is what a notification shows, and the only part in which Slack would read markup. */
function contentOf({ title, lines, link, approve }: Notice): JsonObject {
  const open: JsonObject = { type: "button", action_id: OPEN, text: plain("Open", 75), url: link };
  const button: JsonObject[] = approve
    ? [{ type: "button", action_id: APPROVE, style: "primary", text: plain("Approve", 75), value: JSON.stringify(approve) }]
    : [];
  return {
    text: escapeText(title),
    blocks: [
      { type: "header", text: plain(title, HEADER_LENGTH) },
      { type: "section", text: plain(lines.join("\n"), SECTION_LENGTH) },
      { type: "actions", elements: [...button, open] },
    ],
    unfurl_links: false,
    unfurl_media: false,
  };
}

function carriedBy(text: string | null): z.infer<typeof Value> | null {
  try {
    return Value.parse(JSON.parse(text ?? ""));
  } catch {
    return null;
  }
}

/** A payload has one action; should it have more, only those of our own names are looked at, and the first of them counts. */
function pressIn(data: Json): ReturnType<Chat["pressIn"]> {
  const actions = at(data, "actions");
  if (textAt(data, "type") !== "block_actions" || !Array.isArray(actions)) return null;
  const action = actions.find((one: Json) => [APPROVE, OPEN].some((id) => id === textAt(one, "action_id")));
  if (action === undefined) return null;
  if (textAt(action, "action_id") === OPEN) return { kind: "nothing" };
  const value = carriedBy(textAt(action, "value"));
  const team = textAt(data, "user", "team_id") ?? textAt(data, "team", "id");
  const user = textAt(data, "user", "id");
  const channel = textAt(data, "container", "channel_id") ?? textAt(data, "channel", "id");
  const ts = textAt(data, "container", "message_ts") ?? textAt(data, "message", "ts");
  return value && team && user && channel && ts
    ? { kind: "press", press: { value, team, user, message: { channel, ts } } }
    : { kind: "nothing" };
}

export const slackChat: Chat = {
  pressIn,

  addressOf: async ({ team, user }, http) => {
    const [{ team_id: own }, { user: member }] = await Promise.all([
      read(http, "auth.test", {}, Team),
      read(http, "users.info", { user }, Member),
    ]);
    const no = (why: string) => ({ known: false, why }) as const;
    // A shared channel has members of other workspaces, and their addresses are their own administrators' word.
    if (team !== own || member.team_id !== own) return no("you are not a member of this app's own workspace");
    if (member.deleted || member.is_bot) return no("your account is not an active person's");
    if (member.is_restricted || member.is_ultra_restricted) return no("guests cannot decide here");
    if (!member.is_email_confirmed || !member.profile.email) return no("Slack does not vouch for your e-mail address");
    return { known: true, address: member.profile.email.toLowerCase() };
  },

  post: (channel, notice, http) => post(http, "chat.postMessage", { channel, ...contentOf(notice) }, Posted),

  rewrite: async ({ channel, ts }, notice, http) => {
    await post(http, "chat.update", { channel, ts, ...contentOf(notice) }, Posted);
  },

  whisper: async ({ user, message: { channel } }, text, http) => {
    await post(http, "chat.postEphemeral", { channel, user, text: escapeText(text) }, Done);
  },
};
