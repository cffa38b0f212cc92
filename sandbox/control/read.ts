// Reads the body of a control request against its schema. A mistake in a test should say what it is, not show up three steps later.
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import * as z from "zod";

export async function read<S extends z.ZodType>(c: Context, schema: S): Promise<z.infer<S>> {
  const body: unknown = await c.req.json().catch(() => undefined);
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new HTTPException(400, { res: c.json({ error: "invalid control request", details: z.prettifyError(parsed.error) }, 400) });
}
