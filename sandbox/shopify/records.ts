// The shop's records as GraphQL sees them: fields by Shopify's names, those with arguments as functions. What the app may not read is refused at its field.
import { sha256Hex } from "../../src/core/crypto.ts";
import { type Args, FieldProblem } from "./execute.ts";
import {
  APP,
  type FulfillmentOrder,
  gid,
  type Hold,
  LOCATION,
  type Metafield,
  type Order,
  type Product,
  type Shop,
  type Variant,
} from "./shop.ts";

export const denied = (field: string, scope: string): FieldProblem =>
  new FieldProblem(`Access denied for ${field} field. Required access: \`${scope}\` access scope.`, {
    code: "ACCESS_DENIED",
    requiredAccess: `\`${scope}\` access scope.`,
  });

/** A page of a list, as far as `first` says. */
const connection =
  (items: () => readonly unknown[]) =>
  ({ first = 50 }: Args) => {
    const all = items();
    return { nodes: all.slice(0, Number(first)), pageInfo: { hasNextPage: all.length > Number(first) } };
  };

const money = (amount: string, currencyCode: string) => ({
  shopMoney: { amount, currencyCode },
  presentmentMoney: { amount, currencyCode },
});

/** Thousandths, exactly. */
export const parts = (amount: string): bigint => {
  const [whole = "0", fraction = ""] = amount.split(".");
  return BigInt(whole) * 1_000n + BigInt(fraction.padEnd(3, "0").slice(0, 3));
};
/** Two decimals, or as Shopify has it for sums: "0.0". */
export const sumOf = (amounts: readonly string[]): string => {
  const sum = amounts.reduce((total, amount) => total + parts(amount), 0n);
  return `${sum / 1_000n}.${String(sum % 1_000n)
    .padStart(3, "0")
    .slice(0, 2)}`;
};

// ---- metafields ----

export const digestOf = (value: string): string => sha256Hex(value);
export const placeOf = (owner: string, namespace: string, key: string): string => `${owner}|${namespace}.${key}`;

const metafield = ({ owner, namespace, key, type, value }: Metafield) => ({
  __type: "Metafield",
  id: gid("Metafield", String(parseInt(sha256Hex(`${owner}${namespace}${key}`).slice(0, 10), 16))),
  namespace,
  key,
  type,
  value,
  compareDigest: digestOf(value),
});

const metafieldsOf = (shop: Shop, owner: string) => ({
  __is: ["HasMetafields", "Node"],
  metafield: ({ namespace, key }: Args) => {
    const found = shop.metafields.get(placeOf(owner, String(namespace), String(key)));
    return found ? metafield(found) : null;
  },
  metafields: (args: Args) =>
    connection(() =>
      shop.metafields
        .all()
        .filter((one) => one.owner === owner && (!Array.isArray(args.keys) || args.keys.includes(`${one.namespace}.${one.key}`)))
        .map(metafield),
    )(args),
});

// ---- orders ----

export const holdOf = (hold: Hold) => ({
  __type: "FulfillmentHold",
  id: gid("FulfillmentHold", hold.id),
  handle: hold.handle,
  reason: hold.reason,
  reasonNotes: hold.notes,
  displayReason: hold.reason.toLowerCase().replaceAll("_", " "),
  heldByRequestingApp: hold.byApp === APP.clientId,
});

export const fulfillmentOrderOf = ({ id, order, holds }: FulfillmentOrder) => ({
  __type: "FulfillmentOrder",
  id: gid("FulfillmentOrder", id),
  orderId: gid("Order", order),
  status: holds.length > 0 ? "ON_HOLD" : "OPEN",
  fulfillmentHolds: holds.map(holdOf),
});

export const refundedOf = ({ refunds }: Order): string => sumOf(refunds.map(({ amount }) => amount));

const financialStatus = (order: Order): string => {
  const refunded = parts(refundedOf(order));
  if (refunded === 0n) return "PAID";
  return refunded >= parts(order.total) ? "REFUNDED" : "PARTIALLY_REFUNDED";
};

export function orderOf(shop: Shop, order: Order) {
  const { id, currency } = order;
  return {
    __type: "Order",
    ...metafieldsOf(shop, gid("Order", id)),
    id: gid("Order", id),
    name: `#${order.number}`,
    createdAt: order.createdAt,
    updatedAt: order.updatedAt,
    cancelledAt: order.cancelled?.at ?? null,
    cancelReason: order.cancelled?.reason ?? null,
    cancellation: order.cancelled && { staffNote: order.cancelled.staffNote },
    note: order.note,
    tags: order.tags,
    test: false,
    sourceName: "web",
    email: order.email,
    displayFinancialStatus: financialStatus(order),
    displayFulfillmentStatus: (shop.fulfillmentOrders.get(order.fulfillmentOrder)?.holds.length ?? 0) > 0 ? "ON_HOLD" : "UNFULFILLED",
    customAttributes: order.attributes,
    currentTotalPriceSet: money(order.total, currency),
    totalPriceSet: money(order.total, currency),
    totalRefundedSet: money(refundedOf(order), currency),
    customer: () => {
      if (!shop.may("read_customers")) throw denied("customer", "read_customers");
      return customerOf(shop, order.customer);
    },
    risk: {
      recommendation: order.risk === "HIGH" ? "CANCEL" : order.risk === "MEDIUM" ? "INVESTIGATE" : "ACCEPT",
      assessments: [
        {
          riskLevel: order.risk,
          facts: [{ description: "Billing address and card address match", sentiment: order.risk === "HIGH" ? "NEGATIVE" : "POSITIVE" }],
        },
      ],
    },
    lineItems: connection(() =>
      order.lines.map((line) => ({
        id: gid("LineItem", line.id),
        name: line.name,
        title: line.name,
        sku: line.sku,
        quantity: line.quantity,
        currentQuantity: line.quantity,
        refundableQuantity: line.refundable,
      })),
    ),
    fulfillmentOrders: connection(() =>
      [shop.fulfillmentOrders.get(order.fulfillmentOrder)].flatMap((one) => (one ? [fulfillmentOrderOf(one)] : [])),
    ),
    refunds: ({ first = 50 }: Args) =>
      order.refunds.slice(0, Number(first)).map((one) => ({
        id: gid("Refund", one.id),
        createdAt: one.createdAt,
        note: one.note,
        totalRefundedSet: money(one.amount, currency),
      })),
    transactions: ({ first = 50 }: Args) =>
      order.transactions.slice(0, Number(first)).map((one) => ({
        id: gid("OrderTransaction", one.id),
        kind: one.kind,
        status: one.status,
        gateway: one.gateway,
        parentTransaction: one.parent === null ? null : { id: gid("OrderTransaction", one.parent) },
        amountSet: money(one.amount, currency),
      })),
  };
}

export function customerOf(shop: Shop, id: string) {
  const found = shop.customers.get(id);
  if (!found) return null;
  return {
    __type: "Customer",
    ...metafieldsOf(shop, gid("Customer", id)),
    id: gid("Customer", id),
    displayName: found.displayName,
    state: "ENABLED",
    note: null,
    tags: found.tags,
    locale: "en",
    verifiedEmail: true,
    // UnsignedInt64 travels as text.
    numberOfOrders: String(found.orders),
    createdAt: found.createdAt,
    updatedAt: found.createdAt,
    amountSpent: { amount: "199.65", currencyCode: "EUR" },
    defaultEmailAddress: { emailAddress: found.email },
    defaultPhoneNumber: null,
  };
}

// ---- products and inventory ----

export function productOf(shop: Shop, product: Product) {
  const variants = () => shop.variants.all().filter((one) => one.product === product.id);
  return {
    __type: "Product",
    ...metafieldsOf(shop, gid("Product", product.id)),
    id: gid("Product", product.id),
    title: product.title,
    handle: product.title.toLowerCase().replaceAll(" ", "-"),
    status: "ACTIVE",
    vendor: "Sandbox",
    productType: "Bags",
    tags: product.tags,
    totalInventory: variants().reduce((sum, { available }) => sum + available, 0),
    updatedAt: product.updatedAt,
    variants: connection(() => variants().map((one) => variantOf(shop, one))),
  };
}

export function variantOf(shop: Shop, variant: Variant): Record<string, unknown> {
  return {
    __type: "ProductVariant",
    ...metafieldsOf(shop, gid("ProductVariant", variant.id)),
    id: gid("ProductVariant", variant.id),
    title: variant.title,
    displayName: `${shop.products.get(variant.product)?.title} - ${variant.title}`,
    sku: variant.sku,
    price: variant.price,
    inventoryQuantity: variant.available,
    updatedAt: variant.updatedAt,
    inventoryItem: () => itemOf(shop, variant),
    product: () => {
      const product = shop.products.get(variant.product);
      return product ? productOf(shop, product) : null;
    },
  };
}

export function itemOf(shop: Shop, variant: Variant): Record<string, unknown> {
  return {
    __type: "InventoryItem",
    id: gid("InventoryItem", variant.item),
    sku: variant.sku,
    tracked: true,
    updatedAt: variant.updatedAt,
    variants: connection(() => [variantOf(shop, variant)]),
    inventoryLevel: ({ locationId }: Args) => {
      if (locationId !== gid("Location", LOCATION)) return null;
      return {
        __type: "InventoryLevel",
        id: `${gid("InventoryLevel", variant.item)}?inventory_item_id=${variant.item}`,
        updatedAt: variant.updatedAt,
        location: { id: gid("Location", LOCATION), name: "Main warehouse" },
        quantities: ({ names }: Args) =>
          (names as string[]).map((name) => ({ name, quantity: name === "available" || name === "on_hand" ? variant.available : 0 })),
      };
    },
  };
}
