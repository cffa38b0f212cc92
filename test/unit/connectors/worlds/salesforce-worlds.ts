// Worlds for Salesforce's actions.
import { idFor } from "../../../../sandbox/salesforce/directory.ts";
import { salesforceStandIn } from "../../../../sandbox/salesforce/stand-in.ts";
import { salesforce } from "../../../../src/connectors/salesforce.ts";
import { type ActionWorld, standInHere, worldIn } from "./action-world.ts";

/** Any secret of a flow will do: the token is what the world's account gives. */
export const SECRET = JSON.stringify({
  flow: "client_credentials",
  clientId: "sandbox-consumer-key",
  clientSecret: "sandbox-consumer-secret",
});
export const CASE = idFor("500", 1);
export const LEAD = idFor("00Q", 1);
export const INVOICE = idFor("a01", 1);

const inSalesforce = (input: unknown): ActionWorld => worldIn(standInHere(salesforce, salesforceStandIn, { secret: SECRET }), input);

export const salesforceWorlds: Readonly<Record<string, () => ActionWorld>> = {
  "salesforce.getRecord": () => inSalesforce({ object: "Case", id: CASE, fields: ["Subject", "Priority"] }),
  "salesforce.queryRecords": () =>
    inSalesforce({
      object: "Lead",
      fields: ["Id", "LastName"],
      where: [{ field: "LastName", is: "!=", value: "Nobody" }],
      orderBy: [{ field: "LastName" }],
      limit: 5,
    }),
  "salesforce.describeObject": () => inSalesforce({ object: "Case" }),
  "salesforce.updateRecord": () =>
    inSalesforce({ object: "Lead", id: LEAD, set: { Rating: "Hot", AI_Score__c: 87.5, Next_Call__c: "2026-01-06T09:00:00+01:00" } }),
  "salesforce.createRecord": () =>
    inSalesforce({ object: "Lead", set: { LastName: "Lovelace", Company: "Analytical Engines", Rating: "Warm" } }),
  "salesforce.upsertRecord": () =>
    inSalesforce({
      object: "Lead",
      key: { field: "Ext_Id__c", value: "crm-2" },
      set: { LastName: "Lovelace", Company: "Analytical Engines" },
    }),
  "salesforce.assignRecord": () => inSalesforce({ object: "Case", id: CASE, owner: "Billing_Queue" }),
  "salesforce.addCaseComment": () => inSalesforce({ id: CASE, body: "Sent on to billing", public: false }),
  "salesforce.addFeedItem": () => inSalesforce({ id: LEAD, body: "Scored 87: a large company" }),
  "salesforce.createTask": () =>
    inSalesforce({ about: CASE, subject: "Call back", description: "About the refund", due: "2026-01-07", priority: "High" }),
};
