// What an operator may ask of whole runs, over the API: one, all that a filter matches, every new step of a workflow.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { deployment } from "../../../src/config.ts";
import { againIdOf } from "../../../src/core/ids.ts";
import { everywhere, type Principal } from "../../../src/core/principal.ts";
import { projectRuns } from "../../../src/db/projection.ts";
import { countRuns, runsBegunAgain, runsMatching } from "../../../src/db/runs.ts";
import { replayRun, restartRun } from "../../../src/operations/begin-again.ts";
import type { Context } from "../../../src/operations/context.ts";
import { askOfRun } from "../../../src/operations/govern-run.ts";
import { turnHalt } from "../../../src/operations/halt-runs.ts";
import { askOfMany } from "../../../src/operations/many-runs.ts";
import { type Console, openConsole } from "./console.ts";
import { MINUTE, NOW, project, type Story, tell } from "./stories.ts";

let asked: Story;
let approved: Story;
let failed: Story;
let later: Story;
let open: Console;
beforeEach(async () => {
  asked = tell({ ending: "asked", ticket: 1, startedAt: NOW - 40 * MINUTE });
  approved = tell({ ending: "approved", ticket: 2, startedAt: NOW - 30 * MINUTE });
  failed = tell({ ending: "failed", ticket: 3, startedAt: NOW - 20 * MINUTE });
  later = tell({ ending: "failed", ticket: 4, startedAt: NOW - 10 * MINUTE });
  open = await openConsole([asked, approved, failed, later]);
});

const lifecycle = (story: Story, body: unknown) => open.json(`/api/runs/${story.id}/lifecycle`, body);
const statusAndBody = async (response: Response) => [response.status, await response.json()];

describe("the lifecycle of a run over the API", () => {
  it("takes a request, says that it is only asked for, and hands it to the partition with who asks", async () => {
    expect(await statusAndBody(await lifecycle(asked, { do: "pause" }))).toEqual([202, { run: asked.id, asked: "pause" }]);
    expect((await lifecycle(asked, { do: "resume" })).status).toBe(202);
    expect((await lifecycle(asked, { do: "cancel", compensate: true, reason: "a mistake" })).status).toBe(202);
    expect((await lifecycle(failed, { do: "retry" })).status).toBe(202);
    expect(open.asked.map(({ args }) => args)).toEqual([
      [asked.id, { do: "pause" }, "ada@example.com"],
      [asked.id, { do: "resume" }, "ada@example.com"],
      [asked.id, { do: "cancel", compensate: true, reason: "a mistake" }, "ada@example.com"],
      [failed.id, { do: "retry" }, "ada@example.com"],
    ]);
  });

  it("leaves the writes of a cancelled run as they are unless told otherwise", async () => {
    await lifecycle(asked, { do: "cancel" });
    expect(open.asked[0]?.args[1]).toEqual({ do: "cancel", compensate: false, reason: "" });
  });

  it("answers what the run's state does not allow with a problem", async () => {
    expect(await statusAndBody(await lifecycle(approved, { do: "pause" }))).toMatchObject([409, { code: "run.ended" }]);
    expect(await statusAndBody(await lifecycle(asked, { do: "retry" }))).toMatchObject([409, { code: "run.not_failed" }]);
    const restarted = await open.json(`/api/runs/${asked.id}/restart`, { step: "triage" });
    expect(await statusAndBody(restarted)).toMatchObject([409, { code: "run.not_ended" }]);
    expect(await statusAndBody(await open.json(`/api/runs/${asked.id}/replay`, {}))).toMatchObject([409, { code: "run.not_ended" }]);
    expect((await open.json("/api/runs/nothing/lifecycle", { do: "pause" })).status).toBe(404);
  });

  it("begins a run anew and from a step, each under the id of the first with a number", async () => {
    const begun = await open.json(`/api/runs/${failed.id}/replay`, {});
    expect(await statusAndBody(begun)).toEqual([202, { run: `${failed.id}~1`, from: failed.id }]);
    const restarted = await open.json(`/api/runs/${approved.id}/restart`, { step: "tell the team" });
    expect(await statusAndBody(restarted)).toEqual([
      202,
      { run: againIdOf(approved.id, 1, "tell the team"), from: approved.id, step: "tell the team" },
    ]);
    const unknown = await open.json(`/api/runs/${approved.id}/restart`, { step: "no such" });
    expect(await statusAndBody(unknown)).toMatchObject([404, { code: "step.not_found", field: "step" }]);
  });

  it("names the field that it cannot read, and asks nothing", async () => {
    const cases = [
      [await lifecycle(asked, { do: "explode" }), "do"],
      [await lifecycle(asked, { do: "cancel", compensate: "yes" }), "compensate"],
      [await lifecycle(asked, { do: "cancel", reason: "x".repeat(2001) }), "reason"],
      [await open.json(`/api/runs/${failed.id}/restart`, {}), "step"],
      [await open.json("/api/runs/bulk", { filter: {}, request: { do: "pause" } }), "filter"],
      [await open.json("/api/runs/bulk", { filter: { status: "asleep" }, request: { do: "pause" } }), "filter.status"],
      [await open.json("/api/runs/bulk", { filter: { status: "failed" }, request: { do: "explode" } }), "request"],
      [await open.json("/api/runs/bulk", { filter: { status: "failed" }, request: { do: "pause" }, limit: 201 }), "limit"],
      [await open.json("/api/halts", { scope: "*", on: true, reason: " " }), "reason"],
      [await open.json("/api/halts", { scope: "", on: true, reason: "x" }), "scope"],
      [await open.get("/api/runs?startedFrom=yesterday"), "startedFrom"],
    ] as const;
    for (const [response, field] of cases)
      expect(await statusAndBody(response), field).toMatchObject([400, { code: "request.invalid", field }]);
    expect((await open.json(`/api/runs/${failed.id}/replay`, { step: "triage" })).status).toBe(400);
    expect(open.asked).toEqual([]);
  });
});

describe("many runs over the API", () => {
  const bulk = async (body: unknown) => statusAndBody(await open.json("/api/runs/bulk", body));

  it("asks all that a filter matches, the oldest first, and says which refused and why", async () => {
    expect(await bulk({ filter: { workflow: "ticket-triage" }, request: { do: "pause" } })).toEqual([
      202,
      {
        matched: 4,
        done: 1,
        next: null,
        refused: expect.arrayContaining([{ run: approved.id, code: "run.ended", message: "The run is completed already" }]),
      },
    ]);
  });

  it("goes on after the place where the last answer stopped, also past runs that refuse", async () => {
    const filter = { workflow: "ticket-triage", status: "failed" };
    const [, first] = (await bulk({ filter, request: { do: "resume" }, limit: 1 })) as [
      number,
      { next: unknown; refused: { run: string }[] },
    ];
    expect(first).toMatchObject({ matched: 1, done: 0, refused: [{ run: failed.id }], next: { at: failed.startedAt, id: failed.id } });
    const [, second] = await bulk({ filter, request: { do: "resume" }, limit: 1, after: first.next });
    expect(second).toMatchObject({ matched: 1, refused: [{ run: later.id }], next: null });
  });

  it("begins each event anew once: of a run that was begun again, only the latest counts", async () => {
    expect(await bulk({ filter: { status: "failed" }, request: { do: "replay" } })).toMatchObject([202, { matched: 2, done: 2 }]);
    const again = { ...failed, id: `${failed.id}~1`, startedAt: NOW };
    await project(open.db, again);
    expect(await runsMatching(open.db, { within: "*", status: "failed", latestOnly: true }, 9)).toEqual([
      { at: later.startedAt, id: later.id },
      { at: NOW, id: again.id },
    ]);
    expect(await runsBegunAgain(open.db, failed.id)).toEqual([again.id]);
  });

  it("goes on past a run whose partition breaks, and keeps the reason in the log", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    await project(open.db, { ...asked, id: "ticket-triage.lost" });
    const [, answer] = await bulk({ filter: { status: "waiting" }, request: { do: "pause" } });
    const refused = [
      { run: "ticket-triage.lost", code: "internal", message: "The run could not be asked; the Worker’s log has the reason" },
    ];
    expect(answer).toMatchObject({ matched: 2, done: 1, refused });
    expect(log.mock.calls.flat().join()).toContain("ticket-triage.lost");
    log.mockRestore();
  });

  it("lists by the same conditions what it would touch", async () => {
    const ids = async (query: string) =>
      ((await (await open.get(`/api/runs?${query}`)).json()) as { runs: { id: string }[] }).runs.map(({ id }) => id);
    expect(await ids("error=connector.rejected")).toEqual([later.id, failed.id]);
    expect(await ids(`status=failed&startedFrom=${failed.startedAt + 1}`)).toEqual([later.id]);
    expect(await ids(`startedBefore=${approved.startedAt}`)).toEqual([asked.id]);
    expect(await ids("workflow=ticket-triage&version=2")).toEqual([]);
    expect(await countRuns(open.db, { within: "*", error: "connector.rejected" }, 10)).toBe(2);
    expect(await countRuns(open.db, { within: "*" }, 3)).toBe(3);
  });
});

describe("somebody who is no operator", () => {
  it("asks nothing of one run, of many or of all, whatever way it is asked", async () => {
    const context: Context = { env: open.env, deployment, waitUntil: () => undefined };
    const eve: Principal = { kind: "person", id: "eve@example.com", name: "Eve", grants: everywhere("reviewer", "auditor") };
    for (const answer of [
      await askOfRun(context, eve, asked.id, { do: "pause" }),
      await replayRun(context, eve, failed.id),
      await restartRun(context, eve, failed.id, "triage"),
      await askOfMany(context, eve, { filter: { status: "failed" }, request: { do: "retry" }, limit: 10 }),
      await turnHalt(context, eve, { scope: "*", on: true, reason: "x" }, NOW),
    ])
      expect(answer).toMatchObject({ ok: false, error: { code: "access.denied" } });
    expect(open.asked).toEqual([]);
    expect(await (await open.get("/api/halts")).json()).toEqual({ switches: [], turns: [] });
  });
});

describe("the kill switch over the API", () => {
  it("is turned with a reason, told to every partition, and shown with who, when and why", async () => {
    const on = await open.json("/api/halts", { scope: "ticket-triage", on: true, reason: "wrong teams" });
    expect(await statusAndBody(on)).toMatchObject([
      200,
      { scope: "ticket-triage", on: true, by: "ada@example.com", reason: "wrong teams" },
    ]);
    expect(open.asked).toHaveLength(8);
    expect(open.asked[0]?.args).toMatchObject([{ scope: "ticket-triage", on: true, by: "ada@example.com" }]);
    const halts = (await (await open.get("/api/halts")).json()) as object;
    expect(halts).toMatchObject({ switches: [{ scope: "ticket-triage", on: true, reason: "wrong teams" }], turns: [{ on: true }] });
  });

  it("knows only workflows that are deployed", async () => {
    const response = await open.json("/api/halts", { scope: "no-such", on: true, reason: "x" });
    expect(await statusAndBody(response)).toMatchObject([409, { code: "workflow.unknown", field: "scope" }]);
  });

  it("is recorded also when a partition cannot be told, and says so", async () => {
    const alone = await openConsole([asked], { unreachable: true });
    const response = await alone.json("/api/halts", { scope: "*", on: true, reason: "stop" });
    expect(await statusAndBody(response)).toMatchObject([503, { code: "halt.partly_told" }]);
    expect(await (await alone.get("/api/halts")).json()).toMatchObject({ switches: [{ scope: "*", on: true }] });
  });
});

describe("the versions of workflows over the API", () => {
  it("say which are deployed, how many runs need each, and which are missing", async () => {
    const old = tell({ ending: "asked", ticket: 9 });
    const gone = { id: "gone.1", workflow: "gone", version: 2, specVersion: 1, partition: "p1", event: old.event, state: old.state };
    await projectRuns(open.db, [
      {
        ...gone,
        startedAt: NOW,
        seq: 1,
        updatedAt: NOW,
        eraseAt: null,
        salt: "",
        head: "",
        entries: [],
        effects: [],
        approvals: [],
        costs: [],
      },
    ]);
    const { workflows } = (await (await open.get("/api/workflows")).json()) as { workflows: object[] };
    expect(workflows).toMatchObject([
      { workflow: "gone", version: 2, state: "missing", purpose: null, trigger: null, open: 1, failed: 0 },
      {
        workflow: "ticket-triage",
        version: 1,
        state: "current",
        trigger: { connector: "zendesk", type: "ticket.created" },
        open: 1,
        failed: 2,
        lastStartedAt: later.startedAt,
      },
    ]);
  });
});
