// /workflows/:name/shadow: what shadow mode would have written beside what people did, a comparison on somebody's word, and a copy.
import { Hono } from "hono";
import * as z from "zod";
import type { Deployment } from "../../deployment.ts";
import { compareShadow } from "../../operations/compare-shadow.ts";
import { exportShadow, readShadow, ShadowAsked } from "../../operations/read-shadow.ts";
import { type ConsoleEnv, operationContext, refuse } from "../console-env.ts";
import { filledIn, parseInput } from "../input.ts";
import { ShadowPage } from "../pages/shadow-page.tsx";
import { frameFor, renderPage } from "./page.ts";

const Query = ShadowAsked.extend({ looked: z.coerce.number().int().min(0).optional().catch(undefined) });

export const shadowPages = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/:name/shadow", async (c) => {
      const { looked = null, ...asked } = parseInput(Query, filledIn(c.req.query()));
      const now = Date.now();
      const [read, frame] = await Promise.all([
        readShadow(operationContext(c, deployment), c.get("principal"), c.req.param("name"), asked, now),
        frameFor(c.env.DB, c.get("principal")),
      ]);
      if (!read.ok) refuse(read.error);
      return renderPage(c, <ShadowPage frame={frame} view={read.value} now={now} looked={looked} refused={null} />);
    })
    .post("/:name/shadow/compare", async (c) => {
      const { name } = c.req.param();
      const compared = await compareShadow(operationContext(c, deployment), c.get("principal"), name, Date.now());
      if (!compared.ok) refuse(compared.error);
      return c.redirect(`/workflows/${encodeURIComponent(name)}/shadow?looked=${compared.value}`, 303);
    })
    .get("/:name/shadow/export", async (c) => {
      const { name } = c.req.param();
      const now = Date.now();
      const { days } = parseInput(ShadowAsked, filledIn(c.req.query()));
      const exported = await exportShadow(operationContext(c, deployment), c.get("principal"), name, days, now);
      if (!exported.ok) refuse(exported.error);
      return c.body(exported.value, 200, {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="interlock-shadow-${new Date(now).toISOString().slice(0, 10)}.csv"`,
      });
    });
