// Deliveries as the stand-in's senders make them, through the receiving path that production has.
import { describe, expect, it } from "vitest";
import { CLIENT_ID, MODULE_SECRET } from "../../../sandbox/magento/senders.ts";
import type { Posted } from "../../../sandbox/stand-in.ts";
import { magentoWebhooks } from "../../../src/connectors/magento-webhook.ts";
import { receiveDelivery } from "../../../src/ingress/receive.ts";
import { magentoHere } from "./worlds/magento-worlds.ts";

const NOW = Date.parse("2026-01-05T08:00:00Z");
type Here = ReturnType<typeof magentoHere>;

interface Setup {
  readonly webhook: keyof typeof magentoWebhooks;
  readonly secrets?: readonly string[];
  readonly settings?: Readonly<Record<string, string>>;
  /** Addresses that are asked for keys. */
  readonly asked?: string[];
  readonly down?: boolean;
}

const publicKey = async (here: Here): Promise<string> => (await here.control("/public-key")).text();
const sentBy = (here: Here): Posted => here.posted.at(-1) ?? expect.fail("nothing was posted");

function receive(
  here: Here,
  { body, headers, path }: Posted,
  { webhook, secrets = [], settings = { clientId: CLIENT_ID }, asked = [], down }: Setup,
) {
  return receiveDelivery({
    connection: { id: "magento", connector: "magento", declaration: magentoWebhooks[webhook], secrets, settings },
    request: {
      method: "POST",
      url: `https://interlock.example${path}`,
      headers: new Headers(headers),
      body: new TextEncoder().encode(body),
    },
    published: async (url) => {
      asked.push(url);
      if (down) return { kind: "unavailable" };
      const answer = await here.fetch(url);
      return answer.ok ? { kind: "found", text: await answer.text() } : { kind: "absent" };
    },
    now: NOW,
  });
}

describe("Adobe I/O Events", () => {
  const order = { event: "observer.sales_order_save_commit_after", value: { entity_id: "12", increment_id: "000000012" }, id: "e-1" };
  const setup = { webhook: "events" } as const;

  it("become events that are known by Adobe's id, on a retry as well, with keys from Adobe's host", async () => {
    const here = magentoHere();
    await here.control("/event", order);
    const asked: string[] = [];
    const first = await receive(here, sentBy(here), { ...setup, asked });
    expect(first).toMatchObject({
      kind: "accepted",
      deliveryKey: "e-1",
      events: [{ type: "observer.sales_order_save_commit_after", subject: "12" }],
    });
    expect(asked).toEqual(["https://static.adobeioevents.com/prod/keys/pub-key-sandbox-1.pem"]);
    const again = await receive(here, { ...sentBy(here), headers: { ...sentBy(here).headers, "x-adobe-retry-count": "2" } }, setup);
    expect(again.kind === "accepted" && first.kind === "accepted" && again.events[0]?.id === first.events[0]?.id).toBe(true);
  });

  it("for another customer of Adobe's are refused though they are genuine", async () => {
    const here = magentoHere();
    await here.control("/event", { ...order, clientId: "somebody-else" });
    expect(await receive(here, sentBy(here), setup)).toMatchObject({ kind: "rejected", reason: "wrong_recipient" });
    expect(await receive(here, sentBy(here), { ...setup, settings: {} })).toMatchObject({
      kind: "rejected",
      reason: "no_secret_configured",
    });
  });

  it("with a bad signature are refused; while keys cannot be had they are asked to come again", async () => {
    const here = magentoHere();
    await here.control("/event", { ...order, signature: "bad" });
    expect(await receive(here, sentBy(here), setup)).toMatchObject({ kind: "rejected", reason: "bad_signature" });
    await here.control("/event", order);
    expect(await receive(here, sentBy(here), { ...setup, down: true })).toMatchObject({
      kind: "rejected",
      failure: { code: "ingress.unavailable" },
    });
  });

  it.each([
    "@evil.example/prod/keys/pub-key-a.pem",
    "/prod/keys/../pub-key-a.pem",
    "/prod/keys/pub-key-a.pem?x=",
    "/prod/keys/pub-key-a.pem\n",
  ])("that name the key %j make nobody ask for it", async (path) => {
    const here = magentoHere();
    await here.control("/event", order);
    const asked: string[] = [];
    const sent = sentBy(here);
    const headers = { ...sent.headers, "x-adobe-public-key2-path": path.replace("\n", "%0a") };
    expect(await receive(here, { ...sent, headers }, { ...setup, asked })).toMatchObject({ kind: "rejected", reason: "wrong_key_source" });
    expect(asked).toEqual([]);
  });

  it("name a product by its SKU, and without any record are kept as dead letters that say what to subscribe to", async () => {
    const here = magentoHere();
    await here.control("/event", {
      event: "observer.catalog_product_save_commit_after",
      value: { entity_id: "3", sku: "BAG-1" },
      id: "e-2",
    });
    expect(await receive(here, sentBy(here), setup)).toMatchObject({ kind: "accepted", events: [{ subject: "BAG-1" }] });
    await here.control("/event", { ...order, value: { grand_total: 1 } });
    expect(await receive(here, sentBy(here), setup)).toMatchObject({ kind: "dead_letter", reason: expect.stringContaining("entity_id") });
  });

  it("answer Adobe's challenge, and echo nothing that could be more than one", () => {
    const { probe } = magentoWebhooks.events;
    const ask = (query: string, method = "GET") =>
      probe?.({ method, url: `https://interlock.example/hooks/magento${query}`, headers: new Headers(), body: new Uint8Array() });
    expect(ask("?challenge=8ec8d794-e0ab")).toEqual({
      status: 200,
      body: '{"challenge":"8ec8d794-e0ab"}',
      contentType: "application/json",
    });
    expect(ask("?challenge=%3Cscript%3E")).toBeNull();
    expect(ask("")).toBeNull();
    expect(ask("?challenge=8ec8d794", "POST")).toBeNull();
  });
});

describe("Commerce webhooks", () => {
  const payload = { order: { increment_id: "000000012", grand_total: 99.5 }, url: "a/b" };

  it("are verified with the shop's key and answered so that the shopper goes on", async () => {
    const here = magentoHere();
    await here.control("/webhook", { payload });
    const key = await publicKey(here);
    const received = await receive(here, sentBy(here), {
      webhook: "commerce",
      secrets: ["an old key", key.replaceAll("\n", "\\n")],
    });
    expect(received).toMatchObject({
      kind: "accepted",
      events: [{ type: "commerce_webhook", subject: "000000012", data: payload }],
      stored: { status: 200, body: '{"op":"success"}' },
    });
  });

  it("with another key, another body or no key configured are refused", async () => {
    const here = magentoHere();
    await here.control("/webhook", { payload, signature: "bad" });
    const key = await publicKey(here);
    expect(await receive(here, sentBy(here), { webhook: "commerce", secrets: [key] })).toMatchObject({ reason: "bad_signature" });
    await here.control("/webhook", { payload });
    const unescaped = { ...sentBy(here), body: sentBy(here).body.replaceAll("\\/", "/") };
    expect(await receive(here, unescaped, { webhook: "commerce", secrets: [key] })).toMatchObject({ reason: "bad_signature" });
    expect(await receive(here, sentBy(here), { webhook: "commerce" })).toMatchObject({ reason: "no_secret_configured" });
  });
});

describe("a module of the customer's own", () => {
  it("repeats a secret, and its own id makes a repeated call one event", async () => {
    const here = magentoHere();
    const payload = { id: "m-1", type: "order.saved", entity_id: 12, occurred_at: "2026-01-05T07:59:00Z" };
    await here.control("/module", { payload });
    const setup = { webhook: "module", secrets: [MODULE_SECRET] } as const;
    const first = await receive(here, sentBy(here), setup);
    expect(first).toMatchObject({ kind: "accepted", deliveryKey: "m-1", events: [{ type: "order.saved", subject: "12" }] });
    await here.control("/module", { payload: { ...payload, retry: 1 } });
    const again = await receive(here, sentBy(here), setup);
    expect(again.kind === "accepted" && first.kind === "accepted" && again.events[0]?.id === first.events[0]?.id).toBe(true);
  });

  it("with another secret is refused, and without a record is a dead letter", async () => {
    const here = magentoHere();
    await here.control("/module", { payload: { type: "order.saved" }, signature: "bad" });
    expect(await receive(here, sentBy(here), { webhook: "module", secrets: [MODULE_SECRET] })).toMatchObject({ reason: "bad_signature" });
    await here.control("/module", { payload: { type: "order.saved" } });
    expect(await receive(here, sentBy(here), { webhook: "module", secrets: [MODULE_SECRET] })).toMatchObject({ kind: "dead_letter" });
  });
});
