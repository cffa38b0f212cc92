// Runs of ticket-triage as their journals tell them, at several points of their life, and a way to put them into D1 as a partition would: through the
// engine's own views and the real projection. Tests read them back; nothing here is asserted.
import { seedSpecs } from "../../../sandbox/specs.ts";
import type { Approval, Decision } from "../../../src/core/approval.ts";
import type { InterlockEvent } from "../../../src/core/event.ts";
import { eventIdOf, runIdOf } from "../../../src/core/ids.ts";
import { digest, type JsonObject } from "../../../src/core/json.ts";
import { hasEnded, type RunState } from "../../../src/core/run.ts";
import { projectRuns } from "../../../src/db/projection.ts";
import { decisionCost } from "../../../src/engine/decision-cost.ts";
import type { Entry, NewEntry } from "../../../src/engine/journal.ts";
import { approvalViews, effectView } from "../../../src/engine/project.ts";
import { CHAIN_START } from "../../../src/governance/audit-chain.ts";
import type { GovernanceSpec } from "../../../src/governance/spec.ts";

export const NOW = Date.UTC(2026, 10, 23, 14, 30);
export const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const SPEC: GovernanceSpec = {
  workflow: "ticket-triage",
  version: 3,
  owner: "head.of.support@example.com",
  purpose: "Route new support tickets to the team that can solve them",
  mode: "live",
  regulated: false,
  thresholds: { triage: 0.8 },
  alwaysAsk: [],
  actions: {
    "zendesk.updateTicket": {
      ask: "when_unsure",
      fields: {
        group: { oneOf: ["billing", "shipping", "returns", "technical", "account", "privacy"] },
        priority: { oneOf: ["low", "normal", "high", "urgent"] },
        note: { maxLength: 200 },
        reopen: {},
      },
    },
    "slack.postMessage": { ask: "never", fields: { text: { maxLength: 2000 } } },
  },
  review: { reviewers: ["ada@example.com", "grace@example.com"], slaMinutes: 240, onExpiry: "reject" },
  onFailure: "compensate",
  rollback: { procedure: "Undo each write on its run's page", owner: "owner@example.com", windowDays: 30 },
  retention: { payloadDays: 30 },
};

export type Ending =
  | "asked"
  | "approved"
  | "edited"
  | "rejected"
  | "expired"
  | "voided"
  | "undone"
  | "conflict"
  | "unknown"
  | "held"
  | "failed"
  | "retrying";

export interface Telling {
  readonly ticket: number;
  readonly ending: Ending;
  readonly subject?: string;
  readonly description?: string;
  readonly team?: string;
  readonly priority?: string;
  readonly confidence?: number;
  /** More values than group and priority. */
  readonly extra?: JsonObject;
  readonly startedAt?: number;
  /** Nobody was asked about the message to the team, and it was chosen to be looked at afterwards. */
  readonly sampled?: true;
  /** Who began the run again by hand. */
  readonly begunBy?: string;
  readonly model?: { readonly model: string; readonly provider: string };
  /** Of the model's call; nothing, unless said. */
  readonly costUsd?: number | null;
}

export interface Story {
  readonly id: string;
  readonly event: InterlockEvent;
  readonly entries: Entry[];
  readonly state: RunState;
  readonly startedAt: number;
  readonly approvalId: string;
}

const STEP = "route ticket";
const DESCRIPTION =
  "Hi, my card statement shows two payments of 129.90 for the same headphones.\nI only placed one order. Could you refund the second charge?";

export function tell(telling: Telling): Story {
  const { ticket, ending, subject = "Charged twice for order 48213", team = "billing", priority = "high", confidence = 0.714 } = telling;
  const { description = DESCRIPTION } = telling;
  const startedAt = telling.startedAt ?? NOW - 48 * MINUTE;
  const event: InterlockEvent = {
    id: eventIdOf("zendesk", `ticket ${ticket}`),
    connection: "zendesk",
    source: "zendesk/zendesk",
    type: "ticket.created",
    subject: String(ticket),
    time: startedAt - 1200,
    data: {
      type: "zen:event-type:ticket.created",
      subject: `zen:ticket:${ticket}`,
      detail: { id: String(ticket), subject, requester_id: "88301", via: { channel: "email" } },
    },
  };
  const id = runIdOf("ticket-triage", event.id);
  const entries: Entry[] = [];
  let at = startedAt;
  const say = (entry: NewEntry, after = 40) => {
    at += after;
    entries.push({ ...entry, seq: entries.length + 1, at } as Entry);
  };
  const values: JsonObject = { group: team, priority, ...telling.extra };
  const before: JsonObject = {
    group: "support",
    priority: "normal",
    ...Object.fromEntries(Object.keys(telling.extra ?? {}).map((key) => [key, null])),
  };
  const asking = (round: number): Approval => ({
    id: `apr_${digest({ run: id, step: STEP, round }).slice(0, 32)}`,
    step: STEP,
    action: "zendesk.updateTicket",
    target: `ticket/${ticket}`,
    before,
    values,
    digest: digest({ values, before, round }),
    rule: "confidence_below",
    why: `The model is only ${(confidence * 100).toFixed(1)} % sure, threshold 80.0 %`,
    reviewers: SPEC.review.reviewers,
    requestedAt: at,
    expiresAt: at + 4 * HOUR,
  });

  const origin = telling.begunBy === undefined ? {} : { origin: { kind: "replayed", from: `${id}~0`, by: telling.begunBy } as const };
  say({ type: "run.started", pins: { workflow: "ticket-triage", version: 1, manifestDigest: "m1", specVersion: 3 }, event, ...origin }, 0);
  const done = (state: RunState): Story => ({ id, event, entries, state, startedAt, approvalId: asking(1).id });
  if (ending === "retrying") {
    say({ type: "attempt.failed", step: "load ticket", args: "a", during: "read", attempt: 1, error: TIMEOUT, retryAt: at + 8_000 });
    return done({ status: "waiting", on: { kind: "timer", step: "load ticket", until: at + 8_000 } });
  }
  say({
    type: "read.done",
    step: "load ticket",
    action: "zendesk.getTicket",
    args: "a",
    ms: 38,
    output: {
      id: String(ticket),
      subject,
      description,
      status: "new",
      priority: "normal",
      group: "support",
      tags: ["web", "order"],
      requester: { id: "88301", name: "Noor Haddad" },
      updatedAt: new Date(startedAt).toISOString(),
    },
  });
  if (ending === "held") {
    const error = { code: "model.rejected", message: "The provider refused the key" } as const;
    say({ type: "attempt.failed", step: "triage", args: "a", during: "decide", attempt: 1, error, retryAt: null });
    return done({ status: "waiting", on: { kind: "operator", step: "triage", error } });
  }
  say({
    type: "decision.made",
    step: "triage",
    args: "a",
    notSent: [],
    input: { "ticket.subject": subject, "ticket.description": description },
    decision: {
      value: { team, priority },
      confidence,
      fields: {
        team: {
          confidence,
          alternatives: [
            { value: "returns", probability: (1 - confidence) * 0.7 },
            { value: "account", probability: (1 - confidence) * 0.2 },
            { value: "privacy", probability: (1 - confidence) * 0.04 },
          ],
        },
        priority: {
          confidence: Math.max(confidence, 0.88),
          alternatives: [
            { value: "normal", probability: 0.1 },
            { value: "urgent", probability: 0.02 },
          ],
        },
      },
      source: "logprobs",
      basis: { prompt: "prompt", schema: "schema" },
      model: telling.model?.model ?? "builtin/ticket-triage@3f2a91c0",
      provider: telling.model?.provider ?? "builtin",
      usage: { promptTokens: 42, completionTokens: 4 },
      costUsd: telling.costUsd === undefined ? 0 : telling.costUsd,
      latencyMs: 6,
    },
  });
  if (ending === "failed") {
    const error = { code: "connector.rejected", message: "Zendesk answered 422 to PUT /api/v2/tickets: the ticket is closed" } as const;
    say({ type: "step.failed", step: STEP, args: "a", error });
    say({ type: "run.failed", error });
    return done({ status: "failed", error });
  }
  const basedOn = { name: "triage", value: { team, priority }, confidence };
  say({
    type: "effect.intended",
    step: STEP,
    args: "a",
    action: "zendesk.updateTicket",
    target: `ticket/${ticket}`,
    input: { id: String(ticket), set: values },
    basedOn,
    values,
    key: `${id}/${STEP}`,
    undo: "restore",
  });
  say({ type: "effect.looked", step: STEP, before, version: "v1" });
  const ask = (round: number) => {
    const approval = asking(round);
    const ruling = { outcome: "require_approval", rule: approval.rule, reason: approval.why, matched: [] } as const;
    say({ type: "effect.ruled", step: STEP, ruling, values });
    say({ type: "approval.requested", step: STEP, approval });
    return approval;
  };
  // `asking` reads the clock of the moment it is asked in; what is returned must be what was journalled.
  const approval = ask(1);
  const told = (state: RunState): Story => ({ id, event, entries, state, startedAt, approvalId: approval.id });
  const waits = (on: Approval): Story =>
    told({ status: "waiting", on: { kind: "approval", approvalId: on.id, step: STEP, until: on.expiresAt } });
  if (ending === "asked") return waits(approval);
  if (ending === "voided") {
    say(
      { type: "approval.voided", step: STEP, approvalId: approval.id, because: "The record changed after the approval was asked" },
      9 * MINUTE,
    );
    return waits(ask(2));
  }
  const decide = (decision: Decision, after = 12 * MINUTE) =>
    say({ type: "approval.decided", step: STEP, approvalId: approval.id, decision }, after);
  if (ending === "rejected" || ending === "expired") {
    const rejected = ending === "rejected";
    decide(
      rejected ? { kind: "rejected", by: "grace@example.com", reason: "This is a return, not a payment question" } : { kind: "expired" },
      rejected ? 12 * MINUTE : 4 * HOUR,
    );
    say({
      type: "effect.refused",
      step: STEP,
      because: ending,
      reason: rejected ? "This is a return, not a payment question" : "Nobody decided within the time that the spec allows",
    });
    say({ type: "run.completed", output: { routed: false } });
    return told({ status: "completed", output: { routed: false } });
  }
  const written = ending === "edited" ? { ...values, group: "returns" } : values;
  decide(ending === "edited" ? { kind: "edited", by: "ada@example.com", values: written } : { kind: "approved", by: "ada@example.com" });
  say({ type: "effect.looked", step: STEP, before, version: "v1" });
  say({
    type: "effect.ruled",
    step: STEP,
    ruling: { outcome: "allow", rule: "person_decided", reason: "Decided by ada@example.com", matched: [] },
    values: written,
  });
  say({ type: "effect.sending", step: STEP, attempt: 1, values: written });
  if (ending === "unknown") {
    say({ type: "effect.unknown", step: STEP, error: TIMEOUT }, 10_000);
    return told({ status: "waiting", on: { kind: "operator", step: STEP, error: TIMEOUT } });
  }
  say({ type: "effect.applied", step: STEP, output: { id: String(ticket), auditId: "9001" }, found: false }, 90);
  say({ type: "effect.proved", step: STEP, after: written, matches: true });
  const text = `Ticket ${ticket} is yours, priority ${priority}: ${subject}`;
  say({
    type: "effect.intended",
    step: "tell the team",
    args: "a",
    action: "slack.postMessage",
    target: "C0BILLING",
    input: {},
    basedOn,
    values: { text },
    key: `${id}/tell`,
    undo: "irreversible",
  });
  say({
    type: "effect.ruled",
    step: "tell the team",
    ruling: { outcome: "allow", rule: "action_listed", reason: "The spec allows slack.postMessage within its fields", matched: [] },
    values: { text },
    ...(telling.sampled ? { sampled: true as const } : {}),
  });
  say({ type: "effect.sending", step: "tell the team", attempt: 1, values: { text } });
  say({ type: "effect.applied", step: "tell the team", output: { ts: "1700000000.000100" }, found: false }, 120);
  say({ type: "run.completed", output: { routed: true } });
  if (ending === "undone" || ending === "conflict") {
    say({ type: "undo.requested", step: STEP, by: "ada@example.com" }, 5 * MINUTE);
    const conflicts = ending === "conflict" ? [{ field: "priority", ours: priority, now: "urgent" }] : [];
    say({ type: "undo.sending", step: STEP, restore: { group: "support" }, conflicts });
    say({ type: "undo.done", step: STEP, restored: { group: "support" }, conflicts, matches: true });
  }
  return told({ status: "completed", output: { routed: true } });
}

const TIMEOUT = { code: "connector.timeout", message: "Zendesk did not answer PUT /api/v2/tickets within 10 s" } as const;

/** As durable-objects/run-partition.ts does it. */
export async function project(db: D1Database, ...stories: readonly Story[]): Promise<void> {
  await projectRuns(
    db,
    stories.map(({ id, event, entries, state, startedAt }) => ({
      id,
      workflow: "ticket-triage",
      version: 1,
      specVersion: 3,
      partition: "p7",
      event,
      state,
      startedAt,
      seq: entries.at(-1)?.seq ?? 0,
      updatedAt: entries.at(-1)?.at ?? startedAt,
      eraseAt: hasEnded(state) ? (entries.at(-1)?.at ?? 0) + SPEC.retention.payloadDays * DAY : null,
      salt: "salt",
      head: CHAIN_START,
      entries,
      effects: [...new Set(entries.flatMap((entry) => entry.step ?? []))].flatMap(
        (step) =>
          effectView(
            step,
            entries.filter((entry) => entry.step === step),
          ) ?? [],
      ),
      approvals: approvalViews(entries),
      costs: [...new Set(entries.flatMap((entry) => entry.step ?? []))].flatMap(
        (step) =>
          decisionCost(
            step,
            entries.filter((entry) => entry.step === step),
          ) ?? [],
      ),
    })),
  );
}

export const approveSpec = (db: D1Database, spec: GovernanceSpec = SPEC): Promise<void> => seedSpecs(db, [spec], NOW);
