// The last integration assessment of each connection in D1. A later one takes its place.
import * as z from "zod";

/** As it is stored: read back through this, so that a row of another release is an error here and not on a page. */
const Body = z.object({
  findings: z.array(
    z.object({
      check: z.string(),
      summary: z.string(),
      outcome: z.enum(["confirmed", "missing", "warning", "cannot_tell"]),
      said: z.string(),
      fix: z.string().optional(),
    }),
  ),
  calls: z.number(),
  medianMs: z.number().nullable(),
  skewMs: z.number().nullable(),
  wrote: z.boolean(),
});

export interface KeptAssessment extends z.infer<typeof Body> {
  readonly connection: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly by: string;
}

export async function keepAssessment(db: D1Database, { connection, at, by, ...body }: KeptAssessment): Promise<void> {
  await db
    .prepare("insert or replace into assessment (connection, at, by, body) values (?, ?, ?, ?)")
    .bind(connection, at, by, JSON.stringify(body))
    .run();
}

export async function listAssessments(db: D1Database): Promise<KeptAssessment[]> {
  const { results } = await db
    .prepare("select connection, at, by, body from assessment order by connection")
    .all<{ connection: string; at: number; by: string; body: string }>();
  return results.map(({ body, ...row }) => ({ ...row, ...Body.parse(JSON.parse(body)) }));
}
