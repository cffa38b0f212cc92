// Where a run came from and which runs it started, as links: what its journal says and nothing else. A run that nobody started and that started none has none.
import type { Json, JsonObject } from "../../core/json.ts";
import type { AuditRow } from "../../db/reads.ts";

interface Relative {
  readonly run: string;
  readonly says: string;
}

const CAME_FROM: Readonly<Record<string, string>> = {
  child: "Started by",
  continued: "Goes on from",
  replayed: "Replay of",
  restarted: "Restart of",
};

export function relativesOf(entries: readonly Pick<AuditRow, "type" | "step" | "body">[]): Relative[] {
  const ended = new Set(entries.flatMap(({ type, step }) => (type === "child.ended" ? [step] : [])));
  return entries.flatMap(({ type, step, body }): Relative[] => {
    if (type === "run.started") {
      const origin = object(body.origin);
      const run = text(origin.parent) ?? text(origin.from);
      return run === null ? [] : [{ run, says: CAME_FROM[String(origin.kind)] ?? "Came from" }];
    }
    if (type !== "child.started") return [];
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
const object = (value: Json | undefined): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
