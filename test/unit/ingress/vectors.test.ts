// The published and derived signature vectors, one test each. They live beside the checkout; where they are absent this file says so and skips.
import { existsSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { registry } from "../../../src/connectors/registry.ts";
import { OF_CONNECTORS } from "../../vectors/schemes.ts";
import { SOURCE_FILES } from "../../vectors/sources.ts";
import { runFile } from "../../vectors/vectors.ts";

const folder = path.resolve(import.meta.dirname, "../../../../shared/vectors");

const systems = [
  "zendesk",
  "slack",
  "standard-webhooks",
  "freshdesk",
  ...SOURCE_FILES,
  ...Object.keys(OF_CONNECTORS).filter((connector) => registry[connector]),
];

describe.each(systems)("vectors of %s", async (system) => {
  const file = path.join(folder, `${system}.json`);
  if (!existsSync(file)) {
    it.skip(`are not here: ${path.relative(process.cwd(), file)}`, () => {});
    return;
  }
  const { cases } = await runFile(file);
  it("are all of a form that runs", () => {
    expect(cases.length).toBeGreaterThan(0);
    expect(cases.filter((one) => one.outcome === "not run")).toEqual([]);
  });
  it.each(cases.map((one) => [one.id, one] as const))("decides %s as stated", (_id, one) => {
    expect(one.detail).toBe("");
    expect(one.outcome).toBe("passed");
  });
});
