// /api/costs: what model calls cost by day, workflow and model, per record, and the same as CSV.
import { Hono } from "hono";
import { CostFilterInput, costsCsv, readCosts, windowOf } from "../../operations/read-costs.ts";
import { type ConsoleEnv, withinOf } from "../console-env.ts";
import { filledIn, parseInput } from "../input.ts";

export const costsApi = () =>
  new Hono<ConsoleEnv>()
    .get("/", async (c) => {
      const filter = windowOf(parseInput(CostFilterInput, filledIn(c.req.query())), Date.now());
      return c.json({ filter, ...(await readCosts(c.env.DB, { ...filter, within: withinOf(c, "read costs") })) });
    })
    .get("/export", async (c) => {
      const now = Date.now();
      const filter = windowOf(parseInput(CostFilterInput, filledIn(c.req.query())), now);
      return c.body(await costsCsv(c.env.DB, { ...filter, within: withinOf(c, "read costs") }), 200, {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="interlock-costs-${new Date(now).toISOString().slice(0, 10)}.csv"`,
      });
    });
