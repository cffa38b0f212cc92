// Worlds for Freshdesk's actions.
import { API_KEY } from "../../../../sandbox/freshdesk/account.ts";
import { freshdeskStandIn } from "../../../../sandbox/freshdesk/stand-in.ts";
import { freshdesk } from "../../../../src/connectors/freshdesk.ts";
import { type ActionWorld, type StandInHere, type StandInOptions, standInHere, worldIn } from "./action-world.ts";

export const freshdeskHere = (options: Partial<StandInOptions> = {}): StandInHere =>
  standInHere(freshdesk, freshdeskStandIn, { secret: API_KEY, ...options });

/** The seeded ticket. */
export const TICKET = "41";

const inFreshdesk = (input: unknown) => (): ActionWorld => worldIn(freshdeskHere(), input);

export const freshdeskWorlds: Readonly<Record<string, () => ActionWorld>> = {
  "freshdesk.getTicket": inFreshdesk({ id: TICKET }),
  "freshdesk.findAgent": inFreshdesk({ email: "maya.brandt@example.com" }),
  "freshdesk.searchTickets": inFreshdesk({ query: "status:2" }),
  "freshdesk.updateTicket": inFreshdesk({
    id: TICKET,
    set: {
      group: "billing",
      agent: "maya.brandt@example.com",
      priority: "high",
      status: "pending",
      tags: ["triaged"],
      custom: { cf_order: "12", cf_amount: 9.5 },
    },
  }),
  "freshdesk.addNote": inFreshdesk({ id: TICKET, body: "Sent on to <billing> & told\nthe team" }),
  "freshdesk.addReply": inFreshdesk({ id: TICKET, body: "We look into it" }),
  "freshdesk.createTicket": inFreshdesk({
    requester: "kim@example.net",
    subject: "Refund of order 12",
    description: "Twelve euros & <nothing> else\nare to go back",
    priority: "medium",
    status: "open",
    group: "billing",
    tags: ["refund"],
    custom: { cf_order: "12" },
  }),
};
