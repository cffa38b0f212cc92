// Approvals in Microsoft Teams: an Adaptive Card with two buttons, and what a press of one says. The press comes with the Bot Framework's token; who the presser is, is
// asked of Teams with our own token: the member of that conversation with the presser's id has to be of our own organisation, and its address is the answer's.
// What a press came to is said in the answer to the press, to the presser alone; when that is too late, in the bot's chat with them.
import * as z from "zod";
import type { Json, JsonObject } from "../core/json.ts";
import type { Notice } from "../core/notice.ts";
import type { Chat } from "./chat.ts";
import { at, textAt } from "./payload.ts";
import { beginThread, type Member, openChat, readMember, replaceActivity, sendActivity } from "./teams-api.ts";
import { invokeAnswer, tenantOf } from "./teams-webhook.ts";

const APPROVE = "interlock.approve";

const Value = z.object({ approval: z.string().min(1), digest: z.string().min(1) });

/** TextRun and not TextBlock: a TextBlock reads Markdown. */
const line = (text: string, style: JsonObject = {}): JsonObject => ({
  type: "RichTextBlock",
  inlines: [{ type: "TextRun", text, ...style }],
});

/** `summary` is what a notification shows. Buttons that a client does not know are left out by it: "Open" is known to all. */
function activityOf({ title, lines, link, approve }: Notice): JsonObject {
  const open: JsonObject = { type: "Action.OpenUrl", title: "Open", url: link };
  const button: JsonObject[] = approve ? [{ type: "Action.Execute", title: "Approve", verb: APPROVE, data: { ...approve } }] : [];
  const card: JsonObject = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    body: [line(title, { weight: "Bolder", size: "Medium" }), ...lines.map((text) => line(text))],
    actions: [...button, open],
  };
  return {
    type: "message",
    summary: title,
    attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", content: card }],
  };
}

function pressIn(activity: Json): ReturnType<Chat["pressIn"]> {
  if (textAt(activity, "type") !== "invoke" || textAt(activity, "name") !== "adaptiveCard/action") return null;
  if (textAt(activity, "value", "action", "verb") !== APPROVE) return null;
  const value = Value.safeParse(at(activity, "value", "action", "data"));
  const team = tenantOf(activity);
  const user = textAt(activity, "from", "id");
  const directoryId = textAt(activity, "from", "aadObjectId");
  const channel = textAt(activity, "conversation", "id");
  const ts = textAt(activity, "replyToId");
  return value.success && team && user && directoryId && channel && ts
    ? { kind: "press", press: { value: value.data, team, user, directoryId, message: { channel, ts } } }
    : { kind: "nothing" };
}

/** A guest's name to sign in with has "#EXT#" in it; who has neither that name nor a role is nobody that Teams vouches for. */
const isFull = ({ userRole, userPrincipalName }: Member): boolean =>
  (userRole ? userRole === "user" : Boolean(userPrincipalName)) && !userPrincipalName?.includes("#EXT#");

export const teamsChat: Chat = {
  pressIn,

  addressOf: async ({ team, user, directoryId, message: { channel } }, http) => {
    const no = (why: string) => ({ known: false, why }) as const;
    const own = http.settings.tenantId;
    if (own === undefined) return no("this connection does not say which organisation is ours (setting tenantId)");
    const member = await readMember(channel, user, http);
    if (team !== own || member.tenantId !== own) return no("you are not a member of this bot's own organisation");
    if (member.aadObjectId === null || member.aadObjectId !== directoryId) return no("Teams does not know you by the account that pressed");
    if (!isFull(member)) return no("guests cannot decide here");
    if (!member.email) return no("Teams gives no e-mail address for you");
    return { known: true, address: member.email.toLowerCase() };
  },

  post: async (channel, notice, http) => {
    const { conversation, activity } = await beginThread(channel, activityOf(notice), http);
    return { channel: conversation, ts: activity };
  },

  rewrite: ({ channel, ts }, notice, http) => replaceActivity({ conversation: channel, activity: ts }, activityOf(notice), http),

  whisper: async ({ user, team }, text, http) => {
    const conversation = await openChat(user, team, http);
    await sendActivity(conversation, { type: "message", text, textFormat: "plain" }, http);
  },

  answer: invokeAnswer,
};
