// /model: stands in for model providers. /model/v1 answers OpenAI's chat completions; /model is an AI Gateway as well, with its paths for OpenAI, Gemini, Workers AI and
// Anthropic behind it. What it was asked is kept, the last few hundred, so that a test can see which data reached the model. Failures come from fault rules with
// system "model".
import { type Context, Hono } from "hono";
import type { World } from "../world.ts";
import { type ChatRequest, complete } from "./completion.ts";
import { anthropicError, openAiError } from "./distort.ts";
import { answerMessage, type MessagesRequest } from "./message.ts";

const KEPT = 500;

const CHAT = [
  "/v1/chat/completions",
  "/openai/chat/completions",
  "/google-ai-studio/v1beta/openai/chat/completions",
  "/workers-ai/v1/chat/completions",
];

export function modelRoutes(world: World) {
  const chat = async (c: Context) => {
    if (!isKnown(c)) return c.json(openAiError(401, "The API key is missing", "invalid_api_key"), 401);
    const request = (await c.req.json().catch(() => null)) as (ChatRequest & { stream?: boolean }) | null;
    if (!Array.isArray(request?.messages)) return c.json(openAiError(400, "'messages' is missing"), 400);
    if (request.stream) return c.json(openAiError(400, "The sandbox does not stream"), 400);
    const { id, at } = await keep(world, request);
    const completion = complete(request, world.model.value, `chatcmpl-sandbox-${id}`, Math.floor(at / 1000));
    return c.json(completion, 200, { "x-request-id": `req_sandbox_${id}` });
  };
  const app = new Hono();
  for (const path of CHAT) app.post(path, chat);
  return app
    .post("/anthropic/v1/messages", async (c) => {
      if (!isKnown(c)) return c.json(anthropicError(401, "The API key is missing"), 401);
      const request = (await c.req.json().catch(() => null)) as MessagesRequest | null;
      if (!Array.isArray(request?.messages)) return c.json(anthropicError(400, "messages: Field required"), 400);
      if (typeof request.max_tokens !== "number") return c.json(anthropicError(400, "max_tokens: Field required"), 400);
      const { id } = await keep(world, request);
      return c.json(answerMessage(request, world.model.value, `msg_sandbox_${id}`), 200, { "request-id": `req_sandbox_${id}` });
    })
    .all("*", (c) => c.json(openAiError(404, `Unknown request URL: ${c.req.method} ${c.req.path}`, "unknown_url"), 404));
}

/** A key of the provider's, or a token for the gateway that adds one. */
const isKnown = (c: Context): boolean =>
  ["authorization", "x-api-key", "cf-aig-authorization"].some((header) => c.req.header(header) !== undefined);

async function keep(world: World, request: object): Promise<{ id: number; at: number }> {
  world.counters.requested("model");
  const at = Date.now();
  const { id } = world.sql
    .exec<{ id: number }>(
      "INSERT INTO model_requests (at, doc) VALUES (?, ?) RETURNING id",
      new Date(at).toISOString(),
      JSON.stringify(request),
    )
    .one();
  world.sql.exec("DELETE FROM model_requests WHERE id <= ?", id - KEPT);
  const { latencyMs } = world.model.value;
  if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
  return { id, at };
}

/** Newest first. */
export function modelRequests(sql: SqlStorage, limit: number): { at: string; request: unknown }[] {
  const rows = sql.exec<{ at: string; doc: string }>("SELECT at, doc FROM model_requests ORDER BY id DESC LIMIT ?", limit);
  return [...rows].map(({ at, doc }) => ({ at, request: JSON.parse(doc) as unknown }));
}
