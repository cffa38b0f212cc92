// What a signature header claims: the digests it carries in the declared form, or what is wrong with its syntax.
// It does not judge a digest. A digest has exactly one right spelling (lower-case hex; padded, canonical base64), which verify compares as text.
import { Buffer } from "node:buffer";
import type { HmacScheme } from "../connectors/webhook.ts";

type Signature = HmacScheme["signature"];

export type Claims =
  | { readonly ok: true; readonly digests: readonly string[] }
  | { readonly ok: false; readonly reason: "malformed_header" | "duplicate_header" | "unsupported_scheme" };

const no = (reason: "malformed_header" | "duplicate_header" | "unsupported_scheme"): Claims => ({ ok: false, reason });

/** Hex in another alphabet is another encoding. Base64 has no such test: hex, base64url and rubbish are merely not the right digest. */
const HEX = /^[0-9a-f]+$/i;

/** `version,digest` several times. Signatures of other versions are stepped over; two commas in one item are two headers joined by one. */
function readList(value: string, list: NonNullable<Signature["list"]>): Claims {
  const items = value.split(list.separator).filter((item) => item !== "");
  if (items.some((item) => item.indexOf(",") !== item.lastIndexOf(","))) return no("duplicate_header");
  const versioned = items.filter((item) => item.includes(","));
  if (versioned.length === 0) return no("malformed_header");
  const mark = `${list.version},`;
  const digests = versioned.filter((item) => item.startsWith(mark)).map((item) => item.slice(mark.length));
  return digests.length > 0 ? { ok: true, digests } : no("unsupported_scheme");
}

/** An auth-scheme is known in any case (RFC 9110, 11.1). */
const startsWith = (value: string, prefix: string): boolean =>
  prefix.endsWith(" ") ? value.slice(0, prefix.length).toLowerCase() === prefix.toLowerCase() : value.startsWith(prefix);

export function readSignature(signature: Signature, value: string): Claims {
  if (signature.list) return readList(value, signature.list);
  // `fetch` joins repeated headers with a comma; no digest contains one.
  if (value.includes(",")) return no("duplicate_header");
  const prefix = signature.prefix ?? "";
  if (!startsWith(value, prefix)) {
    // The same form under another label (v1= for v0=, sha1= for sha256=, Bearer for HMAC) is a scheme that we do not accept, rather than a broken header.
    const label = prefix.endsWith("=") && /^[a-z0-9]+=(?=[0-9a-f]+$)/i.test(value);
    const authScheme = prefix.endsWith(" ") && /^[a-z0-9!#$%&'*+.^_`|~-]+ +[^ ]/i.test(value);
    return no(label || authScheme ? "unsupported_scheme" : "malformed_header");
  }
  const digest = value.slice(prefix.length);
  if (digest === "" || (signature.encoding === "hex" && !HEX.test(digest))) return no("malformed_header");
  return { ok: true, digests: [digest] };
}

/** The one spelling of a digest under this declaration. */
export const spell = (signature: Signature, mac: Uint8Array): string => Buffer.from(mac).toString(signature.encoding);
