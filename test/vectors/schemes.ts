// Which declaration a case is held against, by the name that vectors give its scheme, with the case's configuration as a connection would have it.
// One line per scheme; a scheme without a line is not run, and said so.
import { readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { freshdeskWebhooks } from "../../src/connectors/freshdesk-webhook.ts";
import { genericHmacWebhook } from "../../src/connectors/generic-hmac.ts";
import { parseGeneric } from "../../src/connectors/generic-payload.ts";
import { registry } from "../../src/connectors/registry.ts";
import { slackWebhook } from "../../src/connectors/slack-webhook.ts";
import { standardWebhooksDeclaration } from "../../src/connectors/standard-webhooks.ts";
import type { SecretScheme, WebhookDeclaration } from "../../src/connectors/webhook.ts";
import { zendeskWebhook } from "../../src/connectors/zendesk-webhook.ts";
import { sameJson } from "../../src/core/json.ts";
import type { VectorCase } from "./cases.ts";

/** A case's side of a connection. */
export interface Subject {
  readonly declaration: WebhookDeclaration;
  readonly settings?: Readonly<Record<string, string>>;
  /** In place of the case's own. */
  readonly secrets?: readonly string[];
  /** What is published at an address; undefined where there is nothing. */
  readonly published?: Published;
}

type Published = (url: string) => string | undefined;

/** `refer`: what a reference of the form "file.json#a.b" in a case's configuration points to. */
export type Refer = (reference: unknown) => unknown;
type Prepare = (vector: VectorCase, refer: Refer) => Subject;

export const STANDARD = "standard-webhooks";

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** Only what the case states is set. */
export const settingsFrom = (settings: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(settings).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])));

/** A secret that is repeated as it is: Freshdesk's own declaration where the case is Freshdesk's and carries the secret so, otherwise one without a system's own reading of the body. */
const repeated = ({ id }: VectorCase, carried: SecretScheme["carried"]): Subject => {
  const scheme: SecretScheme = { kind: "shared-secret", carried };
  const own = id.startsWith("freshdesk/") && Object.values(freshdeskWebhooks).find((one) => sameJson(one.scheme, scheme));
  if (own) return { declaration: own };
  const parse: WebhookDeclaration["parse"] = (request, receivedAt) => parseGeneric(request, receivedAt, null, null);
  return { declaration: { docs: "https://www.rfc-editor.org/rfc/rfc7617", maxBytes: 256 * 1024, scheme, parse } };
};

const timestampDotBody = genericHmacWebhook({
  name: "generic",
  signatureHeader: "x-webhook-signature",
  encoding: "base64",
  timestampHeader: "x-webhook-timestamp",
});

/** Throws for a connector or webhook that the registry does not have, with the name: a vector of it fails then, rather than pass by. */
function webhookOf(connector: string, webhook: string): WebhookDeclaration {
  const declaration = registry[connector]?.webhooks[webhook];
  if (!declaration) throw new Error(`${connector} has no webhook "${webhook}"`);
  return declaration;
}

const hubspot =
  (version: string): Prepare =>
  ({ config }) => ({ declaration: webhookOf("hubspot", version), settings: settingsFrom({ targetUrl: config.configured_url }) });

const shopify =
  (webhook: string): Prepare =>
  ({ config }) => ({ declaration: webhookOf("shopify", webhook), settings: settingsFrom({ shop: config.bound_shop }) });

/** What an issuer publishes: its keys, and where it says so, where they are. */
const issuer =
  (jwks: unknown, configuration: unknown): Published =>
  (url) =>
    JSON.stringify(/openid-?configuration$/.test(url) ? configuration : jwks);

/** Of a reference such as "file.json#a.b": what lies beside it. */
const beside = (reference: unknown, inside: string): string => `${String(reference).split("#", 1)[0]}#${inside}`;

const botFramework: Prepare = ({ config }, refer) => ({
  declaration: webhookOf("teams", "bot"),
  settings: settingsFrom({ appId: config.app_id }),
  published: issuer(refer(config.jwks), refer(beside(config.jwks, "botframework.openid_configuration"))),
});

const graph: Prepare = ({ config }, refer) => {
  const certificate = Certificate.parse(refer(beside(config.jwks, "graph_encryption")));
  const [tenantId] = z.array(z.string()).parse(config.tenant_ids);
  return {
    declaration: webhookOf("teams", "graph"),
    secrets: [
      JSON.stringify({ clientState: config.client_state, certificates: { [certificate.certificate_id]: certificate.private_key_pem } }),
    ],
    settings: settingsFrom({ appId: config.app_id, tenantId }),
    published: issuer(refer(config.jwks), undefined),
  };
};
const Certificate = z.object({ certificate_id: z.string(), private_key_pem: z.string() });

const adobeEvents: Prepare = ({ config }, refer) => {
  const keys = z.record(z.string(), z.string()).parse(config.keys === undefined ? {} : refer(config.keys));
  return {
    declaration: webhookOf("magento", "events"),
    settings: settingsFrom({ clientId: config.client_id }),
    published: (url) => (Object.hasOwn(keys, url) ? keys[url] : undefined),
  };
};

export const SCHEMES: Readonly<Record<string, Prepare>> = {
  "zendesk-hmac": () => ({ declaration: zendeskWebhook }),
  "slack-v0": () => ({ declaration: slackWebhook }),
  [STANDARD]: () => ({ declaration: standardWebhooksDeclaration }),
  "ts-dot-body-hmac-base64": () => ({ declaration: timestampDotBody }),
  "shared-secret-header": (vector) => repeated(vector, { in: "header", header: text(vector.config.header) ?? "x-webhook-secret" }),
  "basic-auth": (vector) => {
    const user = text(vector.config.username);
    return repeated(vector, {
      in: "basic",
      ...(user === undefined ? {} : { user }),
      ...(vector.config.username_is_secret === true ? { secretIs: "user" as const } : {}),
    });
  },
};

/** Schemes of connectors that a registry may have or not: they are run where it has. */
export const OF_CONNECTORS: Readonly<Record<string, Readonly<Record<string, Prepare>>>> = {
  hubspot: { "hubspot-v1": hubspot("v1"), "hubspot-v2": hubspot("v2"), "hubspot-v3": hubspot("v3") },
  shopify: {
    "shopify-webhook": shopify("classic"),
    "shopify-events": shopify("events"),
    "shopify-oauth-query": shopify("oauth-callback"),
    "shopify-app-proxy": shopify("app-proxy"),
  },
  salesforce: {
    "salesforce-outbound-message": ({ config }) => ({
      declaration: webhookOf("salesforce", "outbound-message"),
      settings: settingsFrom({ organizationId: config.organization_id }),
    }),
  },
  teams: {
    "teams-outgoing-webhook": () => ({ declaration: webhookOf("teams", "outgoing") }),
    "botframework-jwt": botFramework,
    "graph-validation": graph,
    "graph-notification": graph,
    "graph-rich-notification": graph,
  },
  magento: {
    "adobe-io-events": adobeEvents,
    "adobe-io-challenge": adobeEvents,
    "adobe-commerce-webhook": ({ config }, refer) => ({
      declaration: webhookOf("magento", "commerce"),
      secrets: [String(refer(config.public_key))],
    }),
  },
};

/** Null for a scheme that nothing here has. */
export function prepareFor(scheme: string): Prepare | null {
  const landed = Object.entries(OF_CONNECTORS).flatMap(([connector, schemes]) => (registry[connector] ? [schemes] : []));
  const schemes: Readonly<Record<string, Prepare>> = Object.assign({}, SCHEMES, ...landed);
  return Object.hasOwn(schemes, scheme) ? (schemes[scheme] ?? null) : null;
}

/** Documents that several cases of a file refer to. */
export function references(folder: string): Refer {
  const files = new Map<string, unknown>();
  return (reference) => {
    const [file, inside = ""] = String(reference).split("#");
    if (!file) return undefined;
    if (!files.has(file)) files.set(file, JSON.parse(readFileSync(path.join(folder, file), "utf8")));
    return inside.split(".").reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], files.get(file));
  };
}
