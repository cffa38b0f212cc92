// Every document that the connector sends: checked field by field, argument by argument and variable by variable against Shopify's own schema where that lies beside
// the project, and against the stand-in's count of points always.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type Literal, parseDocument, requestedCost, type Selection, Variable } from "../../../sandbox/shopify/document.ts";
import { API_VERSION, KEPT_FREE, type Operation, STANDARD_PLAN } from "../../../src/connectors/shopify-api.ts";
import * as documents from "../../../src/connectors/shopify-documents.ts";

const operations: [string, Operation][] = Object.entries(documents);
const FOLDER = path.resolve(import.meta.dirname, "../../../../shared/contracts/shopify");
const schemaFile = [`admin_${API_VERSION}.json.gz`, `admin_${API_VERSION}.subset.json.gz`]
  .map((name) => path.join(FOLDER, name))
  .find((file) => existsSync(file));

interface TypeRef {
  readonly kind: string;
  readonly name: string | null;
  readonly ofType: TypeRef | null;
}
interface Named {
  readonly name: string;
  readonly type: TypeRef;
  readonly args?: readonly Named[];
  readonly defaultValue?: string | null;
}
interface SchemaType {
  readonly name: string;
  readonly kind: string;
  readonly fields?: readonly Named[] | null;
  readonly inputFields?: readonly Named[] | null;
  readonly enumValues?: readonly { readonly name: string }[] | null;
  readonly possibleTypes?: readonly { readonly name: string }[] | null;
}

const written = (type: TypeRef): string => {
  if (type.kind === "NON_NULL" && type.ofType) return `${written(type.ofType)}!`;
  if (type.kind === "LIST" && type.ofType) return `[${written(type.ofType)}]`;
  return type.name ?? "";
};
const bare = (type: TypeRef): string => (type.ofType ? bare(type.ofType) : (type.name ?? ""));

/** What is wrong with a document by a schema; nothing where it is in order. */
function problemsOf(operation: Operation, types: ReadonlyMap<string, SchemaType>): string[] {
  const document = parseDocument(operation.text);
  const problems: string[] = [];
  const used = new Set<string>();

  function value(literal: Literal, type: TypeRef, where: string): void {
    if (literal instanceof Variable) {
      used.add(literal.name);
      const declared = document.variables[literal.name];
      const wanted = written(type);
      // What may be null may not stand where it must not be.
      if (declared === undefined) problems.push(`${where}: $${literal.name} is not declared`);
      else if (declared !== wanted && declared !== `${wanted}!`)
        problems.push(`${where}: $${literal.name} is ${declared}, and ${wanted} is wanted`);
      return;
    }
    const inner = types.get(bare(type));
    if (Array.isArray(literal)) for (const item of literal) value(item as Literal, type, where);
    else if (inner?.kind === "ENUM" && typeof literal === "string" && !inner.enumValues?.some(({ name }) => name === literal))
      problems.push(`${where}: ${literal} is no ${inner.name}`);
  }

  function fields(selection: readonly Selection[], type: SchemaType, where: string): void {
    for (const one of selection) {
      if (one.kind === "fragment") {
        const on = types.get(one.on);
        if (!on) problems.push(`${where}: there is no type ${one.on}`);
        else fields(one.selection, on, `${where} on ${one.on}`);
        continue;
      }
      const at = `${where}.${one.name}`;
      const field = type.fields?.find(({ name }) => name === one.name);
      if (!field) {
        problems.push(`${at} is not in the schema`);
        continue;
      }
      for (const [name, literal] of Object.entries(one.args)) {
        const arg = field.args?.find((known) => known.name === name);
        if (arg) value(literal, arg.type, `${at}(${name})`);
        else problems.push(`${at} has no argument ${name}`);
      }
      for (const arg of field.args ?? [])
        if (arg.type.kind === "NON_NULL" && !arg.defaultValue && !(arg.name in one.args)) problems.push(`${at} wants ${arg.name}`);
      for (const args of Object.values(one.directives))
        for (const literal of Object.values(args)) if (literal instanceof Variable) used.add(literal.name);
      const inner = types.get(bare(field.type));
      const isLeaf = inner === undefined || inner.kind === "SCALAR" || inner.kind === "ENUM";
      if (isLeaf !== (one.selection === null)) problems.push(`${at} ${isLeaf ? "has no fields to select" : "needs a selection"}`);
      else if (inner && one.selection) fields(one.selection, inner, at);
    }
  }

  const root = types.get(document.kind === "query" ? "QueryRoot" : "Mutation");
  if (root) fields(document.selection, root, document.kind);
  for (const variable of Object.keys(document.variables)) if (!used.has(variable)) problems.push(`$${variable} is not used`);
  return problems;
}

describe.each(operations)("the document %s", (_name, operation) => {
  it("is one operation under its own name, and asks for no more than its points and what is kept free hold", () => {
    const document = parseDocument(operation.text);
    expect([document.kind, document.name]).toEqual([operation.kind, operation.name]);
    const requested = requestedCost(document);
    // What it takes at most must find room in the share that is left free, whatever the local count says.
    expect(requested).toBeLessThanOrEqual((STANDARD_PLAN.capacity / (1 - KEPT_FREE)) * KEPT_FREE);
    expect(operation.cost).toBeLessThanOrEqual(requested);
    if (operation.kind === "mutation") expect(operation.cost).toBe(requested);
  });
});

describe.skipIf(!schemaFile)(`Shopify's schema of ${API_VERSION} (skipped where ../shared/contracts/shopify has none)`, () => {
  const types = new Map<string, SchemaType>();
  if (schemaFile) {
    const json = JSON.parse(gunzipSync(readFileSync(schemaFile)).toString()) as { data?: unknown };
    const { __schema } = (json.data ?? json) as { __schema: { types: SchemaType[] } };
    for (const type of __schema.types) types.set(type.name, type);
  }

  it.each(operations)("has all that %s asks for", (_name, operation) => {
    expect(problemsOf(operation, types)).toEqual([]);
  });
});

describe("the check against a schema", () => {
  const named = (name: string, kind = "OBJECT"): TypeRef => ({ kind, name, ofType: null });
  const must = (type: TypeRef): TypeRef => ({ kind: "NON_NULL", name: null, ofType: type });
  const types = new Map<string, SchemaType>(
    [
      {
        name: "QueryRoot",
        kind: "OBJECT",
        fields: [{ name: "order", type: named("Order"), args: [{ name: "id", type: must(named("ID", "SCALAR")) }] }],
      },
      { name: "Order", kind: "OBJECT", fields: [{ name: "note", type: named("String", "SCALAR"), args: [] }] },
      { name: "ID", kind: "SCALAR" },
      { name: "String", kind: "SCALAR" },
    ].map((type) => [type.name, type]),
  );
  const problems = (text: string) => problemsOf({ name: "Q", kind: "query", cost: 1, text }, types);

  it("finds a field, an argument, a variable's type and a selection that are not in order", () => {
    expect(problems("query Q($id: ID!) { order(id: $id) { note } }")).toEqual([]);
    expect(problems("query Q($id: ID!) { order(id: $id) { colour } }")).toEqual(["query.order.colour is not in the schema"]);
    expect(problems("query Q($id: ID) { order(id: $id) { note } }")).toEqual(["query.order(id): $id is ID, and ID! is wanted"]);
    expect(problems("query Q { order { note } }")).toEqual(["query.order wants id"]);
    expect(problems("query Q($id: ID!) { order(id: $id) }")).toEqual(["query.order needs a selection"]);
    expect(problems("query Q($id: ID!, $x: ID) { order(id: $id, no: 1) { note } }")).toEqual([
      "query.order has no argument no",
      "$x is not used",
    ]);
  });
});
