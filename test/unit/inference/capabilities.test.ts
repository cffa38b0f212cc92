// The table of what models take: each row is met by a model id, says where it was read, and a model that nobody has read about gets the most careful answer.
import { describe, expect, it } from "vitest";
import {
  CAPABILITY_OF_PARAMETER,
  CAPABILITY_ROWS,
  type CapabilityRow,
  capabilitiesOf,
  MOST_CAREFUL,
  type ModelFamily,
  rowOf,
} from "../../../src/inference/capabilities.ts";

/** A model id, its family, whether it gives probabilities, takes a temperature, and takes a schema. */
const MODELS: readonly [ModelFamily, string, boolean, boolean, string | undefined][] = [
  ["openai", "gpt-4.1", true, true, undefined],
  ["openai", "gpt-4.1-nano-2025-04-14", true, true, undefined],
  ["openai", "gpt-4o-mini", true, true, undefined],
  ["openai", "gpt-4o-2024-05-13", true, true, "json_object"],
  ["openai", "ft:gpt-4o-mini-2024-07-18:acme::abc", true, true, undefined],
  ["openai", "gpt-5", false, false, undefined],
  ["openai", "gpt-5-mini", false, false, undefined],
  ["openai", "gpt-5.1", true, true, undefined],
  ["openai", "gpt-5.2-2025-12-11", true, true, undefined],
  ["openai", "gpt-5.1-chat-latest", false, false, undefined],
  ["openai", "gpt-5.2-pro", false, false, undefined],
  ["openai", "gpt-5.1-codex-mini", false, false, undefined],
  ["openai", "o3", false, false, undefined],
  ["openai", "o4-mini", false, false, undefined],
  ["openai", "gpt-4o-search-preview", false, false, "prompt"],
  ["openai", "gpt-4-0613", false, false, "prompt"],
  ["gemini", "gemini-2.5-flash", false, true, undefined],
  ["gemini", "models/gemini-3-pro", false, false, undefined],
  ["gemini", "gemma-3", false, false, "prompt"],
  ["workers-ai", "@cf/meta/llama-3.3-70b-instruct-fp8-fast", false, true, undefined],
  ["workers-ai", "@cf/openai/gpt-oss-120b", false, false, "prompt"],
  ["anthropic", "claude-sonnet-4-6", false, false, undefined],
  ["anthropic", "claude-haiku-4-5-20251001", false, false, undefined],
  ["anthropic", "claude-opus-5-5", false, false, undefined],
  ["anthropic", "claude-opus-4-1", false, false, "prompt"],
  ["anthropic", "claude-fable-5", false, false, "prompt"],
  ["vllm", "anything/at-all", true, true, undefined],
  ["ollama", "llama3.2:3b", false, true, undefined],
  ["compatible", "gpt-4.1", false, false, "prompt"],
];

describe("the table", () => {
  it.each(MODELS)("%s %s: probabilities %s, temperature %s, schema %s", (family, id, logprobs, temperature, structured) => {
    const found = capabilitiesOf(family, id);
    expect([found.logprobs, found.temperature, found.structured]).toEqual([logprobs, temperature, structured]);
  });

  it("has no row that no model here meets", () => {
    const met = new Set(MODELS.map(([family, id]) => rowOf(family, id)));
    const unmet = (row: CapabilityRow) => !met.has(row);
    expect(CAPABILITY_ROWS.filter(unmet).map(({ family, pattern }) => `${family} ${pattern}`)).toEqual([]);
  });

  it.each(CAPABILITY_ROWS.map((row) => [`${row.family} ${row.pattern}`, row] as const))("%s says where it was read, and when", (_, row) => {
    expect(row.source).toMatch(/\.(com|dev|ai)\/|github\.com\//);
    expect(row.asOf).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });

  it("asks for no reasoning only where probabilities depend on it", () => {
    const rows = CAPABILITY_ROWS.filter(({ capabilities }) => capabilities.reasoningEffort !== undefined);
    expect(rows.map(({ capabilities }) => capabilities)).toEqual([
      expect.objectContaining({ reasoningEffort: "none", logprobs: true, temperature: true }),
    ]);
  });

  it("gives what nobody has read about the most careful row, with the ceiling that its family knows", () => {
    expect(capabilitiesOf("compatible", "x")).toEqual(MOST_CAREFUL);
    expect(capabilitiesOf("openai", "omega")).toEqual({ ...MOST_CAREFUL, tokenLimit: "max_completion_tokens" });
  });

  it("is overruled by what a deployment knows, and by nothing else of it", () => {
    expect(capabilitiesOf("compatible", "x", { logprobs: true })).toEqual({ ...MOST_CAREFUL, logprobs: true });
    expect(capabilitiesOf("openai", "gpt-5.1", { reasoningEffort: undefined }).reasoningEffort).toBeUndefined();
  });

  it("says for each parameter that may be refused what to write", () => {
    for (const { capability, off } of Object.values(CAPABILITY_OF_PARAMETER)) expect(off.startsWith(`${capability}: `)).toBe(true);
  });
});
