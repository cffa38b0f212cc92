// What a start needs of D1: the approved specs, the recorded number of partitions; and the log of events that may be in no run.
import { fail, ok, type Result } from "../core/errors.ts";
import type { InterlockEvent } from "../core/event.ts";
import { GovernanceSpec } from "../governance/spec.ts";
import { eventRow, INSERT_EVENTS } from "./event-log.ts";

export interface Starting {
  /** The number of partitions that this database began with: it decides where every run lives. */
  readonly partitions: number;
  /** The newest approved spec of each workflow, by workflow name. One that cannot be read is a failure, and costs no other workflow its start. */
  readonly specs: Map<string, Result<GovernanceSpec>>;
}

/** One round trip: it is paid by every batch of events. */
export async function readStarting(db: D1Database, workflows: readonly string[], partitions: number): Promise<Starting> {
  const [recorded, approved] = await db.batch<{ value: string; workflow: string; body: string }>([
    db.prepare("select value from deployment where key = 'partitions'"),
    db
      .prepare(
        `select workflow, body from governance_spec as s where status = 'approved' and workflow in (select value from json_each(?))
         and version = (select max(version) from governance_spec where workflow = s.workflow and status = 'approved')`,
      )
      .bind(JSON.stringify(workflows)),
  ]);
  const known = recorded?.results[0]?.value;
  if (known === undefined)
    await db.prepare("insert or ignore into deployment (key, value) values ('partitions', ?)").bind(String(partitions)).run();
  return {
    partitions: known === undefined ? partitions : Number(known),
    specs: new Map((approved?.results ?? []).map((row) => [row.workflow, readSpec(row)])),
  };
}

function readSpec({ workflow, body }: { readonly workflow: string; readonly body: string }): Result<GovernanceSpec> {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return fail("run.refused", `The approved governance spec of ${workflow} is not JSON`);
  }
  const parsed = GovernanceSpec.safeParse(json);
  if (parsed.success) return ok(parsed.data);
  const issue = parsed.error.issues[0];
  return fail(
    "run.refused",
    `The approved governance spec of ${workflow} does not fit its schema: ${issue?.path.join(".")}: ${issue?.message}`,
  );
}

/** Events that no workflow listens to, or of which a later one may take the place; others are logged with their run's projection. */
export async function logUnheard(db: D1Database, events: readonly InterlockEvent[], receivedAt: number): Promise<void> {
  if (events.length === 0) return;
  await db
    .prepare(INSERT_EVENTS)
    .bind(JSON.stringify(events.map((event) => eventRow(event, receivedAt))))
    .run();
}
