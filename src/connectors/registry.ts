// Every system that Interlock speaks to: a new connector is one file and one line here. Holds no configuration; which accounts exist is in src/config.ts.
import { cloudevents } from "./cloudevents.ts";
import { debezium } from "./debezium.ts";
import type { Connector } from "./define.ts";
import { dms } from "./dms.ts";
import { eventbridge } from "./eventbridge.ts";
import { freshdesk } from "./freshdesk.ts";
import { hubspot } from "./hubspot.ts";
import { kafka } from "./kafka.ts";
import { magento } from "./magento.ts";
import { salesforce } from "./salesforce.ts";
import { shopify } from "./shopify.ts";
import { slack } from "./slack.ts";
import { standardWebhooks } from "./standard-webhooks.ts";
import { teams } from "./teams.ts";
import { zendesk } from "./zendesk.ts";

/** By the connector's own name, which is also what an action's full name begins with ("zendesk.updateTicket"). */
export const registry: Readonly<Record<string, Connector>> = {
  zendesk,
  freshdesk,
  hubspot,
  slack,
  salesforce,
  shopify,
  teams,
  magento,
  "standard-webhooks": standardWebhooks,
  cloudevents,
  debezium,
  dms,
  kafka,
  eventbridge,
};
