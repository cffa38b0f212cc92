// npm run probe -- --model NAME: asks a model of src/config.ts one invented question from a terminal, and prints what came back. Addresses and keys are read from the
// environment, then .dev.vars; none is printed. It keeps nothing: the page /providers keeps the last probe of each model in D1.
// The exit code is 0 only when the model answered.
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { parseArgs, parseEnv } from "node:util";
import { deployment } from "./config.ts";
import { outboundFetch } from "./connectors/http.ts";
import { adviceOf, type Probe, probe } from "./operations/probe-model.ts";

const DEV_VARS = ".dev.vars";

const { values } = parseArgs({ options: { model: { type: "string" } }, allowPositionals: false });
const fromFile = existsSync(DEV_VARS) ? parseEnv(readFileSync(DEV_VARS, { encoding: "utf8" })) : {};
const bindings = {
  binding: (name: string) => process.env[name] || fromFile[name] || undefined,
  fetch: outboundFetch,
  blobs: { get: async () => null },
  versions: { current: async () => null },
};

const probed = await probe(deployment, values.model ?? "default", bindings, "terminal", Date.now);
if (!probed.ok) fail(probed.error.message);
else {
  for (const [name, value] of linesOf(probed.value)) console.log(`${name.padEnd(15)}${value}`);
  const advice = adviceOf(probed.value);
  if (advice !== null) console.log(`\n${advice}`);
  if (probed.value.outcome.state === "failed") process.exitCode = 1;
}

function linesOf({ model, provider, host, modelId, outcome }: Probe): [string, string][] {
  const about: [string, string][] = [
    ["Model", `${model} (${modelId})`],
    ["Provider", `${provider} at ${host}`],
  ];
  if (outcome.state === "failed") return [...about, ["Failed", `${outcome.error.code}: ${outcome.error.message}`]];
  return [
    ...about,
    ["Answered as", outcome.answeredAs],
    ["Schema", "kept"],
    ["Its answer", outcome.right ? "right" : "wrong"],
    ["Probabilities", outcome.logprobs],
    ["Took", `${outcome.latencyMs} ms`],
    ["Tokens", `${outcome.promptTokens ?? "an unknown number"} read, ${outcome.completionTokens ?? "an unknown number"} written`],
    ["Cost", outcome.costUsd === null ? "unknown" : `$${outcome.costUsd.toFixed(6)}`],
  ];
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}
