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
  | { ok: true; json: Record<string, unknown>; digest: string; choices: readonly ChoiceField[]; topLogprobs: number }
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
  return { ok: true, json, digest: digest(json), choices, topLogprobs };
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
