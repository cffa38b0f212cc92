// npm run validate: what it says and answers to a shell, what it refuses, and that a run which was killed goes on without asking anything twice.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deployment } from "../../../src/config.ts";
import { canonical, digest } from "../../../src/core/json.ts";
import type { Model, ModelResult } from "../../../src/inference/model.ts";
import { AT_ONCE } from "../../../src/terminal/answer-all.ts";
import { validate } from "../../../src/terminal/validate.ts";
import { BadCall } from "../../../src/terminal/validate-call.ts";
import { triageSamples } from "../../../src/workflows/ticket-triage/training.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "interlock-validate-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TEAMS = ["billing", "shipping", "returns", "technical", "account"];
/** Every `wrong`th record is labelled otherwise than the model answers. */
const ticketsCsv = (count: number, wrong = Number.POSITIVE_INFINITY): string =>
  [
    "id,text,team",
    ...Array.from({ length: count }, (_, i) => {
      const label = TEAMS[(i % wrong === wrong - 1 ? i + 1 : i) % TEAMS.length];
      return `t${i},ticket ${i} team=${TEAMS[i % TEAMS.length]},${label}`;
    }),
  ].join("\n");

const answer = (text: string): ModelResult => ({
  ok: true,
  decision: {
    value: { team: /team=(\w+)/.exec(text)?.[1], priority: "high" },
    confidence: 0.9,
    fields: { team: { confidence: 0.9, alternatives: [] }, priority: { confidence: 0.9, alternatives: [] } },
    source: "logprobs",
    basis: { prompt: "p", schema: "s" },
    model: "m-1",
    provider: "test",
    usage: { promptTokens: 1, completionTokens: 1 },
    costUsd: null,
    latencyMs: 1,
  },
});

interface Called {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly asked: number;
}

async function call(
  args: readonly string[],
  files: Readonly<Record<string, string>>,
  { model = {}, own = false }: { model?: Partial<Model>; own?: boolean } = {},
): Promise<Called> {
  const said = { out: "", err: "", asked: 0 };
  const scripted: Model = {
    id: "scripted",
    provider: "test",
    local: true,
    label: "Scripted",
    decide: async ({ input }) => {
      said.asked++;
      return answer(Object.values(input).join(" "));
    },
    ...model,
  };
  const code = await validate(args, {
    deployment: own
      ? deployment
      : { ...deployment, models: { default: { trained: [], build: () => scripted, learnt: () => ["a text that was learnt"] } } },
    now: () => Date.parse("2026-07-01T09:00:00Z"),
    random: () => 0.5,
    readText: (file) => {
      const text = files[file];
      if (text === undefined) throw new BadCall(`The file ${file} cannot be read`);
      return text;
    },
    binding: () => undefined,
    fetch: () => Promise.reject(new Error("no network here")),
    print: (text) => {
      said.out += `${text}\n`;
    },
    tell: (text) => {
      said.err += text;
    },
    bar: false,
  });
  return { code, ...said };
}

const ON_TICKETS = ["--workflow", "ticket-triage", "--data", "t.csv"];

describe("the exit code", () => {
  it("is 0 only for a limit that is proved, and the verdict is the first line", async () => {
    const proved = await call([...ON_TICKETS, "--limit", "0.05"], { "t.csv": ticketsCsv(300) });
    expect(proved).toMatchObject({ code: 0, asked: 300 });
    expect(proved.out.split("\n")[0]).toBe("Proved: at most 5 % wrong among the 100 % written automatically, with 95 % confidence.");
    expect(proved.out).toContain("Right answers   300 of 300: 100.0 %");
    expect(proved.out).toMatch(/Observed only {3}from score 0.9000: 300 automatic/);
  });

  it("is 1 for a limit that is not", async () => {
    const unproved = await call([...ON_TICKETS, "--limit", "0.05"], { "t.csv": ticketsCsv(300, 8) });
    expect(unproved.code).toBe(1);
    expect(unproved.out).toMatch(/^Not proved: at most 5 % wrong/);
    expect(unproved.out).toContain("Limit proved\n0.9000");
  });

  it("is 1 for few records that were wanted anyway", async () => {
    const few = await call([...ON_TICKETS, "--limit", "0.05", "--anyway"], { "t.csv": ticketsCsv(60) });
    expect(few.code).toBe(1);
    expect(few.err).toContain("Only 60 records, 140 fewer than a proof needs");
    expect(few.out).toMatch(/^Too few/);
  });

  it.each([
    [["--data", "t.csv", "--limit", "0.05"], "Name what is validated"],
    [["--workflow", "ticket-triage", "--limit", "0.05"], "Name the labelled records"],
    [ON_TICKETS, "--limit takes a share"],
    [[...ON_TICKETS, "--limit", "5"], "--limit is a share below 1"],
    [[...ON_TICKETS, "--limit", "0"], "--limit is above 0"],
    [[...ON_TICKETS, "--limit", "0.05", "--confidence", "95"], "--confidence is a share below 1"],
    [[...ON_TICKETS, "--limit", "0.05", "--colour", "red"], "--colour"],
    [[...ON_TICKETS, "--limit", "0.05", "--model", "gpt"], 'No model "gpt"'],
    [["--workflow", "nothing", "--data", "t.csv", "--limit", "0.05"], 'No workflow "nothing"; there is ticket-triage'],
    [["--workflow", "ticket-triage", "--data", "no.csv", "--limit", "0.05"], "The file no.csv cannot be read"],
    [
      ["--workflow", "ticket-triage", "--data", "few.csv", "--limit", "0.05"],
      "few.csv: The file has 60 usable records, and 200 are needed: 140 are missing",
    ],
    [[...ON_TICKETS, "--limit", "0.05", "--label", "queue"], 'The file has no column "queue"'],
    [[...ON_TICKETS, "--limit", "0.05", "--rows", "500"], "300 usable records, and 500 are to be drawn"],
    [[...ON_TICKETS, "--limit", "0.05", "--spec", "few.csv"], "few.csv is not JSON"],
    [[...ON_TICKETS, "--limit", "0.05", "--draws", "5", "--size", "150"], "300 answered records are too few for draws of 150"],
    [["--resume", "/nowhere"], "holds no validation that was stopped"],
    [["--resume", "/nowhere", "--limit", "0.1"], "leave --limit out"],
  ])("is 2 for %j, with what to do", async (args, message) => {
    const called = await call(args, { "t.csv": ticketsCsv(300), "few.csv": ticketsCsv(60) });
    expect(called.code).toBe(2);
    expect(called.err).toContain("Not validated: ");
    expect(called.err).toContain(message);
    expect(called.out).toBe("");
  });

  it("is 2 where no agreement covers the provider: nothing is asked", async () => {
    const abroad = { local: undefined, provider: "acme", host: "api.acme.test" } as unknown as Partial<Model>;
    const args = [...ON_TICKETS, "--limit", "0.05"];
    const files = { "t.csv": ticketsCsv(300) };
    const without = await call(args, files, { model: abroad });
    expect(without).toMatchObject({ code: 2, asked: 0 });
    expect(without.err).toContain("model.no_agreement");
    const card = {
      provider: "acme",
      host: "api.acme.test",
      dpaSignedOn: "2026-01-01",
      dpaExpires: null,
      region: "eu",
      zeroRetention: true,
    };
    const covered = await call([...args, "--card", "card.json"], { ...files, "card.json": JSON.stringify(card) }, { model: abroad });
    expect(covered).toMatchObject({ code: 0, asked: 300 });
  });
});

describe("rows", () => {
  it("that the model has learnt from are refused with their line", async () => {
    const files = { "t.csv": `${ticketsCsv(250)}\nx,A text that was  learnt,billing\ny,,billing` };
    const { code, err, asked } = await call([...ON_TICKETS, "--limit", "0.05"], files);
    expect({ code, asked }).toEqual({ code: 0, asked: 250 });
    expect(err).toContain("Refused, line 252: The model was trained on this text");
    expect(err).toContain("Refused, line 253: The text is empty");
  });

  it("of the shipped samples prove nothing about the model that was trained on them", async () => {
    const rows = triageSamples.map(({ text, labels }) => JSON.stringify({ input: text, expected: { team: labels.team } }));
    const { code, err } = await call(
      ["--workflow", "ticket-triage", "--data", "t.jsonl", "--limit", "0.05"],
      { "t.jsonl": rows.join("\n") },
      { own: true },
    );
    expect(code).toBe(2);
    expect(err).toContain("The file has 0 usable records");
  });
});

describe("two files that name their columns differently", () => {
  it("are both read: a column that is named need be in one of them only", async () => {
    const sample = (from: number) => triageSamples.filter((_, index) => index % 2 === from);
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const files = {
      "train.csv": ["body,queue", ...sample(0).map(({ text, labels }) => `${quoted(text)},${labels.team}`)].join("\n"),
      "t.jsonl": sample(1)
        .map(({ text, labels }) => JSON.stringify({ input: text, expected: labels.team }))
        .join("\n"),
    };
    const columns = ["--text", "body", "--label", "queue"];
    const { code, out } = await call(["--train", "train.csv", "--data", "t.jsonl", ...columns, "--limit", "0.2", "--anyway"], files, {
      own: true,
    });
    expect(code).toBeLessThan(2);
    expect(out).toContain(`Records         ${sample(1).length}`);
  });
});

describe("the files of --out", () => {
  it("are the report with its digest, and every record", async () => {
    const out = path.join(folder, "out");
    const { code, out: said } = await call([...ON_TICKETS, "--limit", "0.05", "--out", out], { "t.csv": ticketsCsv(300, 40) });
    expect(code).toBe(0);
    const written = JSON.parse(readFileSync(path.join(out, "report.json"), "utf8"));
    expect(digest(written.report)).toBe(written.digest);
    expect(said).toContain(written.digest);
    expect(canonical(written.report.facts.fields)).toBe('["team"]');
    expect(readFileSync(path.join(out, "records.csv"), "utf8").trim().split("\n")).toHaveLength(301);
    expect(readFileSync(path.join(out, "report.html"), "utf8")).toContain("Proved: at most 5 %");
    const again = await call([...ON_TICKETS, "--limit", "0.05", "--out", out], { "t.csv": ticketsCsv(300, 40) });
    expect(again).toMatchObject({ code: 0, asked: 0 });
    expect(JSON.parse(readFileSync(path.join(out, "report.json"), "utf8")).report.facts.startedAt).toBe(written.report.facts.startedAt);
    const other = await call([...ON_TICKETS, "--limit", "0.1", "--out", out], { "t.csv": ticketsCsv(300, 40) });
    expect(other).toMatchObject({ code: 2, asked: 0 });
    expect(other.err).toContain("holds another validation");
  });
});

describe("a run of 500 records that is killed in the middle", () => {
  it("goes on with --resume, and no record that was answered is asked about again", async () => {
    const out = path.join(folder, "killed");
    const calls = path.join(folder, "calls");
    const data = path.join(folder, "500.csv");
    writeFileSync(data, ticketsCsv(500));
    const script = path.join(import.meta.dirname, "counted-validation.ts");
    const start = (answers: number | "all", ...args: string[]) =>
      spawn(process.execPath, [script, calls, String(answers), ...args], { stdio: ["ignore", "pipe", "ignore"] });
    const answersFile = path.join(out, "answers.jsonl");
    const answered = () =>
      existsSync(answersFile)
        ? readFileSync(answersFile, "utf8")
            .split("\n")
            .slice(1, -1)
            .map((line) => (JSON.parse(line) as { number: number }).number)
        : [];

    const first = start(200, "--workflow", "ticket-triage", "--data", data, "--limit", "0.05", "--out", out);
    const ended = new Promise<NodeJS.Signals | null>((resolve) => first.on("exit", (_, signal) => resolve(signal)));
    await expect.poll(() => answered().length, { timeout: 120_000, interval: 10 }).toBeGreaterThan(80);
    first.kill("SIGKILL");
    expect(await ended).toBe("SIGKILL");
    const known = answered();
    expect(known.length).toBeLessThanOrEqual(200);

    const second = start("all", "--resume", out);
    let said = "";
    second.stdout.on("data", (text) => {
      said += text;
    });
    expect(await new Promise((resolve) => second.on("exit", resolve))).toBe(0);
    expect(said).toContain("500, 500 answered");
    const asked = new Map<string, number>();
    for (const text of readFileSync(calls, "utf8").trim().split("\n")) asked.set(text, (asked.get(text) ?? 0) + 1);
    expect(asked.size).toBe(500);
    for (const number of known) expect(asked.get(`ticket ${number - 1} team=${TEAMS[(number - 1) % TEAMS.length]}`)).toBe(1);
    // What was on its way when it was killed: asked, and never answered.
    expect([...asked.values()].filter((times) => times > 1).length).toBeLessThanOrEqual(AT_ONCE);
    expect(new Set(answered()).size).toBe(500);
    expect(answered()).toHaveLength(500);
  }, 180_000);
});

// ---- shared data ----

const banking = path.resolve(import.meta.dirname, "../../../../shared/datasets/banking77");
const present = existsSync(banking);
if (!present) console.log("skipped: the banking77 data set is not beside the repository (../shared/datasets/banking77)");

describe.skipIf(!present)("banking77: 450 labelled rows, and a model trained on them", () => {
  const files: Readonly<Record<string, string>> = present
    ? {
        "train.csv": readFileSync(path.join(banking, "train_3080.csv"), "utf8"),
        "test.csv": readFileSync(path.join(banking, "test_3080.csv"), "utf8"),
      }
    : {};
  const args = ["--train", "train.csv", "--train-rows", "450", "--data", "test.csv", "--text", "text", "--label", "queue"];

  it("400 others prove a limit of 10 %, with a stricter threshold than the counted errors suggest", async () => {
    const { code, out } = await call([...args, "--rows", "400", "--limit", "0.1"], files);
    expect(code).toBe(0);
    const [, proved = "", observed = ""] = /Proved {10}from score ([\d.]+)[\s\S]*Observed only {3}from score ([\d.]+)/.exec(out) ?? [];
    expect(Number(proved)).toBeGreaterThan(Number(observed));
  });

  it("over 300 draws the certified threshold keeps its promise, and the observed one breaks it in every third draw or more", async () => {
    const { code, out } = await call([...args, "--limit", "0.05", "--draws", "300"], files);
    console.log(out);
    expect(code).toBe(0);
    const broken = (name: string) => Number(new RegExp(`${name} +(\\d+) of 300`).exec(out)?.[1]);
    expect(broken("certified")).toBeLessThanOrEqual(15);
    expect(broken("observed only")).toBeGreaterThanOrEqual(100);
  });
});
