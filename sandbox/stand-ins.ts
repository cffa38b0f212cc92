// The systems that the sandbox plays, by the name of their connector: a new one is a file and one line here. Zendesk and Slack came before and
// have their own places in app.ts.
import { freshdeskStandIn } from "./freshdesk/stand-in.ts";
import { hubspotStandIn } from "./hubspot/stand-in.ts";
import { magentoStandIn } from "./magento/stand-in.ts";
import { salesforceStandIn } from "./salesforce/stand-in.ts";
import { makeShopify } from "./shopify/stand-in.ts";
import type { MakeStandIn } from "./stand-in.ts";
import { teamsStandIn } from "./teams/stand-in.ts";

export const STAND_INS: Readonly<Record<string, MakeStandIn>> = {
  freshdesk: freshdeskStandIn,
  hubspot: hubspotStandIn,
  salesforce: salesforceStandIn,
  shopify: makeShopify,
  teams: teamsStandIn,
  magento: magentoStandIn,
};
