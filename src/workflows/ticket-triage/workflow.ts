// Send a new support ticket to the team that can solve it: read the ticket, decide team and priority, set them, explain that in an internal note, and tell
// the team. What may be written without asking is in governance.ts; this file only says what is to be done.
import * as z from "zod";
import { slack } from "../../connectors/slack.ts";
import { zendesk } from "../../connectors/zendesk.ts";
import { defineWorkflow, model } from "../../engine/define.ts";
import { CHANNELS } from "./channels.ts";
import { PRIORITIES, TEAMS, type Team } from "./labels.ts";

export const Triage = z.object({ team: z.enum(TEAMS), priority: z.enum(PRIORITIES) });

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
    dataFlow: [
      {
        element: "ticket.subject",
        class: "personal",
        to: "model",
        purpose: "routing",
        basis: "legitimate-interest",
        treatment: "mask",
        redact: ["email", "phone", "card", "iban", "national-id", "birth-date"],
        retentionDays: 30,
      },
      {
        element: "ticket.description",
        class: "personal",
        to: "model",
        purpose: "routing",
        basis: "legitimate-interest",
        treatment: "mask",
        redact: ["email", "phone", "card", "iban", "national-id", "birth-date"],
        retentionDays: 30,
      },
    ],
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
  async ({ event, desk, chat, model }) => {
    const ticket = await desk.getTicket("load ticket", { id: event.subject });

    const triage = await model.decide("triage", {
      instruction: "Which team can solve this support ticket, and how urgent is it?",
      record: { ticket },
    });

    const routed = await desk.updateTicket(
      "route ticket",
      { id: ticket.id, set: { group: triage.value.team, priority: triage.value.priority } },
      { basedOn: triage },
    );
    if (routed.status === "refused") return { ticket: ticket.id, routed: false, because: routed.because, reason: routed.reason };

    // A reviewer may have chosen another team: everything below follows what was written, not what the model said.
    const team = routed.values.group as Team;
    const priority = String(routed.values.priority);
    const who = routed.decidedBy ? `decided by ${routed.decidedBy}` : `${Math.round(triage.confidence * 100)} % sure`;

    await desk.addComment(
      "explain route",
      { id: ticket.id, public: false, body: `Interlock sent this ticket to ${team} with priority ${priority} (${who}).` },
      { basedOn: triage },
    );
    const told = await chat.postMessage(
      "tell the team",
      { channel: CHANNELS[team], text: `Ticket ${ticket.id} is yours, priority ${priority}: ${ticket.subject}` },
      { basedOn: triage },
    );
    return { ticket: ticket.id, routed: true, team, priority, told: told.status === "applied" };
  },
);
