// The workflows at the sandbox's stand-ins: the order, the thread and the contact are really there afterwards.
import { describe, expect, it } from "vitest";
import type { FulfillmentOrder, Order } from "../../../sandbox/shopify/shop.ts";
import { createHttp } from "../../../src/connectors/http.ts";
import { hubspot } from "../../../src/connectors/hubspot.ts";
import { slackRefusal } from "../../../src/connectors/slack-api.ts";
import { DESK, INBOX, OWNERS } from "../../../src/workflows/lead-routing/owners.ts";
import { salesforceLeadRouting } from "../../../src/workflows/lead-routing/salesforce.ts";
import { leadRouting } from "../../../src/workflows/lead-routing/workflow.ts";
import { CHANNELS } from "../../../src/workflows/order-exception/channels.ts";
import { orderException } from "../../../src/workflows/order-exception/workflow.ts";
import { createFakeSlack } from "../connectors/fake-slack.ts";
import { setUp } from "../connectors/salesforce-here.ts";
import { TOKEN } from "../connectors/worlds/action-world.ts";
import { hubspotHere } from "../connectors/worlds/hubspot-worlds.ts";
import { shopHere } from "../connectors/worlds/shopify-worlds.ts";
import { runAtStandIns } from "./at-stand-ins.ts";

describe("order-exception", () => {
  it("holds, marks and refunds the order in the shop, and tells of it in one thread", async () => {
    const shop = shopHere();
    const fake = createFakeSlack({ token: TOKEN, channels: Object.values(CHANNELS) });
    const slack = createHttp({
      baseUrl: "http://127.0.0.1/slack",
      authorization: `Bearer ${TOKEN}`,
      system: "slack",
      refusal: slackRefusal,
      now: () => 0,
      fetch: fake.fetch,
      timeoutMs: 1_000,
    });
    const { output, writes } = await runAtStandIns(orderException, {
      event: { subject: shop.order.id },
      doors: { shopify: shop.http, slack },
      decision: { exception: "duplicate", handling: "refund" },
    });
    expect(output).toMatchObject({ exception: "duplicate", held: 1, refunded: "199.65 EUR", told: true });
    const order = shop.tables.get("orders")?.get(shop.order.id) as Order;
    expect(order).toMatchObject({ note: "Ring twice", refunds: [{ amount: "199.65" }] });
    expect(order.tags).toContain("exception-duplicate");
    expect(order.attributes).toEqual([
      { key: "exception", value: "duplicate" },
      { key: "handling", value: "refund" },
    ]);
    const held = shop.tables.get("fulfillment-orders")?.get(order.fulfillmentOrder) as FulfillmentOrder;
    expect(held.holds).toMatchObject([{ reason: "OTHER", notes: "Interlock: duplicate (95 % sure)" }]);
    expect(writes.map(({ step }) => step)).toEqual([
      "hold",
      "record decision",
      "tag order",
      "tell the team",
      "refund",
      "tell of the refund",
    ]);
  });
});

describe("lead-routing", () => {
  const put = async (here: ReturnType<typeof hubspotHere>, email: string, set: Record<string, string>): Promise<string> => {
    const { upsertRecord } = hubspot.actions;
    const input = { type: "contacts", idProperty: "email", idValue: email, set };
    return (await upsertRecord.apply(input, { http: here.http, key: email, version: null })).id;
  };

  it("assigns the contact in HubSpot, beside a colleague whom the search finds", async () => {
    const here = hubspotHere();
    const id = await put(here, "kim@northwind.example", { firstname: "Kim", lastname: "Doe", jobtitle: "Buyer", numemployees: "4000" });
    const { output, writes } = await runAtStandIns(leadRouting, {
      event: { subject: id },
      doors: { hubspot: here.http },
      decision: { score: "high", segment: "enterprise" },
    });
    expect(output).toMatchObject({ routed: true, owner: OWNERS.enterprise });
    expect(writes.map(({ step }) => step)).toEqual(["assign owner", "explain route", "make a task"]);
    expect(JSON.stringify([...(here.snapshot() as Map<string, unknown>)])).toContain("Known at the same company: contact 1001.");
  });

  it("leaves one that is there twice to the desk", async () => {
    const here = hubspotHere();
    const id = await put(here, "lead+fair@northwind.example", { firstname: "L", lastname: "C" });
    const { output, writes } = await runAtStandIns(leadRouting, {
      event: { subject: id },
      doors: { hubspot: here.http },
      decision: null,
    });
    expect(output).toMatchObject({ routed: false, because: "duplicate", duplicates: ["1001"] });
    expect(writes.map(({ step }) => step)).toEqual(["note the duplicate", "ask to merge"]);
  });

  it("has an active user in the sandbox for each owner", async () => {
    const here = hubspotHere();
    for (const email of [...Object.values(OWNERS), DESK])
      expect((await hubspot.actions.findOwner.run({ email }, here.http)).owner, email).not.toBeNull();
  });
});

describe("lead-routing-salesforce", () => {
  const inbox = (here: ReturnType<typeof setUp>) => here.rows("Group").find(({ DeveloperName }) => DeveloperName === INBOX)?.Id ?? null;
  const put = (here: ReturnType<typeof setUp>, Email: string, set: object) =>
    here.add("Lead", { Company: "Northwind", Email, OwnerId: inbox(here), ...set });
  const run = (here: ReturnType<typeof setUp>, subject: string, decision: { score: string; segment: string } | null) =>
    runAtStandIns(salesforceLeadRouting, { event: { subject }, doors: { salesforce: here.http }, decision });

  it("gives the lead in Salesforce to its owner, beside a colleague whom the query finds", async () => {
    const here = setUp();
    const { Id: colleague } = await put(here, "li@northwind.example", { LastName: "Chen" });
    const { Id } = await put(here, "kim@northwind.example", { LastName: "Doe", Title: "Buyer", NumberOfEmployees: 4000 });
    const { output, writes } = await run(here, Id, { score: "high", segment: "enterprise" });
    expect(output).toMatchObject({ routed: true, owner: OWNERS.enterprise });
    expect(writes.map(({ step }) => step)).toEqual(["assign owner", "explain route", "make a task"]);
    const ana = here.rows("User").find(({ Username }) => Username === OWNERS.enterprise)?.Id;
    expect(here.row("Lead", Id).OwnerId).toBe(ana);
    expect(here.rows("Task")).toMatchObject([{ WhoId: Id, OwnerId: ana, ActivityDate: "2026-01-06" }]);
    expect(here.rows("FeedItem")[0]?.Body).toContain(`Known at the same company: lead ${colleague}.`);
    // Its next change is nothing new.
    expect((await run(here, Id, null)).output).toMatchObject({ because: "has an owner" });
  });

  it("leaves one that is there twice to the desk, once", async () => {
    const here = setUp();
    const { Id: first } = await put(here, "kim@northwind.example", { LastName: "Doe" });
    const { Id } = await put(here, "kim+fair@northwind.example", { LastName: "D" });
    const { output, writes } = await run(here, Id, null);
    expect(output).toMatchObject({ routed: false, because: "duplicate", duplicates: [first] });
    expect(writes.map(({ step }) => step)).toEqual(["note the duplicate", "ask to merge"]);
    const again = await run(here, Id, null);
    expect(again.output).toMatchObject({ because: "duplicate, the desk was asked before" });
    expect(again.writes).toEqual([]);
  });

  it("has an active user in the sandbox for each owner", async () => {
    const names = setUp()
      .rows("User")
      .flatMap(({ IsActive, Username }) => (IsActive ? [Username] : []));
    expect(names).toEqual(expect.arrayContaining([...Object.values(OWNERS), DESK]));
  });
});
