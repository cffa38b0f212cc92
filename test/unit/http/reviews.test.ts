// The review of a running workflow, the comparison of shadow mode with people, second answers and the weekly breaker: over pages and API, as far as each may be seen.
import { beforeEach, describe, expect, it } from "vitest";
import { type GrantTo, localGrants } from "../../../sandbox/grants.ts";
import { deployment } from "../../../src/config.ts";
import { openBreakerOf } from "../../../src/db/breakers.ts";
import { insertCertificate } from "../../../src/db/certificates.ts";
import { eraseRuns } from "../../../src/db/erasure.ts";
import { countAudited, countWeeks, readWeeks } from "../../../src/db/review-reads.ts";
import { eraseValidation } from "../../../src/db/validation-erasure.ts";
import { readValidationMix } from "../../../src/db/validation-mix.ts";
import type { Certificate } from "../../../src/governance/certificate.ts";
import type { GovernanceSpec } from "../../../src/governance/spec.ts";
import { sweepShadow } from "../../../src/operations/compare-shadow.ts";
import type { Context } from "../../../src/operations/context.ts";
import { checkBreaker, weeklyReviews } from "../../../src/operations/weekly-review.ts";
import { scoreShares } from "../../../src/validation/drift.ts";
import { WEEK_MS, weekOf } from "../../../src/validation/review-week.ts";
import { createFakeZendesk, type FakeZendesk } from "../connectors/fake-zendesk.ts";
import { type Console, openConsole } from "./console.ts";
import { DAY, MINUTE, SPEC, type Story, tell } from "./stories.ts";
import { FACTS, finished, labelledRecords } from "./validations.ts";

const WORKFLOW = "ticket-triage";
const ROUTE = "route ticket";

let now: number;
let open: Console;
let zendesk: FakeZendesk;
beforeEach(() => {
  now = Date.now();
  zendesk = createFakeZendesk({ token: "z" });
});

const html = async (path: string) => (await open.get(path)).text();
const text = (page: string): string => page.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
const contextOf = ({ env }: Console): Context => ({ env, deployment, waitUntil: () => undefined });
const OWNER = { kind: "person", id: "ada@example.com", name: "Ada", grants: [{ role: "process_owner", workflow: "*" }] } as const;

let written = 0;
/** A write that nobody was asked about, and what was found of it. */
async function automatic(verdict: "right" | "wrong" | "cannot_tell" | "open" | "not drawn", score = 0.95, at = now - DAY): Promise<void> {
  const [run, step] = [`auto.${++written}`, ROUTE];
  await open.db
    .prepare(
      `insert into effect (run, step, workflow, version, action, target, status, at, sampled, body, seq)
       values (?1, ?2, 'ticket-triage', 1, 'zendesk.updateTicket', 'ticket/' || ?1, 'applied', ?3, ?4, ?5, 1)`,
    )
    .bind(
      run,
      step,
      at,
      verdict === "not drawn" ? 0 : 1,
      JSON.stringify({ basedOn: { decision: "triage", confidence: score, reached: true } }),
    )
    .run();
  if (verdict === "open" || verdict === "not drawn") return;
  await open.db
    .prepare(`insert into effect_check (run, step, at, "by", verdict, note) values (?, ?, ?, 'grace@example.com', ?, 'Wrong team')`)
    .bind(run, step, at + DAY / 2, verdict)
    .run();
}
const many = async (n: number, ...rest: Parameters<typeof automatic>) => {
  for (let i = 0; i < n; i++) await automatic(...rest);
};

const asks = (n: number, ending: "approved" | "edited" | "rejected", confidence: number, from = 1): Story[] =>
  Array.from({ length: n }, (_, i) => tell({ ending, ticket: from + i, confidence, startedAt: now - 2 * DAY + i * 1_000 }));

const certificate = (limit: number): Certificate => ({
  id: "crt_1",
  workflow: WORKFLOW,
  decision: "triage",
  fields: ["team", "priority"],
  threshold: 0.9,
  limit,
  confidence: 0.95,
  records: 500,
  accepted: 300,
  errors: 5,
  upper: 0.035,
  report: { id: "val_1", digest: "d" },
  provider: "builtin",
  model: "builtin/ticket-triage@3f2a91c0",
  source: "builtin",
  basis: { prompt: "p", schema: "s" },
  issuedAt: 1,
});
const CERTIFIED: GovernanceSpec = { ...SPEC, thresholds: { triage: { certificate: "crt_1" } } };

describe("the review of a workflow", () => {
  it("says first what is proved, with the bounds that it rests on, and whose limit that is", async () => {
    open = await openConsole([]);
    expect(await html(`/workflows/${WORKFLOW}/review`)).toContain("there is nothing to judge");
    await many(3, "not drawn");
    expect(await html(`/workflows/${WORKFLOW}/review`)).toContain("nobody has looked at any of them");
    await many(58, "right");
    await automatic("open");
    const page = await html(`/workflows/${WORKFLOW}/review`);
    expect(page).toContain("Not proved: between 0.0 % and 5.1 %");
    expect(page).toContain("1 write more, looked at and right, would prove it.");
    expect(page).toContain("Nobody has set a limit for triage: 5.0 % is assumed here");
    expect(page).toContain("Look at the 1 that wait");
    await automatic("right");
    expect(await html(`/workflows/${WORKFLOW}/review`)).toContain(
      "Proved: at most 5.0 % of what was written without asking is wrong (95 %)",
    );
    expect(await html(`/workflows/${WORKFLOW}/review?limit=0.01`)).toContain("is the one that you asked for");
    expect(await html(`/workflows/${WORKFLOW}/review?days=7&limit=0.1`)).toContain("review of 7 days");
    expect((await open.get(`/workflows/${WORKFLOW}/review?limit=5`)).status).toBe(400);
    expect((await open.get(`/workflows/${WORKFLOW}/review?decision=nonsense`)).status).toBe(400);
    expect(await (await open.get("/api/workflows/nothing/review")).json()).toMatchObject({ code: "workflow.unknown" });
  });

  it("takes its limit from the certificate that the rules name, whatever the reader asks for", async () => {
    open = await openConsole([], { spec: CERTIFIED });
    await insertCertificate(open.db, { certificate: certificate(0.02), issuedBy: "ada@example.com" });
    await many(59, "right");
    const page = await html(`/workflows/${WORKFLOW}/review?limit=0.5`);
    expect(page).toContain("The limit of 2.0 % is the one that a certificate proves for triage, from a score of 0.9 on.");
    expect(page).toContain('<a href="/certificates/crt_1">See what it proves</a>');
    expect(page).not.toContain('name="limit"');
    expect(page).toContain("Not proved: between 0.0 % and 5.0 %");
  });

  it("compares production with the records that the certificate in force was proved on, also when what they said is erased", async () => {
    open = await openConsole([], { spec: CERTIFIED });
    const records = labelledRecords(300);
    await finished(open.env, { facts: FACTS, records });
    await insertCertificate(open.db, { certificate: certificate(0.05), issuedBy: "ada@example.com" });
    const insert = `insert into decision (run, step, workflow, version, name, at, value, score, source, provider, model)
      values (?, 'triage', 'ticket-triage', 1, 'triage', ?, '{"team":"billing","priority":"low"}', 0.35, 'builtin', 'builtin', 'm')`;
    await open.db.batch(Array.from({ length: 220 }, (_, i) => open.db.prepare(insert).bind(`drift.${i}`, now - DAY)));
    const mix = await readValidationMix(open.db, FACTS.id);
    const answered = records.flatMap(({ answer }) => (answer.kind === "answered" ? [answer] : []));
    expect(mix.decisions).toBe(answered.length);
    expect(mix.bins).toEqual(scoreShares(answered.map(({ score }) => score)).map((share) => Math.round(share * answered.length)));
    expect(mix.labels.team?.billing).toBe(answered.filter(({ value }) => value.team === "billing").length);
    const said = "beside those of the 294 labelled records that the certificate in force was proved on: index ";
    expect(text(await html("/workflows/ticket-triage/review"))).toContain(said);
    await eraseValidation(open.db, FACTS.id, FACTS.finishedAt + 30 * DAY);
    expect(await readValidationMix(open.db, FACTS.id)).toEqual(mix);
    expect(text(await html("/workflows/ticket-triage/review"))).toContain(said);
  });

  it("advises a lower threshold as far as both strata prove it, and makes a draft of exactly that, with its evidence", async () => {
    open = await openConsole([...asks(120, "approved", 0.75), ...asks(2, "edited", 0.75, 500)]);
    await many(150, "right");
    await many(100, "not drawn");
    const page = await html(`/workflows/${WORKFLOW}/review`);
    expect(page).toContain("The threshold may go from 0.8 down to 0.75");
    const old = await open.form(`/workflows/${WORKFLOW}/review/draft`, { to: "0.6", decision: "triage" });
    expect([old.status, await old.text()]).toEqual([409, expect.stringContaining("The review advises something else")]);
    const drafted = await open.form(`/workflows/${WORKFLOW}/review/draft`, { to: "0.75", decision: "triage", days: "90" });
    expect([drafted.status, drafted.headers.get("location")]).toEqual([303, `/specs/${WORKFLOW}/4`]);
    const spec = await open.db.prepare("select status, author, body from governance_spec where version = 4").first<{ body: string }>();
    expect(spec).toMatchObject({ status: "draft", author: "ada@example.com" });
    expect(JSON.parse(spec?.body ?? "")).toEqual({ ...SPEC, version: 4, thresholds: { triage: 0.75 } });
    const advice = await open.db.prepare("select evidence from spec_advice where version = 4").first<{ evidence: string }>();
    expect(JSON.parse(advice?.evidence ?? "")).toMatchObject({
      decision: "triage",
      from: 0.8,
      to: 0.75,
      counts: { written: 250, right: 150 },
      advice: { kind: "lower", step: { more: 122, answered: 122, errors: 2 } },
    });
    expect(await html(`/workflows/${WORKFLOW}/review`)).toContain(`href="/specs/${WORKFLOW}/4"`);
  });

  it("stands with its evidence on the page of the draft that it advised, and says when the text was changed since", async () => {
    open = await openConsole([...asks(120, "approved", 0.75), ...asks(2, "edited", 0.75, 500)]);
    await many(150, "right");
    await many(100, "not drawn");
    await open.form(`/workflows/${WORKFLOW}/review/draft`, { to: "0.75", decision: "triage", days: "90" });
    const page = await html(`/specs/${WORKFLOW}/4`);
    for (const words of [
      "The review that advised this",
      "Made a draft by ada@example.com",
      "Proved: at most 2.0 % of what was written without asking is wrong (95 %), within the limit of 5.0 %.",
      "The threshold may go from 0.8 down to 0.75",
      "2 of the 122 that were answered were changed or rejected",
      "Nobody had set a limit: 5.0 % was assumed.",
      "A review of the running workflow advised this number",
    ])
      expect(page, words).toContain(words);
    expect(page).not.toContain("Somebody wrote this number");
    expect(page).not.toContain("The text was changed");
    const edited = { ...SPEC, version: 4, thresholds: { triage: 0.7 } };
    const saved = await open.get(`/api/specs/${WORKFLOW}/4`, {
      method: "PUT",
      body: JSON.stringify({ spec: edited }),
      headers: { "content-type": "application/json" },
    });
    expect(saved.status).toBe(200);
    const changed = await html(`/specs/${WORKFLOW}/4`);
    expect(changed).toContain("The text was changed after the review wrote it");
    expect(changed).toContain("Somebody wrote this number");
    expect(await html(`/specs/${WORKFLOW}/3`)).not.toContain("The review that advised this");
  });

  it("says what a record cost, from the same sums as /costs, to whoever may read costs", async () => {
    const stories = [1, 2, 3, 4].map((ticket) =>
      tell({ ticket, ending: "approved", startedAt: now - DAY, costUsd: 0.002, model: { model: "gpt-4.1-mini", provider: "openai" } }),
    );
    const unasked = stories.slice(0, 2).map((story) => ({
      ...story,
      entries: story.entries.filter(({ type }) => !type.startsWith("approval.")).map((entry, index) => ({ ...entry, seq: index + 1 })),
    }));
    open = await openConsole([...unasked, ...stories.slice(2)]);
    const page = await html(`/workflows/${WORKFLOW}/review`);
    expect(page).toContain("<dd>$0.008</dd>");
    expect(page).toContain("<dd>$0.002 (4 runs)</dd>");
    expect(page).toContain("<dd>$0.004 (2 automated)</dd>");
    const { cost } = (await (await open.get(`/api/workflows/${WORKFLOW}/review`)).json()) as { cost: object };
    expect(cost).toMatchObject({ usd: 0.008, runs: 4, automated: 2 });
    expect(await html("/costs")).toContain("$0.004");
    open = await openConsole(stories, { grants: [{ principal: "ada@example.com", role: "author", workflow: WORKFLOW }] });
    expect(await html(`/workflows/${WORKFLOW}/review`)).not.toContain("What it cost");
    open = await openConsole([]);
    expect(await html(`/workflows/${WORKFLOW}/review`)).not.toContain("What it cost");
  });

  it("says of advice that would take a certificate's place that the breaker then has no limit", async () => {
    open = await openConsole(asks(120, "approved", 0.85), { spec: CERTIFIED });
    await insertCertificate(open.db, { certificate: certificate(0.05), issuedBy: "ada@example.com" });
    await many(150, "right");
    expect(await html(`/workflows/${WORKFLOW}/review`)).toContain(
      "It takes the place of certificate crt_1: until there is another, the weekly breaker has no limit to judge by.",
    );
  });

  it("shows names of reviewers to the process owner and to each reviewer, and to nobody else", async () => {
    const stories = asks(3, "approved", 0.7);
    const as = (role: GrantTo["role"], identity = "eve@example.com") =>
      openConsole(stories, {
        env: { DEV_IDENTITY: `Somebody <${identity}>` },
        grants: [...localGrants.filter((grant) => grant.role === "admin"), { principal: identity, role, workflow: WORKFLOW }],
      });
    const named = async () => (await html(`/workflows/${WORKFLOW}/review`)).includes('<th scope="row">ada@example.com</th>');
    open = await as("process_owner");
    expect(await named()).toBe(true);
    open = await as("reviewer", "ada@example.com");
    expect(await named()).toBe(true);
    open = await as("reviewer");
    expect(await named()).toBe(false);
    expect(await html(`/workflows/${WORKFLOW}/review`)).toContain("<dd>3 (100.0 %)</dd>");
    open = await as("auditor");
    expect(await named()).toBe(false);
    expect(await (await open.get(`/api/workflows/${WORKFLOW}/review`)).json()).toMatchObject({ reviewers: { people: 1, named: [] } });
  });

  it("names no record to whoever only drafts rules", async () => {
    open = await openConsole([], { grants: [{ principal: "ada@example.com", role: "author", workflow: WORKFLOW }] });
    await automatic("wrong");
    const page = await html(`/workflows/${WORKFLOW}/review`);
    expect(page).toContain("Not proved");
    expect(page).not.toContain("ticket/auto");
    expect(JSON.stringify(await (await open.get(`/api/workflows/${WORKFLOW}/review`)).json())).not.toContain("ticket/auto");
  });

  it("keeps how long an answer's page was shown, and takes no other time for one", async () => {
    const startedAt = now - 10 * MINUTE;
    const [first, second] = [tell({ ending: "asked", ticket: 1, startedAt }), tell({ ending: "asked", ticket: 2, startedAt })];
    open = await openConsole([first, second].map((story) => ({ ...story })));
    const digestOf = ({ entries }: Story) =>
      entries.flatMap((entry) => (entry.type === "approval.requested" ? [entry.approval.digest] : []))[0] ?? "";
    const answer = (story: Story, shown: number) =>
      open.form(`/approvals/${story.approvalId}/decision?shown=${shown}`, { kind: "approved", digest: digestOf(story) });
    expect((await answer(first, Date.now() - 20_000)).status).toBe(303);
    expect((await answer(second, Date.now() - 2 * DAY)).status).toBe(303);
    const { results } = await open.db.prepare("select approval, ms from decision_time").all<{ approval: string; ms: number }>();
    expect(results.map(({ approval }) => approval)).toEqual([first.approvalId]);
    expect(results[0]?.ms).toBeGreaterThanOrEqual(20_000);
  });
});

/** What the pages owe to whoever hears or scrolls them, as far as a text shows it; the rest is looked at in a browser. */
function faultsOf(page: string): string[] {
  const tables = [...page.matchAll(/<table[^>]*>(.{0,9})/gs)].filter(([, next]) => next !== "\n<caption" && !next?.startsWith("<caption"));
  const heads = [...page.matchAll(/<th(?=[ >])(?![^>]*scope=)[^>]*>/g)];
  const pictures = [...page.matchAll(/<svg(?![^>]*aria-(?:label|hidden)=)[^>]*>/g)];
  return [...tables, ...heads, ...pictures].map(([found]) => found);
}

describe("the charts and tables of a review", () => {
  const weeks = (n: number): Story[] =>
    Array.from({ length: n }, (_, week) =>
      ["billing", "returns"].map((team, index) =>
        tell({
          ticket: 10 * week + index,
          ending: index === 0 ? "approved" : "edited",
          team,
          confidence: 0.6 + index / 10,
          startedAt: now - (week * 7 + 1) * DAY,
        }),
      ),
    ).flat();

  it("have names, and texts that keep their size on a telephone", async () => {
    open = await openConsole(weeks(6));
    await many(3, "wrong");
    await many(60, "right");
    const page = await html(`/workflows/${WORKFLOW}/review`);
    expect(page).toContain("What team was answered with");
    expect(page).toContain("Changed or rejected, of what was answered");
    expect(faultsOf(page)).toEqual([]);
    // A picture that is scaled as a whole scales its texts.
    expect(page.match(/<svg[^>]*role="img"[^>]*>/g)?.every((svg) => !svg.includes("viewBox") && svg.includes('width="100%"'))).toBe(true);
    expect(page).toContain("priority was always answered with high.");
    expect(page).not.toContain("What priority was answered with");
  });

  it("say in words what there is too little of to draw or count", async () => {
    open = await openConsole([]);
    const empty = await html(`/workflows/${WORKFLOW}/review`);
    expect(empty).toContain("In 90 days nothing was written because a model was sure enough of triage.");
    expect(empty).toContain("Nobody answered an approval in 90 days.");
    expect(empty).toContain("None of such writes are drawn to be looked at, as the spec says (auditSampling).");
    expect(empty).not.toContain("<svg width");
    open = await openConsole(weeks(1));
    expect(await html(`/workflows/${WORKFLOW}/review`)).not.toContain("Changed or rejected, of what was answered</h3>");
  });

  it("are named on the pages of shadow mode and certificates as well", async () => {
    const ticket = zendesk.add({ group_id: 100, priority: "normal" });
    const story = tell({ ending: "rejected", ticket: Number(ticket), startedAt: now - 2 * DAY });
    const entries = story.entries
      .filter(({ type }) => !type.startsWith("approval."))
      .map((entry) => (entry.type === "effect.refused" ? { ...entry, because: "shadow" as const, reason: "Shadow mode" } : entry));
    open = await openConsole([{ ...story, entries: entries.map((entry, index) => ({ ...entry, seq: index + 1 })) }], { zendesk });
    await insertCertificate(open.db, { certificate: certificate(0.02), issuedBy: "ada@example.com" });
    zendesk.edit(ticket, { group_id: 101, priority: "high" });
    expect(await html(`/workflows/${WORKFLOW}/shadow`)).not.toContain("Copy as CSV");
    await open.form(`/workflows/${WORKFLOW}/shadow/compare`, {});
    const shadow = await html(`/workflows/${WORKFLOW}/shadow`);
    expect(shadow).toContain('data-head="Compared"');
    for (const page of [shadow, await html("/certificates"), await html("/certificates/crt_1")]) expect(faultsOf(page)).toEqual([]);
  });
});

describe("weeks", () => {
  it("are counted by label and score, and what was kept outlives the contents", async () => {
    const startedAt = weekOf(now) - 3 * DAY;
    const stories = [
      tell({ ending: "approved", ticket: 1, team: "billing", confidence: 0.7, startedAt }),
      tell({ ending: "edited", ticket: 2, team: "billing", confidence: 0.71, startedAt }),
      tell({ ending: "rejected", ticket: 3, team: "returns", confidence: 1, startedAt }),
    ];
    open = await openConsole(stories);
    expect(await weeklyReviews(contextOf(open), now)).toBe(4);
    expect(await weeklyReviews(contextOf(open), now)).toBe(0);
    const span = { workflow: WORKFLOW, since: weekOf(now) - 4 * WEEK_MS, until: now };
    const kept = await readWeeks(open.db, span);
    expect(kept).toHaveLength(4);
    expect(kept.at(-1)).toEqual({
      week: weekOf(now) - WEEK_MS,
      automatic: 0,
      answers: { approved: 1, edited: 1, rejected: 1, insufficient: 0, expired: 0 },
      decisions: {
        triage: {
          decisions: 3,
          bins: [0, 0, 0, 0, 0, 0, 1, 1, 0, 1],
          labels: { team: { billing: 2, returns: 1 }, priority: { high: 3 } },
        },
      },
    });
    await eraseRuns(
      open.db,
      stories.map(({ id }) => ({ run: id, event: null })),
      now + 90 * DAY,
    );
    const live = await countWeeks(open.db, span, ["triage.team", "triage.priority"]);
    expect(live.at(-1)?.decisions.triage).toMatchObject({ decisions: 3, labels: {} });
    expect((await readWeeks(open.db, span)).at(-1)?.decisions.triage?.labels.team).toEqual({ billing: 2, returns: 1 });
    const review = (await (await open.get(`/api/workflows/${WORKFLOW}/review`)).json()) as {
      weeks: { decisions: { triage: { labels: Record<string, unknown> } } }[];
    };
    expect(review.weeks.at(-1)?.decisions.triage.labels.team).toEqual({ billing: 2, returns: 1 });
    expect(await html(`/workflows/${WORKFLOW}/review`)).toContain("What team was answered with");
  });
});

describe("the weekly breaker", () => {
  beforeEach(async () => {
    open = await openConsole([], { spec: CERTIFIED });
    await insertCertificate(open.db, { certificate: certificate(0.05), issuedBy: "ada@example.com" });
  });

  it("trips by itself once what was found proves more than the certificate's limit, and says so", async () => {
    await many(20, "right");
    await many(2, "wrong");
    expect(await weeklyReviews(contextOf(open), now)).toBe(4);
    expect(await openBreakerOf(open.db, WORKFLOW)).toBeNull();
    await many(4, "wrong");
    expect(await weeklyReviews(contextOf(open), now + WEEK_MS)).toBe(1);
    const breaker = await openBreakerOf(open.db, WORKFLOW);
    expect(breaker).toMatchObject({
      openedBy: "interlock",
      evidence: { decision: "triage", limit: 0.05, counts: { wrong: 6, right: 20 } },
    });
    expect(await html(`/workflows/${WORKFLOW}/review`)).toContain("ticket-triage asks about every write");
  });

  it("does not count what was found before a person closed it, nor what is older than four weeks", async () => {
    await many(10, "wrong", 0.95, now - 29 * DAY);
    await many(10, "right");
    expect(await checkBreaker(contextOf(open), OWNER, WORKFLOW, now)).toMatchObject({ value: { tripped: false } });
    await many(10, "wrong", 0.95, now - 3 * DAY);
    expect(await checkBreaker(contextOf(open), OWNER, WORKFLOW, now)).toMatchObject({ value: { tripped: true } });
    await open.db
      .prepare("update breaker set closed_at = ?, closed_by = 'ada@example.com', closed_because = 'a new prompt'")
      .bind(now)
      .run();
    expect(await checkBreaker(contextOf(open), OWNER, WORKFLOW, now + MINUTE)).toMatchObject({
      value: { tripped: false, judged: [{ counts: { wrong: 0 } }] },
    });
  });

  it("is judged on the page by the process owner, and says of what it cannot judge that no certificate names a limit", async () => {
    expect(await (await open.form(`/workflows/${WORKFLOW}/review/breaker`, {})).text()).toContain("did not trip");
    open = await openConsole([]);
    expect(await (await open.form(`/workflows/${WORKFLOW}/review/breaker`, {})).text()).toContain("that cannot be judged");
    expect(await checkBreaker(contextOf(open), { ...OWNER, grants: [{ role: "reviewer", workflow: "*" }] }, WORKFLOW, now)).toMatchObject({
      error: { code: "access.denied" },
    });
  });

  it("counts one decision's writes and no other's, and none that would be asked today", async () => {
    await many(3, "wrong");
    await many(30, "wrong", 0.85);
    expect(await checkBreaker(contextOf(open), OWNER, WORKFLOW, now)).toMatchObject({
      value: { judged: [{ counts: { written: 3, wrong: 3 } }] },
    });
    const span = { workflow: WORKFLOW, since: 0, until: now };
    expect(await countAudited(open.db, span, "triage")).toEqual({ written: 33, right: 0, wrong: 33, cannotTell: 0 });
    expect(await countAudited(open.db, span, "another")).toEqual({ written: 0, right: 0, wrong: 0, cannotTell: 0 });
  });
});

describe("shadow mode beside people", () => {
  const GROUPS = { support: 100, billing: 101 };
  /** A run that wanted billing and high for a ticket of support and normal, and could write nothing. */
  const withheld = (ticket: string, confidence: number, startedAt: number): Story => {
    const story = tell({ ending: "rejected", ticket: Number(ticket), confidence, startedAt });
    const entries = story.entries
      .filter(({ type }) => !type.startsWith("approval."))
      .map((entry) => (entry.type === "effect.refused" ? { ...entry, because: "shadow" as const, reason: "Shadow mode" } : entry));
    return { ...story, entries: entries.map((entry, index) => ({ ...entry, seq: index + 1 })) };
  };
  let same: string;
  let different: string;
  let untouched: string;
  let stories: Story[];
  beforeEach(async () => {
    const ticket = () => zendesk.add({ group_id: GROUPS.support, priority: "normal" });
    [same, different, untouched] = [ticket(), ticket(), ticket()];
    stories = [withheld(same, 0.9, now - 2 * DAY), withheld(different, 0.6, now - 2 * DAY), withheld(untouched, 0.95, now - 2 * DAY)];
    open = await openConsole([...stories, withheld(ticket(), 0.5, now - MINUTE)], { zendesk });
    zendesk.edit(same, { group_id: GROUPS.billing, priority: "high" });
    zendesk.edit(different, { group_id: GROUPS.billing });
  });
  const outcomes = async () =>
    (await open.db.prepare("select run, outcome from shadow_comparison").all<{ run: string; outcome: string }>()).results.sort((a, b) =>
      a.outcome < b.outcome ? -1 : 1,
    );

  it("is compared a day later by reads alone, field by field, and again while nobody has touched the record", async () => {
    expect(await sweepShadow(contextOf(open), now)).toBe(3);
    expect(zendesk.requests.length).toBeGreaterThan(0);
    expect(zendesk.requests.every(({ method }) => method === "GET")).toBe(true);
    expect(await outcomes()).toEqual([
      { run: stories[1]?.id, outcome: "different" },
      { run: stories[2]?.id, outcome: "not_done" },
      { run: stories[0]?.id, outcome: "same" },
    ]);
    expect(await sweepShadow(contextOf(open), now)).toBe(0);
    zendesk.edit(untouched, { group_id: GROUPS.billing, priority: "high" });
    zendesk.edit(same, { priority: "low" });
    // The one of today is a day old by then as well.
    expect(await sweepShadow(contextOf(open), now + DAY + 1)).toBe(2);
    expect((await outcomes()).map(({ outcome }) => outcome)).toEqual(["different", "not_done", "same", "same"]);
    expect(await sweepShadow(contextOf(open), now + 9 * DAY)).toBe(0);
  });

  it("is shown with agreement, fields, what differs first, and a copy that is on record", async () => {
    const asked = await open.form(`/workflows/${WORKFLOW}/shadow/compare`, {});
    expect([asked.status, asked.headers.get("location")]).toEqual([303, `/workflows/${WORKFLOW}/shadow?looked=4`]);
    const page = await html(`/workflows/${WORKFLOW}/shadow?looked=4&threshold=0.8`);
    expect(page).toContain("4 records were looked at.");
    expect(page).toContain("In 1 of 2 records people did what would have been written: 50.0 %");
    expect(page).toContain("1 of 2 would have been written automatically; in 0 of them people did otherwise");
    expect(page).toContain("93 are needed, 91 are missing");
    expect(page.indexOf(stories[1]?.id ?? "?")).toBeLessThan(page.indexOf(stories[0]?.id ?? "?"));
    expect(page).not.toContain(stories[2]?.id);
    const copy = await open.get(`/workflows/${WORKFLOW}/shadow/export`);
    expect(copy.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    const lines = (await copy.text()).trim().split("\r\n");
    expect(lines).toHaveLength(1 + 4 * 2);
    expect(lines.find((line) => line.includes(stories[1]?.id ?? "?") && line.includes('"priority"'))).toContain('"different"');
    expect(await open.db.prepare("select format from audit_export").first()).toEqual({ format: "shadow.csv" });
  });

  it("keeps no value of a record once its run was erased, and the outcome all the same", async () => {
    await sweepShadow(contextOf(open), now);
    await eraseRuns(open.db, [{ run: stories[1]?.id ?? "", event: null }], now + 90 * DAY);
    expect(await open.db.prepare("select outcome, fields from shadow_comparison where run = ?").bind(stories[1]?.id).first()).toEqual({
      outcome: "different",
      fields: null,
    });
    expect(await html(`/workflows/${WORKFLOW}/shadow`)).toContain("The values were removed");
  });

  it("says of a record that cannot be read why, and looks again the next day", async () => {
    zendesk = createFakeZendesk({ token: "z" });
    open = await openConsole(stories, { zendesk });
    expect(await sweepShadow(contextOf(open), now)).toBe(3);
    const row = await open.db.prepare("select outcome, because from shadow_comparison").first<{ outcome: string; because: string }>();
    expect(row?.outcome).toBe("unread");
    expect(row?.because).not.toBe("");
    expect(await sweepShadow(contextOf(open), now + DAY + 1)).toBe(3);
  });
});

describe("a second answer", () => {
  const TWICE: GovernanceSpec = { ...SPEC, review: { ...SPEC.review, blindSecond: 1 } };
  let story: Story;
  const as = (identity: string) =>
    openConsole([story], {
      spec: TWICE,
      env: { DEV_IDENTITY: `Somebody <${identity}>` },
      grants: [
        { principal: identity, role: "reviewer", workflow: WORKFLOW },
        { principal: "alan@example.com", role: "admin", workflow: "*" },
      ],
    });
  beforeEach(() => {
    story = tell({ ending: "edited", ticket: 7, startedAt: now - DAY, team: "billing", priority: "urgent", confidence: 0.713 });
  });

  it("is asked of somebody else, who sees the record and neither proposal, first answer nor how sure the model was", async () => {
    open = await as("ada@example.com");
    expect(await html(`/workflows/${WORKFLOW}/second-reviews`)).toContain("Nothing to answer");
    open = await as("grace@example.com");
    const page = await html(`/workflows/${WORKFLOW}/second-reviews`);
    expect(page).toContain("Charged twice for order 48213");
    for (const hidden of ["ada@example.com", "71.3", "71.4", "selected", "checked", story.id]) expect(page, hidden).not.toContain(hidden);
    // Every listed value is offered in the spec's order; what was proposed stands out nowhere else.
    expect(page.match(/returns/g)).toHaveLength(2);
    expect(page.match(/urgent/g)).toHaveLength(2);
  });

  it("is recorded once, changes nothing, and shows in the review how far two people agree", async () => {
    open = await as("grace@example.com");
    const to = `/workflows/${WORKFLOW}/second-reviews/${story.approvalId}`;
    const unchosen = await open.form(to, { "value:group": '"returns"' });
    expect([unchosen.status, await unchosen.text()]).toEqual([400, expect.stringContaining("priority: choose one of the listed values")]);
    const done = await open.form(to, { "value:group": '"returns"', "value:priority": '"urgent"' });
    expect([done.status, done.headers.get("location")]).toEqual([303, `/workflows/${WORKFLOW}/second-reviews?answered=yes`]);
    expect(open.asked).toEqual([]);
    expect((await open.form(to, { reject: "yes", note: "no" })).status).toBe(404);
    const { second } = (await (await open.get(`/api/workflows/${WORKFLOW}/review`)).json()) as { second: object };
    expect(second).toMatchObject({ reviewed: 1, same: 1 });
    await eraseRuns(open.db, [{ run: story.id, event: null }], now + 90 * DAY);
    expect(await open.db.prepare("select kind, body from second_review").first()).toEqual({ kind: "set", body: null });
  });
});
