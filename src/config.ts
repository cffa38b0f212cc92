// This deployment: its connections, models and workflows. The one file that a team edits first. Addresses and secrets are bindings, named here and set with
// `wrangler secret put NAME` (or in wrangler.toml's [vars] for addresses); no secret stands in a file.
import { freshdesk } from "./connectors/freshdesk.ts";
import { hubspot } from "./connectors/hubspot.ts";
import { magento } from "./connectors/magento.ts";
import { salesforce } from "./connectors/salesforce.ts";
import { shopify } from "./connectors/shopify.ts";
import { slack } from "./connectors/slack.ts";
import { teams } from "./connectors/teams.ts";
import { zendesk } from "./connectors/zendesk.ts";
import { defineDeployment } from "./deployment.ts";
import { builtinSource } from "./inference/builtin/source.ts";
import { triageSamples } from "./workflows/ticket-triage/training.ts";
import { ticketTriage } from "./workflows/ticket-triage/workflow.ts";

export const deployment = defineDeployment({
  // A connection is used once one of its secrets is set; until then it is shown as not set up, and that is no error. Take out what you will never have.
  // What each needs, and what to click for it: docs/connectors/<system>.md.
  connections: {
    // The name is the address: /hooks/zendesk. In production choose one that cannot be guessed.
    zendesk: {
      connector: zendesk,
      baseUrl: "ZENDESK_URL",
      credential: "ZENDESK_TOKEN",
      webhookSecrets: ["ZENDESK_WEBHOOK_SECRET", "ZENDESK_WEBHOOK_SECRET_PREVIOUS"],
      ownActor: "ZENDESK_OWN_USER_ID",
    },
    slack: {
      connector: slack,
      baseUrl: "SLACK_URL",
      credential: "SLACK_TOKEN",
      webhookSecrets: ["SLACK_SIGNING_SECRET"],
      settings: { channels: "SLACK_CHANNELS" },
      ownActor: "SLACK_OWN_BOT_ID",
    },
    freshdesk: {
      connector: freshdesk,
      baseUrl: "FRESHDESK_URL",
      credential: "FRESHDESK_API_KEY",
      webhookSecrets: ["FRESHDESK_WEBHOOK_SECRET"],
      ownActor: "FRESHDESK_OWN_AGENT_ID",
    },
    hubspot: {
      connector: hubspot,
      baseUrl: "HUBSPOT_URL",
      credential: "HUBSPOT_TOKEN",
      webhookSecrets: ["HUBSPOT_CLIENT_SECRET"],
      settings: { portalId: "HUBSPOT_PORTAL_ID", targetUrl: "HUBSPOT_TARGET_URL" },
      ownActor: "HUBSPOT_APP_ID",
    },
    salesforce: {
      connector: salesforce,
      baseUrl: "SALESFORCE_URL",
      credential: "SALESFORCE_CREDENTIAL",
      webhookSecrets: ["SALESFORCE_WEBHOOK_SECRET"],
      settings: { organizationId: "SALESFORCE_ORGANIZATION_ID" },
      ownActor: "SALESFORCE_OWN_USER_ID",
    },
    shopify: {
      connector: shopify,
      baseUrl: "SHOPIFY_URL",
      credential: "SHOPIFY_TOKEN",
      webhookSecrets: ["SHOPIFY_CLIENT_SECRET"],
      settings: { shop: "SHOPIFY_SHOP" },
    },
    magento: {
      connector: magento,
      baseUrl: "MAGENTO_URL",
      credential: "MAGENTO_CREDENTIAL",
      // Adobe signs with its own keys. A shop without Adobe I/O Events: webhook: "module" and its secret here, or polls: ["orders"].
      webhookSecrets: [],
      settings: { clientId: "MAGENTO_CLIENT_ID", keyHost: "MAGENTO_KEY_HOST", probeOrder: "MAGENTO_PROBE_ORDER" },
    },
    teams: {
      connector: teams,
      baseUrl: "TEAMS_URL",
      credential: "TEAMS_CREDENTIAL",
      // Microsoft signs with its own keys.
      webhookSecrets: [],
      settings: {
        appId: "TEAMS_APP_ID",
        tenantId: "TEAMS_TENANT_ID",
        channel: "TEAMS_CHANNEL",
        openIdConfiguration: "TEAMS_OPENID_CONFIGURATION",
      },
      ownActor: "TEAMS_OWN_ID",
    },
  },
  // Off until both bindings are set.
  notices: { connection: "slack", channel: "NOTICE_CHANNEL", console: "CONSOLE_URL" },
  models: { default: builtinSource({ "ticket-triage": triageSamples }) },
  workflows: [ticketTriage],
  // For the Art. 30 sheet of each workflow; name the controller: { name: "Example Ltd", contact: "privacy@example.com" }.
  processing: { dataSubjects: { "ticket-triage": ["People who write to support"] } },
});
