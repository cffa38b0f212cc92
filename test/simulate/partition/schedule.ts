// One schedule of whole partitions: the product's own object (durable-objects/run-partition.ts) on a simulated platform, with its deliveries, its people and its
// deployments. Everything that waits waits in virtual time; the seed decides what happens first, what fails and what is said in the middle of what.

import type { Approval } from "../../../src/core/approval.ts";
import type { Result } from "../../../src/core/errors.ts";
import type { InterlockEvent } from "../../../src/core/event.ts";
import type { HaltSwitch } from "../../../src/core/halt.ts";
import { type Json, sameJson } from "../../../src/core/json.ts";
import type { WaitReason } from "../../../src/core/run.ts";
import type { RunRequest } from "../../../src/core/run-request.ts";
import { SETTLE_MS } from "../../../src/engine/effect-decision.ts";
import { resolveStep } from "../../../src/engine/external.ts";
import type { Entry, OperatorChoice } from "../../../src/engine/journal.ts";
import { endOf } from "../../../src/engine/lifecycle.ts";
import type { PartitionPort } from "../../../src/engine/partition-port.ts";
import type { Invariant, Violation } from "../invariants.ts";
import { createRandom } from "../random.ts";
import { makeEnvironment } from "./environment.ts";
import { PartitionChaos, type Word } from "./faults.ts";
import { checkLeaving, checkOver, checkStored, eventOf } from "./invariants.ts";
import { drawPartitionScenario, type Saying } from "./scenario.ts";
import { createSystems } from "./systems.ts";
import { VirtualTime } from "./virtual-time.ts";
import { ERRAND, type EventData, LONG, specOf, WORKFLOW } from "./workflows.ts";
import type { KeptRun, PartitionResult, PartitionWorld } from "./world.ts";

const BEGINNING = Date.parse("2026-01-05T09:00:00Z");
const MAX_STEPS = 60_000;
/** After this long nothing fails any more and whatever was stopped is let go on. */
const CALM = 4 * LONG;
const END = 24 * LONG;

export async function runPartitionSchedule(seed: number): Promise<PartitionResult> {
  const random = createRandom(seed);
  const scenario = drawPartitionScenario(random);
  const chaos = new PartitionChaos(random);
  const time = new VirtualTime(BEGINNING, random);
  const violations: Violation[] = [];
  const words: Word[] = [];
  const report = (invariant: Invariant, what: string): void => {
    violations.push({ invariant, what });
  };
  let boundaries = 0;
  const atBoundary = new Map<number, (() => unknown)[]>();
  const boundary = (): void => {
    for (const act of atBoundary.get(++boundaries) ?? []) time.later(0, act);
    switch (chaos.strike("any time")) {
      case "object lost":
        return void time.later(0, () => environment.anyObject()?.lose());
      case "object replaced":
        return void time.later(0, () => environment.anyObject()?.replace());
      case "alarm twice":
        return void time.later(0, () => environment.anyObject()?.wake());
      case "record edited":
        systems.edit();
        return;
      default:
    }
  };
  const systems = createSystems(
    {
      time,
      random,
      chaos,
      boundary,
      instanceOf: (number) => environment.instanceOf(number),
      leaves: (write) => checkLeaving(world, write, report),
    },
    scenario.subjects,
  );
  const world: PartitionWorld = {
    scenario,
    systems,
    runs: new Map(),
    accepted: new Map(),
    signals: [],
    halted: [],
    cancelled: new Map(),
    computed: new Map(),
    allowed: new Map(),
    diverged: [],
  };
  const environment = makeEnvironment({
    time,
    random,
    chaos,
    boundary,
    flow: scenario.flow,
    specs: [WORKFLOW, ERRAND].map((workflow) => specOf(workflow, scenario.asks, scenario.onFailure)),
    computed: (event, step) => {
      const key = `${event} ${step}`;
      const times = (world.computed.get(key) ?? 0) + 1;
      world.computed.set(key, times);
      return times;
    },
    kept: (run, entries) => {
      for (const entry of entries) notice(run, entry);
    },
    again: (run, entry) => {
      if (!sameJson(run.entries[entry.seq - 1] as unknown as Json, entry as unknown as Json))
        report("journal gapless and unchanged", `${run.id}: entry ${entry.seq} came back changed`);
    },
    runs: world.runs,
  });
  // ---- events ----

  function events(): (InterlockEvent & { data: EventData })[] {
    return scenario.runs.map(({ body, subject, urgent, at }, index) => ({
      id: `evt_${index}`,
      connection: "ledger",
      source: "ledger/ledger",
      type: "opened",
      subject,
      time: BEGINNING + at,
      data: { body, urgent },
    }));
  }

  /** As the queue does: until it is answered that the event has its run. */
  async function deliver(event: InterlockEvent & { data: EventData }, tries = 0): Promise<void> {
    const outcome = await environment.start(event).catch(() => null);
    if (outcome?.kind === "started") {
      if (world.accepted.has(event.id)) words.push("delivered again");
      world.accepted.set(event.id, { event, runs: outcome.runs.map(({ runId }) => runId) });
    } else if (tries < 50) time.later(1_000 + random.int(30_000), () => deliver(event, tries + 1));
  }

  // ---- people ----

  /** What was answered; null where nobody knows, because the object was lost meanwhile. */
  async function said<T>(run: KeptRun, say: (partition: PartitionPort) => Promise<Result<T>>): Promise<Result<T> | null> {
    boundary();
    return run.object.call(say as (object: never) => Promise<Result<T>>).catch(() => null);
  }
  const runOf = (index: number): KeptRun | undefined => world.runs.get(environment.runId(`evt_${index}`));
  const ask = (run: KeptRun, request: RunRequest) => said(run, (partition) => partition.ask(run.id, request, "ada@example.com"));

  let signals = 0;
  async function signal(run: KeptRun, fits: boolean, again: boolean): Promise<void> {
    const known = again ? world.signals.find((one) => one.run === run.id) : undefined;
    const one = known ?? { run: run.id, id: `s${++signals}`, data: { n: fits ? signals : "many" }, accepted: false };
    if (!known) world.signals.push(one);
    const ended = endOf(run.entries) !== null;
    const { id, data } = one;
    const answered = await said(run, (partition) => partition.signal(run.id, { name: "go", id, data }, "sender"));
    if (answered?.ok) {
      one.accepted = true;
      words.push(known ? "signal repeated" : fits ? "signal" : "signal that does not fit");
    } else if (answered) words.push("signal too late");
    // A sender that was not answered says it again.
    else if (!ended) time.later(random.int(5_000), () => signal(run, fits, true));
  }

  let isCalm = false;
  const deploy = (code: Parameters<typeof environment.deploy>[0]): void => {
    if (!isCalm) environment.deploy(code);
  };

  let turned = 0;
  /** Told to every partition until each has heard it; the later turn of a switch holds. */
  async function halt(scope: string, on: boolean, turn: HaltSwitch = { scope, on, by: "grace@example.com", at: ++turned }): Promise<void> {
    if (!on) for (const span of world.halted) if (span.scope === scope) span.to = Math.min(span.to, time.now);
    let all = true;
    for (const object of environment.objects()) {
      const answered = await object.call((partition: PartitionPort) => partition.halt([turn])).catch(() => null);
      all &&= answered?.ok ?? false;
    }
    if (!all) return void time.later(1_000, () => halt(scope, on, turn));
    if (on && turn.at === turned) world.halted.push({ scope, from: time.now, to: Number.POSITIVE_INFINITY });
    words.push(!on ? "halt lifted" : scope === "*" ? "halt of everything" : "halt of a workflow");
  }

  function say({ what, run: index }: Saying): void {
    if (isCalm) return;
    const run = runOf(index);
    const sure = async (request: RunRequest, word: Word, then?: () => void): Promise<void> => {
      if (!run) return;
      const answered = await ask(run, request);
      if (answered?.ok) {
        words.push(word);
        then?.();
      } else if (answered === null) time.later(random.int(5_000), () => sure(request, word, then));
    };
    const accepted = () => run && world.cancelled.set(run.id, what === "cancel and take back");
    switch (what) {
      case "signal":
        return void (run && signal(run, true, false));
      case "signal repeated":
        return void (run && signal(run, true, true));
      case "signal that does not fit":
        return void (run && signal(run, false, false));
      case "cancel":
        return void sure({ do: "cancel", compensate: false, reason: "" }, what, accepted);
      case "cancel and take back":
        return void sure({ do: "cancel", compensate: true, reason: "" }, what, accepted);
      case "pause":
        return void sure({ do: "pause" }, what, () => time.later(random.int(LONG), () => sure({ do: "resume" }, "resume")));
      case "halt of a workflow":
      case "halt of everything": {
        const scope = what === "halt of everything" ? "*" : WORKFLOW;
        void halt(scope, true);
        return void time.later(1 + random.int(LONG), () => halt(scope, false));
      }
      case "undo": {
        const applied = run?.entries.flatMap((entry) => (entry.type === "effect.applied" ? [entry.step] : [])) ?? [];
        if (!run || applied.length === 0) return;
        const step = random.pick(applied);
        return void said(run, (partition) => partition.undo(run.id, step, "ada@example.com")).then(
          (answered) => answered?.ok && words.push("undo"),
        );
      }
      case "deployed: harmless":
        words.push(what);
        deploy({ harmless: true });
        return;
      case "deployed: without the version": {
        words.push(what);
        deploy(null);
        return void time.later(1_000 + random.int(LONG), () => {
          words.push("deployed: put back");
          deploy({});
        });
      }
      case "deployed: diverging": {
        words.push(what);
        const begun = [...world.runs.values()].filter(({ entries }) => entries.some(({ type }) => type === "read.done"));
        // A run that begins again from its first step has no journal that this code could miss.
        const divergesFor = new Set(
          begun.map(eventOf).filter((event) => scenario.runs.some(({ restarts }, one) => event === `evt_${one}` && !restarts)),
        );
        const span = { events: divergesFor, from: time.now, to: Number.POSITIVE_INFINITY };
        world.diverged.push(span);
        deploy({ divergesFor });
        return void time.later(1_000 + random.int(LONG), () => {
          words.push("deployed: put back");
          span.to = Math.min(span.to, time.now);
          deploy({});
        });
      }
      case "delivered again": {
        const event = events()[index];
        return void (event && deliver(event));
      }
    }
  }

  /** What the schedule sees of a run as it becomes durable. */
  function notice(run: KeptRun, entry: Entry): void {
    if (entry.type === "approval.requested") time.later(1_000 + random.int(LONG), () => decide(run, entry.approval));
    if (entry.type === "run.failed" || entry.type === "run.completed" || entry.type === "run.cancelled")
      time.later(1 + random.int(20_000), () => afterEnd(run, entry));
  }

  async function decide(run: KeptRun, asked: Approval): Promise<void> {
    const { digest, values, question } = asked;
    const edited = { ...values, owner: `edited ${String(values.owner ?? values.grade)}` };
    const decision =
      scenario.person === "approves" || (scenario.person === "edits" && question !== undefined)
        ? { kind: "approved", digest }
        : scenario.person === "edits" && "owner" in values
          ? { kind: "edited", digest, values: edited }
          : { kind: "rejected", digest, reason: "no" };
    if (scenario.person === "nobody") return;
    world.allowed.set(asked.id, decision.kind === "approved" ? values : decision.kind === "edited" ? edited : null);
    const answered = await said(run, (partition) => partition.decide(run.id, asked.id, decision, "ada@example.com"));
    if (answered?.ok) words.push("decision");
    else if (answered === null) time.later(random.int(60_000), () => decide(run, asked));
  }

  const restarted = new Set<string>();
  const retried = new Set<string>();
  async function afterEnd(run: KeptRun, end: Entry): Promise<void> {
    const eventId = eventOf(run);
    const plan = scenario.runs[Number(eventId.slice(4))];
    if (!plan) return;
    if (end.type === "run.failed" && plan.retries && !retried.has(run.id)) {
      // Whoever retries has first put right what was wrong.
      systems.ledger.add(`closed-${eventId}`, {});
      const answered = await ask(run, { do: "retry" });
      if (answered?.ok) words.push("retry");
      if (answered) retried.add(run.id);
      else time.later(1_000, () => afterEnd(run, end));
      return;
    }
    if (!plan.restarts || restarted.has(eventId)) return;
    restarted.add(eventId);
    const steps = [...new Set(run.entries.flatMap(({ step }) => step ?? []))];
    if (steps.length === 0) return;
    const step = random.pick(steps);
    const again = async (): Promise<void> => {
      const answered = await said(run, (partition) => partition.restart(run.id, step, `${run.id}~1`, "ada@example.com"));
      if (answered?.ok) words.push("restart");
      else if (answered === null) time.later(1_000, again);
    };
    await again();
  }

  /** An operator looks at what waits for one, asks the system, and says what is so there. */
  function operate(): void {
    for (const { run, on } of waitingFor("operator")) {
      if (on.kind !== "operator" || on.error.code === "workflow.unknown") continue;
      if (on.error.code === "workflow.diverged" || on.error.code === "workflow.undeclared") {
        if (!world.diverged.some(({ to }) => to === Number.POSITIVE_INFINITY || time.now - to < 15 * 60_000)) {
          report("liveness", `${run.id} is held: ${on.error.message}`);
        }
        continue;
      }
      const { step } = on;
      if (!resolveStep(run.entries, step, "retry", "olga@example.com").ok) continue;
      if (!scenario.operatorActs) continue;
      const unknown = run.entries.findLast((entry) => entry.step === step && !entry.type.startsWith("undo."))?.type === "effect.unknown";
      // What is still on its way is not there yet: nobody says of a write that it is not before it can be known.
      const last = run.entries.findLast((entry) => entry.step === step)?.at ?? 0;
      if (unknown && time.now - last < SETTLE_MS) continue;
      const intended = run.entries.find((entry) => entry.step === step && entry.type === "effect.intended");
      const letter = intended?.type === "effect.intended" && intended.action === "ledger.sendLetter" ? String(intended.values.text) : null;
      const written = systems.held(`${run.id}/${step}`, letter) > 0;
      const choice: OperatorChoice = !unknown
        ? "retry"
        : letter !== null
          ? random.pick(written ? (["applied"] as const) : (["not_applied", "abandon"] as const))
          : random.pick(written ? (["applied", "retry"] as const) : (["not_applied", "abandon", "retry"] as const));
      void said(run, (partition) => partition.resolve(run.id, step, choice, "olga@example.com")).then(
        (answered) => answered?.ok && words.push("operator"),
      );
    }
  }

  function* waitingFor(kind: WaitReason["kind"]): Iterable<{ run: KeptRun; on: WaitReason }> {
    for (const object of environment.built()) {
      for (const { id, waiting } of object.database.rows("select id, waiting from run where open = 1 and waiting ->> 'kind' = ?", [kind])) {
        const run = world.runs.get(String(id));
        if (run) yield { run, on: JSON.parse(String(waiting)) as WaitReason };
      }
    }
  }

  /** Nothing fails any more, and whatever was stopped is let go on. */
  function calm(): void {
    chaos.end();
    deploy({});
    isCalm = true;
    for (const scope of ["*", WORKFLOW]) void halt(scope, false);
    for (const span of world.diverged) span.to = Math.min(span.to, time.now);
    for (const run of world.runs.values()) if (endOf(run.entries) === null) void ask(run, { do: "resume" });
  }

  /** Lets time pass until this is done. */
  async function toEnd(work: Promise<void>): Promise<void> {
    let done = false;
    const noted = work
      .catch((error) => report("liveness", `a question to a partition failed: ${error}`))
      .finally(() => {
        done = true;
      });
    // What needs no time at all has not put anything on the clock.
    for (let idle = 0; !done && idle < 3; ) if (!(await time.step(Number.POSITIVE_INFINITY))) idle++;
    if (done) await noted;
    else report("liveness", "a question to a partition was never answered");
  }

  // ---- the schedule ----

  async function play(): Promise<PartitionResult> {
    for (const [index, event] of events().entries()) {
      const { at, deliveries } = scenario.runs[index] as (typeof scenario.runs)[number];
      for (let delivery = 0; delivery < deliveries; delivery++) {
        time.later(delivery === 0 || random.chance(0.5) ? at : random.int(LONG), () => deliver(event));
      }
    }
    for (const saying of scenario.sayings) {
      if ("at" in saying.when) time.later(saying.when.at, () => say(saying));
      else atBoundary.set(saying.when.boundary, [...(atBoundary.get(saying.when.boundary) ?? []), () => say(saying)]);
    }
    time.later(CALM, calm);
    // An operator looks now and then, more often in the beginning, and some time after everything else.
    for (let at = 20_000; at < END; at += at < 2 * CALM ? 150_000 : LONG) time.later(at, operate);
    // What a lost object knew and D1 was not told (that a run waits for an operator, say) the sweep tells it. It comes when all is over, so that nothing moves by it alone.
    time.later(END - LONG, () =>
      environment.sweep().then((due) => due > 0 && report("liveness", `${due} runs moved only because the sweep woke them`)),
    );
    let steps = 0;
    while (await time.step(BEGINNING + END)) {
      if (++steps > MAX_STEPS) {
        report("liveness", `still not over after ${MAX_STEPS} steps`);
        break;
      }
      if (violations.length > 20) break;
    }
    checkOver(world, environment, report);
    for (const run of world.runs.values()) await toEnd(checkStored(run, environment, report));
    return {
      seed,
      violations,
      faults: chaos.struck,
      words,
      ends: [...world.runs.values()].map(endInWords),
      passes: boundaries,
      quiet: chaos.quiet,
    };
  }

  const restore = time.install(systems.fetch);
  try {
    return await play();
  } finally {
    restore();
    environment.close();
  }
}

function endInWords({ entries }: KeptRun): string {
  const ended = endOf(entries);
  if (!ended) return "waits for an operator";
  return ended.status === "failed" ? `failed: ${ended.error.code}` : ended.status;
}
