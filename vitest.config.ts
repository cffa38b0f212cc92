// Two worlds in one run: "runtime" tests run inside workerd; "unit" (pure code), "simulation", "browser" (http among them) and "journeys" run in Node, the last
// two against the production bundle. Three groups, one after another: what runs inside workerd; what takes one core a file, two at a time, a journey that waits
// beside tests that do not; and the simulation, which takes every core by itself. Time limits are for what hangs: many times what a busy machine needs.
// Outbound requests of the runtime project are refused: a test that needs a system brings it.
import path from "node:path";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";

/** Tests that replace a module, or load other tests. */
const ALONE = "test/unit/**/*.alone.test.ts";

export default defineConfig(async () => ({
  // The pool resolves CommonJS require() with the root server's conditions.
  ssr: { resolve: { conditions: ["workerd", "module", "node", "development|production"] } },
  test: {
    reporters: ["default", "./test/closing-line.ts"],
    projects: [
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "./wrangler.toml" },
            main: "./test/runtime/worker.ts",
            remoteBindings: false,
            miniflare: {
              bindings: {
                ENVIRONMENT: "development",
                DEV_IDENTITY: "Ada Reviewer <ada@example.com>",
                ZENDESK_URL: "https://zendesk.test",
                ZENDESK_TOKEN: "sandbox-token",
                ZENDESK_WEBHOOK_SECRET: "sandbox-webhook-secret",
                SLACK_URL: "https://slack.test",
                SLACK_TOKEN: "xoxb-sandbox",
                SLACK_SIGNING_SECRET: "sandbox-signing-secret",
                CONNECTION_SEAL_KEY: "sandbox-seal-key",
                TEST_MIGRATIONS: await readD1Migrations(path.join(import.meta.dirname, "migrations")),
              },
              outboundService: (request: { url: string }) => new Response(`blocked ${request.url}`, { status: 599 }) as never,
            },
          }),
        ],
        test: {
          name: "runtime",
          include: ["test/runtime/**/*.test.{ts,tsx}"],
          setupFiles: ["test/runtime/setup.ts"],
          isolate: false,
          // One worker runs all files after another; a second one would load the product anew for each.
          maxWorkers: 1,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.{ts,tsx}"],
          exclude: ["test/unit/simulate/**", ALONE],
          environment: "node" as const,
          // Loading the product anew for each file took as long as the tests. What ALONE has cannot share it.
          isolate: false,
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "alone",
          include: [ALONE],
          environment: "node" as const,
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "simulation",
          include: ["test/unit/simulate/**/*.test.ts"],
          environment: "node" as const,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/{http,browser}/**/*.test.ts"],
          environment: "node" as const,
          isolate: false,
          maxWorkers: 2,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "journeys",
          include: ["test/journeys/**/*.test.ts"],
          environment: "node" as const,
          maxWorkers: 2,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
}));
