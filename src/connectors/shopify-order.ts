// Writes on an order: its note and attributes, its metafields, its end. An order has no version that Shopify would check; what is compared is what would be overwritten.
// orderUpdate takes our key along as a metafield, in one transaction with the rest; metafieldsSet refuses by digest what somebody changed since the look.
import * as z from "zod";
import { InterlockError } from "../core/errors.ts";
import { digest, type Json, type JsonObject } from "../core/json.ts";
import { type ApplyContext, type Http, writeAction } from "./define.ts";
import { ask, found, gid, RecordId } from "./shopify-api.ts";
import {
  CANCEL_ORDER,
  DELETE_METAFIELDS,
  ORDER_METAFIELDS,
  ORDER_STATE,
  ORDER_TEXTS,
  SET_METAFIELDS,
  UPDATE_ORDER,
} from "./shopify-documents.ts";
import { findMarker, markerOf, nameOf } from "./shopify-marker.ts";

export const MUTATIONS = "https://shopify.dev/docs/api/admin-graphql/2026-07/mutations";

const Done = z.object({ id: z.string() });

/** Whether this key was written on the order. */
const wasMarked = async (id: string, { http, key }: ApplyContext): Promise<boolean> =>
  (await findMarker(gid("Order", id), nameOf(key), key, http)) !== null;

// ---- note and attributes ----

const OrderUpdate = z.strictObject({
  id: RecordId,
  set: z
    .strictObject({
      /** The schema's own limit. */
      note: z.string().max(5_000).optional(),
      /** "Additional details" in the admin. Those that are not named stay as they are. */
      attributes: z.record(z.string().min(1).max(255), z.string().min(1).max(5_000)).optional(),
    })
    .refine((set) => set.note !== undefined || Object.keys(set.attributes ?? {}).length > 0, "Name a note or an attribute to set"),
});
type OrderUpdate = z.infer<typeof OrderUpdate>;

const Texts = z.object({
  order: z
    .object({ note: z.string().nullable(), customAttributes: z.array(z.object({ key: z.string(), value: z.string().nullable() })) })
    .nullable(),
});
type Texts = NonNullable<z.infer<typeof Texts>["order"]>;

const textsOf = async (id: string, http: Http): Promise<Texts> =>
  found((await ask(http, ORDER_TEXTS, { id: gid("Order", id) }, Texts, "an order")).order, `order ${id}`);

const ATTRIBUTE = "attributes.";
const valuesOf = ({ set }: OrderUpdate): JsonObject => ({
  ...(set.note === undefined ? {} : { note: set.note }),
  ...Object.fromEntries(Object.entries(set.attributes ?? {}).map(([name, value]) => [`${ATTRIBUTE}${name}`, value])),
});

/** No note is no text, whichever way Shopify says it. */
const fieldOf = (texts: Texts, field: string): Json =>
  field === "note" ? texts.note || null : (texts.customAttributes.find(({ key }) => key === field.slice(ATTRIBUTE.length))?.value ?? null);

const fieldsOf = (texts: Texts, input: OrderUpdate): JsonObject =>
  Object.fromEntries(Object.keys(valuesOf(input)).map((field) => [field, fieldOf(texts, field)]));

/** A write replaces the whole list of attributes, so all of it belongs to what must not have changed. */
const versionOf = ({ note, customAttributes }: Texts): string => digest([note, customAttributes]);

async function writeTexts(id: string, values: JsonObject, { http, key, version }: ApplyContext): Promise<{ id: string }> {
  const now = await textsOf(id, http);
  if (version !== null && version !== versionOf(now))
    throw new InterlockError("connector.conflict", `Shopify: the note or the attributes of order ${id} have changed since they were read`);
  const attributes = new Map(now.customAttributes.map(({ key: name, value }) => [name, value ?? ""]));
  for (const [field, value] of Object.entries(values)) {
    if (!field.startsWith(ATTRIBUTE)) continue;
    if (value === null) attributes.delete(field.slice(ATTRIBUTE.length));
    else attributes.set(field.slice(ATTRIBUTE.length), String(value));
  }
  const changesList = Object.keys(values).some((field) => field.startsWith(ATTRIBUTE));
  const input = {
    id: gid("Order", id),
    ...(values.note === undefined ? {} : { note: values.note ?? "" }),
    ...(changesList ? { customAttributes: [...attributes].map(([name, value]) => ({ key: name, value })) } : {}),
    metafields: [markerOf(nameOf(key), key)],
  };
  const Answer = z.object({ orderUpdate: z.object({ order: z.object({ id: z.string() }) }) });
  await ask(http, UPDATE_ORDER, { input }, Answer, "an updated order");
  return { id };
}

export const updateOrder = writeAction({
  effect: "write",
  summary: "Set an order's note or attributes",
  docs: `${MUTATIONS}/orderUpdate`,
  idempotency: "lookup",
  input: OrderUpdate,
  output: Done,
  target: ({ id }) => `order/${id}`,
  values: valuesOf,
  withValues: ({ id }, { note, ...rest }) => {
    const attributes = Object.entries(rest).map(([field, value]) => [field.slice(ATTRIBUTE.length), value]);
    const set = {
      ...(note === undefined ? {} : { note }),
      ...(attributes.length === 0 ? {} : { attributes: Object.fromEntries(attributes) }),
    };
    return { id, set: set as OrderUpdate["set"] };
  },
  look: async (input, http) => {
    const texts = await textsOf(input.id, http);
    return { fields: fieldsOf(texts, input), version: versionOf(texts) };
  },
  apply: (input, context) => writeTexts(input.id, valuesOf(input), context),
  find: async ({ id }, context) => ((await wasMarked(id, context)) ? { id } : null),
  prove: async (input, _output, http) => fieldsOf(await textsOf(input.id, http), input),
  undo: { kind: "restore", restore: async ({ id }, values, context) => void (await writeTexts(id, values, context)) },
});

// ---- metafields ----

const FIELD = /^[A-Za-z0-9_-]{3,255}\.[A-Za-z0-9_-]{2,64}$/;

const OrderMetafields = z.strictObject({
  id: RecordId,
  /** By "namespace.key". */
  metafields: z
    .record(
      z
        .string()
        .regex(FIELD, "namespace.key")
        .refine((name) => !name.startsWith("interlock."), "The namespace interlock is Interlock's own"),
      z.strictObject({ type: z.string().regex(/^[a-z][a-z_.]{1,60}$/, "Such as single_line_text_field"), value: z.string().min(1) }),
    )
    // 25 in one call, and one is ours.
    .refine((fields) => Object.keys(fields).length >= 1 && Object.keys(fields).length <= 24, "Name 1 to 24 metafields"),
});
type OrderMetafields = z.infer<typeof OrderMetafields>;

const Metafields = z.object({
  order: z
    .object({
      metafields: z.object({
        nodes: z.array(z.object({ namespace: z.string(), key: z.string(), value: z.string(), compareDigest: z.string() })),
      }),
    })
    .nullable(),
});

interface Seen {
  readonly values: Readonly<Record<string, string | null>>;
  /** By name; null for one that is not there. */
  readonly digests: Readonly<Record<string, string | null>>;
}

async function metafieldsOf({ id, metafields }: OrderMetafields, http: Http): Promise<Seen> {
  const names = Object.keys(metafields);
  const { order } = await ask(http, ORDER_METAFIELDS, { id: gid("Order", id), keys: names }, Metafields, "an order's metafields");
  const there = new Map(found(order, `order ${id}`).metafields.nodes.map((one) => [`${one.namespace}.${one.key}`, one]));
  return {
    values: Object.fromEntries(names.map((name) => [name, there.get(name)?.value ?? null])),
    digests: Object.fromEntries(names.map((name) => [name, there.get(name)?.compareDigest ?? null])),
  };
}

const split = (name: string): { namespace: string; key: string } => {
  const dot = name.indexOf(".");
  return { namespace: name.slice(0, dot), key: name.slice(dot + 1) };
};

const Digests = z.record(z.string(), z.string().nullable());
const digestsIn = (version: string | null): Readonly<Record<string, string | null>> =>
  version === null ? {} : Digests.parse(JSON.parse(version));

async function setMetafields(input: OrderMetafields, values: JsonObject, { http, key, version }: ApplyContext): Promise<{ id: string }> {
  const ownerId = gid("Order", input.id);
  const digests = digestsIn(version);
  const gone = Object.keys(values).filter((name) => values[name] === null);
  if (gone.length > 0)
    await ask(
      http,
      DELETE_METAFIELDS,
      { metafields: gone.map((name) => ({ ownerId, ...split(name) })) },
      z.unknown(),
      "deleted metafields",
    );
  const set = Object.entries(values).flatMap(([name, value]) => {
    const type = input.metafields[name]?.type;
    if (value === null || type === undefined) return [];
    const compareDigest = digests[name];
    return [{ ownerId, ...split(name), type, value: String(value), ...(compareDigest === undefined ? {} : { compareDigest }) }];
  });
  // A digest of null: it must not be there yet. So a repeat of the same write is refused by Shopify itself.
  const metafields = [...set, { ownerId, ...markerOf(nameOf(key), key), compareDigest: null }];
  await ask(http, SET_METAFIELDS, { metafields }, z.unknown(), "metafields that were set");
  return { id: input.id };
}

const metafieldValues = ({ metafields }: OrderMetafields): JsonObject =>
  Object.fromEntries(Object.entries(metafields).map(([name, { value }]) => [name, value]));

export const setOrderMetafields = writeAction({
  effect: "write",
  summary: "Set metafields of an order, unless somebody changed them meanwhile",
  docs: `${MUTATIONS}/metafieldsSet`,
  idempotency: "lookup",
  input: OrderMetafields,
  output: Done,
  target: ({ id }) => `order/${id}`,
  values: metafieldValues,
  withValues: (input, values) => ({
    ...input,
    metafields: Object.fromEntries(
      Object.entries(input.metafields).map(([name, field]) => [name, { ...field, value: values[name] as string }]),
    ),
  }),
  look: async (input, http) => {
    const { values, digests } = await metafieldsOf(input, http);
    return { fields: values, version: JSON.stringify(digests) };
  },
  apply: (input, context) => setMetafields(input, metafieldValues(input), context),
  find: async ({ id }, context) => ((await wasMarked(id, context)) ? { id } : null),
  prove: async (input, _output, http) => (await metafieldsOf(input, http)).values,
  undo: { kind: "restore", restore: async (input, values, context) => void (await setMetafields(input, values, context)) },
});

// ---- cancelling ----

const Cancellation = z.strictObject({
  id: RecordId,
  reason: z.enum(["CUSTOMER", "DECLINED", "FRAUD", "INVENTORY", "OTHER", "STAFF"]),
  restock: z.boolean(),
  /** Give everything back to the ways it was paid. */
  refund: z.boolean(),
  notifyCustomer: z.boolean(),
  /** For the shop's staff. */
  note: z.string().min(1).max(200),
});
type Cancellation = z.infer<typeof Cancellation>;

const State = z.object({
  order: z
    .object({
      cancelledAt: z.string().nullable(),
      cancelReason: z.string().nullable(),
      cancellation: z.object({ staffNote: z.string().nullable() }).nullable(),
    })
    .nullable(),
});

const stateOf = async (id: string, http: Http) =>
  found((await ask(http, ORDER_STATE, { id: gid("Order", id) }, State, "an order")).order, `order ${id}`);

/** A staff note is short (Shopify cuts it at 255): the marker is of a known length, and before it is room for words. */
const staffNote = (note: string, key: string): string => `${note} [${nameOf(key)}]`;

export const cancelOrder = writeAction({
  effect: "write",
  summary: "Cancel an order, for good",
  docs: `${MUTATIONS}/orderCancel`,
  idempotency: "lookup",
  input: Cancellation,
  output: Done,
  target: ({ id }) => `order/${id}`,
  values: ({ id: _, ...values }) => values,
  withValues: ({ id }, values) => ({ id, ...(values as Omit<Cancellation, "id">) }),
  apply: async ({ id, reason, restock, refund, notifyCustomer, note }, { http, key }) => {
    const variables = {
      order: gid("Order", id),
      reason,
      restock,
      notify: notifyCustomer,
      refundMethod: { originalPaymentMethodsRefund: refund },
      note: staffNote(note, key),
    };
    await ask(
      http,
      CANCEL_ORDER,
      variables,
      z.object({ orderCancel: z.object({ job: z.object({ id: z.string() }).nullable() }) }),
      "a cancellation",
    );
    return { id };
  },
  find: async ({ id }, { http, key }) => {
    const { cancellation } = await stateOf(id, http);
    return cancellation?.staffNote?.endsWith(`[${nameOf(key)}]`) ? { id } : null;
  },
  prove: async (input, _output, http) => {
    const { cancelledAt, cancelReason, cancellation } = await stateOf(input.id, http);
    // Shopify cancels in a job of its own.
    if (cancelledAt === null)
      throw new InterlockError("connector.rate_limited", `Shopify is still cancelling order ${input.id}`, { retryAfterMs: 2_000 });
    const note = cancellation?.staffNote?.startsWith(`${input.note} [`) ? input.note : (cancellation?.staffNote ?? null);
    const { restock, refund, notifyCustomer } = input;
    // Of these three only the order's other records tell: what came back to the shelf, what was paid back, what was sent.
    return { reason: cancelReason, restock, refund, notifyCustomer, note };
  },
  undo: { kind: "irreversible", because: "A cancelled order cannot be opened again in Shopify; a new one has to be made" },
});
