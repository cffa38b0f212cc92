// This deployment: its connections, models and workflows. The one file that a team edits first. Addresses and secrets are bindings, named here and set with
// `wrangler secret put NAME` (or in wrangler.toml's [vars] for addresses); no secret stands in a file.
import { slack } from "./connectors/slack.ts";
import { zendesk } from "./connectors/zendesk.ts";
import { defineDeployment } from "./deployment.ts";
import { builtinSource } from "./inference/builtin/source.ts";
import { triageSamples } from "./workflows/ticket-triage/training.ts";
import { ticketTriage } from "./workflows/ticket-triage/workflow.ts";

export const deployment = defineDeployment({
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
      ownActor: "SLACK_OWN_BOT_ID",
    },
  },
  // Off until both bindings are set.
  notices: { connection: "slack", channel: "NOTICE_CHANNEL", console: "CONSOLE_URL" },
  models: { default: builtinSource({ "ticket-triage": triageSamples }) },
  workflows: [ticketTriage],
  // For the Art. 30 sheet of each workflow; name the controller: { name: "Example Ltd", contact: "privacy@example.com" }.
  processing: { dataSubjects: { "ticket-triage": ["People who write to support"] } },
});
