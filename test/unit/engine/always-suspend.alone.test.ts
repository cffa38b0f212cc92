// The behavioural suites once more, with a pass that ends after every step: what a workflow does may not depend on how far one pass of it comes. A suite that
// counts passes, or drives a single one by hand (pass.test.ts), says nothing of that and is not among them.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ledgerWorld } from "./ledger-world.ts";

const MODE = "ALWAYS_SUSPEND";
const before = process.env[MODE];
let tests = 0;

describe("when every step ends the pass", async () => {
  beforeAll(() => {
    process.env[MODE] = "1";
  });
  beforeEach(() => {
    tests++;
  });
  afterAll(() => {
    if (before === undefined) delete process.env[MODE];
    else process.env[MODE] = before;
    console.log(`always-suspend mode: ${tests} tests`);
  });

  it("a run has a pass for each step, and one for its end", async () => {
    const world = ledgerWorld(async ({ book, mind, step }) => {
      await book.getRecord("read", { id: "a" });
      await mind.decide("judge", { instruction: "?", input: { "note.text": "x" } });
      await step.run("compute", () => 1);
      await book.addLine("add", { text: "one" });
      return book.getRecord("missing", { id: "nothing" }).catch(() => "caught");
    });
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed", output: "caught" } });
    expect(world.engine.passes).toBe(6);
  });

  describe("approvals", async () => void (await import("./approvals.test.ts")));
  describe("compensation and undo", async () => void (await import("./compensation-and-undo.test.ts")));
  describe("endings of decisions", async () => void (await import("./decision-endings.test.ts")));
  describe("gates", async () => void (await import("./gates.test.ts")));
  describe("model steps", async () => void (await import("./model-steps.test.ts")));
  describe("operator", async () => void (await import("./operator.test.ts")));
  describe("questions", async () => void (await import("./questions.test.ts")));
  describe("replay", async () => void (await import("./replay.test.ts")));
  describe("retry policies", async () => void (await import("./retry-policy.test.ts")));
  describe("outputs", async () => void (await import("./step-output.test.ts")));
  describe("unanswered sends", async () => void (await import("./unanswered-sends.test.ts")));
  describe("write limits", async () => void (await import("./write-limits.test.ts")));
  describe("waits", async () => void (await import("./waits.test.ts")));
});

it("is a mode that nothing but the engine's pass knows: no deployment can come into it", () => {
  const root = path.join(import.meta.dirname, "../../..");
  const knowing = ["src", "durable-objects", "sandbox", "bench"].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
      .map((file) => path.join(folder, file))
      .filter((file) => /\.tsx?$/.test(file) && !file.includes("node_modules"))
      .filter((file) => /suspendAfter|ALWAYS_SUSPEND/.test(readFileSync(path.join(root, file), "utf8"))),
  );
  expect(knowing).toEqual(["src/engine/pass.ts"]);
});
