import { describe, expect, it } from "vitest";
import type { Finding } from "../../../src/connectors/check.ts";
import { freshdesk } from "../../../src/connectors/freshdesk.ts";
import { freshdeskPolls } from "../../../src/connectors/freshdesk-polls.ts";
import { failureOf } from "../../../src/core/errors.ts";
import type { StandInHere } from "./worlds/action-world.ts";
import { freshdeskHere, TICKET } from "./worlds/freshdesk-worlds.ts";

const NOW = Date.parse("2026-01-05T08:00:00Z");
const HOOK = "https://interlock.example/hooks/freshdesk";

async function check(name: string, here: StandInHere, hookUrl: string | null = HOOK): Promise<readonly Finding[]> {
  const found = freshdesk.checks?.find((one) => one.name === name) ?? expect.fail(name);
  return found.run({ http: here.http, now: NOW, hookUrl });
}
const outcomes = (findings: readonly Finding[]) => findings.map(({ outcome }) => outcome);

describe("on an account in order", () => {
  it.each(["auth", "scopes", "read", "write", "objects", "limits"])("%s is confirmed", async (name) => {
    const findings = await check(name, freshdeskHere());
    expect(findings.length).toBeGreaterThan(0);
    for (const { outcome, said } of findings) expect(outcome, said).toBe("confirmed");
  });

  it("only the write probe writes, and it leaves nothing", async () => {
    const here = freshdeskHere();
    for (const { name, writes } of freshdesk.checks ?? []) {
      const before = here.writes();
      await check(name, here);
      expect(here.writes() > before, name).toBe(writes === true);
    }
    expect(here.tables.get("conversations")?.all()).toEqual([]);
  });

  it("an administrator's key finds the rule that posts here", async () => {
    const here = freshdeskHere();
    await here.control("/settings", { admin: true });
    await here.control("/rules", { type: 1, name: "To Interlock", url: HOOK });
    expect(await check("webhook", here)).toEqual([
      { outcome: "confirmed", said: expect.stringContaining('"To Interlock" (ticket creation)') },
    ]);
  });
});

describe("a planted fault is named", () => {
  it("a key that is refused", async () => {
    expect(await check("auth", freshdeskHere({ secret: "other" })).catch(failureOf)).toMatchObject({ code: "connector.unauthorised" });
  });

  it("an agent that sees its groups' tickets only, and may not list groups", async () => {
    const here = freshdeskHere();
    await here.control("/settings", { ticketScope: 2, denied: ["groups"] });
    const findings = await check("scopes", here);
    expect(outcomes(findings)).toEqual(["warning", "missing", "confirmed", "confirmed"]);
    expect(findings[1]).toMatchObject({ said: expect.stringContaining("groups"), fix: expect.stringContaining("Roles and Scope") });
  });

  it("a field for marks that is missing, or holds something else than text", async () => {
    const here = freshdeskHere();
    await here.control("/fields", [{ name: "cf_interlock", label: "I", type: "custom_number" }]);
    expect(await check("objects", here)).toMatchObject([{ outcome: "missing", said: expect.stringContaining("custom_number") }]);
    await here.control("/fields", []);
    expect(await check("objects", here)).toMatchObject([{ outcome: "missing", said: expect.stringContaining("no field cf_interlock") }]);
  });

  it("rules that cannot be listed, that are not there, and that are switched off", async () => {
    const here = freshdeskHere();
    expect(await check("webhook", here)).toMatchObject([{ outcome: "cannot_tell", fix: expect.stringContaining(HOOK) }]);
    await here.control("/settings", { admin: true });
    expect(outcomes(await check("webhook", here))).toEqual(["missing"]);
    await here.control("/rules", { type: 4, name: "Old", url: HOOK, active: false });
    expect(await check("webhook", here)).toMatchObject([{ outcome: "missing", said: expect.stringContaining("switched off") }]);
    expect(outcomes(await check("webhook", here, null))).toEqual(["cannot_tell"]);
  });

  it("a limit that is nearly spent, with those who share it", async () => {
    const here = freshdeskHere();
    await here.control("/settings", { perMinute: 3 });
    await check("auth", here);
    await check("auth", here);
    expect(await check("limits", here)).toMatchObject([
      { outcome: "warning", said: expect.stringContaining("0 of 3 calls are left, for all apps of the account and for the webhooks") },
    ]);
  });

  it("no ticket to put a note on", async () => {
    const here = freshdeskHere();
    await here.http.send({ method: "DELETE", path: `/api/v2/tickets/${TICKET}` });
    expect(outcomes(await check("write", here))).toEqual(["cannot_tell"]);
    expect(outcomes(await check("read", here))).toEqual(["cannot_tell"]);
  });
});

describe("the poll", () => {
  const poll = freshdeskPolls.tickets;

  /** Every page from `since` to the end. */
  async function readAll(here: StandInHere, since: number) {
    const changes = [];
    let position: string | null = null;
    do {
      const page = await poll.page({ since, position }, here.http);
      changes.push(...page.changes);
      position = page.next;
    } while (position !== null);
    return changes;
  }

  it("tells of a new ticket once, and of each later change by its time", async () => {
    let time = NOW;
    const here = freshdeskHere({ now: () => time });
    time += 60_000;
    const { id } = (await (await here.control("/tickets", { subject: "New" })).json()) as { id: number };
    const first = await readAll(here, NOW + 30_000);
    expect(first.map(({ event }) => [event.type, event.subject])).toEqual([["ticket.created", String(id)]]);
    time += 60_000;
    await here.control("/change", { id, priority: 3 });
    const second = await readAll(here, NOW + 30_000);
    expect(second.map(({ event }) => event.type)).toEqual(["ticket.created", "ticket.updated"]);
    expect(second[0]?.event.signedId).toBe(first[0]?.event.signedId);
    expect((await readAll(here, time)).map(({ event }) => event.type)).toEqual(["ticket.updated"]);
  });

  it("skips no ticket, also where more than a page changed in one second", async () => {
    let time = NOW;
    const here = freshdeskHere({ now: () => time });
    time += 10_000;
    for (let i = 0; i < 250; i++) await here.control("/tickets", { subject: `Bulk ${i}` });
    time += 10_000;
    for (let i = 0; i < 30; i++) await here.control("/tickets", { subject: `Later ${i}` });
    const changes = await readAll(here, NOW + 5_000);
    expect(new Set(changes.map(({ id }) => id)).size).toBe(280);
    expect(here.requests.length).toBeLessThanOrEqual(6);
  });
});
