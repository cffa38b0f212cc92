// The shop: its records, as its API answers them (with what is no part of an answer kept apart), its clock, its settings. It judges no credential.
import * as z from "zod";
import type { StandInWorld, Table } from "../stand-in.ts";

export interface Order {
  entity_id: number;
  increment_id: string;
  state: string;
  status: string;
  created_at: string;
  updated_at: string;
  hold_before_state?: string | null;
  hold_before_status?: string | null;
  [field: string]: unknown;
}

export interface Comment {
  entity_id: number;
  entity_name: "order";
  parent_id: number;
  comment: string;
  is_customer_notified: number;
  is_visible_on_front: number;
  status: string | null;
  created_at: string;
}

export interface Product {
  id: number;
  sku: string;
  name: string;
  price: number;
  status: number;
  visibility: number;
  weight?: number;
  type_id: string;
  created_at: string;
  updated_at: string;
  custom_attributes: { attribute_code: string; value: unknown }[];
  [field: string]: unknown;
}

export interface SourceItem {
  sku: string;
  source_code: string;
  quantity: number;
  status: number;
}

export const ShopSettings = z.strictObject({
  /** Rights that the credential lacks. */
  denied: z.array(z.string()),
  /** Statuses of the next answers, before anything is done. */
  next: z.array(z.union([z.literal(429), z.literal(502), z.literal(503), z.literal(504)])),
  /** An access token by itself is taken. Off in a shop that nobody has changed. */
  bearer: z.boolean(),
  /** Adobe Commerce has eventing; Open Source does not. */
  eventing: z.boolean(),
  maxPageSize: z.int().positive().nullable(),
});
export type ShopSettings = z.infer<typeof ShopSettings>;

/** What Magento answers instead of a record. Placeholders travel unfilled, with their values beside them, and a developer's shop sends a trace. */
export class Refused extends Error {
  readonly status: 400 | 401 | 404 | 429 | 500 | 502 | 503 | 504;
  readonly parameters: readonly unknown[] | Record<string, unknown> | undefined;

  constructor(status: Refused["status"], message: string, parameters?: readonly unknown[] | Record<string, unknown>) {
    super(message);
    this.status = status;
    this.parameters = parameters;
  }
}

const DEFAULTS: ShopSettings = { denied: [], next: [], bearer: false, eventing: true, maxPageSize: null };

/** Which statuses a state has, in a shop that nobody has changed. */
const STATUSES: Readonly<Record<string, readonly string[]>> = {
  new: ["pending"],
  processing: ["processing", "fraud"],
  holded: ["holded"],
  complete: ["complete"],
  canceled: ["canceled"],
};

export class Shop {
  readonly world: StandInWorld;
  readonly orders: Table<Order>;
  readonly comments: Table<Comment>;
  readonly products: Table<Product>;
  readonly sources: Table<SourceItem>;
  readonly customers: Table<Record<string, unknown>>;
  readonly #settings: Table<ShopSettings>;

  constructor(world: StandInWorld) {
    this.world = world;
    this.orders = world.table("orders");
    this.comments = world.table("comments");
    this.products = world.table("products");
    this.sources = world.table("source-items");
    this.customers = world.table("customers");
    this.#settings = world.table("settings");
  }

  get settings(): ShopSettings {
    return this.#settings.get("settings") ?? DEFAULTS;
  }

  change(settings: Partial<ShopSettings>): void {
    this.#settings.put("settings", { ...this.settings, ...settings });
  }

  time(): string {
    return new Date(this.world.now()).toISOString().slice(0, 19).replace("T", " ");
  }

  order(id: string): Order {
    const order = this.orders.get(id);
    if (Number(id) === 0) throw new Refused(400, "An ID is needed. Set the ID and try again.");
    if (!order) throw new Refused(404, "The entity that was requested doesn't exist. Verify the entity and try again.");
    return order;
  }

  #save(order: Order): void {
    this.orders.put(String(order.entity_id), { ...order, updated_at: this.time() });
  }

  addComment(id: string, added: Pick<Comment, "comment" | "is_customer_notified" | "is_visible_on_front"> & { status?: string }): void {
    const order = this.order(id);
    const status = added.status ?? order.status;
    if (!(STATUSES[order.state] ?? []).includes(status))
      throw new Refused(400, 'Unable to add comment: The status "%1" is not part of the order status history.', [status]);
    const number = this.comments.all().length + 1;
    this.comments.put(String(number), {
      ...added,
      entity_id: number,
      entity_name: "order",
      parent_id: order.entity_id,
      status,
      created_at: this.time(),
    });
    this.#save({ ...order, status });
    this.world.applied("addComment");
  }

  hold(id: string): boolean {
    const order = this.order(id);
    if (["holded", "canceled", "complete", "closed", "payment_review"].includes(order.state))
      throw new Refused(400, "A hold action is not available.");
    this.#save({ ...order, hold_before_state: order.state, hold_before_status: order.status, state: "holded", status: "holded" });
    this.world.applied("hold");
    return true;
  }

  unhold(id: string): boolean {
    const order = this.order(id);
    if (order.state !== "holded") throw new Refused(400, "You cannot remove the hold.");
    const { hold_before_state, hold_before_status } = order;
    this.#save({
      ...order,
      state: hold_before_state ?? "new",
      status: hold_before_status ?? "pending",
      hold_before_state: null,
      hold_before_status: null,
    });
    this.world.applied("unhold");
    return true;
  }

  cancel(id: string): boolean {
    const order = this.order(id);
    if (!["new", "processing"].includes(order.state) || Number(order.total_paid ?? 0) > 0) return false;
    this.#save({ ...order, state: "canceled", status: "canceled" });
    this.world.applied("cancel");
    return true;
  }

  product(sku: string): Product {
    const product = this.products.get(sku);
    if (!product) throw new Refused(404, "The product that was requested doesn't exist. Verify the product and try again.");
    return product;
  }

  /** What the body leaves out stays as it is. */
  updateProduct(sku: string, { custom_attributes, ...fields }: Partial<Product>): Product {
    const before = this.product(sku);
    const attributes = new Map(before.custom_attributes.map(({ attribute_code, value }) => [attribute_code, value]));
    for (const { attribute_code, value } of custom_attributes ?? []) {
      if (value === "" || value === null) attributes.delete(attribute_code);
      else attributes.set(attribute_code, value);
    }
    const product: Product = {
      ...before,
      ...fields,
      sku,
      custom_attributes: [...attributes].map(([attribute_code, value]) => ({ attribute_code, value })),
      updated_at: this.time(),
    };
    this.products.put(sku, product);
    this.world.applied("updateProduct");
    return product;
  }

  saveSourceItem(item: SourceItem): void {
    this.product(item.sku);
    this.sources.put(`${item.sku}@${item.source_code}`, item);
    this.world.applied("saveSourceItem");
  }
}

const address = (city: string) => ({
  address_type: "billing",
  city,
  country_id: "CH",
  firstname: "Li",
  lastname: "Chen",
  postcode: "8001",
  region: "Zürich",
  street: ["Seeweg 1"],
  telephone: "+41 44 000 00 00",
  email: "li.chen@example.com",
});

export function newOrder(id: number, time: string, more: Partial<Order> = {}): Order {
  return {
    entity_id: id,
    increment_id: String(id).padStart(9, "0"),
    state: "processing",
    status: "processing",
    created_at: time,
    updated_at: time,
    store_id: 1,
    customer_id: 7,
    customer_email: "li.chen@example.com",
    remote_ip: "203.0.113.9",
    base_grand_total: 99.5,
    grand_total: 99.5,
    total_due: 99.5,
    order_currency_code: "CHF",
    shipping_description: "Flat Rate - Fixed",
    items: [
      {
        item_id: id * 10,
        order_id: id,
        sku: "BAG-1",
        name: "Bag",
        product_type: "simple",
        qty_ordered: 2,
        qty_shipped: 0,
        price: 45,
        row_total: 90,
      },
    ],
    billing_address: address("Zürich"),
    payment: { account_status: "", additional_information: [], cc_last4: "4242", method: "checkmo", amount_ordered: 99.5 },
    extension_attributes: {
      shipping_assignments: [{ items: [], shipping: { address: address("Winterthur"), method: "flatrate_flatrate" } }],
    },
    ...more,
  };
}

export function seed(shop: Shop): void {
  const time = "2026-01-04 10:00:00";
  shop.orders.put("12", newOrder(12, time));
  shop.orders.put("13", newOrder(13, time, { state: "new", status: "pending" }));
  shop.products.put("BAG-1", {
    id: 3,
    sku: "BAG-1",
    name: "Bag",
    price: 45,
    status: 1,
    visibility: 4,
    weight: 0.5,
    type_id: "simple",
    attribute_set_id: 4,
    created_at: time,
    updated_at: time,
    custom_attributes: [{ attribute_code: "description", value: "A bag" }],
  });
  shop.sources.put("BAG-1@default", { sku: "BAG-1", source_code: "default", quantity: 20, status: 1 });
  shop.customers.put("7", {
    id: 7,
    email: "li.chen@example.com",
    firstname: "Li",
    lastname: "Chen",
    dob: "1990-01-01",
    group_id: 1,
    website_id: 1,
    created_at: time,
    updated_at: time,
    addresses: [{ id: 1, city: "Zürich", country_id: "CH", firstname: "Li", lastname: "Chen", postcode: "8001", street: ["Seeweg 1"] }],
  });
}
