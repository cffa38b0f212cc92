// What may be written about an order: a comment on it, its hold, its end. No write of Magento has a key or a precondition, so a comment carries a mark by which it is
// found again, and what sets a state reads first: it does nothing where the state is there already, and nothing where the order was changed since it was looked at.
import * as z from "zod";
import { sha256Hex } from "../core/crypto.ts";
import { InterlockError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import { type ApplyContext, type Http, writeAction } from "./define.ts";
import { promised } from "./http.ts";
import { checkVersion, EntityId, orderPath } from "./magento-api.ts";
import { HOLDED, ORDER_DOCS, OrderJson } from "./magento-order.ts";

const CANCELED = "canceled";

const StateJson = OrderJson.pick({ state: true, status: true, updated_at: true });
type StateJson = z.infer<typeof StateJson>;

async function stateOf(id: string, http: Http): Promise<StateJson> {
  const { json } = await http.send({ method: "GET", path: `${orderPath(id)}?fields=state,status,updated_at` });
  return promised(StateJson, json, "an order's state");
}

/** What changes an order answers true, or false where it changed nothing. */
async function order(id: string, verb: "hold" | "unhold" | "cancel", http: Http): Promise<boolean> {
  const { json } = await http.send({ method: "POST", path: `${orderPath(id)}/${verb}` });
  return promised(z.boolean(), json, "a yes or no");
}

// ---- a comment ----

const CommentJson = z.object({
  comment: z.string().nullish(),
  is_customer_notified: z.number().nullish(),
  is_visible_on_front: z.number(),
  status: z.string().nullish(),
});
type CommentJson = z.infer<typeof CommentJson>;

/** An effect's key in as many characters as tell it from the others of one order. */
const markOf = (key: string): string => `[interlock-${sha256Hex(key).slice(0, 24)}]`;

async function findComment(id: string, mark: string, http: Http): Promise<CommentJson | null> {
  const fields = "items[comment,is_customer_notified,is_visible_on_front,status]";
  const { json } = await http.send({ method: "GET", path: `${orderPath(id)}/comments?fields=${encodeURIComponent(fields)}` });
  const { items } = promised(z.object({ items: z.array(CommentJson).nullable() }), json, "a list of comments");
  return (items ?? []).find(({ comment }) => comment?.includes(mark)) ?? null;
}

const CommentInput = z.strictObject({
  id: EntityId,
  comment: z
    .string()
    .refine((text) => text.trim() === text && text !== "", "A comment needs text, without spaces around it")
    // The column takes 64 kB; the rest is for the mark. A UTF-16 unit is at most three bytes of UTF-8.
    .max(21_000)
    // Magento shows a few tags as such, and takes all of them out of an e-mail: a text would not be read as it was approved.
    .refine((text) => !/<[a-z/!]/i.test(text), "Plain text, without tags"),
  /** In the customer's account. */
  visible: z.boolean(),
  /** By e-mail. */
  notify: z.boolean(),
  /** Another status of the state that the order is in. */
  status: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,31}$/)
    .optional(),
});

export const addOrderComment = writeAction({
  effect: "write",
  summary: "Add a comment to an order, for the staff or for the customer; with a status, set that as well",
  docs: ORDER_DOCS,
  idempotency: "lookup",
  input: CommentInput,
  output: z.object({ id: z.string(), mark: z.string() }),
  target: ({ id }) => `order/${id}`,
  values: ({ id: _, ...values }): JsonObject => ({ ...values }),
  withValues: ({ id }, values) => ({ id, ...(values as Omit<z.infer<typeof CommentInput>, "id">) }),
  apply: async ({ id, comment, visible, notify, status }, { http, key }) => {
    const mark = markOf(key);
    const statusHistory = {
      comment: `${comment}\n${mark}`,
      is_customer_notified: notify ? 1 : 0,
      is_visible_on_front: visible ? 1 : 0,
      parent_id: Number(id),
      ...(status === undefined ? {} : { status }),
    };
    const { json } = await http.send({ method: "POST", path: `${orderPath(id)}/comments`, body: { statusHistory } });
    if (json !== true) throw new InterlockError("connector.answer_invalid", `Magento did not say that it added a comment to order/${id}`);
    return { id, mark };
  },
  find: async ({ id }, { http, key }) => {
    const mark = markOf(key);
    return (await findComment(id, mark, http)) ? { id, mark } : null;
  },
  prove: async ({ id, status }, { mark }, http): Promise<JsonObject> => {
    const found = await findComment(id, mark, http);
    if (!found) return {};
    return {
      comment: (found.comment ?? "").replace(mark, "").trimEnd(),
      visible: found.is_visible_on_front === 1,
      notify: found.is_customer_notified === 1,
      ...(status === undefined ? {} : { status: found.status ?? null }),
    };
  },
  undo: { kind: "irreversible", because: "Magento's API removes no comment of an order, and an e-mail cannot be called back" },
});

// ---- hold and release ----

const HoldInput = z.strictObject({ id: EntityId, onHold: z.boolean() });

async function setHold(id: string, onHold: boolean, context: ApplyContext): Promise<void> {
  const now = await stateOf(id, context.http);
  if ((now.state === HOLDED) === onHold) return;
  checkVersion(`order/${id}`, context, now.updated_at);
  if (!(await order(id, onHold ? "hold" : "unhold", context.http)))
    throw new InterlockError(
      "connector.rejected",
      `Magento did not ${onHold ? "hold" : "release"} order/${id}, which is in the state ${now.state}`,
    );
}

const holdOf = async (id: string, http: Http): Promise<JsonObject> => ({ onHold: (await stateOf(id, http)).state === HOLDED });

export const setOrderHold = writeAction({
  effect: "write",
  summary: "Put an order on hold, or release it to the state that it had before",
  docs: ORDER_DOCS,
  // A held order is not held again ("A hold action is not available"), and nothing is written where the state is there already.
  idempotency: "key",
  input: HoldInput,
  output: z.object({ id: z.string() }),
  target: ({ id }) => `order/${id}`,
  values: ({ onHold }): JsonObject => ({ onHold }),
  withValues: ({ id }, { onHold }) => ({ id, onHold: onHold as boolean }),
  look: async ({ id }, http) => {
    const { state, updated_at } = await stateOf(id, http);
    return { fields: { onHold: state === HOLDED }, version: updated_at };
  },
  apply: async ({ id, onHold }, context) => {
    await setHold(id, onHold, context);
    return { id };
  },
  prove: ({ id }, _output, http) => holdOf(id, http),
  undo: { kind: "restore", restore: ({ id }, { onHold }, context) => setHold(id, onHold === true, context) },
});

// ---- the end ----

const CancelInput = z.strictObject({ id: EntityId, state: z.literal(CANCELED) });

export const cancelOrder = writeAction({
  effect: "write",
  summary: "Cancel an order: what is not invoiced of it is neither charged nor shipped",
  docs: ORDER_DOCS,
  // A cancelled order answers false to another cancellation, and nothing is written where the state is there already.
  idempotency: "key",
  input: CancelInput,
  output: z.object({ id: z.string() }),
  target: ({ id }) => `order/${id}`,
  values: ({ state }): JsonObject => ({ state }),
  withValues: ({ id }, { state }) => ({ id, state: state as typeof CANCELED }),
  look: async ({ id }, http) => {
    const { state, updated_at } = await stateOf(id, http);
    return { fields: { state }, version: updated_at };
  },
  apply: async ({ id }, context) => {
    const now = await stateOf(id, context.http);
    if (now.state === CANCELED) return { id };
    checkVersion(`order/${id}`, context, now.updated_at);
    if (!(await order(id, "cancel", context.http)))
      throw new InterlockError(
        "connector.rejected",
        `Magento did not cancel order/${id}: it cannot be cancelled in the state ${now.state}`,
      );
    return { id };
  },
  prove: async ({ id }, _output, http): Promise<JsonObject> => ({ state: (await stateOf(id, http)).state }),
  undo: { kind: "irreversible", because: "Magento has no way back from a cancellation: its stock is free again and its payment void" },
});
