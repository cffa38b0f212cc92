// The vendors' own descriptions of their APIs, from the folder beside the project: does a body keep them? Absent, the tests that use them skip and say so.
import { existsSync, readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { parse } from "yaml";

const OPENAI = "../shared/contracts/openai/openapi.yaml";
const ANTHROPIC = "../shared/contracts/anthropic/structured.sample.json";

export const hasOpenAiContract = existsSync(OPENAI);
export const hasAnthropicContract = existsSync(ANTHROPIC);

interface Schema {
  readonly [word: string]: unknown;
}

/** Only the sections that are reached: the file has three megabytes. */
function openAiSchemas(roots: readonly string[]): Record<string, Schema> {
  const text = readFileSync(OPENAI, { encoding: "utf8" });
  const start = text.indexOf("\n  schemas:\n");
  const sections = new Map<string, string>();
  for (const section of text.slice(start + "\n  schemas:\n".length).split(/\n(?= {4}[A-Za-z]\w*:\n)/)) {
    const name = /^\s*([A-Za-z]\w*):/.exec(section)?.[1];
    if (name !== undefined && !sections.has(name)) sections.set(name, section);
  }
  const read: Record<string, Schema> = {};
  const open = [...roots];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (read[name]) continue;
    const section = sections.get(name);
    if (section === undefined) throw new Error(`the contract has no ${name}`);
    // The last section is followed by what is no schema.
    const [own] = section.split(/\n(?=\S| {2}\S)/);
    read[name] = nullableAsUnion((parse(own ?? "") as Record<string, Schema>)[name]) as Schema;
    for (const [, reached] of JSON.stringify(read[name]).matchAll(/"#\/components\/schemas\/(\w+)"/g)) if (reached) open.push(reached);
  }
  return read;
}

/** "nullable" is no word of the JSON schema that OpenAPI 3.1 uses; it is meant all the same. */
function nullableAsUnion(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(nullableAsUnion);
  if (typeof node !== "object" || node === null) return node;
  const { nullable, ...rest } = Object.fromEntries(Object.entries(node).map(([name, child]) => [name, nullableAsUnion(child)]));
  return nullable === true ? { anyOf: [rest, { type: "null" }] } : rest;
}

export interface OpenAiContract {
  readonly request: ValidateFunction;
  readonly answer: ValidateFunction;
  /** Every parameter that the contract knows: its schema is open, and would let an invented one pass. */
  readonly parameters: ReadonlySet<string>;
}

let contract: OpenAiContract | undefined;

export function openAiContract(): OpenAiContract {
  if (contract) return contract;
  const names = ["CreateChatCompletionRequest", "CreateChatCompletionResponse"] as const;
  const schemas = openAiSchemas(names);
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema({ $id: "openai", components: { schemas } });
  const compiled = (name: string) => ajv.compile({ $ref: `openai#/components/schemas/${name}` });
  contract = { request: compiled(names[0]), answer: compiled(names[1]), parameters: new Set(propertiesOf(schemas, schemas[names[0]])) };
  return contract;
}

function propertiesOf(schemas: Record<string, Schema>, node: unknown): string[] {
  if (typeof node !== "object" || node === null) return [];
  const { $ref, allOf, properties } = node as { $ref?: string; allOf?: unknown[]; properties?: object };
  return [
    ...($ref === undefined ? [] : propertiesOf(schemas, schemas[$ref.split("/").at(-1) ?? ""])),
    ...(allOf ?? []).flatMap((part) => propertiesOf(schemas, part)),
    ...Object.keys(properties ?? {}),
  ];
}

/** The vendor's sample of a request with a schema. */
export const anthropicSample = (): { request: { url: string; body: Record<string, unknown> } } =>
  JSON.parse(readFileSync(ANTHROPIC, { encoding: "utf8" }));
