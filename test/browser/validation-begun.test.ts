// Validations before their report is there, in a real browser: the list with its form, a file's rows, a validation under way and one that was stopped, narrow and wide.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStories } from "../unit/http/route-samples.ts";
import { CHECKED, RUNNING, STOPPED } from "../unit/http/validations-begun.ts";
import { chromiumPath, HOW_TO_GET_ONE, launch } from "./chromium.ts";
import { faultsInViews, openApplication } from "./views.ts";

const PAGES = ["/validations", `/validations/${CHECKED}`, `/validations/${RUNNING}`, `/validations/${STOPPED}`] as const;

let browser: Browser;
let application: Awaited<ReturnType<typeof openApplication>>;

if (chromiumPath === null) process.stdout.write(`browser tests skipped: ${HOW_TO_GET_ONE}\n`);

describe.skipIf(chromiumPath === null)("a validation that has not ended, in a browser", () => {
  beforeAll(async () => {
    const [launched, console] = await Promise.all([launch(), openStories({})]);
    browser = launched;
    application = await openApplication(browser, console.get);
  });
  afterAll(() => browser?.close());

  it.each(PAGES)("%s is within reach of everybody, on a desk and on a telephone", async (place) => {
    await application.visit(place);
    expect(await faultsInViews(application.page, place.split("/").at(-1) as string)).toEqual([]);
    expect(application.complaints).toEqual([]);
  });
});
