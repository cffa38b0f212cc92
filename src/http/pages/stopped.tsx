// What stands above every page while a kill switch is on: what is stopped, by whom, since when and why.
import type { HaltRow } from "../../operations/halt-runs.ts";
import { Mark, When } from "./marks.tsx";
import { sentence } from "./words.ts";

export const scopeText = (scope: string): string => (scope === "*" ? "everything" : scope);
/** At the beginning of a sentence; a workflow's name is written as it is. */
export const scopeTitle = (scope: string): string => (scope === "*" ? "Everything" : scope);

export const Stopped = ({ stopped }: { stopped: readonly HaltRow[] }) =>
  stopped.length === 0 ? null : (
    <div class="stopped" role="status">
      <div class="bounds">
        {stopped.map(({ scope, by, at, reason }) => (
          <p>
            <Mark shape="stop" /> <strong>{`${scopeTitle(scope)} is stopped`}</strong> by {by}, <When at={at} now={at} />:{" "}
            {sentence(reason)} <a href="/stops">Kill switch</a>
          </p>
        ))}
      </div>
    </div>
  );
