// What a page says in place of contents that the governance spec's retention has removed: since when, why, and what is left.
import type { RunRow } from "../../db/reads.ts";
import { When } from "./marks.tsx";

const after = (days: number | null): string => (days === null ? "after the time that the governance spec sets" : `after ${days} days`);

/** "removed after 90 days", or null while they are still there. */
export const removedWhen = ({ erasedAt }: Pick<RunRow, "erasedAt">, days: number | null): string | null =>
  erasedAt === null ? null : `removed ${after(days)}`;

export const Removed = ({ at, days, now }: { at: number; days: number | null; now: number }) => (
  <div class="note">
    <p>
      {`What this run read, decided and wrote was removed ${after(days)}, as its governance spec says: `}
      <When at={at} now={now} />. Which steps there were, when, by whom and how they ended stays, and can still be verified.
    </p>
  </div>
);
