// Who and what the stand-in's org has from the beginning: one organisation, a few people, two queues, one app. Pure data; ids are of Salesforce's form, with their check letters.

const CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/** The form of 18 characters. */
export function withCheck(short: string): string {
  const suffix = [0, 5, 10].map((start) => {
    const bits = [...short.slice(start, start + 5)].reduce((sum, char, place) => sum + (/[A-Z]/.test(char) ? 1 << place : 0), 0);
    return CHECK[bits];
  });
  return short + suffix.join("");
}

/** The nth record of objects with this prefix. */
export const idFor = (prefix: string, n: number): string => withCheck(`${prefix}5g0000${String(n).padStart(15 - prefix.length - 6, "0")}`);

export const ORGANIZATION = withCheck("00D5g000004XyZa");
/** The integration user: what Interlock does is done by them. */
export const API_USER = idFor("005", 1);
export const ADA = idFor("005", 2);
export const BILLING_QUEUE = idFor("00G", 1);
export const SALES_QUEUE = idFor("00G", 2);

export const CLIENT_ID = "sandbox-consumer-key";
export const CLIENT_SECRET = "sandbox-consumer-secret";
export const REFRESH_TOKEN = "sandbox-refresh-token";
export const USERNAME = "interlock@acme.example";
export const WEBHOOK_SECRET = "sandbox-salesforce-webhook-secret";
/** What a unit test's connection holds as its token. */
export const FIRST_TOKEN = "stand-in-token";

export interface Row {
  Id: string;
  [field: string]: string | number | boolean | null;
}

const stamps = (at: string) => ({
  IsDeleted: false,
  CreatedDate: at,
  CreatedById: ADA,
  LastModifiedDate: at,
  LastModifiedById: ADA,
  SystemModstamp: at,
});

export const FIRST_STAMP = "2026-01-05T07:00:00.000+0000";

export const RECORDS: Readonly<Record<string, readonly Row[]>> = {
  Organization: [{ Id: ORGANIZATION, Name: "Acme", IsSandbox: true }],
  User: [
    { Id: API_USER, Username: USERNAME, Name: "Interlock", IsActive: true },
    { Id: ADA, Username: "ada@acme.example", Name: "Ada Lovelace", IsActive: true },
    { Id: idFor("005", 3), Username: "gone@acme.example", Name: "Gone", IsActive: false },
    // Those to whom the workflow lead-routing-salesforce gives leads.
    { Id: idFor("005", 4), Username: "ana@example.com", Name: "Ana", IsActive: true },
    { Id: idFor("005", 5), Username: "ben@example.com", Name: "Ben", IsActive: true },
    { Id: idFor("005", 6), Username: "leads@example.com", Name: "Leads", IsActive: true },
  ],
  Group: [
    { Id: BILLING_QUEUE, DeveloperName: "Billing_Queue", Name: "Billing", Type: "Queue" },
    { Id: SALES_QUEUE, DeveloperName: "Sales_Queue", Name: "Sales", Type: "Queue" },
  ],
  Case: [
    {
      Id: idFor("500", 1),
      Subject: "Charged twice",
      Description: "My card shows two payments",
      Status: "New",
      Priority: "Medium",
      OwnerId: ADA,
      Tier__c: "Gold",
      Interlock_Key__c: null,
      ...stamps(FIRST_STAMP),
    },
  ],
  Lead: [
    {
      Id: idFor("00Q", 1),
      FirstName: "Grace",
      LastName: "Hopper",
      Company: "Navy",
      Email: "grace@navy.example",
      Phone: null,
      Status: "Open - Not Contacted",
      Rating: null,
      OwnerId: ADA,
      AI_Score__c: null,
      Next_Call__c: null,
      Ext_Id__c: "crm-1",
      Interlock_Key__c: null,
      ...stamps(FIRST_STAMP),
    },
  ],
  Invoice__c: [
    {
      Id: idFor("a01", 1),
      Name: "INV-1",
      OwnerId: ADA,
      Total__c: 120.5,
      Paid__c: false,
      Due__c: "2026-02-01",
      Ext_Id__c: "inv-1",
      Interlock_Key__c: null,
      ...stamps(FIRST_STAMP),
    },
  ],
};
