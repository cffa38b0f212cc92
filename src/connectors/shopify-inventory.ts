// What a location has of an item, changed by a difference and not to a number: sales go on meanwhile, and two changes at once both count.
// Shopify refuses a repeat of a key for a day. Taken back by the opposite difference, under a key made of the first one's record, and remembered on the variant.
import * as z from "zod";
import { InterlockError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import { type Http, writeAction } from "./define.ts";
import { ask, found, Gid, gid, RecordId } from "./shopify-api.ts";
import { ADJUST, ADJUSTMENT, READ_LEVEL, SET_METAFIELDS } from "./shopify-documents.ts";
import { findMarker, markerOf, uuidOf } from "./shopify-marker.ts";
import { MUTATIONS } from "./shopify-order.ts";

const Adjustment = z.strictObject({
  item: RecordId,
  location: RecordId,
  delta: z
    .int()
    .min(-1_000_000)
    .max(1_000_000)
    .refine((delta) => delta !== 0, "A difference of nothing"),
  /** https://shopify.dev/docs/apps/build/orders-fulfillment/inventory-management-apps/manage-quantities-states */
  reason: z.enum([
    "correction",
    "cycle_count_available",
    "damaged",
    "other",
    "promotion",
    "quality_control",
    "received",
    "restock",
    "safety_stock",
    "shrinkage",
  ]),
});
type Adjustment = z.infer<typeof Adjustment>;

const Adjusted = z.object({ inventoryAdjustQuantities: z.object({ inventoryAdjustmentGroup: z.object({ id: Gid }) }) });

async function adjust({ item, location, delta, reason }: Adjustment, document: string, key: string, http: Http): Promise<string> {
  const input = {
    name: "available",
    reason,
    referenceDocumentUri: `gid://interlock/${document}`,
    // Null, and said so: whatever is there now, the difference is meant.
    changes: [{ delta, inventoryItemId: gid("InventoryItem", item), locationId: gid("Location", location), changeFromQuantity: null }],
  };
  const answer = await ask(http, ADJUST, { input, key: uuidOf(key) }, Adjusted, "an adjusted inventory");
  return answer.inventoryAdjustQuantities.inventoryAdjustmentGroup.id;
}

const Group = z.object({
  node: z
    .object({
      reason: z.string(),
      changes: z.array(
        z.object({
          name: z.string(),
          delta: z.number(),
          item: z.object({ id: Gid }).nullable(),
          location: z.object({ id: Gid }).nullable(),
        }),
      ),
    })
    .nullable(),
});

const Variants = z.object({
  inventoryItem: z.object({ variants: z.object({ nodes: z.array(z.object({ id: Gid })) }).nullable() }).nullable(),
});

/** An inventory item has no metafields; its variant has. */
async function variantOf({ item, location }: Adjustment, http: Http): Promise<string> {
  const variables = { item: gid("InventoryItem", item), location: gid("Location", location) };
  const { inventoryItem } = await ask(http, READ_LEVEL, variables, Variants, "an inventory item");
  const variant = found(inventoryItem, `inventory item ${item}`).variants?.nodes[0];
  if (!variant) throw new InterlockError("connector.not_found", `Shopify: inventory item ${item} has no variant`);
  return gid("ProductVariant", variant.id);
}

const undoName = (adjustment: string): string => `undo-${adjustment}`;
const undoKeyOf = (adjustment: string): string => `undo of adjustment ${adjustment}`;

export const adjustInventory = writeAction({
  effect: "write",
  summary: "Change by a difference what a location has of an item",
  docs: `${MUTATIONS}/inventoryAdjustQuantities`,
  idempotency: "key",
  input: Adjustment,
  output: z.object({ adjustment: z.string() }),
  target: ({ item, location }) => `inventory/${item}@${location}`,
  values: ({ delta, reason }) => ({ delta, reason }),
  withValues: (input, values) => ({ ...input, ...(values as Pick<Adjustment, "delta" | "reason">) }),
  apply: async (input, { http, key }) => ({ adjustment: await adjust(input, `Effect/${uuidOf(key)}`, key, http) }),
  prove: async ({ item, location }, { adjustment }, http): Promise<JsonObject> => {
    const { node } = await ask(http, ADJUSTMENT, { id: gid("InventoryAdjustmentGroup", adjustment) }, Group, "an adjustment");
    const change = node?.changes.find((one) => one.name === "available" && one.item?.id === item && one.location?.id === location);
    return node && change ? { delta: change.delta, reason: node.reason } : {};
  },
  undo: {
    kind: "withdraw",
    withdraw: async (input, { adjustment }, { http }) => {
      const key = undoKeyOf(adjustment);
      const ownerId = await variantOf(input, http);
      await adjust({ ...input, delta: -input.delta }, `Undo/${adjustment}`, key, http);
      // A crash before this line repeats the line above, whose key Shopify knows.
      await ask(
        http,
        SET_METAFIELDS,
        { metafields: [{ ownerId, ...markerOf(undoName(adjustment), key) }] },
        z.unknown(),
        "a marked variant",
      );
    },
    gone: async (input, { adjustment }, http) =>
      (await findMarker(await variantOf(input, http), undoName(adjustment), undoKeyOf(adjustment), http)) !== null,
  },
});
