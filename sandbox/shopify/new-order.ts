// Orders as they come into the shop, made from their number alone: two tests read the same. And an order as Shopify's webhooks write it: the REST shape, with
// ids as numbers of 18 digits and slashes escaped.
import { customerOf } from "./records.ts";
import { gid, type Order, type Shop } from "./shop.ts";

export interface OrderWish {
  readonly customer?: string;
  readonly total?: string;
  readonly risk?: Order["risk"];
  readonly note?: string;
  readonly tags?: string[];
  readonly attributes?: Order["attributes"];
}

const NAMES = ["Ada Lovelace", "Grace Hopper", "Alan Turing", "Edsger Dijkstra", "Barbara Liskov", "Donald Knuth", "Hedy Lamarr"];

export function makeCustomer(shop: Shop, index: number): string {
  const id = String(191_167 + index);
  if (!shop.customers.get(id)) {
    const displayName = NAMES[index % NAMES.length] ?? "Ada Lovelace";
    shop.customers.put(id, { id, displayName, email: `customer-${index}@example.com`, tags: [], orders: 0, createdAt: shop.now });
  }
  return id;
}

export function makeOrder(shop: Shop, wish: OrderWish): Order {
  const number = shop.settings.nextOrder;
  shop.change({ nextOrder: number + 1 });
  const customer = wish.customer ?? makeCustomer(shop, 0);
  const buyer = shop.customers.get(customer);
  if (buyer) shop.customers.put(customer, { ...buyer, orders: buyer.orders + 1 });
  const total = wish.total ?? "199.65";
  const id = shop.newId();
  const fulfillmentOrder = shop.newId();
  shop.fulfillmentOrders.put(fulfillmentOrder, { id: fulfillmentOrder, order: id, holds: [] });
  const order: Order = {
    id,
    number,
    createdAt: shop.now,
    updatedAt: shop.now,
    customer,
    email: buyer?.email ?? "nobody@example.com",
    currency: "EUR",
    total,
    note: wish.note ?? null,
    tags: wish.tags ?? [],
    attributes: wish.attributes ?? [],
    risk: wish.risk ?? "LOW",
    lines: [{ id: shop.newId(), name: "Canvas bag - large", sku: "BAG-L", quantity: 3, refundable: 3, price: "66.55" }],
    fulfillmentOrder,
    transactions: [{ id: shop.newId(), kind: "SALE", status: "SUCCESS", gateway: "shopify_payments", parent: null, amount: total }],
    refunds: [],
    cancelled: null,
  };
  shop.orders.put(id, order);
  return order;
}

/** Stands for digits that are to be written as a number. */
const bare = (digits: string): string => `#${digits}#`;

export function webhookBody(shop: Shop, order: Order): string {
  const buyer = customerOf(shop, order.customer);
  const payload = {
    id: bare(order.id),
    admin_graphql_api_id: gid("Order", order.id),
    app_id: 580_111,
    name: `#${order.number}`,
    order_number: order.number,
    email: order.email,
    created_at: order.createdAt,
    updated_at: order.updatedAt,
    cancelled_at: order.cancelled?.at ?? null,
    cancel_reason: order.cancelled?.reason.toLowerCase() ?? null,
    currency: order.currency,
    total_price: order.total,
    financial_status: "paid",
    note: order.note,
    note_attributes: order.attributes.map(({ key, value }) => ({ name: key, value })),
    tags: order.tags.join(", "),
    customer: { id: bare(order.customer), admin_graphql_api_id: gid("Customer", order.customer), first_name: buyer?.displayName ?? null },
    line_items: order.lines.map((line) => ({
      id: bare(line.id),
      name: line.name,
      sku: line.sku,
      quantity: line.quantity,
      price: line.price,
    })),
  };
  return JSON.stringify(payload)
    .replace(/"#(\d{4,})#"/g, "$1")
    .replaceAll("/", "\\/");
}
