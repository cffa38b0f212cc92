// What ticket triage does, in whichever help desk the ticket is: read it, decide team and priority, set them, explain that to the agents, and tell the team.
// How a desk is read and written is said by the workflow of that desk; what may be written without asking is in its governance spec.
import * as z from "zod";
import type { slack } from "../../connectors/slack.ts";
import type { DataElement, Decided, EffectOutcome, Handles, ModelUse } from "../../engine/define.ts";
import { CHANNELS } from "./channels.ts";
import { PRIORITIES, type Priority, TEAMS, type Team } from "./labels.ts";

export const Triage = z.object({ team: z.enum(TEAMS), priority: z.enum(PRIORITIES) });

export const triageDataFlow = [
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
] as const satisfies readonly DataElement[];

type Element = (typeof triageDataFlow)[number]["element"];
type Others = Handles<{ chat: ReturnType<typeof slack.only<"postMessage">>; model: ModelUse }, { triage: typeof Triage }, Element>;
type Because = { readonly basedOn: Decided };

/** A help desk as triage sees it. What is set is called "group" and "priority" there, in the desk's own words. */
export interface Desk {
  readonly load: (step: string, id: string) => Promise<{ readonly id: string; readonly subject: string; readonly description: string }>;
  readonly route: (step: string, id: string, to: { team: Team; priority: Priority }, because: Because) => Promise<EffectOutcome>;
  readonly explain: (step: string, id: string, text: string, because: Because) => Promise<EffectOutcome>;
}

export async function triageTicket(id: string, desk: Desk, { chat, model }: Others) {
  const ticket = await desk.load("load ticket", id);

  const triage = await model.decide("triage", {
    instruction: "Which team can solve this support ticket, and how urgent is it?",
    record: { ticket },
  });

  const routed = await desk.route("route ticket", ticket.id, triage.value, { basedOn: triage });
  if (routed.status === "refused") return { ticket: ticket.id, routed: false, because: routed.because, reason: routed.reason };

  // A reviewer may have chosen another team: everything below follows what was written, not what the model said.
  const team = routed.values.group as Team;
  const priority = String(routed.values.priority);
  const who = routed.decidedBy ? `decided by ${routed.decidedBy}` : `${Math.round(triage.confidence * 100)} % sure`;

  await desk.explain("explain route", ticket.id, `Interlock sent this ticket to ${team} with priority ${priority} (${who}).`, {
    basedOn: triage,
  });
  const told = await chat.postMessage(
    "tell the team",
    { channel: CHANNELS[team], text: `Ticket ${ticket.id} is yours, priority ${priority}: ${ticket.subject}` },
    { basedOn: triage },
  );
  return { ticket: ticket.id, routed: true, team, priority, told: told.status === "applied" };
}
