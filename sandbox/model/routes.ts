// /model/v1: stands in for an OpenAI-compatible provider. What it was asked is kept, the last few hundred, so that a test can see which
// data reached the model. Failures come from fault rules with system "model".
import { Hono } from "hono";
import type { World } from "../world.ts";
import { type ChatRequest, complete } from "./completion.ts";

const KEPT = 500;

export function modelRoutes(world: World) {
  return new Hono()
    .post("/v1/chat/completions", async (c) => {
      if (!c.req.header("authorization")) return c.json(failure("The API key is missing", "invalid_request_error", "invalid_api_key"), 401);
      const request = (await c.req.json().catch(() => null)) as (ChatRequest & { stream?: boolean }) | null;
      if (!Array.isArray(request?.messages)) return c.json(failure("'messages' is missing", "invalid_request_error", null), 400);
      if (request.stream) return c.json(failure("The sandbox does not stream", "invalid_request_error", null), 400);
      world.counters.requested("model");
      const now = Date.now();
      const { id } = world.sql
        .exec<{ id: number }>(
          "INSERT INTO model_requests (at, doc) VALUES (?, ?) RETURNING id",
          new Date(now).toISOString(),
          JSON.stringify(request),
        )
        .one();
      world.sql.exec("DELETE FROM model_requests WHERE id <= ?", id - KEPT);
      const { latencyMs } = world.model.value;
      if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
      const completion = complete(request, world.model.value, `chatcmpl-sandbox-${id}`, Math.floor(now / 1000));
      return c.json(completion, 200, { "x-request-id": `req_sandbox_${id}` });
    })
    .all("*", (c) => c.json(failure(`Unknown request URL: ${c.req.method} ${c.req.path}`, "invalid_request_error", "unknown_url"), 404));
}

/** Newest first. */
export function modelRequests(sql: SqlStorage, limit: number): { at: string; request: unknown }[] {
  const rows = sql.exec<{ at: string; doc: string }>("SELECT at, doc FROM model_requests ORDER BY id DESC LIMIT ?", limit);
  return [...rows].map(({ at, doc }) => ({ at, request: JSON.parse(doc) as unknown }));
}

function failure(message: string, type: string, code: string | null): object {
  return { error: { message, type, param: null, code } };
}
