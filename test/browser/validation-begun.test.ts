// Validations before their report is there, in a real browser: the list with its form, a file's rows, a validation under way and one that was stopped, narrow and wide.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { STYLE, STYLE_URL } from "../../src/http/style.ts";
import type { Console } from "../unit/http/console.ts";
import { openStories } from "../unit/http/route-samples.ts";
import { CHECKED, RUNNING, STOPPED } from "../unit/http/validations-begun.ts";
import { chromiumPath, HOW_TO_GET_ONE, launch, openPage } from "./chromium.ts";
import { focusFaults, looksFaults, structureFaults } from "./page-checks.ts";

const ORIGIN = "http://console.invalid";
const PAGES = ["/validations", `/validations/${CHECKED}`, `/validations/${RUNNING}`, `/validations/${STOPPED}`] as const;

let browser: Browser;
let console: Console;
let pictures: string;

if (chromiumPath === null) process.stdout.write(`browser tests skipped: ${HOW_TO_GET_ONE}\n`);

describe.skipIf(chromiumPath === null)("a validation that has not ended, in a browser", () => {
  beforeAll(async () => {
    pictures = mkdtempSync(path.join(tmpdir(), "interlock-validations-"));
    process.stdout.write(`pictures of validations: ${pictures}\n`);
    [browser, console] = await Promise.all([launch(), openStories({})]);
  });
  afterAll(() => browser?.close());

  it.each(PAGES)("%s is within reach of everybody, on a desk and on a telephone", async (place) => {
    for (const [width, colorScheme] of [
      [1280, "light"],
      [390, "dark"],
    ] as const) {
      const { page, complaints } = await openPage(browser, { viewport: { width, height: 900 }, colorScheme });
      await page.route("**/*", async (route) => {
        const { pathname, search } = new URL(route.request().url());
        if (pathname + search === STYLE_URL) return route.fulfill({ contentType: "text/css", body: STYLE });
        const answer = await console.get(pathname + search);
        return route.fulfill({ status: answer.status, contentType: "text/html; charset=utf-8", body: await answer.text() });
      });
      await page.goto(ORIGIN + place);
      const faults = [...(await structureFaults(page)), ...(width === 390 ? await focusFaults(page) : [])];
      for (const details of await page.locator("main details > summary").all()) if (await details.isVisible()) await details.click();
      faults.push(...(await looksFaults(page)), ...complaints);
      await page.screenshot({ path: path.join(pictures, `${place.split("/").at(-1)}-${width}.png`), fullPage: true });
      expect(faults, `${width} px, ${colorScheme}`).toEqual([]);
      await page.context().close();
    }
  });
});
