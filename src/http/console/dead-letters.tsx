// /dead-letters: what could not be handled.
import { Hono } from "hono";
import { listDeadLetters } from "../../db/reads.ts";
import type { ConsoleEnv } from "../console-env.ts";
import { DeadLettersPage } from "../pages/dead-letters-page.tsx";
import { frameFor, renderPage } from "./page.ts";

const LIMIT = 100;

export const deadLetterPages = () =>
  new Hono<ConsoleEnv>().get("/", async (c) => {
    const [letters, frame] = await Promise.all([listDeadLetters(c.env.DB, LIMIT), frameFor(c.env.DB, c.get("principal"))]);
    return renderPage(c, <DeadLettersPage frame={frame} letters={letters} limit={LIMIT} now={Date.now()} />);
  });
