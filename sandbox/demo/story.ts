// What happens in the demo: customers write, Interlock routes, and (in a check) a reviewer answers. Says each thing as it happens; decides nothing itself.
import type { RunRow } from "../../src/db/reads.ts";
import { type SandboxClient, sandboxClient } from "../client.ts";
import { type ConsoleClient, consoleClient } from "./console-client.ts";
import type { Surroundings } from "./surroundings.ts";
import { type DemoTicket, demoTickets } from "./tickets.ts";

export interface SentTicket {
  readonly ticket: DemoTicket;
  readonly id: number;
  /** HTTP status of each delivery. */
  readonly statuses: readonly (number | null)[];
}

export interface Story {
  readonly sandbox: SandboxClient;
  readonly console: ConsoleClient;
  readonly sent: readonly SentTicket[];
}

/** Longer than any run of the demo needs, training of the built-in model included; a run that is not there by then is a fault. */
const PATIENCE_MS = 90_000;
const POLL_MS = 150;

export async function tellStory(surroundings: Surroundings, say: (line: string) => void): Promise<Story> {
  const sandbox = sandboxClient(surroundings.sandbox.url);
  const console = consoleClient(surroundings.interlock.url);
  say("Customers write in; the sandbox's Zendesk posts a signed webhook for each ticket:");
  const sent: SentTicket[] = [];
  for (const ticket of demoTickets) {
    const { subject, description, deliver = "once" } = ticket;
    const { ticket_id: id, deliveries } = await sandbox.newTicket({ subject, description, deliver });
    const statuses = deliveries.map((delivery) => delivery.status);
    sent.push({ ticket, id, statuses });
    say(`  ticket ${id}  ${pad(subject, 48)} webhook ${statuses.join(" and ")}${deliver === "once" ? "" : `  (${deliver})`}`);
  }
  say("");
  const started = sent.filter(({ ticket }) => ticket.expect !== "refused").length;
  await settle(console, started, () => true, say);
  return { sandbox, console, sent };
}

/** Waits until so many runs have ended or wait for a person, and says every change of a run's state. */
export async function settle(
  console: ConsoleClient,
  count: number,
  isSettled: (run: RunRow) => boolean,
  say: (line: string) => void,
): Promise<RunRow[]> {
  const told = new Map<string, string>();
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const runs = await console.runs();
    for (const run of runs) {
      const state = describe(run);
      if (told.get(run.id) !== state) say(`  ${new Date().toISOString().slice(11, 19)}  ticket ${run.subject}  ${state}`);
      told.set(run.id, state);
    }
    if (runs.length >= count && runs.every((run) => rests(run) && isSettled(run))) return runs;
    if (Date.now() > until)
      throw new Error(`Only ${runs.filter(rests).length} of ${count} runs came to rest within ${PATIENCE_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

const rests = ({ state }: RunRow): boolean =>
  state.status === "completed" ||
  state.status === "failed" ||
  (state.status === "waiting" && ["approval", "signal", "operator", "paused"].includes(state.on.kind));

const WAITS = {
  timer: "its time",
  signal: "a signal",
  lane: "its turn",
  limit: "its turn",
  child: "another run",
  paused: "somebody to let it go on",
  operator: "an operator",
} as const;

export function describe({ state }: RunRow): string {
  switch (state.status) {
    case "waiting":
      return state.on.kind === "approval" ? "waits for a reviewer" : `waits for ${WAITS[state.on.kind]}`;
    case "completed": {
      const output = state.output as { routed?: boolean; team?: string; priority?: string; because?: string };
      return output.routed ? `routed to ${output.team}, priority ${output.priority}` : `left as it was (${output.because})`;
    }
    case "failed":
      return `failed: ${state.error.message}`;
    default:
      return state.status;
  }
}

export const pad = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width));
