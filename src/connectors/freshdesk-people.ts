// Groups and agents go by name and by e-mail address, so that rules, people and models see "Billing" and not 101.
import * as z from "zod";
import { failureOf, InterlockError } from "../core/errors.ts";
import type { Http } from "./define.ts";
import { PAGE } from "./freshdesk-api.ts";
import { promised } from "./http.ts";

const GroupJson = z.object({ id: z.number(), name: z.string() });
type GroupJson = z.infer<typeof GroupJson>;

export const AgentJson = z.object({
  id: z.number(),
  /** 1: all tickets; 2: those of its groups; 3: its own. */
  ticket_scope: z.number().optional(),
  contact: z.object({ name: z.string().nullish(), email: z.string().nullish(), active: z.boolean().optional() }),
});
export type AgentJson = z.infer<typeof AgentJson>;

const KEPT_MS = 300_000;
const RECHECK_MS = 30_000;
/** An account with more groups than this has them found by number only. */
const MOST_GROUP_PAGES = 10;

async function loadGroups(http: Http): Promise<readonly GroupJson[]> {
  const groups: GroupJson[] = [];
  for (let page = 1; page <= MOST_GROUP_PAGES; page++) {
    const { json } = await http.send({ method: "GET", path: `/api/v2/groups?per_page=${PAGE}&page=${page}` });
    const found = promised(z.array(GroupJson), json, "a list of groups");
    groups.push(...found);
    if (found.length < PAGE) break;
  }
  return groups;
}

/** `since` "recheck": a name that the kept list lacks may be of a group made a minute ago. */
const groupsOf = (http: Http, since: "kept" | "recheck"): Promise<readonly GroupJson[]> =>
  since === "kept"
    ? http.remember("groups", KEPT_MS, () => loadGroups(http))
    : http.remember("groups.recheck", RECHECK_MS, () => loadGroups(http));

/** A group that is no longer listed keeps a name that leads back to it: an undo must be able to restore it. */
export async function groupName(id: number | null | undefined, http: Http): Promise<string | null> {
  if (id === null || id === undefined) return null;
  const named = (groups: readonly GroupJson[]) => groups.find((group) => group.id === id)?.name;
  return named(await groupsOf(http, "kept")) ?? named(await groupsOf(http, "recheck")) ?? `#${id}`;
}

export async function groupId(name: string, http: Http): Promise<number> {
  if (/^#\d{1,15}$/.test(name)) return Number(name.slice(1));
  let groups: readonly GroupJson[] = [];
  for (const since of ["kept", "recheck"] as const) {
    groups = await groupsOf(http, since);
    const found = groups.find((group) => group.name === name);
    if (found) return found.id;
  }
  const allowed = groups.map((group) => group.name).join(", ");
  throw new InterlockError("connector.rejected", `Freshdesk has no group "${name}"; it has: ${allowed}`, { field: "group" });
}

export async function agentByEmail(email: string, http: Http): Promise<AgentJson | null> {
  const { json } = await http.send({ method: "GET", path: `/api/v2/agents?${new URLSearchParams({ email })}` });
  const agents = promised(z.array(AgentJson), json, "a list of agents");
  return agents.find(({ contact }) => contact.email?.toLowerCase() === email.toLowerCase()) ?? null;
}

export async function agentId(agent: string, http: Http): Promise<number> {
  if (/^#\d{1,15}$/.test(agent)) return Number(agent.slice(1));
  const found = await agentByEmail(agent, http);
  if (found) return found.id;
  throw new InterlockError("connector.rejected", `Freshdesk has no agent with the address ${agent}`, { field: "agent" });
}

/** Whoever is an agent no longer is not found under their number. */
export async function agentEmail(id: number | null | undefined, http: Http): Promise<string | null> {
  if (id === null || id === undefined) return null;
  try {
    const { json } = await http.send({ method: "GET", path: `/api/v2/agents/${id}` });
    return promised(AgentJson, json, "an agent").contact.email?.toLowerCase() ?? `#${id}`;
  } catch (thrown) {
    if (failureOf(thrown).code === "connector.not_found") return `#${id}`;
    throw thrown;
  }
}
