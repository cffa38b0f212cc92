// Worlds for Shopify's actions, each in a shop of its own with one order, one hold of somebody else's app and one variant in stock.
import { API_TOKEN, type FulfillmentOrder, LOCATION, type Order, SHOP } from "../../../../sandbox/shopify/shop.ts";
import { makeShopify } from "../../../../sandbox/shopify/stand-in.ts";
import { shopify } from "../../../../src/connectors/shopify.ts";
import { type ActionWorld, standInHere, worldIn } from "./action-world.ts";

export const isMutation = ({ body }: { readonly body: Record<string, unknown> | null }): boolean =>
  String(body?.query).startsWith("mutation");

export function shopHere(options: { readonly now?: () => number; readonly secret?: string; readonly token?: string } = {}) {
  const here = standInHere(shopify, makeShopify, { secret: API_TOKEN, settings: { shop: SHOP }, isWrite: isMutation, ...options });
  const order = here.tables.get("orders")?.all()[0] as Order;
  return { ...here, order };
}

/** A hold that another app placed. */
export const HOLD = "4711";

function inShop(inputFor: (order: Order) => unknown): ActionWorld {
  const here = shopHere();
  const table = here.tables.get("fulfillment-orders");
  const found = table?.get(here.order.fulfillmentOrder) as FulfillmentOrder;
  const hold = { id: HOLD, handle: "", reason: "OTHER", notes: "Ask the buyer", byApp: "another-app" };
  table?.put(found.id, { ...found, holds: [hold] });
  return worldIn(here, inputFor(here.order));
}

export const shopifyWorlds: Readonly<Record<string, () => ActionWorld>> = {
  "shopify.getOrder": () => inShop(({ id }) => ({ id })),
  "shopify.getCustomer": () => inShop(({ customer }) => ({ id: customer })),
  "shopify.getProduct": () => inShop(() => ({ id: "632910392" })),
  "shopify.getVariant": () => inShop(() => ({ id: "808950810" })),
  "shopify.getInventoryLevel": () => inShop(() => ({ item: "39072856", location: LOCATION })),
  "shopify.updateOrder": () => inShop(({ id }) => ({ id, set: { note: "Checked by hand", attributes: { gift: "yes" } } })),
  "shopify.setOrderMetafields": () =>
    inShop(({ id }) => ({ id, metafields: { "triage.reason": { type: "single_line_text_field", value: "address" } } })),
  "shopify.addTags": () => inShop(({ id }) => ({ record: "order", id, tags: ["exception", "wholesale"] })),
  "shopify.removeTags": () => inShop(({ id }) => ({ record: "order", id, tags: ["wholesale", "not there"] })),
  "shopify.holdFulfillment": () =>
    inShop(({ fulfillmentOrder }) => ({
      fulfillmentOrder,
      reason: "HIGH_RISK_OF_FRAUD",
      notes: "Card and country differ",
      notifyMerchant: false,
    })),
  "shopify.releaseHold": () =>
    inShop(({ fulfillmentOrder }) => ({ fulfillmentOrder, hold: HOLD, reason: "OTHER", notes: "Ask the buyer" })),
  "shopify.refund": () =>
    inShop(({ id, lines }) => ({
      order: id,
      amount: "66.55",
      currency: "EUR",
      alreadyRefunded: "0.00",
      note: "One bag came torn",
      notifyCustomer: true,
      lines: [{ lineItem: lines[0]?.id, quantity: 1, restock: "NO_RESTOCK" }],
    })),
  "shopify.cancelOrder": () =>
    inShop(({ id }) => ({ id, reason: "FRAUD", restock: true, refund: true, notifyCustomer: false, note: "The card was stolen" })),
  "shopify.adjustInventory": () => inShop(() => ({ item: "39072856", location: LOCATION, delta: -3, reason: "damaged" })),
};
