// The answers that may be given about a new order. Changing a label changes what the model is asked and what it was measured on.

/**
 * address: it cannot be delivered as it stands. fraud: the payment or the buyer is doubtful. stock: what was ordered cannot be sent. price: what was charged is
 * not what was agreed. duplicate: the customer ordered the same twice. none: an ordinary order.
 */
export const EXCEPTIONS = ["none", "address", "fraud", "stock", "price", "duplicate"] as const;
export type Exception = (typeof EXCEPTIONS)[number];

/** release: let it go. hold: stop it until the team has looked. refund: stop it and give the money back. ask: stop it; what is right only a person can say. */
export const HANDLINGS = ["release", "hold", "refund", "ask"] as const;
export type Handling = (typeof HANDLINGS)[number];

/** What Shopify calls the reason of a hold. */
export const HOLD_REASONS = {
  none: "OTHER",
  address: "INCORRECT_ADDRESS",
  fraud: "HIGH_RISK_OF_FRAUD",
  stock: "INVENTORY_OUT_OF_STOCK",
  price: "OTHER",
  duplicate: "OTHER",
} as const satisfies Record<Exception, string>;
export type HoldReason = (typeof HOLD_REASONS)[Exception];
