// Zendesk Support: tickets, comments, users, and records of custom objects. Events come from webhooks (subscribed, or called by triggers and automations) or, where an account
// has none, from the incremental export.
import { defineConnector } from "./define.ts";
import { zendeskAuth, zendeskCredentials } from "./zendesk-auth.ts";
import { zendeskChecks } from "./zendesk-checks.ts";
import { addComment, addNote } from "./zendesk-comments.ts";
import { createTicket } from "./zendesk-create.ts";
import { zendeskUsage } from "./zendesk-limits.ts";
import { getCustomRecord, updateCustomRecord } from "./zendesk-objects.ts";
import { zendeskPolls } from "./zendesk-polls.ts";
import { getTicket, updateTicket } from "./zendesk-tickets.ts";
import { findUser } from "./zendesk-users.ts";
import { zendeskWebhook } from "./zendesk-webhook.ts";

export const zendesk = defineConnector({
  name: "zendesk",
  title: "Zendesk",
  auth: zendeskAuth,
  credentials: zendeskCredentials,
  settings: {
    customObject: { summary: "The key of the custom object that the assessment reads (Admin Center > Objects and rules > Custom objects)" },
  },
  webhooks: { events: zendeskWebhook },
  polls: zendeskPolls,
  usage: zendeskUsage,
  checks: zendeskChecks,
  triggers: {
    "ticket.created": "A ticket was created",
    "ticket.updated": "A ticket was changed",
    trigger: "A trigger or an automation of the account called the webhook",
  },
  actions: { getTicket, findUser, getCustomRecord, updateTicket, addComment, addNote, createTicket, updateCustomRecord },
});
