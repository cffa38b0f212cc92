// Where this deployment tells people of approvals: a chat, a channel in it, and the console's own address for links. Null where it names none, or where one of the
// bindings is empty: then nothing is posted, and no press of a button decides anything.
import { openConnection } from "../connections.ts";
import type { Chat } from "../connectors/chat.ts";
import type { Http } from "../connectors/define.ts";
import { bindingOf } from "../deployment.ts";
import type { Context } from "./context.ts";

export interface NoticePlace {
  readonly connection: string;
  readonly chat: Chat;
  readonly http: Http;
  readonly channel: string;
  readonly linkTo: (approvalId: string) => string;
}

export function noticePlace({ env, deployment }: Pick<Context, "env" | "deployment">): NoticePlace | null {
  const { notices, connections } = deployment;
  const connection = notices && connections[notices.connection];
  const chat = connection?.connector.chat;
  if (!notices || !connection || !chat) return null;
  const [channel, address] = [bindingOf(env, notices.channel), bindingOf(env, notices.console)];
  if (!channel || !address || !bindingOf(env, connection.baseUrl) || !(connection.credential && bindingOf(env, connection.credential)))
    return null;
  const http = openConnection(env, deployment, notices.connection);
  const linkTo = (approvalId: string) => `${address.replace(/\/+$/, "")}/approvals/${encodeURIComponent(approvalId)}`;
  return { connection: notices.connection, chat, http, channel, linkTo };
}
