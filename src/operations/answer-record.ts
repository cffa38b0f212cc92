// What becomes of one labelled record: its answer, another try later, or a stop of the whole validation. Pure but for the rehearsal itself, whose ports are given. The
// Worker's queue and the terminal both come here, so that a record is answered alike in both.
import { errorFacts, type Failure } from "../core/errors.ts";
import type { LabelledRecord, Workflow } from "../engine/define.ts";
import { labelAt, type RehearsalPorts, type Rehearsed, rehearse } from "../engine/rehearse.ts";
import type { GovernanceSpec } from "../governance/spec.ts";
import type { RecordAnswer } from "../validation/record.ts";

export type Outcome =
  | { readonly kind: "answer"; readonly answer: RecordAnswer }
  | { readonly kind: "again"; readonly afterMs: number; readonly error: Failure }
  /** No record can be answered until somebody has put this right: the others are not tried. */
  | { readonly kind: "stop"; readonly error: Failure };

/** Tries of a record before it counts as failed: with the pauses below about four minutes, which spans a provider's restart. */
export const MAX_TRIES = 8;
const BASE_MS = 1_000;
const CAP_MS = 120_000;

export async function answerRecord(
  workflow: Workflow,
  spec: GovernanceSpec,
  record: LabelledRecord,
  asked: Asked,
  ports: RehearsalPorts,
): Promise<Outcome> {
  return decideOutcome(await rehearse(workflow, spec, record, ports), asked);
}

export interface Asked {
  /** Those that are labelled. */
  readonly fields: readonly string[];
  /** Of this record, this one included. */
  readonly tries: number;
  /** Other records were answered while this one was tried: then it is not the provider that is away. */
  readonly othersAnswered: boolean;
}

export function decideOutcome(rehearsed: Rehearsed, { fields, tries, othersAnswered }: Asked): Outcome {
  switch (rehearsed.kind) {
    case "answered":
      return { kind: "answer", answer: answerOf(rehearsed, fields) };
    case "again":
      // An outage is no answer: whoever runs the validation lets it go on when it is over.
      if (tries >= MAX_TRIES)
        return isOutage(rehearsed.error) && !othersAnswered
          ? { kind: "stop", error: rehearsed.error }
          : { kind: "answer", answer: failed(rehearsed.error) };
      return { kind: "again", afterMs: Math.max(rehearsed.afterMs, Math.min(CAP_MS, BASE_MS * 2 ** (tries - 1))), error: rehearsed.error };
    case "failed":
      return isEverybodys(rehearsed.error) ? { kind: "stop", error: rehearsed.error } : { kind: "answer", answer: failed(rehearsed.error) };
  }
}

const isOutage = ({ code }: Failure): boolean => code === "model.unavailable" || code === "model.rate_limited";

/** What an operator has to put right about the model is the same for every record. */
const isEverybodys = ({ code }: Failure): boolean => code.startsWith("model.") && errorFacts(code).retry === "operator";

const failed = ({ code, message }: Failure): RecordAnswer => ({ kind: "failed", code, message });

function answerOf({ decision, ruling }: Extract<Rehearsed, { kind: "answered" }>, fields: readonly string[]): RecordAnswer {
  return {
    kind: "answered",
    value: Object.fromEntries(fields.map((path) => [path, labelAt(decision.value, path)])),
    // A field without a measure reaches no threshold.
    score: Math.min(...fields.map((path) => decision.fields[path]?.confidence ?? 0)),
    fields: decision.fields,
    source: decision.source,
    basis: decision.basis,
    provider: decision.provider,
    model: decision.model,
    costUsd: decision.costUsd,
    promptTokens: decision.usage.promptTokens,
    completionTokens: decision.usage.completionTokens,
    latencyMs: decision.latencyMs,
    ruling,
  };
}
