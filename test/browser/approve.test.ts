// A reviewer at the console, in a real browser against real processes: the inbox, one approval, the decision, the run, and what the business system then holds.
// With the keyboard alone, and without JavaScript.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type SandboxClient, sandboxClient } from "../../sandbox/client.ts";
import { type ConsoleClient, consoleClient } from "../../sandbox/demo/console-client.ts";
import { type Surroundings, startSurroundings } from "../../sandbox/demo/surroundings.ts";
import { demoTickets } from "../../sandbox/demo/tickets.ts";
import type { ListedApproval } from "../../src/db/reads.ts";
import { chromiumPath, HOW_TO_GET_ONE, launch, openPage, tabTo } from "./chromium.ts";
import { structureFaults } from "./page-checks.ts";
import { faultsInViews, looksInViews } from "./views.ts";

const STATE = ".state/browser";
/** Tickets of the demo that a person is asked about, and what this test does with each. */
const NAMES = { approved: "vague", edited: "two problems", rejected: "not for us", left: "erasure", cancelled: "vague" } as const;
type Part = keyof typeof NAMES;

let surroundings: Surroundings;
let browser: Browser;
let sandbox: SandboxClient;
let api: ConsoleClient;
/** Who looks at every page, as it is at that moment. */
let looker: Awaited<ReturnType<typeof openPage>>;
const tickets = new Map<Part, number>();
const approvals = new Map<Part, ListedApproval>();

const approvalOf = (part: Part) => approvals.get(part) as ListedApproval;
const ticketOf = (part: Part) => sandbox.ticket(tickets.get(part) as number);
const at = (place: string) => surroundings.interlock.url + place;
const runPage = (part: Part) => `/runs/${encodeURIComponent(approvalOf(part).run)}`;

async function groupOf(part: Part): Promise<string | undefined> {
  const [ticket, { groups }] = await Promise.all([ticketOf(part), sandbox.state()]);
  return groups.find(({ id }) => id === ticket.group_id)?.name;
}

/** The console follows its partition within a second. */
const settled = (part: Part, status: string) =>
  vi.waitFor(
    async () => {
      const { run, effects } = await api.run(approvalOf(part).run);
      expect(run.status).toBe("completed");
      expect(effects.find(({ step }) => step === "route ticket")?.status).toBe(status);
    },
    { timeout: 120_000, interval: 100 },
  );

/** `name`: of its pictures. */
async function faultsAt(name: string, address: string, find = faultsInViews): Promise<string[]> {
  await looker.page.goto(address);
  const faults = await find(looker.page, name);
  return [...faults, ...looker.complaints.splice(0)];
}

if (chromiumPath === null) process.stdout.write(`browser tests skipped: ${HOW_TO_GET_ONE}\n`);

describe.skipIf(chromiumPath === null)("a reviewer in a browser", () => {
  beforeAll(async () => {
    [surroundings, browser] = await Promise.all([startSurroundings({ state: STATE, ports: [9187, 9188] }), launch()]);
    looker = await openPage(browser);
    sandbox = sandboxClient(surroundings.sandbox.url);
    api = consoleClient(surroundings.interlock.url);
    for (const [part, name] of Object.entries(NAMES)) {
      const { subject, description } = demoTickets.find((ticket) => ticket.name === name) as (typeof demoTickets)[number];
      const { ticket_id: id } = await sandbox.newTicket({ subject, description });
      tickets.set(part as Part, id);
    }
    await vi.waitFor(
      async () => {
        const pending = await api.pending();
        for (const [part, id] of tickets) {
          const found = pending.find(({ subject }) => subject === String(id));
          expect(found).toBeDefined();
          approvals.set(part, found as ListedApproval);
        }
      },
      { timeout: 240_000, interval: 200 },
    );
  });
  afterAll(async () => {
    await browser?.close();
    await surroundings?.stop();
  });

  it("finds everything that waits in the inbox, and every page within reach of everybody", async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(at("/"));
    expect(new URL(page.url()).pathname).toBe("/approvals");
    expect(complaints).toEqual([]);
    for (const { id } of approvals.values()) expect(await page.locator(`a[href="/approvals/${id}"]`).count()).toBe(1);
    for (const place of [
      "/approvals",
      "/approvals?status=decided",
      `/approvals/${approvalOf("left").id}`,
      "/runs",
      runPage("left"),
      "/runs?workflow=ticket-triage",
      "/workflows",
      "/dead-letters",
      "/stops",
    ])
      expect([place, await faultsAt(place.slice(1).replaceAll(/\W/g, "-"), at(place))]).toEqual([place, []]);
  });

  it("approves with the keyboard alone, and the business system holds what was approved", async () => {
    const { id, approval } = approvalOf("approved");
    const { page, complaints } = await openPage(browser);
    await page.goto(at("/approvals"));
    await tabTo(page, `a[href="/approvals/${id}"]`);
    await page.keyboard.press("Enter");
    await page.waitForURL(at(`/approvals/${id}`));
    expect(await page.locator(".change").textContent()).toContain(String(approval.values.group));

    await tabTo(page, "form:has(input[value=approved]) button");
    await page.keyboard.press("Enter");
    await page.waitForURL(at(`${runPage("approved")}?notice=approved`));
    expect(await page.getByRole("status").or(page.locator(".banner")).first().textContent()).toContain("Approved");

    await settled("approved", "applied");
    await page.goto(at(runPage("approved")));
    expect(await page.locator("main").textContent()).toMatch(/Approved.*by ada@example\.com/);
    expect(await page.locator(".page-head").textContent()).toMatch(/completed/i);
    expect(await groupOf("approved")).toBe(approval.values.group);
    expect((await ticketOf("approved")).writes.applied).toBe(2);

    await page.goto(`${surroundings.sandbox.url}/?refresh=off`);
    const card = page.locator(`article[aria-labelledby="t${tickets.get("approved")}"]`);
    expect(await card.locator(".chip.group").textContent()).toBe(approval.values.group);
    expect(await card.textContent()).toContain("Written by Interlock");
    expect(complaints).toEqual([]);
    expect(await faultsAt("run", at(runPage("approved")))).toEqual([]);
  });

  it("edits and approves without JavaScript: what is written is what the reviewer chose", async () => {
    const { id, approval } = approvalOf("edited");
    const group = approval.values.group === "technical" ? "returns" : "technical";
    const { page, complaints } = await openPage(browser, { javaScriptEnabled: false });
    await page.goto(at(`/approvals/${id}`));
    await page.getByText("Edit and approve").click();
    await page.getByLabel("group").selectOption(group);
    await page.getByLabel("priority").selectOption("low");
    await page.getByRole("button", { name: "Approve these values" }).click();
    await page.waitForURL(at(`${runPage("edited")}?notice=edited`));
    await settled("edited", "applied");
    expect([await groupOf("edited"), (await ticketOf("edited")).priority]).toEqual([group, "low"]);
    await page.goto(at(`/approvals/${id}`));
    expect(await page.locator("#decision").locator("..").textContent()).toContain("by ada@example.com");
    // The values that were asked about are not shown as if they had been written.
    expect(await page.locator("#change + .change thead").textContent()).toBe("FieldBeforeProposed");
    expect(complaints).toEqual([]);
    expect(await faultsAt("decided-approval", at(`/approvals/${id}`))).toEqual([]);
  });

  it("rejects with a reason, with the keyboard and without JavaScript: nothing is written", async () => {
    const { id } = approvalOf("rejected");
    const before = await ticketOf("rejected");
    const { page, complaints } = await openPage(browser, { javaScriptEnabled: false });
    await page.goto(at(`/approvals/${id}`));
    await tabTo(page, "details:has(input[value=rejected]) > summary");
    await page.keyboard.press("Enter");
    await tabTo(page, "#reason");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    // The browser itself asks for the required reason.
    expect(await page.locator("#reason").evaluate((field: { matches(selector: string): boolean }) => field.matches(":user-invalid"))).toBe(
      true,
    );
    expect(new URL(page.url()).pathname).toBe(`/approvals/${id}`);
    await page.getByLabel("Reason (required)").focus();
    await page.keyboard.type("This is advertising, & not a <request>");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL(at(`${runPage("rejected")}?notice=rejected`));

    await settled("rejected", "refused");
    await page.goto(at(runPage("rejected")));
    expect(await page.locator("main").textContent()).toContain("This is advertising, & not a <request>");
    const after = await ticketOf("rejected");
    expect([after.group_id, after.priority, after.writes.applied]).toEqual([before.group_id, before.priority, 0]);
    expect(complaints).toEqual([]);
    expect(await faultsAt("rejected-run", at(runPage("rejected")))).toEqual([]);
  });

  it("cancels a waiting run with the keyboard alone: nothing is written, and nobody is asked any more", async () => {
    const { page, complaints } = await openPage(browser, { javaScriptEnabled: false });
    await page.goto(at(runPage("cancelled")));
    expect(await faultsAt("waiting-run", at(runPage("cancelled")))).toEqual([]);
    await tabTo(page, "details:has(#leave) > summary");
    await page.keyboard.press("Enter");
    await tabTo(page, "#leave");
    await page.keyboard.press("Space");
    await tabTo(page, "#reason");
    await page.keyboard.type("The customer withdrew");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL(at(`${runPage("cancelled")}?notice=cancelled`));
    await vi.waitFor(async () => expect((await api.run(approvalOf("cancelled").run)).run.status).toBe("cancelled"), {
      timeout: 120_000,
      interval: 100,
    });
    await page.goto(at(runPage("cancelled")));
    expect(await page.locator(".page-head").textContent()).toContain("Cancelled by ada@example.com. The customer withdrew.");
    expect((await api.pending()).map(({ id }) => id)).not.toContain(approvalOf("cancelled").id);
    expect((await ticketOf("cancelled")).writes.applied).toBe(0);
    expect(complaints).toEqual([]);
    expect(await faultsAt("cancelled-run", at(runPage("cancelled")))).toEqual([]);
    expect(await faultsAt("runs-of-every-end", at("/runs?workflow=ticket-triage"))).toEqual([]);
  });

  it("decides nothing by opening the decision's address, and a form of another site decides nothing either", async () => {
    const { id, approval } = approvalOf("left");
    const address = at(`/approvals/${id}/decision`);
    const { page } = await openPage(browser);
    const opened = await page.goto(`${address}?kind=approved&digest=${approval.digest}`);
    expect(opened?.status()).toBe(404);
    expect(await structureFaults(page)).toEqual([]);

    const { page: foreign } = await openPage(browser);
    await foreign.setContent(
      `<form method="post" action="${address}"><input name="kind" value="approved"><input name="digest" value="${approval.digest}"><button>Win</button></form>`,
    );
    const [answer] = await Promise.all([
      foreign.waitForResponse((response) => response.request().method() === "POST"),
      foreign.getByRole("button", { name: "Win" }).click(),
    ]);
    expect(answer.status()).toBe(403);
    expect((await api.pending()).map((pending) => pending.id)).toContain(id);
    expect((await ticketOf("left")).writes.applied).toBe(0);
  });

  it("is told that an approval was decided already when a second tab answers it", async () => {
    const { id } = approvalOf("left");
    const { page, complaints } = await openPage(browser);
    await page.goto(at(`/approvals/${id}`));
    await api.decide(id, "approved");
    await page.getByRole("button", { name: "Approve", exact: true }).click();
    expect(await page.locator(".banner").first().textContent()).toContain("already decided");
    expect(await structureFaults(page)).toEqual([]);
    // The answer's own status is the only thing that the browser notes.
    expect(complaints.filter((complaint) => !complaint.includes("409"))).toEqual([]);
    await settled("left", "applied");
    expect((await ticketOf("left")).writes.applied).toBe(2);
  });

  it("sees the whole sandbox page on a desk and on a telephone", async () => {
    expect(await faultsAt("sandbox", `${surroundings.sandbox.url}/?refresh=off`, looksInViews)).toEqual([]);
  });
});
