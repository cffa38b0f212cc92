// Blocks of a Slack message as a workflow gives them, and as Slack keeps them: with ids and defaults of its own. Their text must be plain_text, because Slack reads
// markup in every other kind, and a model's words could then name people or hide a link.
import * as z from "zod";
import { type Json, type JsonObject, sameJson } from "../core/json.ts";

/** https://docs.slack.dev/reference/block-kit/blocks: 50 in a message. */
const MOST = 50;
const MARKUP = ["mrkdwn", "markdown", "rich_text"];

export const Blocks = z
  .array(z.record(z.string(), z.json()))
  .min(1)
  .max(MOST)
  .refine((blocks) => !hasMarkup(blocks), "Text in blocks is plain_text: mrkdwn, markdown and rich_text can name people");
export type Blocks = z.infer<typeof Blocks>;

function hasMarkup(value: Json): boolean {
  if (Array.isArray(value)) return value.some(hasMarkup);
  if (value === null || typeof value !== "object") return false;
  const { type } = value as JsonObject;
  return MARKUP.some((kind) => kind === type) || Object.values(value).some(hasMarkup);
}

/** Ours, where what Slack keeps is ours but for what it adds; otherwise what it keeps. */
export const asGiven = (kept: readonly JsonObject[], ours: Blocks): Json => (sameJson(bare(kept), bare(ours)) ? ours : kept);

/** Slack draws one of these itself for a text without blocks. */
export const drawnByUs = (kept: readonly JsonObject[]): boolean => kept.some(({ type }) => type !== "rich_text");

const ADDED = ["block_id", "emoji", "verbatim"];

function bare(value: Json): Json {
  if (Array.isArray(value)) return value.map(bare);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !ADDED.includes(name))
      .map(([name, member]) => [name, bare(member)]),
  );
}
