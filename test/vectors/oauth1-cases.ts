// Cases about OAuth 1.0a by itself, without a connector: what is under the signature, the signature, and the header that carries both.
import * as z from "zod";
import { oauth1BaseString, oauth1Header, oauth1Signature } from "../../src/connectors/oauth1.ts";
import type { CaseResult } from "./cases.ts";

const Case = z.object({
  secrets: z.record(z.string(), z.string()),
  realm: z.string().optional(),
  method: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  why: z.string(),
  expect: z.object({
    base_string: z.string().optional(),
    signature: z.string().optional(),
    authorization: z.string().optional(),
    correct_signature: z.string().optional(),
    signature_must_not_equal: z.string().optional(),
  }),
});
type Case = z.infer<typeof Case>;

/** A case states the protocol's parameters nowhere but in what they became. */
function protocolIn(base: string): Record<string, string> {
  const [, , parameters = ""] = base.split("&").map(decodeURIComponent);
  const pairs = parameters.split("&").map((pair) => pair.split("=").map(decodeURIComponent));
  return Object.fromEntries(pairs.filter(([name]) => name?.startsWith("oauth_")));
}

/** The order of a header's parameters means nothing. */
const sorted = (header: string): string =>
  header
    .replace(/^OAuth /, "")
    .split(", ")
    .sort()
    .join(", ");

const signatureIn = (header: string): string => decodeURIComponent(/oauth_signature="([^"]*)"/.exec(header)?.[1] ?? "");

function wrongIn({ secrets, realm, method, url, headers, body, expect }: Case): string | null {
  const request = { method, url, body, contentType: headers["content-type"] ?? null };
  const { consumer_key = "", consumer_secret = "", token_id = "", token_secret = "", nonce = "", timestamp = "" } = secrets;
  const credential = { consumerKey: consumer_key, consumerSecret: consumer_secret, token: token_id, tokenSecret: token_secret };
  if (expect.base_string !== undefined) {
    const protocol = protocolIn(expect.base_string);
    const base = oauth1BaseString(request, protocol);
    if (base !== expect.base_string) return `base string ${base}`;
    const hash = protocol.oauth_signature_method === "HMAC-SHA1" ? "HMAC-SHA1" : "HMAC-SHA256";
    const signature = oauth1Signature(hash, base, credential);
    if (expect.signature !== undefined && signature !== expect.signature) return `signature ${signature}`;
  }
  const stamp = { now: Number(timestamp) * 1_000, nonce };
  const header = oauth1Header(request, credential, stamp, { method: "HMAC-SHA256", ...(realm === undefined ? {} : { realm }) });
  if (expect.authorization !== undefined && sorted(header) !== sorted(expect.authorization)) return header;
  const right = expect.correct_signature;
  if (right !== undefined && (signatureIn(header) !== right || right === expect.signature_must_not_equal)) return header;
  return null;
}

/** Null for a case of another form. */
export function runOAuth1(raw: unknown, id: string): CaseResult | null {
  const read = Case.safeParse(raw);
  if (!read.success) return null;
  const { expect, method, why } = read.data;
  const named = `${id} (${why})`;
  if (method === "SOAP") return { id: named, outcome: "not run", detail: "SOAP has a base string of its own" };
  if (expect.base_string === undefined && expect.correct_signature === undefined)
    return { id: named, outcome: "not run", detail: "what a system answers is not the signer's" };
  const wrong = wrongIn(read.data);
  return wrong === null ? { id: named, outcome: "passed", detail: "" } : { id: named, outcome: "failed", detail: `got ${wrong}` };
}
