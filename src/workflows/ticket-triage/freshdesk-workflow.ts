// Send a new support ticket to the team that can solve it, in Freshdesk. What is done is ticket triage's, and so are the decision, the labels and the samples; here stands
// only what differs: the desk, and its word for a normal priority. What may be written without asking is in freshdesk-governance.ts.
import { freshdesk } from "../../connectors/freshdesk.ts";
import { slack } from "../../connectors/slack.ts";
import { defineWorkflow, model } from "../../engine/define.ts";
import type { Priority } from "./labels.ts";
import { Triage, triageDataFlow, triageTicket } from "./triage.ts";

/** Freshdesk's words for the priorities that the model is asked for. */
export const PRIORITY_IN_FRESHDESK = { low: "low", normal: "medium", high: "high", urgent: "urgent" } as const satisfies Record<
  Priority,
  string
>;

export const freshdeskTriage = defineWorkflow(
  {
    name: "freshdesk-triage",
    version: 1,
    purpose: "Send a new support ticket to the team that can solve it",
    trigger: freshdesk.on("ticket.created"),
    lane: ({ event }) => event.subject,
    uses: {
      desk: freshdesk.only("getTicket", "updateTicket", "addNote"),
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
            status: "open",
            priority: "low",
            type: null,
            group: null,
            agent: null,
            tags: [],
            custom: {},
            requester: { id: "0" },
            updatedAt: "",
          }),
          updateTicket: () => ({ group: null, priority: "low" }),
        },
      },
    },
  },
  async ({ event, desk, chat, model }) =>
    triageTicket(
      event.subject,
      {
        load: (step, id) => desk.getTicket(step, { id }),
        route: (step, id, { team, priority }, because) =>
          desk.updateTicket(step, { id, set: { group: team, priority: PRIORITY_IN_FRESHDESK[priority] } }, because),
        explain: (step, id, text, because) => desk.addNote(step, { id, body: text }, because),
      },
      { chat, model },
    ),
);
