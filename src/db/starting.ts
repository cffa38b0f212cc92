// What a start needs of D1: the specs that count, the recorded number of partitions; and the log of events that may be in no run.
import { sha256Hex } from "../core/crypto.ts";
import { fail, ok, type Result } from "../core/errors.ts";
import type { InterlockEvent } from "../core/event.ts";
import { GovernanceSpec } from "../governance/spec.ts";
import { eventRow, INSERT_EVENTS } from "./event-log.ts";
import { countingVersion } from "./specs.ts";

export interface Starting {
  /** The number of partitions that this database began with: it decides where every run lives. */
  readonly partitions: number;
  /** The spec that counts for each workflow that has an approved one, by workflow name. One that cannot be read is a failure, and costs no other workflow its start. */
  readonly specs: Map<string, Result<GovernanceSpec>>;
}

/** One round trip: it is paid by every batch of events. */
export async function readStarting(db: D1Database, workflows: readonly string[], partitions: number, now: number): Promise<Starting> {
  const [recorded, counting] = await db.batch<{ value: string } & Counting>([
    db.prepare("select value from deployment where key = 'partitions'"),
    db
      .prepare(
        `select workflow, version, body, digest from governance_spec as s
         where workflow in (select value from json_each(?1)) and version = ${countingVersion("s.workflow", "?2")}`,
      )
      .bind(JSON.stringify(workflows), now),
  ]);
  const known = recorded?.results[0]?.value;
  if (known === undefined)
    await db.prepare("insert or ignore into deployment (key, value) values ('partitions', ?)").bind(String(partitions)).run();
  return {
    partitions: known === undefined ? partitions : Number(known),
    specs: new Map((counting?.results ?? []).map((row) => [row.workflow, readSpec(row)])),
  };
}

interface Counting {
  readonly workflow: string;
  readonly version: number;
  readonly body: string;
  readonly digest: string;
}

/** What was approved is exactly this text: no trigger can compute its digest, so it is compared before it counts. */
function readSpec({ workflow, version, body, digest }: Counting): Result<GovernanceSpec> {
  const refused = (why: string) => fail("run.refused", `The approved governance spec of ${workflow}, version ${version}, ${why}`);
  if (sha256Hex(body) !== digest) return refused("is not the text that was approved: its digest differs");
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return refused("is not JSON");
  }
  const parsed = GovernanceSpec.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return refused(`does not fit its schema: ${issue?.path.join(".")}: ${issue?.message}`);
  }
  const named = parsed.data;
  return named.workflow === workflow && named.version === version
    ? ok(named)
    : refused(`says that it is version ${named.version} of ${named.workflow}`);
}

/** Events that no workflow listens to, or of which a later one may take the place; others are logged with their run's projection. */
export async function logUnheard(db: D1Database, events: readonly InterlockEvent[], receivedAt: number): Promise<void> {
  if (events.length === 0) return;
  await db
    .prepare(INSERT_EVENTS)
    .bind(JSON.stringify(events.map((event) => eventRow(event, receivedAt))))
    .run();
}
