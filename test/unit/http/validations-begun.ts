// Validations that have not ended, in D1: one that is checked, one under way, one that was stopped; and the file behind them.
import { sha256Hex } from "../../../src/core/crypto.ts";
import { insertValidation, moveValidation, type PlannedFacts, startValidation } from "../../../src/db/validations.ts";
import { NOW } from "./stories.ts";

export const CHECKED = "val_checked";
export const RUNNING = "val_running";
export const STOPPED = "val_stopped";

const TEAMS = ["billing", "shipping", "returns", "technical", "account", "privacy"];
const rows = Array.from({ length: 240 }, (_, index) => ({
  id: `t${index}`,
  text: `labelled ticket number ${index}`,
  team: TEAMS[index % TEAMS.length] as string,
}));

/** 240 records, and a row without a label. */
export const FILE = ["id,text,team", ...rows.map(({ id, text, team }) => `${id},${text},${team}`), "t999,a ticket without a label,"].join(
  "\n",
);
export const UPLOAD = { workflow: "ticket-triage", name: "tickets-july.csv", data: FILE, limit: 0.05 };

const factsOf = (id: string): PlannedFacts => ({
  id,
  workflow: "ticket-triage",
  workflowVersion: 1,
  decision: "triage",
  fields: ["team"],
  dataset: { name: "tickets-july.csv", digest: sha256Hex(FILE), rows: rows.length, rejected: 1 },
  specVersion: 3,
  currentThreshold: 0.6,
  limit: 0.05,
  confidence: 0.95,
});

const KEPT = {
  terms: { columns: {}, anyway: false },
  columns: { id: "id", elements: { "ticket.description": "text" }, fields: { team: "team" } },
  warnings: [],
  rejections: [{ line: 242, reason: 'The label of "team" is empty' }],
};

export async function insertBegun(db: D1Database): Promise<void> {
  for (const id of [CHECKED, RUNNING, STOPPED])
    await insertValidation(db, {
      id,
      workflow: "ticket-triage",
      facts: factsOf(id),
      imported: JSON.stringify(KEPT),
      createdAt: NOW,
      createdBy: "ann@example.com",
      keepDays: 30,
    });
  const records = rows.map(({ id, text, team }, index) => ({
    number: index + 1,
    id,
    line: index + 2,
    input: { "ticket.subject": "", "ticket.description": text },
    expected: { team },
  }));
  for (const id of [RUNNING, STOPPED]) await startValidation(db, id, records, NOW);
  const because = { code: "model.no_agreement", message: "No card is on record" } as const;
  await moveValidation(db, STOPPED, ["running"], "stopped", { now: NOW, because });
}
