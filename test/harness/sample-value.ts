// A value that fits a schema, made up: for outputs that a test does not care about. Where a schema wants more than a type (a pattern, say) there is none.
import * as z from "zod";
import type { Json, JsonObject } from "../../src/core/json.ts";

interface Shape {
  readonly type?: string;
  readonly const?: Json;
  readonly enum?: readonly Json[];
  readonly anyOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly format?: string;
}

/** `known`: values to be used under the same names (an input's `id` is likely its output's). Undefined where nothing fits. */
export function sampleOf(schema: z.ZodType, known: JsonObject = {}, count = 1): Json | undefined {
  const shape = z.toJSONSchema(schema, { unrepresentable: "any", io: "input" }) as Shape;
  const made = make(shape, "value", known, count);
  return schema.safeParse(made).success ? made : undefined;
}

function make(shape: Shape, name: string, known: JsonObject, count: number): Json {
  const given = known[name];
  if (given !== undefined && typeof given === shape.type) return given;
  if (shape.const !== undefined) return shape.const;
  if (shape.enum?.[0] !== undefined) return shape.enum[0];
  if (shape.anyOf) return shape.anyOf.some(({ type }) => type === "null") ? null : make(shape.anyOf[0] as Shape, name, known, count);
  switch (shape.type) {
    case "string":
      return shape.format === "date-time" ? "2026-01-05T09:00:00Z" : `${name}-${count}`;
    case "number":
    case "integer":
      return count;
    case "boolean":
      return false;
    case "array":
      return [];
    case "object":
      return Object.fromEntries(
        Object.entries(shape.properties ?? {})
          .filter(([member]) => shape.required?.includes(member))
          .map(([member, inner]) => [member, make(inner, member, known, count)]),
      );
    default:
      return null;
  }
}
