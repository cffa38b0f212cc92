// What the integration assessment asks of a HubSpot connection. Nothing tells which scopes a token has except a call that needs one: each type of records is asked for
// its first record, and HubSpot's refusal names what is missing. The write probe alone writes, and takes back what it wrote.
import * as z from "zod";
import { failureOf } from "../core/errors.ts";
import type { Check, CheckContext, Finding } from "./check.ts";
import type { Http } from "./define.ts";
import { promised } from "./http.ts";
import { archiveRecord, createRecord, findRecord, objectsPath } from "./hubspot-api.ts";
import { dailyUse, SEARCHES } from "./hubspot-limits.ts";

const Account = z.object({ portalId: z.number(), timeZone: z.string().optional(), uiDomain: z.string().optional() });

/** Any call does; this one needs no scope of a type of records. */
const account = (http: Http) => http.send({ method: "GET", path: "/account-info/v3/details" });

const SCOPES_FIX =
  "Add the scope in HubSpot: Settings > Integrations > Private Apps > the app > Scopes (an OAuth app: its Auth tab, then install it again), and set the token anew";

async function auth({ http }: CheckContext): Promise<readonly Finding[]> {
  const { portalId } = promised(Account, (await account(http)).json, "an account");
  const expected = http.settings.portalId;
  if (expected !== undefined && expected !== String(portalId))
    return [
      {
        outcome: "missing",
        said: `The credential is of account ${portalId}, and the setting portalId is ${expected}`,
        fix: "Set the credential of the right account, or correct the setting",
      },
    ];
  return [{ outcome: "confirmed", said: `The credential is accepted by account ${portalId}` }];
}

/** By what is read there; notes and tasks are read with the rights on what they stand on. */
const READS: readonly (readonly [string, string])[] = [
  ...["contacts", "companies", "deals", "tickets", "notes", "tasks"].map((type): [string, string] => [
    type,
    `${objectsPath(type)}?limit=1`,
  ]),
  ["owners", "/crm/v3/owners?limit=1"],
  ["properties", "/crm/v3/properties/contacts"],
];

async function scopes({ http }: CheckContext): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const [what, path] of READS) findings.push(await readable(what, path, http));
  return findings;
}

async function readable(what: string, path: string, http: Http): Promise<Finding> {
  try {
    await http.send({ method: "GET", path });
    return { outcome: "confirmed", said: `The token may read ${what}` };
  } catch (thrown) {
    const { code, message } = failureOf(thrown);
    if (code !== "connector.unauthorised") throw thrown;
    return { outcome: "missing", said: `The token may not read ${what}: ${message}`, fix: SCOPES_FIX };
  }
}

async function read({ http }: CheckContext): Promise<readonly Finding[]> {
  const body = { filterGroups: [], properties: ["hs_object_id"], limit: 1 };
  const { json } = await http.send({ method: "POST", path: `${objectsPath("contacts")}/search`, body, reads: true, countedAs: SEARCHES });
  const { total } = promised(z.object({ total: z.number() }), json, "a page of search results");
  return [{ outcome: "confirmed", said: `The search answers, and finds ${total} contacts` }];
}

/** A note on nothing: nobody's timeline shows it. */
async function write({ http, now }: CheckContext): Promise<readonly Finding[]> {
  const properties = {
    hs_timestamp: new Date(now).toISOString(),
    hs_note_body: "Interlock: a check of this connection; it is removed at once",
  };
  const { id } = await createRecord("notes", { properties, associations: [] }, http);
  await archiveRecord("notes", id, http);
  const gone = (await findRecord({ type: "notes", id }, [], http)) === null;
  if (gone) return [{ outcome: "confirmed", said: `A note was made and archived again (${id})` }];
  return [{ outcome: "warning", said: `The note ${id} was made, and is still there after it was archived`, fix: "Archive it by hand" }];
}

/** Subscriptions belong to the app: asking for them needs a key of the developer account, which no connection holds. */
async function webhook({ hookUrl, http }: CheckContext): Promise<readonly Finding[]> {
  const where = hookUrl ?? "this connection's address";
  const findings: Finding[] = [
    {
      outcome: "cannot_tell",
      said: "Webhook subscriptions belong to the HubSpot app and cannot be read with the account's token",
      fix: `In the app's Webhooks tab look for the target URL ${where} and active subscriptions; where the account has no app, use a poll`,
    },
  ];
  const { targetUrl } = http.settings;
  if (hookUrl !== null && targetUrl !== undefined && targetUrl !== hookUrl)
    findings.push({
      outcome: "missing",
      said: `The setting targetUrl is ${targetUrl}, and this connection's address is ${hookUrl}: every delivery would be refused`,
      fix: "Make the two equal: the target URL in the app, the setting, and the address of this deployment",
    });
  return findings;
}

/** Of the day's calls, from which on somebody should know. */
const NEARLY_SPENT = 0.8;

async function limits({ http }: CheckContext): Promise<readonly Finding[]> {
  const answer = await http.send({ method: "GET", path: `${objectsPath("contacts")}?limit=1` });
  const burst = answer.headers.get("x-hubspot-ratelimit-max");
  const findings: Finding[] = [
    burst === null
      ? { outcome: "cannot_tell", said: "The answers do not tell the limit for ten seconds" }
      : { outcome: "confirmed", said: `${burst} calls in ten seconds are allowed` },
  ];
  const daily = dailyUse(answer);
  if (!daily)
    return [...findings, { outcome: "cannot_tell", said: "The answers do not tell the day's limit (they do so for private apps only)" }];
  const said = `${daily.used} of the day's ${daily.limit} calls are spent`;
  if (daily.used < daily.limit * NEARLY_SPENT) return [...findings, { outcome: "confirmed", said }];
  return [
    ...findings,
    { outcome: "warning", said, fix: "Find out which app calls so often (Settings > Integrations > API usage), or buy the API add-on" },
  ];
}

async function objects({ http }: CheckContext): Promise<readonly Finding[]> {
  const type = http.settings.customObject;
  if (!type) return [{ outcome: "confirmed", said: "No custom type of records is configured" }];
  return [await readable(`records of the type ${type}`, `${objectsPath(type)}?limit=1`, http)];
}

const MINUTE_MS = 60_000;
/** Beyond it every signed delivery is refused as too old or from the future. */
const TOLERANCE_MS = 5 * MINUTE_MS;

async function clock({ http, now }: CheckContext): Promise<readonly Finding[]> {
  const date = (await account(http)).headers.get("date");
  const theirs = date === null ? Number.NaN : Date.parse(date);
  if (Number.isNaN(theirs)) return [{ outcome: "cannot_tell", said: "The answer has no date" }];
  const skew = Math.abs(now - theirs);
  const said = `HubSpot's clock and ours differ by ${Math.round(skew / 1_000)} s`;
  if (skew <= MINUTE_MS) return [{ outcome: "confirmed", said }];
  const fix = "Set the clock of the machine that this runs on; webhooks more than five minutes apart are refused";
  return [{ outcome: skew > TOLERANCE_MS ? "missing" : "warning", said, fix }];
}

export const hubspotChecks: readonly Check[] = [
  { name: "auth", summary: "The credential is accepted", run: auth },
  { name: "scopes", summary: "The token may read what workflows read", run: scopes },
  { name: "read", summary: "Records can be searched", run: read },
  { name: "write", summary: "A note can be made and archived", writes: true, run: write },
  { name: "webhook", summary: "The app posts to this connection", run: webhook },
  { name: "limits", summary: "Calls are left", run: limits },
  { name: "objects", summary: "The configured custom type can be read", run: objects },
  { name: "clock", summary: "The two clocks agree", run: clock },
];
