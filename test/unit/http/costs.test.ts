// /costs, the cost on a run's page, and the business case: from projected journals through the whole HTTP side.
import { beforeEach, describe, expect, it } from "vitest";
import { type Console, openConsole } from "./console.ts";
import { DAY, SPEC, type Story, tell } from "./stories.ts";
import { FACTS, finished, labelledRecords } from "./validations.ts";

const GPT = { model: "gpt-4.1", provider: "openai" };
/** Yesterday at noon: what people said hours later is over as well. */
const startedAt = Math.floor(Date.now() / DAY) * DAY - DAY / 2;
/** As a run in which nobody was asked: what people were asked is left out of its journal. */
const unasked = (story: Story): Story => ({
  ...story,
  entries: story.entries.filter(({ type }) => !type.startsWith("approval.")).map((entry, index) => ({ ...entry, seq: index + 1 })),
});
const told = (ticket: number, more: Partial<Parameters<typeof tell>[0]> = {}) =>
  tell({ ticket, ending: "approved", startedAt, model: GPT, costUsd: 0.002, ...more });
const text = async (response: Response): Promise<string> => (await response.text()).replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");

describe("/costs", () => {
  it("sums by day, model and record, and says how many calls are of unknown cost", async () => {
    const open = await openConsole([told(1), unasked(told(2)), told(3, { costUsd: null })]);
    const page = await text(await open.get("/costs"));
    expect(page).toContain("at least $0.004, 1 call of unknown cost");
    expect(page).toContain("gpt-4.1 of openai");
    // Three runs, one of them automated.
    expect(page).toMatch(
      /Business case of ticket-triage at least \$0\.004, 1 call of unknown cost 3 runs, at least \$0\.00133 each at least \$0\.004 1 automated/,
    );
    const { rows, records } = (await (await open.get("/api/costs")).json()) as { rows: unknown[]; records: unknown[] };
    expect(rows).toMatchObject([{ workflow: "ticket-triage", ...GPT, decisions: 3, calls: 3, unknownCalls: 1, usd: 0.004 }]);
    expect(records).toMatchObject([{ runs: 3, automated: 1 }]);
  });

  it("shows the last 30 days unless asked otherwise, and filters by workflow", async () => {
    const open = await openConsole([told(1), told(2, { startedAt: startedAt - 40 * DAY })]);
    expect(await text(await open.get("/costs"))).toContain("$0.002 for 1 call");
    const from = new Date(startedAt - 50 * DAY).toISOString().slice(0, 10);
    expect(await text(await open.get(`/costs?from=${from}`))).toContain("$0.004 for 2 calls");
    expect(await text(await open.get("/costs?workflow=other"))).toContain("No model calls in this time");
    expect((await open.get("/costs?from=yesterday")).status).toBe(400);
  });

  it("is empty with words, where nothing was asked", async () => {
    const open = await openConsole([tell({ ticket: 1, ending: "retrying", startedAt })]);
    expect(await text(await open.get("/costs"))).toMatch(/No model calls in this time Between .* no model was asked/);
  });

  it("is copied as CSV, where an unknown cost is an empty cell and no zero", async () => {
    const open = await openConsole([told(1), told(2, { costUsd: null, model: { model: "=x", provider: "acme" } })]);
    const response = await open.get("/api/costs/export");
    expect(response.headers.get("content-type")).toContain("text/csv");
    const rows = (await response.text()).trim().split("\r\n");
    const day = new Date(startedAt).toISOString().slice(0, 10);
    expect(rows[0]).toBe(
      '"day","workflow","provider","model","decisions","calls","calls_of_unknown_cost","prompt_tokens","cached_tokens","completion_tokens","usd_of_known_calls","price_versions"',
    );
    expect(rows.slice(1)).toEqual([
      `"${day}","ticket-triage","openai","gpt-4.1","1","1","0","42","0","4","0.002",""`,
      `"${day}","ticket-triage","acme","'=x","1","1","1","42","0","4","",""`,
    ]);
  });

  it("is on the run's page, and a link away from its workflow", async () => {
    const [known, unknown, none] = [told(1), told(2, { costUsd: null }), tell({ ticket: 3, ending: "retrying", startedAt })];
    const open = await openConsole([known, unknown, none]);
    const costOf = async ({ id }: Story) => /Cost of its model calls (.*?) Event/.exec(await text(await open.get(`/runs/${id}`)))?.[1];
    expect(await costOf(known)).toBe("$0.002");
    expect(await costOf(unknown)).toBe("unknown (1 call)");
    expect(await costOf(none)).toBe("nothing: no model call");
    const workflows = await (await open.get("/workflows")).text();
    expect(workflows).toContain('href="/costs?workflow=ticket-triage"');
    expect(workflows).toContain('href="/workflows/ticket-triage/business-case"');
  });
});

describe("/workflows/:name/business-case", () => {
  const AT = "/workflows/ticket-triage/business-case";
  const WORK = {
    volume: "4000",
    minutesManual: "6",
    minutesReview: "1.5",
    hourlyCost: "38",
    costPerError: "25",
    platformCost: "1500",
    setupCost: "30000",
  };
  const query = (work: Record<string, string> = WORK) => `${AT}?${new URLSearchParams(work)}`;
  const stories = () => [
    ...Array.from({ length: 30 }, (_, index) => unasked(told(100 + index, { sampled: true }))),
    ...Array.from({ length: 10 }, (_, index) => told(200 + index, { ending: index < 2 ? "edited" : "approved" })),
  ];
  const check = (open: Console, { id }: Story, verdict: string) =>
    open.db
      .prepare("insert into effect_check (run, step, at, by, verdict, note) values (?, 'tell the team', ?, 'grace@example.com', ?, '')")
      .bind(id, Date.now(), verdict)
      .run();

  let all: Story[];
  let open: Console;
  beforeEach(async () => {
    all = stories();
    open = await openConsole(all);
  });

  it("shows both estimates side by side, at measured rates, with where they come from", async () => {
    const page = await text(await open.get(query()));
    expect(page).toContain("30 of 40 runs that meant to write");
    expect(page).toContain("2 of 10 writes that people were asked about and edited or rejected");
    expect(page).toContain("likely too high");
    expect(page).toContain("$0.08 for 40 runs: $0.002 each");
    // So many wrong writes would cost more than the reviews they spare: the upper end of the interval saves less.
    expect(page).toMatch(/Written without a person 75\.0 % 85\.8 %/);
    expect(page).toMatch(/Wrong among those 20\.0 % 50\.7 %/);
    expect(page).toMatch(/Saved a month -?\$[\d,.]+ -?\$[\d,.]+/);
    for (const body of [page.indexOf("At the counted rates"), page.indexOf("Pessimistic")]) expect(body).toBeGreaterThan(0);
  });

  it("takes the error from automatic writes that people looked at, as soon as there are any", async () => {
    for (const [index, story] of all.slice(0, 20).entries()) await check(open, story, index === 0 ? "wrong" : "right");
    const page = await text(await open.get(query()));
    expect(page).toContain("1 of 20 automatic writes that people looked at afterwards");
    expect(page).toMatch(/Wrong among those 5\.0 % 21\.7 %/);
  });

  it("says plainly that it costs more than it saves, and that set-up is never paid back", async () => {
    const page = await text(await open.get(query({ ...WORK, costPerError: "500" })));
    expect(page).toMatch(
      /In a month it costs \$[\d,.]+ more than work by hand; seen pessimistically it costs \$[\d,.]+ more than work by hand/,
    );
    expect(page).toMatch(/Set-up paid back after never never/);
  });

  it("before launch takes what a validation measured at the threshold in force, and names the report and its date", async () => {
    const bare = await openConsole([]);
    const { report } = await finished(bare.env, { facts: FACTS, records: labelledRecords(300) });
    const { written, errors, records } = report.gates.current ?? report.gates.proved;
    const page = await text(await bare.get(query()));
    expect(page).toContain(`${written} of ${records} labelled records (`);
    expect(page).toContain(`${errors} of ${written} labelled records that would be written (at most `);
    expect(page).toMatch(/From the validation of 23 Nov 2026, tickets-june\.csv , from score 0\.8 on \(in force now\)/);
    expect(page).toContain("What is automatic and what is wrong: measured by a validation of labelled records, and not yet in production");
    expect(page).toContain("294 labelled records: $0 each. From the same validation");
    expect(page).toContain("Assumed by whoever fills in the form: nothing measures them");
    expect(page).toContain("So far: 0, 0 and 0.");
    expect(page).toMatch(/Saved a month -?\$[\d,.]+ -?\$[\d,.]+/);
    const view = (await (await bare.get(`/api${query()}`)).json()) as { figures: object; validation: object };
    expect(view.figures).toMatchObject({ automation: { from: "validation", k: written, n: records }, error: { from: "validation" } });
    expect(view.validation).toMatchObject({ id: FACTS.id, threshold: 0.8, inForce: true });
  });

  it("takes the proved threshold where none is in force, and nothing from a validation that lets nothing through", async () => {
    const asking = await openConsole([], { spec: { ...SPEC, thresholds: {} } });
    await finished(asking.env, { facts: { ...FACTS, currentThreshold: null }, records: labelledRecords(300) });
    expect(await text(await asking.get(query()))).toMatch(/\(proved, at most 10\.0 % wrong; no threshold is in force\)/);
    const unproved = await openConsole([], { spec: { ...SPEC, thresholds: {} } });
    await finished(unproved.env, { facts: { ...FACTS, currentThreshold: null, limit: 0.001 }, records: labelledRecords(300) });
    const page = await text(await unproved.get(query()));
    expect(page).toContain("No business case yet");
    expect(page).toContain("The latest validation lets nothing through");
  });

  it("prefers the validation to production as long as production has too little", async () => {
    await finished(open.env, { facts: FACTS, records: labelledRecords(300) });
    const page = await text(await open.get(query()));
    expect(page).toContain("of 300 labelled records (");
    expect(page).toContain("So far: 40, 40 and 0.");
    expect(page).not.toContain("30 of 40 runs");
  });

  it("is none where nothing was measured: rates are never assumed", async () => {
    const bare = await openConsole([tell({ ticket: 1, ending: "retrying", startedAt })]);
    const page = await text(await bare.get(query()));
    expect(page).toContain("No business case yet");
    expect(page).toContain("An error rate is never assumed");
    expect(page).not.toContain("Saved a month");
  });

  it.each([
    ["volume", "0", /Records a month: give at least 1/],
    ["hourlyCost", "forty", /Cost of an hour of work \(\$\): give a number, of dollars an hour/],
    ["minutesReview", "-1", /Minutes for one review: give at least 0/],
  ])("says what is wrong with %s = %s, and keeps what was entered", async (name, value, message) => {
    const response = await open.get(query({ ...WORK, [name]: value }));
    expect(response.status).toBe(400);
    const html = await response.text();
    expect(html).toMatch(message);
    expect(html).toContain('value="1500"');
    expect(html).toContain(`value="${value}"`);
  });

  it("keeps the owner's inputs, with who and when; every version stays", async () => {
    expect((await open.form(AT, WORK)).status).toBe(303);
    expect((await open.form(AT, { ...WORK, volume: "5000" })).status).toBe(303);
    const page = await (await open.get(AT)).text();
    expect(page).toContain('value="5000"');
    expect(page).toContain("Kept by ada@example.com");
    expect(page).toContain("Saved a month");
    const rows = await open.db.prepare("select by, body->>'$.volume' as volume from business_case order by at").all();
    expect(rows.results).toEqual([
      { by: "ada@example.com", volume: 4000 },
      { by: "ada@example.com", volume: 5000 },
    ]);
    expect((await open.form(AT, { ...WORK, volume: "" })).status).toBe(400);
  });

  it("is the owner's and the auditor's to read, and the owner's to keep", async () => {
    const as = (role: "auditor" | "operator") =>
      openConsole(stories(), { grants: [{ principal: "ada@example.com", role, workflow: "*" }] });
    const auditor = await as("auditor");
    expect((await auditor.get(query())).status).toBe(200);
    expect(await (await auditor.get(query())).text()).not.toContain("Keep these inputs");
    expect((await auditor.form(AT, WORK)).status).toBe(403);
    expect((await (await as("operator")).get(query())).status).toBe(403);
    expect((await open.get("/workflows/unheard-of/business-case")).status).toBe(404);
  });

  it("counts a run in shadow mode as what it would have written", async () => {
    const shadow = all.slice(0, 5).map((story, index) => ({ ...story, id: `ticket-triage.shadow${index}` }));
    const bare = await openConsole([tell({ ticket: 1, ending: "retrying", startedAt }), ...shadow]);
    await bare.db
      .prepare(
        `update effect set status = 'refused', body = json_set(body, '$.refused', json('{"because":"shadow","reason":""}'), '$.ruling', json('{"outcome":"allow","rule":"r","reason":""}'))`,
      )
      .run();
    await bare.db
      .prepare(`update effect set body = json_set(body, '$.ruling.outcome', 'require_approval') where run = 'ticket-triage.shadow0'`)
      .run();
    expect(await text(await bare.get(AT))).toContain("4 of 5 runs that meant to write");
  });
});
