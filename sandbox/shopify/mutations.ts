// What may be done in the shop, by the names of Shopify's mutations: the record changes, or userErrors say why not. Those that need a key are done once for each.
import { sha256Hex } from "../../src/core/crypto.ts";
import { type Args, FieldProblem, type Root } from "./execute.ts";
import { denied, digestOf, fulfillmentOrderOf, orderOf, parts, placeOf, refundedOf, sumOf } from "./records.ts";
import { APP, gid, idIn, LOCATION, type Order, type Shop, type Transaction } from "./shop.ts";

interface UserError {
  readonly field: readonly string[] | null;
  readonly message: string;
  readonly code?: string;
}

const DAY_MS = 86_400_000;
const DUPLICATE_KEY = "The same idempotency key cannot be used with different operation parameters.";

type MetafieldInput = { ownerId: string; namespace: string; key: string; type: string; value: string; compareDigest?: string | null };

export function mutations(shop: Shop): Readonly<Record<string, Root>> {
  const no = (payload: string, message: string, field: readonly string[] | null, code?: string) => ({
    [payload]: null,
    userErrors: [{ field, message, ...(code === undefined ? { code: null } : { code }) }],
  });
  const behind =
    (field: string, scope: string, write: (args: Args, key: string | null) => Record<string, unknown>): Root =>
    (args, directives) => {
      if (!shop.may(scope)) throw denied(field, scope);
      const payload = write(args, typeof directives.idempotent?.key === "string" ? directives.idempotent.key : null);
      const errors = [payload.userErrors, payload.orderCancelUserErrors].flat().filter(Boolean) as UserError[];
      if (errors.length === 0 && payload.__repeated !== true) shop.world.applied(field);
      return payload;
    };
  /** The same answer to the same request for a day; another request under the key is refused. */
  const once = (args: Args, key: string | null, work: () => Record<string, unknown>): Record<string, unknown> => {
    if (key === null || key.trim() === "")
      throw new FieldProblem("The @idempotent directive is required for this mutation but was not provided.", { code: "BAD_REQUEST" });
    const asked = sha256Hex(JSON.stringify(args));
    const used = shop.keys.get(key);
    if (used && shop.world.now() - used.at < DAY_MS) {
      if (used.args !== asked) return no("refund", DUPLICATE_KEY, null, "IDEMPOTENCY_KEY_PARAMETER_MISMATCH");
      return { ...(JSON.parse(used.answer) as Record<string, unknown>), __repeated: true };
    }
    const payload = work();
    if ((payload.userErrors as UserError[]).length === 0)
      shop.keys.put(key, { args: asked, answer: JSON.stringify(payload), at: shop.world.now() });
    return payload;
  };
  const save = (order: Order, change: Partial<Order>): Order => {
    const changed = { ...order, ...change, updatedAt: shop.now };
    shop.orders.put(order.id, changed);
    return changed;
  };

  /** Tagged records by their ids' type. */
  const retag = (id: string, change: (tags: readonly string[]) => string[]): { id: string } | null => {
    const order = shop.orders.get(idIn("Order", id));
    if (order) save(order, { tags: change(order.tags) });
    const customer = shop.customers.get(idIn("Customer", id));
    if (customer) shop.customers.put(customer.id, { ...customer, tags: change(customer.tags) });
    const product = shop.products.get(idIn("Product", id));
    if (product) shop.products.put(product.id, { ...product, tags: change(product.tags) });
    return order || customer || product ? { id } : null;
  };
  const has = (tags: readonly string[], tag: string) => tags.some((one) => one.toLowerCase() === tag.toLowerCase());

  return {
    orderUpdate: behind("orderUpdate", "write_orders", ({ input }) => {
      const { id, note, tags, customAttributes, metafields } = input as Record<string, never> & { id: string };
      const order = shop.orders.get(idIn("Order", id));
      if (!order) return no("order", "Order does not exist", ["id"]);
      for (const one of (metafields ?? []) as MetafieldInput[])
        shop.metafields.put(placeOf(id, one.namespace, one.key), { owner: id, ...one });
      const changed = save(order, {
        ...(note === undefined ? {} : { note: note === "" ? null : note }),
        ...(tags === undefined ? {} : { tags }),
        ...(customAttributes === undefined ? {} : { attributes: customAttributes }),
      });
      return { order: orderOf(shop, changed), userErrors: [] };
    }),

    metafieldsSet: (args, directives) => {
      const inputs = args.metafields as MetafieldInput[];
      const scope = inputs.some(({ ownerId }) => ownerId.includes("/ProductVariant/")) ? "write_products" : "write_orders";
      return behind("metafieldsSet", inputs.every(({ ownerId }) => ownerId.includes("/Shop/")) ? "read_orders" : scope, () => {
        if (inputs.length > 25)
          return no("metafields", "Exceeded the maximum metafields input limit of 25.", ["metafields"], "LESS_THAN_OR_EQUAL_TO");
        for (const [index, { ownerId, namespace, key, compareDigest }] of inputs.entries()) {
          const there = shop.metafields.get(placeOf(ownerId, namespace, key));
          const stale = compareDigest !== undefined && compareDigest !== (there ? digestOf(there.value) : null);
          if (stale)
            return no(
              "metafields",
              "The resource has been updated since it was loaded. Try again with an updated `compareDigest` value.",
              ["metafields", String(index)],
              "STALE_OBJECT",
            );
        }
        for (const { ownerId, namespace, key, type, value } of inputs)
          shop.metafields.put(placeOf(ownerId, namespace, key), { owner: ownerId, namespace, key, type, value });
        return {
          metafields: inputs.map(({ ownerId, namespace, key }) => ({ id: gid("Metafield", "1"), owner: ownerId, namespace, key })),
          userErrors: [],
        };
      })(args, directives);
    },

    metafieldsDelete: (args) => {
      const inputs = args.metafields as { ownerId: string; namespace: string; key: string }[];
      const deleted = inputs.map(({ ownerId, namespace, key }) => {
        const place = placeOf(ownerId, namespace, key);
        const there = shop.metafields.get(place);
        shop.metafields.delete(place);
        return there ? { ownerId, namespace, key } : null;
      });
      return { deletedMetafields: deleted, userErrors: [] };
    },

    tagsAdd: behind("tagsAdd", "write_orders", ({ id, tags }) => {
      const node = retag(String(id), (there) => [...there, ...(tags as string[]).filter((tag) => !has(there, tag))]);
      return node ? { node, userErrors: [] } : no("node", "Resource does not exist", ["id"]);
    }),
    tagsRemove: behind("tagsRemove", "write_orders", ({ id, tags }) => {
      const node = retag(String(id), (there) => there.filter((tag) => !has(tags as string[], tag)));
      return node ? { node, userErrors: [] } : no("node", "Resource does not exist", ["id"]);
    }),

    fulfillmentOrderHold: behind("fulfillmentOrderHold", "write_merchant_managed_fulfillment_orders", ({ id, fulfillmentHold }) => {
      const found = shop.fulfillmentOrders.get(idIn("FulfillmentOrder", id));
      if (!found) return no("fulfillmentHold", "Fulfillment order does not exist.", ["id"], "FULFILLMENT_ORDER_NOT_FOUND");
      const { handle = "", reason, reasonNotes = null } = fulfillmentHold as { handle?: string; reason: string; reasonNotes?: string };
      const ours = found.holds.filter(({ byApp }) => byApp === APP.clientId);
      if (ours.some((hold) => hold.handle === handle))
        return no(
          "fulfillmentHold",
          "The handle provided for the fulfillment hold is already in use by this app for another hold on this fulfillment order.",
          ["fulfillmentHold", "handle"],
          "DUPLICATE_FULFILLMENT_HOLD_HANDLE",
        );
      if (ours.length >= 10)
        return no(
          "fulfillmentHold",
          "The maximum number of fulfillment holds for this fulfillment order has been reached for this app.",
          ["id"],
          "FULFILLMENT_ORDER_HOLD_LIMIT_REACHED",
        );
      const hold = { id: shop.newId(), handle, reason, notes: reasonNotes, byApp: APP.clientId };
      shop.fulfillmentOrders.put(found.id, { ...found, holds: [...found.holds, hold] });
      return { fulfillmentHold: { id: gid("FulfillmentHold", hold.id) }, userErrors: [] };
    }),
    fulfillmentOrderReleaseHold: behind("fulfillmentOrderReleaseHold", "write_merchant_managed_fulfillment_orders", ({ id, holdIds }) => {
      const found = shop.fulfillmentOrders.get(idIn("FulfillmentOrder", id));
      if (!found) return no("fulfillmentOrder", "Fulfillment order does not exist.", ["id"], "FULFILLMENT_ORDER_NOT_FOUND");
      const named = Array.isArray(holdIds) ? holdIds.map((one) => idIn("FulfillmentHold", one)) : null;
      const changed = { ...found, holds: named ? found.holds.filter((hold) => !named.includes(hold.id)) : [] };
      shop.fulfillmentOrders.put(found.id, changed);
      return { fulfillmentOrder: fulfillmentOrderOf(changed), userErrors: [] };
    }),

    refundCreate: behind("refundCreate", "write_orders", (args, key) =>
      once(args, key, () => {
        const input = args.input as {
          orderId: string;
          note?: string;
          transactions?: { parentId: string; gateway: string; amount: string }[];
          refundLineItems?: { lineItemId: string; quantity: number; restockType: string }[];
        };
        const order = shop.orders.get(idIn("Order", input.orderId));
        if (!order) return no("refund", "Order does not exist", ["orderId"]);
        const money = (input.transactions ?? []).map(
          (one): Transaction => ({
            id: shop.newId(),
            kind: "REFUND",
            status: "SUCCESS",
            gateway: one.gateway,
            parent: idIn("OrderTransaction", one.parentId),
            amount: one.amount,
          }),
        );
        const amount = sumOf(money.map((one) => one.amount));
        if (parts(refundedOf(order)) + parts(amount) > parts(order.total))
          return no("refund", `Refund amount cannot be more than the amount that can be refunded, ${sumOf([order.total])}`, [
            "transactions",
          ]);
        const lines = input.refundLineItems ?? [];
        for (const { lineItemId, quantity } of lines) {
          const line = order.lines.find(({ id }) => id === idIn("LineItem", lineItemId));
          if (!line || line.refundable < quantity)
            return no("refund", "Quantity cannot refund more items than were purchased", ["refundLineItems", "0", "quantity"]);
        }
        const refund = { id: shop.newId(), createdAt: shop.now, note: input.note ?? null, amount, lines };
        save(order, {
          refunds: [...order.refunds, refund],
          transactions: [...order.transactions, ...money],
          lines: order.lines.map((line) => {
            const back = lines.find(({ lineItemId }) => idIn("LineItem", lineItemId) === line.id)?.quantity ?? 0;
            return { ...line, refundable: line.refundable - back };
          }),
        });
        return { refund: { id: gid("Refund", refund.id) }, userErrors: [] };
      }),
    ),

    orderCancel: behind("orderCancel", "write_orders", ({ orderId, reason, staffNote }) => {
      const order = shop.orders.get(idIn("Order", orderId));
      const refused = (message: string, code: string) => ({ job: null, orderCancelUserErrors: [{ field: ["orderId"], message, code }] });
      if (!order) return refused("Order does not exist", "NOT_FOUND");
      if (order.cancelled) return refused("Order has already been cancelled", "INVALID");
      save(order, {
        cancelled: { at: shop.now, reason: String(reason), staffNote: typeof staffNote === "string" ? staffNote.slice(0, 255) : null },
      });
      return { job: { id: "gid://shopify/Job/00000000-0000-4000-8000-000000000001", done: false }, orderCancelUserErrors: [] };
    }),

    inventoryAdjustQuantities: behind("inventoryAdjustQuantities", "write_inventory", (args, key) =>
      once(args, key, () => {
        const { name, reason, changes } = args.input as {
          name: string;
          reason: string;
          changes: { delta: number; inventoryItemId: string; locationId: string; changeFromQuantity?: number | null }[];
        };
        const [change] = changes;
        if (!change || changes.length > 1 || name !== "available")
          throw new FieldProblem("Only one change of available is played here", { code: "BAD_REQUEST" });
        if (change.changeFromQuantity === undefined)
          return no(
            "inventoryAdjustmentGroup",
            "The changeFromQuantity argument is required.",
            ["input", "changes", "0", "changeFromQuantity"],
            "ADJUST_QUANTITIES_FAILED",
          );
        const item = idIn("InventoryItem", change.inventoryItemId);
        const variant = shop.variants.all().find((one) => one.item === item);
        if (!variant)
          return no(
            "inventoryAdjustmentGroup",
            "The specified inventory item could not be found.",
            ["input", "changes", "0", "inventoryItemId"],
            "INVALID_INVENTORY_ITEM",
          );
        if (change.locationId !== gid("Location", LOCATION))
          return no(
            "inventoryAdjustmentGroup",
            "The specified location could not be found.",
            ["input", "changes", "0", "locationId"],
            "INVALID_LOCATION",
          );
        if (change.changeFromQuantity !== null && change.changeFromQuantity !== variant.available)
          return no(
            "inventoryAdjustmentGroup",
            "The quantity has changed since it was read.",
            ["input", "changes", "0", "changeFromQuantity"],
            "CHANGE_FROM_QUANTITY_STALE",
          );
        shop.variants.put(variant.id, { ...variant, available: variant.available + change.delta, updatedAt: shop.now });
        const id = shop.newId();
        shop.adjustments.put(id, { id, reason, name, delta: change.delta, item, location: LOCATION });
        return { inventoryAdjustmentGroup: { id: gid("InventoryAdjustmentGroup", id) }, userErrors: [] };
      }),
    ),
  };
}
