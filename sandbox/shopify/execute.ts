// Answers a parsed document from records: what is selected and nothing else, with the errors that Shopify puts beside the data, and the points that it really took.
// It decides nothing: a root field's function does.
import { type Field, LIST_COST, type Literal, MUTATION_COST, type Parsed, type Selection, Variable } from "./document.ts";

/** A field's value, or what gives it for the arguments it was asked with. `__type`, `__is`: what fragments match. */
export type Value = unknown;
export type Args = Readonly<Record<string, unknown>>;
export type Root = (args: Args, directives: Readonly<Record<string, Args>>) => Value;

export interface GraphqlError {
  readonly message: string;
  readonly path?: readonly string[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** Thrown by a root's function, or by a field's: the field is null, and the error stands beside the data. */
export class FieldProblem extends Error {
  readonly extensions: Readonly<Record<string, unknown>>;
  constructor(message: string, extensions: Readonly<Record<string, unknown>>) {
    super(message);
    this.extensions = extensions;
  }
}

/** The document asks for what is not there: nothing of it is carried out. */
export class DocumentProblem extends Error {}

export interface Executed {
  readonly data: Readonly<Record<string, unknown>>;
  readonly errors: readonly GraphqlError[];
  readonly cost: number;
}

export function execute(document: Parsed, variables: Args, roots: Readonly<Record<string, Root>>): Executed {
  const errors: GraphqlError[] = [];
  const data: Record<string, unknown> = {};
  let cost = 0;

  const given = (literal: Literal): unknown => {
    if (literal instanceof Variable) return variables[literal.name];
    if (Array.isArray(literal)) return literal.map(given);
    if (typeof literal === "object" && literal !== null)
      return Object.fromEntries(Object.entries(literal as Record<string, Literal>).map(([name, value]) => [name, given(value)]));
    return literal;
  };
  const argsOf = (args: Readonly<Record<string, Literal>>): Args =>
    Object.fromEntries(Object.entries(args).map(([name, value]) => [name, given(value)]));

  function read(record: Record<string, unknown>, field: Field, path: readonly string[]): unknown {
    if (!(field.name in record))
      throw new DocumentProblem(`Field '${field.name}' doesn't exist on type '${String(record.__type ?? "Object")}'`);
    const value = record[field.name];
    try {
      return project(typeof value === "function" ? value(argsOf(field.args)) : value, field, path);
    } catch (thrown) {
      if (!(thrown instanceof FieldProblem)) throw thrown;
      errors.push({ message: thrown.message, path, extensions: thrown.extensions });
      return null;
    }
  }

  function project(value: unknown, field: Field, path: readonly string[]): unknown {
    if (value === null || value === undefined) return null;
    if (field.selection === null) {
      if (typeof value === "object" && !Array.isArray(value))
        throw new DocumentProblem(`Field '${field.name}' must have a selection of subfields`);
      return value;
    }
    if (Array.isArray(value)) return value.map((item) => object(item as Record<string, unknown>, field.selection ?? [], path));
    return object(value as Record<string, unknown>, field.selection, path);
  }

  function object(record: Record<string, unknown>, selection: readonly Selection[], path: readonly string[]): Record<string, unknown> {
    // A connection costs for being one, and its nodes each for themselves.
    cost += "nodes" in record ? LIST_COST : "hasNextPage" in record ? 0 : 1;
    return fields(record, selection, path);
  }

  function fields(record: Record<string, unknown>, selection: readonly Selection[], path: readonly string[]): Record<string, unknown> {
    const found: Record<string, unknown> = {};
    for (const one of selection) {
      if (one.kind === "field") found[one.alias] = read(record, one, [...path, one.alias]);
      else if (record.__type === one.on || (record.__is as readonly string[] | undefined)?.includes(one.on))
        Object.assign(found, fields(record, one.selection, path));
    }
    return found;
  }

  for (const one of document.selection) {
    if (one.kind === "fragment") throw new DocumentProblem("Fragments at the root are not played here");
    const root = roots[one.name];
    if (!root)
      throw new DocumentProblem(`Field '${one.name}' doesn't exist on type '${document.kind === "query" ? "QueryRoot" : "Mutation"}'`);
    try {
      const directives = Object.fromEntries(Object.entries(one.directives).map(([name, args]) => [name, argsOf(args)]));
      data[one.alias] = project(root(argsOf(one.args), directives), one, [one.alias]);
    } catch (thrown) {
      if (!(thrown instanceof FieldProblem)) throw thrown;
      errors.push({ message: thrown.message, path: [one.alias], extensions: thrown.extensions });
      data[one.alias] = null;
    }
  }
  return { data, errors, cost: document.kind === "mutation" ? MUTATION_COST * document.selection.length : cost };
}
