// Workflows that start each other, for tests: a parent that does what its data says, children that wait, fail or hand over.
import * as z from "zod";
import { defineWorkflow, type StepTools, startedByRun, type Workflow } from "../../src/engine/define.ts";

const define = (name: string, body: (step: StepTools, data: unknown) => Promise<unknown>): Workflow =>
  defineWorkflow(
    {
      name,
      version: 1,
      purpose: "Be somebody's relative",
      trigger: startedByRun,
      lane: ({ event }) => event.subject,
      uses: {},
      dataFlow: [],
      decisions: {},
    },
    ({ step, event }) => body(step, event.data),
  );

const Start = z.object({ workflow: z.string(), subject: z.string(), data: z.json(), wait: z.boolean().default(true) });
const HOUR = 3_600_000;
export const ROUNDS = 5;

export const relatives: readonly Workflow[] = [
  define("parent", (step, data) => {
    const { workflow, subject, data: given, wait } = Start.parse(data);
    return step.start("child", workflow, { subject, data: given as never }, { wait: wait as true });
  }),
  define("pair", (step, data) => {
    const input = { subject: z.string().parse(data), data: null };
    return Promise.all([step.start("left", "waits", input, { wait: true }), step.start("right", "waits", input, { wait: true })]);
  }),
  define("waits", (step) => step.signal("go", { schema: z.json(), within: HOUR })),
  define("fails", async (step) => {
    await step.run("work", () => 1);
    throw new Error("no luck");
  }),
  define("done", async (_, data) => data),
  define("chain", async (step, data) => {
    const got = z.array(z.number()).parse(data);
    const tick = await step.signal("tick", { schema: z.number(), within: HOUR });
    const now = tick.status === "received" ? [...got, tick.data] : got;
    return now.length < ROUNDS ? step.continueAsNew(now) : now;
  }),
];
