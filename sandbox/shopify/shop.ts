// The shop that the sandbox plays: its name, its app's secrets, and its records over the stand-in's tables. All of it is made up and public.
// Ids are digits; an order's have 18, as Shopify's do, and so never pass through a number.
import type { StandInWorld, Table } from "../stand-in.ts";
import type { Bucket } from "./bucket.ts";

export const SHOP = "sandbox-shop.myshopify.com";
export const API_TOKEN = "shpat_sandbox";
export const APP = { clientId: "sandbox-client", clientSecret: "sandbox-client-secret", refreshToken: "shprt_sandbox_0" } as const;
export const HOOK = "/hooks/shopify";
export const LOCATION = "655441491";

export interface Money {
  readonly amount: string;
  readonly currencyCode: string;
}
export interface Customer {
  readonly id: string;
  readonly displayName: string;
  readonly email: string;
  readonly tags: string[];
  readonly orders: number;
  readonly createdAt: string;
}
export interface Transaction {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly gateway: string;
  readonly parent: string | null;
  readonly amount: string;
}
export interface Refund {
  readonly id: string;
  readonly createdAt: string;
  readonly note: string | null;
  readonly amount: string;
  readonly lines: readonly { readonly lineItemId: string; readonly quantity: number; readonly restockType: string }[];
}
export interface Line {
  readonly id: string;
  readonly name: string;
  readonly sku: string;
  readonly quantity: number;
  readonly refundable: number;
  readonly price: string;
}
export interface Order {
  readonly id: string;
  readonly number: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly customer: string;
  readonly email: string;
  readonly currency: string;
  readonly total: string;
  readonly note: string | null;
  readonly tags: string[];
  readonly attributes: readonly { readonly key: string; readonly value: string }[];
  readonly risk: "NONE" | "LOW" | "MEDIUM" | "HIGH";
  readonly lines: readonly Line[];
  readonly fulfillmentOrder: string;
  readonly transactions: readonly Transaction[];
  readonly refunds: readonly Refund[];
  readonly cancelled: { readonly at: string; readonly reason: string; readonly staffNote: string | null } | null;
}
export interface Hold {
  readonly id: string;
  readonly handle: string;
  readonly reason: string;
  readonly notes: string | null;
  readonly byApp: string;
}
export interface FulfillmentOrder {
  readonly id: string;
  readonly order: string;
  readonly holds: readonly Hold[];
}
export interface Product {
  readonly id: string;
  readonly title: string;
  readonly tags: string[];
  readonly updatedAt: string;
}
export interface Variant {
  readonly id: string;
  readonly product: string;
  readonly item: string;
  readonly title: string;
  readonly sku: string;
  readonly price: string;
  readonly available: number;
  readonly updatedAt: string;
}
export interface Adjustment {
  readonly id: string;
  readonly reason: string;
  readonly name: string;
  readonly delta: number;
  readonly item: string;
  readonly location: string;
}
export interface Metafield {
  readonly owner: string;
  readonly namespace: string;
  readonly key: string;
  readonly type: string;
  readonly value: string;
}
export interface Subscription {
  readonly id: string;
  readonly topic: string;
  /** A path alone is one of Interlock's, wherever it is. */
  readonly uri: string;
  readonly version: string;
}
/** What an idempotency key was used for. */
export interface UsedKey {
  readonly args: string;
  readonly answer: string;
  readonly at: number;
}
export interface Settings {
  readonly scopes: readonly string[];
  /** Of the API, those that are supported. */
  readonly versions: readonly string[];
  /** How far the shop's clock is ahead. */
  readonly clockAheadMs: number;
  readonly refreshTokens: readonly string[];
  /** The number that the next record gets. */
  readonly nextId: string;
  readonly nextOrder: number;
}

export const ALL_SCOPES = [
  "write_orders",
  "write_customers",
  "write_products",
  "write_inventory",
  "write_merchant_managed_fulfillment_orders",
] as const;

const FRESH: Settings = {
  scopes: ALL_SCOPES,
  versions: ["2026-01", "2026-04", "2026-07"],
  clockAheadMs: 0,
  refreshTokens: [APP.refreshToken],
  nextId: "820982911946154508",
  nextOrder: 1001,
};

/** The smallest plan's. */
export const fullBucket = (now: number): Bucket => ({ available: 2_000, at: now, capacity: 2_000, restoreRate: 100 });

export class Shop {
  readonly world: StandInWorld;
  readonly orders: Table<Order>;
  readonly customers: Table<Customer>;
  readonly fulfillmentOrders: Table<FulfillmentOrder>;
  readonly products: Table<Product>;
  readonly variants: Table<Variant>;
  readonly adjustments: Table<Adjustment>;
  readonly metafields: Table<Metafield>;
  readonly subscriptions: Table<Subscription>;
  readonly keys: Table<UsedKey>;
  readonly tokens: Table<{ readonly value: string; readonly endsAt: number }>;
  readonly #settings: Table<Settings>;
  /** In memory only: a restart forgives. */
  bucket: Bucket;

  constructor(world: StandInWorld) {
    this.world = world;
    this.bucket = fullBucket(world.now());
    this.orders = world.table("orders");
    this.customers = world.table("customers");
    this.fulfillmentOrders = world.table("fulfillment-orders");
    this.products = world.table("products");
    this.variants = world.table("variants");
    this.adjustments = world.table("adjustments");
    this.metafields = world.table("metafields");
    this.subscriptions = world.table("subscriptions");
    this.keys = world.table("keys");
    this.tokens = world.table("tokens");
    this.#settings = world.table("settings");
  }

  get settings(): Settings {
    return this.#settings.get("shop") ?? FRESH;
  }
  change(settings: Partial<Settings>): void {
    this.#settings.put("shop", { ...this.settings, ...settings });
  }

  newId(): string {
    const { nextId } = this.settings;
    this.change({ nextId: String(BigInt(nextId) + 1n) });
    return nextId;
  }
  get now(): string {
    return new Date(this.world.now()).toISOString().replace(/\.\d+Z$/, "Z");
  }

  may(scope: string): boolean {
    const { scopes } = this.settings;
    return scopes.includes(scope) || scopes.includes(scope.replace(/^read_/, "write_"));
  }
}

export const gid = (type: string, id: string): string => `gid://shopify/${type}/${id}`;
/** Empty for an id of another type: no record has that. */
export const idIn = (type: string, text: unknown): string => {
  const match = /^gid:\/\/shopify\/([A-Za-z]+)\/(\d+)$/.exec(String(text));
  return match?.[1] === type ? (match[2] ?? "") : "";
};
