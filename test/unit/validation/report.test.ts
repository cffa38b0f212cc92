// The report of a validation, computed whole: on records whose numbers are known by hand, and on the shared 300 records (../shared/vectors/stats.json; skipped without).
// That labels are corrected without a trace being lost, and that what goes into a spreadsheet stays text.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { digest } from "../../../src/core/json.ts";
import { decideCertificate } from "../../../src/validation/decide-certificate.ts";
import { judgeRecords } from "../../../src/validation/judged-records.ts";
import { computeGate } from "../../../src/validation/offline-gate.ts";
import type { RecordAnswer, ValidatedRecord, ValidationFacts } from "../../../src/validation/record.ts";
import { computeReport } from "../../../src/validation/report.ts";
import { recordsCsv, reportJsonl } from "../../../src/validation/report-export.ts";
import { type Relabelling, ValidationReport } from "../../../src/validation/report-shape.ts";

const SHARED = [process.env.SHARED, "../shared"]
  .filter((folder) => folder !== undefined)
  .find((folder) => existsSync(path.join(folder, "vectors/stats.json")));
const WHY = SHARED ? "" : " (skipped: ../shared/vectors/stats.json is not here)";

const FACTS: ValidationFacts = {
  id: "val_1",
  workflow: "desk",
  workflowVersion: 1,
  decision: "triage",
  fields: ["team"],
  dataset: { name: "june.csv", digest: "d1", rows: 0, rejected: 0 },
  specVersion: null,
  currentThreshold: null,
  limit: 0.05,
  confidence: 0.95,
  startedAt: 1000,
  finishedAt: 2000,
};

type Answered = Extract<RecordAnswer, { kind: "answered" }>;

const record = (number: number, score: number, given: string, truth: string, more: Partial<Answered> = {}): ValidatedRecord => ({
  id: `r${number}`,
  line: number + 1,
  input: { text: `text ${number}` },
  expected: { team: truth },
  answer: {
    kind: "answered",
    value: { team: given },
    score,
    fields: { team: { confidence: score, alternatives: [] } },
    source: "logprobs",
    basis: { prompt: "p", schema: "s" },
    provider: "acme",
    model: "m-1",
    costUsd: 0.001,
    promptTokens: 10,
    completionTokens: 2,
    latencyMs: number,
    ruling: null,
    ...more,
  },
});

const failed = (number: number, code = "model.unavailable"): ValidatedRecord => ({
  ...record(number, 0, "", "a"),
  answer: { kind: "failed", code, message: "No answer" },
});

/** 100 right at 0.9, then 10 at 0.5 of which 5 are wrong, then 2 without an answer. */
const KNOWN: readonly ValidatedRecord[] = [
  ...Array.from({ length: 100 }, (_, i) => record(i + 1, 0.9, i % 2 === 0 ? "a" : "b", i % 2 === 0 ? "a" : "b")),
  ...Array.from({ length: 10 }, (_, i) => record(i + 101, 0.5, "a", i < 5 ? "a" : "b")),
  failed(111),
  failed(112),
];

describe("a report", () => {
  it("says first what is proved, of all records and rounded against us", () => {
    const { report } = computeReport(FACTS, KNOWN);
    // 100 of 112 are 89.28 %.
    expect(report.verdict).toEqual({
      kind: "proved",
      sentence: "Proved: at most 5 % wrong among the 89.2 % written automatically, with 95 % confidence.",
    });
    expect(report.certification.kind === "certified" && report.certification.certified).toMatchObject({
      threshold: 0.9,
      accepted: 100,
      errors: 0,
    });
    expect(report.gates.proved).toMatchObject({
      records: 112,
      sure: 100,
      written: 100,
      errors: 0,
      asked: { unsure: 10, byRule: 0, failed: 2, uncovered: 0 },
      refused: 0,
    });
    expect(report.gates.proved.perThousand.written).toBeCloseTo((1000 * 100) / 112, 9);
    // 1 - 0.05^(1/100)
    expect(report.gates.proved.upper).toBeCloseTo(0.029513049607, 9);
    expect([report.answered, report.failed, report.accuracy.right]).toEqual([110, 2, 105]);
    expect(report.failures).toEqual([{ code: "model.unavailable", records: 2 }]);
  });

  it("says what would prove the next step", () => {
    const { next } = computeReport(FACTS, KNOWN).report;
    // The walk ended with all 110 accepted and 5 wrong: 208 prove that, by the table of exact sample sizes.
    expect(next).toEqual({ threshold: 0.5, accepted: 110, errors: 5, moreAccepted: 98, moreLabelled: Math.ceil((98 * 112) / 110) });
  });

  it("shows the surest mistakes first, and what is taken for what", () => {
    const records = [...KNOWN, record(120, 0.95, "b", "a")];
    const { mistakes, fields } = computeReport(FACTS, records).report;
    expect(mistakes.total).toBe(6);
    expect(mistakes.shown[0]).toMatchObject({
      id: "r120",
      score: 0.95,
      expected: { team: "a" },
      answered: { team: "b" },
      fields: ["team"],
    });
    expect(mistakes.shown.map(({ score }) => score)).toEqual([0.95, 0.5, 0.5, 0.5, 0.5, 0.5]);
    expect(fields[0]?.confusion).toEqual({
      labels: ["a", "b"],
      counts: [
        [55, 1],
        [5, 50],
      ],
    });
    expect(fields[0]?.mixups[0]).toEqual({ expected: "b", answered: "a", records: 5 });
  });

  it("counts cost where it is known, and says how often it is not", () => {
    const records = [record(1, 0.9, "a", "a"), record(2, 0.9, "a", "a", { costUsd: null }), record(30, 0.9, "a", "a", { costUsd: 0.003 })];
    const { cost, latency, tokens } = computeReport(FACTS, records).report;
    expect(cost).toEqual({ known: 2, unknown: 1, total: 0.004, p50: 0.001, p95: 0.003 });
    expect(latency).toMatchObject({ p50: 2, p95: 30 });
    expect(tokens).toEqual({ prompt: 30, completion: 6 });
  });

  it("says how many are missing where there are too few, and lets nothing through", () => {
    const { report } = computeReport(FACTS, KNOWN.slice(0, 80));
    expect(report.verdict).toEqual({
      kind: "too_few",
      sentence:
        "Too few: a proof of at most 5 % wrong among what is written automatically takes at least 93 answered records; 13 more are missing.",
    });
    expect(report.gates.proved).toMatchObject({ threshold: null, written: 0 });
    expect(report.next).toMatchObject({ moreAccepted: 13 });
  });

  it("is of nothing at all as well: no record, or no answer", () => {
    for (const records of [[], [failed(1)]]) {
      const { report } = computeReport(FACTS, records);
      expect(report.verdict.kind).toBe("too_few");
      expect(report.reliability).toBeNull();
      expect(ValidationReport.parse(report)).toEqual(report);
    }
  });

  it("says what is not proved, and by how much", () => {
    const records = Array.from({ length: 200 }, (_, i) => record(i + 1, 0.9, "a", i % 10 === 0 ? "b" : "a"));
    const { report } = computeReport(FACTS, records);
    expect(report.verdict).toEqual({
      kind: "not_proved",
      sentence: `Not proved: at most 5 % wrong among what is written automatically, with 95 % confidence. ${report.next?.moreAccepted} more accepted records without a mistake (about ${report.next?.moreLabelled} more labelled) would prove it at the strictest threshold.`,
    });
    expect(report.certification.kind === "unproved" && report.certification.failed).toMatchObject({
      accepted: 200,
      errors: 20,
      passes: false,
    });
  });

  it("is of one model, prompt and measure: what another answered is counted as asked", () => {
    const other = Array.from({ length: 9 }, (_, i) => record(200 + i, 0.99, "a", "a", { model: "m-2" }));
    const unmeasured = record(210, 0, "a", "a", { source: "none" });
    const { report } = computeReport(FACTS, [...KNOWN, ...other, unmeasured]);
    expect(report.main).toEqual({ provider: "acme", model: "m-1", source: "logprobs", basis: { prompt: "p", schema: "s" } });
    expect(report.bases.map(({ model, source, records }) => [model, source, records])).toEqual([
      ["m-1", "logprobs", 110],
      ["m-2", "logprobs", 9],
      ["m-1", "none", 1],
    ]);
    expect(report.gates.observed).toMatchObject({ written: 110, asked: { uncovered: 10 } });
    expect(judgeRecords([unmeasured], ["team"]).main).toBeNull();
  });

  it("says proved exactly where a certificate can be issued, at its threshold; and else says why none can", () => {
    const answered = (change: Partial<Answered>) => [...KNOWN, record(200, 0.99, "a", "a", change)];
    const cases: Record<string, readonly ValidatedRecord[]> = {
      one: KNOWN,
      models: answered({ model: "m-2" }),
      providers: answered({ provider: "other" }),
      sources: answered({ source: "agreement" }),
      prompts: answered({ basis: { prompt: "q", schema: "s" } }),
      unmeasured: answered({ fields: {}, score: 0 }),
      nothing: KNOWN.map((one) => (one.answer.kind === "answered" ? { ...one, answer: { ...one.answer, source: "none" as const } } : one)),
      few: KNOWN.slice(0, 80),
      failed: [failed(1), failed(2)],
    };
    const said = Object.entries(cases).map(([name, records]) => {
      const { report } = computeReport(FACTS, records);
      const certificate = decideCertificate(FACTS, records);
      expect([name, report.verdict.kind === "proved"]).toEqual([name, certificate.ok]);
      expect(report.gates.proved.threshold).toBe(certificate.ok ? certificate.value.threshold : null);
      if (report.certification.kind === "withheld") {
        expect(certificate).toMatchObject({ error: { message: report.certification.because } });
        expect(report.otherLimits.filter(({ threshold }) => threshold !== null)).toEqual([]);
      }
      return [name, report.certification.kind];
    });
    expect(Object.fromEntries(said)).toEqual({
      one: "certified",
      models: "withheld",
      providers: "withheld",
      sources: "withheld",
      prompts: "withheld",
      unmeasured: "withheld",
      nothing: "withheld",
      few: "too_few",
      failed: "too_few",
    });
    expect(computeReport(FACTS, cases.models ?? []).report.verdict).toEqual({
      kind: "not_proved",
      sentence:
        "Not proved: the records were answered by several models (m-1 and m-2): a proof is about one. Run the validation again with one.",
    });
  });

  it("is right about a record only where every labelled field is, and about each field alone", () => {
    const both = (number: number, given: Record<string, string>): ValidatedRecord => {
      const sure = { confidence: 0.9, alternatives: [] };
      const one = record(number, 0.9, "a", "a", { value: given, fields: { team: sure, urgent: sure } });
      return { ...one, expected: { team: "a", urgent: "no" } };
    };
    const records = [...Array.from({ length: 99 }, (_, i) => both(i, { team: "a", urgent: "no" })), both(99, { team: "a", urgent: "yes" })];
    const { report } = computeReport({ ...FACTS, fields: ["team", "urgent"] }, records);
    expect(report.accuracy.right).toBe(99);
    expect(report.fields.map(({ field, right, errors }) => [field, right, errors])).toEqual([
      ["team", 100, 0],
      ["urgent", 99, 1],
    ]);
    expect(report.mistakes.shown[0]?.fields).toEqual(["urgent"]);
  });

  it("is the same to the last digit for the same records, and its digest is of its canonical JSON", () => {
    const one = computeReport(FACTS, KNOWN);
    expect(computeReport(FACTS, structuredClone(KNOWN) as ValidatedRecord[]).digest).toBe(one.digest);
    expect(one.digest).toBe(digest(JSON.parse(JSON.stringify(one.report))));
    expect(ValidationReport.parse(JSON.parse(JSON.stringify(one.report)))).toEqual(one.report);
    expect(computeReport({ ...FACTS, limit: 0.06 }, KNOWN).digest).not.toBe(one.digest);
  });

  it("names a class to ask about always, whose errors hide behind the others'", () => {
    const records = [
      ...Array.from({ length: 400 }, (_, i) => record(i, 0.9, "a", "a")),
      ...Array.from({ length: 30 }, (_, i) => record(400 + i, 0.9, "b", i < 4 ? "a" : "b")),
      ...Array.from({ length: 5 }, (_, i) => record(440 + i, 0.9, "c", "c")),
    ];
    const { report } = computeReport(FACTS, records);
    expect(report.verdict.kind).toBe("proved");
    expect(report.fields[0]?.classes.map(({ label, standing }) => [label, standing])).toEqual([
      ["a", "proved"],
      ["b", "always_ask"],
      ["c", "unproved"],
    ]);
  });

  it("compares record by record with the validation before, where the record is the same", () => {
    const before = KNOWN.map((one, i) => {
      if (i === 0) return record(1, 0.9, "b", "a");
      if (i === 1) return { ...one, input: { text: "another text" } };
      return i === 105 ? record(106, 0.5, "b", "b") : one;
    });
    const previous = { id: "val_0", digest: "abc", model: "m-0", records: before };
    expect(computeReport(FACTS, KNOWN, previous).report.comparison).toEqual({
      id: "val_0",
      digest: "abc",
      model: "m-0",
      records: 111,
      fixed: ["r1"],
      broken: ["r106"],
      same: 109,
      p: 1,
    });
  });
});

describe("a threshold that is only looked at", () => {
  it("writes what is sure enough, save what another rule asks or refuses", () => {
    const records = [
      record(1, 0.9, "a", "a", { ruling: "allow" }),
      record(2, 0.9, "a", "b", { ruling: "allow" }),
      // Above the threshold in force, and asked: by a rule that no threshold moves.
      record(3, 0.9, "a", "a", { ruling: "require_approval" }),
      record(4, 0.9, "a", "a", { ruling: "deny" }),
      // Below it: asked for want of confidence, so a lower threshold writes it.
      record(5, 0.7, "a", "a", { ruling: "require_approval" }),
      record(6, 0.6, "a", "a", { ruling: "require_approval" }),
      failed(7),
    ];
    expect(computeGate(records, 0.65, { ...FACTS, currentThreshold: 0.8 })).toMatchObject({
      sure: 5,
      sureErrors: 1,
      written: 3,
      errors: 1,
      asked: { unsure: 1, byRule: 1, failed: 1, uncovered: 0 },
      refused: 1,
    });
    expect(computeGate(records, null, FACTS)).toMatchObject({ written: 0, upper: 1, perThousand: { wrongAtMost: 0 } });
  });
});

describe("a corrected label", () => {
  const change: Relabelling = { record: "r106", before: { team: "b" }, after: { team: "a" }, reason: "It is about a", by: "ann", at: 3000 };

  it("gives a new revision that names the one before, and leaves that one as it was", () => {
    const first = computeReport(FACTS, KNOWN);
    const kept = structuredClone(first);
    const { revision, verdict } = first.report;
    const second = computeReport(FACTS, KNOWN, null, {
      relabelled: [change],
      predecessor: { revision, digest: first.digest, verdict },
    });
    expect(second.report).toMatchObject({ revision: 2, predecessor: { revision: 1, digest: first.digest, verdict }, relabelled: [change] });
    expect([first.report.accuracy.right, second.report.accuracy.right]).toEqual([105, 106]);
    expect(first).toEqual(kept);
    expect(computeReport(FACTS, KNOWN).digest).toBe(first.digest);
  });

  it("is overruled by a later one of the same record", () => {
    const again = { ...change, before: { team: "a" }, after: { team: "b" }, at: 4000 };
    const { report } = computeReport(FACTS, KNOWN, null, {
      relabelled: [change, again],
      predecessor: { revision: 2, digest: "x", verdict: { kind: "proved", sentence: "" } },
    });
    expect([report.revision, report.accuracy.right]).toEqual([3, 105]);
  });
});

describe("a copy for other programs", () => {
  const records = [
    { ...record(1, 0.9, "a", "a"), id: "=1+2", input: { text: '@SUM(1), "quoted"\nnext' } },
    { ...record(2, 0.4, "-b", "a"), input: { text: "+49 30 1" } },
    failed(3),
  ];
  const issued = computeReport(FACTS, records);

  it("has one line per record, and no cell that a spreadsheet would run", () => {
    const csv = recordsCsv(issued, records);
    expect(csv.split("\r\n")).toEqual([
      "id,line,outcome,expected.team,answered.team,confidence.team,score,accepted,ruling,provider,model,cost_usd,latency_ms,failure,input.text",
      `'=1+2,2,right,a,a,0.9,0.9,no,,acme,m-1,0.001,1,,"'@SUM(1), ""quoted""\nnext"`,
      "r2,3,wrong,a,'-b,0.4,0.4,no,,acme,m-1,0.001,2,,'+49 30 1",
      "r3,4,failed,a,,,,no,,,,,,model.unavailable: No answer,text 3",
      "",
    ]);
  });

  it("is JSONL that begins with the report and its digest, then every record", () => {
    const lines = reportJsonl(issued, records)
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ kind }) => kind)).toEqual(["report", "record", "record", "record"]);
    expect(digest(lines[0].report)).toBe(lines[0].digest);
    expect(lines[2]).toEqual({ kind: "record", ...records[1] });
  });
});

describe.skipIf(!SHARED)(`the shared 300 records, through the whole report${WHY}`, () => {
  // biome-ignore lint/suspicious/noExplicitAny: someone else's file; each value of it is compared below
  const vectors = (): any => JSON.parse(readFileSync(path.join(SHARED ?? "", "vectors/stats.json"), { encoding: "utf8" })).threshold_300;

  it("are certified, and picked by observed error, where others computed it", () => {
    const { records, cases } = vectors();
    const validated = records.map(([score, correct]: [number, number], i: number) => record(i + 1, score, "a", correct === 1 ? "a" : "b"));
    for (const { max_error: limit, confidence, fixed_sequence: proved, naive_no_guarantee: observed } of cases) {
      const { report } = computeReport({ ...FACTS, limit, confidence }, validated);
      expect(report.verdict.kind).toBe(proved === null ? "not_proved" : "proved");
      if (proved !== null) {
        expect(report.gates.proved).toMatchObject({ threshold: proved.threshold, written: proved.accepted, errors: proved.errors });
        expect(report.gates.proved.upper).toBeCloseTo(proved.cp_upper95, 6);
        expect(report.gates.proved.share).toBeCloseTo(proved.coverage, 6);
      }
      expect(report.gates.observed?.threshold ?? null).toBe(observed?.threshold ?? null);
      // The marks lie on the curve, however it was thinned out.
      for (const gate of [report.gates.proved, report.gates.observed])
        if (gate?.threshold != null)
          expect(report.curve.find(({ threshold }) => threshold === gate.threshold)).toMatchObject({
            accepted: gate.sure,
            errors: gate.sureErrors,
          });
    }
  });

  it("give the headline that the facts name: 158 accepted from 0.959 on, 3 wrong, at most 4.834 %", () => {
    const validated = vectors().records.map(([score, correct]: [number, number], i: number) =>
      record(i + 1, score, "a", correct === 1 ? "a" : "b"),
    );
    const { report } = computeReport(FACTS, validated);
    expect(report.verdict.sentence).toBe("Proved: at most 5 % wrong among the 52.6 % written automatically, with 95 % confidence.");
    expect(report.gates.proved).toMatchObject({ threshold: 0.959, written: 158, errors: 3 });
    expect(report.gates.proved.upper).toBeCloseTo(0.04834, 5);
    expect(report.gates.observed).toMatchObject({ threshold: 0.858, written: 215, errors: 10 });
  });
});
