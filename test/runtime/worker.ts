// The Worker under test: this repository's deployment with a scripted model. The ticket's text says what the model answers ("team=returns confidence=0.3"), so
// that a test states its own case.
import { deployment as real } from "../../src/config.ts";
import type { Deployment } from "../../src/deployment.ts";
import type { Model } from "../../src/inference/model.ts";
import { createWorker } from "../../src/worker.ts";

export const scripted: Model & { calls: number } = {
  id: "scripted",
  provider: "test",
  label: "Scripted",
  calls: 0,
  async decide({ input }) {
    scripted.calls++;
    const text = Object.values(input).join("\n");
    return {
      ok: true,
      decision: {
        value: { team: /team=(\w+)/.exec(text)?.[1] ?? "billing", priority: "high" },
        confidence: Number(/confidence=([\d.]+)/.exec(text)?.[1] ?? 0.95),
        fields: {},
        source: "logprobs",
        model: "scripted",
        provider: "test",
        usage: { promptTokens: 1, completionTokens: 1 },
        costUsd: 0,
        latencyMs: 1,
      },
    };
  },
};

export const deployment: Deployment = { ...real, partitions: 4, models: { default: { trained: [], build: () => scripted } } };
/** Moves on with every look, so that what starts remember for a moment is never remembered here. */
let clock = 0;
const worker = createWorker(deployment, () => {
  clock += 60_000;
  return clock;
});

export default worker.handler;
export const RunPartition = worker.RunPartition;
