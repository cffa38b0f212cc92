// The pages and the API of provider cards, data flows and documents over a fake D1, as a given person sees them, in a deployment that asks a model outside.
import { Hono } from "hono";
import { deployment } from "../../../src/config.ts";
import { everywhere, type Principal, type Role } from "../../../src/core/principal.ts";
import type { Deployment } from "../../../src/deployment.ts";
import { dataFlowApi } from "../../../src/http/api/data-flow.ts";
import { modelsApi } from "../../../src/http/api/models.ts";
import { providerCardsApi } from "../../../src/http/api/provider-cards.ts";
import { dataFlowPages } from "../../../src/http/console/data-flow.tsx";
import { documentPages } from "../../../src/http/console/documents.tsx";
import { providerPages } from "../../../src/http/console/providers.tsx";
import { workflowPages } from "../../../src/http/console/workflows.tsx";
import type { ConsoleEnv } from "../../../src/http/console-env.ts";
import { failureOfThrown, problemResponse } from "../../../src/http/problems.ts";
import { openAiCompatibleModel } from "../../../src/inference/providers/openai-compatible.ts";
import { openConsole } from "./console.ts";
import { tell } from "./stories.ts";

/** A model of a provider outside; nothing in these tests asks it. */
export const outsideModel = (provider: string, baseURL: string): Deployment["models"][string] => ({
  trained: [],
  build: (_, { fetch }) =>
    openAiCompatibleModel({
      id: "m-1",
      provider,
      label: "A language model",
      apiKey: "key",
      baseURL,
      fetch,
      capabilities: { logprobs: true, temperature: true },
      timeoutMs: 1000,
    }),
});

export const acme = { provider: "acme", host: "api.acme.example" };
export const asking: Deployment = { ...deployment, models: { default: outsideModel("acme", "https://api.acme.example/v1") } };

export const person = (id: string, ...roles: Role[]): Principal => ({ kind: "person", id, name: id, grants: everywhere(...roles) });
export const dora = person("dora@example.com", "data_protection_officer");
export const ada = person("ada@example.com", "reviewer", "operator", "auditor");

export async function openPapers(used: Deployment = asking) {
  const { env, db } = await openConsole([tell({ ticket: 1, ending: "approved" })]);
  const appOf = (principal: Principal, of: Deployment) =>
    new Hono<ConsoleEnv>()
      .use(async (c, next) => {
        c.set("principal", principal);
        await next();
      })
      .route("/api/workflows", dataFlowApi(of))
      .route("/api/provider-cards", providerCardsApi(of))
      .route("/api/models", modelsApi(of))
      .route("/workflows", workflowPages(of))
      .route("/workflows", dataFlowPages(of))
      .route("/providers", providerPages(of))
      .route("/", documentPages(of))
      .onError((thrown) => problemResponse(failureOfThrown(thrown)));
  const execution = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} } as unknown as ExecutionContext;
  const send = async (by: Principal, path: string, init: RequestInit, of: Deployment) => appOf(by, of).request(path, init, env, execution);
  return {
    env,
    db,
    get: (by: Principal, path: string, of = used) => send(by, path, {}, of),
    page: async (by: Principal, path: string, of = used) => (await send(by, path, {}, of)).text(),
    json: (by: Principal, path: string, body: unknown, of = used) =>
      send(by, path, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } }, of),
    form: (by: Principal, path: string, fields: Record<string, string>, of = used) =>
      send(by, path, { method: "POST", body: new URLSearchParams(fields) }, of),
  };
}
