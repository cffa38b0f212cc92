// A validation as a process of its own, for the test that kills it: the terminal's own code with a model that writes down each call before it answers.
// Called with the file of calls, how many of them are answered before it holds still (it is killed then, however slow the machine is), and the arguments of `npm run validate`.
import { appendFileSync, readFileSync } from "node:fs";
import process from "node:process";
import { deployment } from "../../../src/config.ts";
import type { Model } from "../../../src/inference/model.ts";
import { validate } from "../../../src/terminal/validate.ts";

const [calls = "", answered = "all", ...args] = process.argv.slice(2);
const most = answered === "all" ? Number.POSITIVE_INFINITY : Number(answered);
let asked = 0;
/** Longer than anybody waits: a promise alone would let the process end. */
const HELD_MS = 600_000;

const model: Model = {
  id: "counted",
  provider: "test",
  local: true,
  label: "Counted",
  decide: async ({ input }) => {
    const text = Object.values(input).join(" ").trim();
    appendFileSync(calls, `${text}\n`);
    if (++asked > most) await new Promise((resolve) => setTimeout(resolve, HELD_MS));
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
