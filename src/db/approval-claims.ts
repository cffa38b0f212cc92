// Who is looking at which approval. A claim is taken, taken over and given back in one statement each, so that of two who press at once one gets it.
// It is advice with an end: nothing here decides an approval, and a claim that nobody gives back ends by itself.

export interface Claim {
  readonly by: string;
  readonly at: number;
  readonly until: number;
}

/** The claim as it stands after this; another person's where it is not free. `takeOverFrom`: whose claim the caller was shown and takes. */
export async function takeClaim(
  db: D1Database,
  approval: string,
  { by, at, until }: Claim,
  takeOverFrom: string | null,
): Promise<{ readonly taken: boolean; readonly claim: Claim }> {
  const [, held] = await db.batch<Claim>([
    db
      .prepare(
        `insert into approval_claim (approval, by, at, until) values (?1, ?2, ?3, ?4)
         on conflict (approval) do update set by = excluded.by, at = excluded.at, until = excluded.until
         where approval_claim.until <= excluded.at or approval_claim.by in (excluded.by, ?5)`,
      )
      .bind(approval, by, at, until, takeOverFrom),
    db.prepare("select by, at, until from approval_claim where approval = ?").bind(approval),
  ]);
  const claim = held?.results[0] ?? { by, at, until };
  return { taken: claim.by === by, claim };
}

/** Giving back what one does not hold changes nothing. */
export async function giveClaimBack(db: D1Database, approval: string, by: string, now: number): Promise<void> {
  await db.prepare("update approval_claim set until = ?3 where approval = ?1 and by = ?2 and until > ?3").bind(approval, by, now).run();
}

/** The claims on these approvals that hold now, by approval. */
export async function claimsOn(db: D1Database, approvals: readonly string[], now: number): Promise<ReadonlyMap<string, Claim>> {
  const { results } = await db
    .prepare("select approval, by, at, until from approval_claim where approval in (select value from json_each(?1)) and until > ?2")
    .bind(JSON.stringify(approvals), now)
    .all<Claim & { approval: string }>();
  return new Map(results.map(({ approval, ...claim }) => [approval, claim]));
}
