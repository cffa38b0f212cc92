// Magento Open Source and Adobe Commerce: orders, products, stock and customers over the REST API. The declaration; what each part does is in the file of its name.
// The connection's address has the store view in it (https://shop.example.com/rest/all), or the tenant of a Cloud Service.
import { defineConnector } from "./define.ts";
import { refusalOf, SPARING } from "./magento-api.ts";
import { magentoAuth, magentoCredentials } from "./magento-auth.ts";
import { getProduct, getStock, updateProduct, updateStock } from "./magento-catalog.ts";
import { magentoChecks } from "./magento-checks.ts";
import { getCustomer } from "./magento-customer.ts";
import { findOrder, getOrder } from "./magento-order.ts";
import { addOrderComment, cancelOrder, setOrderHold } from "./magento-order-writes.ts";
import { magentoPolls } from "./magento-polls.ts";
import { magentoWebhooks } from "./magento-webhook.ts";

export const magento = defineConnector({
  name: "magento",
  title: "Magento / Adobe Commerce",
  auth: magentoAuth,
  credentials: magentoCredentials,
  settings: {
    clientId: {
      summary: "For Adobe I/O Events: the client id of the project in Adobe's Developer Console. Events for another are refused",
    },
    keyHost: { summary: "For Adobe I/O Events: where Adobe publishes its keys, if not at https://static.adobeioevents.com" },
    probeOrder: { summary: "The entity_id of a test order, which the assessment's write probe holds and releases" },
  },
  webhooks: magentoWebhooks,
  polls: magentoPolls,
  budget: SPARING,
  refusal: refusalOf,
  checks: magentoChecks,
  triggers: {
    "observer.sales_order_save_commit_after": "An order was made or changed (Adobe I/O Events)",
    "observer.sales_order_place_after": "An order was placed (Adobe I/O Events)",
    "observer.order_cancel_after": "An order was cancelled (Adobe I/O Events)",
    "observer.sales_order_invoice_save_commit_after": "An invoice was made or changed (Adobe I/O Events)",
    "observer.sales_order_shipment_save_commit_after": "A shipment was made or changed (Adobe I/O Events)",
    "observer.sales_order_creditmemo_save_commit_after": "A credit memo was made or changed (Adobe I/O Events)",
    "observer.catalog_product_save_commit_after": "A product was made or changed (Adobe I/O Events)",
    "observer.cataloginventory_stock_item_save_commit_after": "What is in stock of a product changed (Adobe I/O Events)",
    "observer.customer_save_commit_after": "A customer was made or changed (Adobe I/O Events)",
    commerce_webhook: "A Commerce webhook was called inside a shopper's request",
    "order.saved": "An order was made or changed (a module of the customer's own)",
    "order.changed": "An order was made or changed (found by asking)",
  },
  actions: {
    getOrder,
    findOrder,
    getCustomer,
    getProduct,
    getStock,
    addOrderComment,
    setOrderHold,
    cancelOrder,
    updateProduct,
    updateStock,
  },
});
