// Holds on a fulfillment order: nothing is packed while one is there. Each hold of ours has a handle made of the effect's key, of which Shopify takes one only, so
// that it is found again and never placed twice. A hold that is released is gone; taking that back places another in its stead, known by a handle of its own.
import * as z from "zod";
import type { JsonObject } from "../core/json.ts";
import { type Http, writeAction } from "./define.ts";
import { ask, found, Gid, gid, RecordId } from "./shopify-api.ts";
import { FULFILLMENT_HOLDS, HOLD, RELEASE_HOLD } from "./shopify-documents.ts";
import { nameOf } from "./shopify-marker.ts";
import { MUTATIONS } from "./shopify-order.ts";

const Reason = z.enum([
  "AWAITING_PAYMENT",
  "AWAITING_RETURN_ITEMS",
  "HIGH_RISK_OF_FRAUD",
  "INCORRECT_ADDRESS",
  "INVENTORY_OUT_OF_STOCK",
  "ONLINE_STORE_POST_PURCHASE_CROSS_SELL",
  "OTHER",
  "UNKNOWN_DELIVERY_DATE",
]);

const HoldJson = z.object({
  id: Gid,
  handle: z.string().nullable(),
  reason: z.string(),
  reasonNotes: z.string().nullable(),
  heldByRequestingApp: z.boolean(),
});
type HoldJson = z.infer<typeof HoldJson>;
const Holds = z.object({ fulfillmentOrder: z.object({ fulfillmentHolds: z.array(HoldJson) }).nullable() });

async function holdsOf(id: string, http: Http): Promise<HoldJson[]> {
  const variables = { id: gid("FulfillmentOrder", id) };
  const { fulfillmentOrder } = await ask(http, FULFILLMENT_HOLDS, variables, Holds, "a fulfillment order's holds");
  return found(fulfillmentOrder, `fulfillment order ${id}`).fulfillmentHolds;
}

const isOurs = (hold: HoldJson, handle: string): boolean => hold.heldByRequestingApp && hold.handle === handle;

const Placed = z.object({ fulfillmentOrderHold: z.object({ fulfillmentHold: z.object({ id: Gid }) }) });

async function place(
  id: string,
  hold: { reason: string; notes: string; notifyMerchant: boolean },
  handle: string,
  http: Http,
): Promise<string> {
  const variables = {
    id: gid("FulfillmentOrder", id),
    hold: { reason: hold.reason, reasonNotes: hold.notes, notifyMerchant: hold.notifyMerchant, handle },
  };
  return (await ask(http, HOLD, variables, Placed, "a hold")).fulfillmentOrderHold.fulfillmentHold.id;
}

async function release(id: string, holds: readonly string[], http: Http): Promise<void> {
  // Without ids Shopify would release every hold, those of others too.
  if (holds.length === 0) return;
  const variables = { id: gid("FulfillmentOrder", id), holds: holds.map((hold) => gid("FulfillmentHold", hold)) };
  await ask(http, RELEASE_HOLD, variables, z.unknown(), "a released hold");
}

const Hold = z.strictObject({
  fulfillmentOrder: RecordId,
  reason: Reason,
  /** What the shop's staff read beside it. */
  notes: z.string().min(1).max(500),
  notifyMerchant: z.boolean(),
});
type Hold = z.infer<typeof Hold>;

export const holdFulfillment = writeAction({
  effect: "write",
  summary: "Put a fulfillment order on hold",
  docs: `${MUTATIONS}/fulfillmentOrderHold`,
  idempotency: "lookup",
  input: Hold,
  output: z.object({ hold: z.string() }),
  target: ({ fulfillmentOrder }) => `fulfillment/${fulfillmentOrder}`,
  values: ({ fulfillmentOrder: _, ...values }) => values,
  withValues: ({ fulfillmentOrder }, values) => ({ fulfillmentOrder, ...(values as Omit<Hold, "fulfillmentOrder">) }),
  apply: async ({ fulfillmentOrder, ...hold }, { http, key }) => ({ hold: await place(fulfillmentOrder, hold, nameOf(key), http) }),
  find: async ({ fulfillmentOrder }, { http, key }) => {
    const hold = (await holdsOf(fulfillmentOrder, http)).find((one) => isOurs(one, nameOf(key)));
    return hold ? { hold: hold.id } : null;
  },
  prove: async ({ fulfillmentOrder, notifyMerchant }, { hold }, http): Promise<JsonObject> => {
    const held = (await holdsOf(fulfillmentOrder, http)).find(({ id }) => id === hold);
    // Whether the shop's owner was written to is not kept on the hold.
    return held ? { reason: held.reason, notes: held.reasonNotes, notifyMerchant } : {};
  },
  undo: {
    kind: "withdraw",
    withdraw: ({ fulfillmentOrder }, { hold }, { http }) => release(fulfillmentOrder, [hold], http),
    gone: async ({ fulfillmentOrder }, { hold }, http) => !(await holdsOf(fulfillmentOrder, http)).some(({ id }) => id === hold),
  },
});

const Release = z.strictObject({
  fulfillmentOrder: RecordId,
  hold: RecordId,
  /** As the hold has them: what it is placed with again if the release is taken back. */
  reason: Reason,
  notes: z.string().max(500),
});
type Release = z.infer<typeof Release>;

const insteadOf = (hold: string): string => nameOf(`instead of hold ${hold}`);

/** The hold itself, or the one that stands in its place. */
const standing = async ({ fulfillmentOrder, hold }: Release, http: Http): Promise<HoldJson | undefined> =>
  (await holdsOf(fulfillmentOrder, http)).find((one) => one.id === hold || isOurs(one, insteadOf(hold)));

const released = async (input: Release, http: Http) => ({ released: (await standing(input, http)) ? null : input.hold });

export const releaseHold = writeAction({
  effect: "write",
  summary: "Release one hold of a fulfillment order",
  docs: `${MUTATIONS}/fulfillmentOrderReleaseHold`,
  // A hold's id is never used again: released twice, it is released once.
  idempotency: "key",
  input: Release,
  output: z.object({ hold: z.string() }),
  target: ({ fulfillmentOrder }) => `fulfillment/${fulfillmentOrder}`,
  values: ({ hold }) => ({ released: hold }),
  withValues: (input, { released }) => ({ ...input, hold: released as string }),
  look: async (input, http) => ({ fields: await released(input, http), version: null }),
  apply: async (input, { http }) => {
    const there = await standing(input, http);
    await release(input.fulfillmentOrder, there ? [there.id] : [], http);
    return { hold: input.hold };
  },
  prove: (input, _output, http) => released(input, http),
  undo: {
    kind: "restore",
    restore: async (input, _values, { http }) => {
      const { fulfillmentOrder, hold, reason, notes } = input;
      if (await standing(input, http)) return;
      await place(fulfillmentOrder, { reason, notes, notifyMerchant: false }, insteadOf(hold), http);
    },
  },
});
