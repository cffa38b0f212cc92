// A labelled order and a labelled lead through their workflows' own functions, as a validation sends them: every declared element of the file arrives at the model.
import { describe, expect, it } from "vitest";
import type { LabelledRecord, Workflow } from "../../../src/engine/define.ts";
import { planRehearsal, rehearse } from "../../../src/engine/rehearse.ts";
import type { GovernanceSpec } from "../../../src/governance/spec.ts";
import type { ModelRequest } from "../../../src/inference/model.ts";
import { leadRoutingSpec } from "../../../src/workflows/lead-routing/governance.ts";
import { salesforceLeadRouting } from "../../../src/workflows/lead-routing/salesforce.ts";
import { salesforceLeadRoutingSpec } from "../../../src/workflows/lead-routing/salesforce-governance.ts";
import { leadRouting } from "../../../src/workflows/lead-routing/workflow.ts";
import { orderExceptionSpec } from "../../../src/workflows/order-exception/governance.ts";
import { orderException } from "../../../src/workflows/order-exception/workflow.ts";

async function rehearsed(workflow: Workflow, spec: GovernanceSpec, input: LabelledRecord["input"], value: Record<string, string>) {
  const asked: ModelRequest[] = [];
  const fields = Object.fromEntries(Object.keys(value).map((name) => [name, { confidence: 0.9, alternatives: [] }]));
  const result = await rehearse(
    workflow,
    spec,
    { id: "r1", number: 7, input },
    {
      models: () => [
        {
          id: "m",
          provider: "test",
          local: true,
          label: "Test",
          decide: async (request) => {
            asked.push(request);
            const usage = { promptTokens: 1, completionTokens: 1 };
            const basis = { prompt: "p", schema: "s" };
            const source = "logprobs" as const;
            const decision = {
              value,
              confidence: 0.9,
              fields,
              source,
              basis,
              model: "m",
              provider: "test",
              usage,
              costUsd: null,
              latencyMs: 1,
            };
            return { ok: true, decision };
          },
        },
      ],
      now: () => Date.parse("2026-07-01T09:00:00Z"),
      random: () => 0.5,
      turn: () => new Promise((resolve) => setImmediate(resolve)),
    },
  );
  return { result, sent: asked[0]?.input };
}

const ORDER = {
  "order.note": "Mail me at jo@example.com, the number is missing",
  "order.attributes": '{"gift":"yes"}',
  "order.risk.facts": '["NEUTRAL: first order"]',
  "order.risk.recommendation": "ACCEPT",
  "order.total": '{"amount":"20.00","currency":"EUR"}',
  "order.lines": "",
};

describe("a labelled order", () => {
  const value = { exception: "address", handling: "hold" };

  it("is answered with every element of the file, and treated before it leaves", async () => {
    expect(planRehearsal(orderException)).toMatchObject({ ok: true });
    const { result, sent } = await rehearsed(orderException, orderExceptionSpec, ORDER, value);
    expect(result).toMatchObject({ kind: "answered", decision: { value } });
    expect(sent).toMatchObject({
      "order.note": "Mail me at [EMAIL_1], the number is missing",
      "order.attributes": '{"gift":"yes"}',
      "order.risk.facts": '["NEUTRAL: first order"]',
      "order.total": '{"amount":"20.00","currency":"EUR"}',
    });
  });

  it("is refused with the element's name where its JSON does not read", async () => {
    const { result } = await rehearsed(orderException, orderExceptionSpec, { ...ORDER, "order.total": "twenty" }, value);
    expect(result).toMatchObject({ kind: "failed", error: { field: "order.total" } });
  });
});

it.each([
  ["HubSpot", leadRouting, leadRoutingSpec],
  ["Salesforce", salesforceLeadRouting, salesforceLeadRoutingSpec],
])("a labelled lead of %s is answered with every element of the file", async (_, workflow, spec) => {
  const input = {
    "lead.message": "300 seats by March",
    "lead.jobTitle": "Buyer",
    "lead.company": "Northwind",
    "lead.employees": "4000",
    "lead.country": "Germany",
    "lead.source": "",
    "lead.mailbox": "company",
  };
  const value = { score: "high", segment: "enterprise" };
  const { result, sent } = await rehearsed(workflow, spec, input, value);
  expect(result).toMatchObject({ kind: "answered", decision: { value } });
  const { "lead.source": __, ...given } = input;
  expect(sent).toEqual(given);
});
