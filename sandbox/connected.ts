// The sandbox's systems as Interlock is told of them: every binding that src/config.ts names for a connection, with the stand-ins' own made-up values. Nothing here opens
// anything outside the sandbox.
import { API_KEY as FRESHDESK_KEY, WEBHOOK_SECRET as FRESHDESK_SECRET, OWN_AGENT } from "./freshdesk/account.ts";
import { APP_ID as HUBSPOT_APP, OAUTH_APP, PORTAL_ID, PRIVATE_APP_TOKEN } from "./hubspot/account.ts";
import { INTEGRATION } from "./magento/door.ts";
import { CLIENT_ID as ADOBE_CLIENT } from "./magento/senders.ts";
import { API_USER, CLIENT_ID, CLIENT_SECRET, ORGANIZATION, WEBHOOK_SECRET as SALESFORCE_SECRET } from "./salesforce/directory.ts";
import { API_TOKEN, APP, SHOP } from "./shopify/shop.ts";
import { BOT_ID, CHANNELS as SLACK_CHANNELS } from "./slack/directory.ts";
import { APP_ID, BOT, CHANNELS, CLIENT_SECRET as TEAMS_SECRET, TENANT } from "./teams/directory.ts";

/** sandbox/wrangler.toml has the secrets of these two: the sandbox's own Worker reads them. */
export const FIRST_TWO = {
  ZENDESK_TOKEN: "sandbox-token",
  ZENDESK_WEBHOOK_SECRET: "sandbox-webhook-secret",
  ZENDESK_OWN_USER_ID: "900",
  SLACK_TOKEN: "xoxb-sandbox",
  SLACK_SIGNING_SECRET: "sandbox-signing-secret",
} as const;

export const connectedTo = (sandbox: string): Readonly<Record<string, string>> => ({
  ...FIRST_TWO,
  ZENDESK_URL: `${sandbox}/zendesk`,
  SLACK_URL: `${sandbox}/slack`,
  SLACK_OWN_BOT_ID: BOT_ID,
  SLACK_CHANNELS: SLACK_CHANNELS.filter(({ archived, notInvited }) => !archived && !notInvited)
    .map(({ id }) => id)
    .join(","),
  FRESHDESK_URL: `${sandbox}/freshdesk`,
  FRESHDESK_API_KEY: FRESHDESK_KEY,
  FRESHDESK_WEBHOOK_SECRET: FRESHDESK_SECRET,
  FRESHDESK_OWN_AGENT_ID: String(OWN_AGENT),
  HUBSPOT_URL: `${sandbox}/hubspot`,
  HUBSPOT_TOKEN: PRIVATE_APP_TOKEN,
  HUBSPOT_CLIENT_SECRET: OAUTH_APP.clientSecret,
  HUBSPOT_APP_ID: String(HUBSPOT_APP),
  HUBSPOT_PORTAL_ID: String(PORTAL_ID),
  SALESFORCE_URL: `${sandbox}/salesforce`,
  SALESFORCE_CREDENTIAL: JSON.stringify({ flow: "client_credentials", clientId: CLIENT_ID, clientSecret: CLIENT_SECRET }),
  SALESFORCE_WEBHOOK_SECRET: SALESFORCE_SECRET,
  SALESFORCE_OWN_USER_ID: API_USER,
  SALESFORCE_ORGANIZATION_ID: ORGANIZATION,
  SHOPIFY_URL: `${sandbox}/shopify`,
  SHOPIFY_TOKEN: API_TOKEN,
  SHOPIFY_CLIENT_SECRET: APP.clientSecret,
  SHOPIFY_SHOP: SHOP,
  MAGENTO_URL: `${sandbox}/magento`,
  MAGENTO_CREDENTIAL: JSON.stringify({ flow: "oauth1", ...INTEGRATION }),
  MAGENTO_CLIENT_ID: ADOBE_CLIENT,
  MAGENTO_KEY_HOST: `${sandbox}/magento`,
  TEAMS_URL: `${sandbox}/teams`,
  TEAMS_CREDENTIAL: JSON.stringify({ tenant: TENANT, clientId: APP_ID, clientSecret: TEAMS_SECRET, authority: `${sandbox}/teams` }),
  TEAMS_OWN_ID: BOT.id,
  TEAMS_APP_ID: APP_ID,
  TEAMS_TENANT_ID: TENANT,
  TEAMS_CHANNEL: CHANNELS[0]?.id ?? "",
  TEAMS_OPENID_CONFIGURATION: `${sandbox}/teams/v1/.well-known/openidconfiguration`,
});
