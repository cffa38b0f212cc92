// One schedule: a seed is turned into runs, people and faults; the passes of all runs, what people do and what arrives late take turns in an order that
// the seed decides, until nothing is left to do. What came of it is a plain record.

import type { Approval } from "../../src/core/approval.ts";
import type { InterlockEvent } from "../../src/core/event.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { dueOf, type WaitReason } from "../../src/core/run.ts";
import { answerApproval } from "../../src/engine/answer-approval.ts";
import { actionOfApproval, executePass, schemaOfApproval, stepsOf, undoStep, withUndo } from "../../src/engine/execute.ts";
import { askUndo, resolveStep } from "../../src/engine/external.ts";
import type { OperatorChoice } from "../../src/engine/journal.ts";
import { manifestDigest } from "../../src/engine/manifest.ts";
import { Pass, type PassEnd } from "../../src/engine/pass.ts";
import { foldUndo } from "../../src/engine/run-undo.ts";
import { TEAMS } from "../../src/workflows/ticket-triage/labels.ts";
import { ticketTriage } from "../../src/workflows/ticket-triage/workflow.ts";
import { noRuns } from "../harness/fake-runs.ts";
import { memoryLimits } from "../harness/memory-limits.ts";
import { createChaos, type Fault } from "./chaos.ts";
import { checkOver, type Invariant, type Violation, type Write } from "./invariants.ts";
import { notifyTwice } from "./notify-twice.ts";
import { type Outside, runProcess, type Underway } from "./process.ts";
import { createRandom } from "./random.ts";
import { drawScenario, type RunScenario } from "./scenario.ts";
import { createWorld, keep, type SimulatedRun } from "./world.ts";

export interface ScheduleResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly faults: readonly Fault[];
  /** How each run ended, in words. */
  readonly ends: readonly string[];
  readonly passes: number;
  /** No fault was to strike. */
  readonly quiet: boolean;
}
export interface ScheduleOptions {
  readonly tamper?: (write: Write) => Write;
}

interface Task {
  readonly at: number;
  readonly act: () => void | Promise<void>;
}

const MAX_TURNS = 600;
/** Real time, for a pass that neither ends nor waits; one that does takes milliseconds. */
const PASS_LIMIT_MS = 15_000;
const OPERATOR = "olga@example.com";

export async function runSchedule(seed: number, options: ScheduleOptions = {}): Promise<ScheduleResult> {
  const random = createRandom(seed);
  const scenario = drawScenario(random);
  const chaos = createChaos(random);
  const world = createWorld(scenario);
  const { clock } = world;
  const violations: Violation[] = [];
  const report = (invariant: Invariant, what: string): void => {
    violations.push({ invariant, what });
  };
  const underway: Underway[] = [];
  const tasks: Task[] = [];
  let passes = 0;
  const later = (ms: number, act: Task["act"]) => tasks.push({ at: clock.now + ms, act });
  const editTicket = () => {
    const id = random.pick(world.tickets);
    const before = world.zendesk.tickets.get(id);
    if (random.chance(0.5)) world.zendesk.edit(id, { group_id: before?.group_id === 100 ? 104 : 100 });
    else world.zendesk.edit(id, { priority: before?.priority === "low" ? "normal" : "low" });
  };
  const outside: Outside = { world, random, chaos, report, underway, editTicket, ...(options.tamper ? { tamper: options.tamper } : {}) };

  // ---- events ----

  /** What a partition does with a delivery: a second one of the same event finds its run. */
  function accept(event: InterlockEvent, about: RunScenario): void {
    world.accepted.add(event.id);
    const id = `run_${event.id}`;
    if (world.runs.some((run) => run.id === id)) return;
    const workflow = workflowOf(about);
    const run: SimulatedRun = {
      id,
      event,
      scenario: about,
      durable: [],
      texts: [],
      due: clock.now,
      ended: false,
      held: false,
      undoAsked: false,
      seenApprovals: new Set(),
      asked: { count: 0 },
    };
    const pins = { workflow: workflow.name, version: workflow.version, manifestDigest: manifestDigest(workflow), specVersion: 1 };
    const { type, subject, connection } = event;
    keep(run, [{ type: "run.started", pins, event: { id: event.id, type, subject, connection } }], clock.now);
    world.runs.push(run);
  }
  const events = scenario.runs.map((about, index) => {
    const event: InterlockEvent = {
      id: `evt_${index}`,
      connection: "zendesk",
      source: "zendesk/zendesk",
      type: "ticket.created",
      subject: world.tickets[about.ticket] as string,
      time: clock.now,
      data: {},
    };
    later(about.startsAfter, () => accept(event, about));
    return { event, about };
  });

  // ---- people ----

  function answer(
    run: SimulatedRun,
    asked: Approval,
    input: { kind: string; digest: string; values?: JsonObject; reason?: string },
    by = "ada@example.com",
  ): void {
    const { spec } = run.scenario;
    const action = actionOfApproval(workflowOf(run.scenario), run.durable, asked.id);
    const schema = schemaOfApproval(workflowOf(run.scenario), run.durable, asked.id);
    const decided = answerApproval(run.durable, asked.id, input, by, spec, clock.now, action, schema);
    const writes = input.kind === "approved" ? asked.values : input.kind === "edited" ? (input.values ?? null) : null;
    const forbidden = input.kind === "edited" && (input.values?.group === "executives" || input.values?.team === "executives");
    world.answers.push({ approvalId: asked.id, digest: input.digest, by, at: clock.now, writes, forbidden, accepted: decided.ok });
    if (!decided.ok) return;
    keep(run, [decided.value], clock.now);
    run.due = clock.now;
  }

  /** A person in the models' place: whoever approves, or edits, answers. */
  function planAnswer(run: SimulatedRun, asked: Approval): void {
    const { digest } = asked;
    const { person, team } = run.scenario;
    const soon = 1_000 + random.int(3_600_000);
    const give = (chosen: string, by?: string) =>
      answer(run, asked, { kind: "edited", digest, values: { team: chosen, priority: "high" } }, by);
    switch (person) {
      case "nobody":
        return;
      case "rejects":
        return void later(soon, () => answer(run, asked, { kind: "rejected", digest, reason: "no" }));
      case "late":
        return void later(asked.expiresAt - clock.now + (random.chance(0.7) ? 0 : random.int(60_000)), () => give(team));
      case "not a reviewer":
        return void later(soon, () => give(team, "mallory@example.com"));
      case "forbidden edit":
        later(soon, () => give("executives"));
        return void (random.chance(0.5) && later(soon + 60_000, () => give(team)));
      case "wrong digest":
        later(soon, () => answer(run, asked, { kind: "approved", digest }));
        return void (random.chance(0.5) && later(soon + 60_000, () => give(team)));
      case "approves":
      case "edits":
      case "twice":
        return void later(soon, () => give(team));
    }
  }

  function plan(run: SimulatedRun, asked: Approval): void {
    if (asked.answer) {
      planAnswer(run, asked);
      return;
    }
    const { digest } = asked;
    const soon = 1_000 + random.int(3_600_000);
    const edited: JsonObject =
      "group" in asked.values
        ? { group: random.pick(TEAMS.filter((team) => allows(run.scenario, team))), priority: random.pick(["low", "urgent"]) }
        : { text: `${asked.values.text}!` };
    const approve = () => answer(run, asked, { kind: "approved", digest });
    const reject = (by?: string) => answer(run, asked, { kind: "rejected", digest, reason: "no" }, by);
    switch (run.scenario.person) {
      case "approves":
        return void later(soon, approve);
      case "edits":
        return void later(soon, () => answer(run, asked, { kind: "edited", digest, values: edited }));
      case "rejects":
        return void later(soon, () => reject());
      case "nobody":
        return;
      case "late":
        return void later(asked.expiresAt - clock.now + (random.chance(0.7) ? 0 : random.int(60_000)), approve);
      case "twice":
        later(soon, approve);
        return void later(soon + (random.chance(0.5) ? 0 : random.int(1_000)), () => reject("grace@example.com"));
      case "wrong digest":
        later(soon, () => answer(run, asked, { kind: "approved", digest: "f".repeat(64) }));
        return void (random.chance(0.5) && later(soon + 60_000, approve));
      case "not a reviewer":
        return void later(soon, () => answer(run, asked, { kind: "approved", digest }, "mallory@example.com"));
      case "forbidden edit": {
        const values = "group" in asked.values ? { group: "executives", priority: "high" } : edited;
        later(soon, () => answer(run, asked, { kind: "edited", digest, values }));
        return void (random.chance(0.5) && later(soon + 60_000, approve));
      }
    }
  }

  /** An operator looks at the system first, and says what is so there. */
  function operate(run: SimulatedRun, on: Extract<WaitReason, { kind: "operator" }>): void {
    const { code } = on.error;
    if (code === "workflow.diverged" || code === "workflow.unknown" || code === "workflow.undeclared") {
      report("liveness", `${run.id} is held: ${on.error.message}`);
      return;
    }
    if (!resolveStep(run.durable, on.step, "retry", OPERATOR).ok) {
      report("liveness", `${run.id} waits for an operator, and "${on.step}" takes no word from one`);
      return;
    }
    run.held = true;
    if (!run.scenario.operatorActs) return;
    later(30_000 + random.int(600_000), () => {
      const unknown = run.durable.findLast(({ step }) => step === on.step)?.type === "effect.unknown";
      const written = world.held(`${run.id}/${on.step}`) > 0;
      const choice: OperatorChoice = !unknown
        ? "retry"
        : random.pick(written ? (["applied", "applied", "retry"] as const) : (["not_applied", "not_applied", "abandon", "retry"] as const));
      const resolved = resolveStep(run.durable, on.step, choice, OPERATOR);
      if (!resolved.ok) return;
      keep(run, resolved.value, clock.now);
      run.due = clock.now;
    });
  }

  function wantUndo(run: SimulatedRun): void {
    if (run.undoAsked) return;
    run.undoAsked = true;
    later(random.int(7_200_000), () => {
      const applied = run.durable.flatMap((entry) => (entry.type === "effect.applied" ? [entry.step] : []));
      if (applied.length === 0) return;
      if (random.chance(0.4)) editTicket();
      const asked = askUndo(run.durable, random.pick(applied), "ada@example.com", {
        runId: run.id,
        spec: run.scenario.spec,
        now: clock.now,
      });
      if (!asked.ok) return;
      keep(run, [asked.value], clock.now);
      run.due = clock.now;
    });
  }

  // ---- passes ----

  async function pass(run: SimulatedRun): Promise<void> {
    passes++;
    run.due = null;
    run.held = false;
    const { spec } = run.scenario;
    const workflow = workflowOf(run.scenario);
    const work = runProcess(run, outside, async (journal, ports): Promise<PassEnd> => {
      try {
        const over = run.durable.find(({ type }) => type === "run.completed" || type === "run.failed");
        const end: PassEnd = over
          ? { kind: "ended", state: { status: "completed", output: null } }
          : await executePass({ runId: run.id, event: run.event, workflow, spec, journal, recordedSteps: stepsOf(run.durable), ports });
        if (end.kind === "broken") return end;
        let next: number | null = null;
        for (const step of stepsOf(run.durable)) {
          if (foldUndo(journal.entriesOf(step) as Parameters<typeof foldUndo>[0]).phase !== "requested") continue;
          const again = await undoStep(new Pass(run.id, spec, journal, ports), workflow, step);
          if (again !== null) next = Math.min(next ?? again, again);
        }
        return next === null ? end : withUndo(end, next);
      } catch (error) {
        return { kind: "broken", error };
      }
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), PASS_LIMIT_MS);
    });
    const ending = await Promise.race([work, late]);
    clearTimeout(timer);
    if (ending === null) return report("liveness", `${run.id}: a pass neither ends nor waits`);
    if (ending.kind !== "done") {
      run.due = clock.now + 2_000;
      if (ending.kind === "overtaken") {
        const { goOn } = ending;
        later(random.pick([0, 2_500, 60_000]), async () => {
          await goOn();
          run.due ??= clock.now;
        });
      }
      return;
    }
    settle(run, ending.value);
  }

  function settle(run: SimulatedRun, end: PassEnd): void {
    if (end.kind === "broken") {
      run.due = clock.now + 2_000;
      return;
    }
    run.ended = run.durable.some(({ type }) => type === "run.completed" || type === "run.failed");
    if (end.kind === "ended") {
      if (!run.ended) report("liveness", `${run.id} says it has ended, and its journal does not`);
      if (run.scenario.undo === "afterwards") wantUndo(run);
      return;
    }
    const { on } = end;
    if (run.scenario.undo === "meanwhile") wantUndo(run);
    if (on.kind === "operator") {
      operate(run, on);
      return;
    }
    run.due = dueOf(on);
    for (const entry of run.durable) {
      if (entry.type !== "approval.requested" || run.seenApprovals.has(entry.approval.id)) continue;
      run.seenApprovals.add(entry.approval.id);
      plan(run, entry.approval);
    }
  }

  // ---- turns ----

  /** Whatever is on its way arrives at its time, before anything that happens later. */
  async function advance(to: number): Promise<void> {
    for (;;) {
      underway.sort((a, b) => a.at - b.at);
      const [next] = underway;
      if (!next || next.at > to) break;
      underway.shift();
      clock.now = Math.max(clock.now, next.at);
      await next.arrive();
    }
    clock.now = Math.max(clock.now, to);
  }

  function disturb(): void {
    const fault = chaos.strike("between passes");
    if (fault === "record edited") editTicket();
    else if (fault === "delivered again") {
      const { event, about } = random.pick(events);
      accept(event, about);
    } else if (fault === "clock jumps") later(0, () => advance(clock.now + random.pick([5_000, 60_000, 6 * 3_600_000])));
  }

  let turns = 0;
  for (; turns < MAX_TURNS; turns++) {
    disturb();
    await advance(clock.now);
    const due: Task[] = tasks.filter(({ at }) => at <= clock.now);
    for (const run of world.runs) if (run.due !== null && run.due <= clock.now) due.push({ at: run.due, act: () => pass(run) });
    if (due.length === 0) {
      const times = [...tasks.map(({ at }) => at), ...world.runs.flatMap((run) => run.due ?? []), ...underway.map(({ at }) => at)];
      if (times.length === 0) break;
      await advance(Math.min(...times));
      continue;
    }
    const chosen = random.pick(due);
    const index = tasks.indexOf(chosen);
    if (index >= 0) tasks.splice(index, 1);
    await chosen.act();
    if (violations.length > 20) break;
  }
  if (turns >= MAX_TURNS) report("liveness", `still not over after ${MAX_TURNS} turns`);
  else if (violations.length === 0) await replayQuietly();
  checkOver(world, report);

  /** A decided run, replayed, makes no request and records nothing but its end. */
  async function replayQuietly(): Promise<void> {
    for (const run of world.runs) {
      const over = run.durable.findIndex(({ type }) => type === "run.completed");
      if (over < 0 || !random.chance(0.25)) continue;
      const entries = run.durable.slice(0, over);
      const recorded: string[] = [];
      const asked = (what: string) => (): never => {
        recorded.push(what);
        throw new Error(what);
      };
      const end = await executePass({
        runId: run.id,
        event: run.event,
        workflow: workflowOf(run.scenario),
        spec: run.scenario.spec,
        journal: {
          size: { entries: entries.length, bytes: 0 },
          entriesOf: (step) => entries.filter((entry) => entry.step === (step ?? undefined)),
          record: (added) => recorded.push(...added.map(({ type }) => type)),
          flush: async () => {},
        },
        recordedSteps: stepsOf(entries),
        ports: {
          connect: () => ({ send: asked("request"), remember: asked("request"), settings: {} }),
          models: asked("model"),
          now: () => clock.now,
          random: () => 0.5,
          turn: () => new Promise((resolve) => setImmediate(resolve)),
          halted: () => null,
          runs: noRuns,
          limits: memoryLimits(() => clock.now),
        },
      });
      if (end.kind !== "ended" || recorded.join() !== "run.completed")
        report("replay asks nothing", `${run.id}: ${end.kind}, ${recorded.join()}`);
    }
  }

  return { seed, violations, faults: chaos.struck, ends: world.runs.map(endOf), passes, quiet: chaos.quiet };
}

const workflowOf = ({ workflow }: RunScenario) => (workflow === "triage" ? ticketTriage : notifyTwice);
const allows = ({ spec }: RunScenario, team: string): boolean =>
  spec.actions["zendesk.updateTicket"]?.fields.group?.oneOf?.includes(team) ?? false;

function endOf(run: SimulatedRun): string {
  const failed = run.durable.find((entry) => entry.type === "run.failed");
  if (failed?.type === "run.failed") return `failed: ${failed.error.code}`;
  const completed = run.durable.find((entry) => entry.type === "run.completed");
  if (completed?.type !== "run.completed") return "waits for an operator";
  const { routed, because } = completed.output as { routed?: boolean; because?: string };
  const undone = run.durable.some(({ type }) => type === "undo.done") ? ", undone" : "";
  return routed === false ? `completed: ${because}` : `completed${undone}`;
}
