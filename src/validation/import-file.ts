// A file of labelled records as rows of named cells: CSV (comma, semicolon or tab; a byte order mark is no letter), promptfoo's CSV, or JSON Lines. Pure. A row that cannot
// be read is named with its line and its reason, and costs no other row. What a cell means is not known here.
import { parse } from "csv-parse/sync";
import { fail, ok, type Result } from "../core/errors.ts";

export interface FileRow {
  /** From 1, the heading included: where the row begins. */
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

export interface Rejection {
  readonly line: number;
  readonly reason: string;
}

export interface LabelledFile {
  readonly columns: readonly string[];
  readonly rows: readonly FileRow[];
  readonly malformed: readonly Rejection[];
}

/** Far more than 5,000 records take; a file beyond it is something else. */
export const MAX_FILE_BYTES = 20 * 1024 * 1024;

export function readLabelledFile(text: string): Result<LabelledFile> {
  const plain = text.replace(/^\uFEFF/, "");
  if (plain.trim() === "") return unusable("The file is empty");
  if (plain.includes("\uFFFD")) return unusable("The file is not UTF-8: save it as UTF-8 and send it again");
  return plain.trimStart().startsWith("{") ? readLines(plain) : readTable(plain);
}

const unusable = (message: string) => fail("validation.data_unusable", message);

// ---- CSV ----

interface ParsedRecord {
  readonly record: readonly string[];
  readonly raw: string;
  readonly info: { readonly lines: number };
}

function readTable(text: string): Result<LabelledFile> {
  const malformed: Rejection[] = [];
  let parsed: readonly ParsedRecord[];
  try {
    parsed = parse(text, {
      delimiter: delimiterOf(text),
      info: true,
      raw: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      on_skip: (error) => {
        // One row may have several such places.
        if (error && malformed.at(-1)?.line !== lineOf(error))
          malformed.push({ line: lineOf(error), reason: `The row cannot be read: ${error.message}` });
      },
    }) as unknown as ParsedRecord[];
  } catch (thrown) {
    return unusable(`Line ${lineOf(thrown)}: ${(thrown as Error).message}`);
  }
  const [heading, ...records] = parsed;
  const columns = (heading?.record ?? []).map((name) => name.trim());
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) return unusable(`Two columns are called "${twice}": give each a name of its own in the first line`);
  if (columns.length < 2)
    return unusable("The first line names fewer than two columns: it must name the text and the label, separated by , ; or a tab");
  const rows: FileRow[] = [];
  for (const { record, raw, info } of records) {
    const line = info.lines - (raw.replace(/^(?:\r?\n)+|\r?\n$/g, "").match(/\n/g)?.length ?? 0);
    if (record.length === columns.length)
      rows.push({ line, cells: Object.fromEntries(columns.map((name, index) => [name, record[index] as string])) });
    else malformed.push({ line, reason: `The row has ${record.length} cells, and the first line names ${columns.length} columns` });
  }
  return ok({ columns, rows, malformed });
}

/** The parser names the line in its message where it has no field for it. */
const lineOf = (error: unknown): number =>
  (error as { lines?: number }).lines ?? Number(/line (\d+)/.exec((error as Error).message)?.[1] ?? 1);

/** Whichever stands most often in the first line, outside of quotes. */
function delimiterOf(text: string): string {
  const heading = (text.split(/\r?\n/, 1)[0] ?? "").replace(/"(?:[^"]|"")*"/g, "");
  const count = (delimiter: string) => heading.split(delimiter).length;
  return [",", ";", "\t"].reduce((best, other) => (count(other) > count(best) ? other : best));
}

// ---- JSON Lines ----

/** The names that other tools give to a record's label. */
const LABEL_KEYS = ["expected", "ideal", "ground_truth"];

function readLines(text: string): Result<LabelledFile> {
  const rows: FileRow[] = [];
  const malformed: Rejection[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const cells = cellsOf(line);
    if (typeof cells === "string") malformed.push({ line: index + 1, reason: cells });
    else rows.push({ line: index + 1, cells });
  }
  const columns = [...new Set(rows.flatMap(({ cells }) => Object.keys(cells)))];
  return ok({ columns, rows, malformed });
}

/** `input` and the label may be a text or an object of texts by name; a list of chat messages is the last one of the user. `metadata` is nobody's answer. */
function cellsOf(line: string): Record<string, string> | string {
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch {
    return "The line is not JSON";
  }
  if (typeof record !== "object" || record === null || Array.isArray(record)) return "The line is not a JSON object";
  const cells: Record<string, string> = {};
  for (const [key, value] of Object.entries(record)) {
    if (key === "metadata") continue;
    const name = key === "input" ? "text" : LABEL_KEYS.includes(key) ? "expected" : key;
    const single = LABEL_KEYS.includes(key) && Array.isArray(value) && value.length === 1 ? value[0] : value;
    const plain = key === "input" && Array.isArray(single) ? lastOfUser(single) : single;
    if (isScalar(plain)) cells[name] = String(plain);
    else if (typeof plain === "object" && plain !== null && !Array.isArray(plain)) {
      for (const [part, inner] of Object.entries(plain)) if (isScalar(inner)) cells[part] = String(inner);
    } else if (plain !== null) return `"${key}" is neither a text nor an object of texts`;
  }
  return cells;
}

const isScalar = (value: unknown): value is string | number | boolean => ["string", "number", "boolean"].includes(typeof value);

function lastOfUser(messages: readonly unknown[]): unknown {
  const last = messages.findLast((message) => (message as { role?: unknown } | null)?.role === "user");
  return (last as { content?: unknown } | undefined)?.content ?? messages;
}
