// The records that a validation may rest on. Pure. A row that would make the proof untrue is refused with its line and its reason: without a label, with one that the
// workflow does not know, a second time, or known to the model already. What may be meant, and proves less than it seems, is a warning.
// Sequence: rows -> columns -> each row is taken or refused -> too few or too many -> warnings.
import { fail, ok, type Result } from "../core/errors.ts";
import { type Columns, type ImportPlan, type Mapping, resolveColumns } from "./import-columns.ts";
import { type FileRow, type Rejection, readLabelledFile } from "./import-file.ts";
import type { Labels } from "./record.ts";

/** Fewer cannot prove what anybody would want proved (sample-size.ts); more cost model calls and prove hardly more. */
export const FEWEST_RECORDS = 200;
export const MOST_RECORDS = 5_000;
/** Of a class with fewer rows nothing can be said for itself. */
const FEWEST_OF_CLASS = 20;
/** A shorter line of a training text may stand in any record. */
const LEAK_CHARACTERS = 25;

export interface ImportedRecord {
  /** Place among the records that were taken, from 1. */
  readonly number: number;
  readonly id: string;
  readonly line: number;
  readonly input: Readonly<Record<string, string>>;
  readonly expected: Labels;
}

export interface Imported {
  readonly columns: Columns;
  /** The labelled fields. */
  readonly fields: readonly string[];
  readonly records: readonly ImportedRecord[];
  /** By line. */
  readonly rejections: readonly Rejection[];
  readonly warnings: readonly string[];
}

export interface ImportTerms {
  readonly mapping?: Mapping;
  /** Texts that the model was trained on, or is shown as examples. */
  readonly known?: readonly string[];
  /** The person knows that so few prove nothing. */
  readonly anyway?: boolean;
}

export function importRecords(text: string, plan: ImportPlan, { mapping, known = [], anyway = false }: ImportTerms = {}): Result<Imported> {
  const file = readLabelledFile(text);
  if (!file.ok) return file;
  const { columns: names, rows, malformed } = file.value;
  const columns = resolveColumns(names, plan, mapping);
  if (!columns.ok) return columns;
  const { records, rejections } = sift(rows, columns.value, plan, known);
  const refused = [...malformed, ...rejections].sort((a, b) => a.line - b.line);
  const count = records.length;
  if (count > MOST_RECORDS)
    return unusable(`The file has ${count} usable records, and a validation takes at most ${MOST_RECORDS}: draw a random part of it`);
  if (count === 0 || (count < FEWEST_RECORDS && !anyway)) return unusable(tooFew(count, refused));
  const fields = Object.keys(columns.value.fields);
  const small =
    count < FEWEST_RECORDS
      ? [`Only ${count} records, ${FEWEST_RECORDS - count} fewer than a proof needs: this validation can prove nothing`]
      : [];
  return ok({ columns: columns.value, fields, records, rejections: refused, warnings: [...small, ...thinClasses(records, fields, plan)] });
}

const unusable = (message: string) => fail("validation.data_unusable", message);

function tooFew(count: number, refused: readonly Rejection[]): string {
  const [first] = refused;
  const why = first ? ` ${refused.length} rows were refused, the first in line ${first.line}: ${first.reason}.` : "";
  return `The file has ${count} usable records, and ${FEWEST_RECORDS} are needed: ${FEWEST_RECORDS - count} are missing.${why}`;
}

function sift(
  rows: readonly FileRow[],
  columns: Columns,
  plan: ImportPlan,
  known: readonly string[],
): { records: ImportedRecord[]; rejections: Rejection[] } {
  const records: ImportedRecord[] = [];
  const rejections: Rejection[] = [];
  const ids = new Map<string, number>();
  const texts = new Map<string, ImportedRecord>();
  const leaks = leakIndex(known);
  for (const { line, cells } of rows) {
    const input = Object.fromEntries(plan.elements.map((element) => [element, (cells[columns.elements[element] ?? ""] ?? "").trim()]));
    const id = (columns.id === null ? "" : (cells[columns.id] ?? "").trim()) || `line-${line}`;
    const labels = labelsOf(cells, columns, plan);
    const text = normalised(Object.values(input).join("\n"));
    const twin = texts.get(text);
    const reason =
      text === ""
        ? "The text is empty"
        : typeof labels === "string"
          ? labels
          : ids.has(id)
            ? `The id "${id}" is that of line ${ids.get(id)} as well`
            : twin
              ? `The text is that of line ${twin.line} as well${sameLabels(twin.expected, labels) ? "" : ", with another label: one of the two is wrong"}`
              : isKnown(leaks, text, input)
                ? "The model was trained on this text, or is shown it as an example: it would prove nothing"
                : null;
    if (reason !== null || typeof labels === "string") {
      rejections.push({ line, reason: reason ?? "" });
      continue;
    }
    const record = { number: records.length + 1, id, line, input, expected: labels };
    ids.set(id, line);
    texts.set(text, record);
    records.push(record);
  }
  return { records, rejections };
}

/** promptfoo's way to say that the answer is exactly this. */
const EQUALS = /^equals:\s*/;
const ASSERTION =
  /^(?:not-)?(?:contains|icontains|is-|starts-with|regex|javascript|python|llm-rubric|similar|factuality|webhook|fn|eval|file)[\w-]*(?:\([\d.]+\))?:/;

function labelsOf(cells: FileRow["cells"], columns: Columns, plan: ImportPlan): Labels | string {
  const labels: Record<string, string> = {};
  for (const [path, column] of Object.entries(columns.fields)) {
    const cell = (cells[column] ?? "").trim();
    if (column === "__expected" && ASSERTION.test(cell))
      return `"${cell.slice(0, 60)}" is no label: only equals can be compared with an answer`;
    const label = column === "__expected" ? cell.replace(EQUALS, "") : cell;
    if (label === "") return `The label of "${path}" is empty`;
    const allowed = plan.fields.find((field) => field.path === path)?.labels ?? null;
    if (allowed && !allowed.includes(label))
      return `"${label.slice(0, 60)}" is no label of "${path}"; it may be ${allowed.slice(0, 30).join(", ")}`;
    labels[path] = label;
  }
  return labels;
}

const sameLabels = (a: Labels, b: Labels): boolean => Object.entries(a).every(([path, label]) => b[path] === label);

/** Letter case, spaces and line ends make no other text. */
const normalised = (text: string): string => text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();

interface LeakIndex {
  readonly whole: ReadonlySet<string>;
  readonly lines: ReadonlySet<string>;
}

const leakIndex = (known: readonly string[]): LeakIndex => ({
  whole: new Set(known.map(normalised)),
  lines: new Set(known.flatMap((text) => text.split("\n").map(normalised)).filter((line) => line.length >= LEAK_CHARACTERS)),
});

/** The whole text, or one element that is a line of a training text: files often hold a part of what the model sees. */
const isKnown = ({ whole, lines }: LeakIndex, text: string, input: Readonly<Record<string, string>>): boolean =>
  whole.has(text) || Object.values(input).some((part) => lines.has(normalised(part)));

function thinClasses(records: readonly ImportedRecord[], fields: readonly string[], plan: ImportPlan): string[] {
  return fields.flatMap((path) => {
    const counts = new Map<string, number>(plan.fields.find((field) => field.path === path)?.labels?.map((label) => [label, 0]));
    for (const { expected } of records) counts.set(expected[path] as string, (counts.get(expected[path] as string) ?? 0) + 1);
    // Of free text every value is a class of its own.
    if (!plan.fields.find((field) => field.path === path)?.labels) return [];
    return [...counts]
      .filter(([, count]) => count < FEWEST_OF_CLASS)
      .map(([label, count]) => `"${label}" of "${path}" has ${count} rows: below ${FEWEST_OF_CLASS} nothing can be said of it alone`);
  });
}
