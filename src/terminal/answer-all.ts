// Asks about every record that has no answer yet, a few at a time, with pauses where the model asks for them. An answer is kept the moment it is there. Errors of one
// record never stop the others; what is everybody's error stops all.
import { setTimeout as pause } from "node:timers/promises";
import type { Failure } from "../core/errors.ts";
import type { Workflow } from "../engine/define.ts";
import type { RehearsalPorts } from "../engine/rehearse.ts";
import type { GovernanceSpec } from "../governance/spec.ts";
import { answerRecord } from "../operations/answer-record.ts";
import type { ImportedRecord } from "../validation/import-records.ts";
import type { RecordAnswer } from "../validation/record.ts";

/** Enough to keep a provider busy, few enough not to be refused by one. */
export const AT_ONCE = 4;

export interface Asking {
  readonly workflow: Workflow;
  readonly spec: GovernanceSpec;
  readonly fields: readonly string[];
  readonly ports: RehearsalPorts;
  readonly answered: (record: ImportedRecord, answer: RecordAnswer) => void;
}

/** The failure that stopped it, or null when every record has an answer. */
export async function answerAll(
  records: readonly ImportedRecord[],
  { workflow, spec, fields, ports, answered }: Asking,
): Promise<Failure | null> {
  const left = [...records];
  let stopped: Failure | null = null;
  // The provider's wish to wait is everybody's.
  let notBefore = 0;
  let done = 0;
  const work = async () => {
    for (let record = left.shift(); record && !stopped; record = left.shift()) {
      const before = done;
      for (let tries = 1; ; tries++) {
        if (notBefore > ports.now()) await pause(notBefore - ports.now());
        if (stopped) return;
        const outcome = await answerRecord(workflow, spec, record, { fields, tries, othersAnswered: done > before }, ports);
        if (outcome.kind === "again") {
          notBefore = Math.max(notBefore, ports.now() + outcome.afterMs);
          continue;
        }
        if (outcome.kind === "stop") stopped = outcome.error;
        else {
          done++;
          answered(record, outcome.answer);
        }
        break;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return stopped;
}
