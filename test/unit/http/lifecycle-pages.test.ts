// An operator at the console: one run, all runs that match, the kill switch, the versions of workflows. Forms as the pages have them.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { againIdOf } from "../../../src/core/ids.ts";
import { everywhere } from "../../../src/core/principal.ts";
import { projectRuns } from "../../../src/db/projection.ts";
import { readRun } from "../../../src/db/reads.ts";
import type { NewEntry, Origin } from "../../../src/engine/journal.ts";
import { RunPage } from "../../../src/http/pages/run-page.tsx";
import { StopsPage } from "../../../src/http/pages/stops-page.tsx";
import { type Console, openConsole } from "./console.ts";
import { MINUTE, NOW, project, type Story, tell } from "./stories.ts";

let asked: Story;
let approved: Story;
let failed: Story;
let undone: Story;
let open: Console;
beforeEach(async () => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
  asked = tell({ ending: "asked", ticket: 1, startedAt: NOW - 40 * MINUTE });
  approved = tell({ ending: "approved", ticket: 2, startedAt: NOW - 30 * MINUTE });
  failed = tell({ ending: "failed", ticket: 3, startedAt: NOW - 20 * MINUTE });
  undone = tell({ ending: "undone", ticket: 4, startedAt: NOW - 25 * MINUTE });
  open = await openConsole([asked, approved, failed, undone]);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const page = async (path: string) => (await open.get(path)).text();
const runPage = (story: Story) => page(`/runs/${story.id}`);
/** What an operator may ask of the run itself; a contest of what it did is another matter. */
const asks = (html: string) =>
  [...html.matchAll(/<form method="post" action="[^"]*\/(\w+)"/g)].map(([, what]) => what).filter((what) => what !== "contests");
const post = (story: Story, what: string, fields: Record<string, string> = {}, headers = {}) =>
  open.form(`/runs/${story.id}/${what}`, fields, headers);
const say = (story: Story, entry: NewEntry): Story => {
  const entries = [...story.entries, { ...entry, seq: story.entries.length + 1, at: NOW } as Story["entries"][number]];
  return { ...story, entries };
};

describe("a run's page", () => {
  it("offers what fits the run's state, and chooses nothing beforehand", async () => {
    expect(asks(await runPage(asked))).toEqual(["pause", "cancel"]);
    expect(asks(await runPage(failed))).toEqual(["retry", "replay", "restart"]);
    expect(asks(await runPage(approved))).toEqual(["replay", "restart", "undo"]);
    await project(open.db, say(asked, { type: "run.paused", by: "ada@example.com" }));
    const paused = await runPage(asked);
    expect(asks(paused)).toEqual(["resume", "cancel"]);
    expect(paused).toContain("It is paused: no new step begins.");
    for (const html of [paused, await runPage(failed)]) expect(html).not.toMatch(/ checked|<option value="[^"]+" selected/);
    expect(await runPage(failed)).toContain("What later steps of this run wrote stays written");
  });

  it("offers nothing more while the run is being cancelled, and says by whom and why it was", async () => {
    const request = { type: "run.cancel_requested", by: "grace@example.com", compensate: true, reason: "a test" } as const;
    const cancelling = say(asked, request);
    await project(open.db, cancelling);
    expect(asks(await runPage(asked))).toEqual([]);
    expect(await runPage(asked)).toContain("grace@example.com cancels it and takes its writes back. A test. Nothing new is begun");
    const state = { status: "cancelled", by: "grace@example.com" } as const;
    await project(open.db, { ...say(cancelling, { type: "run.cancelled", by: "grace@example.com" }), state });
    expect(asks(await runPage(asked))).toEqual(["replay", "restart"]);
    expect(await runPage(asked)).toContain("Cancelled by grace@example.com. A test.");
  });

  it("does not let a run go on whose writes were taken back", async () => {
    const error = { code: "connector.rejected", message: "closed" } as const;
    const state = { status: "failed", error } as const;
    await project(open.db, { ...say(undone, { type: "run.failed", error }), state });
    const html = await runPage(undone);
    expect(asks(html)).toEqual(["replay", "restart"]);
    expect(html).toContain("its writes were taken back");
  });

  it("has no control for somebody who is no operator", async () => {
    const detail = await readRun(open.db, failed.id);
    if (!detail) throw new Error("no such run");
    const principal = { kind: "person", id: "eve@example.com", name: "Eve", grants: everywhere("reviewer", "auditor") } as const;
    const frame = { principal, pending: 0, stopped: [] };
    expect(asks(String(RunPage({ frame, detail, actions: {}, now: NOW })))).toEqual([]);
  });

  it.each([
    [{ kind: "replayed", from: "ticket-triage.1", by: "ada@example.com" }, "Begun anew by ada@example.com", "ticket-triage.1"],
    [{ kind: "restarted", from: "ticket-triage.1", step: "triage", by: "ada@example.com" }, "from the step “triage”", "ticket-triage.1"],
    [{ kind: "child", parent: "parent.1", step: "each", waits: true }, "another run</a>, which waits for it.", "parent.1"],
    [{ kind: "continued", from: "before.1" }, "Goes on from", "before.1"],
  ] as readonly [Origin, string, string][])("says where the run comes from: %o", async (origin, text, link) => {
    const [first, ...rest] = failed.entries;
    await project(open.db, { ...failed, id: "ticket-triage.1~1", entries: [{ ...first, origin } as Story["entries"][number], ...rest] });
    const html = await page("/runs/ticket-triage.1~1");
    expect(html).toContain(text);
    expect(html).toContain(`href="/runs/${link}"`);
  });
});

describe("what is asked of a run", () => {
  it("reaches the partition, and leads back to the run with a notice", async () => {
    for (const [story, what, fields, notice] of [
      [asked, "pause", {}, "paused"],
      [asked, "resume", {}, "resumed"],
      [failed, "retry", {}, "retried"],
      [asked, "cancel", { compensate: "no", reason: "a test" }, "cancelled"],
    ] as const) {
      const response = await post(story, what, fields);
      expect([response.status, response.headers.get("location")], what).toEqual([303, `/runs/${story.id}?notice=${notice}`]);
      expect(await page(`/runs/${story.id}?notice=${notice}`)).toContain('role="status"');
    }
    expect(open.asked.at(-1)?.args).toEqual([asked.id, { do: "cancel", compensate: false, reason: "a test" }, "ada@example.com"]);
  });

  it("leads to the new run, whose page waits until the run is there", async () => {
    for (const [story, what, fields, step] of [
      [failed, "replay", {}, null],
      [approved, "restart", { step: "tell the team" }, "tell the team"],
    ] as const) {
      const response = await post(story, what, fields);
      const location = `/runs/${encodeURIComponent(againIdOf(story.id, 1, step))}?notice=begun`;
      expect([response.status, response.headers.get("location")], what).toEqual([303, location]);
      expect(await page(location)).toContain("The run begins");
    }
  });

  it("is asked again where something is missing, with what was entered, and reaches nobody", async () => {
    const cancel = await post(asked, "cancel", { reason: "a test" });
    expect(cancel.status).toBe(400);
    const html = await cancel.text();
    expect(html).toContain("Say what shall become of what was written");
    expect(html).toMatch(/<details class="more" open="">.*value="a test"/s);
    expect((await post(failed, "restart", { step: "" })).status).toBe(400);
    expect(open.asked).toEqual([]);
  });

  it("is refused where the run's state does not allow it", async () => {
    const response = await post(approved, "pause");
    expect(response.status).toBe(409);
    expect(await response.text()).toContain("The run is completed already.");
  });

  it("is refused from another site, and from an address that is opened", async () => {
    for (const what of ["pause", "resume", "cancel", "retry", "replay", "restart"]) {
      expect((await post(asked, what, {}, { origin: "https://evil.example" })).status, what).toBe(403);
      expect((await open.get(`/runs/${asked.id}/${what}`)).status, what).toBe(404);
    }
    expect((await open.form("/runs/bulk", { status: "failed" }, { origin: "https://evil.example" })).status).toBe(403);
    expect((await open.form("/stops", { scope: "*", turn: "on", reason: "x" }, { origin: "https://evil.example" })).status).toBe(403);
    expect(open.asked).toEqual([]);
  });
});

describe("many runs", () => {
  const all = { workflow: "ticket-triage", confirmed: "yes" };

  it("are offered a request only under a filter, with their number and what fits them", async () => {
    expect(await page("/runs")).not.toContain("/runs/bulk");
    const some = await page("/runs?status=failed&error=connector.rejected");
    expect(some).toContain("Ask something of the 1 run that match");
    expect([...some.matchAll(/name="ask" value="([^"]+)"/g)].map(([, ask]) => ask)).toEqual(["retry", "replay"]);
    expect(some).toContain(`name="startedBefore" value="${NOW}"`);
    expect(await page("/runs?status=&workflow=&error=model.refused")).toContain("There are no runs, with the error model.refused.");
  });

  it("are asked all, and those that refuse are shown with the reason", async () => {
    const response = await open.form("/runs/bulk", { ...all, ask: "cancel-and-take-back", reason: "a test" });
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(html).toContain("3 of 4 runs refused");
    expect(html).toContain(`href="/runs/${approved.id}"`);
    expect(open.asked.find(({ args }) => args[0] === asked.id)?.args[1]).toEqual({ do: "cancel", compensate: true, reason: "a test" });
  });

  it("are not asked without a filter, a choice or the word that they are meant", async () => {
    for (const [fields, text] of [
      [{ ask: "pause", confirmed: "yes" }, "Filter the runs first"],
      [{ ...all }, "Choose what to ask of them"],
      [{ workflow: "ticket-triage", ask: "pause" }, "Say that these are the runs you mean"],
    ] as const) {
      const response = await open.form("/runs/bulk", fields);
      expect([response.status, (await response.text()).includes(text)], text).toEqual([400, true]);
    }
    expect(open.asked).toEqual([]);
  });
});

describe("the kill switch", () => {
  const turn = (fields: Record<string, string>) => open.form("/stops", fields);

  it("stops with a reason, is shown above every page, and lets go on", async () => {
    const on = await turn({ scope: "*", turn: "on", reason: "wrong teams" });
    expect([on.status, on.headers.get("location")]).toEqual([303, "/stops?turned=on&scope=*"]);
    for (const path of ["/approvals", "/runs", `/runs/${failed.id}`, "/workflows", "/dead-letters", "/stops", "/nothing"])
      expect(await page(path), path).toMatch(/Everything is stopped<\/strong> by ada@example\.com.*wrong teams\./s);
    vi.setSystemTime(NOW + MINUTE);
    await turn({ scope: "*", turn: "off", reason: "mended" });
    expect(await page("/approvals")).not.toContain("is stopped");
    expect(await page("/stops")).toMatch(/Let go on by ada@example\.com.*mended\./s);
  });

  it("asks for the reason, and knows only workflows that are deployed", async () => {
    const none = await turn({ scope: "ticket-triage", turn: "on", reason: " " });
    expect(none.status).toBe(400);
    expect(await none.text()).toMatch(/<details class="more" open="">.*Say in a few words why/s);
    expect((await turn({ scope: "no-such", turn: "on", reason: "x" })).status).toBe(409);
    expect((await turn({ scope: "*", reason: "x" })).status).toBe(400);
    expect(await page("/stops")).toContain("Nothing was ever stopped.");
    expect(open.asked).toEqual([]);
  });

  it("has no form for somebody who is no operator", () => {
    const principal = { kind: "person", id: "eve@example.com", name: "Eve", grants: everywhere("reviewer") } as const;
    const frame = { principal, pending: 0, stopped: [] };
    const html = String(StopsPage({ frame, workflows: ["ticket-triage"], switches: [], turns: [], breakers: [], now: NOW }));
    expect(html).not.toContain("<form");
    expect(html).toContain("An operator can turn these.");
  });
});

describe("the workflows", () => {
  it("say which versions are missing, and what to do", async () => {
    const gone = { id: "gone.1", workflow: "gone", version: 2, specVersion: 1, partition: "p1", event: asked.event, state: asked.state };
    await projectRuns(open.db, [
      { ...gone, startedAt: NOW, seq: 1, updatedAt: NOW, eraseAt: null, salt: "", head: "", entries: [], effects: [], approvals: [] },
    ]);
    const html = await page("/workflows");
    expect(html).toMatch(
      /class="banner bad".*gone@2 is not deployed, and 1 run still needs it.*href="\/runs\?workflow=gone&amp;version=2"/s,
    );
    expect(html).toMatch(/ticket-triage@1.*Started by ticket\.created of zendesk.*Takes new runs/s);
  });
});
