// Workflows that differ in their order and limits only: each waits for the signal "go", so that a test decides when a run ends. Each listens to its own name.
import * as z from "zod";
import { zendesk } from "../../src/connectors/zendesk.ts";
import { defineWorkflow, type Lane, type Limits, type Workflow } from "../../src/engine/define.ts";

const waiting = (name: string, lane: (subject: string) => Lane, limits?: Limits): Workflow =>
  defineWorkflow(
    {
      name,
      version: 1,
      purpose: "Wait",
      trigger: zendesk.on(name as "trigger"),
      lane: ({ event }) => lane(event.subject),
      ...(limits ? { limits } : {}),
      uses: {},
      dataFlow: [],
      decisions: {},
    },
    async ({ step, event }) => {
      await step.signal("go", { schema: z.object({}), within: 86_400_000 });
      return event.data;
    },
  );

const own = (subject: string) => subject;

export const flowWorkflows: readonly Workflow[] = [
  waiting("two-at-once", (key) => ({ key, atOnce: 2 })),
  waiting("shared-one", (subject) => `shared ${subject}`),
  waiting("shared-two", (subject) => `shared ${subject}`),
  waiting("few", own, { concurrency: 2 }),
  waiting("slow", own, { throttle: { runs: 2, perMs: 60_000 } }),
  waiting("settled", own, { debounce: { windowMs: 60_000, maxMs: 100_000 } }),
  waiting("urgent", own, { priority: ({ event }) => (event.data as { urgency?: number }).urgency ?? 0 }),
];
