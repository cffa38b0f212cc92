// Does what came of a delivery say the same as a vector, whose author had other words for it and perhaps fewer of them?
import * as z from "zod";
import type { ParsedEvent, WebhookDeclaration, WebhookRequest } from "../../src/connectors/webhook.ts";
import { sha256Hex } from "../../src/core/crypto.ts";
import { errorFacts } from "../../src/core/errors.ts";
import { sameJson } from "../../src/core/json.ts";
import type { Received } from "../../src/ingress/receive.ts";
import type { ExpectedResponse } from "./cases.ts";

/** The words that vectors use for our reasons; some vocabularies are coarser than ours. */
export function wordsFor(received: Received, declaration: WebhookDeclaration): readonly string[] {
  // A probe that proves nothing is answered with nothing; one that hands over a text has it back.
  if (received.kind === "answer" && received.to === "probe") return received.body === "" ? ["ssl_check"] : ["ok"];
  if (received.kind !== "rejected") return ["ok"];
  const { reason, header } = received;
  const hmac = declaration.scheme.kind === "hmac-sha256" ? declaration.scheme : null;
  const { id, timestamp } = hmac ?? {};
  const part = header === id?.header ? "id" : header === timestamp?.header ? "timestamp" : "signature";
  const aliases: Readonly<Record<string, readonly string[]>> = {
    missing_header: [`missing_${part}`, "missing_key"],
    malformed_header: part === "signature" ? ["malformed_signature", "signature_mismatch"] : [`malformed_${part}`, `bad_${part}`],
    duplicate_header: [`duplicate_${part}`, ...(part === "signature" ? ["signature_mismatch"] : [])],
    malformed_timestamp: ["bad_timestamp"],
    stale_timestamp: ["stale"],
    future_timestamp: ["future"],
    unsupported_scheme: ["unsupported_version"],
    bad_signature: ["signature_mismatch", "bad_key"],
    missing_body: ["empty_body"],
    no_secret_configured: ["no_secret"],
  };
  return [reason, ...(aliases[reason] ?? [])];
}

/** The value of a JSON text, or undefined. */
export const json = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The form of an answer to a press in Teams; which type and value it has, is what the presser is to see. */
const InvokeAnswer = z.strictObject({ statusCode: z.number(), type: z.string(), value: z.unknown() });

/**
 * Slack takes the challenge as text or as `{"challenge": ...}`, and so does Adobe; either proves the same. The answer to a press has the same form and status. Otherwise
 * the texts, or the JSON values, are equal.
 */
function sameBody(expected: unknown, got: string): boolean {
  if (expected === undefined || expected === got) return true;
  const value = typeof expected === "string" ? json(expected) : expected;
  if (value === undefined) return false;
  if ((value as { challenge?: unknown } | null)?.challenge === got) return true;
  const other = json(got);
  const wanted = InvokeAnswer.safeParse(value);
  if (wanted.success) return InvokeAnswer.safeParse(other).data?.statusCode === wanted.data.statusCode;
  return other !== undefined && JSON.stringify(value) === JSON.stringify(other);
}

const mediaType = (header: string | undefined): string | undefined => header?.split(";", 1)[0]?.trim().toLowerCase();

/** A prescribed answer: status, body and, where the same text is expected, its type. Otherwise the status alone; the rest is the HTTP layer's. */
export function answers(expected: ExpectedResponse, received: Received): boolean {
  if (received.kind === "rejected")
    return expected.body === undefined && expected.status === (received.status ?? errorFacts(received.failure.code).status);
  const answer = received.kind === "answer" ? received : received.stored;
  if (!answer) return !expected.body && Math.floor((expected.status ?? 200) / 100) === 2;
  if (expected.status !== undefined && expected.status !== answer.status) return false;
  if (!sameBody(expected.body, answer.body)) return false;
  const type = Object.entries(expected.headers ?? {}).find(([name]) => name.toLowerCase() === "content-type")?.[1];
  return type === undefined || expected.body !== answer.body || mediaType(type) === mediaType(answer.contentType);
}

/** What may be called the key of a delivery: the sender's id of it, and of each of its events the signed id, or the body's digest where that is what it is known by. */
export function keysOf(declaration: WebhookDeclaration, request: WebhookRequest, received: Received, now: number): readonly string[][] {
  if (!("deliveryKey" in received)) return [];
  const parsed = declaration.parse(request, now);
  const events: readonly ParsedEvent[] = parsed.kind === "events" ? parsed.events : parsed.kind === "event" ? [parsed] : [];
  const digest = sha256Hex(request.body);
  const known = (signedId: string | undefined) => (signedId === undefined || signedId === `body ${digest}` ? "sha256(body)" : signedId);
  return [[received.deliveryKey ?? ""], events.map(({ signedId }) => known(signedId))];
}

export const sameKeys = (expected: readonly string[] | number, found: readonly (readonly string[])[]): boolean =>
  typeof expected === "number"
    ? found.some((keys) => new Set(keys).size === expected)
    : found.some((keys) => keys.length === expected.length && keys.every((key, index) => key === expected[index]));

/** Whether what was sealed is, opened, somewhere in an event. */
export function holds(received: Received, sealed: unknown): boolean {
  const within = (value: unknown): boolean =>
    sameJson(value, sealed) || (typeof value === "object" && value !== null && Object.values(value).some(within));
  return received.kind === "accepted" && received.events.some(({ data }) => within(data));
}

export function signedUri({ scheme }: WebhookDeclaration, url: string): string | null {
  const parts = scheme.kind === "hmac-sha256" ? scheme.signed : [];
  for (const part of parts) if (typeof part === "object" && "url" in part) return part.url(url);
  return null;
}

export const describe = (received: Received, words: readonly string[]): string => {
  if (received.kind === "rejected") return `reject ${words[0]}`;
  if (received.kind === "answer") return `answer ${received.status} ${JSON.stringify(received.body)} to a ${received.to}`;
  return `accept (${received.kind}${received.kind === "accepted" ? "" : `: ${received.reason}`}), delivery id ${received.deliveryKey}`;
};
