// Adobe's own description of its API, from the folder beside the project: does a body keep it? Absent, the tests that use it skip and say so.
import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import type { Json } from "../../../src/core/json.ts";

const FOLDER = "../shared/contracts/magento";
export const hasMagentoContract = existsSync(FOLDER);

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly [word: string]: unknown;
}
interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema?: Schema }[];
  readonly responses: Readonly<Record<string, { readonly schema?: Schema }>>;
}
interface Contract {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly definitions: Readonly<Record<string, Schema>>;
}

let contract: Contract | undefined;
const read = (): Contract => {
  contract ??= JSON.parse(readFileSync(`${FOLDER}/admin-2.4.9.subset.json`, "utf8")) as Contract;
  return contract;
};

function operation(method: string, path: string): Operation {
  const pattern = Object.keys(read().paths)
    .filter((candidate) => new RegExp(`^${candidate.replace(/\{\w+\}/g, "[^/]+")}$`).test(path))
    // "/V1/orders/items" is no order.
    .sort((a, b) => a.split("{").length - b.split("{").length)[0];
  const found = pattern === undefined ? undefined : read().paths[pattern]?.[method.toLowerCase()];
  if (!found) throw new Error(`the contract has no ${method} ${path}`);
  return found;
}

/** What is wrong with it, in the validator's words, and the names that the contract does not have: its objects are open. */
function faults(schema: Schema, value: unknown): string[] {
  const { definitions } = read();
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  const validate = ajv.compile({ ...schema, definitions });
  const wrong = validate(value) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  return [...wrong, ...unknownNames(schema, value, "")];
}

function unknownNames(schema: Schema, value: unknown, at: string): string[] {
  const reached = schema.$ref ? (read().definitions[schema.$ref.split("/").at(-1) ?? ""] ?? {}) : schema;
  if (Array.isArray(value)) return value.flatMap((item, place) => unknownNames(reached.items ?? {}, item, `${at}/${place}`));
  if (typeof value !== "object" || value === null || !reached.properties) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const known = reached.properties?.[name];
    return known ? unknownNames(known, inner, `${at}/${name}`) : [`${at}/${name} is no name of the contract`];
  });
}

export function requestFaults(method: string, path: string, body: unknown): string[] {
  const schema = operation(method, path).parameters?.find((parameter) => parameter.in === "body")?.schema;
  if (schema) return faults(schema, body);
  return body === null ? [] : ["the contract has no body here"];
}

export const answerFaults = (method: string, path: string, answer: unknown): string[] =>
  faults(operation(method, path).responses["200"]?.schema ?? {}, answer);

/** Stock is not in the part above; of the whole only this one definition is read, because the file has a megabyte. */
export function sourceItemFaults(item: unknown): string[] {
  const whole = gunzipSync(readFileSync(`${FOLDER}/admin-schema-2.4.9.yaml.gz`)).toString("utf8");
  const [, section] = /\n {2}inventory-api-data-source-item-interface:\n([\s\S]*?)\n {2}\S/.exec(whole) ?? [];
  if (section === undefined) throw new Error("the contract has no source item");
  const { properties } = parse(section) as { properties: Record<string, Schema> };
  const { extension_attributes: _, ...known } = properties;
  return faults({ type: "object", properties: known, required: Object.keys(known) }, item);
}

export interface Exchange {
  readonly name: string;
  readonly request: { readonly method: string; readonly path: string; readonly body: Json };
  readonly response: { readonly status: number; readonly headers: Record<string, string>; readonly body: Json };
}

export function exchange(name: string): Exchange {
  const all = JSON.parse(readFileSync(`${FOLDER}/exchanges.derived.json`, "utf8")) as Exchange[];
  const found = all.find((one) => one.name === name);
  if (!found) throw new Error(`there is no exchange "${name}"`);
  return found;
}
