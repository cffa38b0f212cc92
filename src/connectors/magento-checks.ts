// What the integration assessment asks of a shop. Magento does not tell what a credential may do, so each right is tried on something that changes nothing: a read of
// one record, a change of order 0, which no shop has (its numbers begin at 1), or of no stock at all.
import * as z from "zod";
import { errorFacts, failureOf } from "../core/errors.ts";
import type { Check, CheckContext, Finding } from "./check.ts";
import type { Http, HttpRequest } from "./define.ts";
import { promised } from "./http.ts";
import { EntityId, orderPath, searchQuery } from "./magento-api.ts";
import { setOrderHold } from "./magento-order-writes.ts";
import { PAGE } from "./magento-polls.ts";

const FIX_RIGHTS =
  "System > Extensions > Integrations > the integration > API (or System > Permissions > User Roles): tick the resource, save, and reauthorise";

const confirmed = (said: string): Finding => ({ outcome: "confirmed", said });

const one = (path: string, id: string): string => `${path}?${searchQuery({ where: [], pageSize: 1, fields: `items[${id}],total_count` })}`;

interface Right {
  readonly resource: string;
  readonly need: string;
  readonly request: HttpRequest;
}

const onNoOrder = (verb: string, resource: string, need: string): Right => ({
  resource,
  need,
  request: { method: "POST", path: `/V1/orders/0/${verb}` },
});

const RIGHTS: readonly Right[] = [
  {
    resource: "Sales > Operations > Orders > Actions > View",
    need: "read orders",
    request: { method: "GET", path: one("/V1/orders", "entity_id") },
  },
  {
    resource: "Catalog > Inventory > Products",
    need: "read and change products",
    request: { method: "GET", path: one("/V1/products", "sku") },
  },
  {
    resource: "Customers > All Customers",
    need: "read customers",
    request: { method: "GET", path: one("/V1/customers/search", "id") },
  },
  {
    resource: "Stores > Inventory > Sources (Magento_InventoryApi::source)",
    need: "read stock",
    request: { method: "GET", path: one("/V1/inventory/source-items", "sku") },
  },
  {
    // An empty list is refused, once the right is there.
    resource: "Stores > Inventory (Magento_InventoryApi::stock_source_item_assign)",
    need: "change stock",
    request: { method: "POST", path: "/V1/inventory/source-items", body: { sourceItems: [] } },
  },
  onNoOrder("hold", "Sales > Operations > Orders > Actions > Hold", "hold orders"),
  onNoOrder("unhold", "Sales > Operations > Orders > Actions > Unhold", "release orders"),
  onNoOrder("cancel", "Sales > Operations > Orders > Actions > Cancel", "cancel orders"),
  {
    resource: "Sales > Operations > Orders > Actions > Comment",
    need: "comment on orders",
    request: {
      method: "POST",
      path: "/V1/orders/0/comments",
      body: { statusHistory: { comment: "interlock-probe", is_customer_notified: 0, is_visible_on_front: 0, parent_id: 0 } },
    },
  },
];

type Tried =
  | { readonly kind: "may" }
  | { readonly kind: "may_not"; readonly said: string }
  | { readonly kind: "open"; readonly said: string };

/** A refusal of what was asked shows that the right is there: rights are looked at first. */
async function tryRight({ request }: Right, http: Http): Promise<Tried> {
  try {
    await http.send(request);
    return { kind: "may" };
  } catch (thrown) {
    const { code, message } = failureOf(thrown);
    if (code === "connector.unauthorised") return { kind: "may_not", said: message };
    if (code === "connector.not_found" || code === "connector.rejected")
      return request.method === "GET" ? { kind: "open", said: message } : { kind: "may" };
    if (errorFacts(code).outcome === "unknown" || code === "connector.rate_limited" || code === "connector.held_back")
      return { kind: "open", said: message };
    throw thrown;
  }
}

async function auth({ http }: CheckContext): Promise<readonly Finding[]> {
  // A credential that is wrong and a right that is missing have the same answer: one thing that works tells them apart.
  for (const right of RIGHTS.filter(({ request }) => request.method === "GET")) {
    const tried = await tryRight(right, http);
    if (tried.kind === "may") return [confirmed(`The shop lets the credential ${right.need}`)];
    if (tried.kind === "open") return [{ outcome: "cannot_tell", said: tried.said, fix: "Ask again when the shop answers" }];
  }
  return [
    {
      outcome: "missing",
      said: "The shop refuses the credential, or gives it no right at all",
      fix: "Reauthorise the integration and set its four keys. An access token by itself is a bearer only with Stores > Configuration > Services > OAuth > Allow OAuth Access Tokens to be used as standalone Bearer tokens",
    },
  ];
}

async function scopes({ http }: CheckContext): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const right of RIGHTS) {
    const tried = await tryRight(right, http);
    switch (tried.kind) {
      case "may":
        findings.push(confirmed(`The credential may ${right.need}`));
        break;
      case "may_not":
        findings.push({
          outcome: "missing",
          said: `The credential may not ${right.need}: ${tried.said}`,
          fix: `${FIX_RIGHTS}: ${right.resource}`,
        });
        break;
      case "open":
        findings.push({ outcome: "cannot_tell", said: `Whether the credential may ${right.need} did not show: ${tried.said}` });
        break;
    }
  }
  return findings;
}

const Newest = z.object({ items: z.array(z.object({ increment_id: z.string() })).nullish(), total_count: z.number() });

async function read({ http }: CheckContext): Promise<readonly Finding[]> {
  const { json } = await http.send({ method: "GET", path: one("/V1/orders", "increment_id") });
  const { items, total_count } = promised(Newest, json, "a list of orders");
  const [order] = items ?? [];
  if (order) return [confirmed(`Read order ${order.increment_id}, one of ${total_count}`)];
  return [{ outcome: "cannot_tell", said: "The shop has no order yet, or none that the credential may see" }];
}

async function write({ http, now }: CheckContext): Promise<readonly Finding[]> {
  const id = http.settings.probeOrder;
  if (id === undefined || !EntityId.safeParse(id).success)
    return [
      {
        outcome: "cannot_tell",
        said: "No order is named on which a write may be tried",
        fix: "Make a test order, and set the connection's setting probeOrder to its entity_id (the number in its address in the admin)",
      },
    ];
  const before = await setOrderHold.look?.({ id, onHold: true }, http);
  const held = before?.fields.onHold === true;
  const set = async (onHold: boolean) => {
    await setOrderHold.apply({ id, onHold }, { http, key: `probe/${now}`, version: null });
    return (await setOrderHold.prove?.({ id, onHold }, { id }, http))?.onHold === onHold;
  };
  const changed = await set(!held);
  const back = await set(held);
  if (changed && back) return [confirmed(`Held and released ${orderPath(id).slice(4)}, and read both back`)];
  return [
    {
      outcome: "missing",
      said: changed ? `Order ${id} was changed and could not be set back` : "The shop said yes to a write that is not there",
      fix: `Look at order ${id} in the admin: it was ${held ? "on hold" : "not on hold"} before`,
    },
  ];
}

const Subscriptions = z.array(z.object({ name: z.string() }));

async function webhook({ http, hookUrl }: CheckContext): Promise<readonly Finding[]> {
  const where = hookUrl ?? "https://<this deployment>/hooks/<connection>";
  const fix = `Adobe Developer Console > the project > the event registration: Webhook URL ${where}, status Active. Without Adobe I/O Events: use the poll "orders" or a module (docs/connectors/magento.md)`;
  try {
    const { json } = await http.send({ method: "GET", path: "/V1/eventing/getEventSubscriptions" });
    const names = promised(Subscriptions, json, "the event subscriptions").map(({ name }) => name);
    if (names.length === 0)
      return [
        {
          outcome: "missing",
          said: "The shop sends no event to Adobe",
          fix: "System > Events, or bin/magento events:subscribe: subscribe to the events that workflows start on",
        },
      ];
    return [
      confirmed(`The shop sends Adobe ${names.join(", ")}`),
      { outcome: "cannot_tell", said: "Where Adobe posts them is not to be read from the shop", fix },
    ];
  } catch (thrown) {
    const { code, message } = failureOf(thrown);
    if (code !== "connector.not_found" && code !== "connector.unauthorised") throw thrown;
    return [{ outcome: "cannot_tell", said: `The shop does not list its event subscriptions: ${message}`, fix }];
  }
}

async function limits({ http }: CheckContext): Promise<readonly Finding[]> {
  try {
    await http.send({ method: "GET", path: `/V1/orders?${searchQuery({ where: [], pageSize: PAGE, fields: "total_count" })}` });
    return [confirmed(`Pages of ${PAGE} records are allowed. Magento counts no calls; Interlock keeps to three a second`)];
  } catch (thrown) {
    const { code, message } = failureOf(thrown);
    if (code !== "connector.rejected") throw thrown;
    return [
      {
        outcome: "missing",
        said: `Pages of ${PAGE} records are refused: ${message}`,
        fix: "Stores > Configuration > Services > Magento Web API > Web API Limits: allow a page size of 100 at least",
      },
    ];
  }
}

export const magentoChecks: readonly Check[] = [
  { name: "auth", summary: "The shop takes the credential", run: auth },
  { name: "scopes", summary: "The credential may do what the actions need", run: scopes },
  { name: "read", summary: "An order can be read", run: read },
  { name: "write", summary: "The order in the setting probeOrder can be held and released", writes: true, run: write },
  { name: "webhook", summary: "The shop tells Adobe of its events, and Adobe this deployment", run: webhook },
  { name: "limits", summary: "Searches may have pages as large as polls ask for", run: limits },
];
