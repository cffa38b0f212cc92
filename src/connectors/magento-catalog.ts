// Products and what of them is in stock. Magento's PUT keeps what its body leaves out, so only what is set is sent; a source item is saved whole, so it is read first.
// Neither has a key: a write that finds its values there writes nothing, and one that finds another version than was looked at is a conflict.
import * as z from "zod";
import { InterlockError } from "../core/errors.ts";
import { type Json, type JsonObject, sameJson } from "../core/json.ts";
import { type ApplyContext, type Http, type Look, readAction, writeAction } from "./define.ts";
import { promised } from "./http.ts";
import { checkVersion, DOCS, productPath, rfc3339, Sku, searchQuery } from "./magento-api.ts";

const PRODUCT_DOCS = `${DOCS}/use-rest/`;
const STOCK_DOCS = `${DOCS}/inventory/manage-source-items/`;

// ---- products ----

/** In the order of Magento's numbers, from 1 on. */
const VISIBILITIES = ["not_visible", "catalog", "search", "catalog_and_search"] as const;

const ProductJson = z.object({
  id: z.number(),
  sku: z.string(),
  name: z.string().nullish(),
  price: z.number().nullish(),
  status: z.number(),
  visibility: z.number(),
  type_id: z.string(),
  weight: z.number().nullish(),
  updated_at: z.string(),
  custom_attributes: z.array(z.object({ attribute_code: z.string(), value: z.unknown() })).nullish(),
});
type ProductJson = z.infer<typeof ProductJson>;

const PRODUCT_FIELDS = "id,sku,name,price,status,visibility,type_id,weight,updated_at,custom_attributes";

async function readProduct(sku: string, http: Http): Promise<ProductJson> {
  const { json } = await http.send({ method: "GET", path: `${productPath(sku)}?fields=${PRODUCT_FIELDS}` });
  return promised(ProductJson, json, "a product");
}

/** An attribute that is not set and one that is empty are the same to Magento. */
const textOf = (product: ProductJson, code: string): string | null => {
  const value = product.custom_attributes?.find(({ attribute_code }) => attribute_code === code)?.value;
  return typeof value === "string" && value !== "" ? value : null;
};

export const getProduct = readAction({
  summary: "Read a product by its SKU",
  docs: PRODUCT_DOCS,
  input: z.strictObject({ sku: Sku }),
  output: z.object({
    id: z.string(),
    sku: z.string(),
    name: z.string(),
    type: z.string(),
    price: z.number().nullable(),
    enabled: z.boolean(),
    visibility: z.enum(VISIBILITIES).nullable(),
    weight: z.number().nullable(),
    /** Attributes that are texts, by their codes. */
    attributes: z.record(z.string(), z.string()),
    updatedAt: z.string(),
  }),
  run: async ({ sku }, http) => {
    const product = await readProduct(sku, http);
    return {
      id: String(product.id),
      sku: product.sku,
      name: product.name ?? "",
      type: product.type_id,
      price: product.price ?? null,
      enabled: product.status === 1,
      visibility: VISIBILITIES[product.visibility - 1] ?? null,
      weight: product.weight ?? null,
      attributes: Object.fromEntries(
        (product.custom_attributes ?? []).flatMap(({ attribute_code, value }) =>
          typeof value === "string" ? [[attribute_code, value]] : [],
        ),
      ),
      updatedAt: rfc3339(product.updated_at),
    };
  },
});

/** Their codes in Magento; null empties one. */
const TEXTS = {
  description: "description",
  shortDescription: "short_description",
  metaTitle: "meta_title",
  metaDescription: "meta_description",
} as const;
type TextField = keyof typeof TEXTS;
const isText = (field: string): field is TextField => Object.hasOwn(TEXTS, field);

const Text = z.string().min(1).max(60_000).nullable().optional();
const ProductSet = z
  .strictObject({
    name: z.string().min(1).max(255).optional(),
    price: z.number().min(0).max(99_999_999).optional(),
    enabled: z.boolean().optional(),
    visibility: z.enum(VISIBILITIES).optional(),
    weight: z.number().min(0).optional(),
    description: Text,
    shortDescription: Text,
    metaTitle: Text,
    metaDescription: Text,
  })
  .refine((set) => Object.values(set).some((value) => value !== undefined), "Name at least one field to set");
type ProductSet = z.infer<typeof ProductSet>;
const ProductUpdate = z.strictObject({ sku: Sku, set: ProductSet });

const given = (set: object): JsonObject => Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined));

function fieldOf(product: ProductJson, field: string): JsonObject[string] {
  if (isText(field)) return textOf(product, TEXTS[field]);
  if (field === "enabled") return product.status === 1;
  if (field === "visibility") return VISIBILITIES[product.visibility - 1] ?? null;
  return product[field as "name" | "price" | "weight"] ?? null;
}

const productFields = (product: ProductJson, set: object): JsonObject =>
  Object.fromEntries(Object.keys(given(set)).map((field) => [field, fieldOf(product, field)]));

/** As Magento takes them: our fields and no other, so that nothing else of the product is set. */
export function productBody(sku: string, set: JsonObject): JsonObject {
  const own: Record<string, Json> = {};
  const texts: JsonObject[] = [];
  for (const [field, value] of Object.entries(set)) {
    if (isText(field)) texts.push({ attribute_code: TEXTS[field], value: value ?? "" });
    else if (field === "enabled") own.status = value === true ? 1 : 2;
    else if (field === "visibility") own.visibility = VISIBILITIES.indexOf(value as (typeof VISIBILITIES)[number]) + 1;
    else own[field] = value ?? null;
  }
  return { product: { sku, ...own, ...(texts.length > 0 ? { custom_attributes: texts } : {}) } };
}

async function setProduct(sku: string, set: JsonObject, context: ApplyContext): Promise<{ sku: string; updatedAt: string }> {
  const now = await readProduct(sku, context.http);
  if (sameJson(productFields(now, set), set)) return { sku, updatedAt: rfc3339(now.updated_at) };
  checkVersion(`product/${sku}`, context, now.updated_at);
  const { json } = await context.http.send({ method: "PUT", path: productPath(sku), body: productBody(sku, set) });
  const { updated_at } = promised(ProductJson.pick({ updated_at: true }), json, "a changed product");
  return { sku, updatedAt: rfc3339(updated_at) };
}

export const updateProduct = writeAction({
  effect: "write",
  summary: "Set a product's name, price, weight, texts, visibility, or whether it is enabled",
  docs: PRODUCT_DOCS,
  idempotency: "key",
  input: ProductUpdate,
  output: z.object({ sku: z.string(), updatedAt: z.string() }),
  target: ({ sku }) => `product/${encodeURIComponent(sku)}`,
  values: ({ set }) => given(set),
  withValues: ({ sku }, values) => ({ sku, set: values as ProductSet }),
  look: async ({ sku, set }, http): Promise<Look> => {
    const product = await readProduct(sku, http);
    return { fields: productFields(product, set), version: product.updated_at };
  },
  apply: ({ sku, set }, context) => setProduct(sku, given(set), context),
  prove: async ({ sku, set }, _output, http) => productFields(await readProduct(sku, http), set),
  undo: {
    kind: "restore",
    restore: async ({ sku }, values, context) => {
      await setProduct(sku, values, context);
    },
  },
});

// ---- stock ----

const Source = z.string().regex(/^[\w-]{1,255}$/, "A source's code, such as default");
const SourceItemJson = z.object({ sku: z.string(), source_code: z.string(), quantity: z.number(), status: z.number() });
type SourceItemJson = z.infer<typeof SourceItemJson>;

/** docs: a product can be assigned to as many sources as there are; a page holds more than any shop has. */
const SOURCES = 100;

async function sourceItems(sku: string, source: string | null, http: Http): Promise<SourceItemJson[]> {
  const query = searchQuery({
    where: [["sku", "eq", sku], ...(source === null ? [] : [["source_code", "eq", source] as const])],
    pageSize: SOURCES,
    fields: "items[sku,source_code,quantity,status],total_count",
  });
  const { json } = await http.send({ method: "GET", path: `/V1/inventory/source-items?${query}` });
  return promised(z.object({ items: z.array(SourceItemJson).nullable() }), json, "a list of source items").items ?? [];
}

const StockFields = z.object({ quantity: z.number(), inStock: z.boolean() });
type StockFields = z.infer<typeof StockFields>;

const stockOf = ({ quantity, status }: SourceItemJson): StockFields => ({ quantity, inStock: status === 1 });

/** A product that a source does not have is not given to it: that is for a person to decide. */
async function readStock(sku: string, source: string, http: Http): Promise<StockFields> {
  const [item] = await sourceItems(sku, source, http);
  if (!item) throw new InterlockError("connector.not_found", `Magento: the source ${source} does not have the product ${sku}`);
  return stockOf(item);
}

export const getStock = readAction({
  summary: "Read what each source has of a product",
  docs: STOCK_DOCS,
  input: z.strictObject({ sku: Sku }),
  output: z.object({ sku: z.string(), sources: z.array(StockFields.extend({ source: z.string() })) }),
  run: async ({ sku }, http) => ({
    sku,
    sources: (await sourceItems(sku, null, http)).map((item) => ({ source: item.source_code, ...stockOf(item) })),
  }),
});

const StockSet = z
  .strictObject({ quantity: z.number().min(0).max(99_999_999).optional(), inStock: z.boolean().optional() })
  .refine((set) => Object.values(set).some((value) => value !== undefined), "Name at least one field to set");
type StockSet = z.infer<typeof StockSet>;
const StockUpdate = z.strictObject({ sku: Sku, source: Source, set: StockSet });

/** A source item has no time of change: what it holds is its version. */
const stockVersion = ({ quantity, inStock }: StockFields): string => `${quantity} ${inStock ? "in" : "out of"} stock`;

const only = (stock: StockFields, set: object): JsonObject =>
  Object.fromEntries(Object.keys(given(set)).map((field) => [field, stock[field as keyof StockFields]]));

async function setStock(sku: string, source: string, set: JsonObject, context: ApplyContext): Promise<{ sku: string; source: string }> {
  const now = await readStock(sku, source, context.http);
  if (sameJson(only(now, set), set)) return { sku, source };
  checkVersion(`stock/${sku}`, context, stockVersion(now));
  const { quantity, inStock } = { ...now, ...set };
  const item = { sku, source_code: source, quantity, status: inStock ? 1 : 0 };
  await context.http.send({ method: "POST", path: "/V1/inventory/source-items", body: { sourceItems: [item] } });
  return { sku, source };
}

export const updateStock = writeAction({
  effect: "write",
  summary: "Set how many of a product a source has, and whether they can be sold",
  docs: STOCK_DOCS,
  idempotency: "key",
  input: StockUpdate,
  output: z.object({ sku: z.string(), source: z.string() }),
  target: ({ sku, source }) => `stock/${encodeURIComponent(sku)}@${source}`,
  values: ({ set }) => given(set),
  withValues: ({ sku, source }, values) => ({ sku, source, set: values as StockSet }),
  look: async ({ sku, source, set }, http): Promise<Look> => {
    const stock = await readStock(sku, source, http);
    return { fields: only(stock, set), version: stockVersion(stock) };
  },
  apply: ({ sku, source, set }, context) => setStock(sku, source, given(set), context),
  prove: async ({ sku, source, set }, _output, http) => only(await readStock(sku, source, http), set),
  undo: {
    kind: "restore",
    restore: async ({ sku, source }, values, context) => {
      await setStock(sku, source, values, context);
    },
  },
});
