// What workflows read of a sale: an order with all that a decision about it needs, and its customer. Products and inventory are in shopify-catalogue.ts.
// Ids are digits, amounts are Shopify's own decimal text, an absent value is null. Nothing is written here.
import * as z from "zod";
import { readAction } from "./define.ts";
import { ask, found, Gid, gid, RecordId } from "./shopify-api.ts";
import { READ_CUSTOMER, READ_ORDER } from "./shopify-documents.ts";

export const QUERIES = "https://shopify.dev/docs/api/admin-graphql/2026-07/queries";

const Money = z.object({ amount: z.string(), currencyCode: z.string() });
/** In the currency that the customer paid in. */
export const MoneyBag = z.object({ presentmentMoney: Money }).transform(({ presentmentMoney }) => ({
  amount: presentmentMoney.amount,
  currency: presentmentMoney.currencyCode,
}));
const Attributes = z.array(z.object({ key: z.string(), value: z.string().nullable() }));
export const nodes = <T>(item: z.ZodType<T>) => z.object({ nodes: z.array(item) }).transform((connection) => connection.nodes);
/** A page, and whether there is more than it. */
export const page = <T>(item: z.ZodType<T>) => z.object({ pageInfo: z.object({ hasNextPage: z.boolean() }), nodes: z.array(item) });
/** UnsignedInt64 comes as text. */
const Count = z.union([z.string().regex(/^\d+$/), z.number()]).transform(Number);

const OrderJson = z.object({
  id: Gid,
  name: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  cancelledAt: z.string().nullable(),
  cancelReason: z.string().nullable(),
  note: z.string().nullable(),
  tags: z.array(z.string()),
  test: z.boolean(),
  sourceName: z.string().nullable(),
  email: z.string().nullable(),
  displayFinancialStatus: z.string().nullable(),
  displayFulfillmentStatus: z.string(),
  customAttributes: Attributes,
  currentTotalPriceSet: MoneyBag,
  totalRefundedSet: MoneyBag,
  customer: z.object({ id: Gid, displayName: z.string(), tags: z.array(z.string()), numberOfOrders: Count }).nullable(),
  risk: z.object({
    recommendation: z.string(),
    assessments: z.array(z.object({ riskLevel: z.string(), facts: z.array(z.object({ description: z.string(), sentiment: z.string() })) })),
  }),
  lineItems: page(
    z.object({ id: Gid, name: z.string(), sku: z.string().nullable(), currentQuantity: z.number(), refundableQuantity: z.number() }),
  ),
  fulfillmentOrders: nodes(
    z.object({
      id: Gid,
      status: z.string(),
      fulfillmentHolds: z.array(
        z.object({ id: Gid, reason: z.string(), reasonNotes: z.string().nullable(), heldByRequestingApp: z.boolean() }),
      ),
    }),
  ),
  refunds: z.array(z.object({ id: Gid, createdAt: z.string().nullable(), note: z.string().nullable(), totalRefundedSet: MoneyBag })),
});

const MoneyOut = z.object({ amount: z.string(), currency: z.string() });

export const getOrder = readAction({
  summary: "Read an order with its customer, risk, fulfillment orders and refunds",
  docs: `${QUERIES}/order`,
  input: z.strictObject({ id: RecordId }),
  output: z.object({
    id: z.string(),
    name: z.string(),
    createdAt: z.string(),
    updatedAt: z.string(),
    cancelled: z.object({ at: z.string(), reason: z.string().nullable() }).nullable(),
    test: z.boolean(),
    source: z.string().nullable(),
    email: z.string().nullable(),
    financialStatus: z.string().nullable(),
    fulfillmentStatus: z.string(),
    total: MoneyOut,
    refunded: MoneyOut,
    note: z.string().nullable(),
    tags: z.array(z.string()),
    attributes: z.record(z.string(), z.string()),
    customer: z.object({ id: z.string(), name: z.string(), tags: z.array(z.string()), orders: z.number() }).nullable(),
    risk: z.object({ recommendation: z.string(), level: z.string().nullable(), facts: z.array(z.string()) }),
    lines: z.array(
      z.object({ id: z.string(), name: z.string(), sku: z.string().nullable(), quantity: z.number(), refundable: z.number() }),
    ),
    /** The order has more lines than the 25 that are read. */
    moreLines: z.boolean(),
    fulfillmentOrders: z.array(
      z.object({
        id: z.string(),
        status: z.string(),
        holds: z.array(z.object({ id: z.string(), reason: z.string(), notes: z.string().nullable(), ours: z.boolean() })),
      }),
    ),
    refunds: z.array(
      z.object({ id: z.string(), at: z.string().nullable(), note: z.string().nullable(), amount: z.string(), currency: z.string() }),
    ),
  }),
  run: async ({ id }, http) => {
    const answer = await ask(http, READ_ORDER, { id: gid("Order", id) }, z.object({ order: OrderJson.nullable() }), "an order");
    const order = found(answer.order, `order ${id}`);
    return {
      id: order.id,
      name: order.name,
      createdAt: order.createdAt,
      updatedAt: order.updatedAt,
      cancelled: order.cancelledAt === null ? null : { at: order.cancelledAt, reason: order.cancelReason },
      test: order.test,
      source: order.sourceName,
      email: order.email,
      financialStatus: order.displayFinancialStatus,
      fulfillmentStatus: order.displayFulfillmentStatus,
      total: order.currentTotalPriceSet,
      refunded: order.totalRefundedSet,
      note: order.note,
      tags: order.tags,
      attributes: Object.fromEntries(order.customAttributes.map(({ key, value }) => [key, value ?? ""])),
      customer: order.customer && {
        id: order.customer.id,
        name: order.customer.displayName,
        tags: order.customer.tags,
        orders: order.customer.numberOfOrders,
      },
      risk: {
        recommendation: order.risk.recommendation,
        level: highestRisk(order.risk.assessments.map(({ riskLevel }) => riskLevel)),
        facts: order.risk.assessments.flatMap(({ facts }) => facts.map(({ sentiment, description }) => `${sentiment}: ${description}`)),
      },
      lines: order.lineItems.nodes.map(({ currentQuantity, refundableQuantity, ...line }) => ({
        ...line,
        quantity: currentQuantity,
        refundable: refundableQuantity,
      })),
      moreLines: order.lineItems.pageInfo.hasNextPage,
      fulfillmentOrders: order.fulfillmentOrders.map(({ fulfillmentHolds, ...one }) => ({
        ...one,
        holds: fulfillmentHolds.map(({ id, reason, reasonNotes, heldByRequestingApp }) => ({
          id,
          reason,
          notes: reasonNotes,
          ours: heldByRequestingApp,
        })),
      })),
      refunds: order.refunds.map(({ id, createdAt, note, totalRefundedSet }) => ({ id, at: createdAt, note, ...totalRefundedSet })),
    };
  },
});

/** Several apps may have judged an order; the worst of them counts. */
function highestRisk(levels: readonly string[]): string | null {
  for (const level of ["HIGH", "MEDIUM", "LOW", "PENDING", "NONE"]) if (levels.includes(level)) return level;
  return null;
}

const CustomerJson = z.object({
  id: Gid,
  displayName: z.string(),
  state: z.string(),
  note: z.string().nullable(),
  tags: z.array(z.string()),
  locale: z.string(),
  verifiedEmail: z.boolean(),
  numberOfOrders: Count,
  createdAt: z.string(),
  updatedAt: z.string(),
  amountSpent: Money,
  defaultEmailAddress: z.object({ emailAddress: z.string() }).nullable(),
  defaultPhoneNumber: z.object({ phoneNumber: z.string() }).nullable(),
});

export const getCustomer = readAction({
  summary: "Read a customer",
  docs: `${QUERIES}/customer`,
  input: z.strictObject({ id: RecordId }),
  output: z.object({
    id: z.string(),
    name: z.string(),
    email: z.string().nullable(),
    verifiedEmail: z.boolean(),
    phone: z.string().nullable(),
    state: z.string(),
    locale: z.string(),
    note: z.string().nullable(),
    tags: z.array(z.string()),
    orders: z.number(),
    spent: MoneyOut,
    createdAt: z.string(),
    updatedAt: z.string(),
  }),
  run: async ({ id }, http) => {
    const Answer = z.object({ customer: CustomerJson.nullable() });
    const customer = found((await ask(http, READ_CUSTOMER, { id: gid("Customer", id) }, Answer, "a customer")).customer, `customer ${id}`);
    const { displayName, defaultEmailAddress, defaultPhoneNumber, numberOfOrders, amountSpent, ...same } = customer;
    return {
      ...same,
      name: displayName,
      email: defaultEmailAddress?.emailAddress ?? null,
      phone: defaultPhoneNumber?.phoneNumber ?? null,
      orders: numberOfOrders,
      spent: { amount: amountSpent.amount, currency: amountSpent.currencyCode },
    };
  },
});
