// A Chromium that is installed already, driven by playwright-core; nothing is downloaded. Without one the browser tests are skipped, and say how to get one.
import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** For what hangs: many times what a busy machine needs. */
const LIMIT_MS = 120_000;

export const HOW_TO_GET_ONE = `no Chromium was found (looked at CHROMIUM and ${PLACES.join(", ")}): install one, for example with "apt-get install chromium", or set CHROMIUM to its path`;

export const chromiumPath: string | null =
  [process.env.CHROMIUM ?? "", ...PLACES].find((place) => place !== "" && existsSync(place)) ?? null;

export const launch = (): Promise<Browser> => chromium.launch({ executablePath: chromiumPath as string, args: ARGS, timeout: LIMIT_MS });

/** A page of its own context, and everything that its browser complained of: errors in the console (a violated content policy is one), failed requests. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(LIMIT_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || /content security policy/i.test(message.text())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("requestfailed", (request) => complaints.push(`${request.url()}: ${request.failure()?.errorText}`));
  return { page, complaints };
}

/** Presses Tab until what has the focus fits the selector, as somebody without a mouse does. */
export async function tabTo(page: Page, selector: string): Promise<void> {
  const limit = 80;
  for (let presses = 0; presses < limit; presses++) {
    await page.keyboard.press("Tab");
    if (
      await page.locator(":focus").evaluate((element: { matches(selector: string): boolean }, wanted) => element.matches(wanted), selector)
    )
      return;
  }
  throw new Error(`${limit} presses of Tab do not reach ${selector}`);
}
