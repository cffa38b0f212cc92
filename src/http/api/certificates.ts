// /api/certificates: what was proved of thresholds, and whether it fits what the workflow's model answers now; and issuing one from a validation's report.
import { Hono } from "hono";
import type { Deployment } from "../../deployment.ts";
import { certificatesWithin, IssueInput, issueCertificate, readCertificate } from "../../operations/certificates.ts";
import { type ConsoleEnv, operationContext, withinOf } from "../console-env.ts";
import { readJsonBody } from "../input.ts";
import { problemResponse } from "../problems.ts";

export const certificatesApi = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", async (c) =>
      c.json({ certificates: await certificatesWithin(operationContext(c, deployment), withinOf(c, "read certificates"), Date.now()) }),
    )
    .post("/", async (c) => {
      const input = await readJsonBody(c.req, IssueInput);
      const issued = await issueCertificate(operationContext(c, deployment), c.get("principal"), input, Date.now());
      return issued.ok ? c.json(issued.value, 201) : problemResponse(issued.error);
    })
    .get("/:id", async (c) => {
      const read = await readCertificate(operationContext(c, deployment), c.get("principal"), c.req.param("id"), Date.now());
      return read.ok ? c.json(read.value) : problemResponse(read.error);
    });
