// Runs are pinned to their workflow's version: the code that is registered under a version must follow what runs of it have recorded, for as long as it is
// registered. Every recorded history is replayed here; and what a replay notices is shown on changed bodies.
import { describe, expect, it } from "vitest";
import { deployment } from "../../../src/config.ts";
import type { Workflow } from "../../../src/engine/define.ts";
import { ticketTriage } from "../../../src/workflows/ticket-triage/workflow.ts";
import { type History, replayHistory } from "../../harness/history.ts";
import { testWorkflow } from "../../harness/workflow-harness.ts";
import { type Path, paths } from "../../histories/paths.ts";
import { folderOf, problemsOf, type Recorded, readHistories } from "../../histories/recorded.ts";
import { sure } from "../harness/bookkeeping.ts";

const recorded = readHistories();

it("every registered workflow follows every history that was recorded of it", async () => {
  const problems = await problemsOf(deployment.workflows, recorded);
  expect(problems, problems.join("\n")).toEqual([]);
});

it("each path of a registered workflow has been recorded", () => {
  const described = deployment.workflows.flatMap((workflow) =>
    Object.keys(paths[folderOf(workflow)] ?? {}).map((name) => `${folderOf(workflow)}/${name}`),
  );
  const present = recorded.map(({ folder, path }) => `${folder}/${path}`);
  expect(
    described.filter((path) => !present.includes(path)),
    "record them: npm run histories -- --record",
  ).toEqual([]);
});

it("recording a path twice gives the same history", async () => {
  const record = async ({ scenario, drive }: Path) => {
    const run = testWorkflow(ticketTriage, scenario);
    await drive?.(run);
    await run.toEnd();
    return run.history();
  };
  for (const [name, path] of Object.entries(paths[folderOf(ticketTriage)] ?? {}))
    expect(await record(path), name).toEqual(await record(path));
});

const historyOf = (path: string): History => {
  const found = recorded.find((one) => one.folder === "ticket-triage@1" && one.path === path);
  if (!found) throw new Error(`no history ${path}`);
  return found.history;
};
const one = (path: string, change: Partial<History> = {}, folder = "ticket-triage@1"): Recorded => ({
  folder,
  path,
  history: { ...historyOf(path), ...change },
});

describe("it is a problem", () => {
  it("that a registered version has no history", async () => {
    const next: Workflow = { ...ticketTriage, version: 2 };
    expect((await problemsOf([ticketTriage, next], recorded)).join()).toMatch(/^ticket-triage@2 has no recorded history.*--record$/);
  });

  it("that the manifest has changed under the same version", async () => {
    const changed: Workflow = { ...ticketTriage, purpose: "Something else" };
    expect((await problemsOf([changed], [one("automatic")])).join()).toMatch(/manifest of ticket-triage@1.*new version/);
  });

  it("that a version is gone while histories of it are kept", async () => {
    const next: Workflow = { ...ticketTriage, version: 2 };
    const problems = await problemsOf([next], [one("automatic")]);
    expect(problems.join()).toContain("ticket-triage@1 is not registered in src/config.ts");
    expect(problems.join()).toContain("then delete test/histories/ticket-triage@1");
  });

  it("that a history lies in another version's folder", async () => {
    expect((await problemsOf([ticketTriage], [one("automatic", {}, "ticket-triage@7")])).join()).toContain("wrong folder");
  });

  it("that the body no longer follows, and the message says what to do", async () => {
    const changed: Workflow = { ...ticketTriage, body: async () => null };
    const problems = await problemsOf([changed], [one("automatic")]);
    expect(problems.join()).toContain("test/histories/ticket-triage@1/automatic.json");
    expect(problems.join()).toMatch(/new version and keep the old definition registered/);
  });
});

/** The triage body with its calls changed on their way to the engine: as if its author had written them so. */
type Calls = Record<string, Record<string, (...args: never[]) => Promise<unknown>>>;
const changed = (change: (handles: Calls) => Partial<Calls>): Workflow => ({
  ...ticketTriage,
  body: (context) => ticketTriage.body({ ...context, ...change(context) }),
});
const calling = (
  handle: string,
  action: string,
  make: (call: (...args: unknown[]) => Promise<unknown>, args: unknown[], all: Calls) => unknown,
) =>
  changed((all) => ({
    [handle]: { ...all[handle], [action]: ((...args: unknown[]) => make(all[handle]?.[action] as never, args, all)) as never },
  }));

describe("a changed body is noticed", () => {
  const changes: [string, Workflow, RegExp][] = [
    [
      "a step has another name",
      calling("desk", "updateTicket", (call, [, ...rest]) => call("move ticket", ...rest)),
      /"move ticket"|"route ticket"/,
    ],
    [
      "a read has another argument",
      calling("desk", "getTicket", (call, [name]) => call(name, { id: "1002" })),
      /"load ticket".*other arguments/,
    ],
    [
      "the model is asked in other words",
      calling("model", "decide", (call, [name, request]) => call(name, { ...(request as object), instruction: "Where to?" })),
      /"triage".*other arguments/,
    ],
    [
      "a write has another value",
      calling("chat", "postMessage", (call, [name, input, more]) => call(name, { ...(input as object), text: "New ticket" }, more)),
      /"tell the team".*other arguments/,
    ],
    ["a step is gone", calling("desk", "addComment", async () => ({ status: "applied" })), /"explain route"/],
    [
      "a step has come in between",
      calling("desk", "addComment", async (call, args, { desk }) => {
        await desk?.getTicket?.(...(["look again", { id: "1001" }] as never[]));
        return call(...args);
      }),
      /"look again"/,
    ],
    [
      "a step has come behind the last",
      calling("chat", "postMessage", async (call, args, { desk }) => {
        const told = await call(...args);
        await desk?.getTicket?.(...(["look again", { id: "1001" }] as never[]));
        return told;
      }),
      /"look again"/,
    ],
    [
      "the result is another",
      { ...ticketTriage, body: async (context) => ({ ...((await ticketTriage.body(context)) as object), by: "us" }) },
      /ends it with/,
    ],
  ];

  it.each(changes)("%s", async (_, workflow, said) => {
    expect((await replayHistory(workflow, historyOf("automatic")))?.message).toMatch(said);
    expect(await replayHistory(ticketTriage, historyOf("automatic"))).toBeNull();
  });

  it("two steps have changed places, which their recorded answers alone do not show", async () => {
    const early: Workflow = {
      ...ticketTriage,
      body: async (context) => {
        const { desk, chat } = context;
        let told: Promise<unknown> | undefined;
        const [post, comment] = [chat.postMessage, desk.addComment];
        const input = (
          historyOf("automatic").entries.find((entry) => entry.type === "effect.intended" && entry.step === "tell the team") as never as {
            input: unknown;
          }
        ).input;
        return ticketTriage.body({
          ...context,
          desk: {
            ...desk,
            addComment: async (step: string, given: unknown, more: unknown) => {
              told = post("tell the team", input, more);
              await told;
              return comment(step, given, more);
            },
          },
          chat: { ...chat, postMessage: () => told },
        });
      },
    };
    expect((await replayHistory(early, historyOf("automatic")))?.message).toMatch(
      /"explain route" is recorded next.*asks for "tell the team"/,
    );
  });

  it("only on the paths that come to it", async () => {
    const silent = calling("chat", "postMessage", async () => ({ status: "applied" }));
    expect(await replayHistory(silent, historyOf("rejected"))).toBeNull();
    expect(await replayHistory(silent, historyOf("approved"))).not.toBeNull();
  });
});

describe("a history of a run with pauses, signals, computations and steps beside each other", () => {
  it("is followed by the body that made it, cut off anywhere", async () => {
    const { workflow, scenario } = sure();
    const run = testWorkflow(workflow, scenario);
    expect(await run.toEnd()).toMatchObject({ status: "completed" });
    expect(await replayHistory(workflow, run.history())).toBeNull();
  });

  it("is followed while the run still waits", async () => {
    const { workflow, scenario } = sure();
    const run = testWorkflow(workflow, scenario);
    await run.until("signal");
    expect(await replayHistory(workflow, run.history())).toBeNull();
  });

  it("is not followed by one that waits for another time", async () => {
    const { workflow, scenario } = sure();
    const run = testWorkflow(workflow, scenario);
    await run.toEnd();
    expect((await replayHistory(sure({ pauseMs: 1 }).workflow, run.history()))?.message).toContain(
      '"pause" was recorded with other arguments',
    );
  });

  it("computes nothing anew", async () => {
    let computed = 0;
    const { workflow, scenario } = sure({ compute: () => ++computed });
    const run = testWorkflow(workflow, scenario);
    await run.toEnd();
    expect(await replayHistory(workflow, run.history())).toBeNull();
    expect(computed).toBe(1);
  });
});
