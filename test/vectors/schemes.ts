// Which declaration a case is held against, by the name that vectors give its scheme, with the case's configuration as a connection would have it.
// One line per scheme; a scheme without a line is not run, and said so.
import { readFileSync } from "node:fs";
import path from "node:path";
import { genericHmacWebhook } from "../../src/connectors/generic-hmac.ts";
import { parseGeneric } from "../../src/connectors/generic-payload.ts";
import { slackWebhook } from "../../src/connectors/slack-webhook.ts";
import { standardWebhooksDeclaration } from "../../src/connectors/standard-webhooks.ts";
import type { SecretScheme, WebhookDeclaration } from "../../src/connectors/webhook.ts";
import { zendeskWebhook } from "../../src/connectors/zendesk-webhook.ts";
import type { VectorCase } from "./cases.ts";

/** A case's side of a connection. */
export interface Subject {
  readonly declaration: WebhookDeclaration;
  readonly settings?: Readonly<Record<string, string>>;
  /** In place of the case's own. */
  readonly secrets?: readonly string[];
  /** What is published where: anything else is not there. */
  readonly published?: Readonly<Record<string, string>>;
}

/** `refer`: what a reference of the form "file.json#a.b" in a case's configuration points to. */
export type Refer = (reference: unknown) => unknown;
type Prepare = (vector: VectorCase, refer: Refer) => Subject;

export const STANDARD = "standard-webhooks";

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** Only what the case states is set. */
export const settingsFrom = (settings: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(settings).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])));

/** A secret that is repeated as it is, without a system's own reading of the body. */
const repeated = (carried: SecretScheme["carried"]): Subject => ({
  declaration: {
    docs: "https://www.rfc-editor.org/rfc/rfc7617",
    maxBytes: 256 * 1024,
    scheme: { kind: "shared-secret", carried },
    parse: (request, receivedAt) => parseGeneric(request, receivedAt, null, null),
  },
});

const timestampDotBody = genericHmacWebhook({
  name: "generic",
  signatureHeader: "x-webhook-signature",
  encoding: "base64",
  timestampHeader: "x-webhook-timestamp",
});

export const SCHEMES: Readonly<Record<string, Prepare>> = {
  "zendesk-hmac": () => ({ declaration: zendeskWebhook }),
  "slack-v0": () => ({ declaration: slackWebhook }),
  [STANDARD]: () => ({ declaration: standardWebhooksDeclaration }),
  "ts-dot-body-hmac-base64": () => ({ declaration: timestampDotBody }),
  "shared-secret-header": ({ config }) => repeated({ in: "header", header: text(config.header) ?? "x-webhook-secret" }),
  "basic-auth": ({ config }) => {
    const user = text(config.username);
    return repeated({
      in: "basic",
      ...(user === undefined ? {} : { user }),
      ...(config.username_is_secret === true ? { secretIs: "user" as const } : {}),
    });
  },
};

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
