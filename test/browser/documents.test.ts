// The documents and the pages around them in a real browser: what every page owes to everybody, and the documents on A4 paper with nothing of the console around them.
// The browser's requests are answered by the application itself, over a D1 in memory; none leaves the browser.
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dora, openPapers } from "../unit/http/papers.ts";
import { chromiumPath, HOW_TO_GET_ONE, launch } from "./chromium.ts";
import { faultsInViews, openApplication } from "./views.ts";

const DOCUMENTS = ["/workflows/ticket-triage/art-30", "/specs/ticket-triage/3/document"] as const;
const PAGES = ["/providers", "/workflows/ticket-triage/data-flow", ...DOCUMENTS] as const;

let browser: Browser;
let application: Awaited<ReturnType<typeof openApplication>>;

if (chromiumPath === null) process.stdout.write(`browser tests skipped: ${HOW_TO_GET_ONE}\n`);

describe.skipIf(chromiumPath === null)("in a browser", () => {
  beforeAll(async () => {
    const [launched, papers] = await Promise.all([launch(), openPapers()]);
    browser = launched;
    application = await openApplication(browser, (place) => papers.get(dora, place));
  });
  afterAll(async () => {
    await browser?.close();
  });

  it.each(PAGES)("%s is within reach of everybody, on a desk and on a telephone, light and dark", async (place) => {
    await application.visit(place);
    expect(await faultsInViews(application.page, place.slice(1).replaceAll("/", "-"))).toEqual([]);
    expect(application.complaints).toEqual([]);
  });

  it.each(DOCUMENTS)("%s prints on A4 pages, black on white, without the console around it", async (place) => {
    const { page } = application;
    await application.visit(place);
    await page.emulateMedia({ colorScheme: "dark" });
    const pdf = await page.pdf({ preferCSSPageSize: true });
    if (process.env.PICTURES) writeFileSync(path.join(process.env.PICTURES, `${place.slice(1).replaceAll("/", "-")}.pdf`), pdf);
    const text = pdf.toString("latin1");
    expect(text.match(/\/Type\s*\/Page\b/g)?.length).toBeGreaterThan(1);
    const sizes = [...text.matchAll(/\/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/g)].map(([, width, height]) => [
      Math.round(Number(width)),
      Math.round(Number(height)),
    ]);
    expect(new Set(sizes.map(String))).toEqual(new Set(["595,842"]));
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    for (const outside of ["body > header", "body > footer", ".screen-only"])
      expect(await page.locator(outside).first().isVisible(), outside).toBe(false);
    expect(await page.locator(".paper h1").isVisible()).toBe(true);
    const colours = await page
      .locator(".paper")
      .evaluate(
        (paper: { ownerDocument: { defaultView: { getComputedStyle(of: unknown): { color: string; backgroundColor: string } } } }) => {
          const { color, backgroundColor } = paper.ownerDocument.defaultView.getComputedStyle(paper);
          return [color, backgroundColor];
        },
      );
    expect(colours).toEqual(["rgb(0, 0, 0)", "rgb(255, 255, 255)"]);
    await page.emulateMedia({ media: "screen", colorScheme: "light" });
  });
});
