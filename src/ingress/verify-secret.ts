// Does a delivery repeat the connection's secret? For systems that sign nothing: it says who sent it, as far as the secret is kept, and nothing about the body.
// It never throws on what a sender can send. Secrets are compared by their digests, so that neither a length nor a common beginning shows in the time taken.
// Sequence: a secret is configured, headers are there and single, their syntax, the secret.
import { Buffer } from "node:buffer";
import type { SecretScheme, Verdict, WebhookRequest } from "../connectors/webhook.ts";
import { constantTimeEqual, sha256Hex } from "../core/crypto.ts";
import { type Expected, presentOnce, reject } from "./expected.ts";

type Claim = { readonly ok: true; readonly secret: string; readonly user?: string } | (Verdict & { readonly ok: false });

const AUTHORIZATION = "authorization";
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const same = (a: string, b: string): boolean => constantTimeEqual(Buffer.from(sha256Hex(a)), Buffer.from(sha256Hex(b)));

/** In which header the secret travels; null for the address. */
export const secretHeader = ({ carried }: SecretScheme): string | null =>
  carried.in === "header" ? carried.header : carried.in === "basic" || carried.in === "bearer" ? AUTHORIZATION : null;

/** In which parameter of the address it travels, or may. */
const secretParameter = ({ carried }: SecretScheme): string | undefined =>
  carried.in === "query" || carried.in === "bearer" ? carried.parameter : undefined;

export function verifySecret(scheme: SecretScheme, secrets: readonly string[], request: WebhookRequest, expected: Expected = {}): Verdict {
  const configured = secrets.filter((secret) => secret.trim() !== "");
  if (configured.length === 0) return reject("no_secret_configured");

  const elsewhere = scheme.carried.in === "bearer" && scheme.carried.parameter !== undefined && !request.headers.get(AUTHORIZATION);
  const header = elsewhere ? null : secretHeader(scheme);
  const present = presentOnce(request, { ...expected, required: [...(header ? [header] : []), ...(expected.required ?? [])] });
  if (!present.ok) return present;
  const claim = claimOf(scheme, request);
  if (!claim.ok) return claim;

  const { carried } = scheme;
  // Every secret is compared, so that the time taken does not tell which of two is in use.
  let authentic = false;
  for (const secret of configured) authentic = same(claim.secret, secret) || authentic;
  const known = carried.in !== "basic" || carried.user === undefined || same(claim.user ?? "", carried.user);
  return authentic && known ? { ok: true } : reject("bad_signature");
}

function claimOf({ carried }: SecretScheme, request: WebhookRequest): Claim {
  switch (carried.in) {
    case "header":
      return { ok: true, secret: request.headers.get(carried.header) ?? "" };
    case "path": {
      const secret = secretInPath(request.url);
      return secret === "" ? reject("missing_header", "path") : { ok: true, secret };
    }
    case "query": {
      const secret = parameterOf(request.url, carried.parameter);
      if (secret === null) return reject("duplicate_header", "query");
      return secret === "" ? reject("missing_header", "query") : { ok: true, secret };
    }
    case "bearer":
      return readBearer(request.headers.get(AUTHORIZATION) ?? "", request.url, carried.parameter);
    case "basic": {
      const basic = readBasic(request.headers.get(AUTHORIZATION) ?? "");
      if (!basic.ok || carried.secretIs !== "user") return basic;
      return { ok: true, secret: basic.user ?? "" };
    }
  }
}

/** RFC 7617: user and password, split at the first colon. */
function readBasic(value: string): Claim {
  const [, scheme, credentials] = /^([^\s]+)(?:\s+(.*))?$/.exec(value) ?? [];
  if (scheme?.toLowerCase() !== "basic")
    return reject(credentials === undefined ? "malformed_header" : "unsupported_scheme", AUTHORIZATION);
  if (!credentials || !BASE64.test(credentials)) return reject("malformed_header", AUTHORIZATION);
  const text = Buffer.from(credentials, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 0) return reject("malformed_header", AUTHORIZATION);
  return { ok: true, user: text.slice(0, colon), secret: text.slice(colon + 1) };
}

/** The token alone, or the parameter in its place: a delivery with both does not say which of them counts. */
function readBearer(value: string, url: string, parameter: string | undefined): Claim {
  const inQuery = parameter === undefined ? "" : parameterOf(url, parameter);
  if (inQuery === null || (inQuery !== "" && value !== "")) return reject("duplicate_header", AUTHORIZATION);
  if (inQuery !== "") return { ok: true, secret: inQuery };
  if (value === "") return reject("missing_header", AUTHORIZATION);
  const [, scheme, token] = /^([^\s]+)(?:\s+(\S+))?$/.exec(value) ?? [];
  if (scheme?.toLowerCase() !== "bearer") return reject(token === undefined ? "malformed_header" : "unsupported_scheme", AUTHORIZATION);
  return token === undefined ? reject("malformed_header", AUTHORIZATION) : { ok: true, secret: token };
}

/** Empty where it is not there, null where it is there twice. */
function parameterOf(url: string, parameter: string): string | null {
  const [value = "", ...more] = URL.canParse(url) ? new URL(url).searchParams.getAll(parameter) : [];
  return more.length > 0 ? null : value;
}

/** The address is /hooks/<connection>/<secret>: what two segments only has, has no secret. Empty also for an address that is none. */
function secretInPath(url: string): string {
  if (!URL.canParse(url)) return "";
  const segments = new URL(url).pathname.split("/").slice(1);
  const last = segments.length > 2 ? (segments.at(-1) ?? "") : "";
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** The same delivery without the secret: what reads it further has no use for it, and could only let it out. */
export function withoutSecret(scheme: SecretScheme, request: WebhookRequest): WebhookRequest {
  const headers = new Headers(request.headers);
  const header = secretHeader(scheme);
  if (header !== null) headers.delete(header);
  if (!URL.canParse(request.url)) return { ...request, headers };
  const url = new URL(request.url);
  const parameter = secretParameter(scheme);
  if (parameter !== undefined) url.searchParams.delete(parameter);
  if (scheme.carried.in === "path") url.pathname = url.pathname.slice(0, url.pathname.lastIndexOf("/"));
  return { ...request, headers, url: url.href };
}
