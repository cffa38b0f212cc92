// Projects part of a story's journal, as a partition does that has written so far before: from one entry to another, with the chain going on.
import { projectRuns } from "../../../src/db/projection.ts";
import { decisionCost } from "../../../src/engine/decision-cost.ts";
import type { Entry } from "../../../src/engine/journal.ts";
import { approvalViews, effectView } from "../../../src/engine/project.ts";
import { CHAIN_START } from "../../../src/governance/audit-chain.ts";
import type { Story } from "../http/stories.ts";

export const SALT = "0f".repeat(16);

export interface Part {
  /** Entries after this one. */
  readonly after: number;
  readonly upTo: number;
  readonly head: string;
  readonly eraseAt?: number | null;
}

export async function projectPart(db: D1Database, story: Story, { after, upTo, head, eraseAt = null }: Part): Promise<string> {
  const known = story.entries.filter(({ seq }) => seq <= upTo);
  const steps = new Set(known.flatMap(({ step }) => step ?? []));
  const [next] = await projectRuns(db, [
    {
      id: story.id,
      workflow: story.id.split(".")[0] ?? "",
      version: 1,
      specVersion: 3,
      partition: "p7",
      event: story.event,
      state: upTo < story.entries.length ? { status: "running" } : story.state,
      startedAt: story.startedAt,
      seq: upTo,
      updatedAt: known.at(-1)?.at ?? story.startedAt,
      eraseAt,
      salt: SALT,
      head,
      entries: known.filter(({ seq }) => seq > after),
      effects: [...steps].flatMap(
        (step) =>
          effectView(
            step,
            known.filter((entry: Entry) => entry.step === step),
          ) ?? [],
      ),
      approvals: approvalViews(known),
      costs: [...steps].flatMap(
        (step) =>
          decisionCost(
            step,
            known.filter((entry: Entry) => entry.step === step),
          ) ?? [],
      ),
    },
  ]);
  return next ?? CHAIN_START;
}

export const projectAll = (db: D1Database, story: Story, eraseAt: number | null = null): Promise<string> =>
  projectPart(db, story, { after: 0, upTo: story.entries.length, head: CHAIN_START, eraseAt });

export const table = async (db: D1Database, name: string): Promise<Record<string, unknown>[]> =>
  (await db.prepare(`select * from ${name} order by 1, 2`).all<Record<string, unknown>>()).results;

/** As somebody would who owns the database: the triggers stop statements, and not whoever may drop them. */
export async function openToChange(db: D1Database): Promise<void> {
  for (const name of ["update", "delete"]) await db.prepare(`drop trigger audit_refuses_${name}`).run();
}
