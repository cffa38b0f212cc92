// /api/workflows/:name/review and /shadow: what the two pages show, as JSON; and a comparison on somebody's word.
import { Hono } from "hono";
import type { Deployment } from "../../deployment.ts";
import { may } from "../../operations/access.ts";
import { compareShadow } from "../../operations/compare-shadow.ts";
import { ReviewAsked, readReview } from "../../operations/read-review.ts";
import { readShadow, ShadowAsked } from "../../operations/read-shadow.ts";
import { type ConsoleEnv, operationContext } from "../console-env.ts";
import { filledIn, parseInput } from "../input.ts";
import { problemResponse } from "../problems.ts";

export const reviewsApi = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/:name/review", async (c) => {
      const asked = parseInput(ReviewAsked, filledIn(c.req.query()));
      const read = await readReview(operationContext(c, deployment), c.get("principal"), c.req.param("name"), asked, Date.now());
      if (!read.ok) return problemResponse(read.error);
      const { drawn, ...review } = read.value;
      // Names of records are contents: whoever only drafts rules does not need them.
      return c.json(may(c.get("principal"), "read effects", review.workflow) ? { ...review, drawn } : review);
    })
    .get("/:name/shadow", async (c) => {
      const asked = parseInput(ShadowAsked, filledIn(c.req.query()));
      const read = await readShadow(operationContext(c, deployment), c.get("principal"), c.req.param("name"), asked, Date.now());
      return read.ok ? c.json(read.value) : problemResponse(read.error);
    })
    .post("/:name/shadow/compare", async (c) => {
      const compared = await compareShadow(operationContext(c, deployment), c.get("principal"), c.req.param("name"), Date.now());
      return compared.ok ? c.json({ looked: compared.value }) : problemResponse(compared.error);
    });
