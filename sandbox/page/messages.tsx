// The chat's side of the page: each channel that has messages, newest first, with what can be pressed under them.
import type { Element, Message } from "../slack/message.ts";
import type { View } from "./view.ts";
import { When } from "./when.tsx";

export function Channels({ channels }: { channels: View["channels"] }) {
  return (
    <section aria-labelledby="slack">
      <h2 id="slack">Slack</h2>
      {channels.length === 0 ? <p class="empty">No messages yet.</p> : null}
      {channels.map(({ channel, messages }) => (
        <section class="channel" aria-labelledby={channel.id}>
          <h3 id={channel.id}>
            #{channel.name} <code>{channel.id}</code>
          </h3>
          <ul>
            {messages.map((message) => (
              <li class={message.thread_ts ? "message reply" : "message"}>
                <p class="said">
                  <strong>Interlock</strong> <When at={new Date(Number(message.ts) * 1000).toISOString()} />
                  {message.thread_ts ? <span class="mark">reply</span> : null}
                  {message.edited ? <span class="mark">edited</span> : null}
                </p>
                {wordsOf(message).map((words) => (
                  <p class="text">{words}</p>
                ))}
                <Buttons message={message} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </section>
  );
}

/** Shown, not offered: a press goes through POST /control/slack/press. */
function Buttons({ message }: { message: Message }) {
  const buttons = (message.blocks ?? []).flatMap(({ elements, accessory }) => [...(elements ?? []), ...(accessory ? [accessory] : [])]);
  const labelled = buttons.filter(({ action_id }) => action_id);
  if (labelled.length === 0) return null;
  return (
    <p class="buttons">
      {labelled.map((button) => (
        <span class="button">
          {labelOf(button)} <code>{button.action_id}</code>
        </span>
      ))}
    </p>
  );
}

function wordsOf({ text, blocks }: Message): string[] {
  const inBlocks = (blocks ?? []).map((block) => textOf((block as { text?: unknown }).text)).filter((words) => words !== "");
  return inBlocks.length > 0 ? inBlocks : [text];
}

function labelOf({ text, action_id }: Element): string {
  return textOf(text) || (action_id ?? "");
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  const { text } = (value ?? {}) as { text?: unknown };
  return typeof text === "string" ? text : "";
}
