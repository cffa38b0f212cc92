// Salesforce: cases, leads, tasks and any other object, standard or custom. The parts are in the files beside this one: sign-in, the REST API, fields and queries,
// records, owners, comments and tasks, webhooks, polls, checks. The calls of a day are the org's scarcest good: nothing here asks twice for what it may remember.
import { defineConnector } from "./define.ts";
import { salesforceRefusal, salesforceUsage } from "./salesforce-api.ts";
import { assignActions } from "./salesforce-assign.ts";
import { salesforceAuth, salesforceCredentials } from "./salesforce-auth.ts";
import { salesforceChecks } from "./salesforce-checks.ts";
import { deleted, POLLED, salesforcePolls } from "./salesforce-poll.ts";
import { recordActions } from "./salesforce-records.ts";
import { textActions } from "./salesforce-texts.ts";
import { upsertActions } from "./salesforce-upsert.ts";
import { changed, salesforceWebhooks } from "./salesforce-webhook.ts";

/** A custom object's events are named alike, and a callout may say a name of its own; so any text is a trigger. */
const triggers: Readonly<Record<string, string>> = Object.fromEntries(
  POLLED.flatMap((object) => [
    [changed(object), `A ${object} was created or changed`],
    [deleted(object), `A ${object} was deleted (polling only)`],
  ]),
);

export const salesforce = defineConnector({
  name: "salesforce",
  title: "Salesforce",
  auth: salesforceAuth,
  credentials: salesforceCredentials,
  settings: {
    organizationId: {
      summary:
        "The organisation's id (Setup > Company Information): an outbound message of another one is refused. Required for outbound messages",
    },
    markerField: { summary: "The custom text field in which each write leaves its mark; Interlock_Key__c unless another is named" },
    objects: { summary: "The objects that the assessment looks at, separated by commas; Case,Lead unless others are named" },
    fields: { summary: "Fields that workflows write, for the assessment, separated by commas: Case.Priority,Lead.AI_Score__c" },
  },
  webhooks: salesforceWebhooks,
  polls: salesforcePolls,
  usage: salesforceUsage,
  refusal: salesforceRefusal,
  checks: salesforceChecks,
  triggers,
  actions: { ...recordActions, ...upsertActions, ...assignActions, ...textActions },
});
