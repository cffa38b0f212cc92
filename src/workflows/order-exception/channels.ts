// Where each kind of exception is talked about, by Slack channel id. Ids and not names: a renamed channel stays the same channel.
import type { Exception } from "./labels.ts";

export const CHANNELS: Readonly<Record<Exception, string>> = {
  none: "C0ORDERS",
  address: "C0SHIPPING",
  fraud: "C0FRAUD",
  stock: "C0WAREHOUSE",
  price: "C0BILLING",
  duplicate: "C0ORDERS",
};
