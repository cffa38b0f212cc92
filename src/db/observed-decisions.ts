// What the latest decisions of a workflow sent and held back, as their runs recorded it: names of fields and counts, and none of a value. Runs whose contents were removed
// have nothing to tell. It must not say what it means.
import type { ObservedDecision } from "../governance/observed-flow.ts";

/** Of the latest runs that asked a model, newest first. */
export async function latestDecisions(db: D1Database, workflow: string, runs: number): Promise<ObservedDecision[]> {
  const { results } = await db
    .prepare(
      `with latest as (
         select r.id, r.started_at from run as r
         where r.workflow = ?1 and r.erased_at is null and exists (select 1 from audit as a where a.run = r.id and a.type = 'decision.made')
         order by r.started_at desc, r.id limit ?2),
       made as (
         select l.started_at, a.run, a.seq, a.at, c.body->('$[' || (a.seq - c.first_seq) || ']') as entry
         from latest as l join audit as a on a.run = l.id join audit_content as c on c.run = a.run and a.seq between c.first_seq and c.last_seq
         where a.type = 'decision.made')
       select run, seq, at, entry->>'$.decision.provider' as provider, entry->'$.sent' as sent, entry->'$.notSent' as "notSent"
       from made order by started_at desc, run, seq`,
    )
    .bind(workflow, runs)
    .all<{ run: string; seq: number; at: number; provider: string | null; sent: string | null; notSent: string | null }>();
  // Rows of contents may overlap, and then say the same.
  const made = new Map<string, ObservedDecision>();
  for (const { run, seq, at, provider, sent, notSent } of results) {
    made.set(`${run}\n${seq}`, {
      run,
      at,
      provider: provider ?? "unknown",
      sent: JSON.parse(sent ?? "[]") as ObservedDecision["sent"],
      notSent: JSON.parse(notSent ?? "[]") as string[],
    });
  }
  return [...made.values()];
}
