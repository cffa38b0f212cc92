import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { teamsWebhooks } from "../../../src/connectors/teams-webhook.ts";
import type { ProofContext, Verdict, WebhookDeclaration, WebhookRequest } from "../../../src/connectors/webhook.ts";
import { verifyDelivery } from "../../../src/ingress/verify.ts";

interface Vector {
  readonly id: string;
  readonly scheme: string;
  readonly secret: string | null;
  readonly now: number | null;
  readonly method: string;
  readonly url: string;
  readonly headers: [string, string][];
  readonly body: string;
  readonly config?: { app_id?: string; client_state?: string; tenant_ids?: string[] };
  readonly expect: "accept" | "reject";
  readonly reason: string;
  readonly dedupe_key?: string;
  readonly response?: { status: number; body?: string };
}

const FOLDER = path.resolve("../shared/vectors");
const present = existsSync(path.join(FOLDER, "teams.json"));
const read = (name: string) => JSON.parse(readFileSync(path.join(FOLDER, name), "utf8"));
const vectors: Vector[] = present ? read("teams.json") : [];
const keys = present ? read("teams.keys.json") : {};

const DECLARATIONS: Record<string, WebhookDeclaration> = {
  "botframework-jwt": teamsWebhooks.bot,
  "teams-outgoing-webhook": teamsWebhooks.outgoing,
  "graph-validation": teamsWebhooks.graph,
  "graph-notification": teamsWebhooks.graph,
  "graph-rich-notification": teamsWebhooks.graph,
};

const requestOf = ({ method, url, headers, body }: Vector): WebhookRequest => {
  const all = new Headers();
  for (const [name, value] of headers) all.append(name, value);
  return { method, url, headers: all, body: new TextEncoder().encode(body) };
};

function contextOf({ config, now }: Vector): ProofContext {
  const documents: Record<string, unknown> = {
    [keys.botframework.openid_configuration_url]: keys.botframework.openid_configuration,
    [keys.botframework.openid_configuration.jwks_uri]: keys.botframework.jwks,
    "https://login.microsoftonline.com/common/discovery/v2.0/keys": keys.entra.jwks,
  };
  const { certificate_id, private_key_pem } = keys.graph_encryption;
  return {
    secrets: config?.client_state
      ? [JSON.stringify({ clientState: config.client_state, certificates: { [certificate_id]: private_key_pem } })]
      : [],
    settings: {
      ...(config?.app_id ? { appId: config.app_id } : {}),
      ...(config?.tenant_ids ? { tenantId: config.tenant_ids[0] ?? "" } : {}),
    },
    published: async (url) => (documents[url] ? JSON.stringify(documents[url]) : null),
    now: (now ?? 0) * 1_000,
  };
}

const judge = (vector: Vector, declaration: WebhookDeclaration): Promise<Verdict> => {
  const context = contextOf(vector);
  return verifyDelivery(declaration, requestOf(vector), vector.secret === null ? context : { ...context, secrets: [vector.secret] });
};

describe.skipIf(!present)("the published vectors (../shared/vectors/teams.json)", () => {
  it.each(vectors.map((vector): [string, Vector] => [vector.id, vector]))("%s", async (_, vector) => {
    const declaration = DECLARATIONS[vector.scheme] ?? expect.fail(`no declaration for ${vector.scheme}`);
    const request = requestOf(vector);
    const probed = declaration.probe?.(request) ?? null;
    if (vector.scheme === "graph-validation") {
      expect(probed).toEqual({ status: 200, body: vector.response?.body, contentType: "text/plain" });
      return;
    }
    expect(probed).toBeNull();
    const verdict = await judge(vector, declaration);
    expect(verdict.ok ? "ok" : verdict.reason).toBe(vector.reason);
    if (!verdict.ok) return;
    const parsed = declaration.parse(verdict.opened ? { ...request, body: verdict.opened } : request, 0);
    expect(parsed.kind).toBe("event");
    if (vector.dedupe_key) expect(parsed.deliveryKey).toBe(vector.dedupe_key);
  });
});
