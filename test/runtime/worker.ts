// The Worker under test: this repository's deployment with a scripted model. The ticket's text says what the model answers ("team=returns confidence=0.3"), so
// that a test states its own case.
import * as z from "zod";
import { deployment as real } from "../../src/config.ts";
import { header } from "../../src/connectors/auth.ts";
import { defineConnector } from "../../src/connectors/define.ts";
import type { PollPage } from "../../src/connectors/poll.ts";
import { slack } from "../../src/connectors/slack.ts";
import { zendesk } from "../../src/connectors/zendesk.ts";
import type { Deployment } from "../../src/deployment.ts";
import { defineWorkflow, model, onSchedule } from "../../src/engine/define.ts";
import type { Model } from "../../src/inference/model.ts";
import { priced } from "../../src/inference/priced.ts";
import { createWorker } from "../../src/worker.ts";
import { ticketTriage } from "../../src/workflows/ticket-triage/workflow.ts";
import { flowWorkflows } from "./flow-workflows.ts";
import { pausedSteps } from "./paused-steps.ts";
import { relatives } from "./relatives.ts";

export const scripted: Model & { calls: number } = {
  id: "scripted",
  provider: "test",
  local: true,
  label: "Scripted",
  calls: 0,
  async decide({ input }) {
    scripted.calls++;
    const text = Object.values(input).join("\n");
    return {
      ok: true,
      decision: {
        value: { team: /team=(\w+)/.exec(text)?.[1] ?? "billing", priority: "high" },
        confidence: Number(/confidence=([\d.]+)/.exec(text)?.[1] ?? 0.95),
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

/** Waits for a signal and says what came. */
const waitForSignal = defineWorkflow(
  {
    name: "wait-for-signal",
    version: 1,
    purpose: "Wait",
    trigger: zendesk.on("trigger"),
    lane: ({ event }) => event.subject,
    uses: {},
    dataFlow: [],
    decisions: {},
  },
  ({ step }) => step.signal("go", { schema: z.object({ ok: z.boolean() }), within: 3_600_000 }),
);

/** Three outputs near the most that a step may have, made at once. */
const largeOutputs = defineWorkflow(
  {
    name: "large-outputs",
    version: 1,
    purpose: "Write a large journal",
    trigger: slack.on("reaction_added"),
    lane: ({ event }) => event.subject,
    uses: {},
    dataFlow: [],
    decisions: {},
  },
  async ({ step }) => {
    const made = await Promise.all(["a", "b", "c"].map((name) => step.run(name, () => "€".repeat(333_332))));
    return made.map((text) => new TextEncoder().encode(text).length);
  },
);

/** The real workflow under a name for which nobody has approved any rules. */
export const UNAPPROVED = { connector: "zendesk", type: "ticket.unapproved" } as const;
const unapproved = { ...ticketTriage, name: "unapproved-triage", trigger: UNAPPROVED };

/** The same answers from a provider outside, which bills 1,000 tokens read and 1,000 written for each. */
export const BILLED = { provider: "openai", host: "api.openai.test" } as const;
const { local: _, ...outside } = scripted;
const billed: Model = {
  ...outside,
  ...BILLED,
  id: "gpt-4.1",
  maxCompletionTokens: 2_000,
  async decide(request, now) {
    const result = await scripted.decide(request, now);
    if (!result.ok) return result;
    const usage = { promptTokens: 1_000, completionTokens: 1_000 };
    return { ok: true, decision: { ...result.decision, provider: "openai", model: "gpt-4.1-2025-04-14", usage, costUsd: null } };
  },
};
/** The real workflow with that model. */
export const BUDGETED = { connector: "zendesk", type: "ticket.budgeted" } as const;
const budgeted = {
  ...ticketTriage,
  name: "budgeted-triage",
  trigger: BUDGETED,
  uses: { ...ticketTriage.uses, model: model("billed") },
};
/** A provider that is down, and after it a model that decides but where the ticket says that nobody can. */
export const down: Model & { calls: number } = {
  id: "down",
  provider: "acme",
  host: "api.acme.test",
  label: "Down",
  calls: 0,
  async decide() {
    down.calls++;
    return { ok: false, error: { code: "model.unavailable", message: "acme answered 503" } };
  },
};
const second: Model = {
  ...scripted,
  id: "second",
  async decide(request, now) {
    if (Object.values(request.input).some((text) => text.includes("nobody knows")))
      return { ok: false, error: { code: "model.refused", message: "the model declined to answer" } };
    return scripted.decide(request, now);
  },
};
/** Measures how sure it is of the team, and can be made another model or be told something else: what a certificate is about. */
export const measured: Model & { model: string; prompt: string } = {
  ...scripted,
  id: "measured",
  model: "measured@1",
  prompt: "prompt 1",
  async decide(request, now) {
    const result = await scripted.decide(request, now);
    if (!result.ok) return result;
    const { model, prompt } = measured;
    const fields = { team: { confidence: result.decision.confidence, alternatives: [] } };
    return { ok: true, decision: { ...result.decision, model, basis: { prompt, schema: "schema" }, fields } };
  },
};
export const CERTIFIED = { connector: "zendesk", type: "ticket.certified" } as const;
const certified = {
  ...ticketTriage,
  name: "certified-triage",
  trigger: CERTIFIED,
  uses: { ...ticketTriage.uses, model: model("measured") },
};
export const CHAINED = { connector: "zendesk", type: "ticket.chained" } as const;
const chained = { ...ticketTriage, name: "chained-triage", trigger: CHAINED, uses: { ...ticketTriage.uses, model: model("chained") } };

/** A system whose tokens end after an hour and whose refresh token is another after each use. */
export const tokenConnector = defineConnector<Record<never, never>, never>({
  name: "tokens",
  title: "Tokens",
  credentials: ["a refresh token"],
  auth: (secret) => ({
    kind: "token",
    request: ({ kept }) => ({ method: "POST", path: "/token", body: { refresh: kept ?? secret } }),
    read: ({ json }, now) => ({ ...(json as { value: string; refresh: string }), expiresAt: now + 3_600_000 }),
  }),
  webhooks: {},
  triggers: {},
  actions: {},
  budget: { capacity: 8, perSecond: 2 },
});

/** A system that is polled: pages by the window's position, as a test fills them. */
export const polledWorld = { pages: new Map<string | null, PollPage>(), asked: 0 };
const polled = defineConnector({
  name: "polled",
  title: "Polled",
  credentials: ["a token"],
  auth: header.bind(null, "authorization"),
  webhooks: {},
  polls: {
    records: {
      summary: "Records that were changed",
      docs: "",
      types: ["record.changed"],
      everyMs: 3_600_000,
      overlapMs: 60_000,
      page: async ({ position }) => {
        polledWorld.asked++;
        return polledWorld.pages.get(position) ?? { changes: [], next: null };
      },
    },
  },
  triggers: { changed: "record.changed" },
  actions: {},
});
const polledChange = defineWorkflow(
  {
    name: "polled-change",
    version: 1,
    purpose: "Be started",
    trigger: { connector: "polled", type: "record.changed" },
    lane: ({ event }) => event.subject,
    uses: {},
    dataFlow: [],
    decisions: {},
  },
  async () => null,
);

/** Its next tick is far enough away for every test but its own. */
const yearly = defineWorkflow(
  {
    name: "yearly",
    version: 1,
    purpose: "Start by the clock",
    trigger: onSchedule({ cron: "0 0 1 1 *", timeZone: "UTC", missed: "each" }),
    lane: ({ event }) => event.subject,
    uses: {},
    dataFlow: [],
    decisions: {},
  },
  async ({ event }) => event.data,
);

export const deployment: Deployment = {
  ...real,
  connections: {
    ...real.connections,
    polled: { connector: polled, baseUrl: "SLACK_URL", credential: "SLACK_TOKEN", webhookSecrets: [], polls: ["records"] },
    tokens: { connector: tokenConnector, baseUrl: "SLACK_URL", credential: "SLACK_TOKEN", webhookSecrets: [] },
  },
  partitions: 4,
  models: {
    default: { trained: [], build: () => scripted },
    measured: { trained: [], build: () => measured },
    billed: { trained: [], build: () => priced(billed) },
    chained: [
      { trained: [], build: () => down },
      { trained: [], build: () => second },
    ],
  },
  workflows: [
    ...real.workflows,
    budgeted,
    certified,
    chained,
    waitForSignal,
    largeOutputs,
    ...flowWorkflows,
    ...relatives,
    pausedSteps,
    polledChange,
    yearly,
    unapproved,
  ],
};
/** Moves on with every look, so that what starts remember for a moment is never remembered here. */
let clock = 0;
const worker = createWorker(deployment, () => {
  clock += 60_000;
  return clock;
});

export default worker.handler;
export const RunPartition = worker.RunPartition;
export const WorkflowLimits = worker.WorkflowLimits;
export const Connection = worker.Connection;
export const Poller = worker.Poller;
export const Scheduler = worker.Scheduler;
