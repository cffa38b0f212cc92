// One process that drives one run for one pass, on a journal and a network that fail as the schedule says. A process that is stopped answers nothing any
// more; one that is overtaken stalls until the schedule lets it go on, and then writes into a journal that may have moved.

import type { Http } from "../../src/connectors/define.ts";
import { createHttp } from "../../src/connectors/http.ts";
import { slackRefusal } from "../../src/connectors/slack-api.ts";
import { InterlockError } from "../../src/core/errors.ts";
import type { Entry, Journal, NewEntry } from "../../src/engine/journal.ts";
import type { Ports } from "../../src/engine/pass.ts";
import { noRuns } from "../harness/fake-runs.ts";
import type { Chaos, Fault } from "./chaos.ts";
import { checkArriving, checkLeaving, type Report, type Write } from "./invariants.ts";
import { modelPorts } from "./minds.ts";
import type { Random } from "./random.ts";
import { keep, type SimulatedRun, type World } from "./world.ts";

/** A request on its way: it arrives at this time, whatever became of its sender. */
export interface Underway {
  readonly at: number;
  readonly arrive: () => Promise<unknown>;
}

export interface Outside {
  readonly world: World;
  readonly random: Random;
  readonly chaos: Chaos;
  readonly report: Report;
  readonly underway: Underway[];
  /** Changes what reaches a system, for tests of the simulation itself. */
  readonly tamper?: (write: Write) => Write;
  readonly editTicket: () => void;
}

export type Ending<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "stopped" }
  | { readonly kind: "overtaken"; readonly goOn: () => Promise<void> };

const hang = () => new Promise<never>(() => {});
/** Well inside the settle window, counted from when the write was announced. */
const LATEST_ARRIVAL_MS = 9_000;

export function runProcess<T>(
  run: SimulatedRun,
  outside: Outside,
  work: (journal: Journal, ports: Ports) => Promise<T>,
): Promise<Ending<T>> {
  const { world, random, chaos, report } = outside;
  const { clock } = world;
  let alive = true;
  let resumed = false;
  let leave: (ending: Ending<T>) => void = () => {};
  const left = new Promise<Ending<T>>((resolve) => {
    leave = resolve;
  });
  const stop = () => {
    alive = false;
    leave({ kind: "stopped" });
    return hang();
  };
  /** Returns when the schedule lets this process go on. */
  const stall = () =>
    new Promise<void>((resolve) => {
      if (resumed) return resolve();
      resumed = true;
      leave({
        kind: "overtaken",
        goOn: () => {
          resolve();
          return settled;
        },
      });
    });
  /** Between an announcement and its request no other process can know better: to stall there is to send late, which no engine can take back. */
  const announced = (): boolean =>
    run.durable.some(
      ({ type }, at) => type.endsWith(".sending") && !run.durable.slice(at + 1).some(({ step }) => step === run.durable[at]?.step),
    );
  let wrote = false;
  const survives = (place: string, fault: Fault): boolean =>
    fault === "overtaken" ? !resumed && (place === "before write" || wrote || !announced()) : !(resumed && fault.startsWith("stop"));
  const boundary = async (place: "before write" | "after write" | "before request" | "after request"): Promise<void> => {
    if (!alive) return hang();
    const fault = chaos.strike(place, (one) => survives(place, one));
    if (!fault) return;
    if (fault.startsWith("stop")) return stop();
    if (fault === "overtaken") return stall();
    if (fault.startsWith("journal failed")) throw new Error("the storage failed");
    if (fault === "record edited") outside.editTicket();
  };

  const steps = new Map<string | undefined, Entry[]>();
  const index = (entry: Entry): void => {
    const known = steps.get(entry.step);
    if (known) known.push(entry);
    else steps.set(entry.step, [entry]);
  };
  for (const entry of run.durable) index(entry);
  let numbered = run.durable.length;
  let base = run.durable.length;
  let unsaved: (NewEntry & { at: number })[] = [];
  let writing: Promise<void> = Promise.resolve();
  const save = async (): Promise<void> => {
    if (!alive) return hang();
    if (unsaved.length === 0) return;
    const batch = unsaved;
    unsaved = [];
    await boundary("before write");
    if (run.durable.length !== base) throw new InterlockError("pass.stale", "another pass has written this number");
    keep(run, batch, clock.now);
    base = run.durable.length;
    await boundary("after write");
  };
  const journal: Journal = {
    get size() {
      return { entries: numbered, bytes: 0 };
    },
    entriesOf: (step) => steps.get(step ?? undefined) ?? [],
    record: (added) => {
      for (const entry of added) {
        const copy = JSON.parse(JSON.stringify(entry)) as NewEntry;
        index({ ...copy, seq: ++numbered, at: clock.now } as Entry);
        unsaved.push({ ...copy, at: clock.now });
      }
    },
    flush: () => {
      writing = writing.then(save);
      return writing;
    },
  };
  // A failed write is reported by whoever waits for it.
  const quiet = (promise: Promise<unknown>) => promise.catch(() => {});

  function deliver(system: "zendesk" | "slack", input: string, init: RequestInit): Promise<Response> {
    const fake = world[system];
    if (init.method === "GET" || init.method === undefined) return fake.fetch(input, init);
    const given: Write = { system, path: new URL(input).pathname, body: JSON.parse(String(init.body ?? "{}")) as Write["body"] };
    const write = outside.tamper?.(given) ?? given;
    const id = /tickets\/(\d+)/.exec(write.path)?.[1] ?? "";
    const ticket = world.zendesk.tickets.get(id);
    const before = ticket && structuredClone(ticket);
    const writes = world.zendesk.writes.get(id) ?? 0;
    const answer = fake.fetch(input, { ...init, body: JSON.stringify(write.body) });
    if (before && (world.zendesk.writes.get(id) ?? 0) > writes) checkArriving(world, run, write, before, report);
    return answer;
  }

  const broken = () => new TypeError("fetch failed", { cause: { code: "ECONNRESET" } });
  const says = (status: number, headers: Record<string, string> = {}) => new Response("<h1>Sorry</h1>", { status, headers });

  async function request(system: "zendesk" | "slack", fault: Fault | null, input: string, init: RequestInit): Promise<Response> {
    await boundary("before request");
    const writes = init.method !== undefined && init.method !== "GET";
    if (writes) {
      checkLeaving(
        world,
        run,
        { system, path: new URL(input).pathname, body: JSON.parse(String(init.body ?? "{}")) as Write["body"] },
        report,
      );
    }
    clock.now += 5 + random.int(120);
    const answered = await strike(system, fault, input, init);
    wrote = writes;
    await boundary("after request");
    return answered;
  }

  async function strike(system: "zendesk" | "slack", fault: Fault | null, input: string, init: RequestInit): Promise<Response> {
    const untilAborted = () =>
      new Promise<never>((_, reject) => {
        clock.now += 10_000;
        init.signal?.addEventListener("abort", () => reject(init.signal?.reason), { once: true });
      });
    const after = fault?.endsWith("after") || fault === "not JSON";
    if (after) await deliver(system, input, init);
    switch (fault) {
      case null:
        return deliver(system, input, init);
      case "lost before":
      case "lost after":
        throw broken();
      case "arrives late": {
        outside.underway.push({ at: clock.now + random.int(LATEST_ARRIVAL_MS), arrive: () => deliver(system, input, init) });
        throw broken();
      }
      case "500 before":
      case "500 after":
        return says(500);
      case "429":
        return says(429, { "retry-after": "7" });
      case "503":
        return says(503, { "retry-after": "30" });
      case "401":
        return says(401);
      case "refused":
        return says(422);
      case "not JSON":
        return says(200);
      case "hang before":
      case "hang after":
        return untilAborted();
      default:
        throw new Error(`no such fault of a request: ${fault}`);
    }
  }

  function connect(system: "zendesk" | "slack"): Http {
    const door = (timeoutMs: number, fault: Fault | null): Http =>
      createHttp({
        baseUrl: `https://${system}.test`,
        authorization: system === "zendesk" ? "Bearer z" : "Bearer s",
        system,
        ...(system === "slack" ? { refusal: slackRefusal } : {}),
        now: () => clock.now,
        timeoutMs,
        fetch: ((input: string, init: RequestInit) => request(system, fault, input, init)) as typeof fetch,
      });
    const usual = door(10_000, null);
    return {
      remember: usual.remember,
      settings: usual.settings,
      send: async (asked) => {
        if (!alive) return hang();
        const fault = chaos.strike(asked.method === "GET" ? "read" : "send");
        if (fault === null) return usual.send(asked);
        // The clock is ours: a time limit that is reached at once is the same as one that is waited for.
        return door(fault.startsWith("hang") ? 0 : 10_000, fault).send(asked);
      },
    };
  }

  const doors = new Map<string, Http>();
  const ports: Ports = {
    connect: (connector) => {
      const known = doors.get(connector) ?? connect(connector as "zendesk" | "slack");
      doors.set(connector, known);
      return known;
    },
    ...modelPorts(run.scenario, run.asked, { boundary, clock }),
    now: () => clock.now,
    random: () => random.next(),
    turn: () => new Promise((resolve) => setImmediate(resolve)),
    halted: () => null,
    runs: noRuns,
    limits: world.limits,
  };

  const done = work(journal, ports).then((value): Ending<T> => ({ kind: "done", value }));
  const settled: Promise<void> = quiet(done).then(() => {});
  void quiet(left);
  return Promise.race([done, left]);
}
