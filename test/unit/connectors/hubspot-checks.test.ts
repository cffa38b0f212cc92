import { describe, expect, it } from "vitest";
import type { CrmRecord } from "../../../sandbox/hubspot/store.ts";
import type { Finding } from "../../../src/connectors/check.ts";
import { hubspot } from "../../../src/connectors/hubspot.ts";
import { failureOf } from "../../../src/core/errors.ts";
import type { StandInHere } from "./worlds/action-world.ts";
import { hubspotHere } from "./worlds/hubspot-worlds.ts";

const NOW = Date.parse("2026-01-05T08:00:00Z");
const HOOK = "https://interlock.example/hooks/hubspot";

async function check(name: string, here: StandInHere): Promise<readonly Finding[]> {
  const found = hubspot.checks?.find((one) => one.name === name) ?? expect.fail(name);
  return found.run({ http: here.http, now: NOW, hookUrl: HOOK });
}
const outcomes = (findings: readonly Finding[]) => findings.map(({ outcome }) => outcome);

describe("on an account in order", () => {
  it.each(["auth", "scopes", "read", "write", "limits", "objects", "clock"])("%s is confirmed", async (name) => {
    const findings = await check(name, hubspotHere({ settings: { customObject: "2-3465404", portalId: "62515" } }));
    expect(findings.length).toBeGreaterThan(0);
    for (const { outcome, said } of findings) expect(outcome, said).toBe("confirmed");
  });

  it("only the write probe writes, and it leaves nothing", async () => {
    const here = hubspotHere();
    for (const { name, writes } of hubspot.checks ?? []) {
      const before = here.writes();
      await check(name, here);
      expect(here.writes() > before, name).toBe(writes === true);
    }
    const notes = ((here.tables.get("records")?.all() ?? []) as CrmRecord[]).filter(({ type }) => type === "notes");
    expect(notes.map(({ archived }) => archived)).toEqual([true]);
  });

  it("the webhook's subscriptions cannot be told, and the words say where to look", async () => {
    const [finding, ...more] = await check("webhook", hubspotHere({ settings: { targetUrl: HOOK } }));
    expect(finding).toMatchObject({ outcome: "cannot_tell", fix: expect.stringContaining(HOOK) });
    expect(more).toEqual([]);
  });
});

describe("a planted fault is named", () => {
  it("a credential that is refused, and one of another account", async () => {
    const refused = await check("auth", hubspotHere({ secret: "pat-other" })).catch(failureOf);
    expect(refused).toMatchObject({ code: "connector.unauthorised" });
    const [other] = await check("auth", hubspotHere({ settings: { portalId: "7" } }));
    expect(other).toMatchObject({ outcome: "missing", said: expect.stringContaining("62515") });
  });

  it("a scope that is missing, by HubSpot's name for it", async () => {
    const here = hubspotHere();
    await here.control("/settings", { scopes: ["crm.objects.contacts.read", "tickets", "crm.objects.owners.read"] });
    const findings = await check("scopes", here);
    const missing = findings.filter(({ outcome }) => outcome === "missing");
    expect(missing.map(({ said }) => /crm\.objects\.\w+\.read/.exec(said)?.[0])).toEqual([
      "crm.objects.companies.read",
      "crm.objects.deals.read",
    ]);
    for (const { fix } of missing) expect(fix).toContain("Private Apps");
  });

  it("a custom type that may not be read", async () => {
    const here = hubspotHere({ settings: { customObject: "2-3465404" } });
    await here.control("/settings", { scopes: [] });
    expect(await check("objects", here)).toMatchObject([{ outcome: "missing", said: expect.stringContaining("crm.objects.custom.read") }]);
  });

  it("a right to write that is missing", async () => {
    const here = hubspotHere();
    await here.control("/settings", { scopes: ["crm.objects.contacts.read"] });
    const failure = await check("write", here).catch(failureOf);
    expect(failure).toMatchObject({ message: expect.stringContaining("crm.objects.contacts.write") });
  });

  it("a day that is nearly spent", async () => {
    const here = hubspotHere();
    await here.control("/settings", { daily: 1_000, spent: 850 });
    expect((await check("limits", here)).at(-1)).toMatchObject({ outcome: "warning", said: "851 of the day's 1000 calls are spent" });
  });

  it.each([
    [0, "confirmed"],
    [120_000, "warning"],
    [-400_000, "missing"],
  ])("a clock that is %i ms ahead: %s", async (clockAheadMs, outcome) => {
    const here = hubspotHere();
    await here.control("/settings", { clockAheadMs });
    expect(outcomes(await check("clock", here))).toEqual([outcome]);
  });

  it("a target URL that is not where the deployment is", async () => {
    const findings = await check("webhook", hubspotHere({ settings: { targetUrl: "https://old.example/hooks/hubspot" } }));
    expect(outcomes(findings)).toEqual(["cannot_tell", "missing"]);
  });
});
