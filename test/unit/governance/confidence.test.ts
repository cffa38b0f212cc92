// When a model is sure enough to act alone, as a table: thresholds and a decision in, what the rules say out.
import { describe, expect, it } from "vitest";
import { confidenceRules } from "../../../src/governance/confidence.ts";
import { type DecisionFacts, evaluate, type Facts } from "../../../src/governance/evaluate.ts";
import type { OnRecord } from "../../../src/governance/on-record.ts";
import { GovernanceSpec } from "../../../src/governance/spec.ts";
import { answerOf, CERTIFICATE } from "./certificates.ts";

const SPEC = GovernanceSpec.parse({
  workflow: "triage",
  version: 1,
  owner: "owner@example.com",
  purpose: "Send tickets to teams",
  mode: "live",
  regulated: false,
  thresholds: { triage: { certificate: "crt_1" } },
  alwaysAsk: [],
  actions: {
    "desk.update": { ask: "when_unsure", fields: { team: {} } },
    "desk.note": { ask: "never", fields: { team: {} } },
    "desk.close": { ask: "always", fields: { team: {} } },
  },
  review: { reviewers: ["ada@example.com"], slaMinutes: 60, onExpiry: "reject" },
  onFailure: "leave",
  rollback: { procedure: "Undo", owner: "owner@example.com", windowDays: 30 },
  retention: { payloadDays: 30 },
});
const RECORD: OnRecord = { certificates: [CERTIFICATE], breaker: null };

const PROVED = { triage: { certificate: "crt_1" } };
const sure = answerOf({ team: 0.9, priority: 0.8 });
const without = ({ basis: _, ...answer }: DecisionFacts): DecisionFacts => answer;

interface Row {
  readonly thresholds?: GovernanceSpec["thresholds"];
  readonly basedOn?: DecisionFacts;
  readonly onRecord?: OnRecord | null;
  /** Rules, each with its field where it names one. */
  readonly says: readonly string[];
  readonly because?: string;
}

const rows: Record<string, Row> = {
  "a certificate, and every one of its fields at its threshold": {
    says: ["confidence_proved"],
    because:
      "The model is 80.0 % sure, threshold 80.0 %; certificate crt_1 proves that at most 5.0 % of such answers are wrong, with 95.0 % confidence",
  },
  "a certificate, and one of its fields just below": {
    basedOn: answerOf({ team: 0.99, priority: 0.8 - Number.EPSILON }),
    says: ["confidence_below"],
  },
  "a certificate, and a field of it that no confidence was measured of": {
    basedOn: answerOf({ team: 0.99 }),
    says: ["confidence_below"],
  },
  "a certificate that is not on record": { onRecord: { certificates: [], breaker: null }, says: ["certificate_unknown"] },
  "a certificate that could not be read": { onRecord: null, says: ["certificate_unknown"] },
  "a certificate of another workflow": {
    onRecord: { certificates: [{ ...CERTIFICATE, workflow: "invoices" }], breaker: null },
    says: ["certificate_unknown"],
    because: "Certificate crt_1 is about triage of invoices, not about triage of triage",
  },
  "a certificate of another decision": {
    onRecord: { certificates: [{ ...CERTIFICATE, decision: "tone" }], breaker: null },
    says: ["certificate_unknown"],
  },
  "an answer of another provider": {
    basedOn: answerOf({ team: 1, priority: 1 }, { provider: "gemini" }),
    says: ["certificate_void"],
    because: "Certificate crt_1 is not about this answer: the provider is gemini, and was proved for openai",
  },
  "an answer of another version of the model": {
    basedOn: answerOf({ team: 1, priority: 1 }, { model: "gpt-4.1-mini-2025-09-01" }),
    says: ["certificate_void"],
  },
  "an answer whose confidence was measured in another way": {
    basedOn: answerOf({ team: 1, priority: 1 }, { source: "agreement" }),
    says: ["certificate_void"],
  },
  "an answer to another prompt": {
    basedOn: answerOf({ team: 1, priority: 1 }, { basis: { ...CERTIFICATE.basis, prompt: "c" } }),
    says: ["certificate_void"],
    because: "Certificate crt_1 is not about this answer: the prompt is another than the one proved",
  },
  "an answer by another schema": {
    basedOn: answerOf({ team: 1, priority: 1 }, { basis: { ...CERTIFICATE.basis, schema: "c" } }),
    says: ["certificate_void"],
  },
  "an answer of which it is not recorded what it rests on": {
    basedOn: without(answerOf({ team: 1, priority: 1 })),
    says: ["certificate_void", "certificate_void"],
    because: "Certificate crt_1 is not about this answer: it is not recorded what the prompt was",
  },
  "a certificate, and a field that it is not about": {
    basedOn: answerOf({ team: 1, priority: 1, language: 1 }),
    says: ["no_threshold language"],
    because: "Certificate crt_1 proves nothing about language, and the spec sets no threshold for triage.language",
  },
  "a certificate, and a number for the field that it is not about": {
    thresholds: { ...PROVED, "triage.language": 0.7 },
    basedOn: answerOf({ team: 1, priority: 1, language: 0.7 }),
    says: ["confidence_proved"],
  },
  "a certificate, and a number beside it that is not reached": {
    thresholds: { ...PROVED, "triage.team": 0.95 },
    basedOn: sure,
    says: ["confidence_below team"],
  },
  "a certificate, and a lower number for one of its fields": {
    thresholds: { ...PROVED, "triage.priority": 0.1 },
    basedOn: answerOf({ team: 0.9, priority: 0.5 }),
    says: ["confidence_below"],
  },

  "a number for the decision": { thresholds: { triage: 0.8 }, says: ["confidence_reached"] },
  "a number for the decision, and one field below it": {
    thresholds: { triage: 0.85 },
    says: ["confidence_below"],
    because: "The model is only 80.0 % sure, threshold 85.0 %",
  },
  "a number for the decision, and a lower one for a field": {
    thresholds: { triage: 0.85, "triage.priority": 0.8 },
    says: ["confidence_reached"],
    because: "The model is 80.0 % sure of priority, threshold 80.0 %, and 90.0 % sure, threshold 85.0 %",
  },
  "a number for the decision, and a higher one for a field": {
    thresholds: { triage: 0.5, "triage.team": 0.95 },
    says: ["confidence_below team"],
    because: "The model is only 90.0 % sure of team, threshold 95.0 %",
  },
  "a number for each field": { thresholds: { "triage.team": 0.9, "triage.priority": 0.8 }, says: ["confidence_reached"] },
  "a number for each field, and none of them reached": {
    thresholds: { "triage.team": 0.95, "triage.priority": 0.95 },
    says: ["confidence_below team", "confidence_below priority"],
  },
  "a number for one field of two": { thresholds: { "triage.team": 0.5 }, says: ["no_threshold priority"] },
  "a number for a field that was not measured": {
    thresholds: { triage: 0.5, "triage.amount": 0.5 },
    says: ["confidence_below amount"],
  },
  "a number for a field, and a confidence that was not measured by field": {
    thresholds: { triage: 0.5, "triage.team": 0.5 },
    basedOn: answerOf({}, { confidence: 0.9 }),
    says: ["confidence_below team"],
  },
  "a number for a field of another decision": { thresholds: { "tone.team": 0.5 }, says: ["no_threshold"] },
  "a field whose confidence is no number": {
    thresholds: { triage: 0.5, "triage.priority": 0 },
    basedOn: answerOf({ team: Number.NaN, priority: 1 }),
    says: ["confidence_below"],
  },
  "an answer that nothing measures, and a number that everything reaches": {
    thresholds: { triage: 0 },
    basedOn: answerOf({}, { confidence: 0, source: "none" }),
    says: ["confidence_unmeasured"],
  },
  "an answer of a person, and a number that everything reaches": {
    thresholds: { triage: 0 },
    basedOn: answerOf({}, { confidence: 1, source: "person" }),
    says: ["confidence_unmeasured"],
  },
  "an answer that nothing measures, and a certificate": {
    basedOn: answerOf({}, { confidence: 0, source: "none" }),
    says: ["confidence_unmeasured"],
  },
};

describe("how sure the model is", () => {
  it.each(Object.entries(rows))("%s", (_, { thresholds = PROVED, basedOn = sure, onRecord = RECORD, says, because }) => {
    const matches = confidenceRules({ ...SPEC, thresholds }, basedOn, onRecord);
    expect(matches.map(({ rule, field }) => (field === undefined ? rule : `${rule} ${field}`))).toEqual(says);
    if (because !== undefined) expect(matches[0]?.reason).toBe(because);
    const allows = says.every((rule) => rule === "confidence_proved" || rule === "confidence_reached");
    expect(new Set(matches.map(({ outcome }) => outcome))).toEqual(new Set([allows ? "allow" : "require_approval"]));
  });

  it("never comes to more without a person when one more thing is asked of it", () => {
    const isAllowed = (thresholds: GovernanceSpec["thresholds"], basedOn: DecisionFacts) =>
      confidenceRules({ ...SPEC, thresholds }, basedOn, RECORD).every(({ outcome }) => outcome === "allow");
    const steps = [0, 0.3, 0.6, 0.9, 1];
    for (const team of steps) {
      for (const priority of steps) {
        const answer = answerOf({ team, priority });
        for (const low of steps) {
          for (const high of steps.filter((step) => step >= low)) {
            if (isAllowed({ triage: high }, answer)) expect(isAllowed({ triage: low }, answer)).toBe(true);
            if (isAllowed({ ...PROVED, "triage.team": low }, answer)) expect(isAllowed(PROVED, answer)).toBe(true);
            const byField = isAllowed({ "triage.team": low, "triage.priority": high }, answer);
            expect(byField).toBe(team >= low && priority >= high);
            expect(isAllowed({ triage: high, "triage.team": low }, answer)).toBe(byField);
          }
        }
      }
    }
  });
});

describe("an open breaker", () => {
  const open: OnRecord = {
    ...RECORD,
    breaker: { openedAt: Date.parse("2026-01-05T08:00:00Z"), reason: "9 of 60 audited writes were wrong" },
  };
  const facts = (more: Partial<Facts>): Facts => ({
    action: "desk.update",
    values: { team: "billing" },
    basedOn: sure,
    decidedBy: null,
    before: null,
    event: null,
    now: Date.parse("2026-01-05T09:00:00Z"),
    onRecord: RECORD,
    ...more,
  });
  const decided = (more: Partial<Facts>) => {
    const { outcome, rule } = evaluate(SPEC, facts(more));
    return `${outcome} ${rule}`;
  };

  it("asks for every write that may be asked for, and says since when and why", () => {
    expect(decided({})).toBe("allow confidence_proved");
    expect(decided({ onRecord: open })).toBe("require_approval breaker_open");
    expect(evaluate(SPEC, facts({ onRecord: open })).reason).toBe(
      "The workflow's breaker is open since 2026-01-05T08:00:00.000Z: 9 of 60 audited writes were wrong",
    );
    expect(decided({ onRecord: open, action: "desk.close" })).toBe("require_approval breaker_open");
  });

  it("leaves alone what is never asked, and what a person has decided", () => {
    expect(decided({ onRecord: open, action: "desk.note" })).toBe("allow action_listed");
    expect(decided({ onRecord: open, decidedBy: "ada@example.com" })).toBe("allow person_decided");
    expect(decided({ onRecord: null, action: "desk.note" })).toBe("allow action_listed");
  });

  it("is taken to be open where it could not be read", () => {
    expect(decided({ onRecord: null })).toBe("require_approval breaker_unknown");
  });

  it("lifts no denial", () => {
    expect(decided({ onRecord: open, values: { status: "solved" } })).toBe("deny field_not_listed");
  });
});

describe("a spec", () => {
  it("refuses a certificate for a single field, and names the place", () => {
    const given = { ...SPEC, thresholds: { "triage.team": { certificate: "crt_1" } } };
    const issues = GovernanceSpec.safeParse(given).error?.issues ?? [];
    expect(issues.map(({ path, message }) => [path.join(" "), message])).toEqual([
      ["thresholds triage.team", "a certificate names its own fields: write it for triage, or give a number here"],
    ]);
  });
});
