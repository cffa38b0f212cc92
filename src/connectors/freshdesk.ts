// Freshdesk: tickets, their fields, notes and replies. Events come from the webhooks of automation rules or, where an account has none, from polling the list.
import { InterlockError } from "../core/errors.ts";
import { basic } from "./auth.ts";
import { defineConnector } from "./define.ts";
import { freshdeskChecks } from "./freshdesk-checks.ts";
import { addNote, addReply } from "./freshdesk-conversations.ts";
import { createTicket } from "./freshdesk-create.ts";
import { freshdeskBudget, freshdeskRefusal, freshdeskUsage } from "./freshdesk-limits.ts";
import { freshdeskPolls } from "./freshdesk-polls.ts";
import { findAgent, getTicket, searchTickets } from "./freshdesk-reads.ts";
import { updateTicket } from "./freshdesk-ticket.ts";
import { freshdeskWebhooks } from "./freshdesk-webhook.ts";

export const freshdesk = defineConnector({
  name: "freshdesk",
  title: "Freshdesk",
  /** The key is the user, and any text the password (https://developers.freshdesk.com/api/#authentication). */
  auth: (secret) => {
    if (/^[\x21-\x39\x3b-\x7e]+$/.test(secret)) return basic(secret, "X");
    throw new InterlockError("connector.unauthorised", "The credential must be the agent's API key alone, without :X and without spaces");
  },
  credentials: ["the API key of an agent (Profile settings > View API key)"],
  settings: {
    markerField: {
      summary:
        'The name in the API of the text field of tickets that keeps our marks; "cf_interlock" unless it is set (Admin > Workflows > Ticket fields)',
    },
  },
  webhooks: freshdeskWebhooks,
  polls: freshdeskPolls,
  budget: freshdeskBudget,
  usage: freshdeskUsage,
  refusal: freshdeskRefusal,
  checks: freshdeskChecks,
  triggers: {
    "ticket.created": "A ticket was created",
    "ticket.updated": "A ticket was changed",
    rule: "An automation rule called the webhook without saying what happened",
  },
  actions: { getTicket, findAgent, searchTickets, updateTicket, addNote, addReply, createTicket },
});
