// Where a run comes from, where that is not an event of its own, and which runs were begun again of it: sentences with links. Pure.
import type { Child } from "hono/jsx";
import type { JsonObject } from "../../core/json.ts";
import type { RunDetail } from "../../db/reads.ts";

const RunLink = ({ id, children }: { id: string; children: Child }) => <a href={`/runs/${encodeURIComponent(id)}`}>{children}</a>;

export const RunOrigin = ({ audit, run }: Pick<RunDetail, "audit" | "run">) => {
  const origin = audit.find(({ type }) => type === "run.started")?.body?.origin as JsonObject | undefined;
  if (origin === undefined) return null;
  const text = (field: string): string => String(origin[field] ?? "");
  switch (origin.kind) {
    case "replayed":
      return (
        <p>
          Begun anew by {text("by")} for the event of <RunLink id={text("from")}>{nameOf(text("from"), run.id)}</RunLink>.
        </p>
      );
    case "restarted":
      return (
        <p>
          Begun again by {text("by")} from the step “{text("step")}” of <RunLink id={text("from")}>{nameOf(text("from"), run.id)}</RunLink>.
          What came before the step was taken over.
        </p>
      );
    case "child":
      return (
        <p>
          Started by the step “{text("step")}” of <RunLink id={text("parent")}>another run</RunLink>
          {origin.waits === true ? ", which waits for it." : "."}
        </p>
      );
    case "continued":
      return (
        <p>
          Goes on from <RunLink id={text("from")}>the run before it</RunLink>.
        </p>
      );
    default:
      return null;
  }
};

/** The runs that were begun again for the event of this one; the first one is the original. */
export const BegunAgain = ({ runs, self }: { runs: readonly string[]; self: string }) => {
  const others = runs.filter((id) => id !== self);
  return others.length === 0 ? null : (
    <p>
      {runs.includes(self) ? "Also begun again as " : "Begun again as "}
      {others.map((id, index) => (
        <>
          {index === 0 ? "" : ", "}
          <RunLink id={id}>{nameOf(id, self)}</RunLink>
        </>
      ))}
      .
    </p>
  );
};

/** "the first run" or "run ~2": all of them have one id with a number. */
const nameOf = (id: string, self: string): string => {
  const [original, times] = id.split("~", 2);
  if (original !== self.split("~", 1)[0]) return id;
  return times === undefined ? "the first run" : `run ~${times}`;
};
