// A validation as a process of its own, for the test that kills it: the terminal's own code with a model that writes down each call before it answers.
// Called with the file of calls, milliseconds per call, and the arguments of `npm run validate`.
import { appendFileSync, readFileSync } from "node:fs";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { deployment } from "../../../src/config.ts";
import type { Model } from "../../../src/inference/model.ts";
import { validate } from "../../../src/terminal/validate.ts";

const [calls = "", ms = "0", ...args] = process.argv.slice(2);

const model: Model = {
  id: "counted",
  provider: "test",
  local: true,
  label: "Counted",
  decide: async ({ input }) => {
    const text = Object.values(input).join(" ").trim();
    appendFileSync(calls, `${text}\n`);
    await pause(Number(ms));
    return {
      ok: true,
      decision: {
        value: { team: /team=(\w+)/.exec(text)?.[1], priority: "high" },
        confidence: 0.9,
        fields: { team: { confidence: 0.9, alternatives: [] }, priority: { confidence: 0.9, alternatives: [] } },
        source: "logprobs",
        basis: { prompt: "p", schema: "s" },
        model: "counted",
        provider: "test",
        usage: { promptTokens: 1, completionTokens: 1 },
        costUsd: null,
        latencyMs: 1,
      },
    };
  },
};

process.exitCode = await validate(args, {
  deployment: { ...deployment, models: { default: { trained: [], build: () => model } } },
  now: Date.now,
  random: Math.random,
  readText: (file) => readFileSync(file, "utf8"),
  binding: () => undefined,
  fetch: () => Promise.reject(new Error("no network here")),
  print: (text) => console.log(text),
  tell: (text) => process.stderr.write(text),
  bar: false,
});
