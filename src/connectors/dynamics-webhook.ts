// Dataverse's webhooks (service endpoints): a plug-in step's whole context as JSON, with a key in a header or in the address. Nothing is signed, and Dataverse tries once more at
// the most: a delivery says which record to read, and polling is what finds the ones that never came.
import type { Json } from "../core/json.ts";
import { at, digitsAt, readJson, textAt } from "./payload.ts";
import type { Parsed, SecretScheme, WebhookDeclaration, WebhookRequest } from "./webhook.ts";

/** Above 256 KB Dataverse leaves out the images and the parameters by itself; headroom for how it counts. */
const MAX_BYTES = 512 * 1024;

/** "/Date(1506409448000-0700)/": the offset is for showing only. */
const DATE = /^\/Date\((-?[0-9]{1,15})(?:[+-][0-9]{4})?\)\/$/;

const NAME = /^[A-Za-z][A-Za-z0-9_]{0,127}$/;

function instantOf(text: string | null): number | null {
  const ms = DATE.exec(text ?? "")?.[1];
  return ms === undefined ? null : Number(ms);
}

/** organisation, step, operation: one operation may fire several steps, and is repeated under the same three. */
function identityOf(context: Json): string | null {
  const parts = [textAt(context, "OrganizationId"), textAt(context, "OwningExtension", "Id"), textAt(context, "OperationId")];
  return parts.includes(null) ? null : parts.join("/");
}

function parse({ body, headers }: WebhookRequest, receivedAt: number): Parsed {
  const deliveryKey = headers.get("x-ms-correlation-request-id");
  const read = readJson(body);
  if (!read.ok) return { kind: "unparsable", reason: read.reason, deliveryKey };
  const context = read.value;
  const entity = textAt(context, "PrimaryEntityName") ?? "";
  const message = textAt(context, "MessageName") ?? "";
  const record = textAt(context, "PrimaryEntityId");
  const identity = identityOf(context);
  if (!NAME.test(entity) || !NAME.test(message) || record === null || identity === null)
    return {
      kind: "unparsable",
      reason: "The context names no record, message or operation: OperationId is empty in a synchronous step",
      deliveryKey,
    };
  // What a plug-in or a flow of theirs did because of a change; our own writes set them off too.
  const depth = Number(digitsAt(context, "Depth") ?? 1);
  if (depth > 1) return { kind: "ignored", reason: `Caused by another step (depth ${depth})`, deliveryKey };
  const user = textAt(context, "InitiatingUserId");
  return {
    kind: "event",
    deliveryKey,
    signedId: identity,
    ...(user === null ? {} : { actors: [user] }),
    type: `${entity.toLowerCase()}.${message.toLowerCase()}`,
    subject: record,
    time: instantOf(textAt(context, "OperationCreatedOn")) ?? receivedAt,
    data: at(context) ?? null,
  };
}

/** The name of a header or parameter is free in Dataverse; these are the ones that Interlock asks for. */
export const dynamicsWebhook = (carried: SecretScheme["carried"]): WebhookDeclaration => ({
  docs: "https://learn.microsoft.com/power-apps/developer/data-platform/use-webhooks",
  maxBytes: MAX_BYTES,
  scheme: { kind: "shared-secret", carried, keptHeaders: ["x-ms-correlation-request-id"] },
  bodyRequired: true,
  parse,
});

export const dynamicsWebhooks = {
  "http-header": dynamicsWebhook({ in: "header", header: "x-interlock-key" }),
  "webhook-key": dynamicsWebhook({ in: "query", parameter: "code" }),
  "http-query-string": dynamicsWebhook({ in: "query", parameter: "key" }),
} as const;
