// Probes: who may ask a model, what is sent and what is not, what is kept and shown, and what a person is told to change.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ChatRequest, complete } from "../../../sandbox/model/completion.ts";
import { openAiError } from "../../../sandbox/model/distort.ts";
import { ModelRules } from "../../../sandbox/model/rules.ts";
import type { Deployment } from "../../../src/deployment.ts";
import { claude } from "../../../src/inference/providers/claude.ts";
import { compatibleHost } from "../../../src/inference/providers/compatible-host.ts";
import { openai } from "../../../src/inference/providers/openai.ts";
import type { ModelStanding } from "../../../src/operations/read-models.ts";
import { ada, asking, dora, openPapers, person } from "./papers.ts";

const models: Deployment["models"] = {
  mini: openai({ model: "gpt-4.1-mini" }),
  own: compatibleHost({ provider: "own", model: "qwen3", baseUrl: "OWN_MODEL_URL" }),
  nowhere: compatibleHost({ provider: "lost", model: "x", baseUrl: "LOST_URL" }),
  keyless: claude({ model: "claude-sonnet-4-6" }),
};
const probing: Deployment = { ...asking, models: { ...asking.models, ...models } };
const rules = ModelRules.parse({ rules: [{ match: "parcel", answer: { team: "shipping", pieces: 12 }, confidence: 0.9 }] });

let asked: { url: string; body: Record<string, unknown> }[] = [];
let answer: (body: Record<string, unknown>) => Response;

beforeEach(() => {
  asked = [];
  answer = (body) => Response.json(complete(body as ChatRequest, rules, "chatcmpl-1", 1));
  vi.spyOn(globalThis, "fetch").mockImplementation(async (url, init) => {
    const body = JSON.parse(String(init?.body)) as Record<string, unknown>;
    asked.push({ url: String(url), body });
    return answer(body);
  });
});
afterEach(() => void vi.restoreAllMocks());

async function open() {
  const papers = await openPapers(probing);
  Object.assign(papers.env, { OPENAI_API_KEY: "sk-probe-secret", OWN_MODEL_URL: "http://models.internal/v1" });
  const standing = async (name: string): Promise<ModelStanding | undefined> => {
    const { models: all } = (await (await papers.get(ada, "/api/models")).json()) as { models: ModelStanding[] };
    return all.find(({ model }) => model === name);
  };
  return { ...papers, standing };
}

describe("a probe", () => {
  it("asks once, an invented question and no record, and keeps what came back", async () => {
    const { json, standing } = await open();
    expect((await standing("mini"))?.probe).toBeNull();
    const answered = await json(ada, "/api/models/probe", { model: "mini" });
    expect(answered.status).toBe(200);
    const outcome = {
      state: "answered",
      answeredAs: "gpt-4.1-mini",
      right: true,
      source: "logprobs",
      logprobs: "given",
      latencyMs: expect.any(Number),
      promptTokens: expect.any(Number),
      completionTokens: expect.any(Number),
      costUsd: null,
    };
    const probe = { model: "mini", modelId: "gpt-4.1-mini", provider: "openai", host: "api.openai.com", by: ada.id, outcome };
    expect(await answered.json()).toMatchObject(probe);
    expect(await standing("mini")).toMatchObject({ probe, advice: null });
    expect(asked).toHaveLength(1);
    expect(JSON.stringify(asked[0]?.body)).not.toMatch(/Noor|Charged twice|secret/);
  });

  it("asks a model that gave no probabilities once more for them, and says what to set when it gives them", async () => {
    const { json, standing } = await open();
    await json(dora, "/api/models/probe", { model: "own" });
    expect(asked.map(({ body }) => body.logprobs)).toEqual([undefined, true]);
    const { usage } = complete(asked[0]?.body as unknown as ChatRequest, rules, "c", 1) as { usage: { prompt_tokens: number } };
    expect(await standing("own")).toMatchObject({ probe: { outcome: { promptTokens: 2 * usage.prompt_tokens } } });
    expect(await standing("own")).toMatchObject({
      probe: { outcome: { source: "none", logprobs: "given" } },
      advice: expect.stringContaining("set capabilities: { logprobs: true }"),
    });
  });

  it.each([
    [
      "refuses them",
      (body: Record<string, unknown>) => (body.logprobs ? Response.json(openAiError(400, "no logprobs"), { status: 400 }) : null),
      "refused",
    ],
    [
      "leaves them out",
      (body: Record<string, unknown>) => Response.json(complete({ ...body, logprobs: false } as ChatRequest, rules, "c", 1)),
      "not given",
    ],
    [
      "fails the second time",
      (body: Record<string, unknown>) => (body.logprobs ? Response.json(openAiError(500, "x"), { status: 500 }) : null),
      "not asked",
    ],
  ])("tells a model that %s from one that gives them", async (_, second, logprobs) => {
    const first = answer;
    answer = (body) => second(body) ?? first(body);
    const { json, standing } = await open();
    await json(ada, "/api/models/probe", { model: "own" });
    expect(await standing("own")).toMatchObject({ probe: { outcome: { logprobs } }, advice: expect.stringContaining("0 % sure") });
  });

  it("takes the place of the last one, and one that failed is kept as well", async () => {
    const { json, standing, db } = await open();
    await json(ada, "/api/models/probe", { model: "mini" });
    answer = () => Response.json(openAiError(401, "Incorrect API key provided: sk-probe-secret", "invalid_api_key"), { status: 401 });
    const failed = await json(dora, "/api/models/probe", { model: "mini" });
    expect(failed.status).toBe(200);
    const error = { code: "model.unauthorised", message: expect.stringContaining("[key]") };
    expect(await standing("mini")).toMatchObject({ probe: { by: dora.id, outcome: { state: "failed", error } } });
    const { results } = await db.prepare("select * from model_probe").all();
    expect(results).toHaveLength(1);
    expect(JSON.stringify(results)).not.toContain("sk-probe-secret");
  });

  it("of another model under the same name says nothing about this one", async () => {
    const { json, get } = await open();
    await json(ada, "/api/models/probe", { model: "mini" });
    const other = { ...probing, models: { ...models, mini: openai({ model: "gpt-4o" }) } };
    const all = (await (await get(ada, "/api/models", other)).json()) as { models: ModelStanding[] };
    expect(all.models.find(({ model }) => model === "mini")?.probe).toBeNull();
  });

  it.each([
    ["nobody", 404, "request.not_found", /it has default, mini, own/],
    ["nowhere", 502, "model.unauthorised", /LOST_URL/],
    ["", 400, "request.invalid", /Name the model/],
  ])("of %j is refused, and nothing is asked", async (model, status, code, words) => {
    const { json } = await open();
    const refused = await json(ada, "/api/models/probe", { model });
    expect(refused.status).toBe(status);
    expect(await refused.json()).toMatchObject({ code, detail: expect.stringMatching(words) });
    expect(asked).toEqual([]);
  });

  it("of a model without its key says which, and asks nothing", async () => {
    const { json, standing } = await open();
    await json(ada, "/api/models/probe", { model: "keyless" });
    expect(asked).toEqual([]);
    expect(await standing("keyless")).toMatchObject({
      probe: { outcome: { state: "failed", error: { message: expect.stringContaining("ANTHROPIC_API_KEY") } } },
    });
  });

  it("is for an operator and a data-protection officer, and for nobody else", async () => {
    const { json, form } = await open();
    for (const other of [person("eve@example.com", "admin", "author", "process_owner", "reviewer"), person("al@example.com", "auditor")]) {
      expect((await json(other, "/api/models/probe", { model: "mini" })).status).toBe(403);
      expect((await form(other, "/providers/probe", { model: "mini" })).status).toBe(403);
    }
    expect(asked).toEqual([]);
  });
});

describe("the page", () => {
  it("lists every model with its place, and a button for those who may", async () => {
    const { page } = await open();
    const seen = await page(ada, "/providers");
    expect(seen).toContain("OpenAI gpt-4.1-mini. Provider openai, host api.openai.com.");
    expect(seen).toContain("Probe mini");
    expect(seen).toContain("Not probed");
    expect(seen).toContain("The binding LOST_URL (the address of lost) is not set");
    expect(seen).not.toContain("Probe nowhere");
    expect(await page(person("al@example.com", "auditor"), "/providers")).not.toContain("Probe mini");
  });

  it("probes, and goes back to itself with what was found", async () => {
    const { form, page } = await open();
    const answered = await form(ada, "/providers/probe", { model: "mini" });
    expect([answered.status, answered.headers.get("location")]).toEqual([303, "/providers"]);
    const seen = await page(ada, "/providers");
    expect(seen).toContain("Answers, with probabilities");
    expect(seen).toContain("Probed by ada@example.com");
    await form(ada, "/providers/probe", { model: "own" });
    expect(await page(ada, "/providers")).toContain("It gives probabilities when it is asked for them");
  });

  it("shows a refusal and what failed", async () => {
    const { form, page } = await open();
    const refused = await form(ada, "/providers/probe", { model: "nowhere" });
    expect(refused.status).toBe(502);
    expect(await refused.text()).toContain("LOST_URL");
    answer = () => Response.json(openAiError(404, "The model does not exist", "model_not_found"), { status: 404 });
    await form(ada, "/providers/probe", { model: "mini" });
    const seen = await page(ada, "/providers");
    expect(seen).toContain("Probe failed");
    expect(seen).toContain("Is there a model gpt-4.1-mini");
  });
});
