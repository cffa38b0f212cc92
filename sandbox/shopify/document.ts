// A GraphQL document as far as Shopify's callers write them: one operation with variables, fields with arguments, aliases, directives and inline fragments. And what
// Shopify reckons for it beforehand. It knows no schema: a field that a record does not have is found when it is asked for.

export type Literal = null | boolean | number | string | readonly Literal[] | { readonly [key: string]: Literal } | Variable;
export class Variable {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

export interface Field {
  readonly kind: "field";
  readonly name: string;
  readonly alias: string;
  readonly args: Readonly<Record<string, Literal>>;
  readonly directives: Readonly<Record<string, Readonly<Record<string, Literal>>>>;
  readonly selection: readonly Selection[] | null;
}
export interface Fragment {
  readonly kind: "fragment";
  readonly on: string;
  readonly selection: readonly Selection[];
}
export type Selection = Field | Fragment;

export interface Parsed {
  readonly kind: "query" | "mutation";
  readonly name: string | null;
  /** By name, with the type as it is written. */
  readonly variables: Readonly<Record<string, string>>;
  readonly selection: readonly Selection[];
}

const TOKEN = /\.\.\.|[A-Za-z_]\w*|-?\d+(?:\.\d+)?|"(?:[^"\\]|\\.)*"|[!$(){}[\]:=@]/y;

export class SyntaxProblem extends Error {}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  let at = 0;
  for (;;) {
    at += /^[\s,]*(?:#[^\n]*[\s,]*)*/.exec(text.slice(at))?.[0].length ?? 0;
    if (at >= text.length) return tokens;
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) throw new SyntaxProblem(`syntax error, unexpected ${JSON.stringify(text.slice(at, at + 10))}`);
    tokens.push(token);
    at += token.length;
  }
}

class Reader {
  readonly #tokens: readonly string[];
  #at = 0;
  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  get next(): string {
    return this.#tokens[this.#at] ?? "";
  }
  take(expected?: string): string {
    const token = this.next;
    if (token === "" || (expected !== undefined && token !== expected))
      throw new SyntaxProblem(
        `syntax error, unexpected ${token === "" ? "end of file" : token}${expected ? `, expecting ${expected}` : ""}`,
      );
    this.#at++;
    return token;
  }
  takeIf(token: string): boolean {
    if (this.next !== token) return false;
    this.#at++;
    return true;
  }
}

function typeText(reader: Reader): string {
  let text = "";
  if (reader.takeIf("[")) {
    text = `[${typeText(reader)}]`;
    reader.take("]");
  } else text = reader.take();
  return reader.takeIf("!") ? `${text}!` : text;
}

function literal(reader: Reader): Literal {
  const token = reader.take();
  if (token === "$") return new Variable(reader.take());
  if (token === "[") {
    const items: Literal[] = [];
    while (!reader.takeIf("]")) items.push(literal(reader));
    return items;
  }
  if (token === "{") {
    const members: Record<string, Literal> = {};
    while (!reader.takeIf("}")) {
      const name = reader.take();
      reader.take(":");
      members[name] = literal(reader);
    }
    return members;
  }
  if (token.startsWith('"') || /^-?\d/.test(token)) return JSON.parse(token) as Literal;
  if (token === "true" || token === "false") return token === "true";
  // An enum's value is its name.
  return token === "null" ? null : token;
}

function args(reader: Reader): Record<string, Literal> {
  const found: Record<string, Literal> = {};
  if (!reader.takeIf("(")) return found;
  while (!reader.takeIf(")")) {
    const name = reader.take();
    reader.take(":");
    found[name] = literal(reader);
  }
  return found;
}

function directives(reader: Reader): Record<string, Record<string, Literal>> {
  const found: Record<string, Record<string, Literal>> = {};
  while (reader.takeIf("@")) found[reader.take()] = args(reader);
  return found;
}

function selectionSet(reader: Reader): Selection[] {
  const found: Selection[] = [];
  reader.take("{");
  while (!reader.takeIf("}")) {
    if (reader.takeIf("...")) {
      reader.take("on");
      found.push({ kind: "fragment", on: reader.take(), selection: selectionSet(reader) });
      continue;
    }
    const first = reader.take();
    const name = reader.takeIf(":") ? reader.take() : first;
    found.push({
      kind: "field",
      alias: first,
      name,
      args: args(reader),
      directives: directives(reader),
      selection: reader.next === "{" ? selectionSet(reader) : null,
    });
  }
  return found;
}

export function parseDocument(text: string): Parsed {
  const reader = new Reader(text);
  if (reader.next === "{") return { kind: "query", name: null, variables: {}, selection: selectionSet(reader) };
  const kind = reader.take();
  if (kind !== "query" && kind !== "mutation") throw new SyntaxProblem(`syntax error, unexpected ${kind}`);
  const name = reader.next === "(" || reader.next === "{" ? null : reader.take();
  const variables: Record<string, string> = {};
  if (reader.takeIf("(")) {
    while (!reader.takeIf(")")) {
      reader.take("$");
      const variable = reader.take();
      reader.take(":");
      variables[variable] = typeText(reader);
    }
  }
  const selection = selectionSet(reader);
  if (reader.next !== "") throw new SyntaxProblem(`syntax error, unexpected ${reader.next}`);
  return { kind, name, variables, selection };
}

// ---- cost: https://shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits ----

/** An object costs 1, a scalar nothing, a list as many objects as are asked for and 2; a mutation 10, whatever is read back. */
export const MUTATION_COST = 10;
export const LIST_COST = 2;

/** What stands between a list and its records. The root field `node` has an id. */
const isWrapper = ({ name, args }: Field): boolean => ["nodes", "edges", "pageInfo"].includes(name) || (name === "node" && !("id" in args));

function costOfSelection(selection: readonly Selection[]): number {
  return selection.reduce((sum, one) => {
    if (one.kind === "fragment") return sum + costOfSelection(one.selection);
    if (one.selection === null) return sum;
    const inside = costOfSelection(one.selection);
    if (isWrapper(one)) return sum + inside;
    const { first } = one.args;
    return sum + (typeof first === "number" ? LIST_COST + first * (1 + inside) : 1 + inside);
  }, 0);
}

export const requestedCost = ({ kind, selection }: Parsed): number =>
  kind === "mutation" ? MUTATION_COST * selection.length : costOfSelection(selection);
