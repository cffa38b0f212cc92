// What a refund of an order would be: all that was paid, where that is beyond doubt. What is paid in part, or refunded in part, a person works out.
// Whether it may be paid is the governance spec's; this says only how much it would be. Amounts stay text: none of them passes through a floating-point number.
export interface Paid {
  readonly total: { readonly amount: string; readonly currency: string };
  readonly refunded: { readonly amount: string };
  readonly financialStatus: string | null;
}

export type RefundPlan =
  | { readonly kind: "refund"; readonly amount: string; readonly currency: string; readonly alreadyRefunded: string }
  | { readonly kind: "none"; readonly why: string };

export function decideRefund({ total, refunded, financialStatus }: Paid): RefundPlan {
  if (financialStatus !== "PAID") return { kind: "none", why: "it is not simply paid" };
  if (!isNothing(refunded.amount)) return { kind: "none", why: "a part of it has been refunded already" };
  if (isNothing(total.amount)) return { kind: "none", why: "it cost nothing" };
  return { kind: "refund", amount: inCents(total.amount), currency: total.currency, alreadyRefunded: inCents(refunded.amount) };
}

const isNothing = (amount: string): boolean => /^[0.]+$/.test(amount);

/** Shopify writes "20.0" and takes "20.00". */
function inCents(amount: string): string {
  const [whole, fraction = ""] = amount.split(".");
  return `${whole}.${fraction.padEnd(2, "0")}`;
}
