// How the process owner wants writes taken back: the rollback block of a governance spec, where somebody is about to do it.
import type { GovernanceSpec } from "../../governance/spec.ts";
import { sentence } from "./words.ts";

export const Rollback = ({ rollback: { procedure, owner, windowDays } }: { rollback: GovernanceSpec["rollback"] }) => (
  <p class="small">
    <strong>Rollback</strong>
    {`: ${sentence(procedure)} Owner: ${owner}. Writes can be undone for ${windowDays} ${windowDays === 1 ? "day" : "days"} after they were made.`}
  </p>
);
