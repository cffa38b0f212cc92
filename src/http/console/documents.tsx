// /specs/:workflow/:version/document and /workflows/:name/art-30: a governance spec and a record of processing as documents to print. Reading only.
import { Hono } from "hono";
import * as z from "zod";
import { InterlockError } from "../../core/errors.ts";
import type { Deployment } from "../../deployment.ts";
import { readProcessingRecord, readSpecDocument } from "../../operations/read-documents.ts";
import { permit } from "../../operations/require-role.ts";
import { actionFacts } from "../action-facts.ts";
import { type ConsoleEnv, operationContext, orRefuse } from "../console-env.ts";
import { parseInput } from "../input.ts";
import { Art30Sheet } from "../pages/art-30-sheet.tsx";
import { GovernanceDocument } from "../pages/governance-document.tsx";
import { frameFor, renderPage } from "./page.ts";

const Version = z.object({ version: z.coerce.number("Give the number of a version").int().min(1) });

export const documentPages = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/specs/:workflow/:version/document", async (c) => {
      orRefuse(permit(c.get("principal"), "read specs", c.req.param("workflow")));
      const { version } = parseInput(Version, { version: c.req.param("version") });
      const now = Date.now();
      const [document, frame] = await Promise.all([
        readSpecDocument(operationContext(c, deployment), c.req.param("workflow"), version, now),
        frameFor(c.env.DB, c.get("principal")),
      ]);
      if (!document.ok) throw new InterlockError(document.error.code, document.error.message, document.error);
      const actions = Object.keys(document.value.record.spec?.actions ?? {});
      const facts = Object.fromEntries(actions.map((action) => [action, actionFacts(deployment, action)]));
      return renderPage(c, <GovernanceDocument frame={frame} document={document.value} actions={facts} now={now} />);
    })
    .get("/workflows/:name/art-30", async (c) => {
      orRefuse(permit(c.get("principal"), "read workflows", c.req.param("name")));
      const now = Date.now();
      const [record, frame] = await Promise.all([
        readProcessingRecord(operationContext(c, deployment), c.req.param("name"), now),
        frameFor(c.env.DB, c.get("principal")),
      ]);
      if (!record.ok) throw new InterlockError(record.error.code, record.error.message, record.error);
      return renderPage(c, <Art30Sheet frame={frame} record={record.value} now={now} />);
    });
