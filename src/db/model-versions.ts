// Versions of the built-in model in D1: what each learned and how it measured itself, who asked for training and how that ended, and which version was made current by whom.
// It judges nothing; the weights lie in R2.
import type { FieldReport, Origin } from "../inference/builtin/train.ts";

/** `unused`: decisions of reviewers that nothing could be learned from. `missing`: labels that the schema allows and no record carries. */
export interface VersionFacts {
  readonly rows: Readonly<Record<Origin, number>>;
  readonly unused: number;
  readonly fields: readonly FieldReport[];
  readonly missing: readonly { readonly field: string; readonly labels: readonly string[] }[];
}

export interface ModelVersion extends VersionFacts {
  readonly id: string;
  readonly workflow: string;
  readonly trainedAt: number;
  readonly trainedBy: string;
}

export interface ModelTraining {
  readonly id: string;
  readonly workflow: string;
  readonly askedAt: number;
  readonly askedBy: string;
  /** Null while it has not ended. */
  readonly endedAt: number | null;
  readonly model: string | null;
  readonly problem: string | null;
}

export interface ModelChoice {
  readonly workflow: string;
  readonly at: number;
  readonly by: string;
  readonly model: string;
}

/** The version that was made current last; null where nobody has chosen one. */
export async function currentModel(db: D1Database, workflow: string): Promise<string | null> {
  const row = await db
    .prepare("select model from model_choice where workflow = ? order by at desc limit 1")
    .bind(workflow)
    .first<{ model: string }>();
  return row?.model ?? null;
}

/** Two choices in one millisecond are told apart: the second counts as a moment later. */
export async function chooseModel(db: D1Database, { workflow, at, by, model }: ModelChoice): Promise<void> {
  await db
    .prepare(
      `insert into model_choice (workflow, at, by, model)
       values (?1, max(?2, coalesce((select max(at) + 1 from model_choice where workflow = ?1), 0)), ?3, ?4)`,
    )
    .bind(workflow, at, by, model)
    .run();
}

/** False for one that is there already: the same records make the same version. */
export async function keepVersion(db: D1Database, { id, workflow, trainedAt, trainedBy, ...facts }: ModelVersion): Promise<boolean> {
  const kept = await db
    .prepare(
      `insert into model_version (id, workflow, trained_at, trained_by, body) select ?1, ?2, ?3, ?4, ?5
       where not exists (select 1 from model_version where id = ?1) returning id`,
    )
    .bind(id, workflow, trainedAt, trainedBy, JSON.stringify(facts))
    .first();
  return kept !== null;
}

export async function hasVersion(db: D1Database, workflow: string, id: string): Promise<boolean> {
  return (await db.prepare("select 1 from model_version where id = ? and workflow = ?").bind(id, workflow).first()) !== null;
}

const HISTORY_SHOWN = 50;

export interface ModelHistory {
  /** Newest first, as the others. */
  readonly versions: readonly ModelVersion[];
  readonly choices: readonly ModelChoice[];
  readonly trainings: readonly ModelTraining[];
}

const TRAININGS = `select id, workflow, asked_at as "askedAt", asked_by as "askedBy", ended_at as "endedAt", model, problem from model_training`;

type StoredVersion = Omit<ModelVersion, keyof VersionFacts> & { readonly body: string };

export async function modelHistory(db: D1Database, workflow: string): Promise<ModelHistory> {
  const [versions, choices, trainings] = (await db.batch([
    db
      .prepare(
        `select id, workflow, trained_at as "trainedAt", trained_by as "trainedBy", body from model_version
         where workflow = ? order by trained_at desc, id limit ${HISTORY_SHOWN}`,
      )
      .bind(workflow),
    db
      .prepare(`select workflow, at, by, model from model_choice where workflow = ? order by at desc limit ${HISTORY_SHOWN}`)
      .bind(workflow),
    db.prepare(`${TRAININGS} where workflow = ? order by asked_at desc, id limit ${HISTORY_SHOWN}`).bind(workflow),
  ])) as [D1Result<StoredVersion>, D1Result<ModelChoice>, D1Result<ModelTraining>];
  return {
    versions: versions.results.map(({ body, ...row }) => ({ ...row, ...(JSON.parse(body) as VersionFacts) })),
    choices: choices.results,
    trainings: trainings.results,
  };
}

/** False while another of this workflow has not ended and is younger than `abandonedBefore`. */
export async function askForTraining(
  db: D1Database,
  asked: Omit<ModelTraining, "endedAt" | "model" | "problem">,
  abandonedBefore: number,
): Promise<boolean> {
  const recorded = await db
    .prepare(
      `insert into model_training (id, workflow, asked_at, asked_by) select ?1, ?2, ?3, ?4
       where not exists (select 1 from model_training where workflow = ?2 and ended_at is null and asked_at > ?5) returning id`,
    )
    .bind(asked.id, asked.workflow, asked.askedAt, asked.askedBy, abandonedBefore)
    .first();
  return recorded !== null;
}

export async function readTraining(db: D1Database, id: string): Promise<ModelTraining | null> {
  return db.prepare(`${TRAININGS} where id = ?`).bind(id).first<ModelTraining>();
}

/** The first end counts. */
export async function endTraining(
  db: D1Database,
  { id, model, problem }: Pick<ModelTraining, "id" | "model" | "problem">,
  now: number,
): Promise<void> {
  await db
    .prepare("update model_training set ended_at = ?2, model = ?3, problem = ?4 where id = ?1 and ended_at is null")
    .bind(id, now, model, problem)
    .run();
}
