// Shopify: a shop's orders, customers, products and inventory over the GraphQL Admin API. The declaration; what each part does is in the file of its name.
// A shop's runs share one bucket of points, of which a share is left to others, and an answer without room in it (THROTTLED, in HTTP 200) lets all of them wait.
import { defineConnector } from "./define.ts";
import { refusalOf, STANDARD_PLAN, usageOf } from "./shopify-api.ts";
import { shopifyAuth, shopifyCredentials } from "./shopify-auth.ts";
import { getInventoryLevel, getProduct, getVariant } from "./shopify-catalogue.ts";
import { shopifyChecks } from "./shopify-checks.ts";
import { holdFulfillment, releaseHold } from "./shopify-fulfillment.ts";
import { adjustInventory } from "./shopify-inventory.ts";
import { cancelOrder, setOrderMetafields, updateOrder } from "./shopify-order.ts";
import { getCustomer, getOrder } from "./shopify-reads.ts";
import { refund } from "./shopify-refund.ts";
import { addTags, removeTags } from "./shopify-tags.ts";
import { shopifyWebhooks } from "./shopify-webhook.ts";

export const shopify = defineConnector({
  name: "shopify",
  title: "Shopify",
  auth: shopifyAuth,
  credentials: shopifyCredentials,
  settings: {
    shop: {
      summary: "The shop's permanent name, such as acme.myshopify.com (admin > Settings > Domains): deliveries of another shop are refused",
      required: true,
    },
  },
  webhooks: shopifyWebhooks,
  budget: STANDARD_PLAN,
  usage: usageOf,
  refusal: refusalOf,
  checks: shopifyChecks,
  // Topics with a dot in place of the slash: "orders/create".
  triggers: {
    "orders.create": "An order was made",
    "orders.updated": "An order was changed",
    "orders.edited": "The lines of an order were edited",
    "orders.paid": "An order was paid",
    "orders.cancelled": "An order was cancelled",
    "orders.fulfilled": "An order was fulfilled",
    "orders.risk_assessment_changed": "The risk of an order was judged anew",
    "refunds.create": "A refund was made",
    "fulfillments.create": "A fulfillment was made",
    "fulfillment_orders.placed_on_hold": "A fulfillment order was put on hold",
    "fulfillment_orders.hold_released": "A fulfillment order's hold was released",
    "inventory_levels.update": "What a location has of an item changed",
    "products.update": "A product was changed",
    "customers.create": "A customer was made",
    "customers.update": "A customer was changed",
    "disputes.create": "A customer disputes a payment",
    "app.uninstalled": "The app was removed from the shop",
    "customers.data_request": "A customer asks for their data: answer within 30 days",
    "customers.redact": "A customer's data is to be erased within 30 days",
    "shop.redact": "The shop's data is to be erased, 48 hours after the app was removed",
    "order.create": "An order was made (Events)",
    "order.update": "An order was changed (Events)",
    app_proxy: "Somebody called the app's address in the shop",
  },
  actions: {
    getOrder,
    getCustomer,
    getProduct,
    getVariant,
    getInventoryLevel,
    updateOrder,
    setOrderMetafields,
    addTags,
    removeTags,
    holdFulfillment,
    releaseHold,
    refund,
    cancelOrder,
    adjustInventory,
  },
});
