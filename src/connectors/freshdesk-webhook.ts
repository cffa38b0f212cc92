// Freshdesk's deliveries: an automation rule's "Trigger webhook", with Simple content ({"freshdesk_webhook": {…}}) or with content that the rule's author wrote.
// Freshdesk signs nothing and numbers nothing: a secret in a header (or as a password) is all that proves who sent it, and the body's digest is all that tells two
// deliveries apart. So only the ticket's number is used of it, as digits; what matters is read back from the API.
import type { Json } from "../core/json.ts";
import { parseRfc3339 } from "../core/rfc3339.ts";
import { at, digitsAt, readJson, textAt } from "./payload.ts";
import type { Parsed, SecretScheme, WebhookDeclaration, WebhookRequest } from "./webhook.ts";

const DOCS = "https://support.freshdesk.com/support/solutions/articles/132589-using-webhooks-in-automation-rules";

/** Freshdesk states no limit; as for Zendesk, whose rules send the same things. */
const MAX_BYTES = 256 * 1024;

/** "{ticket_action:created}" for a new ticket; everything else ("{status:{from:2,to:4}}") is a change. Without it nobody can tell. */
function typeOf(content: Json | undefined): string {
  const event = textAt(content, "triggered_event");
  if (event === null) return "rule";
  return /^\{?\s*ticket_action\s*:\s*created\s*\}?$/i.test(event) ? "ticket.created" : "ticket.updated";
}

function parse(request: WebhookRequest, receivedAt: number): Parsed {
  if (request.body.length === 0) return { kind: "unparsable", reason: "The delivery has no payload" };
  const read = readJson(request.body);
  // Placeholders are not escaped: a quotation mark in a subject breaks the JSON that a rule's author wrote.
  if (!read.ok) return { kind: "unparsable", reason: `${read.reason}. Let the rule send JSON, with the ticket's number and no free text` };
  const content = at(read.value, "freshdesk_webhook") ?? read.value;
  const subject = digitsAt(content, "ticket_id");
  if (!subject) return { kind: "unparsable", reason: "The payload names no ticket_id in digits" };
  // Where the rule's author wrote it: whoever did what the rule acted on.
  const performer = digitsAt(content, "performer_id");
  return {
    kind: "event",
    deliveryKey: null,
    ...(performer === null ? {} : { actors: [performer] }),
    type: typeOf(content),
    subject,
    time: parseRfc3339(textAt(content, "updated_at") ?? "") ?? receivedAt,
    data: read.value,
  };
}

const declared = (carried: SecretScheme["carried"]): WebhookDeclaration => ({
  docs: DOCS,
  maxBytes: MAX_BYTES,
  scheme: { kind: "shared-secret", carried },
  parse,
});

/** `header`: a custom header of the rule. `basic`: the rule's "Requires authentication". `basicKey`: the same with the secret as its API key. */
export const freshdeskWebhooks = {
  header: declared({ in: "header", header: "x-webhook-secret" }),
  basic: declared({ in: "basic", user: "freshdesk" }),
  basicKey: declared({ in: "basic", secretIs: "user" }),
} as const satisfies Record<string, WebhookDeclaration>;
