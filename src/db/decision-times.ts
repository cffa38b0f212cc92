// How long a reviewer had an approval's page before answering, for figures over many answers. It is what the answered page says of itself: a hint and no evidence.

export async function recordTime(
  db: D1Database,
  { approval, by, at, ms }: { readonly approval: string; readonly by: string; readonly at: number; readonly ms: number },
): Promise<void> {
  await db.prepare(`insert or ignore into decision_time (approval, "by", at, ms) values (?, ?, ?, ?)`).bind(approval, by, at, ms).run();
}
