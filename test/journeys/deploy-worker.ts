// Deployments of one workflow as it changes under its runs: which versions, and which bodies, a bundle holds is fixed when it is made.
import * as z from "zod";
import { bearer } from "../../src/connectors/auth.ts";
import { defineConnector, writeAction } from "../../src/connectors/define.ts";
import { genericHmacWebhook } from "../../src/connectors/generic-hmac.ts";
import { defineDeployment } from "../../src/deployment.ts";
import { defineWorkflow, type Workflow } from "../../src/engine/define.ts";
import { createWorker } from "../../src/worker.ts";

/** Of deploy.test.ts. */
declare const DEPLOYED: readonly ("1" | "1 changed" | "2")[];

const notes = defineConnector({
  name: "notes",
  title: "Notes",
  auth: bearer,
  credentials: [],
  webhooks: { deliveries: genericHmacWebhook({ name: "notes", signatureHeader: "x-signature", encoding: "hex" }) },
  triggers: { opened: "Something was opened" },
  actions: {
    write: writeAction({
      effect: "send",
      summary: "Write a note",
      docs: "https://www.rfc-editor.org/rfc/rfc9110",
      idempotency: "key",
      input: z.strictObject({ text: z.string() }),
      output: z.object({ ok: z.boolean() }),
      target: () => "notes",
      values: ({ text }) => ({ text }),
      withValues: (input, values) => ({ ...input, ...values }),
      apply: async ({ text }, { http, key }) => {
        const { json } = await http.send({ method: "POST", path: "/notes", headers: { "idempotency-key": key }, body: { text } });
        return json as { ok: boolean };
      },
      undo: { kind: "irreversible", because: "A note stays" },
    }),
  },
});

const Go = z.strictObject({});
const envelope = (version: number) => ({
  name: "note-taking",
  version,
  purpose: "Write notes while the code changes",
  trigger: notes.on("opened"),
  lane: ({ event }: { event: { subject: string } }) => event.subject,
  uses: { notes: notes.only("write") },
  dataFlow: [],
  decisions: {},
});

const first = defineWorkflow(envelope(1), async ({ event, notes, step }) => {
  await notes.write("before", { text: `${event.subject}: before` });
  await step.signal("go", { schema: Go, within: 3_600_000 });
  await notes.write("after", { text: `${event.subject}: after` });
  return 1;
});

/** The same version with another body: what must not be deployed while runs are under way. */
const changed = defineWorkflow(envelope(1), async ({ event, notes, step }) => {
  await notes.write("before anything", { text: `${event.subject}: changed` });
  await step.signal("go", { schema: Go, within: 3_600_000 });
  await notes.write("after", { text: `${event.subject}: changed` });
  return 1;
});

const second = defineWorkflow(envelope(2), async ({ event, notes }) => {
  await notes.write("only", { text: `${event.subject}: by the second version` });
  return 2;
});

const bodies: Readonly<Record<(typeof DEPLOYED)[number], Workflow>> = { "1": first, "1 changed": changed, "2": second };

const worker = createWorker(
  defineDeployment({
    connections: {
      notes: { connector: notes, baseUrl: "NOTES_URL", credential: "NOTES_TOKEN", webhookSecrets: ["NOTES_SECRET"], admission: "direct" },
    },
    models: {},
    workflows: DEPLOYED.map((name) => bodies[name]),
    partitions: 2,
  }),
);

export default worker.handler;
export const RunPartition = worker.RunPartition;
export const WorkflowLimits = worker.WorkflowLimits;
export const Connection = worker.Connection;
export const Poller = worker.Poller;
export const Scheduler = worker.Scheduler;
