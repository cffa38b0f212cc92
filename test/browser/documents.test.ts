// The documents and the pages around them in a real browser: what every page owes to everybody, and the documents on A4 paper with nothing of the console around them.
// The browser's requests are answered by the application itself, over a D1 in memory; none leaves the browser.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { STYLE, STYLE_URL } from "../../src/http/style.ts";
import { dora, openPapers } from "../unit/http/papers.ts";
import { chromiumPath, HOW_TO_GET_ONE, launch, openPage } from "./chromium.ts";
import { focusFaults, looksFaults, structureFaults } from "./page-checks.ts";

const ORIGIN = "http://console.invalid";
const DOCUMENTS = ["/workflows/ticket-triage/art-30", "/specs/ticket-triage/3/document"] as const;
const PAGES = ["/providers", "/workflows/ticket-triage/data-flow", ...DOCUMENTS] as const;

let browser: Browser;
let papers: Awaited<ReturnType<typeof openPapers>>;
let pictures: string;
const fileOf = (place: string, more: string) => path.join(pictures, `${place.slice(1).replaceAll("/", "-")}${more}`);

async function open(place: string, options: BrowserContextOptions = {}): Promise<{ page: Page; complaints: string[] }> {
  const opened = await openPage(browser, options);
  await opened.page.route("**/*", async (route) => {
    const { pathname, search } = new URL(route.request().url());
    if (pathname + search === STYLE_URL) return route.fulfill({ contentType: "text/css", body: STYLE });
    const answer = await papers.get(dora, pathname + search);
    return route.fulfill({ status: answer.status, contentType: "text/html; charset=utf-8", body: await answer.text() });
  });
  await opened.page.goto(ORIGIN + place);
  return opened;
}

if (chromiumPath === null) process.stdout.write(`browser tests skipped: ${HOW_TO_GET_ONE}\n`);

describe.skipIf(chromiumPath === null)("in a browser", () => {
  beforeAll(async () => {
    pictures = mkdtempSync(path.join(tmpdir(), "interlock-documents-"));
    process.stdout.write(`pictures of the documents: ${pictures}\n`);
    [browser, papers] = await Promise.all([launch(), openPapers()]);
  });
  afterAll(async () => {
    await browser?.close();
  });

  it.each(PAGES)("%s is within reach of everybody, on a desk and on a telephone, light and dark", async (place) => {
    for (const colorScheme of ["light", "dark"] as const) {
      for (const width of [1280, 320]) {
        const { page, complaints } = await open(place, { viewport: { width, height: 900 }, colorScheme });
        const faults = [...(await structureFaults(page)), ...(await focusFaults(page))];
        // A date is several stops of the Tab key, which the check of the focus does not know: forms are opened after it.
        for (const form of await page.locator("details > summary").all()) await form.click();
        faults.push(...(await looksFaults(page)), ...complaints);
        await page.screenshot({ path: fileOf(place, `-${width}-${colorScheme}.png`), fullPage: true });
        expect(faults, `${width} px, ${colorScheme}`).toEqual([]);
        await page.context().close();
      }
    }
  });

  it.each(DOCUMENTS)("%s prints on A4 pages, black on white, without the console around it", async (place) => {
    const { page } = await open(place, { colorScheme: "dark" });
    const pdf = await page.pdf({ preferCSSPageSize: true });
    writeFileSync(fileOf(place, ".pdf"), pdf);
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
    await page.context().close();
  });
});
