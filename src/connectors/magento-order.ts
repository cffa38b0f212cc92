// What an order holds. Personal data: where an order goes by country, region, postcode and town, and who made it by the customer's number; no names, streets, numbers or addresses of people.
import * as z from "zod";
import { InterlockError } from "../core/errors.ts";
import { readAction } from "./define.ts";
import { promised } from "./http.ts";
import { DOCS, EntityId, orderPath, rfc3339, searchQuery } from "./magento-api.ts";

export const ORDER_DOCS = "https://developer.adobe.com/commerce/webapi/rest/tutorials/orders/";

const AddressJson = z.object({
  country_id: z.string(),
  region: z.string().nullish(),
  postcode: z.string().nullish(),
  city: z.string().nullish(),
});
const ItemJson = z.object({
  item_id: z.number(),
  sku: z.string(),
  name: z.string().nullish(),
  product_type: z.string().nullish(),
  parent_item_id: z.number().nullish(),
  qty_ordered: z.number(),
  qty_shipped: z.number().nullish(),
  qty_refunded: z.number().nullish(),
  qty_canceled: z.number().nullish(),
  price: z.number().nullish(),
  row_total: z.number().nullish(),
});
export const OrderJson = z.object({
  entity_id: z.number(),
  increment_id: z.string(),
  state: z.string(),
  status: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
  store_id: z.number().nullish(),
  customer_id: z.number().nullish(),
  order_currency_code: z.string(),
  grand_total: z.number(),
  total_paid: z.number().nullish(),
  total_due: z.number().nullish(),
  total_refunded: z.number().nullish(),
  coupon_code: z.string().nullish(),
  shipping_description: z.string().nullish(),
  items: z.array(ItemJson),
  billing_address: AddressJson.nullish(),
  payment: z.object({ method: z.string(), amount_ordered: z.number().nullish(), amount_paid: z.number().nullish() }).nullish(),
  extension_attributes: z
    .object({ shipping_assignments: z.array(z.object({ shipping: z.object({ address: AddressJson.nullish() }).nullish() })).nullish() })
    .nullish(),
});
type OrderJson = z.infer<typeof OrderJson>;

const ADDRESS = "[country_id,region,postcode,city]";
const FIELDS = [
  "entity_id,increment_id,state,status,created_at,updated_at,store_id,customer_id,order_currency_code,grand_total,total_paid,total_due,total_refunded",
  "coupon_code,shipping_description",
  "items[item_id,sku,name,product_type,parent_item_id,qty_ordered,qty_shipped,qty_refunded,qty_canceled,price,row_total]",
  `billing_address${ADDRESS}`,
  "payment[method,amount_ordered,amount_paid]",
  `extension_attributes[shipping_assignments[shipping[address${ADDRESS}]]]`,
].join(",");

const Address = z.object({
  country: z.string(),
  region: z.string().nullable(),
  postcode: z.string().nullable(),
  city: z.string().nullable(),
});
const Order = z.object({
  id: z.string(),
  /** What the customer knows the order by. */
  number: z.string(),
  state: z.string(),
  status: z.string(),
  onHold: z.boolean(),
  createdAt: z.string(),
  updatedAt: z.string(),
  store: z.string().nullable(),
  /** Null for a guest. */
  customer: z.object({ id: z.string() }).nullable(),
  currency: z.string(),
  grandTotal: z.number(),
  totalPaid: z.number(),
  totalDue: z.number(),
  totalRefunded: z.number(),
  coupon: z.string().nullable(),
  shippingMethod: z.string().nullable(),
  items: z.array(
    z.object({
      id: z.string(),
      sku: z.string(),
      name: z.string(),
      ordered: z.number(),
      shipped: z.number(),
      refunded: z.number(),
      cancelled: z.number(),
      price: z.number(),
      rowTotal: z.number(),
    }),
  ),
  payment: z.object({ method: z.string(), paid: z.number() }).nullable(),
  billing: Address.nullable(),
  /** Null for what is not shipped. */
  shipping: Address.nullable(),
});
type Order = z.infer<typeof Order>;

const addressOf = (address: z.infer<typeof AddressJson> | null | undefined): z.infer<typeof Address> | null =>
  address
    ? { country: address.country_id, region: address.region ?? null, postcode: address.postcode ?? null, city: address.city ?? null }
    : null;

export const HOLDED = "holded";

function orderOf(order: OrderJson): Order {
  return {
    id: String(order.entity_id),
    number: order.increment_id,
    state: order.state,
    status: order.status,
    onHold: order.state === HOLDED,
    createdAt: rfc3339(order.created_at),
    updatedAt: rfc3339(order.updated_at),
    store: order.store_id == null ? null : String(order.store_id),
    customer: order.customer_id == null ? null : { id: String(order.customer_id) },
    currency: order.order_currency_code,
    grandTotal: order.grand_total,
    totalPaid: order.total_paid ?? 0,
    totalDue: order.total_due ?? 0,
    totalRefunded: order.total_refunded ?? 0,
    coupon: order.coupon_code ?? null,
    shippingMethod: order.shipping_description ?? null,
    // A configurable product and what was chosen of it are two lines; the chosen one names its parent, which has the price.
    items: order.items
      .filter(({ parent_item_id }) => parent_item_id == null)
      .map((item) => ({
        id: String(item.item_id),
        sku: item.sku,
        name: item.name ?? "",
        ordered: item.qty_ordered,
        shipped: item.qty_shipped ?? 0,
        refunded: item.qty_refunded ?? 0,
        cancelled: item.qty_canceled ?? 0,
        price: item.price ?? 0,
        rowTotal: item.row_total ?? 0,
      })),
    payment: order.payment ? { method: order.payment.method, paid: order.payment.amount_paid ?? 0 } : null,
    billing: addressOf(order.billing_address),
    shipping: addressOf(order.extension_attributes?.shipping_assignments?.[0]?.shipping?.address),
  };
}

export const getOrder = readAction({
  summary: "Read an order with its lines, payment and where it goes",
  docs: ORDER_DOCS,
  input: z.strictObject({ id: EntityId }),
  output: Order,
  run: async ({ id }, http) => {
    const { json } = await http.send({ method: "GET", path: `${orderPath(id)}?fields=${encodeURIComponent(FIELDS)}` });
    return orderOf(promised(OrderJson, json, "an order"));
  },
});

export const findOrder = readAction({
  summary: "Read an order by the number that its customer knows (increment_id)",
  docs: `${DOCS}/use-rest/performing-searches/`,
  input: z.strictObject({ number: z.string().regex(/^[\w-]{1,50}$/, "An order's number, such as 000000012") }),
  output: Order,
  run: async ({ number }, http) => {
    const query = searchQuery({ where: [["increment_id", "eq", number]], pageSize: 2, fields: `items[${FIELDS}],total_count` });
    const { json } = await http.send({ method: "GET", path: `/V1/orders?${query}` });
    const [order, another] = promised(z.object({ items: z.array(OrderJson).nullable() }), json, "a list of orders").items ?? [];
    if (!order) throw new InterlockError("connector.not_found", `Magento has no order ${number}`);
    // Store views may count for themselves.
    if (another)
      throw new InterlockError("connector.rejected", `Magento has several orders ${number}: name one by its id`, { field: "number" });
    return orderOf(order);
  },
});
