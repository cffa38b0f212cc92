// People go by their e-mail address, so that rules, reviewers and models see "maya@example.com" and not 901.
import * as z from "zod";
import { failureOf, InterlockError } from "../core/errors.ts";
import { type Http, readAction } from "./define.ts";
import { promised } from "./http.ts";

const UserJson = z.object({
  id: z.number(),
  name: z.string().nullish(),
  email: z.string().nullish(),
  role: z.string(),
  active: z.boolean().default(true),
  suspended: z.boolean().default(false),
});
type UserJson = z.infer<typeof UserJson>;

/** Addresses are unique; the search takes a part of one for a match as well. */
async function userByEmail(email: string, http: Http): Promise<UserJson | null> {
  const { json } = await http.send({
    method: "GET",
    path: `/api/v2/users/search.json?${new URLSearchParams({ query: `email:${email}` })}`,
  });
  const { users } = promised(z.object({ users: z.array(UserJson) }), json, "a list of users");
  return users.find((user) => user.active && user.email?.toLowerCase() === email.toLowerCase()) ?? null;
}

const ASSIGNABLE = new Set(["agent", "admin"]);

/** "#123" leads back to an assignee who has no address any more. */
export async function agentId(assignee: string, http: Http): Promise<number> {
  if (/^#\d{1,15}$/.test(assignee)) return Number(assignee.slice(1));
  const user = await userByEmail(assignee, http);
  if (user && ASSIGNABLE.has(user.role) && !user.suspended) return user.id;
  throw new InterlockError("connector.rejected", `Zendesk has no active agent with the address ${assignee}`, { field: "assignee" });
}

export async function agentEmail(id: number | null | undefined, http: Http): Promise<string | null> {
  if (id === null || id === undefined) return null;
  try {
    const { json } = await http.send({ method: "GET", path: `/api/v2/users/${id}.json` });
    const { user } = promised(z.object({ user: UserJson }), json, "a user");
    return user.active && user.email ? user.email.toLowerCase() : `#${id}`;
  } catch (thrown) {
    if (failureOf(thrown).code === "connector.not_found") return `#${id}`;
    throw thrown;
  }
}

export const findUser = readAction({
  summary: "Find a user by e-mail address: an agent or whoever writes in",
  docs: "https://developer.zendesk.com/api-reference/ticketing/users/users/#search-users",
  input: z.strictObject({ email: z.email() }),
  output: z.object({
    user: z.object({ id: z.string(), email: z.string(), name: z.string(), role: z.string(), suspended: z.boolean() }).nullable(),
  }),
  run: async ({ email }, http) => {
    const user = await userByEmail(email, http);
    if (!user) return { user: null };
    const { id, name, role, suspended } = user;
    return { user: { id: String(id), email: email.toLowerCase(), name: name ?? "", role, suspended } };
  },
});
