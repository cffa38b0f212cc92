// A message as Slack keeps it, and whether what a caller sent can become one. Pure. The errors are the vendor's codes.
import { APP_ID, BOT_ID, BOT_USER, TEAM_ID } from "./directory.ts";

export interface Message {
  type: "message";
  user: string;
  bot_id: string;
  app_id: string;
  team: string;
  ts: string;
  text: string;
  blocks?: Block[];
  attachments?: unknown[];
  metadata?: Metadata;
  thread_ts?: string;
  parent_user_id?: string;
  edited?: { user: string; ts: string };
}

export interface Block {
  type: string;
  block_id?: string;
  elements?: Element[];
  accessory?: Element;
}

export interface Element {
  type: string;
  action_id?: string;
  value?: string;
  text?: unknown;
  style?: string;
}

export interface Metadata {
  event_type: string;
  event_payload: object;
}

export type Content = Pick<Message, "text" | "blocks" | "attachments" | "metadata">;
export type SlackError = { ok: false; error: string; response_metadata?: { messages: string[] } };

const BLOCK_TYPES = ["actions", "context", "divider", "header", "image", "input", "markdown", "rich_text", "section", "table", "video"];
const MOST_BLOCKS = 50;
const LONGEST_TEXT = 40_000;

/** Text, blocks and metadata out of a call's arguments; a form gives the structured ones as JSON text. */
export function readContent(args: Record<string, unknown>): { ok: true; content: Content } | SlackError {
  const blocks = structured(args.blocks);
  const attachments = structured(args.attachments);
  const metadata = structured(args.metadata);
  const text = typeof args.text === "string" ? args.text : "";
  if (blocks !== undefined && !Array.isArray(blocks)) return no("invalid_blocks_format");
  const problems = blockProblems((blocks as unknown[] | undefined) ?? []);
  if (problems.length > 0) return { ...no("invalid_blocks"), response_metadata: { messages: problems } };
  if (metadata !== undefined && !isMetadata(metadata)) return no("invalid_metadata_format");
  if (text.length > LONGEST_TEXT) return no("msg_too_long");
  const content: Content = { text };
  if (Array.isArray(blocks)) content.blocks = blocks.map(named);
  if (Array.isArray(attachments)) content.attachments = attachments;
  if (isMetadata(metadata)) content.metadata = metadata;
  return { ok: true, content };
}

export function hasContent({ text, blocks, attachments }: Content): boolean {
  return text !== "" || (blocks?.length ?? 0) > 0 || (attachments?.length ?? 0) > 0;
}

export function botMessage(content: Content, ts: string, threadTs: string | undefined): Message {
  const thread = threadTs === undefined ? {} : { thread_ts: threadTs, parent_user_id: BOT_USER };
  return { type: "message", user: BOT_USER, bot_id: BOT_ID, app_id: APP_ID, team: TEAM_ID, ts, ...content, ...thread };
}

/** The element with this action, wherever it stands in a message, and the block it stands in. */
export function findAction(message: Message, actionId: string): { block: Block; element: Element } | null {
  for (const block of message.blocks ?? []) {
    for (const element of [...(block.elements ?? []), ...(block.accessory ? [block.accessory] : [])]) {
      if (element.action_id === actionId) return { block, element };
    }
  }
  return null;
}

export function no(error: string): SlackError {
  return { ok: false, error };
}

/** Blocks that came without an id get one, as at the vendor: a press names its block. */
function named(block: unknown, index: number): Block {
  return { block_id: `b${index + 1}`, ...(block as Block) };
}

function blockProblems(blocks: unknown[]): string[] {
  if (blocks.length > MOST_BLOCKS) return [`[ERROR] no more than ${MOST_BLOCKS} items allowed [json-pointer:/blocks]`];
  return blocks.flatMap((block, index) => {
    const type = (block as { type?: unknown } | null)?.type;
    if (type === undefined) return [`[ERROR] missing required field: type [json-pointer:/blocks/${index}/type]`];
    return BLOCK_TYPES.some((known) => known === type) ? [] : [`[ERROR] unsupported type: ${type} [json-pointer:/blocks/${index}/type]`];
  });
}

function isMetadata(value: unknown): value is Metadata {
  const { event_type, event_payload } = (value ?? {}) as { event_type?: unknown; event_payload?: unknown };
  return typeof event_type === "string" && typeof event_payload === "object" && event_payload !== null;
}

function structured(value: unknown): unknown {
  if (typeof value !== "string") return value ?? undefined;
  if (value === "") return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
