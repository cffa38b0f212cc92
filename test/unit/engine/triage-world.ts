// The triage workflow with in-memory Zendesk, Slack and a scripted model: everything outside the engine, countable.
import { slackRefusal } from "../../../src/connectors/slack-api.ts";
import type { InterlockEvent } from "../../../src/core/event.ts";
import type { GovernanceSpec } from "../../../src/governance/spec.ts";
import type { Model } from "../../../src/inference/model.ts";
import { CHANNELS } from "../../../src/workflows/ticket-triage/channels.ts";
import { ticketTriageSpec } from "../../../src/workflows/ticket-triage/governance.ts";
import { TEAMS } from "../../../src/workflows/ticket-triage/labels.ts";
import { ticketTriage } from "../../../src/workflows/ticket-triage/workflow.ts";
import { MemoryEngine, type MemoryOptions } from "../../harness/memory-engine.ts";
import { createFakeSlack } from "../connectors/fake-slack.ts";
import { createFakeZendesk } from "../connectors/fake-zendesk.ts";

export interface Scenario {
  readonly team?: string;
  readonly confidence?: number;
  readonly spec?: Partial<GovernanceSpec>;
  readonly answer?: MemoryOptions["answer"];
  readonly stopAt?: ReadonlySet<number>;
  readonly workflow?: MemoryOptions["workflow"];
  readonly runs?: MemoryOptions["runs"];
  readonly size?: MemoryOptions["size"];
}

export function triageWorld(scenario: Scenario = {}) {
  const clock = { now: Date.parse("2026-01-05T09:00:00Z") };
  const now = () => clock.now;
  const zendesk = createFakeZendesk({ token: "z", now });
  zendesk.groups.splice(
    0,
    zendesk.groups.length,
    ...["support", ...TEAMS].map((name, index) => ({ id: 100 + index, name, deleted: false })),
  );
  const slack = createFakeSlack({ token: "s", channels: Object.values(CHANNELS), now });
  const id = zendesk.add({
    subject: "Charged twice",
    description: "My card was charged twice for one order.",
    group_id: 100,
    priority: null,
  });
  const model: Model & { calls: number } = {
    id: "scripted",
    provider: "test",
    local: true,
    label: "Scripted",
    calls: 0,
    async decide() {
      model.calls++;
      const confidence = scenario.confidence ?? 0.95;
      return {
        ok: true,
        decision: {
          value: { team: scenario.team ?? "billing", priority: "high" },
          confidence,
          fields: {},
          source: "logprobs",
          basis: { prompt: "prompt", schema: "schema" },
          model: "scripted",
          provider: "test",
          usage: { promptTokens: 1, completionTokens: 1 },
          costUsd: 0,
          latencyMs: 1,
        },
      };
    },
  };
  const event: InterlockEvent = {
    id: "evt_1",
    connection: "zendesk",
    source: "zendesk/zendesk",
    type: "ticket.created",
    subject: id,
    time: clock.now,
    data: {},
  };
  const engine = new MemoryEngine({
    workflow: scenario.workflow ?? ticketTriage,
    spec: { ...ticketTriageSpec, ...scenario.spec },
    event,
    model,
    systems: {
      zendesk: { fetch: zendesk.fetch, authorization: "Bearer z" },
      slack: { fetch: slack.fetch, authorization: "Bearer s", refusal: slackRefusal },
    },
    clock,
    ...(scenario.answer ? { answer: scenario.answer } : {}),
    ...(scenario.stopAt ? { stopAt: scenario.stopAt } : {}),
    ...(scenario.runs ? { runs: scenario.runs } : {}),
    ...(scenario.size ? { size: scenario.size } : {}),
  });
  return { engine, zendesk, slack, clock, id, model, outside: () => outside(zendesk, slack, id) };
}

/** What the systems hold in the end, without the stamps that a later clock gives. */
function outside(zendesk: ReturnType<typeof createFakeZendesk>, slack: ReturnType<typeof createFakeSlack>, id: string) {
  const ticket = zendesk.tickets.get(id);
  return {
    group: zendesk.groups.find((group) => group.id === ticket?.group_id)?.name,
    priority: ticket?.priority,
    comments: zendesk.comments(id).map((comment) => `${comment.public ? "public" : "private"}: ${comment.body}`),
    ticketWrites: zendesk.writes.get(id) ?? 0,
    messages: [...slack.channels.values()].flatMap((channel) => channel.messages.map((message) => `${channel.id}: ${message.text}`)),
    posts: slack.writes.get("chat.postMessage") ?? 0,
  };
}
