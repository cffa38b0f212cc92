// Polls that lose and double nothing, and what the assessment says of an org with planted faults.
import { describe, expect, it } from "vitest";
import { ADA, API_USER, ORGANIZATION } from "../../../sandbox/salesforce/directory.ts";
import { salesforce } from "../../../src/connectors/salesforce.ts";
import { failureFrom, NOW, setUp } from "./salesforce-here.ts";
import { LEAD } from "./worlds/salesforce-worlds.ts";

describe("a poll", () => {
  const poll = salesforce.polls?.lead ?? expect.fail("leads are polled");

  it("sees every change once, in order, whatever page it ends on, with equal stamps and deletions among them", async () => {
    // All at one moment: the clock of this org stands still.
    const { http, add, set } = setUp();
    const made = new Set<string>([LEAD]);
    for (let n = 0; n < 230; n++) made.add((await add("Lead", { LastName: `L${n}`, Company: "C" })).Id);
    const [, gone = ""] = [...made];
    await http.send({ method: "DELETE", path: `/services/data/v67.0/sobjects/Lead/${gone}` });
    await set({ pageSize: 70 });
    const seen: string[] = [];
    let position: string | null = null;
    let pages = 0;
    do {
      const page = await poll.page({ since: 0, position }, http);
      for (const { id, changedAt, event } of page.changes) {
        seen.push(id);
        expect(event.subject).toBe(id);
        expect(changedAt).toBe(event.time);
        expect(event.type).toBe(id === gone ? "lead.deleted" : "lead.changed");
      }
      position = page.next;
      pages += 1;
    } while (position !== null && pages < 20);
    expect(seen).toHaveLength(made.size);
    expect(new Set(seen)).toEqual(made);
    expect(seen.at(-1)).toBe(gone);
    expect(pages).toBe(2);
  });

  it("begins where it is told, and says who changed a record", async () => {
    const { http, change } = setUp();
    expect((await poll.page({ since: NOW, position: null }, http)).changes).toEqual([]);
    await change("Lead", LEAD, { Rating: "Hot" });
    const { changes, next } = await poll.page({ since: NOW, position: null }, http);
    expect(changes.map(({ id, event }) => [id, event.actors?.[0]])).toEqual([[LEAD, ADA]]);
    expect(next).toBeNull();
  });

  it("gives a change the same identity however often it is read, and another after the next change", async () => {
    const { http, change } = setUp();
    const ids = async () => (await poll.page({ since: 0, position: null }, http)).changes.map(({ event }) => event.signedId);
    const [first] = await ids();
    expect(await ids()).toEqual([first]);
    await change("Lead", LEAD, { Rating: "Hot" });
    expect(await ids()).not.toEqual([first]);
  });
});

describe("the assessment", () => {
  const ask = async (name: string, here: ReturnType<typeof setUp>) => {
    const check = salesforce.checks?.find((one) => one.name === name) ?? expect.fail(`no check ${name}`);
    return check.run({ http: here.http, now: NOW, hookUrl: "https://app.example.com/hooks/salesforce" });
  };
  const outcomes = async (...asked: Parameters<typeof ask>) => (await ask(...asked)).map(({ outcome }) => outcome);

  it("confirms a connection that is in order", async () => {
    const here = setUp({ settings: { organizationId: ORGANIZATION.slice(0, 15), objects: "Case, Lead,Invoice__c" } });
    expect(await ask("auth", here)).toEqual([{ outcome: "confirmed", said: `Signed in to Acme (${ORGANIZATION}, a sandbox)` }]);
    expect(await outcomes("scopes", here)).toEqual(["confirmed"]);
    expect(await outcomes("read", here)).toEqual(["confirmed", "confirmed", "confirmed"]);
    expect(await outcomes("objects", here)).toEqual(["confirmed", "confirmed", "confirmed"]);
    expect(await outcomes("limits", here)).toEqual(["confirmed"]);
    expect(here.writes()).toBe(0);
  });

  it("names another organisation than the configured one", async () => {
    const [finding] = await ask("auth", setUp({ settings: { organizationId: "00D000000000001" } }));
    expect(finding).toMatchObject({
      outcome: "missing",
      said: expect.stringContaining("00D000000000001"),
      fix: expect.stringContaining("Company Information"),
    });
  });

  it("names an object that is not there, and one that lacks our field", async () => {
    const here = setUp({ settings: { objects: "Contact,Nope__c,Lead" } });
    const findings = await ask("objects", here);
    expect(findings.map(({ outcome }) => outcome)).toEqual(["missing", "missing", "confirmed"]);
    expect(findings[0]?.said).toContain("Interlock_Key__c");
    expect(findings[0]?.fix).toContain("Object Manager > Contact");
    expect(findings[1]?.said).toContain("Nope__c");
  });

  it("names the fields that workflows write and the integration user may not edit", async () => {
    const here = setUp({ settings: { objects: "Case,Lead", fields: "Case.Priority, Case.Tier__c,Case.CaseNumber,Lead.Rating" } });
    await here.set({ hidden: ["Case.Tier__c"] });
    const findings = await ask("objects", here);
    expect(findings.map(({ outcome }) => outcome)).toEqual(["missing", "confirmed"]);
    expect(findings[0]).toMatchObject({
      said: expect.stringContaining("Tier__c, CaseNumber"),
      fix: expect.stringContaining("Edit Access"),
    });
  });

  it.each<[number, string, string | undefined]>([
    [0, "confirmed", undefined],
    [12_100, "warning", "API Usage"],
    [13_600, "missing", "API Usage"],
  ])("of a budget of which %i calls are spent says %s", async (usedBefore, outcome, fix) => {
    const here = setUp();
    await here.set({ usedBefore });
    const [finding] = await ask("limits", here);
    expect(finding?.outcome).toBe(outcome);
    expect(finding?.said).toContain(`${usedBefore + 1} of 15000`);
    if (fix) expect(finding?.fix).toContain(fix);
  });

  it("names a budget that is spent, although nothing can be asked any more", async () => {
    const here = setUp();
    await here.set({ limit: 15_000, usedBefore: 15_000 });
    expect(await ask("limits", here)).toMatchObject([
      { outcome: "missing", said: expect.stringContaining("REQUEST_LIMIT_EXCEEDED"), fix: expect.stringContaining("API Usage") },
    ]);
    expect(salesforce.checks?.[0]?.name).toBe("limits");
  });

  it("says what it cannot see of webhooks, and where to look", async () => {
    expect(await ask("webhook", setUp())).toMatchObject([
      { outcome: "cannot_tell", fix: expect.stringContaining("https://app.example.com/hooks/salesforce") },
    ]);
  });

  it("takes its write probe back", async () => {
    const here = setUp();
    expect(salesforce.checks?.find(({ name }) => name === "write")?.writes).toBe(true);
    expect(await outcomes("write", here)).toEqual(["confirmed"]);
    expect(here.rows("Task").map(({ IsDeleted, CreatedById }) => [IsDeleted, CreatedById])).toEqual([[true, API_USER]]);
  });

  it("throws what is wrong with the token, which is a finding as well", async () => {
    const here = setUp();
    await here.control("/expire");
    expect((await failureFrom(ask("auth", here))).code).toBe("connector.unauthorised");
  });
});
