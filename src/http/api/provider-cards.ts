// /api/provider-cards: every provider that is sent to and how its card stands, with the history of all cards; and putting one on record.
import { Hono } from "hono";
import type { Deployment } from "../../deployment.ts";
import { readProviders } from "../../operations/read-providers.ts";
import { CardInput, recordProviderCard } from "../../operations/record-card.ts";
import { permit } from "../../operations/require-role.ts";
import { type ConsoleEnv, operationContext, orRefuse } from "../console-env.ts";
import { readJsonBody } from "../input.ts";
import { problemResponse } from "../problems.ts";

export const providerCardsApi = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/", async (c) => {
      orRefuse(permit(c.get("principal"), "read provider cards", null));
      return c.json(await readProviders(operationContext(c, deployment), Date.now()));
    })
    .post("/", async (c) => {
      const input = await readJsonBody(c.req, CardInput);
      const recorded = await recordProviderCard(operationContext(c, deployment), c.get("principal"), input, Date.now());
      return recorded.ok ? c.json(recorded.value) : problemResponse(recorded.error);
    });
