// Runs that should have moved and have not, as D1 knows them. It is a moment behind and decides nothing: the run's partition is told, and looks for itself.

export interface Overdue {
  readonly run: string;
  readonly partition: string;
}

/** Those that are due longest first. */
export async function overdueRuns(db: D1Database, before: number, limit: number): Promise<Overdue[]> {
  const { results } = await db
    .prepare("select id as run, partition from run where due < ? order by due limit ?")
    .bind(before, limit)
    .all<Overdue>();
  return results;
}
