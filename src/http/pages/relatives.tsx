// Which runs a run has started, as links: what its journal says and nothing else. Where it came from itself is in run-origin.tsx.
import type { Json } from "../../core/json.ts";
import type { AuditRow } from "../../db/reads.ts";

interface Relative {
  readonly run: string;
  readonly says: string;
}

export function relativesOf(entries: readonly Pick<AuditRow, "type" | "step" | "body">[]): Relative[] {
  const ended = new Set(entries.flatMap(({ type, step }) => (type === "child.ended" ? [step] : [])));
  return entries.flatMap(({ type, step, body }): Relative[] => {
    if (type !== "child.started" || body === null) return [];
    const run = text(body.child);
    if (run === null) return [];
    if (step === "continueAsNew") return [{ run, says: "Goes on as" }];
    return [{ run, says: body.waits === true && !ended.has(step) ? `“${step}” waits for` : `“${step}” started` }];
  });
}

export const Relatives = ({ entries }: { entries: readonly AuditRow[] }) => {
  const relatives = relativesOf(entries);
  if (relatives.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="relatives">
      <h2 id="relatives">Other runs</h2>
      <ul class="plain">
        {relatives.map(({ run, says }) => (
          <li>
            {says} <a href={`/runs/${encodeURIComponent(run)}`}>{run}</a>
          </li>
        ))}
      </ul>
    </section>
  );
};

const text = (value: Json | undefined): string | null => (typeof value === "string" ? value : null);
