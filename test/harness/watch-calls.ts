// The calls that a workflow's body makes, seen from outside of the engine: each is named as the engine names it ("route ticket", "route ticket#2"), and what is
// done in its course can ask which step it is done for. The body and the engine do not notice.
import { AsyncLocalStorage } from "node:async_hooks";
import type { Workflow } from "../../src/engine/define.ts";

const current = new AsyncLocalStorage<string>();

/** The step in whose course this is asked; undefined outside of the body's calls (an undo, say). */
export const currentStep = (): string | undefined => current.getStore();

type Call = (...args: unknown[]) => unknown;

/** `around` is given each call before it is made, and may make it or not; `work` is what `step.run` was given, if it is one. */
export function watchCalls(workflow: Workflow, around: (step: string, make: () => unknown) => unknown): Workflow {
  return {
    ...workflow,
    body: async (context: Readonly<Record<string, unknown>>) => {
      const counts = new Map<string, number>();
      const watched =
        (call: Call): Call =>
        (name, ...rest) => {
          const count = (counts.get(String(name)) ?? 0) + 1;
          counts.set(String(name), count);
          const step = count === 1 ? String(name) : `${name}#${count}`;
          return current.run(step, () => around(step, () => call(name, ...rest)));
        };
      const handle = (calls: Readonly<Record<string, Call>>) =>
        Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, isNamed(name) ? watched(call) : call]));
      const handles = Object.entries(context).map(([name, value]) => [
        name,
        name === "event" ? value : handle(value as Record<string, Call>),
      ]);
      return workflow.body(Object.fromEntries(handles));
    },
  };
}

/** A hand-over has no name: it is the last thing that a body does. */
const isNamed = (call: string): boolean => call !== "continueAsNew";
