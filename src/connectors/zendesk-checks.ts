// What the integration assessment asks of a Zendesk connection. A token has the rights of its user: the role is read, and what workflows need is asked for.
// The write probe alone writes, and takes back what it wrote.
import * as z from "zod";
import { failureOf } from "../core/errors.ts";
import type { Check, CheckContext, Finding } from "./check.ts";
import type { Http } from "./define.ts";
import { promised } from "./http.ts";
import { records } from "./zendesk-api.ts";
import { callsLeft } from "./zendesk-limits.ts";
import { ObjectKey } from "./zendesk-objects.ts";
import { setFields } from "./zendesk-tickets.ts";
import { zendeskWebhook } from "./zendesk-webhook.ts";

const confirmed = (said: string): Finding => ({ outcome: "confirmed", said });

/** Without a credential that counts Zendesk answers as well: as to nobody. */
const Me = z.object({
  user: z.object({
    id: z.number().nullable(),
    email: z.string().nullish(),
    role: z.string(),
    ticket_restriction: z.string().nullish(),
    restricted_agent: z.boolean().nullish(),
  }),
});

const askWho = (http: Http) => http.send({ method: "GET", path: "/api/v2/users/me.json" });
const whoWeAre = async (http: Http) => promised(Me, (await askWho(http)).json, "a user").user;

async function auth({ http }: CheckContext): Promise<readonly Finding[]> {
  const { id, email } = await whoWeAre(http);
  if (id === null)
    return [
      {
        outcome: "missing",
        said: "Zendesk answers as to somebody who is not signed in",
        fix: "Set the credential anew: docs/connectors/zendesk.md",
      },
    ];
  return [confirmed(`The credential is accepted; it is the one of ${email ?? "a user"} (user ${id}, which is the connection's own actor)`)];
}

const ROLE_FIX = "Admin Center > People > Team > Team members > the user: role Agent or Admin, access to all tickets";

async function scopes({ http }: CheckContext): Promise<readonly Finding[]> {
  const { role, ticket_restriction } = await whoWeAre(http);
  if (role !== "agent" && role !== "admin")
    return [{ outcome: "missing", said: `The user's role is ${role}: it cannot work on tickets`, fix: ROLE_FIX }];
  const findings: Finding[] = [confirmed(`The user's role is ${role}`)];
  findings.push(
    ticket_restriction
      ? { outcome: "warning", said: `The user sees only tickets of: ${ticket_restriction}; others are answered with 404`, fix: ROLE_FIX }
      : confirmed("The user sees all tickets"),
  );
  for (const [what, path] of [
    ["tickets", "/api/v2/tickets.json?page[size]=1"],
    ["groups", "/api/v2/groups.json?page[size]=1"],
  ] as const)
    findings.push(await readable(what, path, http));
  return findings;
}

async function readable(what: string, path: string, http: Http): Promise<Finding> {
  try {
    await http.send({ method: "GET", path });
    return confirmed(`The credential may read ${what}`);
  } catch (thrown) {
    const { code, message } = failureOf(thrown);
    if (code !== "connector.unauthorised" && code !== "connector.not_found") throw thrown;
    return {
      outcome: "missing",
      said: `The credential may not read ${what}: ${message}`,
      fix: `An OAuth token needs the scope read. ${ROLE_FIX}`,
    };
  }
}

async function newest(http: Http): Promise<string | null> {
  const { json } = await http.send({ method: "GET", path: "/api/v2/tickets.json?page[size]=1&sort=-id" });
  const [ticket] = promised(z.object({ tickets: z.array(z.object({ id: z.number() })) }), json, "a list of tickets").tickets;
  return ticket ? String(ticket.id) : null;
}

async function read({ http }: CheckContext): Promise<readonly Finding[]> {
  const id = await newest(http);
  return [
    id ? confirmed(`Read ticket ${id}`) : { outcome: "cannot_tell", said: "There is no ticket, or the user may see none", fix: ROLE_FIX },
  ];
}

const PROBE = "interlock_check";

/** A tag, put on and taken off: nobody is written to. */
async function write({ http }: CheckContext): Promise<readonly Finding[]> {
  const id = await newest(http);
  if (!id) return [{ outcome: "cannot_tell", said: "There is no ticket to put a tag on", fix: "Create one in Zendesk and assess again" }];
  await setFields(id, { tags: [PROBE] }, { http, key: "check", version: null });
  try {
    await setFields(id, { tags: [], without: [PROBE] }, { http, key: "check/undo", version: null });
  } catch (thrown) {
    const said = `The tag ${PROBE} was put on ticket ${id} and could not be taken off: ${failureOf(thrown).message}`;
    return [{ outcome: "warning", said, fix: "Take it off by hand" }];
  }
  return [confirmed(`A tag was put on ticket ${id} and taken off again`)];
}

const Webhook = z.object({
  id: z.string(),
  name: z.string().nullish(),
  endpoint: z.string(),
  status: z.string(),
  subscriptions: z.array(z.string()).nullish(),
});
type Webhook = z.infer<typeof Webhook>;

const WEBHOOKS_FIX = "Admin Center > Apps and integrations > Webhooks";

async function webhook({ http, hookUrl }: CheckContext): Promise<readonly Finding[]> {
  const fix = `${WEBHOOKS_FIX}: one with the endpoint ${hookUrl ?? "of this connection"}, subscribed to Ticket created (docs/connectors/zendesk.md)`;
  const webhooks: Webhook[] = [];
  try {
    for await (const one of records(http, "/api/v2/webhooks", "webhooks", Webhook)) webhooks.push(one);
  } catch (thrown) {
    if (failureOf(thrown).code !== "connector.unauthorised") throw thrown;
    return [{ outcome: "cannot_tell", said: "Only an administrator may list webhooks, and this user is none", fix }];
  }
  if (hookUrl === null)
    return [
      { outcome: "cannot_tell", said: "This deployment does not know its own address, so the webhooks cannot be compared with it", fix },
    ];
  const ours = webhooks.filter(({ endpoint }) => endpoint === hookUrl);
  if (ours.length === 0) return [{ outcome: "missing", said: `No webhook posts to ${hookUrl}`, fix }];
  const findings: Finding[] = [];
  for (const one of ours) findings.push(stateOf(one, hookUrl), ...(await secretOf(one, http)));
  return findings;
}

/** What a webhook that triggers and automations call has in place of subscriptions. */
const BY_RULES = "conditional_ticket_events";

function stateOf({ name, endpoint, status, subscriptions }: Webhook, hookUrl: string): Finding {
  const named = `The webhook "${name ?? endpoint}"`;
  if (status !== "active")
    return { outcome: "missing", said: `${named} posts to ${hookUrl} and is ${status}`, fix: `${WEBHOOKS_FIX} > the webhook > Activate` };
  const to = subscriptions ?? [];
  if (to.length === 0)
    return {
      outcome: "missing",
      said: `${named} is active and has no subscription`,
      fix: `${WEBHOOKS_FIX} > the webhook > Edit: subscribe it to Ticket created`,
    };
  if (to.includes(BY_RULES))
    return {
      outcome: "warning",
      said: `${named} is active and is called by triggers or automations`,
      fix: "See that a trigger names it, with the payload of docs/connectors/zendesk.md",
    };
  return confirmed(`${named} is active and posts ${to.join(", ")} to ${hookUrl}`);
}

const PUBLIC_SECRETS = new Set(zendeskWebhook.scheme.kind === "hmac-sha256" ? zendeskWebhook.scheme.publicTestSecrets : []);

/** Anybody can sign with the secret that Zendesk publishes for its tests: deliveries under it are refused. */
async function secretOf({ id, name }: Webhook, http: Http): Promise<readonly Finding[]> {
  try {
    const { json } = await http.send({ method: "GET", path: `/api/v2/webhooks/${encodeURIComponent(id)}/signing_secret` });
    const { signing_secret } = promised(z.object({ signing_secret: z.object({ secret: z.string() }) }), json, "a signing secret");
    if (!PUBLIC_SECRETS.has(signing_secret.secret)) return [];
    const said = `The webhook "${name ?? id}" signs with the secret that Zendesk publishes for tests: its deliveries are refused`;
    return [{ outcome: "missing", said, fix: `${WEBHOOKS_FIX} > the webhook > Reset secret, and set it here` }];
  } catch (thrown) {
    if (failureOf(thrown).code !== "connector.unauthorised") throw thrown;
    return [];
  }
}

/** Of the minute's calls, below which somebody should know. */
const FEW = 0.2;

async function limits({ http }: CheckContext): Promise<readonly Finding[]> {
  const told = callsLeft(await askWho(http));
  if (!told) return [{ outcome: "cannot_tell", said: "The answers do not tell the limit" }];
  const said = `${told.left} of the account's ${told.total} calls of this minute are left`;
  if (told.left > told.total * FEW) return [confirmed(said)];
  return [{ outcome: "warning", said, fix: "Admin Center > Apps and integrations > APIs > Usage shows what else calls" }];
}

async function objects({ http }: CheckContext): Promise<readonly Finding[]> {
  const { customObject } = http.settings;
  if (customObject === undefined) return [confirmed("No custom object is configured")];
  const key = ObjectKey.safeParse(customObject);
  if (!key.success)
    return [
      {
        outcome: "missing",
        said: `The setting customObject is no key of a custom object: ${customObject}`,
        fix: "Admin Center > Objects and rules > Custom objects shows the keys",
      },
    ];
  return [await readable(`records of ${key.data}`, `/api/v2/custom_objects/${key.data}/records?page[size]=1`, http)];
}

export const zendeskChecks: readonly Check[] = [
  { name: "auth", summary: "The credential is accepted", run: auth },
  { name: "scopes", summary: "The user may do what workflows do", run: scopes },
  { name: "read", summary: "A ticket can be read", run: read },
  { name: "write", summary: "A tag can be put on a ticket and taken off", writes: true, run: write },
  { name: "webhook", summary: "A webhook posts to this connection", run: webhook },
  { name: "limits", summary: "Calls are left", run: limits },
  { name: "objects", summary: "The configured custom object can be read", run: objects },
];
