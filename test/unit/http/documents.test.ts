// The documents to print: the Governance Specification says all of a spec in words and whether its text is the one that was approved; the Art. 30 sheet says what is
// declared, what is on record, and loudly what is missing.
import { describe, expect, it } from "vitest";
import type { GovernanceSpec } from "../../../src/governance/spec.ts";
import { readDataFlow } from "../../../src/operations/read-data-flow.ts";
import { acme, ada, asking, dora, openPapers } from "./papers.ts";
import { approveSpec, SPEC } from "./stories.ts";

const FULL: GovernanceSpec = {
  ...SPEC,
  version: 9,
  regulated: "credit",
  thresholds: { triage: 0.82, score: { certificate: "cert-7" } },
  alwaysAsk: [{ decision: "triage", field: "team", equals: "privacy", because: "It has a legal deadline" }],
  actions: {
    "zendesk.updateTicket": {
      ask: "always",
      fields: {
        group: { oneOf: ["billing", null] },
        amount: { range: { min: 0, max: 500 }, maxChange: { absolute: 50, percent: 10 } },
        code: { pattern: "[A-Z]{2}", maxLength: 2 },
        status: { transitions: [["open", "paid"]] },
      },
      never: ["bank.iban"],
      rules: [
        { name: "large", when: "delta.amount > 20.0", outcome: "ask", ask: ["group:finance"], reason: "Large changes are Finance’s" },
        { name: "closed", when: "before.status == 'closed'", outcome: "deny", reason: "Closed is closed" },
      ],
    },
    "slack.postMessage": { ask: "never", fields: { text: {} } },
  },
  review: {
    reviewers: ["ada@example.com", "group:finance"],
    groups: { finance: ["cfo@example.com", "fin@example.com"] },
    approvals: 2,
    slaMinutes: 240,
    remindAfterMinutes: [60, 120],
    escalation: [{ to: ["boss@example.com"], minutes: 60 }],
    onExpiry: "cancel",
    delegations: [{ from: "ada@example.com", to: "fin@example.com", start: "2026-12-20", end: "2027-01-05" }],
  },
  auditSampling: 0.05,
  budget: { usdPerDay: 12.5, usdPerRun: 0.2, onReached: "ask" },
  limits: { writesPerHour: 40, valuePerDay: [{ action: "zendesk.updateTicket", field: "amount", max: 2000 }] },
  onFailure: "compensate",
  rollback: { procedure: "Call the desk", owner: "desk@example.com", windowDays: 20 },
  retention: { payloadDays: 90 },
};

const text = (html: string): string =>
  html
    .replace(/<[^>]*>/g, " ")
    .replaceAll("&#39;", "'")
    .replaceAll("&quot;", '"')
    .replaceAll("&gt;", ">")
    .replace(/\s+/g, " ");

describe("the Governance Specification", () => {
  it("says in words everything that the spec says", async () => {
    const { page, db } = await openPapers();
    await approveSpec(db, FULL);
    const seen = text(await page(ada, "/specs/ticket-triage/9/document"));
    for (const said of [
      "ticket-triage, version 9",
      "head.of.support@example.com",
      "Regulated (credit)",
      "A person decides on every write",
      "From a confidence of 82.0 % on, without asking",
      "the confidence that certificate cert-7 proves",
      "Always asked, however sure: triage with team “privacy”. It has a legal deadline.",
      "A person is asked every time.",
      "One of billing and nothing (the field is cleared).",
      "A number from 0 up to 500; a change of at most 50 and 10 %.",
      "At most 2 characters; a text that as a whole matches [A-Z]{2}.",
      "Only from open to paid.",
      "Never touched bank.iban",
      "Is asked of the group finance: delta.amount > 20.0 Large changes are Finance’s.",
      "Is denied: before.status == 'closed' Closed is closed.",
      "Any value.",
      "It cannot be undone. People may have read the message.",
      "At most $12.5 for model calls in a day of UTC, all runs together.",
      "At most $0.2 for the model calls of one run.",
      "A call for which there is no room is not made: a person makes the decision.",
      "Asked: ada@example.com and the group finance.",
      "Group finance cfo@example.com and fin@example.com",
      "2 different people must agree to one change.",
      "They have 4 h.",
      "They are reminded after 1 h and 2 h.",
      "After that time boss@example.com may decide as well, for 1 h.",
      "the run is cancelled.",
      "fin@example.com decides in the place of ada@example.com from 2026-12-20 to 2027-01-05, both days included.",
      "5.0 % of the writes that nobody was asked about are looked at by a person afterwards.",
      "At most 40 writes in an hour",
      "At most 2000 in a day by amount of zendesk.updateTicket",
      "Call the desk.",
      "desk@example.com answers for it.",
      "Writes may be undone for 20 days after they were made.",
      "because it is regulated: taking them back is a person’s to decide",
      "erased 30 days after its last entry: this specification would keep them for 90 days, but the data element ticket.subject may not be kept longer",
      "An action or a field that this spec does not list is denied.",
      "As read on 2026-11-22 by engineers. This is not legal advice, and no statement that anything is met.",
      "AI Act, Art. 14 and 26(2)",
    ])
      expect(seen).toContain(said);
  });

  it("names who approved exactly which text, and holds the text whose SHA-256 that is", async () => {
    const { page, db } = await openPapers();
    const row = await db.prepare("select digest, body from governance_spec where version = 3").first<{ digest: string; body: string }>();
    const seen = await page(ada, "/specs/ticket-triage/3/document");
    expect(text(seen)).toContain("by head.of.support@example.com on 23 Nov 2026, 14:30 UTC, for exactly this text");
    expect(seen).toContain(`<code>${row?.digest}</code>`);
    expect(text(seen)).toContain(JSON.parse(row?.body ?? "{}").rollback.procedure);
    expect(seen).not.toContain("is not the text that was put on record");
  });

  it("says loudly that a text is another than the recorded one, that a version is not in force, and that a text cannot be read", async () => {
    const { page, db } = await openPapers();
    const insert = (version: number, status: string, body: string) =>
      db
        .prepare(
          "insert into governance_spec (workflow, version, status, body, digest, author, created_at) values ('ticket-triage', ?, ?, ?, 'abc', 'ann@example.com', 1)",
        )
        .bind(version, status, body)
        .run();
    await insert(20, "draft", JSON.stringify({ ...SPEC, version: 20 }));
    const draft = text(await page(ada, "/specs/ticket-triage/20/document"));
    expect(draft).toContain("it is not the text that was put on record");
    expect(draft).toContain("This version is not in force: its status is “draft”.");
    expect(draft).toContain("Approved by nobody");
    await insert(21, "draft", "{}");
    expect(text(await page(ada, "/specs/ticket-triage/21/document"))).toContain("does not fit the schema of this release");
  });

  it("shows the data flow’s approval, or that there is none", async () => {
    const { page, form, env } = await openPapers();
    expect(await page(ada, "/specs/ticket-triage/3/document")).toContain("No data-protection officer has approved the data flow.");
    const read = await readDataFlow({ env, deployment: asking }, "ticket-triage", Date.now());
    if (!read.ok) throw new Error(read.error.message);
    await form(dora, "/workflows/ticket-triage/data-flow", { digest: read.value.digest });
    expect(await page(ada, "/specs/ticket-triage/3/document")).toContain(`for exactly the text with SHA-256 ${read.value.digest}`);
  });

  it("is not there for a version that there is not", async () => {
    const { get } = await openPapers();
    expect((await get(ada, "/specs/ticket-triage/77/document")).status).toBe(404);
    expect((await get(ada, "/specs/nothing/3/document")).status).toBe(404);
    expect((await get(ada, "/specs/ticket-triage/first/document")).status).toBe(400);
  });
});

describe("the Art. 30 sheet", () => {
  const SHEET = "/workflows/ticket-triage/art-30";

  it("says what is missing: the controller, the approval, the provider’s card", async () => {
    const { page } = await openPapers();
    const seen = text(await page(ada, SHEET, { ...asking, processing: {} }));
    expect(seen).toContain("Not configured: name the controller");
    expect(seen).toContain("Categories of data subjects are not configured");
    expect(seen).toContain("No data-protection officer has approved this data flow.");
    expect(seen).toContain("acme at api.acme.example No card on record; nothing is sent not on record not on record not on record");
  });

  it("says what is on record: controller, people, elements, agreement, transfer, time limits, measures", async () => {
    const { page, json } = await openPapers();
    await json(dora, "/api/provider-cards", {
      ...acme,
      dpaSignedOn: "2026-01-15",
      dpaExpires: null,
      region: "us",
      zeroRetention: false,
      transfer: "standard-clauses",
    });
    const controller = { name: "Example Ltd", contact: "privacy@example.com", dataProtectionOfficer: "dora@example.com" };
    const processing = { controller, dataSubjects: { "ticket-triage": ["customers", "suppliers"] } };
    const seen = text(await page(ada, SHEET, { ...asking, processing }));
    for (const said of [
      "Example Ltd",
      "privacy@example.com",
      "Data subjects: customers and suppliers.",
      "ticket.subject Personal data routing Legitimate interest, Art. 6(1)(f) Sent with tokens in the place of personal data (email, phone, card, iban, national-id, birth-date) 30 days",
      "Agreement in force. Signed on 2026-01-15, without an end us standard contractual clauses (Art. 46) may keep requests",
      "Zendesk",
      "updateTicket and addComment",
      "erased 30 days after its last entry",
      "It is not signed: no key is set.",
      "Interlock encrypts nothing itself",
      "As read on 2026-11-22",
    ])
      expect(seen).toContain(said);
    expect(seen).not.toContain("Not configured");
  });

  it("claims of no model inside the Worker that it is a recipient", async () => {
    const { page } = await openPapers();
    const { deployment } = await import("../../../src/config.ts");
    expect(text(await page(ada, SHEET, deployment))).toContain("builtin (built in) none needed: it runs inside this Worker");
  });
});
