// What people said about an approval: rows that stay as they are until the contents of their run are erased (src/db/erasure.ts).

export interface Comment {
  readonly at: number;
  readonly by: string;
  readonly text: string;
}

/**
 * Comments are told apart by their time: one in the same millisecond as another counts as a moment later. False where the run's contents are gone: what were
 * said then would never go.
 */
export async function addComment(db: D1Database, approval: string, run: string, { at, by, text }: Comment): Promise<boolean> {
  const { results } = await db
    .prepare(
      `insert into approval_comment (approval, at, run, by, text)
       select ?1, max(?2, coalesce((select max(at) + 1 from approval_comment where approval = ?1), 0)), id, ?4, ?5
       from run where id = ?3 and erased_at is null returning at`,
    )
    .bind(approval, at, run, by, text)
    .all();
  return results.length > 0;
}

/** Oldest first. */
export async function commentsOn(db: D1Database, approval: string): Promise<Comment[]> {
  const { results } = await db
    .prepare("select at, by, text from approval_comment where approval = ? order by at")
    .bind(approval)
    .all<Comment>();
  return results;
}
