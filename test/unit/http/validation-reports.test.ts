// The report of a validation over HTTP: read as it was issued, looked at with another threshold, taken along as a file, and computed anew when a label was wrong. What a
// record said never becomes markup, a formula, or a part of the report that stays.
import { describe, expect, it } from "vitest";
import { digest } from "../../../src/core/json.ts";
import type { Role } from "../../../src/core/principal.ts";
import { issueFirstReport } from "../../../src/operations/validation-reports.ts";
import type { ValidatedRecord } from "../../../src/validation/record.ts";
import type { ValidationReport } from "../../../src/validation/report-shape.ts";
import { openConsole } from "./console.ts";
import { codeOf, FACTS, finished, labelledRecords, underWay } from "./validations.ts";

const AT = `/validations/${FACTS.id}`;
const RECORDS = labelledRecords(300);

const opened = async (records: readonly ValidatedRecord[] = RECORDS, roles?: readonly Role[]) => {
  const grants = roles && { grants: roles.map((role) => ({ principal: "ada@example.com", role, workflow: "ticket-triage" })) };
  const console = await openConsole([], grants);
  const issued = await finished(console.env, { facts: FACTS, records });
  return { ...console, issued };
};

const words = (html: string): string =>
  html
    .replace(/<(script|style)[\s\S]*?<\/\1>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replaceAll("&#39;", "'")
    .replaceAll("&quot;", '"')
    .replace(/\s+/g, " ");

interface ReportAnswer {
  readonly status: string;
  readonly digest: string | null;
  readonly report: ValidationReport | null;
  readonly revisions: readonly { readonly revision: number; readonly digest: string; readonly by: string | null }[];
}
const reportOf = async (answer: Response): Promise<ReportAnswer> => (await answer.json()) as ReportAnswer;

describe("a validation's report", () => {
  it("is one page: the verdict first, then the chart in words too, the gate, the mistakes, the fields, and what it rests on", async () => {
    const { get, issued } = await opened();
    const answer = await get(`${AT}/report`);
    expect(answer.status).toBe(200);
    const html = await answer.text();
    const seen = words(html);
    expect(seen).toContain(issued.report.verdict.sentence);
    expect(seen.indexOf(issued.report.verdict.sentence)).toBeLessThan(seen.indexOf("What may be written automatically"));
    for (const part of [
      "Written automatically",
      "Why not more?",
      "Mistakes, the surest first",
      "Each class of team",
      "Brier score",
      issued.digest,
    ])
      expect(seen).toContain(part);
    expect(html).toMatch(/<svg[^>]*role="img"[^>]*aria-label="Risk and coverage: from /);
    expect(html).toContain("<desc>");
    expect(html).not.toMatch(/<style|<script|style="/);
  });

  it("is issued once: whoever ends the validation again gets the same", async () => {
    const { env, issued } = await opened();
    const again = await issueFirstReport(
      env,
      { id: FACTS.id, workflow: FACTS.workflow, createdAt: 5 },
      { ...FACTS, finishedAt: FACTS.finishedAt + 5 },
      RECORDS,
    );
    expect(again).toEqual(issued);
  });

  it("stays as it was issued: D1 lets no row of it change or go", async () => {
    const { db } = await opened();
    for (const change of [
      "update validation_report set body = '{}'",
      "delete from validation_report",
      "insert or replace into validation_report (validation, revision, digest, body, at) values ('val_1', 1, 'x', '{}', 1)",
    ])
      await expect(db.prepare(change).run()).rejects.toThrow("append-only");
  });

  it("is compared with the validation of the same decision before it", async () => {
    const { env, get, issued } = await opened();
    const better = RECORDS.map((record) =>
      record.answer.kind === "answered" ? { ...record, answer: { ...record.answer, value: record.expected } } : record,
    );
    await finished(env, { facts: { ...FACTS, id: "val_2" }, records: better, createdAt: FACTS.startedAt + 1 });
    const { report } = await reportOf(await get("/api/validations/val_2/report"));
    const mistakes = issued.report.mistakes.total;
    expect(report?.comparison).toMatchObject({ id: "val_1", digest: issued.digest, records: 300, broken: [], same: 300 - mistakes });
    expect(report?.comparison?.fixed).toHaveLength(mistakes);
    expect(words(await (await get("/validations/val_2/report")).text())).toContain(`${mistakes} fixed, 0 broken`);
  });

  it("is not there before every record is answered, and the page says how many are", async () => {
    const { db, get } = await openConsole([]);
    await underWay(db, { facts: FACTS, records: RECORDS }, 40);
    for (const page of ["report", "threshold"])
      expect(words(await (await get(`${AT}/${page}`)).text())).toContain("40 of 300 records are answered");
    expect(await reportOf(await get(`/api${AT}/report`))).toMatchObject({ status: "running", report: null, revisions: [] });
    expect(await codeOf(await get(`/api${AT}/export/csv`))).toBe("validation.wrong_state");
  });

  it("is nothing for a validation or a revision that there is not", async () => {
    const { get } = await opened();
    expect((await get("/validations/val_9/report")).status).toBe(404);
    expect((await get(`${AT}/report?revision=2`)).status).toBe(404);
    expect((await get(`${AT}/report?revision=first`)).status).toBe(400);
    expect((await get(`${AT}/records/nobody`)).status).toBe(404);
    expect((await get(`${AT}/export/pdf`)).status).toBe(400);
  });
});

describe("the threshold screen", () => {
  it("shows what any threshold would do, and says whether it is proved", async () => {
    const { get, issued } = await opened();
    const { proved } = issued.report.gates;
    const at = async (query: string) => words(await (await get(`${AT}/threshold${query}`)).text());
    expect(await at("")).toContain("At the proved threshold");
    expect(await at(`?threshold=${proved.threshold}`)).toContain("which is proved");
    const looked = await at("?threshold=0.5");
    expect(looked).toContain("At 0.5, which is not proved");
    expect(looked).toContain("Looked at from score 0.5 on");
    expect(await at("?threshold=1")).toContain("At 1, which is not proved");
  });

  it("gives the same numbers to a program, from the answers that are there", async () => {
    const { get } = await opened();
    const { gate } = (await (await get(`/api${AT}/threshold?threshold=0.5`)).json()) as { gate: { sure: number; sureErrors: number } };
    const sure = RECORDS.filter(({ answer }) => answer.kind === "answered" && answer.score >= 0.5);
    const wrong = sure.filter(({ answer, expected }) => answer.kind === "answered" && answer.value.team !== expected.team);
    expect(gate).toMatchObject({ sure: sure.length, sureErrors: wrong.length });
  });

  it("tries another limit, and issues nothing by it", async () => {
    const { get } = await opened();
    const seen = words(await (await get(`${AT}/threshold?limit=0.02`)).text());
    expect(seen).toContain("Not proved: at most 2 % wrong");
    expect(seen).toContain("It is not issued, and proves nothing.");
    expect((await reportOf(await get(`/api${AT}/report`))).revisions).toHaveLength(1);
  });

  it("says what each threshold means in a month, from what the owner keeps for the business case", async () => {
    const { get, form, issued } = await opened();
    const missing = words(await (await get(`${AT}/threshold`)).text());
    expect(missing).toContain("so hours and money are not known. Enter them in the business case");
    const work = {
      volume: "4000",
      minutesManual: "6",
      minutesReview: "1.5",
      hourlyCost: "40",
      costPerError: "25",
      platformCost: "100",
      setupCost: "0",
    };
    expect((await form("/workflows/ticket-triage/business-case", work)).status).toBe(303);
    const seen = words(await (await get(`${AT}/threshold?threshold=0.5`)).text());
    const { proved, observed } = issued.report.gates;
    for (const head of ["In force now, 0.8", `Proved, ${proved.threshold}`, `Observed only, ${observed?.threshold}`, "Looked at, 0.5"])
      expect(seen).toContain(head);
    expect(seen).toMatch(/Wrong ones among them \S+, at most \S+/);
    expect(seen).toContain("Assumed by the owner (ada@example.com, ");
    expect(seen).toContain("4,000 records a month, 6 minutes by hand and 1.5 for a review");
    const { months } = (await (await get(`/api${AT}/threshold`)).json()) as { months: { choices: { name: string; month: object }[] } };
    expect(months.choices.map(({ name }) => name)).toEqual(["in_force", "proved", "observed"]);
    expect(months.choices[1]?.month).toMatchObject({ written: 4000 * proved.share });
  });

  it("shows hours and money only to whom the business case is shown", async () => {
    const { get } = await opened(RECORDS, ["author"]);
    const seen = words(await (await get(`${AT}/threshold`)).text());
    expect(seen).toContain("The process owner and the auditors of ticket-triage see hours and money here");
    expect(seen).not.toContain("Enter them");
  });

  it("names the field that is no number", async () => {
    const { get } = await opened();
    for (const query of ["threshold=high", "threshold=2", "limit=0", "limit=5%25"]) {
      const answer = await get(`/api${AT}/threshold?${query}`);
      expect([query, answer.status, ((await answer.json()) as { field?: string }).field]).toEqual([query, 400, query.split("=")[0]]);
    }
  });
});

describe("a label that looks wrong", () => {
  const wrong = RECORDS.find(
    ({ answer, expected }) => answer.kind === "answered" && answer.value.team !== expected.team,
  ) as ValidatedRecord;
  const given = wrong.answer.kind === "answered" ? (wrong.answer.value.team as string) : "";
  const form = { revision: "1", "label:team": given, reason: "The customer asks for <that> team" };

  it("is changed with a reason: a new revision says who, why and what was said before; the first stays", async () => {
    const { get, form: send, issued } = await opened();
    const before = await (await get(`/api${AT}/report?revision=1`)).text();
    const answer = await send(`${AT}/records/${wrong.id}`, form);
    expect([answer.status, answer.headers.get("location")]).toEqual([303, `${AT}/report`]);

    const { report, digest: now, revisions } = await reportOf(await get(`/api${AT}/report`));
    expect(report).toMatchObject({
      revision: 2,
      predecessor: { revision: 1, digest: issued.digest, verdict: issued.report.verdict },
      relabelled: [
        { record: wrong.id, before: { team: wrong.expected.team }, after: { team: given }, reason: form.reason, by: "ada@example.com" },
      ],
    });
    expect(digest(report)).toBe(now);
    expect(report?.accuracy.right).toBe(issued.report.accuracy.right + 1);
    expect(revisions.map(({ revision, by }) => [revision, by])).toEqual([
      [2, "ada@example.com"],
      [1, null],
    ]);
    expect(JSON.parse(await (await get(`/api${AT}/report?revision=1`)).text()).report).toEqual(JSON.parse(before).report);

    const page = await (await get(`${AT}/report`)).text();
    expect(words(page)).toContain("1 label was changed after the answers were seen. Revision 1 said: ");
    expect(page).toContain("The customer asks for &lt;that&gt; team");
    expect(words(await (await get(`${AT}/records/${wrong.id}`)).text())).toContain("Its label was changed");
  });

  it("is not changed on a revision that is not the newest, without a reason, to the same, or to what is no label", async () => {
    const { form: send, get } = await opened();
    const tried = async (fields: Record<string, string>) => {
      const answer = await send(`${AT}/records/${wrong.id}`, { ...form, ...fields });
      return [answer.status, words(await answer.text())] as const;
    };
    for (const [fields, status, said] of [
      [{ reason: " " }, 400, "Say why the label is wrong"],
      [{ "label:team": wrong.expected.team as string }, 400, "give a label that differs"],
      [{ "label:team": "nobody" }, 400, '"nobody" is not one of'],
      [{ "label:colour": "red" }, 400, "the labelled fields are team"],
      [{ revision: "2" }, 409, "at revision 1"],
    ] as const) {
      const [answered, text] = await tried(fields);
      expect([fields, answered]).toEqual([fields, status]);
      expect(text).toContain(said);
    }
    expect((await reportOf(await get(`/api${AT}/report`))).revisions).toHaveLength(1);
  });

  it("is changed by one of two who saw the same revision", async () => {
    const { json } = await opened();
    const input = { record: wrong.id, revision: 1, labels: { team: given }, reason: "so" };
    const answers = await Promise.all([json(`/api${AT}/relabel`, input), json(`/api${AT}/relabel`, input)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
  });

  it("is for whoever runs validations; an auditor reads, and finds no form", async () => {
    const { get, form: send } = await opened(RECORDS, ["auditor"]);
    const page = await get(`${AT}/records/${wrong.id}`);
    expect([page.status, (await page.text()).includes("<textarea")]).toEqual([200, false]);
    expect((await send(`${AT}/records/${wrong.id}`, form)).status).toBe(403);
  });
});

describe("what a record says", () => {
  const HOSTILE = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>`;
  const hostile: ValidatedRecord[] = RECORDS.map((record, index) => {
    if (index !== 0 || record.answer.kind !== "answered") return record;
    return {
      ...record,
      id: `=cmd|'${HOSTILE}`,
      input: { "ticket.subject": HOSTILE, "ticket.description": `=HYPERLINK("https://evil.example")` },
      answer: { ...record.answer, value: { team: HOSTILE }, score: 1 },
    };
  });

  it("never becomes markup: not on a page, and not in the file", async () => {
    const { get } = await opened(hostile);
    const id = encodeURIComponent(hostile[0]?.id as string);
    for (const place of [`${AT}/report`, `${AT}/threshold`, `${AT}/records/${id}`, `${AT}/export/html`]) {
      const answer = await get(place);
      const html = await answer.text();
      expect([place, answer.status]).toEqual([place, 200]);
      expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
      expect(html).not.toMatch(/<script|<img/);
    }
  });

  it("never becomes a formula of a spreadsheet", async () => {
    const { get } = await opened(hostile);
    const answer = await get(`${AT}/export/csv`);
    expect(answer.headers.get("content-disposition")).toBe('attachment; filename="interlock-validation-val_1-1.csv"');
    const csv = await answer.text();
    expect(csv).toContain(`"'=HYPERLINK(""https://evil.example"")"`);
    expect(csv).not.toMatch(/(^|,)"?[=+\-@]/m);
  });

  it("is in no report that stays: only labels and scores are", async () => {
    const { db } = await opened();
    const row = await db.prepare("select body from validation_report").first<{ body: string }>();
    expect(row?.body).toContain('"t-1');
    expect(row?.body).not.toContain("has a question");
  });
});

describe("the file", () => {
  it("needs nothing else: its style is in it, and it loads and runs nothing", async () => {
    const { get, issued } = await opened();
    const answer = await get(`${AT}/export/html`);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const html = await answer.text();
    expect(html).toMatch(/^<!doctype html>\s*<html lang="en">/);
    expect(html).toContain("<style>");
    expect(html).not.toMatch(/<link|<script|src=|href=/);
    expect(words(html)).toContain(issued.report.verdict.sentence);
    expect(words(html)).toContain(issued.digest);
  });

  it("is JSONL with the report and every record", async () => {
    const { get, issued } = await opened();
    const lines = (await (await get(`/api${AT}/export/jsonl`)).text()).trim().split("\n");
    expect(lines).toHaveLength(301);
    expect(JSON.parse(lines[0] as string)).toMatchObject({ kind: "report", digest: issued.digest });
  });
});
