// Send a new support ticket to the team that can solve it, in Zendesk. What is done is in triage.ts, which Freshdesk's workflow shares; what may be written without asking
// is in governance.ts.
import { slack } from "../../connectors/slack.ts";
import { zendesk } from "../../connectors/zendesk.ts";
import { defineWorkflow, model } from "../../engine/define.ts";
import { Triage, triageDataFlow, triageTicket } from "./triage.ts";

export const ticketTriage = defineWorkflow(
  {
    name: "ticket-triage",
    version: 1,
    purpose: "Send a new support ticket to the team that can solve it",
    trigger: zendesk.on("ticket.created"),
    lane: ({ event }) => event.subject,
    uses: {
      desk: zendesk.only("getTicket", "updateTicket", "addComment"),
      chat: slack.only("postMessage"),
      model: model("default"),
    },
    dataFlow: triageDataFlow,
    decisions: { triage: Triage },
    // A labelled ticket of a validation: what the run would have been told and would have read.
    rehearsal: {
      decision: "triage",
      text: "ticket.description",
      label: "team",
      event: ({ number }) => ({ subject: String(number), data: null }),
      answers: {
        desk: {
          getTicket: ({ number, input }) => ({
            id: String(number),
            subject: input["ticket.subject"],
            description: input["ticket.description"],
            status: "new",
            priority: null,
            group: null,
            tags: [],
            requester: { id: "0" },
            updatedAt: "",
          }),
          updateTicket: () => ({ group: null, priority: null }),
        },
      },
    },
  },
  async ({ event, desk, chat, model }) =>
    triageTicket(
      event.subject,
      {
        load: (step, id) => desk.getTicket(step, { id }),
        route: (step, id, { team, priority }, because) => desk.updateTicket(step, { id, set: { group: team, priority } }, because),
        explain: (step, id, text, because) => desk.addComment(step, { id, public: false, body: text }, because),
      },
      { chat, model },
    ),
);
