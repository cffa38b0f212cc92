// A certificate about the decision "triage" of a workflow, of the kind that the stories' model answers.
import { certificateIdOf } from "../../../src/core/ids.ts";
import { digest } from "../../../src/core/json.ts";
import type { Certificate } from "../../../src/governance/certificate.ts";
import { NOW } from "./stories.ts";

export function certificateFor(workflow: string, more: Partial<Certificate> = {}): Certificate {
  const proof = {
    workflow,
    decision: "triage",
    fields: ["team", "priority"],
    threshold: 0.8,
    limit: 0.05,
    confidence: 0.95,
    records: 400,
    accepted: 158,
    errors: 3,
    upper: 0.04834,
    report: { id: "val_1", digest: "d".repeat(64) },
    provider: "builtin",
    model: "builtin/ticket-triage@3f2a91c0",
    source: "logprobs" as const,
    basis: { prompt: "prompt", schema: "schema" },
    ...more,
  };
  return { id: certificateIdOf(digest(proof)), issuedAt: NOW, ...proof };
}
