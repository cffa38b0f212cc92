// What docs/test-a-workflow.md shows is what a test runs: each of its examples stands so in the file that it quotes.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

it("the examples of docs/test-a-workflow.md are those of the triage tests", () => {
  const quoted = readFileSync("test/unit/workflows/ticket-triage.test.ts", { encoding: "utf8" });
  const doc = readFileSync("docs/test-a-workflow.md", { encoding: "utf8" });
  const examples = [...doc.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);
  expect(examples.length).toBeGreaterThan(3);
  for (const example of examples) expect(quoted).toContain(example);
});
