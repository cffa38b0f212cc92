// The end of a run that goes on as another (continueAsNew): an endless loop is a chain of runs with short journals. Sequence: the body asks -> what it left
// under way is finished -> the successor is started with the signals that nobody took -> what has come meanwhile is sent after it -> the run completes.
import type { InterlockEvent } from "../core/event.ts";
import { digest, type Json } from "../core/json.ts";
import type { Entry, StepEntry } from "./journal.ts";
import { cancelOf, isNearlyFull } from "./lifecycle.ts";
import type { CarriedSignal, RunPlace } from "./other-runs.ts";
import type { Pass } from "./pass.ts";
import { attemptsOf } from "./retry.ts";
import { CONTINUE_STEP, checkedData, startedEvent } from "./run-child.ts";
import { memoised } from "./run-read.ts";

type Started = Extract<StepEntry, { type: "child.started" }>;

/** What a body gives back in place of an output. */
export class Successor {
  readonly step: string;
  readonly data: Json;
  constructor(step: string, data: Json) {
    this.step = step;
    this.data = data;
  }
}

/** The body's way to ask: the call never returns, and the first one counts. */
export class HandOver {
  readonly asked: Promise<Successor>;
  readonly #pass: Pass;
  readonly #ask: (successor: Successor) => void;

  constructor(pass: Pass) {
    const { promise, resolve } = Promise.withResolvers<Successor>();
    this.#pass = pass;
    this.asked = promise;
    this.#ask = resolve;
  }

  async ask(data: Json): Promise<never> {
    this.#ask(new Successor(this.#pass.stepKey(CONTINUE_STEP), checkedData(data)));
    return new Promise<never>(() => {});
  }
}

/** The successor's id, once it is durable and has every signal that this run has not taken. The caller ends the run before anything else can arrive. */
export function startSuccessor(pass: Pass, event: InterlockEvent, { step, data }: Successor): Promise<string> {
  return pass.lastStep(step, async () => {
    const args = digest({ continueAsNew: data });
    const sent = new Set<number>();
    const { child, partition } = (await memoised(pass, step, args, "start", async () => {
      const waiting = untaken(pass, sent);
      await pass.flush();
      const next = startedEvent(pass, step, event, data);
      const place = await pass.ports.runs.startSuccessor({ workflow: pass.workflow, event: next, signals: waiting.map(carried) });
      if (place.fresh) for (const { seq } of waiting) sent.add(seq);
      return { type: "child.started", args, child: place.run, partition: place.partition, workflow: pass.workflow, waits: false };
    })) as Started;
    const to = { run: child, partition };
    try {
      await tellTheRest(pass, to, sent);
    } catch (thrown) {
      return pass.failAttempt(step, args, "start", attemptsOf(pass.entries(step)) + 1, thrown);
    }
    return child;
  });
}

/** What came while the successor was being started, until nothing more has. Those that an earlier try carried are repeated: the successor knows their ids. */
async function tellTheRest(pass: Pass, to: RunPlace, sent: Set<number>): Promise<void> {
  let cancelled = false;
  for (;;) {
    const [next] = untaken(pass, sent);
    // Who cancels a run that is just handing over means the work, and not its number.
    const cancel = cancelled ? null : cancelOf(pass.runEntries());
    if (next) {
      await pass.ports.runs.signal(to, carried(next));
      sent.add(next.seq);
    } else if (cancel) {
      await pass.ports.runs.cancel(to, { compensate: cancel.compensate, reason: cancel.reason }, cancel.by);
      cancelled = true;
    } else return;
  }
}

type Arrived = Extract<Entry, { type: "signal.arrived" }>;

const untaken = (pass: Pass, sent: ReadonlySet<number>): Arrived[] =>
  pass
    .runEntries()
    .filter((entry): entry is Arrived => entry.type === "signal.arrived" && !pass.takenSignals.has(entry.seq) && !sent.has(entry.seq));

const carried = ({ signal, id, data, by }: Arrived): CarriedSignal => ({ signal, id, data, by });

/** Remembered, like everything that a body may decide on. */
export async function runSizeCheck(pass: Pass, step: string): Promise<boolean> {
  const args = digest({ isJournalNearlyFull: step });
  return (await memoised(pass, step, args, "compute", async () => ({
    type: "step.done",
    args,
    output: isNearlyFull(pass.journal.size),
  }))) as boolean;
}
