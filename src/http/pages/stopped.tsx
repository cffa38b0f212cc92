// What stands above every page while a kill switch is on or a breaker is open: what is stopped or asks for everything, by whom, since when and why.
import type { Breaker } from "../../operations/breakers.ts";
import type { HaltRow } from "../../operations/halt-runs.ts";
import { Mark, When } from "./marks.tsx";
import { sentence } from "./words.ts";

export const scopeText = (scope: string): string => (scope === "*" ? "everything" : scope);
/** At the beginning of a sentence; a workflow's name is written as it is. */
export const scopeTitle = (scope: string): string => (scope === "*" ? "Everything" : scope);

export const Stopped = ({ stopped, breakers }: { stopped: readonly HaltRow[]; breakers: readonly Breaker[] }) =>
  stopped.length + breakers.length === 0 ? null : (
    <div class="stopped" role="status">
      <div class="bounds">
        {stopped.map(({ scope, by, at, reason }) => (
          <p>
            <Mark shape="stop" /> <strong>{`${scopeTitle(scope)} is stopped`}</strong> by {by}, <When at={at} now={at} />:{" "}
            {sentence(reason)} <a href="/stops">Kill switch</a>
          </p>
        ))}
        {breakers.map(({ workflow, openedBy, openedAt, reason }) => (
          <p>
            <Mark shape="question" /> <strong>{`${workflow} asks about every write`}</strong>: its breaker was tripped by {openedBy},{" "}
            <When at={openedAt} now={openedAt} />: {sentence(reason)} <a href="/stops#breakers">Breakers</a>
          </p>
        ))}
      </div>
    </div>
  );
