// D1: what is decided on by people (governance specs), and what is projected from partitions for lists and pages. Of an open run the partition's journal is the
// truth, and its rows here can be made again from it; of a run that has ended these rows are all that is left (src/db/journal-copy.ts reads them back).
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** Facts that must not change under a running deployment, such as the number of partitions. */
export const deployment = sqliteTable("deployment", { key: text("key").primaryKey(), value: text("value").notNull() });

/**
 * Every event that started a run (written with its projection), became part of another's run, or that no workflow listens to. `data` is the sender's payload as
 * JSON; null once the last run of the event was erased.
 */
export const eventLog = sqliteTable(
  "event_log",
  {
    id: text("id").primaryKey(),
    connection: text("connection").notNull(),
    type: text("type").notNull(),
    subject: text("subject").notNull(),
    time: integer("time").notNull(),
    receivedAt: integer("received_at").notNull(),
    data: text("data"),
  },
  (table) => [index("event_log_received").on(table.receivedAt)],
);

/**
 * `state` is the RunState as JSON; `seq` the last journal entry that this row reflects. `due`: when the run should have moved by itself; null for one that waits
 * for a message, or has ended. `erase_at`: when its contents are to be removed; null while it is open. Both are indexed only where they stand.
 */
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
    due: integer("due"),
    eraseAt: integer("erase_at"),
    erasedAt: integer("erased_at"),
  },
  (table) => [
    index("run_started").on(table.startedAt),
    index("run_due").on(table.due).where(sql`due is not null`),
    index("run_erase").on(table.eraseAt).where(sql`erase_at is not null`),
  ],
);

/**
 * One row per journal entry, never changed: what happened, when, by whom; a link of the run's hash chain (src/governance/audit-chain.ts). Triggers refuse to
 * update and to delete (migrations/0001_audit_is_append_only.sql), here and in the other tables that are named there. Its hidden rowid is the order in
 * which D1 took the rows; checkpoints go by it.
 */
export const audit = sqliteTable(
  "audit",
  {
    run: text("run").notNull(),
    seq: integer("seq").notNull(),
    at: integer("at").notNull(),
    type: text("type").notNull(),
    step: text("step"),
    actor: text("actor").notNull(),
    contentDigest: text("content_digest").notNull(),
    hash: text("hash").notNull(),
  },
  (table) => [primaryKey({ columns: [table.run, table.seq] })],
);

/**
 * The part of the audit that can be erased: what a run's entries say, many entries to a row, because rows written are the bill. `body` is a JSON array with
 * the entries first_seq to last_seq. Rows may overlap after a crash; they then say the same.
 */
export const auditContent = sqliteTable(
  "audit_content",
  {
    run: text("run").notNull(),
    firstSeq: integer("first_seq").notNull(),
    lastSeq: integer("last_seq").notNull(),
    salt: text("salt").notNull(),
    body: text("body").notNull(),
  },
  (table) => [primaryKey({ columns: [table.run, table.firstSeq] })],
);

/** status: pending, approved, edited, rejected, insufficient, expired, voided. `body` is the Approval as JSON. */
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
  (table) => [index("approval_open").on(table.status, table.expiresAt), index("approval_run").on(table.run)],
);

/**
 * One row per intended write. status: intended, applied, unknown, refused, undoing, undone, undo_conflict, undo_failed, failed. `at`: when it was applied, or, of
 * one that was not, intended. `sampled`: 1 where nobody was asked and somebody is to look at it afterwards; indexed only there.
 */
export const effect = sqliteTable(
  "effect",
  {
    run: text("run").notNull(),
    step: text("step").notNull(),
    workflow: text("workflow").notNull(),
    version: integer("version").notNull(),
    action: text("action").notNull(),
    target: text("target").notNull(),
    status: text("status").notNull(),
    at: integer("at").notNull(),
    sampled: integer("sampled").notNull(),
    /** JSON: fields before, values written, what the read-back said. */
    body: text("body").notNull(),
    seq: integer("seq").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.run, table.step] }),
    index("effect_at").on(table.at),
    index("effect_sampled").on(table.at).where(sql`sampled = 1`),
  ],
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

/**
 * Each checkpoint of the audit (src/governance/checkpoint.ts), as a list for pages and for the next one. The evidence is its object in R2, named by `key`.
 * `through`: the last rowid of `audit` that it covers. `at_run`, `at_seq`: which record that was, so that rows which were numbered anew are noticed.
 */
export const auditCheckpoint = sqliteTable("audit_checkpoint", {
  number: integer("number").primaryKey(),
  date: text("date").notNull(),
  key: text("key").notNull(),
  at: integer("at").notNull(),
  digest: text("digest").notNull(),
  /** Which key signed it; null when there was none. */
  signedBy: text("signed_by"),
  runs: integer("runs").notNull(),
  records: integer("records").notNull(),
  through: integer("through").notNull(),
  atRun: text("at_run"),
  atSeq: integer("at_seq"),
  /** 0 where the audit had more than one checkpoint takes: the next of the same day goes on. */
  complete: integer("complete").notNull(),
});

/** Who took a copy of the audit, when, and which part of it (`filter` as JSON). Written before the first byte leaves. */
export const auditExport = sqliteTable("audit_export", {
  id: integer("id").primaryKey(),
  at: integer("at").notNull(),
  by: text("by").notNull(),
  format: text("format").notNull(),
  filter: text("filter").notNull(),
});

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

/**
 * Every version of every workflow's governance spec. status: draft, submitted, approved, rejected, retired; triggers let it move on only so, and let nothing else
 * of a version change once it is submitted. `body` is the exact text that is approved; `digest` its SHA-256. `emergency`: why it could not wait; null for most.
 * `ended_*`: who rejected or retired it, and why.
 */
export const governanceSpec = sqliteTable(
  "governance_spec",
  {
    workflow: text("workflow").notNull(),
    version: integer("version").notNull(),
    status: text("status").notNull(),
    body: text("body").notNull(),
    digest: text("digest").notNull(),
    author: text("author").notNull(),
    createdAt: integer("created_at").notNull(),
    /** For whoever approves it. */
    note: text("note"),
    emergency: text("emergency"),
    submittedAt: integer("submitted_at"),
    approvedBy: text("approved_by"),
    approvedAt: integer("approved_at"),
    expiresAt: integer("expires_at"),
    endedBy: text("ended_by"),
    endedAt: integer("ended_at"),
    endedBecause: text("ended_because"),
  },
  (table) => [primaryKey({ columns: [table.workflow, table.version] })],
);

/** What is on record about a model provider's data-processing agreement: every version of a card is a row that stays, and the latest counts. Days are YYYY-MM-DD. */
export const providerCard = sqliteTable(
  "provider_card",
  {
    provider: text("provider").notNull(),
    /** The host that requests go to, with its port if it has one. */
    host: text("host").notNull(),
    recordedAt: integer("recorded_at").notNull(),
    recordedBy: text("recorded_by").notNull(),
    dpaSignedOn: text("dpa_signed_on"),
    dpaExpires: text("dpa_expires"),
    region: text("region").notNull(),
    zeroRetention: integer("zero_retention").notNull(),
    /** What covers a transfer to a third country (src/governance/provider-standing.ts); null where nobody has said. */
    transfer: text("transfer"),
  },
  (table) => [primaryKey({ columns: [table.provider, table.host, table.recordedAt] })],
);

/** What a person found who looked at a sampled write afterwards. One verdict for each write, and never changed but for that (migrations/0001_audit_is_append_only.sql). */
export const effectCheck = sqliteTable(
  "effect_check",
  {
    run: text("run").notNull(),
    step: text("step").notNull(),
    at: integer("at").notNull(),
    by: text("by").notNull(),
    /** right, wrong, cannot_tell */
    verdict: text("verdict").notNull(),
    note: text("note").notNull(),
    /** What should have been written, JSON by field, where it was wrong and somebody said; goes with the contents of the run. */
    should: text("should"),
  },
  (table) => [primaryKey({ columns: [table.run, table.step] })],
);

/** Who may what, for which workflow ("*": all), since when and by whose word; and who took it back. A row is never removed: what somebody once could stays visible. */
export const roleGrant = sqliteTable(
  "role_grant",
  {
    id: integer("id").primaryKey(),
    /** A person's e-mail address in lower case, or a token's name. */
    principal: text("principal").notNull(),
    role: text("role").notNull(),
    workflow: text("workflow").notNull(),
    grantedAt: integer("granted_at").notNull(),
    grantedBy: text("granted_by").notNull(),
    revokedAt: integer("revoked_at"),
    revokedBy: text("revoked_by"),
  },
  (table) => [uniqueIndex("role_grant_in_force").on(table.principal, table.role, table.workflow).where(sql`revoked_at is null`)],
);

/**
 * Each approval of a workflow's data flow: a row that stays. `body` is the exact text that was approved (src/governance/flow-text.ts), `digest` its SHA-256; it counts
 * as long as the text of today has the same.
 */
export const dataFlowApproval = sqliteTable(
  "data_flow_approval",
  {
    workflow: text("workflow").notNull(),
    at: integer("at").notNull(),
    by: text("by").notNull(),
    digest: text("digest").notNull(),
    body: text("body").notNull(),
  },
  (table) => [primaryKey({ columns: [table.workflow, table.at] })],
);

/** Who agreed to exactly which text of a spec, when: one row, or two for an emergency version. Triggers refuse the author's own, and one of another digest. */
export const specApproval = sqliteTable(
  "spec_approval",
  {
    workflow: text("workflow").notNull(),
    version: integer("version").notNull(),
    by: text("by").notNull(),
    at: integer("at").notNull(),
    digest: text("digest").notNull(),
    note: text("note"),
  },
  (table) => [primaryKey({ columns: [table.workflow, table.version, table.by] })],
);

/** Who is looking at an approval, and until when: advice, and no part of the audit. One row per approval; a claim that was released has `until` in the past. */
export const approvalClaim = sqliteTable("approval_claim", {
  approval: text("approval").primaryKey(),
  by: text("by").notNull(),
  at: integer("at").notNull(),
  until: integer("until").notNull(),
});

/** What people said about an approval. A trigger lets rows go only once the contents of their run were erased. */
export const approvalComment = sqliteTable(
  "approval_comment",
  {
    approval: text("approval").notNull(),
    at: integer("at").notNull(),
    run: text("run").notNull(),
    by: text("by").notNull(),
    text: text("text").notNull(),
  },
  (table) => [primaryKey({ columns: [table.approval, table.at] }), index("approval_comment_run").on(table.run)],
);

/**
 * What was posted to a chat about an approval. kind: asked, reminded, escalated; `seq` tells reminders apart. `at`: when somebody last set about it; `sent_at` when
 * it was posted, as message `ts` of `channel`; `closed_at` when the message was told how it ended.
 */
export const approvalNotice = sqliteTable(
  "approval_notice",
  {
    approval: text("approval").notNull(),
    kind: text("kind").notNull(),
    seq: integer("seq").notNull(),
    at: integer("at").notNull(),
    sentAt: integer("sent_at"),
    channel: text("channel"),
    ts: text("ts"),
    closedAt: integer("closed_at"),
  },
  (table) => [
    primaryKey({ columns: [table.approval, table.kind, table.seq] }),
    index("approval_notice_open").on(table.approval).where(sql`sent_at is not null and closed_at is null`),
  ],
);

/** A person affected contests a change (GDPR Art. 22). `person` is a reference, such as a case number. Append-only, as `contest_closing` is. */
export const contest = sqliteTable(
  "contest",
  {
    id: text("id").primaryKey(),
    run: text("run").notNull(),
    step: text("step").notNull(),
    person: text("person").notNull(),
    reason: text("reason").notNull(),
    at: integer("at").notNull(),
    by: text("by").notNull(),
  },
  (table) => [index("contest_run").on(table.run), index("contest_at").on(table.at)],
);

/** How a contest ended: outcome upheld (the change stands) or changed. */
export const contestClosing = sqliteTable("contest_closing", {
  contest: text("contest").primaryKey(),
  at: integer("at").notNull(),
  by: text("by").notNull(),
  outcome: text("outcome").notNull(),
  reason: text("reason").notNull(),
});

/** What was proved of a threshold (governance/certificate.ts) as JSON, by an id that is computed from it. Append-only. */
export const certificate = sqliteTable(
  "certificate",
  {
    id: text("id").primaryKey(),
    workflow: text("workflow").notNull(),
    decision: text("decision").notNull(),
    issuedAt: integer("issued_at").notNull(),
    issuedBy: text("issued_by").notNull(),
    body: text("body").notNull(),
  },
  (table) => [index("certificate_workflow").on(table.workflow, table.issuedAt)],
);

/**
 * Each time that something took from a workflow what it does without asking: while its row has no `closed_at`, every write is asked. `evidence` is JSON. Rows are
 * added and closed once, and nothing else.
 */
export const breaker = sqliteTable(
  "breaker",
  {
    workflow: text("workflow").notNull(),
    openedAt: integer("opened_at").notNull(),
    openedBy: text("opened_by").notNull(),
    reason: text("reason").notNull(),
    evidence: text("evidence").notNull(),
    closedAt: integer("closed_at"),
    closedBy: text("closed_by"),
    closedBecause: text("closed_because"),
  },
  (table) => [
    primaryKey({ columns: [table.workflow, table.openedAt] }),
    uniqueIndex("breaker_open").on(table.workflow).where(sql`closed_at is null`),
  ],
);

/**
 * One row per decision that a model was asked for: what its calls cost. `provider`, `model`: who answered, null while nobody has. `usd`: of the calls whose cost is
 * known; `unknown_calls` counts the others. It says nothing of the record, and stays when the run's contents are erased.
 */
export const decisionCost = sqliteTable(
  "decision_cost",
  {
    run: text("run").notNull(),
    step: text("step").notNull(),
    workflow: text("workflow").notNull(),
    at: integer("at").notNull(),
    provider: text("provider"),
    model: text("model"),
    calls: integer("calls").notNull(),
    unknownCalls: integer("unknown_calls").notNull(),
    promptTokens: integer("prompt_tokens").notNull(),
    cachedTokens: integer("cached_tokens").notNull(),
    completionTokens: integer("completion_tokens").notNull(),
    usd: real("usd").notNull(),
    priceVersion: text("price_version"),
    seq: integer("seq").notNull(),
  },
  (table) => [primaryKey({ columns: [table.run, table.step] }), index("decision_cost_at").on(table.at)],
);

/**
 * What an owner says of a workflow's work, for its business case: every version is a row that stays, and the latest counts. `body` is the WorkInputs as JSON
 * (src/operations/business-case.ts).
 */
export const businessCase = sqliteTable(
  "business_case",
  {
    workflow: text("workflow").notNull(),
    at: integer("at").notNull(),
    by: text("by").notNull(),
    body: text("body").notNull(),
  },
  (table) => [primaryKey({ columns: [table.workflow, table.at] })],
);

/**
 * One validation: labelled records through a workflow. status: checked (read, and not begun), running, stopped (something has to be put right first), cancelled,
 * finished. `facts` is a ValidationFacts without its times as JSON, `imported` what became of each row of the file. The file itself lies in R2. `moved_at`: the last
 * answer. `report_digest`: SHA-256 of the report that was computed at the end; triggers let nothing change after it but that the contents are erased.
 */
export const validation = sqliteTable(
  "validation",
  {
    id: text("id").primaryKey(),
    workflow: text("workflow").notNull(),
    status: text("status").notNull(),
    facts: text("facts").notNull(),
    imported: text("imported").notNull(),
    createdAt: integer("created_at").notNull(),
    createdBy: text("created_by").notNull(),
    startedAt: integer("started_at"),
    movedAt: integer("moved_at"),
    finishedAt: integer("finished_at"),
    /** Why it stopped, as JSON; who cancelled it. */
    because: text("because"),
    reportDigest: text("report_digest"),
    /** For how many days after its end what the records said is kept, as for the runs of its workflow. */
    keepDays: integer("keep_days").notNull(),
    erasedAt: integer("erased_at"),
  },
  (table) => [index("validation_created").on(table.createdAt), index("validation_open").on(table.movedAt).where(sql`status = 'running'`)],
);

/**
 * A labelled record and its answer: `body` is what the file said, `answer` null until the workflow has answered; a trigger lets it be written once, and lets what the record said go
 * once its validation says that it was erased. `claimed_until`: until then somebody is asking, or nobody is to ask.
 */
export const validationRecord = sqliteTable(
  "validation_record",
  {
    validation: text("validation").notNull(),
    number: integer("number").notNull(),
    body: text("body").notNull(),
    answer: text("answer"),
    attempts: integer("attempts").notNull().default(0),
    claimedUntil: integer("claimed_until"),
  },
  (table) => [primaryKey({ columns: [table.validation, table.number] })],
);

/**
 * Each report of a validation, as it was issued: `body` is its canonical JSON (src/validation/report-shape.ts), `digest` the SHA-256 of it. Revision 1 is of the file's
 * labels; a later one was computed after labels were changed, from the same answers. Append-only.
 */
export const validationReport = sqliteTable(
  "validation_report",
  {
    validation: text("validation").notNull(),
    revision: integer("revision").notNull(),
    digest: text("digest").notNull(),
    body: text("body").notNull(),
    at: integer("at").notNull(),
    /** Who changed a label; null for the first. */
    by: text("by"),
  },
  (table) => [primaryKey({ columns: [table.validation, table.revision] })],
);

/** A label that somebody changed, and why: each is of the report's revision that came of it. `before` and `after`: label by field, as JSON. Append-only. */
export const validationRelabel = sqliteTable(
  "validation_relabel",
  {
    validation: text("validation").notNull(),
    revision: integer("revision").notNull(),
    record: text("record").notNull(),
    before: text("before").notNull(),
    after: text("after").notNull(),
    reason: text("reason").notNull(),
    at: integer("at").notNull(),
    by: text("by").notNull(),
  },
  (table) => [primaryKey({ columns: [table.validation, table.revision] })],
);

/** What a model gave when it was last asked an invented question (src/operations/probe-model.ts). `outcome` is JSON. */
export const modelProbe = sqliteTable("model_probe", {
  model: text("model").primaryKey(),
  provider: text("provider").notNull(),
  host: text("host").notNull(),
  modelId: text("model_id").notNull(),
  outcome: text("outcome").notNull(),
  at: integer("at").notNull(),
  by: text("by").notNull(),
});

/** How many writes a workflow made lately without anybody being asked, and the least share of them that is drawn to be looked at (src/governance/sample.ts). */
export const auditRate = sqliteTable("audit_rate", {
  workflow: text("workflow").primaryKey(),
  at: integer("at").notNull(),
  writes: integer("writes").notNull(),
  days: integer("days").notNull(),
  share: real("share").notNull(),
});

/**
 * One row per answer of a model that a run has recorded, for measuring over time. What it cost is in `decision_cost`: the two are not one table, because that one also has steps
 * that nobody answered, changes with every failed call and stays, while an answer is written once, is also there where it was taken over from another run, and is erased. `score`: its confidence, 0 to 1; `source`: how that was measured. `value` is the
 * answer as JSON, null once the contents of its run were removed.
 */
export const decision = sqliteTable(
  "decision",
  {
    run: text("run").notNull(),
    step: text("step").notNull(),
    workflow: text("workflow").notNull(),
    version: integer("version").notNull(),
    /** As the workflow declares it ("triage"). */
    name: text("name").notNull(),
    at: integer("at").notNull(),
    value: text("value"),
    score: real("score").notNull(),
    source: text("source").notNull(),
    provider: text("provider").notNull(),
    model: text("model").notNull(),
  },
  (table) => [primaryKey({ columns: [table.run, table.step] }), index("decision_at").on(table.workflow, table.at)],
);

/**
 * What shadow mode would have written, beside what the record held later: one row per intended write. outcome: same, different, not_done (nobody has touched the
 * fields), unread. `fields` is JSON: what was intended, what it was before and what people made of it; null once the contents of its run were removed.
 */
export const shadowComparison = sqliteTable(
  "shadow_comparison",
  {
    run: text("run").notNull(),
    step: text("step").notNull(),
    workflow: text("workflow").notNull(),
    action: text("action").notNull(),
    target: text("target").notNull(),
    /** The decision that it rests on, and its score; null where it rests on none. */
    decision: text("decision"),
    score: real("score"),
    intendedAt: integer("intended_at").notNull(),
    /** When the record was looked at last. */
    at: integer("at").notNull(),
    outcome: text("outcome").notNull(),
    /** Why the record could not be read; null for every other outcome. */
    because: text("because"),
    fields: text("fields"),
  },
  (table) => [primaryKey({ columns: [table.run, table.step] }), index("shadow_comparison_intended").on(table.workflow, table.intendedAt)],
);

/** What is counted of a workflow's week once it is over (src/validation/review-week.ts), as JSON without any value of a record: it outlives the contents. */
export const reviewWeek = sqliteTable(
  "review_week",
  {
    workflow: text("workflow").notNull(),
    /** Monday, 00:00 UTC. */
    week: integer("week").notNull(),
    at: integer("at").notNull(),
    body: text("body").notNull(),
  },
  (table) => [primaryKey({ columns: [table.workflow, table.week] })],
);

/** Which evidence a draft of a spec was made from: the review at that moment, as JSON. Append-only. */
export const specAdvice = sqliteTable(
  "spec_advice",
  {
    workflow: text("workflow").notNull(),
    version: integer("version").notNull(),
    at: integer("at").notNull(),
    by: text("by").notNull(),
    /** SHA-256 of the draft's text as the advice wrote it: a draft that was edited since is not what was advised. */
    digest: text("digest").notNull(),
    evidence: text("evidence").notNull(),
  },
  (table) => [primaryKey({ columns: [table.workflow, table.version] })],
);

/** What another reviewer would have decided, without seeing the proposal or the first decision. `body`: the values as JSON, null for a rejection and once it was erased. */
export const secondReview = sqliteTable(
  "second_review",
  {
    approval: text("approval").primaryKey(),
    run: text("run").notNull(),
    workflow: text("workflow").notNull(),
    at: integer("at").notNull(),
    by: text("by").notNull(),
    /** set, reject */
    kind: text("kind").notNull(),
    body: text("body"),
    note: text("note").notNull(),
  },
  (table) => [index("second_review_at").on(table.workflow, table.at)],
);

/** How long a reviewer had an approval's page before answering: what the page that was answered says of when it was shown. */
export const decisionTime = sqliteTable("decision_time", {
  approval: text("approval").primaryKey(),
  by: text("by").notNull(),
  at: integer("at").notNull(),
  ms: integer("ms").notNull(),
});

/** Each time that somebody asked for the built-in model of a workflow to be trained. `model`: the version that it made; `problem`: why it made none. */
export const modelTraining = sqliteTable(
  "model_training",
  {
    id: text("id").primaryKey(),
    workflow: text("workflow").notNull(),
    askedAt: integer("asked_at").notNull(),
    askedBy: text("asked_by").notNull(),
    endedAt: integer("ended_at"),
    model: text("model"),
    problem: text("problem"),
  },
  (table) => [index("model_training_workflow").on(table.workflow, table.askedAt)],
);

/**
 * Every version of the built-in model: id "builtin/<workflow>@<digest of what it learned from>". `body` is the VersionFacts of src/db/model-versions.ts as JSON: rows by origin,
 * fields with their labels, accuracy and calibration. It holds no text of a record. Append-only, as `model_choice` is.
 */
export const modelVersion = sqliteTable(
  "model_version",
  {
    id: text("id").primaryKey(),
    workflow: text("workflow").notNull(),
    trainedAt: integer("trained_at").notNull(),
    trainedBy: text("trained_by").notNull(),
    body: text("body").notNull(),
  },
  (table) => [index("model_version_workflow").on(table.workflow, table.trainedAt)],
);

/** Which version answers: the latest row of a workflow counts; where there is none, the version that is shipped. */
export const modelChoice = sqliteTable(
  "model_choice",
  { workflow: text("workflow").notNull(), at: integer("at").notNull(), by: text("by").notNull(), model: text("model").notNull() },
  (table) => [primaryKey({ columns: [table.workflow, table.at] })],
);

/** The last integration assessment of each connection: what its system was asked and what was found, as JSON. */
export const assessment = sqliteTable("assessment", {
  connection: text("connection").primaryKey(),
  at: integer("at").notNull(),
  by: text("by").notNull(),
  body: text("body").notNull(),
});
