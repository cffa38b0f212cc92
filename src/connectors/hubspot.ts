// HubSpot CRM: records of any type (custom ones as well), their owners, notes and tasks. Events come from an app's webhooks, from the webhook action of HubSpot's
// workflows, or, where an account has neither, from polling the search.
import { defineConnector } from "./define.ts";
import { addNote, createTask } from "./hubspot-activities.ts";
import { hubspotAuth, hubspotCredentials } from "./hubspot-auth.ts";
import { hubspotChecks } from "./hubspot-checks.ts";
import { hubspotBudget, hubspotRefusal, hubspotSearches, hubspotUsage, SEARCHES } from "./hubspot-limits.ts";
import { hubspotPolls } from "./hubspot-polls.ts";
import { findByProperty, findOwner, getRecord, listAssociated, searchRecords } from "./hubspot-reads.ts";
import { assignOwner, updateRecord, upsertRecord } from "./hubspot-records.ts";
import { hubspotWebhooks } from "./hubspot-webhook.ts";

export const hubspot = defineConnector({
  name: "hubspot",
  title: "HubSpot",
  auth: hubspotAuth,
  credentials: hubspotCredentials,
  settings: {
    portalId: { summary: "The account's number (Hub ID): deliveries that tell of another account are refused" },
    targetUrl: { summary: "The target URL as the app has it, with https: deliveries that were signed for another address are refused" },
    customObject: {
      summary: 'The type of custom records that is polled and checked, such as "2-3465404" (Settings > Data Management > Custom objects)',
    },
  },
  webhooks: hubspotWebhooks,
  polls: hubspotPolls,
  budget: hubspotBudget,
  budgetsApart: { [SEARCHES]: hubspotSearches },
  usage: hubspotUsage,
  refusal: hubspotRefusal,
  checks: hubspotChecks,
  triggers: {
    "contact.creation": "A contact was made",
    "contact.property_change": "A property of a contact changed",
    "contact.deletion": "A contact was deleted",
    "contact.merge": "Contacts were merged",
    "contact.changed": "A poll found a contact made or changed",
    "company.creation": "A company was made",
    "company.property_change": "A property of a company changed",
    "company.changed": "A poll found a company made or changed",
    "deal.creation": "A deal was made",
    "deal.property_change": "A property of a deal changed",
    "deal.deletion": "A deal was deleted",
    "deal.changed": "A poll found a deal made or changed",
    "ticket.creation": "A ticket was made",
    "ticket.property_change": "A property of a ticket changed",
    "ticket.changed": "A poll found a ticket made or changed",
    "record.creation": "A record of another type was made",
    "record.property_change": "A property of a record of another type changed",
    "record.changed": "A poll found a record of the configured custom type made or changed",
    workflow: "A HubSpot workflow called the webhook",
  },
  actions: {
    getRecord,
    findByProperty,
    searchRecords,
    findOwner,
    listAssociated,
    updateRecord,
    upsertRecord,
    assignOwner,
    addNote,
    createTask,
  },
});
