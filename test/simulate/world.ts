// Everything outside the engine in one schedule: the clock, Zendesk and Slack in memory, the runs with what is durable of them, and what people said.

import type { InterlockEvent } from "../../src/core/event.ts";
import type { JsonObject } from "../../src/core/json.ts";
import type { Entry, NewEntry } from "../../src/engine/journal.ts";
import { CHANNELS } from "../../src/workflows/ticket-triage/channels.ts";
import { TEAMS, type Team } from "../../src/workflows/ticket-triage/labels.ts";
import { memoryLimits } from "../harness/memory-limits.ts";
import { createFakeSlack } from "../unit/connectors/fake-slack.ts";
import { createFakeZendesk } from "../unit/connectors/fake-zendesk.ts";
import type { RunScenario, Scenario } from "./scenario.ts";

export interface SimulatedRun {
  readonly id: string;
  readonly event: InterlockEvent;
  readonly scenario: RunScenario;
  readonly durable: Entry[];
  /** Each durable entry as it was when it became so. */
  readonly texts: string[];
  /** When its next pass is due; null while only a person can move it. */
  due: number | null;
  ended: boolean;
  /** Its last pass ended with a wait that only an operator can end. */
  held: boolean;
  undoAsked: boolean;
  readonly seenApprovals: Set<string>;
  /** How often it has asked a model. */
  readonly asked: { count: number };
}

/** What a person sent, and whether it was accepted. `writes`: what it allows to write. */
export interface Answer {
  readonly approvalId: string;
  readonly digest: string;
  readonly by: string;
  readonly at: number;
  readonly writes: JsonObject | null;
  readonly forbidden: boolean;
  readonly accepted: boolean;
}

export type World = ReturnType<typeof createWorld>;

export function createWorld(scenario: Scenario) {
  const clock = { now: Date.parse("2026-01-05T09:00:00Z") };
  const now = () => clock.now;
  const zendesk = createFakeZendesk({ token: "z", now });
  zendesk.groups.splice(
    0,
    zendesk.groups.length,
    ...["support", ...TEAMS].map((name, index) => ({ id: 100 + index, name, deleted: false })),
  );
  const slack = createFakeSlack({ token: "s", channels: Object.values(CHANNELS), now });
  for (const team of scenario.archived) slack.channels.get(CHANNELS[team as Team])!.archived = true;
  const tickets = Array.from({ length: scenario.tickets }, () => zendesk.add({ subject: "Charged twice", group_id: 100, priority: null }));
  return {
    clock,
    zendesk,
    slack,
    tickets,
    limits: memoryLimits(now),
    runs: [] as SimulatedRun[],
    accepted: new Set<string>(),
    answers: [] as Answer[],
    groupName: (id: number | null): string | null => zendesk.groups.find((group) => group.id === id)?.name ?? null,
    /** The text of the message that carries this key. */
    posted: (key: string): string | null => {
      for (const { messages } of slack.channels.values())
        for (const { metadata, text } of messages) if (metadata?.event_payload?.key === key) return text;
      return null;
    },
    /** How often the systems hold the effect of this key. */
    held: (key: string): number => {
      let count = 0;
      for (const id of tickets) for (const { metadata } of zendesk.audits(id)) if (metadata.custom.interlock === key) count++;
      for (const { messages } of slack.channels.values())
        for (const { metadata } of messages) if (metadata?.event_payload?.key === key) count++;
      return count;
    },
  };
}

/** Numbers and keeps entries for good. */
export function keep(run: SimulatedRun, added: readonly (NewEntry & { readonly at?: number })[], now: number): void {
  for (const entry of added) {
    const kept = { at: now, ...entry, seq: run.durable.length + 1 } as Entry;
    run.texts.push(JSON.stringify(kept));
    run.durable.push(kept);
  }
}
