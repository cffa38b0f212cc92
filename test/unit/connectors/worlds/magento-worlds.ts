// Worlds for Magento's actions.
import { INTEGRATION } from "../../../../sandbox/magento/door.ts";
import { magentoStandIn } from "../../../../sandbox/magento/stand-in.ts";
import { magento } from "../../../../src/connectors/magento.ts";
import { type ActionWorld, type StandInHere, type StandInOptions, standInHere, worldIn } from "./action-world.ts";

export const OAUTH1 = JSON.stringify({ flow: "oauth1", ...INTEGRATION });

export const magentoHere = (options: Partial<StandInOptions> = {}): StandInHere =>
  standInHere(magento, magentoStandIn, { secret: OAUTH1, isWrite: ({ method }) => method !== "GET", ...options });

const inMagento = (input: unknown) => (): ActionWorld => worldIn(magentoHere(), input);

export const magentoWorlds: Readonly<Record<string, () => ActionWorld>> = {
  "magento.getOrder": inMagento({ id: "12" }),
  "magento.findOrder": inMagento({ number: "000000012" }),
  "magento.getProduct": inMagento({ sku: "BAG-1" }),
  "magento.getCustomer": inMagento({ id: "7" }),
  "magento.getStock": inMagento({ sku: "BAG-1" }),
  "magento.addOrderComment": inMagento({ id: "12", comment: "Checked by risk:\nGrüße", visible: false, notify: true, status: "fraud" }),
  "magento.setOrderHold": inMagento({ id: "12", onHold: true }),
  "magento.cancelOrder": inMagento({ id: "13", state: "canceled" }),
  "magento.updateProduct": inMagento({
    sku: "BAG-1",
    set: { price: 39.9, enabled: false, visibility: "search", description: "A smaller bag", metaTitle: "Bag" },
  }),
  "magento.updateStock": inMagento({ sku: "BAG-1", source: "default", set: { quantity: 12.5, inStock: false } }),
};
