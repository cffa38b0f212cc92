// Groups go by name, so that rules, people and models see "billing" and not 101.
import * as z from "zod";
import { InterlockError } from "../core/errors.ts";
import type { Http } from "./define.ts";
import { records } from "./zendesk-api.ts";

const GroupJson = z.object({ id: z.number(), name: z.string(), deleted: z.boolean().default(false) });
type GroupJson = z.infer<typeof GroupJson>;

/** `since` "recheck": a name that the kept list lacks may be of a group made a minute ago. */
function groupsOf(http: Http, since: "kept" | "recheck"): Promise<GroupJson[]> {
  const load = async () => {
    const groups: GroupJson[] = [];
    for await (const group of records(http, "/api/v2/groups", "groups", GroupJson)) groups.push(group);
    return groups;
  };
  return since === "kept" ? http.remember("groups", 300_000, load) : http.remember("groups.recheck", 30_000, load);
}

/** A group that is no longer listed keeps a name that leads back to it: an undo must be able to restore it. */
export async function groupName(id: number | null | undefined, http: Http): Promise<string | null> {
  if (id === null || id === undefined) return null;
  const named = (groups: GroupJson[]) => groups.find((group) => group.id === id)?.name;
  return named(await groupsOf(http, "kept")) ?? named(await groupsOf(http, "recheck")) ?? `#${id}`;
}

export async function groupId(name: string, http: Http): Promise<number> {
  if (/^#\d{1,15}$/.test(name)) return Number(name.slice(1));
  let groups: GroupJson[] = [];
  for (const since of ["kept", "recheck"] as const) {
    groups = (await groupsOf(http, since)).filter((group) => !group.deleted);
    const [first, second] = groups.filter((group) => group.name === name);
    if (first && second) throw new InterlockError("connector.rejected", `Zendesk has more than one group "${name}"`, { field: "group" });
    if (first) return first.id;
  }
  const allowed = groups.map((group) => group.name).join(", ");
  throw new InterlockError("connector.rejected", `Zendesk has no group "${name}"; it has: ${allowed}`, { field: "group" });
}
