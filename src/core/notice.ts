// What a chat is told about an approval: plain text only, and no more than may stand in a channel. Each chat gives it its own form.

/** Why it is told: the first time, when a reminder is due, when others are asked as well. */
export type NoticeKind = "asked" | "reminded" | "escalated";

export interface Notice {
  readonly title: string;
  readonly lines: readonly string[];
  /** The page where everything is, and where it can be decided. */
  readonly link: string;
  /** What a button decides, where one press is enough; null where a person has to open the page first. */
  readonly approve: PressedValue | null;
}

/** What a button carries: which approval, and the digest of exactly what was asked. */
export interface PressedValue {
  readonly approval: string;
  readonly digest: string;
}

/** A button of ours that somebody pressed, as the chat's signed message says it. */
export interface Press {
  readonly value: PressedValue;
  /** Ids of the chat: the workspace that the presser belongs to, and the presser. */
  readonly team: string;
  readonly user: string;
  /** The presser's id in the directory behind the chat, where a press says one. */
  readonly directoryId?: string;
  readonly message: PostedNotice;
}

/** Where a message stands. */
export interface PostedNotice {
  readonly channel: string;
  readonly ts: string;
}
