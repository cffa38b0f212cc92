// The closed schema of an answer, as providers want it (strict JSON schema) and as confidence needs it (which fields are choices).
// It must not loosen anything: a schema that cannot be strict is reported, not repaired.
// Worked out once per zod schema and kept, because a model call happens several hundred times a second.
import * as z from "zod";
import { digest } from "../core/json.ts";

/** A field whose value is one of a fixed set: an enum, a boolean, or either of them with null. */
export interface ChoiceField {
  /** Dotted path from the root. */
  path: string;
  /** The possible values as JSON text, for example "\"billing\"" or "true". */
  literals: readonly string[];
}

export type OutputSchema =
  | {
      ok: true;
      json: Record<string, unknown>;
      digest: string;
      choices: readonly ChoiceField[];
      /** Paths of the values that are extracted: numbers, and texts that are short or have a form. */
      values: readonly string[];
      topLogprobs: number;
    }
  | { ok: false; problem: string };

type Node = Record<string, unknown>;

const known = new WeakMap<z.ZodType, OutputSchema>();

export function outputSchemaOf(schema: z.ZodType): OutputSchema {
  let found = known.get(schema);
  if (found === undefined) {
    found = derive(schema);
    known.set(schema, found);
  }
  return found;
}

function derive(schema: z.ZodType): OutputSchema {
  let json: Node;
  try {
    const { $schema: _, ...rest } = z.toJSONSchema(schema);
    json = rest;
  } catch (error) {
    return { ok: false, problem: `the answer's schema cannot be sent: ${error instanceof Error ? error.message : "unknown reason"}` };
  }
  if (json.type !== "object") return { ok: false, problem: "the answer's schema must be an object" };
  const problem = looseness(json, "");
  if (problem !== null) return { ok: false, problem };
  const choices = choicesOf(json, "");
  // Below 5 the tail of close calls is lost; providers allow at most 20.
  const topLogprobs = Math.min(20, Math.max(5, ...choices.map((choice) => choice.literals.length)));
  return { ok: true, json, digest: digest(json), choices, values: valuesOf(json, ""), topLogprobs };
}

export type StrictSchema = Extract<OutputSchema, { ok: true }>;

const sent = new WeakMap<StrictSchema, Map<string, Pick<StrictSchema, "json" | "digest">>>();

/** The schema for a provider that does not know some words of JSON schema: they go into the description, where a model may still heed them. Here they are checked. */
export function schemaWithout(output: StrictSchema, words: readonly string[]): Pick<StrictSchema, "json" | "digest"> {
  if (words.length === 0) return output;
  const kept = sent.get(output) ?? new Map<string, Pick<StrictSchema, "json" | "digest">>();
  sent.set(output, kept);
  const key = words.join(" ");
  let found = kept.get(key);
  if (found === undefined) {
    const json = told(output.json, new Set(words)) as Record<string, unknown>;
    found = { json, digest: digest(json) };
    kept.set(key, found);
  }
  return found;
}

/** A property may be named like a word of JSON schema: only what stands beside them, not the names in `properties` and `$defs`. */
function told(node: unknown, words: ReadonlySet<string>): unknown {
  if (Array.isArray(node)) return node.map((child) => told(child, words));
  if (!isNode(node)) return node;
  const out: Node = {};
  const moved: string[] = [];
  for (const [name, child] of Object.entries(node)) {
    if (words.has(name)) moved.push(`${name}: ${JSON.stringify(child)}`);
    else if ((name === "properties" || name === "$defs") && isNode(child))
      out[name] = Object.fromEntries(Object.entries(child).map(([key, value]) => [key, told(value, words)]));
    else if (name === "items" || name === "anyOf") out[name] = told(child, words);
    else out[name] = child;
  }
  if (moved.length > 0) out.description = [node.description, `{${moved.join(", ")}}`].filter(Boolean).join(" ");
  return out;
}

/** Strict mode wants each object closed and each property required, at every depth; null when that holds. */
function looseness(node: unknown, path: string): string | null {
  if (!isNode(node)) return null;
  if (node.type === "object") {
    const properties = isNode(node.properties) ? Object.keys(node.properties) : [];
    const required = new Set(Array.isArray(node.required) ? node.required : []);
    if (node.additionalProperties !== false) return `the object at "${path || "root"}" must be closed: use z.object`;
    const optional = properties.find((name) => !required.has(name));
    if (optional !== undefined) return `the field "${join(path, optional)}" is optional: use .nullable() instead`;
  }
  for (const [name, child] of Object.entries(isNode(node.properties) ? node.properties : {})) {
    const problem = looseness(child, join(path, name));
    if (problem !== null) return problem;
  }
  for (const child of [
    node.items,
    ...(Array.isArray(node.anyOf) ? node.anyOf : []),
    ...(isNode(node.$defs) ? Object.values(node.$defs) : []),
  ]) {
    const problem = looseness(child, path);
    if (problem !== null) return problem;
  }
  return null;
}

function choicesOf(node: Node, path: string): ChoiceField[] {
  if (!isNode(node.properties)) return [];
  return Object.entries(node.properties).flatMap(([name, child]) => {
    const at = join(path, name);
    const literals = literalsOf(child);
    if (literals !== null) return literals.length > 1 ? [{ path: at, literals }] : [];
    return isNode(child) ? choicesOf(child, at) : [];
  });
}

/** Longer texts are written and not copied out of a record: how usual their wording is says nothing about whether they are right. */
const LONGEST_EXTRACT = 200;

function valuesOf(node: Node, path: string): string[] {
  if (!isNode(node.properties)) return [];
  return Object.entries(node.properties).flatMap(([name, child]) => {
    const at = join(path, name);
    if (!isNode(child) || literalsOf(child) !== null) return [];
    return isExtract(child) ? [at] : valuesOf(child, at);
  });
}

function isExtract(node: unknown): boolean {
  if (!isNode(node)) return false;
  if (Array.isArray(node.anyOf)) {
    const branches = node.anyOf.filter((branch) => !isNode(branch) || branch.type !== "null");
    return branches.length > 0 && branches.every(isExtract);
  }
  if (node.type === "number" || node.type === "integer") return true;
  if (node.type !== "string") return false;
  return "format" in node || "pattern" in node || (typeof node.maxLength === "number" && node.maxLength <= LONGEST_EXTRACT);
}

function literalsOf(node: unknown): string[] | null {
  if (!isNode(node)) return null;
  if (Array.isArray(node.enum)) return node.enum.map((value) => JSON.stringify(value));
  if ("const" in node) return [JSON.stringify(node.const)];
  if (node.type === "boolean") return ["true", "false"];
  if (node.type === "null") return ["null"];
  if (!Array.isArray(node.anyOf)) return null;
  const branches = node.anyOf.map(literalsOf);
  return branches.every((branch) => branch !== null) ? branches.flat() : null;
}

const join = (path: string, name: string) => (path === "" ? name : `${path}.${name}`);

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
