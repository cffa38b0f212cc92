import { beforeAll, describe, expect, it } from "vitest";
import type { Approval, Decision } from "../../../src/core/approval.ts";
import type { Failure } from "../../../src/core/errors.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import { everywhere, type Principal } from "../../../src/core/principal.ts";
import { erasableRuns, eraseRuns } from "../../../src/db/erasure.ts";
import {
  type ApprovalDetail,
  type DeadLetterRow,
  type ListedApproval,
  listApprovals,
  listRuns,
  type RunDetail,
  readApproval,
  readRun,
} from "../../../src/db/reads.ts";
import type { Entry, NewEntry } from "../../../src/engine/journal.ts";
import { ApprovalPage } from "../../../src/http/pages/approval-page.tsx";
import { ApprovalsPage } from "../../../src/http/pages/approvals-page.tsx";
import { DeadLettersPage } from "../../../src/http/pages/dead-letters-page.tsx";
import { ErrorPage } from "../../../src/http/pages/error-page.tsx";
import { relativesOf } from "../../../src/http/pages/relatives.tsx";
import { RunPage } from "../../../src/http/pages/run-page.tsx";
import { RunsPage } from "../../../src/http/pages/runs-page.tsx";
import { fakeD1 } from "./fake-d1.ts";
import { approveSpec, DAY, type Ending, MINUTE, NOW, project, type Telling, tell } from "./stories.ts";

const ada: Principal = {
  kind: "person",
  id: "ada@example.com",
  name: "Ada Reviewer",
  grants: everywhere("reviewer", "operator", "auditor"),
};
const frame = { principal: ada, pending: 2, stopped: [] };
const list = { filter: {}, workflows: ["ticket-triage"], next: null, matching: null, counted: 1000, now: NOW };
const EVIL = `<script>alert(1)</script>"'&<img src=x onerror=alert(1)>`;
const slack = {
  system: "Slack",
  summary: "Post",
  effect: "send",
  undo: "irreversible",
  because: "People may have read the message",
} as const;

async function detailsOf(telling: Telling): Promise<{ approval: ApprovalDetail; run: RunDetail; listed: readonly ListedApproval[] }> {
  const db = fakeD1();
  await approveSpec(db);
  const story = tell(telling);
  await project(db, story);
  const status = telling.ending === "asked" ? "pending" : "decided";
  return {
    approval: (await readApproval(db, story.approvalId)) as ApprovalDetail,
    run: (await readRun(db, story.id)) as RunDetail,
    listed: (await listApprovals(db, { within: "*", status, limit: 10 })).rows,
  };
}

const approvalPage = async (telling: Partial<Telling>, more: object = {}, as: Principal = ada) => {
  const { approval } = await detailsOf({ ending: "asked", ticket: 5158, ...telling });
  return String(<ApprovalPage frame={{ ...frame, principal: as }} detail={approval} action={null} now={NOW} {...more} />);
};
const runPage = async (ending: Ending, more: object = {}) => {
  const { run } = await detailsOf({ ending, ticket: 5158 });
  return String(<RunPage frame={frame} detail={run} actions={{ "slack.postMessage": slack }} now={NOW} {...more} />);
};
const letterOf = (more: Partial<DeadLetterRow>): DeadLetterRow => ({
  id: "dl_1",
  at: NOW,
  kind: "message",
  connection: null,
  source: "queue",
  reason: "not JSON",
  body: "{",
  replayedAt: null,
  replayedBy: null,
  outcome: null,
  run: null,
  open: true,
  ...more,
});
const forms = (html: string) => [...html.matchAll(/<form [^>]*action="([^"]*)"/g)].map((match) => match[1]);

describe("every page", () => {
  let pages: Record<string, string>;
  beforeAll(async () => {
    const evil: Telling = {
      ending: "asked",
      ticket: 5158,
      subject: EVIL,
      description: EVIL,
      team: EVIL,
      priority: EVIL,
      extra: { [EVIL]: EVIL },
    };
    const { approval, run, listed } = await detailsOf(evil);
    const dead = letterOf({
      id: EVIL,
      source: EVIL,
      reason: EVIL,
      body: EVIL,
      outcome: `refused: ${EVIL}`,
      replayedAt: NOW,
      replayedBy: EVIL,
      run: EVIL,
    });
    const filter = { status: "open", source: EVIL, reason: EVIL } as const;
    const failure = { code: "approval.edit_refused", message: EVIL, field: EVIL } as const;
    const draft = { kind: "edited", values: { [EVIL]: EVIL }, reason: EVIL };
    pages = {
      approvals: String(<ApprovalsPage frame={frame} status="pending" approvals={listed} next={`/approvals?after=${EVIL}`} now={NOW} />),
      approval: String(<ApprovalPage frame={frame} detail={approval} action={null} now={NOW} refused={failure} draft={draft} />),
      runs: String(
        <RunsPage
          {...list}
          frame={frame}
          filter={{ workflow: EVIL, error: EVIL }}
          runs={[{ ...run.run, subject: EVIL, workflow: EVIL }]}
          matching={1}
        />,
      ),
      run: String(<RunPage frame={frame} detail={run} actions={{}} now={NOW} refused={failure} />),
      deadLetters: String(
        <DeadLettersPage frame={frame} letters={[dead]} filter={filter} limit={1} now={NOW} answered={dead} refused={failure} />,
      ),
      error: String(<ErrorPage frame={{ principal: { ...ada, name: EVIL }, pending: 0, stopped: [] }} failure={failure} />),
    };
  });

  it("shows other people's text as text", () => {
    for (const [name, html] of Object.entries(pages)) {
      expect(html, name).not.toMatch(/<script|<img|onerror=alert\(1\)>"/);
      expect(html, name).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    }
  });

  it("has no script and no inline style", () => {
    for (const html of Object.values(pages)) expect(html).not.toMatch(/<script|<style| style="| on[a-z]+="/);
  });

  it("has one heading, a skip link to its content, and says who is signed in", () => {
    for (const [name, html] of Object.entries(pages)) {
      expect(html.match(/<h1>/g), name).toHaveLength(1);
      expect(html, name).toContain('<a class="skip" href="#main">');
      expect(html, name).toContain('<main id="main"');
      expect(html, name).toContain("Signed in as ");
    }
  });

  it("gives every form field a label and every id a single owner", () => {
    for (const [name, html] of Object.entries(pages)) {
      const ids = [...html.matchAll(/ id="([^"]*)"/g)].map((match) => match[1]);
      expect(new Set(ids).size, name).toBe(ids.length);
      for (const [, id] of html.matchAll(/<(?:select|textarea|input type="(?:text|radio)")[^>]* id="([^"]*)"/g))
        expect(html, name).toContain(`for="${id}"`);
      for (const [, described] of html.matchAll(/aria-describedby="([^"]*)"/g))
        for (const id of (described ?? "").split(" ")) expect(ids, name).toContain(id);
    }
  });

  it("loads itself again only where nothing can be entered", () => {
    const refreshing = Object.entries(pages).filter(([, html]) => html.includes('http-equiv="refresh"'));
    expect(refreshing.map(([name]) => name)).toEqual(["approvals"]);
    for (const [, html] of refreshing) expect(html).not.toContain("<form");
  });

  it("names the columns and rows of its tables", () => {
    for (const html of Object.values(pages)) for (const [cell] of html.matchAll(/<th\b[^>]*>/g)) expect(cell).toContain("scope=");
  });
});

describe("the inbox", () => {
  const inbox = async (startedAt: number) => {
    const { listed } = await detailsOf({ ending: "asked", ticket: 5158, startedAt });
    return String(<ApprovalsPage frame={frame} status="pending" approvals={listed} next={null} now={NOW} />);
  };

  it("says what is asked, why, how sure the model was and how long is left", async () => {
    const html = await inbox(NOW - 48 * MINUTE);
    expect(html).toContain("Set group to billing and priority to high on ticket/5158");
    expect(html).toContain("Charged twice for order 48213");
    expect(html).toContain("The model is only 71.4 % sure, threshold 80.0 %");
    expect(html).toContain("71.4 % sure</p>");
    expect(html).toContain("decide within 3 h 12 min");
  });

  it("marks what is nearly and what is overdue in words, not only in colour", async () => {
    expect(await inbox(NOW - 215 * MINUTE)).toMatch(/class="card ask soon".*decide within 25 min/s);
    expect(await inbox(NOW - 300 * MINUTE)).toMatch(/class="card ask overdue".*overdue by 59 min/s);
  });

  it("says what will appear in it while it is empty", () => {
    const html = (status: "pending" | "decided") =>
      String(<ApprovalsPage frame={frame} status={status} approvals={[]} next={null} now={NOW} />);
    expect(html("pending")).toContain("Nothing waits for a decision");
    expect(html("pending")).toContain("appears here");
    expect(html("decided")).toContain("Nothing has been decided yet");
  });

  it("shows of a decided one how, by whom and when", async () => {
    const { listed } = await detailsOf({ ending: "rejected", ticket: 5158 });
    const html = String(<ApprovalsPage frame={frame} status="decided" approvals={listed} next="/next" now={NOW} />);
    expect(html).toContain("Rejected");
    expect(html).toContain("by grace@example.com");
    expect(html).toContain('href="/next"');
  });
});

describe("a pending approval", () => {
  it("shows the record, the model's answer with its alternatives, the reason and the exact change", async () => {
    const html = await approvalPage({}, { held: { triage: { whole: { kind: "number", threshold: 0.8 }, fields: { team: 0.8 } } } });
    expect(html).toContain("I only placed one order.");
    expect(html).toContain("Noor Haddad");
    expect(html).toMatch(/team<\/span>.*billing.*71\.4 %.*or<\/span>.*returns.*20\.0 %/s);
    expect(html).toContain("acts alone from 80.0 %");
    expect(html).toContain("Rule confidence_below of ticket-triage’s governance spec, version 3, owned by head.of.support@example.com.");
    expect(html).toMatch(
      /<th scope="row">group<\/th><td class="before"><span class="value">support<\/span><\/td><td class="after"><span class="value">billing/,
    );
  });

  it("says that the built-in model is not a language model, and names any other", async () => {
    expect(await approvalPage({})).toContain("Built-in statistical model, not a language model");
    const html = await approvalPage({ model: { provider: "openai", model: "gpt-4.1-mini-2025-04-14" } });
    expect(html).toContain("Answered by openai");
    expect(html).toContain("gpt-4.1-mini-2025-04-14");
    expect(html).not.toContain("not a language model");
  });

  it("says that a model gave no measure of how sure it is, instead of showing a number", async () => {
    const { approval } = await detailsOf({ ending: "asked", ticket: 1 });
    const decisions = approval.decisions.map((decision) => ({
      ...decision,
      source: "none" as const,
      fields: {},
      confidence: 0,
      notSent: ["ticket.card"],
    }));
    const html = String(<ApprovalPage frame={frame} detail={{ ...approval, decisions }} action={null} now={NOW} />);
    expect(html).toContain("gives no measure of how sure it is");
    expect(html).toContain("Not sent to the model: ticket.card.");
    expect(html).not.toContain('class="bar strong"');
  });

  it("has a form for every answer, each bound to the digest of what is shown", async () => {
    const html = await approvalPage({});
    const { approval } = await detailsOf({ ending: "asked", ticket: 5158 });
    const { id, digest } = approval.approval.approval;
    expect(forms(html)).toEqual(Array(6).fill(`/approvals/${id}/decision?shown=${NOW}`));
    expect(html.match(new RegExp(`name="digest" value="${digest}"`, "g"))).toHaveLength(6);
    const kinds = ["approved", "edited", "rejected", "insufficient", "ask", "reassign"];
    expect([...html.matchAll(/name="kind" value="(\w+)"/g)].map((match) => match[1])).toEqual(kinds);
    expect(html).toMatch(/<textarea id="reason"[^>]* required=""/);
  });

  it("edits each value with what fits it: a list from the spec, a text, JSON", async () => {
    const html = await approvalPage({ extra: { note: "Second\ncontact", reopen: true } });
    expect(html).toMatch(/<select id="field-0" name="value:group".*<option value="billing" selected="">/s);
    expect(html).toMatch(/<textarea id="field-2" name="value:note"[^>]*>\nSecond\ncontact/);
    expect(html).toContain("At most 200 characters.");
    expect(html).toMatch(/<input id="field-3" name="value:reopen"[^>]* value="true"/);
  });

  it("keeps what was entered when it is refused, and points to the field", async () => {
    const refused = { code: "approval.edit_refused", message: "note: is longer than 200 characters", field: "note" };
    const draft = { kind: "edited", values: { group: "returns", priority: "low", note: "too long" }, reason: "" };
    const html = await approvalPage({ extra: { note: "short" } }, { refused, draft });
    expect(html).toMatch(/role="alert".*href="#field-2"/s);
    expect(html).toMatch(/<details open="">.*<option value="returns" selected="">/s);
    expect(html).toMatch(/<input id="field-2"[^>]* aria-invalid="true"[^>]* value="too long"/);
  });

  it("says every reason that it is asked for, each of them as text", async () => {
    const { approval } = await detailsOf({ ending: "asked", ticket: 1 });
    const why = {
      rule: "large_change",
      why: "Changes above 500 are the CFO's",
      also: ["A VIP customer (could not be checked: No such key: tags)", EVIL],
    };
    const detail = { ...approval, approval: { ...approval.approval, approval: { ...approval.approval.approval, ...why } } };
    const html = String(<ApprovalPage frame={frame} detail={detail} action={null} now={NOW} />);
    expect(html).toMatch(
      /<p>Changes above 500 are the CFO(&#39;|')s\.<\/p><p>A VIP customer \(could not be checked: No such key: tags\)\.<\/p>/,
    );
    expect(html).toContain("Rule large_change of");
    expect(html).not.toContain("<script>");
  });

  it("says whether the change can be undone", async () => {
    expect(await approvalPage({})).toContain("Can be undone: an undo puts back each old value");
    const { approval } = await detailsOf({ ending: "asked", ticket: 1 });
    const effect = approval.effect && { ...approval.effect, body: { ...approval.effect.body, undo: "irreversible" as const } };
    expect(String(<ApprovalPage frame={frame} detail={{ ...approval, effect }} action={slack} now={NOW} />)).toMatch(
      /Cannot be undone\.<\/strong> People may have read the message/,
    );
  });

  it("has no form for somebody who may not decide it, and says who may", async () => {
    const eve = { ...ada, id: "eve@example.com" };
    for (const reader of [eve, { ...ada, grants: everywhere("auditor") }]) {
      const html = await approvalPage({}, {}, reader);
      expect(forms(html)).toEqual([]);
      expect(html).toContain("The governance spec names ada@example.com and grace@example.com.");
    }
  });
});

describe("a question that is not about a write", () => {
  const EVIL_FACTS = { tenant: "acme", [EVIL]: EVIL };
  async function questionPages(decision: Decision | null = null, { reader = ada, values = EVIL_FACTS as JsonObject, ...more }: Asked = {}) {
    const db = fakeD1();
    await approveSpec(db);
    const { id, event, entries, startedAt } = tell({ ticket: 7, ending: "retrying" });
    const approval: Approval = {
      id: "apr_question",
      step: "cut off",
      action: "",
      target: "7",
      before: {},
      values,
      digest: "d".repeat(64),
      rule: "workflow",
      why: `Shall acme be cut off? ${EVIL}`,
      question: `Shall acme be cut off? ${EVIL}`,
      reviewers: ["ada@example.com", "grace@example.com"],
      requestedAt: NOW - MINUTE,
      expiresAt: NOW + 60 * MINUTE,
    };
    const told: NewEntry[] = [
      { type: "question.asked", step: "cut off", args: "a" },
      { type: "approval.requested", step: "cut off", approval },
      ...(decision ? [{ type: "approval.decided", step: "cut off", approvalId: approval.id, decision } as const] : []),
    ];
    const journal = [...entries.slice(0, 1), ...told.map((entry, index) => ({ ...entry, seq: index + 2, at: NOW }) as Entry)];
    const on = { kind: "approval", approvalId: approval.id, step: "cut off", until: approval.expiresAt } as const;
    await project(db, { id, event, entries: journal, state: { status: "waiting", on }, startedAt, approvalId: approval.id });
    const detail = (await readApproval(db, approval.id)) as ApprovalDetail;
    const listed = (await listApprovals(db, { within: "*", status: decision ? "decided" : "pending", limit: 10 })).rows;
    return {
      page: String(<ApprovalPage frame={{ ...frame, principal: reader }} detail={detail} action={null} now={NOW} {...more} />),
      inbox: String(<ApprovalsPage frame={frame} status={decision ? "decided" : "pending"} approvals={listed} next={null} now={NOW} />),
      run: String(<RunPage frame={frame} detail={(await readRun(db, id)) as RunDetail} actions={{}} now={NOW} />),
    };
  }
  interface Asked {
    readonly reader?: Principal;
    readonly values?: JsonObject;
    readonly refused?: Failure;
  }

  it("has the question as its heading and the facts as a table, both as text", async () => {
    const { page } = await questionPages();
    expect(page).toMatch(/<h1>Shall acme be cut off\? &lt;script&gt;/);
    expect(page).toContain("The facts");
    expect(page).toMatch(/<th scope="row">tenant<\/th><td class="after"><span class="value">acme/);
    expect(page).toContain('<th scope="col">Fact</th>');
    expect(page).not.toContain("<script>");
  });

  it("is approved or rejected, and has no fields to edit", async () => {
    const { page } = await questionPages();
    expect([...page.matchAll(/name="kind" value="(\w+)"/g)].map((match) => match[1])).toEqual([
      "approved",
      "rejected",
      "insufficient",
      "ask",
      "reassign",
    ]);
    expect(page.match(/name="digest" value="d{64}"/g)).toHaveLength(5);
    expect(page).not.toContain('name="value:');
  });

  it("speaks of no change, no rule and no undo", async () => {
    const { page } = await questionPages();
    expect(page).not.toMatch(/exact change|Rule workflow|undone|is written, and recorded|Reject this change/i);
    expect(page).toContain("You are a reviewer in ticket-triage’s governance spec, version 3");
  });

  it("without facts has no table", async () => {
    const { page } = await questionPages(null, { values: {} });
    expect(page).not.toContain("The facts");
    expect(page).not.toContain("<table");
  });

  it("is in the inbox by its own words, once; and in its run", async () => {
    const { inbox, run } = await questionPages();
    expect(inbox.match(/Shall acme be cut off/g)).toHaveLength(1);
    expect(inbox).toContain('href="/approvals/apr_question"');
    expect(run).toContain("“Shall acme be cut off?");
    expect(run).not.toContain("<script>");
  });

  it.each([
    [{ kind: "approved", by: "grace@example.com" }, "Approved by grace@example.com"],
    [{ kind: "rejected", by: "grace@example.com", reason: "They have paid" }, "They have paid"],
    [{ kind: "expired" }, "Nobody answered in time"],
  ] as const)("that was answered shows how and has no form: %j", async (decision, text) => {
    const { page } = await questionPages(decision);
    expect(page).toContain(text);
    expect(page).not.toContain("nothing was written");
    expect(forms(page)).toEqual([]);
  });

  it("that was refused an answer says that it changed nothing", async () => {
    const refused = { code: "approval.not_reviewer", message: "eve is not among the reviewers" } as const;
    expect((await questionPages(null, { refused })).page).toContain(
      "Your answer changed nothing. Ask ada@example.com and grace@example.com",
    );
  });

  it("has no form for somebody who may not answer it", async () => {
    expect(forms((await questionPages(null, { reader: { ...ada, id: "eve@example.com" } })).page)).toEqual([]);
  });
});

describe("an approval that is no longer pending", () => {
  it.each([
    ["approved", "Approved by ada@example.com"],
    ["edited", "What the reviewer changed"],
    ["rejected", "This is a return, not a payment question"],
    ["expired", "Nobody decided in time, so nothing was written."],
    ["voided", "Open the approval that took its place"],
  ] as const)("%s: shows the outcome and no form", async (ending, text) => {
    const html = await approvalPage({ ending });
    expect(html).toContain(text);
    expect(forms(html)).toEqual([]);
  });
});

describe("the runs", () => {
  it("say what they wait for, and link to each", async () => {
    const { run } = await detailsOf({ ending: "asked", ticket: 5158 });
    const html = String(<RunsPage {...list} frame={frame} filter={{ status: "waiting" }} runs={[run.run]} />);
    expect(html).toContain("Waiting for a decision");
    expect(html).toContain("“route ticket”, 3 h 12 min left");
    expect(html).toContain("ticket-triage@1");
    expect(html).toContain(`href="/runs/${run.run.id}"`);
  });

  it("say what will appear while there are none", () => {
    expect(String(<RunsPage {...list} frame={frame} runs={[]} />)).toContain("/hooks/");
    expect(String(<RunsPage {...list} frame={frame} filter={{ status: "failed" }} runs={[]} />)).toContain("No failed runs");
  });

  it("come in an order that the database gives", async () => {
    const db = fakeD1();
    await project(db, tell({ ending: "asked", ticket: 1, startedAt: NOW - 5 }), tell({ ending: "asked", ticket: 2 }));
    const { rows } = await listRuns(db, { within: "*", limit: 5 });
    const html = String(<RunsPage {...list} frame={frame} runs={rows} />);
    expect(html.indexOf(">1</a>")).toBeLessThan(html.indexOf(">2</a>"));
  });
});

describe("a run", () => {
  it("offers to undo what can be undone, and says why the rest cannot", async () => {
    const html = await runPage("approved");
    expect(html.match(/action="[^"]*\/undo"/g)).toHaveLength(1);
    expect(html).toContain('name="step" value="route ticket"');
    expect(html).toContain("No undo: People may have read the message.");
  });

  it("offers no undo to somebody who is no operator, nor for what is undone already", async () => {
    expect(forms(await runPage("approved", { frame: { ...frame, principal: { ...ada, grants: everywhere("reviewer") } } }))).toEqual([]);
    expect(await runPage("undone")).not.toContain('name="step" value="route ticket"');
  });

  it("shows which fields an undo left alone", async () => {
    const html = await runPage("conflict");
    expect(html).toContain("Partly undone");
    expect(html).toMatch(/<strong>priority<\/strong>: written as .*high.* then changed to .*urgent/s);
  });

  it("asks an operator what became of an unknown write", async () => {
    const html = await runPage("unknown");
    expect([...html.matchAll(/name="choice" value="(\w+)"/g)].map((match) => match[1])).toEqual([
      "applied",
      "not_applied",
      "retry",
      "abandon",
    ]);
    expect(html).toContain("Outcome unknown");
  });

  it("links to the approval it waits for", async () => {
    expect(await runPage("asked")).toMatch(/class="button primary" href="\/approvals\/apr_/);
  });

  it("says why it failed", async () => {
    expect(await runPage("failed")).toMatch(/Why it failed.*the ticket is closed\./s);
  });

  it("confirms what was just done, and where to look for its result", async () => {
    expect(await runPage("approved", { notice: "approved" })).toMatch(
      /role="status".*Approved\. Interlock writes the change now\..*load it again/s,
    );
  });
});

describe("a run whose contents were removed", () => {
  const erased = async (ending: Ending) => {
    const db = fakeD1();
    await approveSpec(db);
    const story = tell({ ending, ticket: 5158 });
    await project(db, story);
    const at = NOW + 40 * DAY;
    await eraseRuns(db, await erasableRuns(db, at, 10, []), at);
    const run = (await readRun(db, story.id)) as RunDetail;
    const approval = (await readApproval(db, story.approvalId)) as ApprovalDetail;
    return {
      run: String(<RunPage frame={frame} detail={run} actions={{}} now={at} />),
      approval: String(<ApprovalPage frame={frame} detail={approval} action={null} now={at} />),
    };
  };

  it("says since when and why, and still shows who did what and when", async () => {
    const { run } = await erased("approved");
    expect(run).toContain("was removed after 40 days, as its governance spec and its data flow say");
    expect(run).toContain("Update ticket on ticket/5158. The values were removed after 40 days.");
    expect(run).toContain("approval: decided");
    expect(run).toContain("approval.decided · ada@example.com");
    expect(run).not.toMatch(/billing|Noor|null|undefined|The event’s data|The run’s output/);
  });

  it("offers no undo, and says why", async () => {
    const { run } = await erased("approved");
    expect(forms(run)).toEqual([]);
    expect(run).toContain("No undo: the old values were removed after 40 days.");
  });

  it("says of each approval how it ended, by whom and when", async () => {
    const { approval } = await erased("rejected");
    expect(approval).toContain("was removed after 40 days");
    expect(approval).toContain("Rejected by grace@example.com");
    expect(approval).not.toMatch(/billing|Noor|undefined|This is a return/);
    expect((await erased("expired")).approval).toContain("Nobody decided in time");
  });

  it("is a page after every ending", async () => {
    for (const ending of ["edited", "undone", "conflict", "expired"] as const)
      expect((await erased(ending)).run).toMatch(/was removed after (39|40) days/);
  });

  it("shows until when they are kept, before", async () => {
    expect(await runPage("approved")).toContain("Contents kept until");
    expect(await runPage("asked")).not.toContain("Contents kept until");
  });
});

describe("the dead letters", () => {
  const page = (letters: readonly DeadLetterRow[], more: object = {}, as: Principal = ada) =>
    String(
      <DeadLettersPage frame={{ ...frame, principal: as }} letters={letters} filter={{ status: "open" }} limit={100} now={NOW} {...more} />,
    );
  const reader: Principal = { ...ada, grants: everywhere("auditor") };

  it("say what would be kept while there are none, and that there are more than shown", () => {
    expect(page([])).toContain("No dead letters");
    expect(page([], { filter: { status: "open", source: "x" } })).toContain("No dead letters match");
    expect(page([], { filter: { status: "replayed" } })).toContain("Nothing was replayed yet");
    expect(page([letterOf({})], { limit: 1 })).toContain("The latest 1 are shown.");
  });

  it("offer an operator, and nobody else, the replay of each and of all that match", () => {
    const filter = { status: "open", source: "zendesk/a", reason: "spec" } as const;
    const html = page([letterOf({ id: "a/b" })], { filter });
    expect(forms(html)).toEqual(["/dead-letters", "/dead-letters/replay", "/dead-letters/a%2Fb/replay"]);
    expect(html.match(/<input type="hidden" name="source" value="zendesk\/a"/g)).toHaveLength(2);
    expect(html.match(/<input type="hidden" name="reason" value="spec"/g)).toHaveLength(2);
    expect(html).toMatch(/<input type="checkbox" id="confirmed" name="confirmed" value="yes" required/);
    const read = page([letterOf({})], { filter }, reader);
    expect(forms(read)).toEqual(["/dead-letters"]);
    expect(read).toContain("An operator can replay these.");
  });

  it("say how a replay ended and lead to its run, and offer it again only where it failed", () => {
    const ended = { replayedAt: NOW, replayedBy: "ada@example.com" };
    const done = letterOf({ ...ended, open: false, outcome: "started a run", run: "ticket-triage.1" });
    const html = page([done], { filter: { status: "replayed" }, answered: done });
    expect(html).toContain("Started a run.");
    expect(html).toContain("by ada@example.com");
    expect(html).toContain('href="/runs/ticket-triage.1"');
    expect(forms(html)).toEqual(["/dead-letters"]);
    const failed = letterOf({ ...ended, outcome: "refused: no spec" });
    const again = page([failed], { answered: failed });
    expect(again).toContain("The replay did not succeed");
    expect(forms(again)).toContain("/dead-letters/dl_1/replay");
  });

  it("say how many of several replays did not succeed", () => {
    expect(page([], { many: { replayed: 0, failed: 0 } })).toContain("No open letter matched.");
    expect(page([], { many: { replayed: 3, failed: 0 } })).toContain("3 letters replayed.");
    expect(page([], { many: { replayed: 3, failed: 1 } })).toContain("1 of 3 letters did not succeed");
  });
});

describe("a run's relatives", () => {
  const row = (type: string, body: object, step: string | null = null) => ({
    seq: 1,
    at: NOW,
    actor: "interlock",
    type,
    step,
    body: body as never,
  });
  const started = (step: string, waits: boolean) => row("child.started", { child: `of ${step}`, workflow: "count", waits }, step);

  it("are none for a run of an event that starts no other", async () => {
    expect(await runPage("approved")).not.toContain("Other runs");
  });

  it("are linked: what it started, whom it waits for, what goes on in its place", async () => {
    const { run } = await detailsOf({ ending: "approved", ticket: 5158 });
    const audit = [
      row("run.started", { event: {}, origin: { kind: "child", parent: `p/${EVIL}` } }),
      started("first", true),
      row("child.ended", { state: { status: "completed", output: 1 } }, "first"),
      started("second", true),
      started("third", false),
      started("continueAsNew", false),
    ];
    expect(relativesOf(audit).map(({ says, run: id }) => `${says} ${id}`)).toEqual([
      "“first” started of first",
      "“second” waits for of second",
      "“third” started of third",
      "Goes on as of continueAsNew",
    ]);
    const page = String(<RunPage frame={frame} detail={{ ...run, audit }} actions={{}} now={NOW} />);
    expect(page).toContain('<a href="/runs/of%20second">of second</a>');
    expect(page).not.toContain("<script>alert");
  });
});
