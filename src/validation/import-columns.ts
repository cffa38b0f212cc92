// Which column of a file is what: the record's id, the text of each data element, the label of each field. Pure. What is said by name counts first, then exact names, then
// the last part of one ("subject" for ticket.subject), then the plain names that most files use. What it cannot tell it asks for, and never guesses.
import { fail, ok, type Result } from "../core/errors.ts";

/** What the records of a workflow consist of (src/engine/rehearse.ts makes it from the declaration). */
export interface ImportPlan {
  readonly elements: readonly string[];
  readonly fields: readonly { readonly path: string; readonly labels: readonly string[] | null }[];
  /** The element and the field of a plain file; null where they have to be said. */
  readonly text: string | null;
  readonly label: string | null;
}

/** What a person said of the columns: `text` and `label` for a plain file, `columns` by element or field. */
export interface Mapping {
  readonly id?: string | undefined;
  readonly text?: string | undefined;
  readonly label?: string | undefined;
  readonly columns?: Readonly<Record<string, string>> | undefined;
}

export interface Columns {
  readonly id: string | null;
  /** Column by element, and by field; those that the file has. */
  readonly elements: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, string>>;
}

const TEXT = ["text", "input"];
const LABEL = ["expected", "label", "__expected", "ideal", "ground_truth"];
/** promptfoo's own columns begin so; the others of its files are variables. */
const OWN = /^__/;

export function resolveColumns(columns: readonly string[], plan: ImportPlan, mapping: Mapping = {}): Result<Columns> {
  const said = { ...mapping.columns };
  const known = [...plan.elements, ...plan.fields.map(({ path }) => path)];
  const odd = Object.keys(said).find((name) => !known.includes(name));
  if (odd !== undefined) return unusable(`"${odd}" is neither an element nor a field of this workflow; it has ${listed(known)}`);
  for (const column of [mapping.id, mapping.text, mapping.label, ...Object.values(said)])
    if (column !== undefined && !columns.includes(column)) return unusable(`The file has no column "${column}"; it has ${listed(columns)}`);

  const named = (name: string): string | undefined => {
    if (said[name] !== undefined) return said[name];
    if (columns.includes(name)) return name;
    const part = name.split(".").at(-1) as string;
    const isAlone = known.filter((other) => other.split(".").at(-1) === part).length === 1;
    return isAlone && columns.includes(part) && !OWN.test(part) ? part : undefined;
  };
  const found = (names: readonly string[]) =>
    Object.fromEntries(names.flatMap((name) => (named(name) === undefined ? [] : [[name, named(name) as string]])));

  const fields = found(plan.fields.map(({ path }) => path));
  const label = mapping.label ?? (Object.keys(fields).length === 0 ? LABEL.find((name) => columns.includes(name)) : undefined);
  if (label !== undefined) {
    if (plan.label === null)
      return unusable(`Say which field the column "${label}" labels: one of ${listed(plan.fields.map(({ path }) => path))}`);
    fields[plan.label] = label;
  }
  if (Object.keys(fields).length === 0)
    return unusable(`No column holds labels: name one "label", or say which it is. The file has ${listed(columns)}`);

  const elements = found(plan.elements);
  const text = mapping.text ?? (Object.keys(elements).length === 0 ? plainText(columns, Object.values(fields), mapping.id) : undefined);
  if (text !== undefined) {
    if (plan.text === null) return unusable(`Say which element the column "${text}" is: one of ${listed(plan.elements)}`);
    elements[plan.text] = text;
  }
  if (Object.keys(elements).length === 0)
    return unusable(`No column holds the text: name one "text", or say which it is. The file has ${listed(columns)}`);
  const both = Object.values(fields).find((column) => Object.values(elements).includes(column));
  if (both !== undefined) return unusable(`The column "${both}" cannot be both the text and the label`);
  return ok({ id: mapping.id ?? (columns.includes("id") ? "id" : null), elements, fields });
}

/** Of a promptfoo file with one variable, that one. */
function plainText(columns: readonly string[], labels: readonly string[], id: string | undefined): string | undefined {
  const usual = TEXT.find((name) => columns.includes(name));
  if (usual !== undefined || !columns.some((name) => OWN.test(name))) return usual;
  const variables = columns.filter((name) => !OWN.test(name) && name !== (id ?? "id") && !labels.includes(name));
  return variables.length === 1 ? variables[0] : undefined;
}

const unusable = (message: string) => fail("validation.data_unusable", message);
const listed = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");
