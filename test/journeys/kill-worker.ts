// The deployment that the kill test pulls the plug on: the real connectors and engine, and a workflow of one read, one write and one send, both with lookup
// idempotency. Leaner than ticket-triage, so that 5,000 runs fit into a test: what a kill can break is a write on its way, and both kinds are here.
// Events are admitted directly: the local queue keeps its messages in memory, and a kill would lose what Cloudflare's queue keeps.
import { slack } from "../../src/connectors/slack.ts";
import { zendesk } from "../../src/connectors/zendesk.ts";
import { defineDeployment } from "../../src/deployment.ts";
import { defineWorkflow } from "../../src/engine/define.ts";
import { createWorker } from "../../src/worker.ts";
import { CHANNEL, COMMENT, WORKFLOW } from "./kill-spec.ts";

const killed = defineWorkflow(
  {
    name: WORKFLOW,
    version: 1,
    purpose: "Write to two systems for each ticket, so that a kill can interrupt either",
    trigger: zendesk.on("ticket.created"),
    lane: ({ event }) => event.subject,
    uses: { desk: zendesk.only("getTicket", "addComment"), chat: slack.only("postMessage") },
    dataFlow: [],
    decisions: {},
  },
  async ({ event, desk, chat }) => {
    const ticket = await desk.getTicket("load ticket", { id: event.subject });
    await desk.addComment("note it", { id: ticket.id, public: false, body: `${COMMENT} ${ticket.id}` });
    // Its tag names the thread.
    const told = await chat.postMessage("tell the team", { channel: CHANNEL, text: `Ticket ${ticket.id}`, threadTs: ticket.tags[0] ?? "" });
    return { told: told.status };
  },
);

const worker = createWorker(
  defineDeployment({
    connections: {
      zendesk: {
        connector: zendesk,
        baseUrl: "ZENDESK_URL",
        credential: "ZENDESK_TOKEN",
        webhookSecrets: ["ZENDESK_WEBHOOK_SECRET"],
        admission: "direct",
      },
      slack: { connector: slack, baseUrl: "SLACK_URL", credential: "SLACK_TOKEN", webhookSecrets: [] },
    },
    models: {},
    workflows: [killed],
  }),
);

export default worker.handler;
export const RunPartition = worker.RunPartition;
export const WorkflowLimits = worker.WorkflowLimits;
export const Connection = worker.Connection;
export const Poller = worker.Poller;
export const Scheduler = worker.Scheduler;
