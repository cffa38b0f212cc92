// A validation without a Worker, in one process: the records of a file through the workflow's own body, and the report. It decides nothing by itself: the import, the
// rehearsal and the report are those of the product. Here are files, the progress and the words. Sequence: the call -> what is validated -> the records -> what is
// answered already -> the answers -> the report, or the draws.
// It gives 0 only for a verdict of "proved" (or draws that keep the promise), 1 where it is not, 2 for a call or data that cannot be used.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { sha256Hex } from "../core/crypto.ts";
import { canonical, digest } from "../core/json.ts";
import type { Deployment } from "../deployment.ts";
import { shadowSpec } from "../governance/shadow-spec.ts";
import { GovernanceSpec } from "../governance/spec.ts";
import { reportFile } from "../http/pages/report-file.ts";
import type { Model } from "../inference/model.ts";
import type { ImportedRecord } from "../validation/import-records.ts";
import { judgeRecords } from "../validation/judged-records.ts";
import { simulatePromise } from "../validation/promise.ts";
import type { RecordAnswer, ValidatedRecord, ValidationFacts } from "../validation/record.ts";
import { computeReport } from "../validation/report.ts";
import { recordsCsv, reportJsonl } from "../validation/report-export.ts";
import { answerAll } from "./answer-all.ts";
import { beginKept, keepAnswerIn, readKept } from "./kept-answers.ts";
import { type Progress, progressOn } from "./progress.ts";
import { drawRows, importNamed, type Outside, type Subject, subjectOf } from "./subject.ts";
import { BadCall, parseCall, USAGE, type ValidateCall } from "./validate-call.ts";
import { promiseWords, reportWords } from "./verdict-words.ts";

export interface Terminal extends Outside {
  readonly deployment: Deployment;
  readonly now: () => number;
  readonly random: () => number;
  readonly print: (text: string) => void;
  /** Beside the result: progress and warnings. `bar`: it is somebody's screen. */
  readonly tell: (text: string) => void;
  readonly bar: boolean;
}

const REJECTIONS_SHOWN = 20;

export async function validate(args: readonly string[], terminal: Terminal): Promise<0 | 1 | 2> {
  try {
    const asked = parseCall(args);
    if (asked.kind === "help") {
      terminal.print(USAGE);
      return 0;
    }
    if (asked.kind === "run") return await run(asked.call, terminal);
    const kept = readKept(asked.folder);
    if (!kept) throw new BadCall(`${asked.folder} holds no validation that was stopped`);
    return await run({ ...kept.head.call, out: asked.folder }, terminal);
  } catch (thrown) {
    if (!(thrown instanceof BadCall)) throw thrown;
    terminal.tell(`Not validated: ${thrown.message}\n`);
    return 2;
  }
}

async function run(call: ValidateCall, terminal: Terminal): Promise<0 | 1 | 2> {
  const { deployment, tell } = terminal;
  const subject = subjectOf(deployment, call, terminal);
  const text = terminal.readText(call.data);
  const imported = importNamed(text, subject.plan, call, { known: subject.learnt, anyway: call.anyway });
  if (!imported.ok) throw new BadCall(`${call.data}: ${imported.error.message}`);
  const { rejections, warnings, fields } = imported.value;
  const records = call.rows === undefined ? imported.value.records : drawRows(imported.value.records, call.rows, call.data);
  if (subject.trained) tell(`Trained on ${subject.trained.records.length} labelled rows of ${call.train}.\n`);
  for (const { line, reason } of rejections.slice(0, REJECTIONS_SHOWN)) tell(`Refused, line ${line}: ${reason}\n`);
  if (rejections.length > REJECTIONS_SHOWN) tell(`Refused: ${rejections.length - REJECTIONS_SHOWN} more rows\n`);
  for (const warning of warnings) tell(`Note: ${warning}\n`);

  const models = subject.models();
  const key = digest({
    data: sha256Hex(text),
    records: records.map(({ line }) => line),
    fields,
    workflow: subject.workflow.name,
    models: models.map(({ id }) => id),
  });
  const governing = specOf(call, subject, terminal);
  const card = cardOf(call, terminal);
  const { startedAt, answers } = begin(call, key, terminal.now());
  if (answers.size > 0) tell(`${answers.size} of ${records.length} records are answered already.\n`);
  const progress = progressOn(terminal, records.length, answers.size);
  const stopped = await ask(
    records.filter(({ number }) => !answers.has(number)),
    { call, subject, models, governing, card, fields, answers, progress },
    terminal,
  );
  progress.end();
  if (stopped) throw new BadCall(`${stopped.code}: ${stopped.message}${call.out ? ` Go on with --resume ${call.out}` : ""}`);

  const validated = records.map(({ number, ...record }): ValidatedRecord => ({ ...record, answer: answers.get(number) as RecordAnswer }));
  if (call.draws !== undefined) return drawn(validated, fields, call, terminal);
  const threshold = governing?.thresholds[subject.plan.decision];
  const facts: ValidationFacts = {
    id: `val_${digest({ key, startedAt }).slice(0, 32)}`,
    workflow: subject.workflow.name,
    workflowVersion: subject.workflow.version,
    decision: subject.plan.decision,
    fields,
    dataset: { name: path.basename(call.data), digest: sha256Hex(text), rows: records.length, rejected: rejections.length },
    specVersion: governing?.version ?? null,
    currentThreshold: typeof threshold === "number" ? threshold : null,
    limit: call.limit,
    confidence: call.confidence,
    startedAt,
    finishedAt: terminal.now(),
  };
  const issued = computeReport(facts, validated);
  terminal.print(reportWords(issued.report));
  if (call.out !== undefined) {
    mkdirSync(call.out, { recursive: true });
    const write = (name: string, content: string) => writeFileSync(path.join(call.out as string, name), content);
    write("report.json", canonical(issued));
    write("report.html", reportFile(issued, validated, rejections));
    write("records.csv", recordsCsv(issued, validated));
    write("records.jsonl", reportJsonl(issued, validated));
    terminal.print(
      `\nWritten to ${call.out}: report.html, report.json, records.csv, records.jsonl. SHA-256 of the report: ${issued.digest}`,
    );
  }
  return issued.report.verdict.kind === "proved" ? 0 : 1;
}

function begin(call: ValidateCall, key: string, now: number): { startedAt: number; answers: Map<number, RecordAnswer> } {
  if (call.out === undefined) return { startedAt: now, answers: new Map() };
  const kept = readKept(call.out);
  if (!kept) {
    beginKept(call.out, { call, key, startedAt: now });
    return { startedAt: now, answers: new Map() };
  }
  if (kept.head.key !== key || kept.head.call.limit !== call.limit || kept.head.call.confidence !== call.confidence)
    throw new BadCall(`${call.out} holds another validation (other data, columns, model or limit): name another folder`);
  return { startedAt: kept.head.startedAt, answers: new Map(kept.answers) };
}

interface Asking {
  readonly call: ValidateCall;
  readonly subject: Subject;
  readonly models: readonly Model[];
  readonly governing: GovernanceSpec | null;
  readonly card: ProviderCard | null;
  readonly fields: readonly string[];
  readonly answers: Map<number, RecordAnswer>;
  readonly progress: Progress;
}

const ask = (
  left: readonly ImportedRecord[],
  { call, subject, models, governing, card, fields, answers, progress }: Asking,
  terminal: Terminal,
) =>
  answerAll(left, {
    workflow: subject.workflow,
    spec: governing ?? shadowSpec(subject.workflow),
    fields,
    ports: {
      models: () => models,
      providerCard: async (recipient) => (card?.provider === recipient.provider && card.host === recipient.host ? card : null),
      now: terminal.now,
      random: terminal.random,
      turn: () => new Promise((resolve) => setImmediate(resolve)),
    },
    answered: ({ number }, answer) => {
      if (call.out !== undefined) keepAnswerIn(call.out, number, answer);
      answers.set(number, answer);
      progress.step();
    },
  });

function specOf(call: ValidateCall, { workflow }: Subject, terminal: Terminal): GovernanceSpec | null {
  if (call.spec === undefined) return null;
  const spec = jsonOf(call.spec, GovernanceSpec, terminal);
  if (spec.workflow !== workflow.name) throw new BadCall(`${call.spec} is of ${spec.workflow}, not of ${workflow.name}`);
  return spec;
}

const ProviderCard = z.object({
  provider: z.string(),
  host: z.string(),
  dpaSignedOn: z.iso.date().nullable(),
  dpaExpires: z.iso.date().nullable(),
  region: z.string(),
  zeroRetention: z.boolean(),
});
type ProviderCard = z.infer<typeof ProviderCard>;

const cardOf = (call: ValidateCall, terminal: Terminal): ProviderCard | null =>
  call.card === undefined ? null : jsonOf(call.card, ProviderCard, terminal);

function jsonOf<T>(file: string, schema: z.ZodType<T>, { readText }: Terminal): T {
  const text = readText(file);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new BadCall(`${file} is not JSON`);
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new BadCall(`${file}: ${issue?.path.join(".")}: ${issue?.message}`);
}

/** Records of a draw, unless said: what most teams can label in a day. */
const DRAW_SIZE = 400;

function drawn(validated: readonly ValidatedRecord[], fields: readonly string[], call: ValidateCall, { print }: Terminal): 0 | 1 {
  const { judged } = judgeRecords(validated, fields);
  const { limit, confidence, draws = 1, size = DRAW_SIZE } = call;
  try {
    const outcome = simulatePromise(judged, { limit, confidence, draws, size });
    print(promiseWords(outcome));
    // A little above what is left open is chance: three standard deviations of that many draws.
    const open = 1 - confidence;
    return outcome.certified.broken / draws <= open + 3 * Math.sqrt((open * confidence) / draws) ? 0 : 1;
  } catch (thrown) {
    if (thrown instanceof RangeError) throw new BadCall(thrown.message);
    throw thrown;
  }
}
