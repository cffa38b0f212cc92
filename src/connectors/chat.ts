// What a chat has to offer so that people can be told of approvals in it and answer there: one adapter per system, and the same operation behind all of them. An
// adapter reads and writes messages; it does not know who may decide, and believes of a press only what the chat itself has signed or answers over its API.
import type { Json } from "../core/json.ts";
import type { Notice, PostedNotice, Press } from "../core/notice.ts";
import type { Http } from "./define.ts";
import type { HandshakeAnswer } from "./webhook.ts";

export interface Chat {
  /** A delivery that the connection's webhook has found authentic. nothing: a button of ours that decides nothing. Null: none of ours. */
  readonly pressIn: (data: Json) => { readonly kind: "press"; readonly press: Press } | { readonly kind: "nothing" } | null;
  /** The presser's address in small letters, where the chat vouches for it: a full and active member of our own workspace. Otherwise who cannot be told, in words. */
  readonly addressOf: (
    press: Press,
    http: Http,
  ) => Promise<{ readonly known: true; readonly address: string } | { readonly known: false; readonly why: string }>;
  readonly post: (channel: string, notice: Notice, http: Http) => Promise<PostedNotice>;
  readonly rewrite: (posted: PostedNotice, notice: Notice, http: Http) => Promise<void>;
  /** For the presser's eyes only. */
  readonly whisper: (press: Press, text: string, http: Http) => Promise<void>;
  /** For a chat that shows the presser the answer to the press itself, and takes a press without one for failed. */
  readonly answer?: (text: string) => HandshakeAnswer;
}
