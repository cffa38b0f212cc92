// D1: what is decided on by people (governance specs) and what is projected from partitions for lists and pages. The partition's journal is the truth about
// a run; every table here but governance_spec, event_log, dead_letter and deployment can be rebuilt from it.
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Facts that must not change under a running deployment, such as the number of partitions. */
export const deployment = sqliteTable("deployment", { key: text("key").primaryKey(), value: text("value").notNull() });

/** Every event that started a run (written with its projection), became part of another's run, or that no workflow listens to. `data` is the sender's payload as JSON. */
export const eventLog = sqliteTable(
  "event_log",
  {
    id: text("id").primaryKey(),
    connection: text("connection").notNull(),
    type: text("type").notNull(),
    subject: text("subject").notNull(),
    time: integer("time").notNull(),
    receivedAt: integer("received_at").notNull(),
    data: text("data").notNull(),
  },
  (table) => [index("event_log_received").on(table.receivedAt)],
);

/** `state` is the RunState as JSON; `seq` the last journal entry that this row reflects. */
export const run = sqliteTable(
  "run",
  {
    id: text("id").primaryKey(),
    workflow: text("workflow").notNull(),
    version: integer("version").notNull(),
    specVersion: integer("spec_version").notNull(),
    partition: text("partition").notNull(),
    eventId: text("event_id").notNull(),
    subject: text("subject").notNull(),
    status: text("status").notNull(),
    state: text("state").notNull(),
    startedAt: integer("started_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
    seq: integer("seq").notNull(),
  },
  (table) => [index("run_started").on(table.startedAt)],
);

/** One row per journal entry: what happened, when, by whom. `body` is the entry as JSON. */
export const audit = sqliteTable(
  "audit",
  {
    run: text("run").notNull(),
    seq: integer("seq").notNull(),
    at: integer("at").notNull(),
    type: text("type").notNull(),
    step: text("step"),
    actor: text("actor").notNull(),
    body: text("body").notNull(),
  },
  (table) => [primaryKey({ columns: [table.run, table.seq] })],
);

/** status: pending, approved, edited, rejected, expired, voided. `body` is the Approval as JSON. */
export const approval = sqliteTable(
  "approval",
  {
    id: text("id").primaryKey(),
    run: text("run").notNull(),
    workflow: text("workflow").notNull(),
    step: text("step").notNull(),
    action: text("action").notNull(),
    target: text("target").notNull(),
    status: text("status").notNull(),
    requestedAt: integer("requested_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
    decidedAt: integer("decided_at"),
    decidedBy: text("decided_by"),
    seq: integer("seq").notNull(),
    body: text("body").notNull(),
  },
  (table) => [index("approval_open").on(table.status, table.expiresAt)],
);

/** One row per intended write. status: intended, applied, unknown, refused, undoing, undone, undo_conflict, undo_failed, failed. */
export const effect = sqliteTable(
  "effect",
  {
    run: text("run").notNull(),
    step: text("step").notNull(),
    action: text("action").notNull(),
    target: text("target").notNull(),
    status: text("status").notNull(),
    /** JSON: fields before, values written, what the read-back said. */
    body: text("body").notNull(),
    seq: integer("seq").notNull(),
  },
  (table) => [primaryKey({ columns: [table.run, table.step] })],
);

/**
 * What could not be handled, with its reason and what a replay needs. kind: delivery (authentic, not readable), event (an InterlockEvent), message (of the queue,
 * not an event). `body` is it as text; `delivery` the KeptDelivery as JSON. The last four say how the latest replay ended.
 */
export const deadLetter = sqliteTable(
  "dead_letter",
  {
    id: text("id").primaryKey(),
    at: integer("at").notNull(),
    kind: text("kind").notNull(),
    connection: text("connection"),
    source: text("source").notNull(),
    reason: text("reason").notNull(),
    body: text("body").notNull(),
    delivery: text("delivery"),
    replayedAt: integer("replayed_at"),
    replayedBy: text("replayed_by"),
    outcome: text("outcome"),
    run: text("run"),
  },
  (table) => [index("dead_letter_at").on(table.at)],
);

/** Every turn of a kill switch. `scope` is a workflow's name, or "*" for everything. */
export const halt = sqliteTable(
  "halt",
  {
    scope: text("scope").notNull(),
    at: integer("at").notNull(),
    on: integer("on").notNull(),
    by: text("by").notNull(),
    reason: text("reason").notNull(),
  },
  (table) => [primaryKey({ columns: [table.scope, table.at] })],
);

/** status: draft, approved, retired. `body` is the exact text that was approved; `digest` its SHA-256. */
export const governanceSpec = sqliteTable(
  "governance_spec",
  {
    workflow: text("workflow").notNull(),
    version: integer("version").notNull(),
    status: text("status").notNull(),
    body: text("body").notNull(),
    digest: text("digest").notNull(),
    approvedBy: text("approved_by"),
    approvedAt: integer("approved_at"),
  },
  (table) => [primaryKey({ columns: [table.workflow, table.version] })],
);
