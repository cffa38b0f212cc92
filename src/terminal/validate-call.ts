// What was asked for on the command line, checked: an error says which option and what it takes. It reads no file.
import { parseArgs } from "node:util";
import * as z from "zod";
import type { Mapping } from "../validation/import-columns.ts";

export const USAGE = `npm run validate -- --workflow NAME --data FILE --limit 0.05 [options]
npm run validate -- --train FILE --data FILE --limit 0.05 [options]      is this labelled data enough? (no workflow)

  --data FILE         labelled records: CSV, JSON Lines or a promptfoo CSV
  --limit SHARE       how many of what is written automatically may be wrong: 0.05 is one in twenty
  --confidence SHARE  how sure the proof is to be (0.95)
  --train FILE        train the built-in model on these records instead of those it comes with
  --text, --label, --id COLUMN, --column NAME=COLUMN (several times)   which column is what
  --rows N, --train-rows N   a draw of N rows of a file, the same each time
  --model NAME        another model of src/config.ts
  --spec FILE         the governance spec (JSON) whose rules are asked about each write
  --anyway            go on with fewer than 200 records, which prove nothing
  --out FOLDER        write report.html, report.json, records.csv and records.jsonl; a run that was stopped goes on there
  --resume FOLDER     go on with the run that was stopped, as it was called
  --draws N [--size N]  how often a certified threshold breaks its promise, over N draws of --size (400) records`;

/** A call that cannot be meant, or data that cannot be used: exit code 2. */
export class BadCall extends Error {}

const share = (name: string) => z.coerce.number(`--${name} takes a share such as 0.05`);
const rows = (name: string) => z.coerce.number(`--${name} takes a whole number`).int(`--${name} takes a whole number`).min(1).optional();

export const ValidateCall = z
  .strictObject({
    workflow: z.string().optional(),
    data: z.string("Name the labelled records: --data FILE"),
    limit: share("limit").gt(0, "--limit is above 0").lt(1, "--limit is a share below 1: 0.05 is 5 %"),
    confidence: share("confidence")
      .gt(0.5, "--confidence is above 0.5")
      .lt(1, "--confidence is a share below 1: 0.95 is 95 %")
      .default(0.95),
    train: z.string().optional(),
    text: z.string().optional(),
    label: z.string().optional(),
    id: z.string().optional(),
    column: z.array(z.string().regex(/^[^=]+=.+$/, "--column takes NAME=COLUMN, such as ticket.subject=Title")).default([]),
    rows: rows("rows"),
    "train-rows": rows("train-rows"),
    model: z.string().optional(),
    spec: z.string().optional(),
    anyway: z.boolean().default(false),
    out: z.string().optional(),
    draws: rows("draws"),
    size: rows("size"),
  })
  .superRefine((call, context) => {
    const issue = (message: string) => context.addIssue({ code: "custom", message });
    if (!call.workflow && !call.train) issue("Name what is validated: --workflow NAME, or --train FILE for the labels of a file");
    if (!call.workflow && (call.model || call.spec)) issue("--model and --spec are of a workflow: name it with --workflow");
    if (call.train && call.model) issue("--train is for the built-in model, so --model cannot be named beside it");
    if (call["train-rows"] && !call.train) issue("--train-rows is for the file of --train");
    if (call.size && !call.draws) issue("--size is the size of each of the --draws");
    if (call.draws && call.out) issue("--draws makes no report, so --out cannot be named beside it");
  });
export type ValidateCall = z.infer<typeof ValidateCall>;

export type Asked =
  | { readonly kind: "run"; readonly call: ValidateCall }
  | { readonly kind: "resume"; readonly folder: string }
  | { readonly kind: "help" };

export function parseCall(args: readonly string[]): Asked {
  const text = { type: "string" } as const;
  let values: Record<string, unknown>;
  try {
    values = parseArgs({
      args: [...args],
      options: {
        ...Object.fromEntries(
          [
            "workflow",
            "data",
            "limit",
            "confidence",
            "train",
            "text",
            "label",
            "id",
            "rows",
            "train-rows",
            "model",
            "spec",
            "out",
            "resume",
            "draws",
            "size",
          ].map((name) => [name, text]),
        ),
        column: { type: "string", multiple: true },
        anyway: { type: "boolean" },
        help: { type: "boolean" },
      },
    }).values;
  } catch (thrown) {
    throw new BadCall((thrown as Error).message);
  }
  if (values.help) return { kind: "help" };
  if (typeof values.resume === "string") {
    const [other] = Object.keys(values).filter((name) => name !== "resume");
    if (other) throw new BadCall(`--resume goes on as the run was called: leave --${other} out`);
    return { kind: "resume", folder: values.resume };
  }
  const parsed = ValidateCall.safeParse(values);
  if (!parsed.success) throw new BadCall(parsed.error.issues[0]?.message ?? "The call is not valid");
  return { kind: "run", call: parsed.data };
}

export const mappingOf = ({ id, text, label, column }: ValidateCall): Mapping => ({
  id,
  text,
  label,
  columns: Object.fromEntries(column.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)])),
});
