// What the latest answer of each decision rested on, as its run recorded it: provider, model, measure of confidence, digests of prompt and schema; and nothing of the answer.
// Runs whose contents were removed have nothing to tell. It must not say what it means.
import type { ConfidenceSource, DecisionBasis } from "../core/decision.ts";
import type { Origin } from "../governance/certificate.ts";

export interface LatestAnswer {
  readonly run: string;
  readonly at: number;
  readonly origin: Origin;
}

interface Stored {
  run: string;
  at: number;
  provider: string | null;
  model: string | null;
  source: string | null;
  basis: string | null;
}

/** Null where no run of the workflow has asked for it, or none that still has its contents. */
export async function latestAnswer(db: D1Database, workflow: string, decision: string): Promise<LatestAnswer | null> {
  const row = await db
    .prepare(
      `with latest as (
         select a.run, a.seq, a.at from run as r join audit as a on a.run = r.id
         where r.workflow = ?1 and r.erased_at is null and a.type = 'decision.made' and (a.step = ?2 or a.step glob ?3)
         order by r.started_at desc, a.seq desc limit 1),
       made as (
         select l.run, l.at, c.body->('$[' || (l.seq - c.first_seq) || '].decision') as decision
         from latest as l join audit_content as c on c.run = l.run and l.seq between c.first_seq and c.last_seq limit 1)
       select run, at, decision->>'$.provider' as provider, decision->>'$.model' as model, decision->>'$.source' as source, decision->'$.basis' as basis from made`,
    )
    .bind(workflow, decision, `${decision}#[0-9]*`)
    .first<Stored>();
  if (row === null) return null;
  const { run, at, provider, model, source, basis } = row;
  return {
    run,
    at,
    origin: {
      ...(provider === null ? {} : { provider }),
      ...(model === null ? {} : { model }),
      ...(source === null ? {} : { source: source as ConfidenceSource }),
      ...(basis === null ? {} : { basis: JSON.parse(basis) as DecisionBasis }),
    },
  };
}
