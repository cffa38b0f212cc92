// What the integration assessment asks of a shop. Each finding names what is wrong in the admin's own words, and where to set it right.
import * as z from "zod";
import type { Check, CheckContext, Finding } from "./check.ts";
import { API_VERSION, ask, costOf, found, KEPT_FREE } from "./shopify-api.ts";
import {
  CHECK_PROBE,
  CHECK_READ,
  CHECK_SCOPES,
  CHECK_SHOP,
  CHECK_WEBHOOKS,
  DELETE_METAFIELDS,
  SET_METAFIELDS,
} from "./shopify-documents.ts";
import { NAMESPACE } from "./shopify-marker.ts";

/** What the actions need, by what they do. A write scope holds its read scope. */
const SCOPES: readonly (readonly [scope: string, need: string])[] = [
  ["read_orders", "read orders"],
  ["write_orders", "change, tag, refund and cancel orders"],
  ["read_customers", "read customers"],
  ["write_customers", "tag customers"],
  ["read_products", "read products"],
  ["write_products", "tag products, and remember on a variant that an adjustment was taken back"],
  ["read_inventory", "read inventory"],
  ["write_inventory", "adjust inventory"],
  ["read_merchant_managed_fulfillment_orders", "read the holds of fulfillment orders"],
  ["write_merchant_managed_fulfillment_orders", "hold fulfillment orders and release them"],
];

const FIX_SCOPES = "Dev Dashboard > the app > Versions > Access scopes; then approve the new version in the shop's admin";

const Shop = z.object({
  shop: z.object({ id: z.string(), name: z.string(), myshopifyDomain: z.string(), plan: z.object({ publicDisplayName: z.string() }) }),
  publicApiVersions: z.array(z.object({ handle: z.string(), supported: z.boolean() })),
});

const confirmed = (said: string): Finding => ({ outcome: "confirmed", said });
const shopOf = ({ http }: CheckContext) => ask(http, CHECK_SHOP, {}, Shop, "the shop");

const rawShop = ({ http }: CheckContext) =>
  http.send({
    method: "POST",
    path: `/admin/api/${API_VERSION}/graphql.json`,
    body: { query: CHECK_SHOP.text, operationName: CHECK_SHOP.name, variables: {} },
    reads: true,
    cost: CHECK_SHOP.cost,
  });

export const shopifyChecks: readonly Check[] = [
  {
    name: "auth",
    summary: "The credential is the one of the shop that the connection is bound to",
    run: async (context) => {
      const { shop } = await shopOf(context);
      const bound = context.http.settings.shop ?? "";
      if (bound.toLowerCase() !== shop.myshopifyDomain.toLowerCase())
        return [
          {
            outcome: "missing",
            said: `The credential is of ${shop.myshopifyDomain}, and the connection is bound to ${bound || "no shop"}`,
            fix: "Set the connection's setting shop to the shop's .myshopify.com name, or use the credential of that shop",
          },
        ];
      return [confirmed(`Signed in to ${shop.name} (${shop.myshopifyDomain}, ${shop.plan.publicDisplayName})`)];
    },
  },
  {
    name: "version",
    summary: `Shopify still speaks version ${API_VERSION} of its API`,
    run: async (context) => {
      const { publicApiVersions } = await shopOf(context);
      if (publicApiVersions.some(({ handle, supported }) => handle === API_VERSION && supported))
        return [confirmed(`Version ${API_VERSION} is supported`)];
      return [
        {
          outcome: "missing",
          said: `Version ${API_VERSION} is not supported any more: Shopify answers with the oldest version that is`,
          fix: "Update Interlock to a release for a later version of Shopify's API",
        },
      ];
    },
  },
  {
    name: "scopes",
    summary: "The app may read and write what the actions need",
    run: async ({ http }) => {
      const Answer = z.object({ currentAppInstallation: z.object({ accessScopes: z.array(z.object({ handle: z.string() })) }) });
      const { currentAppInstallation } = await ask(http, CHECK_SCOPES, {}, Answer, "the app's scopes");
      const granted = new Set(currentAppInstallation.accessScopes.map(({ handle }) => handle));
      const has = (scope: string) => granted.has(scope) || granted.has(scope.replace(/^read_/, "write_"));
      return SCOPES.map(
        ([scope, need]): Finding =>
          has(scope)
            ? confirmed(`The app has the scope ${scope}`)
            : { outcome: "missing", said: `The app lacks the scope ${scope}: it cannot ${need}`, fix: FIX_SCOPES },
      );
    },
  },
  {
    name: "read",
    summary: "An order can be read",
    run: async ({ http }) => {
      const Answer = z.object({ orders: z.object({ nodes: z.array(z.object({ name: z.string() })) }) });
      const { orders } = await ask(http, CHECK_READ, {}, Answer, "the latest order");
      const [latest] = orders.nodes;
      if (latest) return [confirmed(`Read the latest order, ${latest.name}`)];
      return [
        {
          outcome: "cannot_tell",
          said: "The shop has no order of the last 60 days, or the app may see none",
          fix: `For older orders: the scope read_all_orders. ${FIX_SCOPES}`,
        },
      ];
    },
  },
  {
    name: "write",
    summary: "A metafield of the shop can be written and removed",
    writes: true,
    run: async (context) => {
      const { http, now } = context;
      const { shop } = await shopOf(context);
      const probe = { ownerId: shop.id, namespace: NAMESPACE, key: "probe" };
      const value = `assessed at ${new Date(now).toISOString()}`;
      await ask(http, SET_METAFIELDS, { metafields: [{ ...probe, type: "single_line_text_field", value }] }, z.unknown(), "a metafield");
      const Answer = z.object({ shop: z.object({ metafield: z.object({ value: z.string() }).nullable() }) });
      const read = async () => (await ask(http, CHECK_PROBE, {}, Answer, "the probe")).shop.metafield?.value ?? null;
      const written = await read();
      await ask(http, DELETE_METAFIELDS, { metafields: [probe] }, z.unknown(), "a removed metafield");
      const left = await read();
      if (written === value && left === null) return [confirmed("Wrote a metafield of the shop, read it back and removed it")];
      return [
        {
          outcome: "missing",
          said: written === value ? "The probe was written and could not be removed" : "Shopify said yes to a write that is not there",
          fix: `Look for the metafield ${NAMESPACE}.probe under Settings > Metafields and metaobjects > Shop`,
        },
      ];
    },
  },
  {
    name: "webhook",
    summary: "Shopify posts its events to this deployment",
    run: async ({ http, hookUrl }) => {
      const Answer = z.object({
        webhookSubscriptions: z.object({
          nodes: z.array(z.object({ topic: z.string(), uri: z.string(), apiVersion: z.object({ handle: z.string() }) })),
        }),
      });
      const { nodes } = (await ask(http, CHECK_WEBHOOKS, {}, Answer, "the webhook subscriptions")).webhookSubscriptions;
      if (hookUrl === null)
        return [
          {
            outcome: "cannot_tell",
            said: "This deployment does not know its own address, so the subscriptions cannot be compared with it",
          },
        ];
      const ours = nodes.filter(({ uri }) => uri === hookUrl);
      const fix = `Subscribe to the topics at ${hookUrl} (docs/connectors/shopify.md); Shopify removes a subscription after eight failed deliveries in a row`;
      if (ours.length === 0)
        return [
          {
            outcome: "missing",
            said: `No subscription made by API posts to ${hookUrl}${nodes.length > 0 ? `; ${nodes.map(({ topic, uri }) => `${topic} goes to ${uri}`).join(", ")}` : ""}. Those of the app's own configuration file are not listed here`,
            fix,
          },
        ];
      return ours.map(
        ({ topic, apiVersion }): Finding =>
          apiVersion.handle === API_VERSION
            ? confirmed(`${topic} is posted to ${hookUrl}`)
            : {
                outcome: "warning",
                said: `${topic} is posted in the form of version ${apiVersion.handle}, and not ${API_VERSION}`,
                fix: "Dev Dashboard > the app > Versions > Webhooks API version",
              },
      );
    },
  },
  {
    name: "limits",
    summary: "There is room in the bucket of points",
    run: async (context) => {
      const cost = found(costOf(await rawShop(context)), "count of points in its answer");
      const { maximumAvailable, currentlyAvailable, restoreRate } = cost.throttleStatus;
      const said = `${Math.floor(currentlyAvailable)} of ${maximumAvailable} points are left, and ${restoreRate} come back in a second`;
      if (currentlyAvailable > maximumAvailable * KEPT_FREE) return [confirmed(said)];
      return [
        {
          outcome: "warning",
          said: `${said}: below the share that runs leave to others`,
          fix: "Find out what else calls with this app, or use a larger plan",
        },
      ];
    },
  },
];
