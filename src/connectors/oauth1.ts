// OAuth 1.0a (RFC 5849) for whoever still has it: Magento's integrations, NetSuite's token-based authentication. Pure: a request, a credential and a stamp in, a header out.
// A JSON body is not under the signature, a form is; the realm is in the header and not under the signature. It must not decide which method a vendor takes.
// Sequence: the parameters of the query, the form and the protocol, each encoded and then sorted -> the base string -> its MAC -> the header.
import { hmacSha1, hmacSha256 } from "../core/crypto.ts";
import type { SignableRequest } from "./auth.ts";

export interface OAuth1Credential {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly token: string;
  readonly tokenSecret: string;
}

export type OAuth1Method = "HMAC-SHA256" | "HMAC-SHA1";

export interface OAuth1Stamp {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Never used before with this timestamp: another one for a retry. */
  readonly nonce: string;
}

/** RFC 3986's unreserved characters stay; encodeURIComponent leaves five more. */
export const percentEncode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

const FORM = /^application\/x-www-form-urlencoded\s*(;|$)/i;

type Parameter = readonly [name: string, value: string];

/** Of a query or a form (section 3.4.1.3.1): "+" is a space, a name without "=" has an empty value, what is no encoding stays as it is. */
function parametersOf(text: string): Parameter[] {
  const decode = (part: string): string => {
    const spaced = part.replaceAll("+", " ");
    try {
      return decodeURIComponent(spaced);
    } catch {
      return spaced;
    }
  };
  return text
    .split("&")
    .filter((piece) => piece !== "")
    .map((piece) => {
      const equals = piece.indexOf("=");
      return equals < 0 ? [decode(piece), ""] : [decode(piece.slice(0, equals)), decode(piece.slice(equals + 1))];
    });
}

const inOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Section 3.4.1. `protocol`: the oauth_ parameters without the signature. */
export function oauth1BaseString({ method, url, body, contentType }: SignableRequest, protocol: Readonly<Record<string, string>>): string {
  const { protocol: scheme, host, pathname } = new URL(url);
  const [, query = ""] = /^[^?#]*\?([^#]*)/.exec(url) ?? [];
  const form = contentType !== null && FORM.test(contentType) ? parametersOf(body) : [];
  const parameters = [...parametersOf(query), ...form, ...Object.entries(protocol)]
    .map(([name, value]): Parameter => [percentEncode(name), percentEncode(value)])
    .sort(([nameA, valueA], [nameB, valueB]) => inOrder(nameA, nameB) || inOrder(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`);
  return [method.toUpperCase(), `${scheme}//${host}${pathname}`, parameters.join("&")].map(percentEncode).join("&");
}

/** Section 3.4.2, and the same with SHA-256. As base64. */
export function oauth1Signature(
  method: OAuth1Method,
  base: string,
  secrets: Pick<OAuth1Credential, "consumerSecret" | "tokenSecret">,
): string {
  const key = `${percentEncode(secrets.consumerSecret)}&${percentEncode(secrets.tokenSecret)}`;
  return Buffer.from(method === "HMAC-SHA256" ? hmacSha256(key, [base]) : hmacSha1(key, base)).toString("base64");
}

/** The Authorization header (section 3.5.1). `realm`: NetSuite's account. */
export function oauth1Header(
  request: SignableRequest,
  credential: OAuth1Credential,
  { now, nonce }: OAuth1Stamp,
  { method, realm }: { readonly method: OAuth1Method; readonly realm?: string },
): string {
  const protocol = {
    oauth_consumer_key: credential.consumerKey,
    oauth_nonce: nonce,
    oauth_signature_method: method,
    oauth_timestamp: String(Math.floor(now / 1_000)),
    oauth_token: credential.token,
    oauth_version: "1.0",
  };
  const signature = oauth1Signature(method, oauth1BaseString(request, protocol), credential);
  const parts = [...(realm === undefined ? [] : [["realm", realm]]), ...Object.entries({ ...protocol, oauth_signature: signature })];
  return `OAuth ${parts.map(([name = "", value = ""]) => `${name}="${percentEncode(value)}"`).join(", ")}`;
}
