// Other runs without an engine behind them: what a run starts is kept and counted, and ends when the test says so.
import type { Failure } from "../../src/core/errors.ts";
import { InterlockError } from "../../src/core/errors.ts";
import { runIdOf } from "../../src/core/ids.ts";
import type { EndedState } from "../../src/core/run.ts";
import type { CancelWords, CarriedSignal, ChildStart, OtherRuns, SuccessorStart } from "../../src/engine/other-runs.ts";

export interface FakeRuns {
  readonly port: OtherRuns;
  /** What exists, by id: a start that is repeated adds nothing. */
  readonly made: Map<string, ChildStart | SuccessorStart>;
  /** What reached each run, in order, each signal once. */
  readonly signals: Map<string, CarriedSignal[]>;
  readonly cancelled: { readonly run: string; readonly words: CancelWords; readonly by: string }[];
  readonly calls: { start: number; look: number; signal: number; cancel: number };
  /** How a run ends, by its workflow; a run of another one has not ended. */
  readonly ends: Map<string, EndedState>;
  /** What the next calls of a kind answer instead. */
  readonly faults: { readonly call: keyof FakeRuns["calls"]; readonly error: Failure }[];
  /** Asked before each call is answered. */
  meanwhile: (call: keyof FakeRuns["calls"]) => void;
}

export function fakeRuns(): FakeRuns {
  const fake: Omit<FakeRuns, "port"> = {
    made: new Map(),
    signals: new Map(),
    cancelled: [],
    calls: { start: 0, look: 0, signal: 0, cancel: 0 },
    ends: new Map(),
    faults: [],
    meanwhile: () => {},
  };
  const called = (call: keyof FakeRuns["calls"]) => {
    fake.calls[call]++;
    all.meanwhile(call);
    const at = fake.faults.findIndex((fault) => fault.call === call);
    const [fault] = at < 0 ? [] : fake.faults.splice(at, 1);
    if (fault) throw new InterlockError(fault.error.code, fault.error.message);
  };
  const make = (start: ChildStart | SuccessorStart, signals: readonly CarriedSignal[]) => {
    const run = runIdOf(start.workflow, start.event.id);
    const fresh = !fake.made.has(run);
    if (fresh) {
      fake.made.set(run, structuredClone(start));
      fake.signals.set(run, [...signals]);
    }
    called("start");
    return { run, partition: "p7", fresh };
  };
  const port: OtherRuns = {
    startChild: async (start) => make(start, []),
    startSuccessor: async (start) => make(start, start.signals),
    signal: async ({ run }, signal) => {
      called("signal");
      const known = fake.signals.get(run) ?? [];
      if (!known.some(({ id }) => id === signal.id)) fake.signals.set(run, [...known, signal]);
    },
    look: async ({ run }) => {
      called("look");
      const start = fake.made.get(run);
      if (!start) throw new InterlockError("run.not_found", `No run ${run}`);
      return fake.ends.get(start.workflow) ?? null;
    },
    cancel: async ({ run }, words, by) => {
      called("cancel");
      fake.cancelled.push({ run, words, by });
    },
  };
  const all: FakeRuns = Object.assign(fake as FakeRuns, { port });
  return all;
}

const none = async (): Promise<never> => {
  throw new Error("this world has no other runs");
};
/** For worlds of one run. */
export const noRuns: OtherRuns = { startChild: none, startSuccessor: none, signal: none, look: none, cancel: none };
