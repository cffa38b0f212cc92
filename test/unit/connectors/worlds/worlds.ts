// A fresh world for every action of the registry, by its full name.
import type { ActionWorld } from "./action-world.ts";
import { freshdeskWorlds } from "./freshdesk-worlds.ts";
import { hubspotWorlds } from "./hubspot-worlds.ts";
import { magentoWorlds } from "./magento-worlds.ts";
import { salesforceWorlds } from "./salesforce-worlds.ts";
import { shopifyWorlds } from "./shopify-worlds.ts";
import { slackWorlds } from "./slack-worlds.ts";
import { teamsWorlds } from "./teams-worlds.ts";
import { zendeskWorlds } from "./zendesk-worlds.ts";

export const WORLDS: Readonly<Record<string, () => ActionWorld>> = {
  ...zendeskWorlds,
  ...slackWorlds,
  ...freshdeskWorlds,
  ...hubspotWorlds,
  ...salesforceWorlds,
  ...shopifyWorlds,
  ...teamsWorlds,
  ...magentoWorlds,
};
