// A workflow that uses one step name twice with the same arguments: only the occurrence tells the two writes apart.
import { slack } from "../../src/connectors/slack.ts";
import { zendesk } from "../../src/connectors/zendesk.ts";
import { defineWorkflow, model } from "../../src/engine/define.ts";
import { CHANNELS } from "../../src/workflows/ticket-triage/channels.ts";
import { ticketTriage } from "../../src/workflows/ticket-triage/workflow.ts";

export const notifyTwice = defineWorkflow(
  {
    name: "ticket-triage",
    version: 2,
    purpose: "Tell a team twice",
    trigger: zendesk.on("ticket.created"),
    lane: ({ event }) => event.subject,
    uses: { desk: zendesk.only("getTicket", "addComment"), chat: slack.only("postMessage"), model: model("default") },
    dataFlow: ticketTriage.dataFlow,
    decisions: {},
  },
  async ({ event, desk, chat }) => {
    const ticket = await desk.getTicket("load ticket", { id: event.subject });
    const message = { channel: CHANNELS.billing, text: `Ticket ${ticket.id} wants a look` };
    await desk.addComment("note", { id: ticket.id, public: false, body: "Interlock tells the team twice." });
    await chat.postMessage("tell", message);
    await chat.postMessage("tell", message);
    return { twice: true };
  },
);
