// The part of SOQL that the connector writes: SELECT fields FROM an object WHERE conditions AND … ORDER BY … LIMIT n. Read strictly: what is not understood is refused as the
// vendor refuses it, with MALFORMED_QUERY. Pure.
import type { Row } from "./directory.ts";
import { OBJECTS, type ObjectSpec } from "./objects.ts";

export class SoqlError extends Error {
  readonly errorCode: string;
  constructor(errorCode: string, message: string) {
    super(message);
    this.errorCode = errorCode;
  }
}

interface Moment {
  readonly moment: number;
}
type Literal = string | number | boolean | null | Moment;
interface Condition {
  readonly field: string;
  readonly is: string;
  readonly value: Literal | readonly Literal[];
}
export interface Query {
  readonly from: string;
  readonly select: readonly string[];
  readonly where: readonly Condition[];
  readonly orderBy: readonly { readonly field: string; readonly descending: boolean }[];
  readonly limit: number;
}

const TOKEN =
  /\s*(?:('(?:[^'\\]|\\.)*')|(\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2}))?)|(-?\d+(?:\.\d+)?)|([A-Za-z][\w.]*)|(!=|<=|>=|[=<>(),]))/y;
const UNESCAPED: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

interface Token {
  readonly kind: "text" | "date" | "number" | "word" | "sign";
  readonly text: string;
}

function tokens(soql: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  while (soql.slice(at).trim() !== "") {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(soql);
    if (!match) throw new SoqlError("MALFORMED_QUERY", `unexpected token: '${soql.slice(at).trim().slice(0, 20)}'`);
    at = TOKEN.lastIndex;
    const [, quoted, date, number, word, sign] = match;
    if (quoted !== undefined)
      found.push({ kind: "text", text: quoted.slice(1, -1).replace(/\\(.)/g, (_, char: string) => UNESCAPED[char] ?? char) });
    else if (date !== undefined) found.push({ kind: "date", text: date });
    else if (number !== undefined) found.push({ kind: "number", text: number });
    else if (word !== undefined) found.push({ kind: "word", text: word });
    else found.push({ kind: "sign", text: sign ?? "" });
  }
  return found;
}

export function parseSoql(soql: string): Query {
  const rest = tokens(soql);
  const take = (): Token => rest.shift() ?? malformed("<EOF>");
  const isNext = (word: string): boolean => rest[0]?.kind !== "text" && rest[0]?.text.toUpperCase() === word;
  const skip = (word: string): boolean => isNext(word) && rest.shift() !== undefined;
  const expect = (word: string): void => void (skip(word) || malformed(rest[0]?.text ?? "<EOF>"));
  const name = (): string => {
    const token = take();
    return token.kind === "word" ? token.text : malformed(token.text);
  };
  const list = <T>(one: () => T): T[] => {
    const items = [one()];
    while (skip(",")) items.push(one());
    return items;
  };
  const literal = (): Literal => {
    const { kind, text } = take();
    if (kind === "text") return text;
    if (kind === "date") return text.includes("T") ? { moment: Date.parse(text) } : text;
    if (kind === "number") return Number(text);
    if (kind === "word" && /^(true|false|null)$/i.test(text)) return JSON.parse(text.toLowerCase()) as Literal;
    return malformed(text);
  };
  const condition = (): Condition => {
    const field = name();
    if (skip("NOT")) {
      expect("IN");
      return { field, is: "NOT IN", value: inList() };
    }
    if (skip("IN")) return { field, is: "IN", value: inList() };
    if (skip("LIKE")) return { field, is: "LIKE", value: literal() };
    const { kind, text } = take();
    if (kind !== "sign" || /[(),]/.test(text)) malformed(text);
    return { field, is: text, value: literal() };
  };
  const inList = (): Literal[] => {
    expect("(");
    const values = list(literal);
    expect(")");
    return values;
  };
  const conjunction = (): Condition[] => {
    const items = [condition()];
    while (skip("AND")) items.push(condition());
    return items;
  };

  expect("SELECT");
  const select = list(name);
  expect("FROM");
  const from = name();
  const where = skip("WHERE") ? conjunction() : [];
  const ordered = () => {
    const field = name();
    const descending = skip("DESC");
    if (!descending) skip("ASC");
    return { field, descending };
  };
  const isOrdered = skip("ORDER");
  if (isOrdered) expect("BY");
  const orderBy = isOrdered ? list(ordered) : [];
  const limit = skip("LIMIT") ? Number(literal()) : Number.MAX_SAFE_INTEGER;
  if (rest.length > 0) malformed(rest[0]?.text ?? "");
  const spec = OBJECTS[from] ?? refuse("INVALID_TYPE", `sObject type '${from}' is not supported.`);
  for (const field of [...select, ...orderBy.map((one) => one.field)]) known(from, spec, field);
  for (const { field } of where)
    if (known(from, spec, field).unfilterable) refuse("INVALID_FIELD", `field '${field}' can not be filtered in a query call`);
  return { from, select, where: where.map((one) => typed(spec, one)), orderBy, limit };
}

const refuse = (errorCode: string, message: string): never => {
  throw new SoqlError(errorCode, message);
};
const malformed = (token: string): never => refuse("MALFORMED_QUERY", `unexpected token: '${token}'`);

const known = (object: string, spec: ObjectSpec, field: string) =>
  spec.fields[field] ?? refuse("INVALID_FIELD", `No such column '${field}' on entity '${object}'.`);

/** A quoted moment is no moment to the vendor, nor is a bare one a text. */
function typed(spec: ObjectSpec, condition: Condition): Condition {
  const { type } = spec.fields[condition.field] ?? { type: "string" };
  for (const value of [condition.value].flat() as Literal[]) {
    const isMoment = typeof value === "object" && value !== null;
    if (value !== null && (type === "datetime") !== isMoment)
      refuse("INVALID_FIELD", `value of filter criterion for field '${condition.field}' must be of type ${type}`);
  }
  return condition;
}

const comparable = (value: Literal): string | number | null => {
  if (typeof value === "boolean") return Number(value);
  return typeof value === "object" && value !== null ? value.moment : value;
};

export function runQuery({ from, where, orderBy, limit }: Query, rows: readonly Row[]): Row[] {
  const fields = OBJECTS[from]?.fields ?? {};
  const held = (row: Row, field: string): string | number | null => {
    const value = row[field] ?? null;
    return fields[field]?.type === "datetime" && typeof value === "string"
      ? Date.parse(value.replace(/([+-]\d{2})(\d{2})$/, "$1:$2"))
      : comparable(value);
  };
  const holds = (row: Row, { field, is, value }: Condition): boolean => {
    const own = held(row, field);
    const isId = fields[field]?.type === "id" || fields[field]?.type === "reference";
    const same = (other: Literal) => equal(own, comparable(other), isId);
    if (Array.isArray(value)) return value.some(same) === (is === "IN");
    const wanted = comparable(value as Literal);
    if (is === "=") return same(value as Literal);
    if (is === "!=") return !same(value as Literal);
    if (own === null || wanted === null) return false;
    if (is === "LIKE") return like(String(wanted)).test(String(own));
    if (is === "<") return own < wanted;
    if (is === "<=") return own <= wanted;
    return is === ">" ? own > wanted : own >= wanted;
  };
  const found = rows.filter((row) => where.every((one) => holds(row, one)));
  found.sort((a, b) => {
    for (const { field, descending } of orderBy) {
      const [left, right] = [held(a, field) ?? "", held(b, field) ?? ""];
      if (left !== right) return left < right === descending ? 1 : -1;
    }
    return 0;
  });
  return found.slice(0, limit);
}

/** Texts are compared without regard to capitals; of ids, the first fifteen characters count, with regard to them. */
function equal(a: string | number | null, b: string | number | null, isId: boolean): boolean {
  if (typeof a !== "string" || typeof b !== "string") return a === b;
  return isId ? a.slice(0, 15) === b.slice(0, 15) : a.toLowerCase() === b.toLowerCase();
}

const like = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
      .replace(/%/g, ".*")
      .replace(/_/g, ".")}$`,
    "is",
  );
