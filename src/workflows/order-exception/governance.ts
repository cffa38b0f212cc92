// A governance spec for order-exception to begin with. What counts is the version in D1 that the process owner has approved, not this file.
import type { GovernanceSpec } from "../../governance/spec.ts";
import { EXCEPTIONS, HANDLINGS, HOLD_REASONS } from "./labels.ts";

export const orderExceptionSpec: GovernanceSpec = {
  workflow: "order-exception",
  version: 1,
  owner: "head.of.orders@example.com",
  purpose: "Stop orders that cannot simply be sent before they are packed, and bring each to the people who can solve it",
  mode: "live",
  regulated: false,
  thresholds: { judgement: 0.7 },
  alwaysAsk: [
    {
      decision: "judgement",
      field: "exception",
      equals: "fraud",
      because: "Who is called a fraud is told so by a person's decision, not a model's",
    },
  ],
  actions: {
    // Held at once, and released if it was for nothing: an order that was packed meanwhile cannot be brought back.
    "shopify.holdFulfillment": {
      ask: "never",
      fields: {
        reason: { oneOf: [...new Set(Object.values(HOLD_REASONS))] },
        notes: { maxLength: 200 },
        notifyMerchant: { oneOf: [false] },
      },
    },
    // Only holds that the same run has placed, once it is written that the order may go.
    "shopify.releaseHold": { ask: "never", fields: { released: {} } },
    "shopify.updateOrder": {
      ask: "when_unsure",
      fields: { "attributes.exception": { oneOf: [...EXCEPTIONS] }, "attributes.handling": { oneOf: [...HANDLINGS] } },
      rules: [
        {
          name: "contradiction",
          when: "(decision.value.exception == 'none') != (decision.value.handling == 'release')",
          outcome: "ask",
          reason: "An order is released when nothing is wrong with it, and only then: this answer contradicts itself",
        },
      ],
    },
    "shopify.addTags": { ask: "never", fields: { tags: { oneOf: EXCEPTIONS.map((exception) => [`exception-${exception}`]) } } },
    // Money that was sent cannot be fetched again: a person agrees to every refund, the head of orders to a large one, and nobody to more than the range.
    "shopify.refund": {
      ask: "always",
      fields: {
        amount: { range: { min: 0.01, max: 1000 } },
        currency: { oneOf: ["EUR"] },
        alreadyRefunded: { range: { min: 0, max: 0 } },
        note: { maxLength: 200 },
        notifyCustomer: {},
        lines: { oneOf: [[]] },
      },
      rules: [
        {
          name: "large_refund",
          when: "double(after.amount) > 200.0",
          outcome: "ask",
          ask: ["head.of.orders@example.com"],
          reason: "Refunds above 200 are the head of orders' to approve",
        },
      ],
    },
    "slack.postMessage": { ask: "never", fields: { text: { maxLength: 2000 } } },
  },
  review: {
    reviewers: ["ada@example.com", "grace@example.com", "head.of.orders@example.com"],
    slaMinutes: 120,
    onExpiry: "reject",
  },
  limits: { valuePerDay: [{ action: "shopify.refund", field: "amount", max: 5000 }] },
  // A run that fails leaves its hold: to release what nobody has looked at is worse than to keep it.
  onFailure: "leave",
  rollback: {
    procedure: "Undo each write on its run's page; a refund cannot be undone",
    owner: "head.of.orders@example.com",
    windowDays: 30,
  },
  retention: { payloadDays: 30 },
};
