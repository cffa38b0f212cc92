// What may be asked of the shop, by the names of Shopify's root fields, each behind the scope that it needs.
import type { Args, Root } from "./execute.ts";
import { customerOf, denied, fulfillmentOrderOf, itemOf, orderOf, placeOf, productOf, variantOf } from "./records.ts";
import { APP, gid, idIn, SHOP, type Shop } from "./shop.ts";

export function queries(shop: Shop): Readonly<Record<string, Root>> {
  const behind =
    (field: string, scope: string, read: (args: Args) => unknown): Root =>
    (args) => {
      if (!shop.may(scope)) throw denied(field, scope);
      return read(args);
    };
  const version = (handle: string) => ({ handle, displayName: handle, supported: true });

  return {
    order: behind("order", "read_orders", ({ id }) => {
      const order = shop.orders.get(idIn("Order", id));
      return order ? orderOf(shop, order) : null;
    }),
    orders: behind("orders", "read_orders", ({ first = 50, reverse }) => {
      const all = shop.orders.all();
      const sorted = reverse ? all.toReversed() : all;
      return {
        nodes: sorted.slice(0, Number(first)).map((order) => orderOf(shop, order)),
        pageInfo: { hasNextPage: all.length > Number(first) },
      };
    }),
    customer: behind("customer", "read_customers", ({ id }) => customerOf(shop, idIn("Customer", id))),
    product: behind("product", "read_products", ({ id }) => {
      const product = shop.products.get(idIn("Product", id));
      return product ? productOf(shop, product) : null;
    }),
    productVariant: behind("productVariant", "read_products", ({ id }) => {
      const variant = shop.variants.get(idIn("ProductVariant", id));
      return variant ? variantOf(shop, variant) : null;
    }),
    inventoryItem: behind("inventoryItem", "read_inventory", ({ id }) => {
      const variant = shop.variants.all().find(({ item }) => item === idIn("InventoryItem", id));
      return variant ? itemOf(shop, variant) : null;
    }),
    fulfillmentOrder: behind("fulfillmentOrder", "read_merchant_managed_fulfillment_orders", ({ id }) => {
      const found = shop.fulfillmentOrders.get(idIn("FulfillmentOrder", id));
      return found ? fulfillmentOrderOf(found) : null;
    }),
    node: ({ id }) => {
      const order = shop.orders.get(idIn("Order", id));
      if (order) return orderOf(shop, order);
      const variant = shop.variants.get(idIn("ProductVariant", id));
      if (variant) return variantOf(shop, variant);
      const found = shop.adjustments.get(idIn("InventoryAdjustmentGroup", id));
      if (!found) return null;
      const { reason, name, delta, item, location } = found;
      return {
        __type: "InventoryAdjustmentGroup",
        __is: ["Node"],
        id: gid("InventoryAdjustmentGroup", found.id),
        reason,
        changes: [{ name, delta, item: { id: gid("InventoryItem", item) }, location: { id: gid("Location", location) } }],
      };
    },
    shop: () => ({
      __type: "Shop",
      id: gid("Shop", "1"),
      name: "Sandbox shop",
      myshopifyDomain: SHOP,
      plan: { publicDisplayName: "Basic" },
      metafield: ({ namespace, key }: Args) => shop.metafields.get(placeOf(gid("Shop", "1"), String(namespace), String(key))) ?? null,
    }),
    publicApiVersions: () => shop.settings.versions.map(version),
    currentAppInstallation: () => ({
      id: gid("AppInstallation", "1"),
      app: { handle: APP.clientId },
      accessScopes: shop.settings.scopes.map((handle) => ({ handle })),
    }),
    webhookSubscriptions: ({ first = 50 }) => ({
      nodes: shop.subscriptions
        .all()
        .slice(0, Number(first))
        .map((one) => ({
          id: gid("WebhookSubscription", one.id),
          topic: one.topic,
          uri: one.uri.startsWith("/") ? shop.world.address() + one.uri : one.uri,
          apiVersion: version(one.version),
        })),
    }),
  };
}
