// Pulls the plug: kill -9 of Interlock's processes in the middle of 2,000 directly admitted runs (`npm run kill`: 5,000), twice, each time restarted on what was on disk. Then every
// delivery that got a 2xx, every admitted run and every write is accounted for by its id.
// Nothing depends on the machine's speed: the sandbox itself stops the load at a counted request, by holding answers, and holds the writes to some tickets from
// the start until the kill, so that a kill always finds runs that have begun and cannot have ended.
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SandboxClient, type State, sandboxClient } from "../../sandbox/client.ts";
import { consoleClient } from "../../sandbox/demo/console-client.ts";
import { LOCAL_VARS, type Surroundings, startSurroundings } from "../../sandbox/demo/surroundings.ts";
import type { FaultInput } from "../../sandbox/faults.ts";
import { runIdOf } from "../../src/core/ids.ts";
import { SETTLE_MS } from "../../src/engine/effect-decision.ts";
import type { Entry } from "../../src/engine/journal.ts";
import { endOf, type RecordedRun, readJournals, unansweredSince } from "./kill-journals.ts";
import { createSender } from "./kill-sender.ts";
import { CHANNEL, COMMENT, killSpec, WORKFLOW } from "./kill-spec.ts";
import { until } from "./until.ts";

/** As many as leave time for the other tests; KILL_RUNS says another number. */
const RUNS = Number(process.env.KILL_RUNS ?? 2_000);
/** Slack's messages are looked up among at most 300, so the runs post into many threads. */
const THREADS = RUNS / 50;
/**
 * A kill comes at that many messages. Until then `deliveries` have been sent; the next ones begin just before the kill. The rest, which no kill meets, is more
 * than what a kill leaves to be sent again: the second point is reached however many runs the first one let pass.
 */
const KILLS = [
  { messages: 0.2 * RUNS, deliveries: 0.4 * RUNS, held: "7" },
  { messages: 0.875 * RUNS, deliveries: 0.98 * RUNS, held: "8" },
] as const;

/** Longer than anybody waits. */
const HELD_MS = 60_000;
/** Past the kill, and well within the settle window: the write arrives when nobody is there any more. */
const LATE_MS = 1_000;
const EACH = 10;

/** A minute where nothing else runs; a machine that is busy with other things may take several. */
const LIMIT_S = 300;

/** Rules that are used up once that many comments and that many messages more have been asked for: Slack's last, each run comments before it posts. */
const faultsAt = (more: { comments: number; messages: number }, held: string): FaultInput[] => [
  { system: "zendesk", method: "PUT", path: `[${held}]7$`, kind: "timeout", times: 1_000_000, delayMs: HELD_MS },
  ...(["lost-answer", "timeout", "delay"] as const).flatMap((kind): FaultInput[] => {
    const each = { kind, times: EACH, delayMs: kind === "delay" ? LATE_MS : HELD_MS };
    return [
      { ...each, system: "zendesk", method: "PUT", after: more.comments },
      { ...each, system: "slack", method: "POST", path: "/api/chat.postMessage", after: more.messages },
    ];
  }),
];

let surroundings: Surroundings;
beforeAll(async () => {
  surroundings = await startSurroundings({
    state: path.resolve(import.meta.dirname, "../../.state/kill"),
    ports: [8987, 8988],
    entry: "test/journeys/kill-worker.ts",
    specs: [killSpec],
  });
});
afterAll(async () => {
  await surroundings?.stop();
});

/** Tickets that name their thread, and the webhook of each, for us to send. */
async function openTickets(sandbox: SandboxClient): Promise<object[]> {
  const threads: string[] = [];
  for (let index = 0; index < THREADS; index++) {
    const { json } = await sandbox.slack("chat.postMessage", { channel: CHANNEL, text: `Thread ${index}` });
    threads.push(json.ts as string);
  }
  const { events = [] } = await sandbox.bulk(
    Array.from({ length: RUNS }, (_, index) => ({
      subject: `Order ${index}`,
      description: "Charged twice",
      tags: [threads[index % THREADS] as string],
    })),
    true,
  );
  return events;
}

/** How many comments and messages there are. Asked for one ticket, which does not exist, the sandbox leaves the histories of all out. */
async function madeAt(sandbox: SandboxClient): Promise<{ comments: number; messages: number }> {
  const { writes } = (await sandbox.call("GET", "/control/state?ticket=0")).json as unknown as State;
  const { comments, messages } = Object.entries(writes).reduce(
    (sum, [key, { applied }]) => ({
      comments: sum.comments + (key.startsWith("ticket:") ? applied : 0),
      messages: sum.messages + (key === "slack chat.postMessage" ? applied : 0),
    }),
    { comments: 0, messages: -THREADS },
  );
  return { comments, messages };
}

/** Our comments and messages at the sandbox, by ticket. */
async function effectsOf(sandbox: SandboxClient): Promise<Map<string, { comments: number; messages: number }>> {
  const { tickets, slack } = await sandbox.state();
  const effects = new Map(
    tickets.map(({ id, comments }) => [
      String(id),
      { comments: comments.filter(({ body }) => body.startsWith(COMMENT)).length, messages: 0 },
    ]),
  );
  for (const { text } of Object.values(slack.messages).flat()) {
    const effect = effects.get(text.replace("Ticket ", ""));
    if (effect) effect.messages++;
  }
  return effects;
}

const seconds = (ms: number) => (ms / 1000).toFixed(1);

/** What the last restart cost, by the journals' own times. It begins with the first entry after the kill: how long a local runtime takes to start says nothing. */
function recovery(ended: readonly RecordedRun[], interrupted: readonly RecordedRun[], killedAt: number): string {
  const entries = ended.flatMap((run) => run.entries);
  const restarted = Math.min(...entries.flatMap(({ at }) => (at > killedAt ? at : [])));
  const settled = Math.max(restarted, ...interrupted.map((run) => (unansweredSince(run) ?? 0) + SETTLE_MS));
  const ids = new Set(interrupted.map(({ id }) => id));
  const lastOf = (runs: readonly RecordedRun[]) => Math.max(...runs.map((run) => endOf(run)?.at ?? 0));
  const last = lastOf(ended);
  const lastInterrupted = lastOf(ended.filter(({ id }) => ids.has(id)));
  const after = (type: Entry["type"]) => entries.filter((entry) => entry.type === type && entry.at > killedAt);
  const found = after("effect.applied").filter((entry) => entry.type === "effect.applied" && entry.found).length;
  return `after the last restart ${found} writes were found by their marker and ${after("run.started").length} runs admitted, last end ${seconds(last - restarted)} s after it and ${seconds(last - settled)} s beyond the settle window (of the interrupted: ${seconds(lastInterrupted - settled)} s)`;
}

describe("kill -9 of the Worker under load", () => {
  it(
    "ends every admitted run once and repeats no write, after two kills among all runs",
    async () => {
      const sandbox = sandboxClient(surroundings.sandbox.url);
      const console = consoleClient(surroundings.interlock.url);
      const events = await openTickets(sandbox);
      const sender = createSender(`${surroundings.interlock.url}/hooks/zendesk`, LOCAL_VARS.ZENDESK_WEBHOOK_SECRET);
      const runIds = () => [...sender.acknowledged.values()].map((event) => runIdOf(WORKFLOW, event));
      const journals = () => readJournals(path.join(surroundings.state, "interlock"));
      const began = Date.now();

      const sending: Promise<void>[] = [];
      let sent = 0;
      const send = (upTo: number) => {
        sending.push(sender.deliver(events.slice(sent, upTo)));
        sent = upTo;
      };
      const unfinished: RecordedRun[][] = [];
      let killedAt = 0;
      const reached = async (): Promise<boolean> => (await sandbox.faultsLeft()).slice(1).every(({ left }) => left === 0);
      await sandbox.faults(...faultsAt({ comments: KILLS[0].messages, messages: KILLS[0].messages }, "78"));
      send(KILLS[0].deliveries);
      for (const [index, kill] of KILLS.entries()) {
        await until(reached, LIMIT_S, `${kill.messages} messages`, 100);
        const next = KILLS[index + 1];
        const acknowledged = sender.acknowledged.size;
        send(next?.deliveries ?? RUNS);
        await until(() => sender.acknowledged.size > acknowledged, LIMIT_S, "one more delivery", 0);
        const promised = runIds();
        await surroundings.interlock.kill();
        killedAt = Date.now();
        const killed = journals();
        const open = killed.filter((run) => !endOf(run));
        unfinished.push(open);

        const onDisk = new Set(killed.map(({ id }) => id));
        expect(
          promised.filter((id) => !onDisk.has(id)),
          "acknowledged, and not on disk",
        ).toEqual([]);
        const heldNow = open.filter(({ ticket }) => ticket.endsWith(`${kill.held}7`));
        expect(heldNow.length, "runs that the kill is certain to interrupt").toBeGreaterThan(0);

        const made = await madeAt(sandbox);
        const left = (count: number) => Math.max(0, (next?.messages ?? 0) - count);
        await sandbox.faults(...(next ? faultsAt({ comments: left(made.comments), messages: left(made.messages) }, next.held) : []));
        await surroundings.restart();
      }
      await Promise.all(sending);
      await until(async () => (await console.overview()).runs.completed === RUNS, LIMIT_S, `${RUNS} completed runs in D1`, 200);
      const projected = Date.now();
      const overview = await console.overview();
      const listed = await console.everyRun();
      await surroundings.interlock.stop();
      const ended = journals();
      const effects = await effectsOf(sandbox);

      const ends = ended.flatMap((run) => endOf(run) ?? []);
      const repeated = [...effects.values()].filter((effect) => effect.comments > 1 || effect.messages > 1).length;
      process.stdout.write(
        `kill test: ids admitted ${ended.length}, ids ended ${ends.length}, repeated effects ${repeated}; kills left ${unfinished.map(({ length }) => length).join(" and ")} runs unfinished; ${sender.cut()} posts without a 2xx were sent again; ${recovery(ended, unfinished.at(-1) ?? [], killedAt)}; in D1 ${seconds(projected - Math.max(...ends.map(({ at }) => at)))} s after that; ${seconds(projected - began)} s in all\n`,
      );

      const ids = runIds().sort();
      expect(new Set(ids).size).toBe(RUNS);
      expect(ended.map(({ id }) => id).sort()).toEqual(ids);
      expect(ended.filter((run) => endOf(run)?.type !== "run.completed").map(({ id }) => id)).toEqual([]);
      expect(
        listed
          .filter(({ status }) => status === "completed")
          .map(({ id }) => id)
          .sort(),
      ).toEqual(ids);
      expect(overview).toMatchObject({ effects: { applied: 2 * RUNS }, deadLetters: 0 });
      expect([...effects].filter(([, { comments, messages }]) => comments !== 1 || messages !== 1)).toEqual([]);
      expect(sender.cut()).toBeGreaterThan(0);
    },
    LIMIT_S * 3_000,
  );
});
