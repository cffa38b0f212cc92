// The page of the built-in model's versions in a real browser, before there is one and with several: what every page owes to everybody, on a desk and on a telephone.
// The browser's requests are answered by the application itself, over a D1 in memory; none leaves the browser.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askForTraining, chooseModel, endTraining, keepVersion } from "../../src/db/model-versions.ts";
import { type Console, openConsole } from "../unit/http/console.ts";
import { MINUTE } from "../unit/http/stories.ts";
import { chromiumPath, HOW_TO_GET_ONE, launch } from "./chromium.ts";
import { faultsInViews, openApplication } from "./views.ts";

const workflow = "ticket-triage";
const heldOut = (rows: number, accuracy: number) => ({ rows, accuracy, ece: 0.021 });

/** Three versions that grew, the second of them current; and a training that came to nothing. */
async function grown(): Promise<Console> {
  const console = await openConsole([]);
  const { db } = console;
  const now = Date.now();
  for (const [index, approved] of [0, 84, 310].entries()) {
    const fields = ["priority", "team"].map((field) => ({
      field,
      kind: "choice" as const,
      labels: ["a", "b"],
      heldOut: heldOut(360 + approved, 0.84 + index / 50),
      shipped: heldOut(360, 0.84 + index / 40),
    }));
    const missing = index === 0 ? [{ field: "team", labels: ["other"] }] : [{ field: "priority", labels: ["low", "urgent"] }];
    const rows = { shipped: 360, approved, edited: Math.round(approved / 9) };
    const id = `builtin/${workflow}@${String(index).repeat(4)}91c0aa17be5f`;
    const trainedBy = index === 0 ? "interlock" : "ann.author@example.com";
    await keepVersion(db, {
      id,
      workflow,
      trainedAt: now - (3 - index) * 900 * MINUTE,
      trainedBy,
      rows,
      unused: index * 7,
      fields,
      missing,
    });
  }
  await chooseModel(db, {
    workflow,
    at: now - 600 * MINUTE,
    by: "head.of.support@example.com",
    model: `builtin/${workflow}@111191c0aa17be5f`,
  });
  await askForTraining(db, { id: "trn_1", workflow, askedAt: now - 2 * MINUTE, askedBy: "ann.author@example.com" }, 0);
  await endTraining(db, { id: "trn_1", model: null, problem: "add labelled records of another label: a choice needs at least two" }, now);
  return console;
}

if (chromiumPath === null) process.stdout.write(`browser tests skipped: ${HOW_TO_GET_ONE}\n`);

describe.skipIf(chromiumPath === null)("in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
  });

  it.each([
    ["without a version", () => openConsole([])],
    ["with versions", grown],
  ])("the versions of the built-in model, %s, are within reach of everybody", async (name, open) => {
    const console = await open();
    const { page, complaints, visit } = await openApplication(browser, console.get);
    await visit("/models");
    expect(await faultsInViews(page, `models-${name.replaceAll(" ", "-")}`)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
