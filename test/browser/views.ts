// A page in each of its views: on a desk and on a telephone, light and dark. One page of the browser goes through all of them: to open another costs more than everything
// that is looked at in it. Pictures are taken where PICTURES names a folder for them.
import { mkdirSync } from "node:fs";
import path from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { STYLE, STYLE_URL } from "../../src/http/style.ts";
import { openPage } from "./chromium.ts";
import { focusFaults, looksFaults, structureFaults } from "./page-checks.ts";

export const ORIGIN = "http://console.invalid";
const WIDE = 1280;
/** The narrowest window that WCAG 2.2 (1.4.10) asks for. */
const NARROW = 320;

type Scheme = "light" | "dark";

async function setView(page: Page, width: number, colorScheme: Scheme): Promise<void> {
  await page.setViewportSize({ width, height: 900 });
  await page.emulateMedia({ colorScheme });
}

/** A page whose requests the application answers; none leaves the browser. */
export async function openApplication(
  browser: Browser,
  get: (place: string) => Promise<Response>,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; complaints: string[]; visit: (place: string) => Promise<void> }> {
  const opened = await openPage(browser, options);
  await opened.page.route("**/*", async (route) => {
    const { pathname, search } = new URL(route.request().url());
    if (pathname + search === STYLE_URL) return route.fulfill({ contentType: "text/css", body: STYLE });
    const answer = await get(pathname + search);
    return route.fulfill({ status: answer.status, contentType: "text/html; charset=utf-8", body: await answer.text() });
  });
  return { ...opened, visit: async (place) => void (await opened.page.goto(ORIGIN + place)) };
}

const OPEN_ALL = `(() => {
  const folded = [...document.querySelectorAll("main details:not([open])")];
  for (const details of folded) details.open = true;
  return folded.length;
})()`;

/** What is wrong with the page that is open: as it comes, by its keys, and with everything unfolded that is folded away. `name`: of its pictures. */
export async function faultsInViews(page: Page, name: string): Promise<string[]> {
  return [
    ...(await structureFaults(page)),
    ...(await facesFaults(page, name, async () => [...(await focusFaults(page)), ...(await looksFaults(page))])),
  ];
}

/** The same of a page that is none of the console's: how it looks. */
export const looksInViews = (page: Page, name: string): Promise<string[]> => facesFaults(page, name, () => looksFaults(page));

async function facesFaults(page: Page, name: string, asItComes: () => Promise<string[]>): Promise<string[]> {
  const faults: string[] = [];
  const say = (found: readonly string[], width: number, scheme: Scheme) =>
    faults.push(...found.map((fault) => `${width} px, ${scheme}: ${fault}`));
  for (const [width, scheme] of [
    [WIDE, "light"],
    [NARROW, "dark"],
  ] as const) {
    await setView(page, width, scheme);
    say(await asItComes(), width, scheme);
    await picture(page, `${name}-${width}-${scheme}`);
  }
  const unfolded = (await page.evaluate(OPEN_ALL)) as number;
  for (const [width, scheme] of [
    [NARROW, "dark"],
    [NARROW, "light"],
    [WIDE, "light"],
    [WIDE, "dark"],
  ] as const) {
    await setView(page, width, scheme);
    say(await looksFaults(page), width, scheme);
    if (unfolded > 0) await picture(page, `${name}-${width}-${scheme}-unfolded`);
  }
  await setView(page, WIDE, "light");
  return faults;
}

/** For whoever wants to see them: a picture costs as much as opening the page. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.PICTURES;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
}
