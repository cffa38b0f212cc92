// A validation's report and its threshold screen in a real browser: what every page owes to everybody, narrow and wide, light and dark; a threshold looked at with the
// keyboard and without JavaScript; the report as a file that loads nothing. The browser's requests are answered by the application over a D1 in memory.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Console, openConsole } from "../unit/http/console.ts";
import { FACTS, finished, labelledRecords } from "../unit/http/validations.ts";
import { chromiumPath, HOW_TO_GET_ONE, launch, openPage, tabTo } from "./chromium.ts";
import { looksFaults } from "./page-checks.ts";
import { faultsInViews, ORIGIN, openApplication } from "./views.ts";

const AT = `/validations/${FACTS.id}`;
const PAGES = [`${AT}/report`, `${AT}/threshold?threshold=0.6&limit=0.1`, `${AT}/records/t-17`] as const;

let browser: Browser;
let console: Console;
let application: Awaited<ReturnType<typeof openApplication>>;

if (chromiumPath === null) process.stdout.write(`browser tests skipped: ${HOW_TO_GET_ONE}\n`);

describe.skipIf(chromiumPath === null)("a validation in a browser", () => {
  beforeAll(async () => {
    [browser, console] = await Promise.all([launch(), openConsole([])]);
    const records = labelledRecords(200);
    await finished(console.env, { facts: { ...FACTS, id: "val_0" }, records: labelledRecords(200, 5), createdAt: 1 });
    await finished(console.env, { facts: FACTS, records });
    application = await openApplication(browser, console.get);
  });
  afterAll(async () => {
    await browser?.close();
  });

  it.each(PAGES)("%s is within reach of everybody, on a desk and on a telephone", async (place) => {
    await application.visit(place);
    expect(await faultsInViews(application.page, place.split(/[/?]/)[3] as string)).toEqual([]);
    expect(application.complaints).toEqual([]);
  });

  it("draws each mark of the chart where its table says it is", async () => {
    const { page } = application;
    await application.visit(`${AT}/report`);
    const plot = await page.locator("figure.chart .plot").first().boundingBox();
    const mark = await page.locator("figure.chart .plot .point.proved").boundingBox();
    const { gates } = (
      (await (await console.get(`/api${AT}/report`)).json()) as { report: { gates: { proved: { sure: number; records: number } } } }
    ).report;
    const share = gates.proved.sure / gates.proved.records;
    const middle = (mark?.x ?? 0) + (mark?.width ?? 0) / 2 - (plot?.x ?? 0);
    expect(Math.abs(middle - (plot?.width ?? 0) * (0.11 + 0.86 * share))).toBeLessThan(2);
  });

  it("looks at a threshold with the keyboard alone, and without JavaScript", async () => {
    const { page, complaints, visit } = await openApplication(browser, console.get, { javaScriptEnabled: false });
    await visit(`${AT}/threshold`);
    await tabTo(page, "#threshold");
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("0.5");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${ORIGIN}${AT}/threshold?threshold=0.5&limit=0.1`);
    expect(await page.locator("main").textContent()).toContain("At 0.5, which is not proved");
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("is a file that opens without a network, and prints what was folded away", async () => {
    const { page, complaints } = await openPage(browser, { offline: true, colorScheme: "dark" });
    await page.setContent(await (await console.get(`${AT}/export/html`)).text());
    expect(await looksFaults(page)).toEqual([]);
    expect(await page.locator("summary").first().isVisible()).toBe(true);
    // On paper, whatever the screen's colours are.
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    expect(await looksFaults(page)).toEqual([]);
    expect(await page.getByText("ended here").isVisible()).toBe(true);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
