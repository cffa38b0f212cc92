// The costs, the business case and what is said of a running workflow in a real browser: what every page owes to everybody, on a desk and on a telephone, light and dark. The browser's requests are answered by
// the application itself, over a D1 in memory; none leaves the browser.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Console, openConsole } from "../unit/http/console.ts";
import { DAY, type Story, tell } from "../unit/http/stories.ts";
import { chromiumPath, HOW_TO_GET_ONE, launch } from "./chromium.ts";
import { faultsInViews, openApplication } from "./views.ts";

const CASE = "/workflows/ticket-triage/business-case";
const WORK = "volume=4000&minutesManual=6&minutesReview=1.5&hourlyCost=38&costPerError=5&platformCost=1500&setupCost=30000";
const PAGES = {
  costs: "/costs",
  "costs-empty": "/costs?workflow=other",
  case: `${CASE}?${WORK}`,
  "case-refused": `${CASE}?${WORK.replace("4000", "many")}`,
  "case-empty": CASE,
  workflows: "/workflows",
  review: "/workflows/ticket-triage/review",
  shadow: "/workflows/ticket-triage/shadow",
  "second-answers": "/workflows/ticket-triage/second-reviews",
  certificates: "/certificates",
} as const;

const startedAt = Math.floor(Date.now() / DAY) * DAY - DAY / 2;
const unasked = (story: Story): Story => ({
  ...story,
  entries: story.entries.filter(({ type }) => !type.startsWith("approval.")).map((entry, index) => ({ ...entry, seq: index + 1 })),
});
const told = (ticket: number, model: string, costUsd: number | null) =>
  tell({ ticket, ending: "approved", startedAt: startedAt - (ticket % 3) * DAY, model: { model, provider: "openai" }, costUsd });

if (chromiumPath === null) process.stdout.write(`browser tests skipped: ${HOW_TO_GET_ONE}\n`);

describe.skipIf(chromiumPath === null)("in a browser", () => {
  let browser: Browser;
  let application: Awaited<ReturnType<typeof openApplication>>;
  beforeAll(async () => {
    const stories = [
      ...Array.from({ length: 30 }, (_, index) => unasked(told(100 + index, "gpt-4.1-2025-04-14", 0.00234))),
      ...Array.from({ length: 12 }, (_, index) => told(200 + index, "gpt-4.1-mini", 0.0004)),
      told(300, "acme-large", null),
    ];
    let open: Console;
    [browser, open] = await Promise.all([launch(), openConsole(stories)]);
    // A page with what is wrong on it is a page: the browser need not complain of its status.
    application = await openApplication(browser, async (place) => new Response((await open.get(place)).body));
  });
  afterAll(async () => {
    await browser?.close();
  });

  it.each(Object.entries(PAGES))("%s is within reach of everybody, on a desk and on a telephone, light and dark", async (name, place) => {
    await application.visit(place);
    expect(await faultsInViews(application.page, name)).toEqual([]);
    expect(application.complaints).toEqual([]);
  });
});
