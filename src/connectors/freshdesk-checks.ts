// What the integration assessment asks of a Freshdesk connection. An API key has the rights of its agent and no scopes of its own: the agent's scope is read, and each list
// that workflows need is asked for. The write probe alone writes, and takes back what it wrote.
import * as z from "zod";
import { failureOf } from "../core/errors.ts";
import type { Check, CheckContext, Finding } from "./check.ts";
import type { Http } from "./define.ts";
import { markField, TicketJson, ticketPath } from "./freshdesk-api.ts";
import { callsLeft } from "./freshdesk-limits.ts";
import { AgentJson } from "./freshdesk-people.ts";
import { promised } from "./http.ts";

const confirmed = (said: string): Finding => ({ outcome: "confirmed", said });

const whoWeAre = async (http: Http): Promise<AgentJson> =>
  promised(AgentJson, (await http.send({ method: "GET", path: "/api/v2/agents/me" })).json, "an agent");

async function auth({ http }: CheckContext): Promise<readonly Finding[]> {
  const { id, contact } = await whoWeAre(http);
  return [confirmed(`The API key is accepted; it is the one of ${contact.email ?? contact.name ?? "an agent"} (agent ${id})`)];
}

const ROLE_FIX = "In Freshdesk: Admin > Team > Agents > the agent of the API key > Roles and Scope";

const NEEDED: readonly (readonly [what: string, path: string])[] = [
  ["groups", "/api/v2/groups?per_page=1"],
  ["agents", "/api/v2/agents?per_page=1"],
  ["tickets", "/api/v2/tickets?per_page=1"],
];

async function scopes({ http }: CheckContext): Promise<readonly Finding[]> {
  const { ticket_scope } = await whoWeAre(http);
  const findings: Finding[] = [scopeOf(ticket_scope)];
  for (const [what, path] of NEEDED) findings.push(await readable(what, path, http));
  return findings;
}

function scopeOf(scope: number | undefined): Finding {
  if (scope === 1) return confirmed("The agent sees all tickets (global access)");
  if (scope === undefined) return { outcome: "cannot_tell", said: "The answer does not tell which tickets the agent sees", fix: ROLE_FIX };
  const said = `The agent sees only ${scope === 2 ? "the tickets of its groups" : "its own tickets"}: others are answered with 404, also after a run has routed them away`;
  return { outcome: "warning", said, fix: `${ROLE_FIX}: Global access` };
}

async function readable(what: string, path: string, http: Http): Promise<Finding> {
  try {
    await http.send({ method: "GET", path });
    return confirmed(`The agent may read ${what}`);
  } catch (thrown) {
    const { code, message } = failureOf(thrown);
    if (code !== "connector.unauthorised") throw thrown;
    return { outcome: "missing", said: `The agent may not read ${what}: ${message}`, fix: ROLE_FIX };
  }
}

const newest = async (http: Http): Promise<TicketJson | undefined> => {
  const { json } = await http.send({ method: "GET", path: "/api/v2/tickets?per_page=1" });
  return promised(z.array(TicketJson), json, "a list of tickets")[0];
};

async function read({ http }: CheckContext): Promise<readonly Finding[]> {
  const ticket = await newest(http);
  if (ticket) return [confirmed(`Read the newest ticket (${ticket.id})`)];
  return [{ outcome: "cannot_tell", said: "There is no ticket of the last 30 days, or the agent may see none", fix: ROLE_FIX }];
}

/** A private note: nobody is written to, and no rule for new tickets begins. */
async function write({ http }: CheckContext): Promise<readonly Finding[]> {
  const ticket = await newest(http);
  if (!ticket)
    return [{ outcome: "cannot_tell", said: "There is no ticket to put a note on", fix: "Create one in Freshdesk and assess again" }];
  const body = { body: "Interlock: a check of this connection; it is removed at once", private: true };
  const { json } = await http.send({ method: "POST", path: `${ticketPath(String(ticket.id))}/notes`, body });
  const { id } = promised(z.object({ id: z.number() }), json, "a note");
  try {
    await http.send({ method: "DELETE", path: `/api/v2/conversations/${id}` });
  } catch (thrown) {
    const said = `The note ${id} was made on ticket ${ticket.id} and could not be deleted: ${failureOf(thrown).message}`;
    return [{ outcome: "warning", said, fix: `Delete it by hand. For undo: ${ROLE_FIX}: the right to delete a conversation` }];
  }
  return [confirmed(`A private note was put on ticket ${ticket.id} and deleted again`)];
}

const Field = z.object({ name: z.string(), type: z.string() });

async function objects({ http }: CheckContext): Promise<readonly Finding[]> {
  const name = markField(http);
  const { json } = await http.send({ method: "GET", path: "/api/v2/ticket_fields" });
  const field = promised(z.array(Field), json, "a list of ticket fields").find((one) => one.name === name);
  const fix = `Admin > Workflows > Ticket fields: a single-line text field for agents only, whose name in the API is ${name}; or name another in the setting markerField`;
  if (!field) return [{ outcome: "missing", said: `Tickets have no field ${name}: nothing can be written to one`, fix }];
  if (field.type === "custom_text") return [confirmed(`Tickets have the field ${name}, for our marks`)];
  return [{ outcome: "missing", said: `The field ${name} is of the type ${field.type}, and not a single line of text`, fix }];
}

const Rule = z.object({
  name: z.string().nullish(),
  active: z.boolean().optional(),
  actions: z.array(z.object({ field_name: z.string().optional(), url: z.string().optional() })).default([]),
});

/** Rules for new tickets, and for changed ones, as the API numbers them. */
const RULES: readonly (readonly [type: number, what: string])[] = [
  [1, "ticket creation"],
  [4, "ticket updates"],
];

async function webhook({ http, hookUrl }: CheckContext): Promise<readonly Finding[]> {
  const where = hookUrl ?? "this connection's address";
  const fix = `Admin > Workflows > Automations > Ticket creation: a rule with the action Trigger webhook, POST to ${where}, with the secret (docs/connectors/freshdesk.md)`;
  const rules: { readonly what: string; readonly rule: z.infer<typeof Rule> }[] = [];
  try {
    for (const [type, what] of RULES) {
      const { json } = await http.send({ method: "GET", path: `/api/v2/automations/${type}/rules` });
      for (const rule of promised(z.array(Rule), json, "a list of automation rules")) rules.push({ what, rule });
    }
  } catch (thrown) {
    const { code } = failureOf(thrown);
    if (code !== "connector.unauthorised" && code !== "connector.not_found") throw thrown;
    return [{ outcome: "cannot_tell", said: "Only an administrator's API key may list automation rules, and this one is not", fix }];
  }
  if (hookUrl === null)
    return [
      { outcome: "cannot_tell", said: "This deployment does not know its own address, so the rules cannot be compared with it", fix },
    ];
  const ours = rules.filter(({ rule }) => rule.actions.some(({ field_name, url }) => field_name === "trigger_webhook" && url === hookUrl));
  if (ours.length === 0) return [{ outcome: "missing", said: `No automation rule posts to ${hookUrl}`, fix }];
  return ours.map(({ what, rule }): Finding => {
    const named = `The rule "${rule.name ?? ""}" (${what}) posts to ${hookUrl}`;
    if (rule.active === false) return { outcome: "missing", said: `${named}, and is switched off`, fix: "Switch the rule on" };
    return confirmed(named);
  });
}

/** Of the window, below which somebody should know. */
const FEW = 0.2;

async function limits({ http }: CheckContext): Promise<readonly Finding[]> {
  const told = callsLeft(await http.send({ method: "GET", path: "/api/v2/agents/me" }));
  if (!told) return [{ outcome: "cannot_tell", said: "The answers do not tell the limit" }];
  const said = `${told.left} of ${told.total} calls are left, for all apps of the account and for the webhooks of its automation rules together`;
  if (told.left > told.total * FEW) return [confirmed(said)];
  const fix =
    "Find out what else calls (Admin > Account > Account details shows the plan); webhooks beyond the limit are put off, and dropped after 24 hours";
  return [{ outcome: "warning", said, fix }];
}

export const freshdeskChecks: readonly Check[] = [
  { name: "auth", summary: "The credential is accepted", run: auth },
  { name: "scopes", summary: "The agent sees what workflows read", run: scopes },
  { name: "read", summary: "A ticket can be read", run: read },
  { name: "write", summary: "A private note can be made and deleted", writes: true, run: write },
  { name: "objects", summary: "The field for marks is there", run: objects },
  { name: "webhook", summary: "An automation rule posts to this connection", run: webhook },
  { name: "limits", summary: "Calls are left", run: limits },
];
