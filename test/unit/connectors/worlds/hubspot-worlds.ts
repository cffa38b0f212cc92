// Worlds for HubSpot's actions.
import { PRIVATE_APP_TOKEN } from "../../../../sandbox/hubspot/account.ts";
import { hubspotStandIn } from "../../../../sandbox/hubspot/stand-in.ts";
import { hubspot } from "../../../../src/connectors/hubspot.ts";
import type { FakeRequest } from "../faults.ts";
import { type ActionWorld, type StandInHere, type StandInOptions, standInHere, worldIn } from "./action-world.ts";

/** Searches and batch reads are POSTs that read. */
export const asksToWrite = ({ method, path }: FakeRequest): boolean => method !== "GET" && !/\/(search|batch\/read)$/.test(path);

export const hubspotHere = (options: Partial<StandInOptions> = {}): StandInHere =>
  standInHere(hubspot, hubspotStandIn, { secret: PRIVATE_APP_TOKEN, isWrite: asksToWrite, ...options });

/** Numbers of the seeded records begin at 1001 in every type. */
const ON_DEAL = { type: "deals", id: "1001" };

const inHubspot = (input: unknown) => (): ActionWorld => worldIn(hubspotHere(), input);

export const hubspotWorlds: Readonly<Record<string, () => ActionWorld>> = {
  "hubspot.getRecord": inHubspot({ ...ON_DEAL, properties: ["dealname", "dealstage"] }),
  "hubspot.findByProperty": inHubspot({ type: "contacts", idProperty: "email", value: "nobody@example.com", properties: ["firstname"] }),
  "hubspot.searchRecords": inHubspot({
    type: "deals",
    filters: [{ property: "dealstage", operator: "HAS_PROPERTY" }],
    properties: ["dealname"],
    limit: 10,
  }),
  "hubspot.findOwner": inHubspot({ email: "ana@example.com" }),
  "hubspot.listAssociated": inHubspot({ type: "contacts", id: "1001", to: "companies" }),
  "hubspot.updateRecord": inHubspot({
    ...ON_DEAL,
    set: { dealstage: "qualifiedtobuy", amount: 1500, closedate: "2026-02-01", needs_review: true },
  }),
  "hubspot.assignOwner": inHubspot({ ...ON_DEAL, owner: "ana@example.com" }),
  "hubspot.upsertRecord": inHubspot({
    type: "contacts",
    idProperty: "email",
    idValue: "New.Lead@example.com",
    set: { firstname: "Noor", lifecyclestage: "lead", interests: "security;pricing" },
  }),
  "hubspot.addNote": inHubspot({ on: ON_DEAL, text: "Score 87 <high>\nAsked for a price & a date", at: "2026-01-05T08:00:00Z" }),
  "hubspot.createTask": inHubspot({
    on: ON_DEAL,
    subject: "Call the lead",
    text: "They asked for a price",
    dueAt: "2026-01-06T09:00:00+01:00",
    priority: "HIGH",
    owner: "ana@example.com",
  }),
};
