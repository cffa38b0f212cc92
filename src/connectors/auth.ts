// How a call proves who we are, declared by a connector for the credential that a connection has: a header that stays the same, a token that is asked for and expires,
// or a signature over each request. Nothing here keeps a token or calls anything: the connection's object asks for tokens, once for all who wait.
import type { HttpAnswer, HttpRequest } from "./define.ts";

export type Auth =
  /** `name`: the header, in lower case. */
  { readonly kind: "header"; readonly name: string; readonly value: string } | TokenAuth | SignedAuth;

/** A token that expires (OAuth 2.0 and its relatives). */
export interface TokenAuth {
  readonly kind: "token";
  /** The request for a token. `base`: scheme and host, where it is another than the connection's. `kept` is the refresh token of the last answer, where it gave one. */
  readonly request: (context: { readonly kept: string | null; readonly now: number; readonly nonce: string }) => TokenRequest;
  /** `baseUrl`: the connection's, for a system that says with the token where its calls belong. */
  readonly read: (answer: HttpAnswer, now: number, baseUrl: string) => Token;
  /** How the token travels; `authorization: Bearer …` unless it says otherwise. */
  readonly header?: (token: string) => { readonly name: string; readonly value: string };
}

export interface TokenRequest extends Pick<HttpRequest, "method" | "path" | "body" | "content" | "headers"> {
  readonly base?: string;
}

export interface Token {
  readonly value: string;
  /** Epoch milliseconds; null where the vendor does not say: then a 401 tells. */
  readonly expiresAt: number | null;
  /** What the next token is asked for with, where the answer replaced it. It is kept sealed before the token is used: the old one may be void already. */
  readonly refresh?: string;
}

/** Each request is signed by itself (OAuth 1.0a, SigV4). */
export interface SignedAuth {
  readonly kind: "signed";
  readonly sign: (request: SignableRequest, stamp: { readonly now: number; readonly nonce: string }) => Readonly<Record<string, string>>;
}

export interface SignableRequest {
  readonly method: string;
  /** Whole, with its query. */
  readonly url: string;
  readonly body: string;
  readonly contentType: string | null;
}

export const header = (name: string, value: string): Auth => ({ kind: "header", name, value });

export const bearer = (secret: string): Auth => header("authorization", `Bearer ${secret}`);

/** RFC 7617, in UTF-8. */
export const basic = (user: string, password: string): Auth =>
  header("authorization", `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(`${user}:${password}`)))}`);
