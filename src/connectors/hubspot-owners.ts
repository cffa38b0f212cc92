// Who owns a record: people go by their e-mail address, so that rules, reviewers and models see "ana@example.com" and not 4711.
import * as z from "zod";
import { failureOf, InterlockError } from "../core/errors.ts";
import type { Http } from "./define.ts";
import { promised } from "./http.ts";

const OwnerJson = z.object({
  id: z.string(),
  email: z.string().nullish(),
  firstName: z.string().nullish(),
  lastName: z.string().nullish(),
  archived: z.boolean().default(false),
});
export type OwnerJson = z.infer<typeof OwnerJson>;

const OWNERS = "/crm/v3/owners";

export async function ownerByEmail(email: string, http: Http): Promise<OwnerJson | null> {
  const { json } = await http.send({ method: "GET", path: `${OWNERS}?${new URLSearchParams({ email, limit: "100" })}` });
  const { results } = promised(z.object({ results: z.array(OwnerJson) }), json, "a list of owners");
  return results.find((owner) => !owner.archived && owner.email?.toLowerCase() === email.toLowerCase()) ?? null;
}

/** "#123" is an owner who is not active any more: an undo must be able to put them back. */
export async function ownerId(owner: string, http: Http): Promise<string> {
  if (/^#\d{1,20}$/.test(owner)) return owner.slice(1);
  const found = await ownerByEmail(owner, http);
  if (found) return found.id;
  throw new InterlockError("connector.rejected", `HubSpot has no active owner with the address ${owner}`, { field: "owner" });
}

/** An owner who was deactivated is not found under their number. */
export async function ownerName(id: string | null, http: Http): Promise<string | null> {
  if (id === null) return null;
  try {
    const { json } = await http.send({ method: "GET", path: `${OWNERS}/${encodeURIComponent(id)}` });
    const { email, archived } = promised(OwnerJson, json, "an owner");
    return archived || !email ? `#${id}` : email.toLowerCase();
  } catch (thrown) {
    if (failureOf(thrown).code === "connector.not_found") return `#${id}`;
    throw thrown;
  }
}
