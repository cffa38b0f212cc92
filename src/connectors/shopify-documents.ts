// Every operation that is sent to Shopify, word by word, with the points that it usually takes. All that is asked is asked here, so that a new version of the API
// is checked against one file (test/unit/connectors/shopify-documents.test.ts). Nothing is put into a text: what varies is a variable.
import type { Operation } from "./shopify-api.ts";

const query = (name: string, cost: number, body: string): Operation => ({ name, kind: "query", cost, text: `query ${name}${body}` });
const mutation = (name: string, cost: number, body: string): Operation => ({
  name,
  kind: "mutation",
  cost,
  text: `mutation ${name}${body}`,
});

const MONEY = "presentmentMoney { amount currencyCode }";

// ---- reads ----

export const READ_ORDER = query(
  "ReadOrder",
  20,
  `($id: ID!) {
  order(id: $id) {
    id name createdAt updatedAt cancelledAt cancelReason note tags test sourceName email
    displayFinancialStatus displayFulfillmentStatus
    customAttributes { key value }
    currentTotalPriceSet { ${MONEY} }
    totalRefundedSet { ${MONEY} }
    customer { id displayName tags numberOfOrders }
    risk { recommendation assessments { riskLevel facts { description sentiment } } }
    lineItems(first: 25) { pageInfo { hasNextPage } nodes { id name sku currentQuantity refundableQuantity } }
    fulfillmentOrders(first: 5) { nodes { id status fulfillmentHolds { id reason reasonNotes heldByRequestingApp } } }
    refunds(first: 10) { id createdAt note totalRefundedSet { ${MONEY} } }
  }
}`,
);

export const READ_CUSTOMER = query(
  "ReadCustomer",
  4,
  `($id: ID!) {
  customer(id: $id) {
    id displayName state note tags locale verifiedEmail numberOfOrders createdAt updatedAt
    amountSpent { amount currencyCode }
    defaultEmailAddress { emailAddress }
    defaultPhoneNumber { phoneNumber }
  }
}`,
);

export const READ_PRODUCT = query(
  "ReadProduct",
  12,
  `($id: ID!) {
  product(id: $id) {
    id title handle status vendor productType tags totalInventory updatedAt
    variants(first: 25) { pageInfo { hasNextPage } nodes { id title sku price inventoryQuantity inventoryItem { id } } }
  }
}`,
);

export const READ_VARIANT = query(
  "ReadVariant",
  3,
  `($id: ID!) {
  productVariant(id: $id) {
    id title displayName sku price inventoryQuantity updatedAt
    inventoryItem { id tracked }
    product { id title }
  }
}`,
);

export const READ_LEVEL = query(
  "ReadLevel",
  6,
  `($item: ID!, $location: ID!) {
  inventoryItem(id: $item) {
    id sku tracked
    variants(first: 1) { nodes { id } }
    inventoryLevel(locationId: $location) {
      id updatedAt
      location { id name }
      quantities(names: ["available", "on_hand", "committed", "incoming"]) { name quantity }
    }
  }
}`,
);

// ---- what a write looks at ----

export const ORDER_TEXTS = query(
  "OrderTexts",
  2,
  `($id: ID!) {
  order(id: $id) { id note customAttributes { key value } }
}`,
);

export const ORDER_METAFIELDS = query(
  "OrderMetafields",
  12,
  `($id: ID!, $keys: [String!]!) {
  order(id: $id) { id metafields(first: 25, keys: $keys) { nodes { namespace key type value compareDigest } } }
}`,
);

export const ORDER_TAGS = query("OrderTags", 1, "($id: ID!) { order(id: $id) { id tags } }");
export const CUSTOMER_TAGS = query("CustomerTags", 1, "($id: ID!) { customer(id: $id) { id tags } }");
export const PRODUCT_TAGS = query("ProductTags", 1, "($id: ID!) { product(id: $id) { id tags } }");

export const ORDER_STATE = query(
  "OrderState",
  2,
  `($id: ID!) {
  order(id: $id) { id cancelledAt cancelReason cancellation { staffNote } }
}`,
);

export const ORDER_PAYMENTS = query(
  "OrderPayments",
  20,
  `($id: ID!) {
  order(id: $id) {
    id
    totalRefundedSet { ${MONEY} }
    transactions(first: 25) { id kind status gateway parentTransaction { id } amountSet { ${MONEY} } }
  }
}`,
);

export const ORDER_REFUNDS = query(
  "OrderRefunds",
  20,
  `($id: ID!) {
  order(id: $id) { id refunds(first: 100) { id note totalRefundedSet { ${MONEY} } } }
}`,
);

export const FULFILLMENT_HOLDS = query(
  "FulfillmentHolds",
  2,
  `($id: ID!) {
  fulfillmentOrder(id: $id) { id status orderId fulfillmentHolds { id handle reason reasonNotes heldByRequestingApp } }
}`,
);

/** Which write left this on a record; see shopify-marker.ts. */
export const MARKER = query(
  "Marker",
  2,
  `($owner: ID!, $key: String!) {
  node(id: $owner) { id ... on HasMetafields { metafield(namespace: "interlock", key: $key) { value } } }
}`,
);

export const ADJUSTMENT = query(
  "Adjustment",
  4,
  `($id: ID!) {
  node(id: $id) { id ... on InventoryAdjustmentGroup { reason changes(quantityNames: ["available"]) { name delta item { id } location { id } } } }
}`,
);

// ---- writes ----

export const UPDATE_ORDER = mutation(
  "UpdateOrder",
  10,
  `($input: OrderInput!) {
  orderUpdate(input: $input) { order { id } userErrors { field message } }
}`,
);

export const SET_METAFIELDS = mutation(
  "SetMetafields",
  10,
  `($metafields: [MetafieldsSetInput!]!) {
  metafieldsSet(metafields: $metafields) { metafields { id } userErrors { field message code } }
}`,
);

export const DELETE_METAFIELDS = mutation(
  "DeleteMetafields",
  10,
  `($metafields: [MetafieldIdentifierInput!]!) {
  metafieldsDelete(metafields: $metafields) { deletedMetafields { key } userErrors { field message } }
}`,
);

export const ADD_TAGS = mutation(
  "AddTags",
  10,
  `($id: ID!, $tags: [String!]!) {
  tagsAdd(id: $id, tags: $tags) { node { id } userErrors { field message } }
}`,
);

export const REMOVE_TAGS = mutation(
  "RemoveTags",
  10,
  `($id: ID!, $tags: [String!]!) {
  tagsRemove(id: $id, tags: $tags) { node { id } userErrors { field message } }
}`,
);

export const HOLD = mutation(
  "Hold",
  10,
  `($id: ID!, $hold: FulfillmentOrderHoldInput!) {
  fulfillmentOrderHold(id: $id, fulfillmentHold: $hold) {
    fulfillmentHold { id }
    userErrors { field message code }
  }
}`,
);

export const RELEASE_HOLD = mutation(
  "ReleaseHold",
  10,
  `($id: ID!, $holds: [ID!]!) {
  fulfillmentOrderReleaseHold(id: $id, holdIds: $holds) { fulfillmentOrder { id status } userErrors { field message code } }
}`,
);

export const CREATE_REFUND = mutation(
  "CreateRefund",
  10,
  `($input: RefundInput!, $key: String!) {
  refundCreate(input: $input) @idempotent(key: $key) { refund { id } userErrors { field message } }
}`,
);

export const CANCEL_ORDER = mutation(
  "CancelOrder",
  10,
  `($order: ID!, $reason: OrderCancelReason!, $restock: Boolean!, $notify: Boolean, $refundMethod: OrderCancelRefundMethodInput, $note: String) {
  orderCancel(orderId: $order, reason: $reason, restock: $restock, notifyCustomer: $notify, refundMethod: $refundMethod, staffNote: $note) {
    job { id }
    orderCancelUserErrors { field message code }
  }
}`,
);

export const ADJUST = mutation(
  "Adjust",
  10,
  `($input: InventoryAdjustQuantitiesInput!, $key: String!) {
  inventoryAdjustQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id }
    userErrors { field message code }
  }
}`,
);

// ---- checks ----

export const CHECK_SHOP = query(
  "CheckShop",
  3,
  " { shop { id name myshopifyDomain plan { publicDisplayName } } publicApiVersions { handle supported } }",
);
export const CHECK_SCOPES = query("CheckScopes", 2, " { currentAppInstallation { id accessScopes { handle } } }");
export const CHECK_READ = query("CheckRead", 3, " { orders(first: 1, sortKey: CREATED_AT, reverse: true) { nodes { id name } } }");
export const CHECK_WEBHOOKS = query(
  "CheckWebhooks",
  30,
  " { webhookSubscriptions(first: 100) { nodes { id topic uri apiVersion { handle } } } }",
);
export const CHECK_PROBE = query("CheckProbe", 2, ' { shop { id metafield(namespace: "interlock", key: "probe") { value } } }');
