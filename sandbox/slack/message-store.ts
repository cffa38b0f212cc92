// Messages in SQLite, each row the message as the API answers it. A message's ts is its name: seconds and microseconds, never twice the
// same, so that order by text is order by time. Reply counts are counted when asked for, not kept.
import type { Message } from "./message.ts";

export interface Range {
  oldest?: string | undefined;
  latest?: string | undefined;
  inclusive: boolean;
  limit: number;
}

type Row = { doc: string };

export class MessageStore {
  readonly #sql: SqlStorage;
  #last = 0;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.load();
  }

  load(): void {
    const row = this.#sql.exec<{ ts: string | null }>("SELECT MAX(ts) AS ts FROM messages").toArray()[0];
    this.#last = row?.ts ? Math.round(Number(row.ts) * 1_000_000) : 0;
  }

  nextTs(now: number): string {
    this.#last = Math.max(now * 1000, this.#last + 1);
    return tsOf(this.#last);
  }

  save(channel: string, message: Message): void {
    this.#sql.exec(
      "INSERT INTO messages VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET doc = excluded.doc",
      channel,
      message.ts,
      message.thread_ts ?? null,
      JSON.stringify(message),
    );
  }

  get(channel: string, ts: string): Message | null {
    const row = this.#sql.exec<Row>("SELECT doc FROM messages WHERE channel = ? AND ts = ?", channel, ts).toArray()[0];
    return row ? (JSON.parse(row.doc) as Message) : null;
  }

  /** What stands in the channel itself, newest first; replies stay in their threads. One more than the limit, to tell whether there is more. */
  history(channel: string, range: Range): Message[] {
    const [from, to] = bounds(range);
    const rows = this.#sql.exec<Row>(
      "SELECT doc FROM messages WHERE channel = ? AND thread_ts IS NULL AND ts > ? AND ts < ? ORDER BY ts DESC LIMIT ?",
      channel,
      from,
      to,
      range.limit + 1,
    );
    return [...rows].map((row) => this.#withReplies(channel, JSON.parse(row.doc) as Message));
  }

  /** A thread, oldest first, its root included. */
  thread(channel: string, root: Message, range: Range): Message[] {
    const [from, to] = bounds(range);
    const rows = this.#sql.exec<Row>(
      "SELECT doc FROM messages WHERE channel = ? AND thread_ts = ? AND ts > ? AND ts < ? ORDER BY ts LIMIT ?",
      channel,
      root.ts,
      from,
      to,
      range.limit + 1,
    );
    return [this.#withReplies(channel, root), ...[...rows].map((row) => JSON.parse(row.doc) as Message)];
  }

  all(): Record<string, Message[]> {
    const byChannel: Record<string, Message[]> = {};
    for (const { channel, doc } of this.#sql.exec<{ channel: string; doc: string }>(
      "SELECT channel, doc FROM messages ORDER BY channel, ts",
    )) {
      byChannel[channel] ??= [];
      byChannel[channel].push(JSON.parse(doc) as Message);
    }
    return byChannel;
  }

  /** The last few of a channel, replies among them, newest first. */
  recent(channel: string, limit: number): Message[] {
    const rows = this.#sql.exec<Row>("SELECT doc FROM messages WHERE channel = ? ORDER BY ts DESC LIMIT ?", channel, limit);
    return [...rows].map((row) => JSON.parse(row.doc) as Message);
  }

  #withReplies(channel: string, message: Message): Message {
    const row = this.#sql
      .exec<{ replies: number; latest: string | null }>(
        "SELECT COUNT(*) AS replies, MAX(ts) AS latest FROM messages WHERE channel = ? AND thread_ts = ?",
        channel,
        message.ts,
      )
      .one();
    if (row.replies === 0) return message;
    return { ...message, thread_ts: message.ts, ...{ reply_count: row.replies, latest_reply: row.latest } };
  }
}

/** Exclusive bounds; a call that wants them included moves each by a microsecond. */
function bounds({ oldest, latest, inclusive }: Range): [from: string, to: string] {
  const step = inclusive ? 1 : 0;
  const from = oldest === undefined ? "0" : tsOf(Math.round(Number(oldest) * 1_000_000) - step);
  const to = latest === undefined ? "9999999999.999999" : tsOf(Math.round(Number(latest) * 1_000_000) + step);
  return [from, to];
}

function tsOf(microseconds: number): string {
  const seconds = Math.floor(microseconds / 1_000_000);
  return `${seconds}.${String(microseconds % 1_000_000).padStart(6, "0")}`;
}
