// A certificate about the tests' decision "triage", and an answer of exactly the kind that it is about.
import type { Certificate } from "../../../src/governance/certificate.ts";
import type { DecisionFacts } from "../../../src/governance/evaluate.ts";

export const CERTIFICATE: Certificate = {
  id: "crt_1",
  workflow: "triage",
  decision: "triage",
  fields: ["team", "priority"],
  threshold: 0.8,
  limit: 0.05,
  confidence: 0.95,
  records: 400,
  accepted: 158,
  errors: 3,
  upper: 0.0483,
  report: { id: "val_1", digest: "d".repeat(64) },
  provider: "openai",
  model: "gpt-4.1-mini-2025-04-14",
  source: "logprobs",
  basis: { prompt: "a".repeat(64), schema: "b".repeat(64) },
  issuedAt: Date.parse("2026-01-02T09:00:00Z"),
};

export const answerOf = (fields: Readonly<Record<string, number>>, more: Partial<DecisionFacts> = {}): DecisionFacts => ({
  name: "triage",
  value: { team: "billing", priority: "low" },
  confidence: Math.min(...Object.values(fields)),
  fields,
  source: CERTIFICATE.source,
  basis: CERTIFICATE.basis,
  provider: CERTIFICATE.provider,
  model: CERTIFICATE.model,
  ...more,
});
