// A workflow with a pause after each of its steps, so that a test can put the object out of memory between any two of them.
import { slack } from "../../src/connectors/slack.ts";
import { zendesk } from "../../src/connectors/zendesk.ts";
import { defineWorkflow, model } from "../../src/engine/define.ts";
import { CHANNELS } from "../../src/workflows/ticket-triage/channels.ts";
import type { Team } from "../../src/workflows/ticket-triage/labels.ts";
import { Triage } from "../../src/workflows/ticket-triage/triage.ts";
import { ticketTriage } from "../../src/workflows/ticket-triage/workflow.ts";

/** Longer than any test runs: only a clock that was moved ends it. */
export const PAUSE_MS = 3_600_000;

export const pausedSteps = defineWorkflow(
  {
    name: "paused-steps",
    version: 1,
    purpose: "Triage a ticket, with a pause after every step",
    trigger: slack.on("app_mention"),
    lane: ({ event }) => event.subject,
    uses: {
      desk: zendesk.only("getTicket", "updateTicket", "addComment"),
      chat: slack.only("postMessage"),
      model: model("default"),
    },
    dataFlow: ticketTriage.dataFlow,
    decisions: { triage: Triage },
  },
  async ({ event, desk, chat, model, step }) => {
    const ticket = await desk.getTicket("load ticket", { id: event.subject });
    await step.sleep("pause", PAUSE_MS);
    const triage = await model.decide("triage", { instruction: "Which team?", input: { "ticket.subject": ticket.subject } });
    await step.sleep("pause", PAUSE_MS);
    const team = triage.value.team as Team;
    await desk.updateTicket("route", { id: ticket.id, set: { group: team, priority: triage.value.priority } }, { basedOn: triage });
    await step.sleep("pause", PAUSE_MS);
    const number = await step.run("number", () => 7);
    await step.sleep("pause", PAUSE_MS);
    await desk.addComment("explain", { id: ticket.id, public: false, body: `Interlock sent ${number}` }, { basedOn: triage });
    await step.sleep("pause", PAUSE_MS);
    await chat.postMessage("tell", { channel: CHANNELS[team], text: `Ticket ${ticket.id}` }, { basedOn: triage });
    await step.sleep("pause", PAUSE_MS);
    return { number };
  },
);
