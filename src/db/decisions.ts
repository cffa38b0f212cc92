// What models answered, one row per recorded answer, for measuring over time: made from the journal with its projection, so that a row can be made again. It judges
// nothing; how sure an answer was is as the journal says, and what it cost is no matter of this table.
import type { AuditEntry, ProjectedRun } from "./projection.ts";

interface Made {
  readonly value?: unknown;
  readonly confidence?: number;
  readonly source?: string;
  readonly provider?: string;
  readonly model?: string;
}

/** A step is named after its decision, and the second of that name "triage#2". */
export const decisionOfStep = (step: string): string => step.replace(/#\d+$/, "");

export function decisionRow(run: Pick<ProjectedRun, "id" | "workflow" | "version">, { step = "", at, ...entry }: AuditEntry): unknown[] {
  // Journals of older releases lack some of it.
  const made = (entry.decision ?? {}) as Made;
  return [
    run.id,
    step,
    run.workflow,
    run.version,
    decisionOfStep(step),
    at,
    made.value ?? null,
    made.confidence ?? 0,
    made.source ?? "none",
    made.provider ?? "unknown",
    made.model ?? "unknown",
  ];
}

const member = (index: number): string => (index === 6 ? `value->${index}` : `value->>${index}`);

export const INSERT_DECISIONS = `insert or ignore into decision
    (run, step, workflow, version, name, at, value, score, source, provider, model)
  select ${Array.from({ length: 11 }, (_, index) => member(index)).join(", ")} from json_each(?) where true`;
