// `npm run assess` as its user runs it, against a deployment that runs and the sandbox's eight systems: all is well; then each kind of fault is planted in the systems
// themselves (a right that is lacking, a webhook that is gone, a clock that is off, calls that are nearly spent), and the report names each, with what to do about it.
import { execFile } from "node:child_process";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SandboxClient, sandboxClient } from "../../sandbox/client.ts";
import { type Surroundings, startSurroundings } from "../../sandbox/demo/surroundings.ts";
import { ALL_SCOPES as HUBSPOT_SCOPES } from "../../sandbox/hubspot/account.ts";
import { ALL_SCOPES as SHOPIFY_SCOPES } from "../../sandbox/shopify/shop.ts";
import { CHANNELS } from "../../sandbox/teams/directory.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
let surroundings: Surroundings;
let sandbox: SandboxClient;

beforeAll(async () => {
  surroundings = await startSurroundings({ state: ".state/assess", ports: [9287, 9288] });
  sandbox = sandboxClient(surroundings.sandbox.url);
});
afterAll(() => surroundings?.stop());

const assess = (...options: string[]) =>
  new Promise<{ code: number | null; report: string }>((resolve) => {
    const child = execFile(
      "npm",
      ["run", "-s", "assess", "--", "--url", surroundings.interlock.url, ...options],
      { cwd: ROOT },
      (_, out, err) => resolve({ code: child.exitCode, report: out + err }),
    );
  });

/** The lines about one connection. */
const about = (report: string, connection: string): string =>
  report.split("\n\n").find((part) => part.includes(`connection "${connection}"`)) ?? "";

async function plant(system: string, route: string, body: object = {}): Promise<void> {
  const { status, text } = await sandbox.call("POST", `/control/${system}/${route}`, body);
  expect(status, text).toBeLessThan(300);
}

describe("npm run assess", () => {
  it("finds nothing missing in eight systems that are set up, and ends with 0", async () => {
    const { code, report } = await assess();
    expect(report).not.toContain("MISSING");
    expect(report).toContain("8 connections assessed, 0 things missing");
    expect(code).toBe(0);
    for (const said of [
      "The credential is accepted; it is the one of interlock@example.com",
      `is active and posts zen:event-type:ticket.created to ${surroundings.interlock.url}/hooks/zendesk`,
      "The credential is accepted by account 62515",
      "Signed in to Acme",
      "Signed in to Sandbox shop",
      `ORDERS_CREATE is posted to ${surroundings.interlock.url}/hooks/shopify`,
      "The credential may hold orders",
      "The bot may read the members of",
    ])
      expect(report).toContain(said);
  });

  it("names each fault that was planted in them, with what to do, and ends with 1", async () => {
    await sandbox.settings({
      zendesk_role: "end-user",
      zendesk_webhook: "none",
      zendesk_rate_limit: 1_000,
      zendesk_spent: 850,
      slack_lacks: ["chat:write"],
      clocks_ahead_ms: { zendesk: -400_000, magento: 90_000, slack: 400_000 },
    });
    await plant("freshdesk", "settings", { denied: ["groups"], admin: true, spent: 600 });
    await plant("hubspot", "settings", { scopes: HUBSPOT_SCOPES.filter((scope) => scope !== "crm.objects.deals.read"), spent: 550_000 });
    await plant("salesforce", "settings", { usedBefore: 14_300 });
    await plant("shopify", "settings", { scopes: SHOPIFY_SCOPES.filter((scope) => scope !== "write_orders") });
    await plant("shopify", "unsubscribe");
    await plant("magento", "settings", { denied: ["Magento_Sales::hold"] });
    await plant("teams", "channel", { channel: CHANNELS[0]?.id, closed: true });

    const { code, report } = await assess();
    expect(code).toBe(1);
    const hook = (system: string) => `${surroundings.interlock.url}/hooks/${system}`;
    const faults: Record<string, [said: string | RegExp, fix: string][]> = {
      zendesk: [
        ["MISSING The user's role is end-user: it cannot work on tickets", "role Agent or Admin"],
        [`MISSING No webhook posts to ${hook("zendesk")}`, "Apps and integrations > Webhooks"],
        [/MISSING Its clock is \d+ s behind ours: signatures and tokens are refused/, "by NTP"],
        [/look {4}\d+ of the account's 1000 calls of this minute are left/, "Usage shows what else calls"],
      ],
      slack: [
        ["MISSING The app lacks chat:write", "add the bot scope chat:write"],
        [/MISSING Its clock is \d+ s ahead of ours/, "by NTP"],
      ],
      freshdesk: [
        [/MISSING The agent may not read groups: .*You are not authorized to perform this action/, "Roles and Scope"],
        [`MISSING No automation rule posts to ${hook("freshdesk")}`, "Ticket creation"],
        [/look {4}\d+ of 700 calls are left/, "Find out what else calls"],
      ],
      hubspot: [
        [/MISSING The token may not read deals: .*crm\.objects\.deals\.read/, "Private Apps > the app > Scopes"],
        [/look {4}55\d+ of the day's 650000 calls are spent/, "API usage"],
      ],
      salesforce: [[/MISSING DailyApiRequests: 14\d+ of 15000 are spent \(9\d %\)/, "Setup > System Overview > API Usage"]],
      shopify: [
        ["MISSING The app lacks the scope write_orders: it cannot change, tag, refund and cancel orders", "Access scopes"],
        [`MISSING No subscription made by API posts to ${hook("shopify")}`, "Subscribe to the topics"],
      ],
      magento: [
        ["MISSING The credential may not hold orders", "Sales > Operations > Orders > Actions > Hold"],
        [/look {4}Its clock is \d+ s ahead of ours/, "by NTP"],
      ],
      teams: [[/MISSING .*BotNotInConversationRoster/, "Add the app to the team"]],
    };
    for (const [connection, named] of Object.entries(faults))
      for (const [said, fix] of named) {
        const part = about(report, connection);
        const line = part.split("\n").findIndex((one) => (typeof said === "string" ? one.includes(said) : said.test(one)));
        expect(line, `${connection}: ${said}\n${part}`).toBeGreaterThan(0);
        expect(part.split("\n")[line + 1]).toMatch(/^ +-> /);
        expect(part.split("\n")[line + 1]).toContain(fix);
      }
  });

  it("assesses the one that is named, and ends with 2 where there is none of that name", async () => {
    const { code, report } = await assess("--connection", "teams");
    expect([code, report]).toEqual([1, expect.stringContaining("1 connections assessed, 1 things missing")]);
    expect(await assess("--connection", "sap-of-ours")).toEqual({
      code: 2,
      report: expect.stringContaining('there is no "sap-of-ours"; there are zendesk, slack, freshdesk'),
    });
  });
});
