// Does what came of a delivery say the same as a vector, whose author had other words for it and perhaps fewer of them?
import type { WebhookDeclaration } from "../../src/connectors/webhook.ts";
import { errorFacts } from "../../src/core/errors.ts";
import type { Received } from "../../src/ingress/receive.ts";
import type { ExpectedResponse } from "./cases.ts";

/** The words that vectors use for our reasons; some vocabularies are coarser than ours. */
export function wordsFor(received: Received, declaration: WebhookDeclaration): readonly string[] {
  if (received.kind === "answer" && received.to === "probe") return ["ssl_check"];
  if (received.kind !== "rejected") return ["ok"];
  const { reason, header } = received;
  const hmac = declaration.scheme.kind === "hmac-sha256" ? declaration.scheme : null;
  const { id, timestamp } = hmac ?? {};
  const part = header === id?.header ? "id" : header === timestamp?.header ? "timestamp" : "signature";
  const aliases: Readonly<Record<string, readonly string[]>> = {
    missing_header: [`missing_${part}`],
    malformed_header: part === "signature" ? ["malformed_signature", "signature_mismatch"] : [`malformed_${part}`, `bad_${part}`],
    duplicate_header: [`duplicate_${part}`, ...(part === "signature" ? ["signature_mismatch"] : [])],
    malformed_timestamp: ["bad_timestamp"],
    stale_timestamp: ["stale"],
    future_timestamp: ["future"],
    unsupported_scheme: ["unsupported_version"],
    bad_signature: ["signature_mismatch"],
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

/** Slack takes the challenge as text or as `{"challenge": ...}`; either proves the same. Otherwise the texts, or the JSON values, are equal. */
function sameBody(expected: unknown, got: string): boolean {
  if (expected === undefined || expected === got) return true;
  const value = typeof expected === "string" ? json(expected) : expected;
  if (value === undefined) return false;
  if ((value as { challenge?: unknown } | null)?.challenge === got) return true;
  const other = json(got);
  return other !== undefined && JSON.stringify(value) === JSON.stringify(other);
}

const mediaType = (header: string | undefined): string | undefined => header?.split(";", 1)[0]?.trim().toLowerCase();

/** A prescribed answer: status, body and, where the same text is expected, its type. Otherwise the status alone; the rest is the HTTP layer's. */
export function answers(expected: ExpectedResponse, received: Received): boolean {
  if (received.kind === "rejected") return expected.body === undefined && expected.status === errorFacts(received.failure.code).status;
  if (received.kind !== "answer") return !expected.body && Math.floor((expected.status ?? 200) / 100) === 2;
  if (expected.status !== undefined && expected.status !== received.status) return false;
  if (!sameBody(expected.body, received.body)) return false;
  const type = Object.entries(expected.headers ?? {}).find(([name]) => name.toLowerCase() === "content-type")?.[1];
  return type === undefined || expected.body !== received.body || mediaType(type) === mediaType(received.contentType);
}

export const describe = (received: Received, words: readonly string[]): string => {
  if (received.kind === "rejected") return `reject ${words[0]}`;
  if (received.kind === "answer") return `answer ${received.status} ${JSON.stringify(received.body)} to a ${received.to}`;
  return `accept (${received.kind}${received.kind === "accepted" ? "" : `: ${received.reason}`}), delivery id ${received.deliveryKey}`;
};
