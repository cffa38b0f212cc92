// What the org posts: outbound messages in SOAP (to an address with a secret in it), callouts of a Flow (a header), callouts of Apex (signed).
import type { Posted } from "../stand-in.ts";
import { BILLING_QUEUE, ORGANIZATION, type Row, WEBHOOK_SECRET } from "./directory.ts";

const HOOK = "/hooks/salesforce";

const escaped = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

export interface Message {
  readonly object: string;
  readonly notifications: readonly { readonly id: string; readonly row: Row }[];
  readonly fields: readonly string[];
  readonly organizationId?: string | undefined;
}

export function outboundMessage({ object, notifications, fields, organizationId = ORGANIZATION }: Message): Posted {
  const field = (row: Row, name: string): string => {
    const value = row[name] ?? null;
    return value === null ? `<sf:${name} xsi:nil="true"/>` : `<sf:${name}>${escaped(String(value))}</sf:${name}>`;
  };
  const list = notifications.map(
    ({ id, row }) =>
      `<Notification><Id>${id}</Id><sObject xsi:type="sf:${object}" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">${["Id", ...fields]
        .map((name) => field(row, name))
        .join("")}</sObject></Notification>`,
  );
  const instance = "https://acme.my.salesforce.com/services/Soap";
  const body = `<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <soapenv:Body>
  <notifications xmlns="http://soap.sforce.com/2005/09/outbound">
   <OrganizationId>${organizationId}</OrganizationId>
   <ActionId>04k5g0000004CDaAAM</ActionId>
   <SessionId>00D5g000004XyZa!A-SESSION-ID</SessionId>
   <EnterpriseUrl>${instance}/c/67.0/${ORGANIZATION.slice(0, 15)}</EnterpriseUrl>
   <PartnerUrl>${instance}/u/67.0/${ORGANIZATION.slice(0, 15)}</PartnerUrl>
   ${list.join("\n   ")}
  </notifications>
 </soapenv:Body>
</soapenv:Envelope>`;
  return {
    what: `outbound message of ${object} (${notifications.length})`,
    path: `${HOOK}/${WEBHOOK_SECRET}`,
    body,
    headers: { "content-type": "text/xml; charset=utf-8", soapaction: '""' },
  };
}

/** Salesforce takes nothing else for a receipt. */
export const isAcknowledged = (status: number | null, text: string): boolean => status === 200 && /<Ack>\s*true\s*<\/Ack>/.test(text);

const callout = (object: string, row: Row, event: string, eventId: string): string =>
  JSON.stringify({ eventId, recordId: row.Id, object, event, lastModifiedById: row.LastModifiedById ?? BILLING_QUEUE, fields: row });

export const flowCallout = (object: string, row: Row, event: string, eventId: string): Posted => ({
  what: `Flow: ${event} of ${row.Id}`,
  path: HOOK,
  body: callout(object, row, event, eventId),
  headers: { "content-type": "application/json", "x-webhook-secret": WEBHOOK_SECRET },
});

export async function apexCallout(object: string, row: Row, event: string, eventId: string, now: number): Promise<Posted> {
  const body = callout(object, row, event, eventId);
  const timestamp = String(Math.floor(now / 1000));
  const bytes = new TextEncoder();
  const key = await crypto.subtle.importKey("raw", bytes.encode(WEBHOOK_SECRET), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const signature = Buffer.from(await crypto.subtle.sign("HMAC", key, bytes.encode(`${timestamp}.${body}`))).toString("base64");
  return {
    what: `Apex: ${event} of ${row.Id}`,
    path: HOOK,
    body,
    headers: { "content-type": "application/json", "x-webhook-timestamp": timestamp, "x-webhook-signature": signature },
  };
}
