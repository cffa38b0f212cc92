// Finished validations in D1, as the queue leaves them: the rows, the answers and the first report. Records are made by arithmetic, so that each run has the same.
import type { Failure } from "../../../src/core/errors.ts";
import { finishValidation, insertValidation, keepAnswer, startValidation } from "../../../src/db/validations.ts";
import { issueFirstReport } from "../../../src/operations/validation-reports.ts";
import type { ValidatedRecord, ValidationFacts } from "../../../src/validation/record.ts";
import type { IssuedReport } from "../../../src/validation/report-shape.ts";
import { NOW } from "./stories.ts";

const TEAMS = ["account", "billing", "privacy", "returns", "shipping", "technical"] as const;

export const FACTS: ValidationFacts = {
  id: "val_1",
  workflow: "ticket-triage",
  workflowVersion: 1,
  decision: "triage",
  fields: ["team"],
  dataset: { name: "tickets-june.csv", digest: "d".repeat(64), rows: 300, rejected: 2 },
  specVersion: 3,
  currentThreshold: 0.8,
  limit: 0.1,
  confidence: 0.95,
  startedAt: NOW,
  finishedAt: NOW + 90_000,
};

/** The higher a score, the rarer a mistake. Every fiftieth record is without an answer. */
export function labelledRecords(count: number, seed = 1): ValidatedRecord[] {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return Array.from({ length: count }, (_, index): ValidatedRecord => {
    const team = TEAMS[index % TEAMS.length] ?? "account";
    const score = Number((1 - next() ** 2 * 0.7).toFixed(4));
    const isWrong = next() > score ** 0.4;
    const given = isWrong ? (TEAMS[(index + 1) % TEAMS.length] ?? "account") : team;
    return {
      id: `t-${index + 1}`,
      line: index + 2,
      input: {
        "ticket.subject": `About my ${team}`,
        "ticket.description": `Hello, number ${index + 1} has a question for ${team} & <others>.`,
      },
      expected: { team },
      answer:
        index % 50 === 49
          ? { kind: "failed", code: "model.invalid_output", message: "The answer does not fit the declared schema" }
          : {
              kind: "answered",
              value: { team: given },
              score,
              fields: {
                team: {
                  confidence: score,
                  alternatives: [{ value: isWrong ? team : "other", probability: Number((1 - score).toFixed(4)) }],
                },
              },
              source: "builtin",
              basis: { prompt: "a".repeat(64), schema: "b".repeat(64) },
              provider: "builtin",
              model: "builtin/ticket-triage@3f2a91c0",
              costUsd: 0,
              promptTokens: 40,
              completionTokens: 4,
              latencyMs: 1 + (index % 7),
              ruling: score >= 0.8 ? "allow" : "require_approval",
            },
    };
  });
}

const IMPORT = {
  terms: { columns: {}, anyway: false },
  columns: { id: "id", elements: { "ticket.description": "text" }, fields: { team: "team" } },
  warnings: [],
  rejections: [
    { line: 302, reason: 'The label of "team" is empty' },
    { line: 303, reason: "The same record as on line 7" },
  ],
};

type Row = { readonly facts: ValidationFacts; readonly records: readonly ValidatedRecord[]; readonly createdAt?: number };

async function begin(db: D1Database, { facts, records, createdAt = facts.startedAt }: Row): Promise<void> {
  const { id, workflow, startedAt, finishedAt: _, ...planned } = facts;
  const row = {
    id,
    workflow,
    facts: { id, workflow, ...planned },
    imported: JSON.stringify(IMPORT),
    createdAt,
    createdBy: "ann@example.com",
    keepDays: 30,
  };
  await insertValidation(db, row);
  const plan = records.map(({ answer: _answer, ...record }, index) => ({ ...record, number: index + 1 }));
  await startValidation(db, id, plan, startedAt);
}

/** The first `answered` of its records are answered. */
export async function underWay(db: D1Database, row: Row, answered: number): Promise<void> {
  await begin(db, row);
  for (const [index, { answer }] of row.records.slice(0, answered).entries())
    await keepAnswer(db, row.facts.id, index + 1, answer, row.facts.finishedAt);
}

export async function finished(env: Env, row: Row): Promise<IssuedReport> {
  const { facts, records, createdAt = facts.startedAt } = row;
  await underWay(env.DB, row, records.length);
  const issued = await issueFirstReport(env, { id: facts.id, workflow: facts.workflow, createdAt }, facts, records);
  if (!(await finishValidation(env.DB, facts.id, issued.digest, facts.finishedAt))) throw new Error(`${facts.id} could not be finished`);
  return issued;
}

export const codeOf = async (response: Response): Promise<Failure["code"] | undefined> =>
  ((await response.json()) as { code?: Failure["code"] }).code;
