// /api/audit: copies of the audit by filter, checkpoints as they were signed, one run verified at once, and the public key. Reading only; each copy is recorded.
import { Hono } from "hono";
import * as z from "zod";
import { fail } from "../../core/errors.ts";
import { signingKey } from "../../operations/checkpoint-audit.ts";
import { auditCheckpoints, checkpointObject, ExportInput, exportAudit, verifyRun } from "../../operations/read-audit.ts";
import { type ConsoleEnv, withinOf } from "../console-env.ts";
import { filledIn, LimitInput, parseInput } from "../input.ts";
import { problemResponse } from "../problems.ts";
import { streamOf } from "../text-stream.ts";

const NumberInput = z.coerce.number().int().min(1);

export const auditApi = () =>
  new Hono<ConsoleEnv>()
    .get("/key", (c) => {
      withinOf(c, "read the audit");
      const key = signingKey(c.env);
      if (!key.ok) return problemResponse(key.error);
      if (!key.value)
        return problemResponse(fail("request.not_found", "This deployment signs no checkpoints: AUDIT_SIGNING_KEY is not set").error);
      return c.body(key.value.pem, 200, { "content-type": "application/x-pem-file", "x-key-id": key.value.id });
    })
    .get("/checkpoints", async (c) => {
      const { limit } = parseInput(z.object({ limit: LimitInput }), c.req.query());
      const listed = await auditCheckpoints(c.env, c.get("principal"), limit);
      return listed.ok ? c.json({ checkpoints: listed.value }) : problemResponse(listed.error);
    })
    .get("/checkpoints/:number", async (c) => {
      const object = await checkpointObject(c.env, c.get("principal"), parseInput(NumberInput, c.req.param("number")));
      return object.ok ? c.body(object.value, 200, { "content-type": "application/json" }) : problemResponse(object.error);
    })
    .get("/runs/:id", async (c) => {
      const verified = await verifyRun(c.env, c.get("principal"), c.req.param("id"), Date.now());
      return verified.ok ? c.json(verified.value) : problemResponse(verified.error);
    })
    .get("/export", async (c) => {
      const input = parseInput(ExportInput, filledIn(c.req.query()));
      const now = Date.now();
      const exported = await exportAudit(c.env, c.get("principal"), input, now);
      if (!exported.ok) return problemResponse(exported.error);
      return c.body(streamOf(exported.value), 200, {
        "content-type": input.format === "csv" ? "text/csv; charset=utf-8" : "application/jsonl; charset=utf-8",
        "content-disposition": `attachment; filename="interlock-audit-${new Date(now).toISOString().slice(0, 19).replaceAll(":", "")}.${input.format}"`,
      });
    });
