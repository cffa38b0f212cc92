// What a page says in place of contents whose time had come: after how long, since when, why, and what is left.
import type { RunRow } from "../../db/reads.ts";
import { When } from "./marks.tsx";

type Erased = Pick<RunRow, "erasedAt" | "updatedAt">;

const DAY_MS = 24 * 60 * 60_000;

/** As it was, and not as it was to be: the days from its last entry on, whole ones, because a sweep comes at its own time. */
const after = (erasedAt: number, updatedAt: number): string => `after ${Math.floor((erasedAt - updatedAt) / DAY_MS)} days`;

/** "removed after 90 days", or null while they are still there. */
export const removedWhen = ({ erasedAt, updatedAt }: Erased): string | null =>
  erasedAt === null ? null : `removed ${after(erasedAt, updatedAt)}`;

export const Removed = ({ run: { erasedAt, updatedAt }, now }: { run: Erased; now: number }) =>
  erasedAt === null ? null : (
    <div class="note">
      <p>
        {`What this run read, decided and wrote was removed ${after(erasedAt, updatedAt)}, as its governance spec and its data flow say: `}
        <When at={erasedAt} now={now} />. Which steps there were, when, by whom and how they ended stays, and can still be verified.
      </p>
    </div>
  );
