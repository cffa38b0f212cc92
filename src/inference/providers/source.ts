// What every provider's source shares: the options that a deployment gives, bindings that are not set, and the way through a gateway.
// It must not hold a secret longer than a model lives, nor name one in a message: a binding is named, its value never.
import { InterlockError } from "../../core/errors.ts";
import { capabilitiesOf, type ModelCapabilities, type ModelFamily } from "../capabilities.ts";
import type { Price } from "../cost.ts";
import type { Model } from "../model.ts";

/** What a model is built from at run time. */
export interface SourceBindings {
  readonly binding: (name: string) => string | undefined;
  readonly fetch: typeof fetch;
}

/** A model behind a provider, as src/config.ts lists it. No weights of ours have to exist first. */
export interface ProviderSource {
  readonly trained: readonly [];
  readonly build: (workflow: string, bindings: SourceBindings) => Model;
}

/** Names of bindings, never values. */
export interface Gateway {
  /** Holds the gateway's address, "https://gateway.ai.cloudflare.com/v1/ACCOUNT/GATEWAY". */
  readonly url: string;
  /** Holds the token that an authenticated gateway asks for. */
  readonly token?: string;
  /** true: the gateway may keep prompts and answers in its log. Otherwise each request asks it not to. */
  readonly logs?: boolean;
}

export interface ProviderOptions {
  /** The provider's own model id. */
  readonly model: string;
  /** What this deployment knows better than the table (src/inference/capabilities.ts), after a probe. */
  readonly capabilities?: Partial<ModelCapabilities>;
  readonly price?: Price;
  /** Milliseconds for a whole call. */
  readonly timeoutMs?: number;
  readonly maxCompletionTokens?: number;
  readonly gateway?: Gateway;
}

/** A model that thinks first takes tens of seconds. The engine's own patience is longer. */
const TIMEOUT_MS = 60_000;

/** Where one provider is, directly and behind Cloudflare's AI Gateway. */
export interface Place {
  readonly provider: string;
  readonly label: string;
  readonly family: ModelFamily;
  readonly baseURL: string;
  /** What stands behind the gateway's address. */
  readonly gatewayPath: string | null;
  /** The binding that holds the key; null where none is asked for. Behind a gateway the key may be the gateway's to add. */
  readonly apiKey: string | null;
}

/** Everything that an adapter needs besides what is its own. */
export function settled(place: Place, options: ProviderOptions, { binding, fetch }: SourceBindings) {
  const missing: string[] = [];
  const secret = (name: string): string => {
    const value = binding(name);
    if (value === undefined) missing.push(name);
    return value ?? "";
  };
  const apiKey = place.apiKey === null ? null : secret(place.apiKey);
  const way = options.gateway === undefined ? null : through(options.gateway, place, binding, secret);
  const { provider, label, family } = place;
  return {
    id: options.model,
    provider,
    label: way === null ? label : `${label}, through Cloudflare's AI Gateway`,
    apiKey,
    missing: missing.length === 0 ? null : missingMessage(missing),
    baseURL: way?.baseURL ?? place.baseURL,
    host: new URL(place.baseURL).host,
    ...(way === null ? {} : { via: way.via, headers: way.headers }),
    fetch,
    capabilities: capabilitiesOf(family, options.model, options.capabilities),
    ...(options.price === undefined ? {} : { price: options.price }),
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    ...(options.maxCompletionTokens === undefined ? {} : { maxCompletionTokens: options.maxCompletionTokens }),
  };
}

function through(gateway: Gateway, place: Place, binding: SourceBindings["binding"], secret: (name: string) => string) {
  if (place.gatewayPath === null) throw new InterlockError("model.rejected", `${place.label} cannot be reached through the AI Gateway`);
  const url = addressOf(gateway.url, binding, "the AI Gateway's address");
  const headers: Record<string, string> = { "cf-aig-collect-log": gateway.logs === true ? "true" : "false" };
  if (gateway.token !== undefined) headers["cf-aig-authorization"] = `Bearer ${secret(gateway.token)}`;
  return { baseURL: `${url}/${place.gatewayPath}`, via: { provider: "cloudflare", host: new URL(url).host }, headers };
}

/** An address that is not set, or is none: without it nobody can say where the data would go, so there is no model. */
export function addressOf(name: string, binding: SourceBindings["binding"], what: string): string {
  const value = binding(name);
  if (value === undefined)
    throw new InterlockError("model.unauthorised", `The binding ${name} (${what}) is not set: add it to [vars] in wrangler.toml`);
  const url = URL.canParse(value) ? new URL(value) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash)
    throw new InterlockError("model.rejected", `The binding ${name} (${what}) must be http(s)://host, with at most a path behind it`);
  return url.href.replace(/\/+$/, "");
}

const missingMessage = (names: readonly string[]): string =>
  `The ${names.length === 1 ? "secret" : "secrets"} ${names.join(" and ")} ${names.length === 1 ? "is" : "are"} not set: ${names
    .map((name) => `wrangler secret put ${name}`)
    .join(", ")}`;
