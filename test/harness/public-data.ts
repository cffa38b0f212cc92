// The public data that the built-in model is measured on: banking77's customer queries in nine queues, and the SROIE receipts. They lie beside the repository and are no
// part of it; without them a test skips. The same rows each time: drawn by the digest of their ids. What a receipt says is normalised here by itself, not by what is measured.
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { DecisionSample, LabelledText } from "../../src/inference/builtin/train.ts";

const FOLDER = path.resolve(import.meta.dirname, "../../../shared/datasets");

/** Why a test is skipped; null where the data are there. */
export function missingData(name: "banking77" | "sroie-receipts"): string | null {
  return existsSync(path.join(FOLDER, name)) ? null : `skipped: the data set is not beside the repository (../shared/datasets/${name})`;
}

interface Query extends LabelledText {
  id: string;
}

/** `each` of every queue to learn from, and the whole test set. */
export function bankingQueries(each: number): { train: Query[]; test: Query[] } {
  const taken = new Map<string, number>();
  const train = drawn(queries("train_3080.csv")).filter(({ label }) => {
    const count = (taken.get(label) ?? 0) + 1;
    taken.set(label, count);
    return count <= each;
  });
  return { train, test: queries("test_3080.csv") };
}

/** Rows of id,text,intent,queue; a text with commas or quotes is quoted. */
function queries(file: string): Query[] {
  const lines = readFileSync(path.join(FOLDER, "banking77", file), "utf8").match(/(?:"(?:[^"]|"")*"|[^"\n])+/g) ?? [];
  return lines.slice(1).map((line) => {
    const [id, text, , label] = [...line.matchAll(/(?:^|,)("(?:[^"]|"")*"|[^,]*)/g)].map(([, cell]) =>
      cell!.startsWith('"') ? cell!.slice(1, -1).replaceAll('""', '"') : cell!,
    );
    return { id: id!, text: text!.trim(), label: label!.trim() };
  });
}

/** `count` receipts to learn from, and the others. A field that the set does not give is absent. */
export function receipts(count: number): { train: DecisionSample[]; test: DecisionSample[] } {
  const lines = readFileSync(path.join(FOLDER, "sroie-receipts", "receipts.jsonl"), "utf8")
    .trim()
    .split("\n");
  const all = drawn(lines.map((line) => JSON.parse(line) as { id: string; text: string; fields: { date: string; total: string } }));
  const samples = all.map(({ text, fields }) => {
    const [date, total] = [dayOf(fields.date), amountOf(fields.total)];
    return { text, labels: {}, values: { ...(date === null ? {} : { date }), ...(total === null ? {} : { total }) } };
  });
  return { train: samples.slice(0, count), test: samples.slice(count) };
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** The receipts are Malaysian: the day comes first, unless the year or the month's name does. */
function dayOf(written: string): string | null {
  const compact = /^(20\d\d)(\d\d)(\d\d)$/.exec(written) ?? /^(\d\d)(\d\d)(20\d\d)$/.exec(written);
  const [first, second, last] = compact ? compact.slice(1) : (written.toLowerCase().match(/\d+|[a-z]+/g) ?? []);
  if (!first || !second || !last) return null;
  const [year, month, day] =
    first.length === 4 ? [first, second, last] : /[a-z]/.test(first) ? [last, first, second] : [last, second, first];
  const number = /\d/.test(month) ? Number(month) : MONTHS.indexOf(month.slice(0, 3)) + 1;
  return `${year.length === 2 ? `20${year}` : year}-${String(number).padStart(2, "0")}-${day.padStart(2, "0")}`;
}

function amountOf(written: string): string | null {
  const digits = written.replace(/[^\d.-]/g, "");
  return digits === "" ? null : Number(digits).toFixed(2);
}

const drawn = <Row extends { id: string }>(rows: readonly Row[]): Row[] =>
  rows
    .map((row) => ({ row, at: createHash("sha256").update(row.id).digest("hex") }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ row }) => row);
