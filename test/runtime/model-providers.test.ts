// The providers' SDKs in workerd, which has no eval: each is given the one door to the network and asks through it; a body that never ends, ends at the time limit; a
// redirect is an answer and not a way.
import { afterEach, expect, test, vi } from "vitest";
import * as z from "zod";
import { complete } from "../../sandbox/model/completion.ts";
import { answerMessage } from "../../sandbox/model/message.ts";
import { DEFAULT_MODEL } from "../../sandbox/model/rules.ts";
import { outboundFetch } from "../../src/connectors/http.ts";
import { claude } from "../../src/inference/providers/claude.ts";
import { compatibleHost } from "../../src/inference/providers/compatible-host.ts";
import { openai } from "../../src/inference/providers/openai.ts";

const KEYS: Readonly<Record<string, string>> = { OPENAI_API_KEY: "sk-1", ANTHROPIC_API_KEY: "sk-2", OWN_URL: "http://models.internal/v1" };
const TIMEOUT_MS = 60_000;
const SOURCES = {
  openai: openai({ model: "gpt-4.1-mini" }),
  claude: claude({ model: "claude-sonnet-4-6" }),
  own: compatibleHost({ provider: "own", model: "qwen3", baseUrl: "OWN_URL", server: "vllm" }),
};
type Name = keyof typeof SOURCES;
const NAMES = Object.keys(SOURCES) as Name[];

const now = () => 1_790_000_000_000;

async function ask(name: Name, answer: (body: object, init: RequestInit | undefined) => Response | Promise<Response>) {
  const fetched = vi
    .spyOn(globalThis, "fetch")
    .mockImplementation(async (_, init) => answer(JSON.parse(String(init?.body)) as object, init));
  const model = SOURCES[name].build("w", { binding: (binding) => KEYS[binding], fetch: outboundFetch });
  const result = await model.decide(
    {
      decision: "triage",
      instruction: "Choose the team.",
      input: { "ticket.subject": "Charged twice for an invoice" },
      schema: z.object({ team: z.enum(["billing", "shipping"]), due: z.iso.date().nullable() }),
      schemaName: "triage",
      modelId: model.id,
    },
    now,
  );
  return { result, calls: fetched.mock.calls.length };
}

const good = (name: Name) => (body: object) => {
  const rules = { ...DEFAULT_MODEL, rules: [{ match: ".", answer: { due: "2026-12-01" } }] };
  return Response.json(name === "claude" ? answerMessage(body, rules, "msg_1") : complete(body, rules, "c_1", 1));
};

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test.each(NAMES)("%s answers by its SDK", async (name) => {
  const { result, calls } = await ask(name, good(name));
  expect(result).toMatchObject({
    ok: true,
    decision: { value: { team: "billing", due: "2026-12-01" }, source: name === "claude" ? "none" : "logprobs" },
  });
  expect(calls).toBe(1);
});

test.each(NAMES)("%s asks once, whatever goes wrong", async (name) => {
  const { result, calls } = await ask(name, () => Response.json({ error: { message: "no" } }, { status: 503 }));
  expect(result).toMatchObject({ ok: false, error: { code: "model.unavailable" } });
  expect(calls).toBe(1);
});

test.each(NAMES)("%s: a body that never ends, ends at the time limit", async (name) => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  let aborted = 0;
  const asked = ask(name, (_, init) => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode('{"choices":'));
        init?.signal?.addEventListener("abort", () => {
          aborted++;
          controller.error(new DOMException("aborted", "AbortError"));
        });
      },
    });
    return new Response(body, { headers: { "content-type": "application/json" } });
  });
  await vi.advanceTimersByTimeAsync(TIMEOUT_MS - 1);
  expect(aborted).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  const { result } = await asked;
  expect(result).toMatchObject({ ok: false, error: { code: "model.unavailable", message: expect.stringContaining("timed out") } });
  expect(aborted).toBe(1);
});

test.each(NAMES)("%s: a redirect is asked not to be followed, and is no answer", async (name) => {
  let redirect: string | undefined;
  const { result, calls } = await ask(name, (_, init) => {
    redirect = init?.redirect;
    return new Response(null, { status: 308, headers: { location: "https://elsewhere.example/" } });
  });
  expect(redirect).toBe("manual");
  expect(result).toMatchObject({ ok: false, error: { code: "model.rejected", message: expect.stringContaining("redirect") } });
  expect(calls).toBe(1);
});
