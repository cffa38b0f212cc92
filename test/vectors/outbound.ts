// Cases about our own requests: what a connector signs with, and whether a token's answer is believed. They go through the connector's declared `auth`, as a connection does.
import * as z from "zod";
import type { Auth, Token } from "../../src/connectors/auth.ts";
import type { HttpAnswer } from "../../src/connectors/define.ts";
import { registry } from "../../src/connectors/registry.ts";
import { failureOf } from "../../src/core/errors.ts";
import type { CaseResult, VectorCase } from "./cases.ts";
import type { Refer } from "./schemes.ts";

/** Null where it is as stated, else what came in its place. */
type Judge = (vector: VectorCase, refer: Refer) => string | null;

/** A case's own words for a credential, as the connection's secret has it. */
const authOf = (connector: string, credential: object): Auth => {
  const auth = registry[connector]?.auth(JSON.stringify(credential));
  if (!auth) throw new Error(`no connector ${connector}`);
  return auth;
};

const assertion: Judge = ({ config, now, url, body, expected }, refer) => {
  const auth = authOf("salesforce", {
    flow: "jwt",
    clientId: config.client_id,
    username: config.username,
    privateKey: refer(config.key),
    audience: new URL(url).origin,
  });
  if (auth.kind !== "token") return `an auth of the kind ${auth.kind}`;
  const { base, path, content } = auth.request({ kept: null, now: now ?? 0, nonce: "" });
  const sent = new URLSearchParams(content?.text).get("assertion");
  if (sent !== expected?.assertion) return `assertion ${sent}`;
  if (`${base}${path}` !== url) return `a request to ${base}${path}`;
  const form = (text: string) => [...new URLSearchParams(text)].sort().join("&");
  return form(content?.text ?? "") === form(new TextDecoder().decode(body)) ? null : `the form ${content?.text}`;
};

const Stamped = z.object({
  consumer_key: z.string(),
  consumer_secret: z.string(),
  token: z.string(),
  token_secret: z.string(),
  nonce: z.string(),
});

const oauth1: Judge = ({ config, now, method, url, body, expected }) => {
  const { consumer_key, consumer_secret, token, token_secret, nonce } = Stamped.parse(config);
  const auth = authOf("magento", {
    flow: "oauth1",
    consumerKey: consumer_key,
    consumerSecret: consumer_secret,
    token,
    tokenSecret: token_secret,
  });
  if (auth.kind !== "signed") return `an auth of the kind ${auth.kind}`;
  const request = { method, url, body: new TextDecoder().decode(body), contentType: "application/json" };
  const { authorization } = auth.sign(request, { now: now ?? 0, nonce });
  return authorization === expected?.authorization ? null : `${authorization}`;
};

/** The connector says of a token that it is not believed, and not in which way its signature is wrong. */
const tokenSignature: Judge = ({ body, secrets, accept, now }) => {
  const text = new TextDecoder().decode(body);
  const json: unknown = JSON.parse(text);
  const { instance_url } = z.object({ instance_url: z.string() }).parse(json);
  const answer: HttpAnswer = { status: 200, headers: new Headers(), json, text };
  let believed = false;
  try {
    const auth = authOf("salesforce", { flow: "client_credentials", clientId: "vectors", clientSecret: secrets[0] ?? "" });
    if (auth.kind !== "token") return `an auth of the kind ${auth.kind}`;
    const read: (answer: HttpAnswer, now: number, baseUrl: string) => Token = auth.read;
    read(answer, now ?? 0, instance_url);
    believed = true;
  } catch (thrown) {
    if (failureOf(thrown).code !== "connector.unauthorised") throw thrown;
  }
  return believed === accept ? null : believed ? "accept" : "reject";
};

const JUDGES: Readonly<Record<string, { readonly connector: string; readonly judge: Judge }>> = {
  "salesforce-jwt-bearer": { connector: "salesforce", judge: assertion },
  "salesforce-token-signature": { connector: "salesforce", judge: tokenSignature },
  "oauth1-hmac-sha256": { connector: "magento", judge: oauth1 },
};

export function runOutbound(vector: VectorCase, refer: Refer): CaseResult {
  const { id, scheme } = vector;
  const known = scheme !== null && Object.hasOwn(JUDGES, scheme) ? JUDGES[scheme] : undefined;
  if (!known || !registry[known.connector]) return { id, outcome: "not run", detail: `no declaration for ${scheme ?? "this system"}` };
  try {
    const got = known.judge(vector, refer);
    return got === null ? { id, outcome: "passed", detail: "" } : { id, outcome: "failed", detail: `got ${got}` };
  } catch (thrown) {
    return { id, outcome: "failed", detail: `threw ${String(thrown)}` };
  }
}
