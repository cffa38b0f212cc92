// A refund: money back to the way it was paid, for good. Shopify refuses a repeat of the same key for a day; the key in the refund's note finds it afterwards too.
// What had been refunded when the amount was decided is part of the input: two runs that both saw nothing refunded cannot both pay.
import * as z from "zod";
import { InterlockError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import { type Http, writeAction } from "./define.ts";
import { ask, found, Gid, gid, RecordId } from "./shopify-api.ts";
import { CREATE_REFUND, ORDER_PAYMENTS, ORDER_REFUNDS } from "./shopify-documents.ts";
import { nameOf, uuidOf } from "./shopify-marker.ts";
import { MUTATIONS } from "./shopify-order.ts";
import { MoneyBag } from "./shopify-reads.ts";

/** A decimal as Shopify writes amounts. Compared as text of one form, so that no amount passes through a floating-point number. */
const Amount = z.string().regex(/^(?:0|[1-9]\d{0,11})\.\d{2,3}$/, 'An amount such as "25.00"');

const Refund = z.strictObject({
  order: RecordId,
  amount: Amount.refine((amount) => !/^[0.]+$/.test(amount), "More than nothing"),
  /** The customer's, as the order has it. */
  currency: z.string().regex(/^[A-Z]{3}$/),
  /** What the order says has been refunded already. */
  alreadyRefunded: Amount,
  note: z.string().min(1).max(200),
  notifyCustomer: z.boolean(),
  /** What comes back; without lines it is money alone. */
  lines: z
    .array(
      z.strictObject({
        lineItem: RecordId,
        quantity: z.int().min(1),
        restock: z.enum(["NO_RESTOCK", "RETURN", "CANCEL"]),
        /** Where it goes back on the shelf. */
        location: RecordId.optional(),
      }),
    )
    .max(100),
});
type Refund = z.infer<typeof Refund>;

const rejected = (field: keyof Refund, message: string): InterlockError =>
  new InterlockError("connector.rejected", `Shopify: ${message}`, { field });

/** Thousandths: the finest currency that Shopify has. */
const SCALE = 1_000n;
export function thousandths(amount: string): bigint {
  const [whole = "0", fraction = ""] = amount.split(".");
  return BigInt(whole) * SCALE + BigInt(fraction.padEnd(3, "0").slice(0, 3));
}

const textOf = (value: bigint): string => {
  const fraction = String(value % SCALE).padStart(3, "0");
  return `${value / SCALE}.${fraction.endsWith("0") ? fraction.slice(0, 2) : fraction}`;
};

const Payments = z.object({
  order: z
    .object({
      totalRefundedSet: MoneyBag,
      transactions: z.array(
        z.object({
          id: Gid,
          kind: z.string(),
          status: z.string(),
          gateway: z.string().nullable(),
          parentTransaction: z.object({ id: Gid }).nullable(),
          amountSet: MoneyBag,
        }),
      ),
    })
    .nullable(),
});
type Payments = NonNullable<z.infer<typeof Payments>["order"]>;

/** Which payments the amount is taken from, the oldest first, each up to what is left of it. */
export function decideTransactions(
  order: string,
  amount: string,
  { transactions }: Payments,
): { readonly orderId: string; readonly parentId: string; readonly gateway: string; readonly kind: "REFUND"; readonly amount: string }[] {
  const done = transactions.filter(({ status }) => status === "SUCCESS");
  let open = thousandths(amount);
  const parts = done
    .filter(({ kind, gateway }) => (kind === "SALE" || kind === "CAPTURE") && gateway !== null)
    .flatMap((payment) => {
      const back = done.filter(({ kind, parentTransaction }) => kind === "REFUND" && parentTransaction?.id === payment.id);
      const left = back.reduce((sum, { amountSet }) => sum - thousandths(amountSet.amount), thousandths(payment.amountSet.amount));
      const part = left < open ? left : open;
      if (part <= 0n) return [];
      open -= part;
      return [
        {
          orderId: gid("Order", order),
          parentId: gid("OrderTransaction", payment.id),
          gateway: payment.gateway ?? "",
          kind: "REFUND" as const,
          amount: textOf(part),
        },
      ];
    });
  if (open > 0n) throw rejected("amount", `${textOf(thousandths(amount) - open)} of order ${order} can be refunded, and not ${amount}`);
  return parts;
}

const Refunds = z.object({
  order: z.object({ refunds: z.array(z.object({ id: Gid, note: z.string().nullable(), totalRefundedSet: MoneyBag })) }).nullable(),
});

async function refundsOf(order: string, http: Http) {
  const answer = await ask(http, ORDER_REFUNDS, { id: gid("Order", order) }, Refunds, "an order's refunds");
  return found(answer.order, `order ${order}`).refunds;
}

const marked = (note: string, key: string): string => `${note} [${nameOf(key)}]`;

export const refund = writeAction({
  effect: "write",
  summary: "Refund an order, or a part of it, to the way it was paid",
  docs: `${MUTATIONS}/refundCreate`,
  idempotency: "lookup",
  input: Refund,
  output: z.object({ refund: z.string() }),
  target: ({ order }) => `order/${order}`,
  values: ({ order: _, ...values }) => values,
  withValues: ({ order }, values) => ({ order, ...(values as Omit<Refund, "order">) }),
  apply: async ({ order, amount, currency, alreadyRefunded, note, notifyCustomer, lines }, { http, key }) => {
    const answer = await ask(http, ORDER_PAYMENTS, { id: gid("Order", order) }, Payments, "an order's payments");
    const payments = found(answer.order, `order ${order}`);
    const { totalRefundedSet: refunded } = payments;
    if (refunded.currency !== currency) throw rejected("currency", `order ${order} was paid in ${refunded.currency}`);
    // The same request under the same key must be the same to the letter: after a lost answer its own refund counts here already, and `find` has seen it before.
    if (thousandths(refunded.amount) !== thousandths(alreadyRefunded))
      throw rejected("alreadyRefunded", `${refunded.amount} of order ${order} has been refunded, and not ${alreadyRefunded}`);
    const input = {
      orderId: gid("Order", order),
      currency,
      note: marked(note, key),
      notify: notifyCustomer,
      transactions: decideTransactions(order, amount, payments),
      refundLineItems: lines.map(({ lineItem, quantity, restock, location }) => ({
        lineItemId: gid("LineItem", lineItem),
        quantity,
        restockType: restock,
        ...(location === undefined ? {} : { locationId: gid("Location", location) }),
      })),
    };
    const Answer = z.object({ refundCreate: z.object({ refund: z.object({ id: Gid }) }) });
    const { refundCreate } = await ask(http, CREATE_REFUND, { input, key: uuidOf(key) }, Answer, "a refund");
    return { refund: refundCreate.refund.id };
  },
  find: async ({ order }, { http, key }) => {
    const ours = (await refundsOf(order, http)).find(({ note }) => note?.endsWith(`[${nameOf(key)}]`));
    return ours ? { refund: ours.id } : null;
  },
  prove: async ({ order, note, alreadyRefunded, notifyCustomer, lines }, output, http): Promise<JsonObject> => {
    const made = (await refundsOf(order, http)).find(({ id }) => id === output.refund);
    if (!made) return {};
    const amount = textOf(thousandths(made.totalRefundedSet.amount));
    return {
      amount,
      currency: made.totalRefundedSet.currency,
      note: made.note?.startsWith(`${note} [`) ? note : made.note,
      // What the refund was asked with; Shopify keeps no such field.
      alreadyRefunded,
      notifyCustomer,
      lines,
    };
  },
  undo: { kind: "irreversible", because: "Money that Shopify has sent back to a customer cannot be fetched again" },
});
