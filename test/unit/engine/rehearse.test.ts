// A labelled record through a workflow's own body: what is read comes from the record, the rules are asked, nothing can be written, and what stands in the way is said.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { slack } from "../../../src/connectors/slack.ts";
import { zendesk } from "../../../src/connectors/zendesk.ts";
import { defineWorkflow, type LabelledRecord, model as modelUse, type Workflow } from "../../../src/engine/define.ts";
import { labelAt, planRehearsal, type RehearsalPorts, rehearse } from "../../../src/engine/rehearse.ts";
import { shadowSpec } from "../../../src/governance/shadow-spec.ts";
import type { GovernanceSpec } from "../../../src/governance/spec.ts";
import type { Model, ModelRequest, ModelResult } from "../../../src/inference/model.ts";
import { ticketTriageSpec } from "../../../src/workflows/ticket-triage/governance.ts";
import { ticketTriage } from "../../../src/workflows/ticket-triage/workflow.ts";

const NOW = Date.parse("2026-07-01T09:00:00Z");
const RECORD: LabelledRecord = {
  id: "t1",
  number: 7,
  input: { "ticket.subject": "Charged twice", "ticket.description": "Mail me at jo@example.com" },
};

const decided = (value: unknown, confidence: number): ModelResult => ({
  ok: true,
  decision: {
    value,
    confidence,
    fields: { team: { confidence, alternatives: [] } },
    source: "logprobs",
    basis: { prompt: "p", schema: "s" },
    model: "m-1",
    provider: "test",
    usage: { promptTokens: 1, completionTokens: 1 },
    costUsd: null,
    latencyMs: 1,
  },
});

function portsWith(
  result: ModelResult | (() => ModelResult),
  more: Partial<Model> = {},
): RehearsalPorts & { readonly asked: ModelRequest[] } {
  const asked: ModelRequest[] = [];
  const model: Model = {
    id: "m",
    provider: "test",
    local: true,
    label: "Test",
    decide: async (request) => {
      asked.push(request);
      return typeof result === "function" ? result() : result;
    },
    ...more,
  };
  return { asked, models: () => [model], now: () => NOW, random: () => 0.5, turn: () => new Promise((resolve) => setImmediate(resolve)) };
}

const SURE = decided({ team: "billing", priority: "high" }, 0.9);

describe("a labelled ticket", () => {
  it("is read by the workflow as its system would have given it, and treated before it leaves", async () => {
    const ports = portsWith(SURE);
    const rehearsed = await rehearse(ticketTriage, ticketTriageSpec, RECORD, ports);
    expect(rehearsed).toMatchObject({ kind: "answered", decision: { value: { team: "billing", priority: "high" } } });
    expect(ports.asked).toHaveLength(1);
    expect(ports.asked[0]?.input["ticket.subject"]).toBe("Charged twice");
    expect(ports.asked[0]?.input["ticket.description"]).not.toContain("jo@example.com");
  });

  it.each([
    ["a sure answer is allowed", decided({ team: "billing", priority: "high" }, 0.9), "allow"],
    ["an unsure one is asked about", decided({ team: "billing", priority: "high" }, 0.3), "require_approval"],
    ["one of which a rule always asks is asked about", decided({ team: "privacy", priority: "high" }, 0.99), "require_approval"],
    ["one that may not be written is denied", decided({ team: "billing", priority: "urgent" }, 0.9), "deny"],
  ])("%s by the governance spec's own rules", async (_, result, ruling) => {
    const group = { ...ticketTriageSpec.actions["zendesk.updateTicket"] };
    const spec = {
      ...ticketTriageSpec,
      actions: {
        ...ticketTriageSpec.actions,
        "zendesk.updateTicket": { ...group, fields: { ...group.fields, priority: { oneOf: ["low", "normal", "high"] } } },
      },
    } as GovernanceSpec;
    expect(await rehearse(ticketTriage, spec, RECORD, portsWith(result))).toMatchObject({ kind: "answered", ruling });
  });

  it("has no ruling where nobody has approved a spec", async () => {
    expect(await rehearse(ticketTriage, shadowSpec(ticketTriage), RECORD, portsWith(SURE))).toMatchObject({
      kind: "answered",
      ruling: null,
    });
  });

  it("is not sent to a provider without an agreement", async () => {
    const ports = portsWith(SURE, { local: undefined, provider: "acme", host: "api.acme.test" } as unknown as Partial<Model>);
    expect(await rehearse(ticketTriage, ticketTriageSpec, RECORD, ports)).toMatchObject({
      kind: "failed",
      error: { code: "model.no_agreement" },
    });
    expect(ports.asked).toEqual([]);
  });

  it("is to be asked about again where the model could not be asked now", async () => {
    const limited = portsWith({ ok: false, error: { code: "model.rate_limited", message: "slow", retryAfterMs: 9_000 } });
    expect(await rehearse(ticketTriage, ticketTriageSpec, RECORD, limited)).toMatchObject({
      kind: "again",
      afterMs: 9_000,
      error: { code: "model.rate_limited" },
    });
    expect(limited.asked).toHaveLength(1);
    const refused = portsWith({ ok: false, error: { code: "model.refused", message: "no" } });
    expect(await rehearse(ticketTriage, ticketTriageSpec, RECORD, refused)).toMatchObject({
      kind: "failed",
      error: { code: "model.refused" },
    });
  });
});

// ---- other bodies ----

const Answer = z.object({ team: z.enum(["billing", "shipping"]), urgent: z.boolean(), detail: z.object({ amount: z.string() }) });

function workflowWith(
  body: (tools: {
    desk: {
      getTicket: (step: string, input: { id: string }) => Promise<{ subject: string }>;
      updateTicket: (...args: never[]) => Promise<{ status: string }>;
    };
    decide: () => Promise<{ value: unknown }>;
    step: {
      sleep: (step: string, ms: number) => Promise<void>;
      approval: (name: string, question: { question: string }) => Promise<unknown>;
    };
    event: { subject: string };
  }) => Promise<unknown>,
  rehearsal: Partial<NonNullable<Workflow["rehearsal"]>> | null = {},
): Workflow {
  const element = { element: "ticket.subject", class: "none", to: "model", purpose: "p", basis: "contract", retentionDays: 1 } as const;
  const workflow = defineWorkflow(
    {
      name: "other",
      version: 1,
      purpose: "Test",
      trigger: zendesk.on("ticket.created"),
      lane: ({ event }) => event.subject,
      uses: { desk: zendesk.only("getTicket", "updateTicket"), chat: slack.only("postMessage"), model: modelUse("default") },
      dataFlow: [element],
      decisions: { triage: Answer },
      rehearsal: {
        decision: "triage",
        event: ({ number }) => ({ subject: String(number), data: null }),
        answers: {
          desk: {
            getTicket: ({ number, input }) => ({
              id: String(number),
              subject: input["ticket.subject"],
              description: "",
              status: "new",
              priority: null,
              group: null,
              tags: [],
              requester: { id: "1" },
              updatedAt: "",
            }),
          },
        },
      },
    },
    async ({ desk, model, step, event }) =>
      body({
        desk: desk as never,
        decide: () => model.decide("triage", { instruction: "Which?", input: { "ticket.subject": "x" } }),
        step: step as never,
        event,
      }),
  );
  return rehearsal === null
    ? { ...workflow, rehearsal: undefined }
    : ({ ...workflow, rehearsal: { ...workflow.rehearsal, ...rehearsal } } as Workflow);
}

const ANSWER = decided({ team: "billing", urgent: true, detail: { amount: "12" } }, 0.9);

describe("a body", () => {
  it("that pauses is not waited for", async () => {
    const sleeps = workflowWith(async ({ step, decide }) => {
      await step.sleep("a week", 7 * 86_400_000);
      return (await decide()).value;
    });
    expect(await rehearse(sleeps, shadowSpec(sleeps), RECORD, portsWith(ANSWER))).toMatchObject({ kind: "answered" });
  });

  it("that asks people before its decision has no answer, and says so; afterwards it does not matter", async () => {
    const approved = { ...ticketTriageSpec, workflow: "other" };
    const asks = workflowWith(async ({ step }) => step.approval("really", { question: "Really?" }));
    expect(await rehearse(asks, approved, RECORD, portsWith(ANSWER))).toMatchObject({
      kind: "failed",
      error: { message: "The run waits (approval) before its decision, and nobody answers here" },
    });
    const later = workflowWith(async ({ step, decide }) => {
      await decide();
      return step.approval("really", { question: "Really?" });
    });
    expect(await rehearse(later, approved, RECORD, portsWith(ANSWER))).toMatchObject({ kind: "answered" });
  });

  it("that decides nothing, or throws, costs its record and nothing else", async () => {
    const idle = workflowWith(async () => null);
    expect(await rehearse(idle, shadowSpec(idle), RECORD, portsWith(ANSWER))).toMatchObject({
      kind: "failed",
      error: { message: 'The run ended without the decision "triage"' },
    });
    const throws = workflowWith(async () => {
      throw new Error("a bug");
    });
    expect(await rehearse(throws, shadowSpec(throws), RECORD, portsWith(ANSWER))).toMatchObject({
      kind: "failed",
      error: { code: "workflow.threw", message: "a bug" },
    });
  });

  it("reads no more than the rehearsal answers, and an answer of another shape is an error", async () => {
    const reads = workflowWith(async ({ desk, decide }) => {
      await desk.getTicket("load", { id: "7" });
      return (await decide()).value;
    });
    const wrong = {
      ...reads,
      rehearsal: { ...reads.rehearsal, answers: { desk: { getTicket: () => ({ id: 7 }) } } },
    } as unknown as Workflow;
    expect(await rehearse(reads, shadowSpec(reads), RECORD, portsWith(ANSWER))).toMatchObject({ kind: "answered" });
    expect(await rehearse(wrong, shadowSpec(wrong), RECORD, portsWith(ANSWER))).toMatchObject({ kind: "failed" });
  });
});

describe("what a file must hold", () => {
  it("follows from the declaration", () => {
    const plan = planRehearsal(workflowWith(async () => null));
    expect(plan.ok && plan.value).toEqual({
      decision: "triage",
      elements: ["ticket.subject"],
      text: "ticket.subject",
      label: null,
      fields: [
        { path: "team", labels: ["billing", "shipping"] },
        { path: "urgent", labels: ["true", "false"] },
        { path: "detail.amount", labels: null },
      ],
    });
    expect(labelAt({ detail: { amount: 12 }, urgent: false }, "detail.amount")).toBe("12");
    expect(labelAt({ detail: null }, "detail.amount")).toBe("");
  });

  it.each([
    ["no rehearsal", null, "has no rehearsal"],
    ["a decision that there is not", { decision: "other" }, 'has no decision "other"'],
    ["a read without an answer", { answers: {} }, "does not say in its rehearsal what desk.getTicket answer"],
  ])("%s is an error that says what to declare", (_, rehearsal, message) => {
    const plan = planRehearsal(workflowWith(async () => null, rehearsal));
    expect(!plan.ok && plan.error).toMatchObject({ code: "validation.not_declared", message: expect.stringContaining(message) });
  });
});
