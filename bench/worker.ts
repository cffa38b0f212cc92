// The benchmark's deployment: the same flow as the reference (signed webhook, one model call, one write-back, audit), as a workflow on the real engine with a
// governance spec, an effect journal and the projection. Nothing is switched off.
import * as z from "zod";
import { bearer } from "../src/connectors/auth.ts";
import { defineConnector, writeAction } from "../src/connectors/define.ts";
import { genericHmacWebhook } from "../src/connectors/generic-hmac.ts";
import { defineDeployment } from "../src/deployment.ts";
import { defineWorkflow, model } from "../src/engine/define.ts";
import { openAiCompatibleModel } from "../src/inference/providers/openai-compatible.ts";
import { createWorker } from "../src/worker.ts";

/** Set when the bundle is made: how many partitions to measure with. */
declare const BENCH_PARTITIONS: number;

const records = defineConnector({
  name: "records",
  title: "The rig's business system",
  auth: bearer,
  credentials: [],
  webhooks: {
    deliveries: genericHmacWebhook({
      name: "records",
      signatureHeader: "x-signature",
      encoding: "hex",
      prefix: "sha256=",
      idHeader: "x-event-id",
    }),
  },
  triggers: { "ticket.created": "A ticket was created" },
  actions: {
    decide: writeAction({
      effect: "write",
      summary: "Write the decision to the record",
      docs: "https://www.rfc-editor.org/rfc/rfc5789",
      idempotency: "key",
      input: z.strictObject({ id: z.string(), decision: z.enum(["approved", "review"]), label: z.string() }),
      output: z.object({ ok: z.boolean() }),
      target: ({ id }) => `record/${id}`,
      values: ({ decision, label }) => ({ decision, label }),
      withValues: (input, values) => ({ ...input, ...(values as { decision: "approved" | "review"; label: string }) }),
      apply: async ({ id, decision, label }, { http, key }) => {
        const { json } = await http.send({
          method: "PATCH",
          path: `/records/${encodeURIComponent(id)}`,
          headers: { "idempotency-key": key },
          body: { decision, label },
        });
        return json as { ok: boolean };
      },
      undo: { kind: "irreversible", because: "The rig keeps no old values" },
    }),
  },
});

const Answer = z.object({ label: z.enum(["refund", "question"]), confidence: z.number() });

export const benchWorkflow = defineWorkflow(
  {
    name: "bench",
    version: 1,
    purpose: "Measure what one run costs",
    trigger: records.on("ticket.created"),
    lane: ({ event }) => event.id,
    uses: { records: records.only("decide"), model: model("rig") },
    dataFlow: [
      {
        element: "ticket.text",
        class: "personal",
        to: "model",
        purpose: "routing",
        basis: "contract",
        redact: ["email", "card"],
        retentionDays: 1,
      },
    ],
    decisions: { answer: Answer },
  },
  async ({ event, records, model }) => {
    const ticket = event.data as { id: string; subject: string; body: string };
    const answer = await model.decide("answer", {
      instruction: "Classify the ticket.",
      input: { "ticket.text": `id=${ticket.id}\n${ticket.subject}\n${ticket.body}` },
    });
    const decision = answer.value.confidence >= 0.7 ? "approved" : "review";
    const written = await records.decide("write decision", { id: ticket.id, decision, label: answer.value.label }, { basedOn: answer });
    return { decision, written: written.status };
  },
);

const worker = createWorker(
  defineDeployment({
    connections: { rig: { connector: records, baseUrl: "BIZ_URL", webhookSecrets: ["RIG_SECRET"] } },
    models: {
      rig: {
        trained: [],
        build: (_workflow, { binding, fetch }) =>
          openAiCompatibleModel({
            id: "mock",
            provider: "rig",
            label: "The rig's model",
            // A stand-in on the same machine: there is no provider to have an agreement with.
            local: true,
            apiKey: "x",
            baseURL: binding("MODEL_URL") ?? "",
            fetch,
            capabilities: { logprobs: false, temperature: false },
            timeoutMs: 10_000,
          }),
      },
    },
    workflows: [benchWorkflow],
    partitions: BENCH_PARTITIONS,
  }),
);

export default worker.handler;
export const RunPartition = worker.RunPartition;
export const WorkflowLimits = worker.WorkflowLimits;
export const Connection = worker.Connection;
export const Poller = worker.Poller;
export const Scheduler = worker.Scheduler;
