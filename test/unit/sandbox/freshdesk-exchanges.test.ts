// The stand-in answers as the documented exchanges do: the status, the limits in the headers, and every field with its type. Skipped where they are not beside the repository.
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { API_KEY, FIELDS } from "../../../sandbox/freshdesk/account.ts";
import { freshdeskHere, TICKET } from "../connectors/worlds/freshdesk-worlds.ts";

interface Exchange {
  readonly name: string;
  readonly request: { method: string; path: string; body: Record<string, unknown> | null };
  readonly response: { status: number; headers: Record<string, string>; body: Record<string, unknown> | null };
}
const CONTRACT = "../shared/contracts/freshdesk/exchanges.derived.json";
const exchanges: Exchange[] = existsSync(CONTRACT) ? JSON.parse(readFileSync(CONTRACT, "utf8")) : [];

/** What has to be so in the account, and what is asked in place of the documented path. A reason: the stand-in does not play this part. */
const SETTINGS: Readonly<Record<string, object>> = { forbidden: { denied: ["groups"] }, "rate-limit": { perMinute: 0 } };
const PATHS: Readonly<Record<string, string>> = { forbidden: "/api/v2/groups" };
const NOT_PLAYED: Readonly<Record<string, string>> = { duplicate: "contacts are made by tickets only" };

function sameShape(actual: unknown, documented: unknown, at: string): void {
  if (documented === null || actual === null) return;
  expect(typeof actual, at).toBe(typeof documented);
  if (typeof documented !== "object") return;
  if (Array.isArray(documented)) documented.forEach((item, index) => void sameShape((actual as unknown[])[index], item, `${at}[${index}]`));
  else
    for (const [name, value] of Object.entries(documented as object)) {
      expect(Object.hasOwn(actual as object, name), `${at}.${name}`).toBe(true);
      sameShape((actual as Record<string, unknown>)[name], value, `${at}.${name}`);
    }
}

describe.skipIf(exchanges.length === 0)("the stand-in", () => {
  for (const { name, request, response } of exchanges) {
    const reason = NOT_PLAYED[name];
    it.skipIf(reason !== undefined)(`answers as documented: ${name}${reason ? ` (${reason})` : ""}`, async () => {
      const here = freshdeskHere();
      await here.control("/fields", [...FIELDS, { name: "cf_ai", label: "AI", type: "custom_text" }]);
      await here.control("/settings", SETTINGS[name] ?? {});
      const body = request.body && { ...request.body, ...(request.body.group_id === undefined ? {} : { group_id: 301 }) };
      const key = name === "bad-credentials" ? "APIKEY" : API_KEY;
      const answer = await here.fetch(`http://127.0.0.1${PATHS[name] ?? request.path.replace("/42", `/${TICKET}`)}`, {
        method: request.method,
        headers: { authorization: `Basic ${btoa(`${key}:X`)}`, "content-type": "application/json" },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      expect(answer.status).toBe(response.status);
      for (const header of Object.keys(response.headers)) expect(answer.headers.has(header), header).toBe(true);
      const text = await answer.text();
      if (response.body === null) expect(text).toBe("");
      else {
        const { custom_fields: _, ...documented } = response.body;
        sameShape(JSON.parse(text), documented, "body");
        if (response.status === 400) expect(JSON.parse(text)).toEqual(response.body);
      }
    });
  }
});
