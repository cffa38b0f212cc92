// What workflows read of what is sold: a product, a variant, and what a location has of an inventory item.
// Ids are digits, amounts are Shopify's own decimal text, an absent value is null. Nothing is written here.
import * as z from "zod";
import { readAction } from "./define.ts";
import { ask, found, Gid, gid, RecordId } from "./shopify-api.ts";
import { READ_LEVEL, READ_PRODUCT, READ_VARIANT } from "./shopify-documents.ts";
import { nodes, page, QUERIES } from "./shopify-reads.ts";

const ProductJson = z.object({
  id: Gid,
  title: z.string(),
  handle: z.string(),
  status: z.string(),
  vendor: z.string(),
  productType: z.string(),
  tags: z.array(z.string()),
  totalInventory: z.number(),
  updatedAt: z.string(),
  variants: page(
    z.object({
      id: Gid,
      title: z.string(),
      sku: z.string().nullable(),
      price: z.string(),
      inventoryQuantity: z.number().nullable(),
      inventoryItem: z.object({ id: Gid }),
    }),
  ),
});

export const getProduct = readAction({
  summary: "Read a product with its variants",
  docs: `${QUERIES}/product`,
  input: z.strictObject({ id: RecordId }),
  output: z.object({
    id: z.string(),
    title: z.string(),
    handle: z.string(),
    status: z.string(),
    vendor: z.string(),
    type: z.string(),
    tags: z.array(z.string()),
    inventory: z.number(),
    updatedAt: z.string(),
    variants: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        sku: z.string().nullable(),
        price: z.string(),
        inventory: z.number().nullable(),
        inventoryItem: z.string(),
      }),
    ),
    /** The product has more variants than the 25 that are read. */
    moreVariants: z.boolean(),
  }),
  run: async ({ id }, http) => {
    const Answer = z.object({ product: ProductJson.nullable() });
    const product = found((await ask(http, READ_PRODUCT, { id: gid("Product", id) }, Answer, "a product")).product, `product ${id}`);
    const { productType, totalInventory, variants, ...same } = product;
    return {
      ...same,
      type: productType,
      inventory: totalInventory,
      variants: variants.nodes.map(({ inventoryQuantity, inventoryItem, ...variant }) => ({
        ...variant,
        inventory: inventoryQuantity,
        inventoryItem: inventoryItem.id,
      })),
      moreVariants: variants.pageInfo.hasNextPage,
    };
  },
});

const VariantJson = z.object({
  id: Gid,
  title: z.string(),
  displayName: z.string(),
  sku: z.string().nullable(),
  price: z.string(),
  inventoryQuantity: z.number().nullable(),
  updatedAt: z.string(),
  inventoryItem: z.object({ id: Gid, tracked: z.boolean() }),
  product: z.object({ id: Gid, title: z.string() }),
});

export const getVariant = readAction({
  summary: "Read a product variant",
  docs: `${QUERIES}/productVariant`,
  input: z.strictObject({ id: RecordId }),
  output: z.object({
    id: z.string(),
    name: z.string(),
    title: z.string(),
    sku: z.string().nullable(),
    price: z.string(),
    inventory: z.number().nullable(),
    inventoryItem: z.string(),
    tracked: z.boolean(),
    product: z.object({ id: z.string(), title: z.string() }),
    updatedAt: z.string(),
  }),
  run: async ({ id }, http) => {
    const Answer = z.object({ productVariant: VariantJson.nullable() });
    const { productVariant } = await ask(http, READ_VARIANT, { id: gid("ProductVariant", id) }, Answer, "a variant");
    const { displayName, inventoryQuantity, inventoryItem, ...same } = found(productVariant, `variant ${id}`);
    return { ...same, name: displayName, inventory: inventoryQuantity, inventoryItem: inventoryItem.id, tracked: inventoryItem.tracked };
  },
});

const LevelJson = z.object({
  inventoryItem: z
    .object({
      id: Gid,
      sku: z.string().nullable(),
      tracked: z.boolean(),
      variants: nodes(z.object({ id: Gid })).nullable(),
      inventoryLevel: z
        .object({
          updatedAt: z.string(),
          location: z.object({ id: Gid, name: z.string() }),
          quantities: z.array(z.object({ name: z.string(), quantity: z.number() })),
        })
        .nullable(),
    })
    .nullable(),
});

export const getInventoryLevel = readAction({
  summary: "Read what a location has of an inventory item",
  docs: `${QUERIES}/inventoryItem`,
  input: z.strictObject({ item: RecordId, location: RecordId }),
  output: z.object({
    item: z.string(),
    sku: z.string().nullable(),
    tracked: z.boolean(),
    variant: z.string().nullable(),
    location: z.object({ id: z.string(), name: z.string() }),
    available: z.number(),
    onHand: z.number(),
    committed: z.number(),
    incoming: z.number(),
    updatedAt: z.string(),
  }),
  run: async ({ item, location }, http) => {
    const variables = { item: gid("InventoryItem", item), location: gid("Location", location) };
    const { inventoryItem } = await ask(http, READ_LEVEL, variables, LevelJson, "an inventory level");
    const { id, sku, tracked, variants, inventoryLevel } = found(inventoryItem, `inventory item ${item}`);
    const level = found(inventoryLevel, `inventory of item ${item} at location ${location}`);
    const of = (name: string) => level.quantities.find((one) => one.name === name)?.quantity ?? 0;
    return {
      item: id,
      sku,
      tracked,
      variant: variants?.[0]?.id ?? null,
      location: level.location,
      available: of("available"),
      onHand: of("on_hand"),
      committed: of("committed"),
      incoming: of("incoming"),
      updatedAt: level.updatedAt,
    };
  },
});
